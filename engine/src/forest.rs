//! A forest of decision trees in flat arrays, as it is scored and stored.

mod bulk;

/// The feature number that marks a leaf.
const LEAF: u16 = u16::MAX;

/// The bit of a feature number that sends missing values left.
const MISSING_LEFT: u16 = 1 << 15;

/// One node; 16 bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Node {
    /// A row goes left where its feature is at most this. In a leaf: the probability, 0..=1.
    pub(crate) bound: f64,
    /// Index of the left child; the right one follows it. In a leaf: 0.
    pub(crate) left: u32,
    /// Column of the feature, with [`MISSING_LEFT`] where a missing value (NaN) goes left, or [`LEAF`].
    pub(crate) feature: u16,
}

impl Node {
    pub(crate) fn leaf(value: f64) -> Self {
        Self { bound: value, left: 0, feature: LEAF }
    }

    /// A split of `column`, which is below 32767; children stand at `left` and behind it.
    pub(crate) fn split(column: usize, bound: f64, left: u32, missing_left: bool) -> Self {
        Self { bound, left, feature: column as u16 | if missing_left { MISSING_LEFT } else { 0 } }
    }

    pub(crate) fn is_leaf(self) -> bool {
        self.feature == LEAF
    }

    /// The column that a split asks for.
    pub(crate) fn column(self) -> usize {
        usize::from(self.feature & !MISSING_LEFT)
    }

    /// Whether a split sends missing values left.
    pub(crate) fn sends_missing_left(self) -> bool {
        self.feature & MISSING_LEFT != 0
    }

    /// Where a row with this value in the split's column goes on.
    pub(crate) fn child(self, value: f64) -> usize {
        let goes_left = value <= self.bound || (value.is_nan() && self.sends_missing_left());
        self.left as usize + usize::from(!goes_left)
    }
}

/// One tree; its root is node 0 and children stand after their parents.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tree {
    pub(crate) nodes: Vec<Node>,
    /// Training rows that passed each node.
    pub(crate) covers: Vec<u32>,
}

impl Tree {
    /// The value of the leaf that a row of features falls into.
    pub(crate) fn value(&self, row: &[f64]) -> f64 {
        leaf_value(&self.nodes, 0, row)
    }

    /// Counts a training row at every node that it passes.
    pub(crate) fn cover(&mut self, row: &[f64]) {
        let mut place = 0;
        self.covers[place] += 1;
        while !self.nodes[place].is_leaf() {
            place = self.nodes[place].child(row[self.nodes[place].column()]);
            self.covers[place] += 1;
        }
    }
}

/// Trees whose mean is the probability of the target.
#[derive(Clone, Debug, PartialEq)]
pub struct RiskForest {
    pub(crate) roots: Vec<u32>,
    pub(crate) nodes: Vec<Node>,
    /// How many training rows passed each node. A row that was drawn twice into the bag of a tree
    /// counts twice in trees of the histogram learner, and once in those of smartcore, which does
    /// not tell how often it drew a row.
    pub(crate) covers: Vec<u32>,
}

/// Why arrays are no forest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ForestShapeError {
    #[error("there is no tree")]
    Empty,
    #[error("a root lies outside the nodes")]
    Root,
    #[error("node {0} has children outside the forest, or above itself")]
    Children(usize),
    #[error("node {0} asks for a feature that the model does not have")]
    Feature(usize),
    #[error("node {0} holds a number that is no bound or probability")]
    Value(usize),
    #[error("the numbers of rows in its nodes do not fit its nodes")]
    CoverCount,
    #[error("node {0} was passed by more rows than the node above it, or is a root without rows")]
    Cover(usize),
}

impl RiskForest {
    /// Joins trees into one forest.
    pub(crate) fn from_trees<'a>(trees: impl IntoIterator<Item = &'a Tree>) -> Self {
        let mut forest = Self { roots: Vec::new(), nodes: Vec::new(), covers: Vec::new() };
        for tree in trees {
            let start = forest.nodes.len() as u32;
            let moved = |node: &Node| Node { left: if node.is_leaf() { 0 } else { node.left + start }, ..*node };
            forest.roots.push(start);
            forest.nodes.extend(tree.nodes.iter().map(moved));
            forest.covers.extend(&tree.covers);
        }
        forest
    }

    /// The forest that gives every row the same probability (0..=1).
    pub fn constant(probability: f64) -> Self {
        Self { roots: vec![0], nodes: vec![Node::leaf(probability)], covers: vec![1] }
    }

    /// Takes arrays from outside, if scoring rows of `columns` features with them is safe.
    pub(crate) fn checked(
        roots: Vec<u32>,
        nodes: Vec<Node>,
        covers: Vec<u32>,
        columns: usize,
    ) -> Result<Self, ForestShapeError> {
        if roots.is_empty() {
            return Err(ForestShapeError::Empty);
        }
        if roots.iter().any(|root| *root as usize >= nodes.len()) {
            return Err(ForestShapeError::Root);
        }
        if covers.len() != nodes.len() {
            return Err(ForestShapeError::CoverCount);
        }
        if let Some(root) = roots.iter().find(|root| covers[**root as usize] == 0) {
            return Err(ForestShapeError::Cover(*root as usize));
        }
        for (index, node) in nodes.iter().enumerate() {
            if node.is_leaf() {
                if !(0.0..=1.0).contains(&node.bound) {
                    return Err(ForestShapeError::Value(index));
                }
            } else if node.column() >= columns {
                return Err(ForestShapeError::Feature(index));
            } else if !node.bound.is_finite() {
                return Err(ForestShapeError::Value(index));
            } else if node.left as usize <= index || node.left as usize + 1 >= nodes.len() {
                // Children below their parents: every path ends.
                return Err(ForestShapeError::Children(index));
            } else if let Some(child) =
                (0..2).map(|side| node.left as usize + side).find(|c| covers[*c] > covers[index])
            {
                return Err(ForestShapeError::Cover(child));
            }
        }
        Ok(Self { roots, nodes, covers })
    }

    /// The probability of one row of features, 0..=1.
    pub fn score(&self, row: &[f64]) -> f64 {
        let sum: f64 = self.roots.iter().map(|root| leaf_value(&self.nodes, *root as usize, row)).sum();
        sum / self.roots.len() as f64
    }

    /// The mean of these trees' probabilities of one row of features, 0..=1; nothing where there are none.
    pub(crate) fn score_by(&self, trees: &[usize], row: &[f64]) -> Option<f64> {
        let sum: f64 = trees.iter().map(|tree| leaf_value(&self.nodes, self.roots[*tree] as usize, row)).sum();
        (!trees.is_empty()).then(|| sum / trees.len() as f64)
    }

    pub fn tree_count(&self) -> usize {
        self.roots.len()
    }

    pub fn node_count(&self) -> usize {
        self.nodes.len()
    }
}

fn leaf_value(nodes: &[Node], root: usize, row: &[f64]) -> f64 {
    let mut node = nodes[root];
    while !node.is_leaf() {
        node = nodes[node.child(row[node.column()])];
    }
    node.bound
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_from_outside_are_checked() {
        let split = |left, column, bound| Node::split(column, bound, left, true);
        let leaf = Node::leaf;
        let covered = |roots: &[u32], nodes: &[Node], covers: &[u32]| {
            RiskForest::checked(roots.to_vec(), nodes.to_vec(), covers.to_vec(), 2).err()
        };
        let check = |roots: &[u32], nodes: &[Node], expected: Option<ForestShapeError>| {
            assert_eq!(covered(roots, nodes, &vec![1; nodes.len()]), expected, "{nodes:?}");
        };
        check(&[0], &[split(1, 1, 0.5), leaf(0.0), leaf(1.0)], None);
        check(&[], &[leaf(0.0)], Some(ForestShapeError::Empty));
        check(&[1], &[leaf(0.0)], Some(ForestShapeError::Root));
        check(&[0], &[split(0, 1, 0.5), leaf(0.0), leaf(1.0)], Some(ForestShapeError::Children(0)));
        check(&[0], &[split(2, 1, 0.5), leaf(0.0), leaf(1.0)], Some(ForestShapeError::Children(0)));
        check(&[0], &[split(1, 2, 0.5), leaf(0.0), leaf(1.0)], Some(ForestShapeError::Feature(0)));
        check(&[0], &[split(1, 1, f64::NAN), leaf(0.0), leaf(1.0)], Some(ForestShapeError::Value(0)));
        check(&[0], &[leaf(1.5)], Some(ForestShapeError::Value(0)));
        let stump = [split(1, 1, 0.5), leaf(0.0), leaf(1.0)];
        assert_eq!(covered(&[0], &stump, &[5, 0, 5]), None);
        assert_eq!(covered(&[0], &stump, &[5, 5]), Some(ForestShapeError::CoverCount));
        assert_eq!(covered(&[0], &stump, &[0, 0, 0]), Some(ForestShapeError::Cover(0)));
        assert_eq!(covered(&[0], &stump, &[5, 0, 6]), Some(ForestShapeError::Cover(2)));
    }

    #[test]
    fn bounds_belong_to_the_left_and_missing_values_to_the_side_of_their_split() {
        let tree = |missing_left| Tree {
            nodes: vec![Node::split(0, 0.5, 1, missing_left), Node::leaf(0.0), Node::leaf(1.0)],
            covers: vec![3, 1, 2],
        };
        let forest = RiskForest::from_trees([&tree(true), &tree(false)]);
        let check = |value, expected: f64| assert_eq!(forest.score(&[value]).to_bits(), expected.to_bits(), "{value}");
        check(0.4, 0.0);
        check(0.5, 0.0);
        check(0.6, 1.0);
        // One of the two trees sends what is missing left, the other right.
        check(f64::NAN, 0.5);
        assert_eq!((forest.tree_count(), forest.node_count()), (2, 6));
    }
}
