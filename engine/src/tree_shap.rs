//! What each feature added to a score: Shapley values of the forest, exactly.
//!
//! The game is that of path-dependent `TreeSHAP` (S. Lundberg et al., Consistent individualized feature attribution for
//! tree ensembles, 2018): where a feature is unknown, a split sends a row both ways, in the shares of the training rows.
//! A leaf's worth is then a product over the features on its path, and by G. Owen (Multilinear extensions of games,
//! 1972) a Shapley value is the integral over t in 0..=1 of the gain of the feature while every other is known with
//! chance t. The integrand is a polynomial, so that Gauss–Legendre points give it exactly. Products run down
//! the paths and sums come back up (P. Yu et al., Linear `TreeShap`, 2022): O(nodes · features) for a row, where the
//! 2018 algorithm takes O(leaves · depth²).

mod layout;
mod quadrature;

use crate::forest::RiskForest;
use layout::{Edge, Layout, TreeLayout};
use quadrature::{LANES, Lanes};

pub(crate) use layout::means as node_means;

/// How a score came about: `base` and `contributions` add up to it (to about 1e-12).
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// The mean score over the training rows, 0..=1.
    pub base: f64,
    /// What each feature (column of the row) added, in units of the score.
    pub contributions: Vec<f64>,
}

/// A forest prepared to explain many rows.
#[derive(Clone, Debug)]
pub struct Explainer {
    layout: Layout,
    points: Vec<Lanes>,
    /// The numbers of all trees.
    all: Vec<usize>,
}

/// Why a forest cannot be explained.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExplainError {
    #[error("the risk forest has nodes below more than one parent, so it cannot be explained")]
    SharedNodes,
}

/// Explains one row. For many rows of one forest, keep an [`Explainer`].
pub fn shap(forest: &RiskForest, row: &[f64]) -> Result<Explanation, ExplainError> {
    Ok(Explainer::new(forest)?.shap(row))
}

impl Explainer {
    /// Prepares a forest. Where no training row got to a node, either side below counts half.
    pub fn new(forest: &RiskForest) -> Result<Self, ExplainError> {
        let layout = Layout::new(forest)?;
        // n points are exact up to degree 2n - 1; the integrand's degree is one less than the features of a path.
        let points = quadrature::points(layout.path_features_max.div_ceil(2).max(1));
        let all = (0..layout.trees.len()).collect();
        Ok(Self { layout, points, all })
    }

    /// The exact Shapley values of one row of features.
    pub fn shap(&self, row: &[f64]) -> Explanation {
        self.shap_of(&self.all, row)
    }

    /// As [`Self::shap`], of the mean of some of the trees, by their numbers: at least one.
    ///
    /// The base is the mean score that the same trees have over the rows that each of them was grown on. So both sides of the
    /// sum are theirs alone.
    pub fn shap_of(&self, trees: &[usize], row: &[f64]) -> Explanation {
        let mut contributions = vec![0.0; row.len()];
        let mut states = vec![State::default(); self.layout.edges_max];
        for tree in trees {
            let edges = &self.layout.trees[*tree].edges;
            let states = &mut states[..edges.len()];
            for points in &self.points {
                // Parents stand before their children: products on the way down, sums on the way back.
                for place in 0..edges.len() {
                    states[place] = descend(edges, states, place, points, row);
                }
                for place in (0..edges.len()).rev() {
                    ascend(edges, states, place, points, &mut contributions);
                }
            }
        }
        self.explanation(trees, contributions)
    }

    /// An approximate attribution for bulk work: each split's change of the mean score is put down to its own feature
    /// (A. Saabas, Interpreting random forests, 2014). It adds up as [`Self::shap`] does and costs as much as scoring,
    /// but it favours features that are asked low in the trees.
    pub fn path_attribution(&self, row: &[f64]) -> Explanation {
        self.path_attribution_of(&self.all, row)
    }

    /// As [`Self::path_attribution`], of the mean of some of the trees, by their numbers: at least one. The base is that of
    /// [`Self::shap_of`].
    pub fn path_attribution_of(&self, trees: &[usize], row: &[f64]) -> Explanation {
        let mut contributions = vec![0.0; row.len()];
        for tree in trees {
            let TreeLayout { root, edges } = &self.layout.trees[*tree];
            let mut at = *root;
            while let Some(left) = at.left {
                let left = left as usize;
                let taken = &edges[if edges[left].takes(row) { left } else { left + 1 }];
                contributions[taken.feature()] += taken.below.mean - at.mean;
                at = taken.below;
            }
        }
        self.explanation(trees, contributions)
    }

    fn explanation(&self, trees: &[usize], mut contributions: Vec<f64>) -> Explanation {
        let count = trees.len() as f64;
        for sum in &mut contributions {
            *sum /= count;
        }
        let base = trees.iter().map(|tree| self.layout.trees[*tree].root.mean).sum::<f64>() / count;
        Explanation { base, contributions }
    }
}

/// What one row makes of one edge.
#[derive(Clone, Copy, Debug, Default)]
struct State {
    /// Whether the row takes this edge and every one above it that asks for the same feature.
    is_taken: bool,
    /// Whether no share of the training rows and not the row itself get here: then nothing below counts.
    is_dead: bool,
    /// On the way down the product of the path's factors; on the way up the sum over the leaves below.
    worth: [f64; LANES],
}

/// The chance, at each point t, that a path goes on where a feature's edges hold `share` of the training rows: t if
/// the feature is known and the row takes them, and the share where it is unknown.
fn factor(is_taken: bool, share: f64, points: &Lanes) -> [f64; LANES] {
    let known = f64::from(u8::from(is_taken));
    std::array::from_fn(|lane| known * points.t[lane] + share * points.rest[lane])
}

fn descend(edges: &[Edge], states: &[State], place: usize, points: &Lanes, row: &[f64]) -> State {
    let edge = &edges[place];
    let above = edge.parent.map(|parent| &states[parent as usize]);
    let earlier = edge.earlier.map(|earlier| (states[earlier as usize].is_taken, edges[earlier as usize].share));
    let is_taken = earlier.is_none_or(|(is_taken, _)| is_taken) && edge.takes(row);
    if above.is_some_and(|above| above.is_dead) || (!is_taken && edge.share == 0.0) {
        return State { is_taken, is_dead: true, worth: [0.0; LANES] };
    }
    let mut worth = factor(is_taken, edge.share, points);
    if let Some(above) = above {
        (0..LANES).for_each(|lane| worth[lane] *= above.worth[lane]);
    }
    if let Some((was_taken, share)) = earlier {
        // The feature was asked before: this factor takes the place of that one.
        let replaced = factor(was_taken, share, points);
        (0..LANES).for_each(|lane| worth[lane] /= replaced[lane]);
    }
    State { is_taken, is_dead: false, worth }
}

fn ascend(edges: &[Edge], states: &mut [State], place: usize, points: &Lanes, contributions: &mut [f64]) {
    let edge = &edges[place];
    let state = states[place];
    if state.is_dead {
        return;
    }
    let below = match edge.below.left {
        None => state.worth.map(|worth| worth * edge.below.mean),
        Some(left) => {
            let (left, right) = (&states[left as usize].worth, &states[left as usize + 1].worth);
            std::array::from_fn(|lane| left[lane] + right[lane])
        }
    };
    states[place].worth = below;
    let mut gain = gain(state.is_taken, edge.share, points, &below);
    if let Some(earlier) = edge.earlier {
        // The earlier edge has counted these leaves by its own share; the last edge of a feature decides.
        let earlier = earlier as usize;
        gain -= self::gain(states[earlier].is_taken, edges[earlier].share, points, &below);
    }
    contributions[edge.feature()] += gain;
}

/// The integral of what knowing the feature adds to the leaves below.
fn gain(is_taken: bool, share: f64, points: &Lanes, below: &[f64; LANES]) -> f64 {
    let factor = factor(is_taken, share, points);
    let sum: f64 = (0..LANES).map(|lane| points.weight[lane] * below[lane] / factor[lane]).sum();
    (f64::from(u8::from(is_taken)) - share) * sum
}

#[cfg(test)]
mod tests;
