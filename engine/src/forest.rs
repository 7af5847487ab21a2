//! A forest of decision trees in flat arrays, as it is scored and stored.

/// The feature number that marks a leaf.
const LEAF: u16 = u16::MAX;

/// One node; 16 bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Node {
    /// A row goes left where its feature is at most this. In a leaf: the probability.
    pub(crate) bound: f64,
    /// Index of the left child; the right one follows it. In a leaf: 0.
    pub(crate) left: u32,
    /// Column of the feature, or [`LEAF`].
    pub(crate) feature: u16,
}

impl Node {
    pub(crate) fn leaf(value: f64) -> Self {
        Self { bound: value, left: 0, feature: LEAF }
    }

    pub(crate) fn is_leaf(self) -> bool {
        self.feature == LEAF
    }
}

/// One tree; its root is node 0 and children stand after their parents.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tree {
    pub(crate) nodes: Vec<Node>,
}

impl Tree {
    /// The value of the leaf that a row of features falls into.
    pub(crate) fn value(&self, row: &[f64]) -> f64 {
        leaf_value(&self.nodes, 0, row)
    }
}

/// Trees whose mean is the probability of the target.
#[derive(Clone, Debug, PartialEq)]
pub struct RiskForest {
    pub(crate) roots: Vec<u32>,
    pub(crate) nodes: Vec<Node>,
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
}

impl RiskForest {
    /// Joins trees into one forest.
    pub(crate) fn from_trees<'a>(trees: impl IntoIterator<Item = &'a Tree>) -> Self {
        let mut forest = Self { roots: Vec::new(), nodes: Vec::new() };
        for tree in trees {
            let start = forest.nodes.len() as u32;
            let moved = |node: &Node| Node { left: if node.is_leaf() { 0 } else { node.left + start }, ..*node };
            forest.roots.push(start);
            forest.nodes.extend(tree.nodes.iter().map(moved));
        }
        forest
    }

    /// The forest that gives every row the same probability (0..=1).
    pub fn constant(probability: f64) -> Self {
        Self { roots: vec![0], nodes: vec![Node::leaf(probability)] }
    }

    /// Takes arrays from outside, if scoring rows of `columns` features with them is safe.
    pub(crate) fn checked(roots: Vec<u32>, nodes: Vec<Node>, columns: usize) -> Result<Self, ForestShapeError> {
        if roots.is_empty() {
            return Err(ForestShapeError::Empty);
        }
        if roots.iter().any(|root| *root as usize >= nodes.len()) {
            return Err(ForestShapeError::Root);
        }
        for (index, node) in nodes.iter().enumerate() {
            if node.is_leaf() {
                if !(0.0..=1.0).contains(&node.bound) {
                    return Err(ForestShapeError::Value(index));
                }
            } else if usize::from(node.feature) >= columns {
                return Err(ForestShapeError::Feature(index));
            } else if !node.bound.is_finite() {
                return Err(ForestShapeError::Value(index));
            } else if node.left as usize <= index || node.left as usize + 1 >= nodes.len() {
                // Children below their parents: every path ends.
                return Err(ForestShapeError::Children(index));
            }
        }
        Ok(Self { roots, nodes })
    }

    /// The probability of one row of features, 0..=1.
    pub fn score(&self, row: &[f64]) -> f64 {
        let sum: f64 = self.roots.iter().map(|root| leaf_value(&self.nodes, *root as usize, row)).sum();
        sum / self.roots.len() as f64
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
        let right = row[usize::from(node.feature)] > node.bound;
        node = nodes[node.left as usize + usize::from(right)];
    }
    node.bound
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_from_outside_are_checked() {
        let split = |left, feature, bound| Node { bound, left, feature };
        let leaf = Node::leaf;
        let check = |roots: &[u32], nodes: &[Node], expected: Option<ForestShapeError>| {
            assert_eq!(RiskForest::checked(roots.to_vec(), nodes.to_vec(), 2).err(), expected, "{nodes:?}");
        };
        check(&[0], &[split(1, 1, 0.5), leaf(0.0), leaf(1.0)], None);
        check(&[], &[leaf(0.0)], Some(ForestShapeError::Empty));
        check(&[1], &[leaf(0.0)], Some(ForestShapeError::Root));
        check(&[0], &[split(0, 1, 0.5), leaf(0.0), leaf(1.0)], Some(ForestShapeError::Children(0)));
        check(&[0], &[split(2, 1, 0.5), leaf(0.0), leaf(1.0)], Some(ForestShapeError::Children(0)));
        check(&[0], &[split(1, 2, 0.5), leaf(0.0), leaf(1.0)], Some(ForestShapeError::Feature(0)));
        check(&[0], &[split(1, 1, f64::NAN), leaf(0.0), leaf(1.0)], Some(ForestShapeError::Value(0)));
        check(&[0], &[leaf(1.5)], Some(ForestShapeError::Value(0)));
    }

    #[test]
    fn bounds_belong_to_the_left() {
        let tree = Tree { nodes: vec![Node { bound: 0.5, left: 1, feature: 0 }, Node::leaf(0.0), Node::leaf(1.0)] };
        let forest = RiskForest::from_trees([&tree, &tree]);
        let check = |value, expected: f64| assert_eq!(forest.score(&[value]).to_bits(), expected.to_bits(), "{value}");
        check(0.4, 0.0);
        check(0.5, 0.0);
        check(0.6, 1.0);
        assert_eq!((forest.tree_count(), forest.node_count()), (2, 6));
    }
}
