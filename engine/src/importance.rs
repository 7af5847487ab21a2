//! Which features a forest leans on, and how its score moves with one of them.

use crate::feature::FeatureMatrix;
use crate::forest::RiskForest;
use crate::metric::auc;
use crate::random::{Stream, generator, seeds};
use crate::tree_shap::node_means;
use domain::count::count;
use domain::feature::FeatureName;
use rand::seq::SliceRandom;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Rows that a partial dependence averages over, at most.
pub const DEPENDENCE_ROWS_MAX: usize = 1000;

/// Checked parameters of a permutation importance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PermutationOptions {
    repeats: usize,
    seed: u64,
}

/// Checked parameters of a partial dependence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DependenceOptions {
    points: usize,
    seed: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImportanceError {
    #[error("the permutation importance cannot have {}: choose 1 to 100", count(*.0, "repeat"))]
    Repeats(usize),
    #[error("the partial dependence cannot have {}: choose 2 to 100", count(*.0, "point"))]
    Points(usize),
    #[error("the importance was given {labels} outcomes for {rows} loans")]
    Shape { rows: usize, labels: usize },
    #[error("the importance needs loans of both outcomes, but there is only one")]
    OneClass,
    #[error("the risk forest asks for feature {asked} of {features}")]
    Features { asked: usize, features: usize },
    #[error("the partial dependence has no loans to average over")]
    NoRows,
}

impl PermutationOptions {
    pub fn new(repeats: usize, seed: u64) -> Result<Self, ImportanceError> {
        if (1..=100).contains(&repeats) { Ok(Self { repeats, seed }) } else { Err(ImportanceError::Repeats(repeats)) }
    }
}

impl DependenceOptions {
    pub fn new(points: usize, seed: u64) -> Result<Self, ImportanceError> {
        if (2..=100).contains(&points) { Ok(Self { points, seed }) } else { Err(ImportanceError::Points(points)) }
    }
}

/// How much a feature weighs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Importance {
    pub feature: FeatureName,
    /// By permutation the drop in AUC, by splits a share of 1.
    pub weight: f64,
}

/// By how much the AUC drops when one feature's values change places among the loans (L. Breiman, Random Forests,
/// 2001), the mean of some repeats; near or below 0 where the feature tells nothing. In the order of the features.
///
/// `rows` should be loans that the forest did not see; `labels` are parallel. Features that say the same stand in for
/// each other, so that each may weigh little.
pub fn permutation(
    forest: &RiskForest,
    rows: &FeatureMatrix,
    labels: &[bool],
    options: PermutationOptions,
) -> Result<Vec<Importance>, ImportanceError> {
    if rows.row_count() != labels.len() {
        return Err(ImportanceError::Shape { rows: rows.row_count(), labels: labels.len() });
    }
    check_features(forest, rows.columns())?;
    let area = |scores: &[f64]| auc(scores, labels).map(|auc| auc.area).ok_or(ImportanceError::OneClass);
    let whole = area(&rows.rows().map(|row| forest.score(row)).collect::<Vec<_>>())?;
    let seeds = seeds(options.seed, Stream::Importance, rows.columns() * options.repeats);
    let drops: Result<Vec<f64>, ImportanceError> = seeds
        .par_iter()
        .enumerate()
        .map(|(place, seed)| Ok(whole - area(&shuffled_scores(forest, rows, place / options.repeats, *seed))?))
        .collect();
    let drops = drops?;
    let means = drops.chunks(options.repeats).map(|drops| drops.iter().sum::<f64>() / drops.len() as f64);
    Ok(rows
        .features()
        .iter()
        .zip(means)
        .map(|(feature, weight)| Importance { feature: feature.clone(), weight })
        .collect())
}

/// The scores when the values of one column change places.
fn shuffled_scores(forest: &RiskForest, rows: &FeatureMatrix, column: usize, seed: u64) -> Vec<f64> {
    let mut values: Vec<f64> = rows.rows().map(|row| row[column]).collect();
    values.shuffle(&mut generator(seed, Stream::Importance));
    let mut changed = vec![0.0; rows.columns()];
    let score = |(row, value): (&[f64], f64)| {
        changed.copy_from_slice(row);
        changed[column] = value;
        forest.score(&changed)
    };
    rows.rows().zip(values).map(score).collect()
}

/// The share of each of `features` (the forest's columns) in the fall of Gini impurity over all splits, weighted by
/// training rows; all 0 where no split lowers it. It is learned from training rows, and favours features of many values.
pub fn by_splits(forest: &RiskForest, features: &[FeatureName]) -> Result<Vec<Importance>, ImportanceError> {
    let covers = forest.covers.as_slice();
    check_features(forest, features.len())?;
    let means = node_means(&forest.nodes, covers);
    let mut falls = vec![0.0; features.len()];
    for (place, node) in forest.nodes.iter().enumerate().filter(|(_, node)| !node.is_leaf()) {
        let left = node.left as usize;
        // The impurity that is left of so many rows, up to a factor that all splits share.
        let impurity = |place: usize| f64::from(covers[place]) * means[place] * (1.0 - means[place]);
        let rows = f64::from(covers[left]) + f64::from(covers[left + 1]);
        let before = rows * means[place] * (1.0 - means[place]);
        falls[node.column()] += (before - impurity(left) - impurity(left + 1)).max(0.0);
    }
    let sum: f64 = falls.iter().sum();
    let share = |fall: &f64| if sum > 0.0 { fall / sum } else { 0.0 };
    Ok(features
        .iter()
        .zip(&falls)
        .map(|(feature, fall)| Importance { feature: feature.clone(), weight: share(fall) })
        .collect())
}

/// How the mean score moves with one feature (J. Friedman, Greedy function approximation, 2001): (value, mean score
/// if every loan had that value), by ascending value, on the feature's quantiles. Equal quantiles are one point.
///
/// At most [`DEPENDENCE_ROWS_MAX`] of `rows` are averaged over, a sample beyond that. `column` is one of the matrix.
pub fn partial_dependence(
    forest: &RiskForest,
    rows: &FeatureMatrix,
    column: usize,
    options: DependenceOptions,
) -> Result<Vec<(f64, f64)>, ImportanceError> {
    check_features(forest, rows.columns())?;
    if column >= rows.columns() {
        return Err(ImportanceError::Features { asked: column, features: rows.columns() });
    }
    let mut values: Vec<f64> = rows.rows().map(|row| row[column]).filter(|value| value.is_finite()).collect();
    if values.is_empty() {
        return Err(ImportanceError::NoRows);
    }
    values.sort_unstable_by(f64::total_cmp);
    let quantile = |point: usize| values[point * (values.len() - 1) / (options.points - 1)];
    let mut grid: Vec<f64> = (0..options.points).map(quantile).collect();
    grid.dedup();
    let mut sample: Vec<usize> = (0..rows.row_count()).collect();
    if sample.len() > DEPENDENCE_ROWS_MAX {
        sample.shuffle(&mut generator(options.seed, Stream::Importance));
        sample.truncate(DEPENDENCE_ROWS_MAX);
    }
    let mean_score = |value: &f64| {
        let mut changed = vec![0.0; rows.columns()];
        let score = |row: &usize| {
            changed.copy_from_slice(rows.row(*row));
            changed[column] = *value;
            forest.score(&changed)
        };
        (*value, sample.iter().map(score).sum::<f64>() / sample.len() as f64)
    };
    Ok(grid.par_iter().map(mean_score).collect())
}

fn check_features(forest: &RiskForest, features: usize) -> Result<(), ImportanceError> {
    let asked = forest.nodes.iter().filter(|node| !node.is_leaf()).map(|node| node.column());
    match asked.max().filter(|asked| *asked >= features) {
        Some(asked) => Err(ImportanceError::Features { asked, features }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
