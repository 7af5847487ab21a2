//! The trees of a forest as lists of edges, parents first, with all that is the same for every row.

use super::ExplainError;
use crate::forest::{Node, RiskForest};

/// The step from a node to one of its children.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edge {
    split: Node,
    /// The edge that leads to this one; nothing below the root.
    pub(super) parent: Option<u32>,
    /// The nearest edge above that asks for the same feature.
    pub(super) earlier: Option<u32>,
    /// Share of the training rows that take this edge and those above it that ask for the same feature, 0..=1.
    pub(super) share: f64,
    pub(super) below: Place,
    is_left: bool,
}

/// What stands below an edge, or at a root.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// The edge to the left child, which the one to the right child follows; nothing in a leaf.
    pub(super) left: Option<u32>,
    /// The mean score of the training rows that get here; a leaf's value.
    pub(super) mean: f64,
}

/// One tree; edges are numbered within it, so that what a row makes of a tree stays in the cache.
#[derive(Clone, Debug)]
pub(super) struct TreeLayout {
    pub(super) root: Place,
    /// Parents stand before their children.
    pub(super) edges: Vec<Edge>,
}

#[derive(Clone, Debug)]
pub(super) struct Layout {
    pub(super) trees: Vec<TreeLayout>,
    /// The most different features that stand on one path.
    pub(super) path_features_max: usize,
    /// The most edges that a tree has.
    pub(super) edges_max: usize,
}

impl Edge {
    pub(super) fn feature(&self) -> usize {
        self.split.column()
    }

    /// Whether a row goes this way at the split above; a missing value (NaN) goes where scoring sends it.
    pub(super) fn takes(&self, row: &[f64]) -> bool {
        let goes_left = self.split.child(row[self.feature()]) == self.split.left as usize;
        goes_left == self.is_left
    }
}

impl Layout {
    pub(super) fn new(forest: &RiskForest) -> Result<Self, ExplainError> {
        let means = means(&forest.nodes, &forest.covers);
        let source = Source { nodes: &forest.nodes, covers: &forest.covers, means: &means };
        let trees: Vec<TreeLayout> =
            forest.roots.iter().map(|root| TreeLayout::new(&source, *root as usize)).collect::<Result<_, _>>()?;
        let path_features_max = trees.iter().map(TreeLayout::path_features).max().unwrap_or_default();
        let edges_max = trees.iter().map(|tree| tree.edges.len()).max().unwrap_or_default();
        Ok(Self { trees, path_features_max, edges_max })
    }
}

/// The arrays of a forest.
struct Source<'a> {
    nodes: &'a [Node],
    covers: &'a [u32],
    means: &'a [f64],
}

impl TreeLayout {
    fn new(source: &Source<'_>, root: usize) -> Result<Self, ExplainError> {
        let mut tree = Self { root: Place { left: None, mean: source.means[root] }, edges: Vec::new() };
        // A node has one parent, so that the edges are no more than the nodes.
        let mut open = Vec::new();
        tree.root.left = tree.open_children(source, root, None, &mut open)?;
        while let Some((node, edge)) = open.pop() {
            tree.edges[edge as usize].below.left = tree.open_children(source, node, Some(edge), &mut open)?;
        }
        Ok(tree)
    }

    /// Opens the edges to the children of a node, and gives the left one; nothing for a leaf.
    fn open_children(
        &mut self,
        source: &Source<'_>,
        node: usize,
        parent: Option<u32>,
        open: &mut Vec<(usize, u32)>,
    ) -> Result<Option<u32>, ExplainError> {
        let split = source.nodes[node];
        if split.is_leaf() {
            return Ok(None);
        }
        let child = split.left as usize;
        let first = self.edges.len() as u32;
        if self.edges.len() + 2 > source.nodes.len() {
            return Err(ExplainError::SharedNodes);
        }
        let earlier = self.earlier(parent, split.column());
        let before = earlier.map_or(1.0, |edge| self.edges[edge as usize].share);
        let to_left = share_left(source.covers, child);
        for (is_left, share, node) in [(true, to_left, child), (false, 1.0 - to_left, child + 1)] {
            open.push((node, self.edges.len() as u32));
            let below = Place { left: None, mean: source.means[node] };
            self.edges.push(Edge { split, parent, earlier, share: before * share, below, is_left });
        }
        Ok(Some(first))
    }

    fn earlier(&self, parent: Option<u32>, feature: usize) -> Option<u32> {
        let mut edge = parent;
        while let Some(place) = edge.filter(|place| self.edges[*place as usize].feature() != feature) {
            edge = self.edges[place as usize].parent;
        }
        edge
    }

    /// The most different features that stand on one path.
    fn path_features(&self) -> usize {
        let mut features: Vec<usize> = Vec::with_capacity(self.edges.len());
        for edge in &self.edges {
            let above = edge.parent.map_or(0, |parent| features[parent as usize]);
            features.push(above + usize::from(edge.earlier.is_none()));
        }
        features.into_iter().max().unwrap_or_default()
    }
}

/// The share of a node's training rows that go to its left child, which is node `left`. Taken of the children's sum,
/// so that the two shares add up to 1 whatever the covers are.
fn share_left(covers: &[u32], left: usize) -> f64 {
    let (left, right) = (f64::from(covers[left]), f64::from(covers[left + 1]));
    if left + right > 0.0 { left / (left + right) } else { 0.5 }
}

/// The mean score of each node's training rows. Children stand after their parents.
pub(crate) fn means(nodes: &[Node], covers: &[u32]) -> Vec<f64> {
    let mut means = vec![0.0; nodes.len()];
    for (place, node) in nodes.iter().enumerate().rev() {
        let left = node.left as usize;
        means[place] = if node.is_leaf() {
            node.bound
        } else {
            let share = share_left(covers, left);
            share * means[left] + (1.0 - share) * means[left + 1]
        };
    }
    means
}
