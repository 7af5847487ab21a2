//! Which loans are learned from and which are tested, fold by fold.

use super::ValidationError;
use crate::random::{Stream, generator};
use rand::seq::SliceRandom;
use std::collections::{BTreeMap, BTreeSet};

/// Rows to learn from and rows to test, as ascending indices; no row is in both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fold {
    pub train: Vec<usize>,
    pub test: Vec<usize>,
}

/// Checked parameters of folds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FoldOptions {
    folds: usize,
    seed: u64,
}

impl FoldOptions {
    pub const FOLDS_MAX: usize = 20;

    pub fn new(folds: usize, seed: u64) -> Result<Self, ValidationError> {
        if (2..=Self::FOLDS_MAX).contains(&folds) {
            Ok(Self { folds, seed })
        } else {
            Err(ValidationError::Folds(folds))
        }
    }
}

/// Folds with both classes in their proportions; every row is tested once.
pub fn stratified(labels: &[bool], options: FoldOptions) -> Result<Vec<Fold>, ValidationError> {
    let (mut positive, mut negative): (Vec<usize>, Vec<usize>) = (0..labels.len()).partition(|row| labels[*row]);
    let (folds, smaller) = (options.folds, positive.len().min(negative.len()));
    if smaller < folds {
        return Err(ValidationError::TooFewOfClass { folds, smaller });
    }
    let mut random = generator(options.seed, Stream::Folds);
    positive.shuffle(&mut random);
    negative.shuffle(&mut random);
    let mut fold_of = vec![0; labels.len()];
    // Dealt out like cards, one class after the other, so that sizes differ by one at most.
    for (place, row) in positive.into_iter().chain(negative).enumerate() {
        fold_of[row] = place % folds;
    }
    Ok(tested_once(&fold_of, folds))
}

/// Folds by borrower: all rows of one of `groups` (parallel to `labels`) stand on the same side. Every row is tested
/// once; classes are as even as whole borrowers allow.
pub fn grouped<G: Ord>(labels: &[bool], groups: &[G], options: FoldOptions) -> Result<Vec<Fold>, ValidationError> {
    if labels.len() != groups.len() {
        return Err(ValidationError::Shape { rows: groups.len(), labels: labels.len() });
    }
    let mut members: BTreeMap<&G, Vec<usize>> = BTreeMap::new();
    for (row, group) in groups.iter().enumerate() {
        members.entry(group).or_default().push(row);
    }
    let mut members: Vec<Vec<usize>> = members.into_values().collect();
    let folds = options.folds;
    if members.len() < folds {
        return Err(ValidationError::TooFewGroups { folds, groups: members.len() });
    }
    // Large groups find their places first, small ones then even out; equal ones come as chance has it.
    members.shuffle(&mut generator(options.seed, Stream::Folds));
    members.sort_by_key(|rows| std::cmp::Reverse(rows.len()));
    let positives = labels.iter().filter(|label| **label).count();
    // A class weighs as much as the other, however rare it is.
    let weights = [positives, labels.len() - positives].map(|size| 1.0 / (size.max(1) as f64).powi(2));
    let mut held = vec![[0_usize; 2]; folds];
    let mut fold_of = vec![0; labels.len()];
    for rows in members {
        let hits = rows.iter().filter(|row| labels[**row]).count();
        let brought = [hits, rows.len() - hits];
        let crowding = |fold: &usize| -> f64 {
            (0..2).map(|class| weights[class] * brought[class] as f64 * held[*fold][class] as f64).sum()
        };
        let size = |fold: &usize| held[*fold][0] + held[*fold][1];
        let fold = (0..folds)
            .min_by(|a, b| crowding(a).total_cmp(&crowding(b)).then(size(a).cmp(&size(b))))
            .unwrap_or_default();
        (0..2).for_each(|class| held[fold][class] += brought[class]);
        for row in rows {
            fold_of[row] = fold;
        }
    }
    Ok(tested_once(&fold_of, folds))
}

/// Folds along time: each tests a stretch of `dates` (one per row) and learns from all that is earlier. Rows of one
/// date stay together; those of the first stretch are never tested. The seed of the options changes nothing.
pub fn time_ordered<T: Ord>(dates: &[T], options: FoldOptions) -> Result<Vec<Fold>, ValidationError> {
    let folds = options.folds;
    let mut order: Vec<usize> = (0..dates.len()).collect();
    order.sort_by(|a, b| dates[*a].cmp(&dates[*b]));
    let days: Vec<&[usize]> = order.chunk_by(|a, b| dates[*a] == dates[*b]).collect();
    if days.len() <= folds {
        return Err(ValidationError::TooFewDates { folds, dates: days.len() });
    }
    let mut stretches: Vec<Vec<usize>> = vec![Vec::new()];
    let mut taken = 0;
    for (place, day) in days.iter().enumerate() {
        let begun = stretches.len();
        let is_full = taken * (folds + 1) >= begun * dates.len();
        // As many days must stay as stretches are still to begin.
        let must_begin = days.len() - place <= folds + 1 - begun;
        if place > 0 && begun <= folds && (is_full || must_begin) {
            stretches.push(Vec::new());
        }
        if let Some(stretch) = stretches.last_mut() {
            stretch.extend_from_slice(day);
        }
        taken += day.len();
    }
    let mut train = stretches.remove(0);
    let mut result = Vec::with_capacity(folds);
    for stretch in stretches {
        result.push(Fold { train: sorted(train.clone()), test: sorted(stretch.clone()) });
        train.extend(stretch);
    }
    Ok(result)
}

/// Folds that test nobody whom they learn from: the rows of `groups` (one per row, of all folds) that a fold learns from are taken out
/// of its test, as the later loans of a borrower say of the model what the earlier ones told it.
pub fn purged<G: Ord>(folds: Vec<Fold>, groups: &[G]) -> Result<Vec<Fold>, ValidationError> {
    let purge = |(number, mut fold): (usize, Fold)| {
        let known: BTreeSet<&G> = fold.train.iter().map(|row| &groups[*row]).collect();
        fold.test.retain(|row| !known.contains(&groups[*row]));
        if fold.test.is_empty() { Err(ValidationError::NoNewGroups { fold: number + 1 }) } else { Ok(fold) }
    };
    folds.into_iter().enumerate().map(purge).collect()
}

fn tested_once(fold_of: &[usize], folds: usize) -> Vec<Fold> {
    let fold = |number| {
        let (test, train) = (0..fold_of.len()).partition(|row| fold_of[*row] == number);
        Fold { train, test }
    };
    (0..folds).map(fold).collect()
}

fn sorted(mut rows: Vec<usize>) -> Vec<usize> {
    rows.sort_unstable();
    rows
}

#[cfg(test)]
mod tests;
