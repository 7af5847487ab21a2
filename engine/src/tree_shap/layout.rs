//! A forest as a list of edges, parents first, with all that is the same for every row.

use super::ExplainError;
use crate::forest::{Node, RiskForest};

/// The step from a node to one of its children.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edge {
    /// The edge that leads to this one; nothing below a root.
    pub(super) parent: Option<usize>,
    /// The nearest edge above that asks for the same feature.
    pub(super) earlier: Option<usize>,
    pub(super) feature: u16,
    split: Node,
    is_left: bool,
    /// Share of the training rows that take this edge and those above it that ask for the same feature, 0..=1.
    pub(super) share: f64,
    pub(super) below: Place,
}

/// What stands below an edge, or at a root.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// The edges to the left and the right child; nothing in a leaf.
    pub(super) children: Option<(usize, usize)>,
    /// The mean score of the training rows that get here; a leaf's value.
    pub(super) mean: f64,
}

#[derive(Clone, Debug)]
pub(super) struct Layout {
    pub(super) edges: Vec<Edge>,
    /// The roots of the trees.
    pub(super) walks: Vec<Place>,
    /// The most different features that stand on one path.
    pub(super) path_features_max: usize,
    /// Mean of the roots' means.
    pub(super) base: f64,
}

impl Edge {
    /// Whether a row goes this way at the split above; a missing value (NaN) goes where scoring sends it.
    pub(super) fn takes(&self, row: &[f64]) -> bool {
        let goes_left = self.split.child(row[usize::from(self.feature)]) == self.split.left as usize;
        goes_left == self.is_left
    }
}

impl Layout {
    pub(super) fn new(forest: &RiskForest) -> Result<Self, ExplainError> {
        let (nodes, covers) = (&forest.nodes, forest.covers.as_slice());
        let means = means(nodes, covers);
        let mut layout =
            Self { edges: Vec::with_capacity(nodes.len()), walks: Vec::new(), path_features_max: 0, base: 0.0 };
        // A node has one parent, so that the edges are no more than the nodes.
        let mut open = Vec::new();
        for root in &forest.roots {
            let place = layout.place(nodes, covers, &means, *root as usize, None, &mut open)?;
            layout.walks.push(place);
            while let Some((node, edge)) = open.pop() {
                let place = layout.place(nodes, covers, &means, node, Some(edge), &mut open)?;
                layout.edges[edge].below = place;
            }
        }
        layout.base = layout.walks.iter().map(|root| root.mean).sum::<f64>() / layout.walks.len() as f64;
        layout.path_features_max = layout.path_features();
        Ok(layout)
    }

    /// Describes a node and opens the edges to its children.
    fn place(
        &mut self,
        nodes: &[Node],
        covers: &[u32],
        means: &[f64],
        node: usize,
        above: Option<usize>,
        open: &mut Vec<(usize, usize)>,
    ) -> Result<Place, ExplainError> {
        let (split, mean) = (nodes[node], means[node]);
        if split.is_leaf() {
            return Ok(Place { children: None, mean });
        }
        let child = split.left as usize;
        let left = self.edges.len();
        if left + 2 > nodes.len() {
            return Err(ExplainError::SharedNodes);
        }
        let feature = split.column() as u16;
        let earlier = self.earlier(above, feature);
        let before = earlier.map_or(1.0, |edge| self.edges[edge].share);
        let to_left = share_left(covers, child);
        for (is_left, share, node) in [(true, to_left, child), (false, 1.0 - to_left, child + 1)] {
            open.push((node, self.edges.len()));
            let below = Place { children: None, mean: means[node] };
            self.edges.push(Edge { parent: above, earlier, feature, split, is_left, share: before * share, below });
        }
        Ok(Place { children: Some((left, left + 1)), mean })
    }

    fn earlier(&self, above: Option<usize>, feature: u16) -> Option<usize> {
        let mut edge = above;
        while let Some(place) = edge.filter(|place| self.edges[*place].feature != feature) {
            edge = self.edges[place].parent;
        }
        edge
    }

    fn path_features(&self) -> usize {
        let mut features: Vec<usize> = Vec::with_capacity(self.edges.len());
        for edge in &self.edges {
            features.push(edge.parent.map_or(0, |parent| features[parent]) + usize::from(edge.earlier.is_none()));
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
