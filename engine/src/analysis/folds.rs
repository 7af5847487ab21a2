//! Which loans test the model, and the figures over several folds of them.

use super::AnalysisError;
use super::fitting;
use super::inputs::Inputs;
use super::outcome::Labelled;
use crate::bags::Borrowers;
use crate::progress::{Progress, Stage};
use crate::split::{self, Split};
use crate::validation::{self, Fold, FoldOptions, ValidationError};
use chrono::NaiveDate;
use domain::loan::LoanRecord;
use domain::model::TrainingOptions;
use domain::validation::{FoldRule, Validation};
use rayon::prelude::*;
use std::cell::Cell;

/// Folds of which the first is held out where borrowers have several loans: a fifth.
const HOLD_OUT_FOLDS: usize = 5;

/// Whose a loan is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Group<'a> {
    Borrower(&'a str),
    /// The file does not say: a borrower of its own.
    Loan(usize),
}

/// Numbers that tell the borrowers of some loans apart, loan by loan, in the order of their references.
pub(super) fn borrowers(records: &[LoanRecord]) -> Vec<u32> {
    let group = |row: usize| match records[row].borrower.borrower_ref.as_str() {
        "" => Group::Loan(row),
        borrower => Group::Borrower(borrower),
    };
    let mut groups: Vec<(Group<'_>, usize)> = (0..records.len()).map(|row| (group(row), row)).collect();
    groups.par_sort_unstable();
    let mut numbers = vec![0; records.len()];
    for (number, of_one) in groups.chunk_by(|(a, _), (b, _)| a == b).enumerate() {
        for (_, row) in of_one {
            numbers[*row] = number as u32;
        }
    }
    numbers
}

/// The loans that must stand on the same side of a test: those of one borrower.
pub(super) struct Groups {
    /// The borrowers' numbers, parallel to the labelled loans; empty where no borrower has several.
    groups: Vec<u32>,
    /// Parallel to the labelled loans: when each was made. Where nobody knows, it comes before all others.
    dates: Vec<Option<NaiveDate>>,
}

impl Groups {
    /// Those of the loans of `rows`; `borrowers` are the numbers of all loans' borrowers.
    pub(super) fn of(records: &[LoanRecord], borrowers: &[u32], rows: &[usize]) -> Self {
        let groups: Vec<u32> = rows.iter().map(|row| borrowers[*row]).collect();
        let dates = rows.iter().map(|row| records[*row].originated_on).collect();
        Self { groups: if Borrowers::new(&groups).is_some() { groups } else { Vec::new() }, dates }
    }

    /// Holds out about a fifth of the labelled loans.
    pub(super) fn hold_out(&self, labels: &[bool], seed: u64) -> Result<Split, AnalysisError> {
        let by_borrower = || validation::grouped(labels, &self.groups, FoldOptions::new(HOLD_OUT_FOLDS, seed)?);
        if self.groups.is_empty() {
            return Ok(split::stratified(labels, seed));
        }
        match by_borrower() {
            Ok(folds) => {
                let fold = folds.into_iter().next().ok_or(ValidationError::Folds(0))?;
                Ok(Split { train: fold.train, held_out: fold.test })
            }
            // A handful of borrowers cannot be told apart by borrower.
            Err(ValidationError::TooFewGroups { .. }) => Ok(split::stratified(labels, seed)),
            Err(error) => Err(error.into()),
        }
    }

    /// Deals the labelled loans out, and says how.
    fn folds(
        &self,
        labels: &[bool],
        is_time_ordered: bool,
        options: FoldOptions,
    ) -> (FoldRule, Result<Vec<Fold>, ValidationError>) {
        if is_time_ordered {
            let folds = validation::time_ordered(&self.dates, options);
            let is_grouped = !self.groups.is_empty();
            let purged = |folds| if is_grouped { validation::purged(folds, &self.groups) } else { Ok(folds) };
            (FoldRule::Time, folds.and_then(purged))
        } else if self.groups.is_empty() {
            (FoldRule::Stratified, validation::stratified(labels, options))
        } else {
            (FoldRule::Borrower, validation::grouped(labels, &self.groups, options))
        }
    }
}

pub(super) fn fold_options(options: &TrainingOptions, folds: u32) -> Result<FoldOptions, AnalysisError> {
    Ok(FoldOptions::new(folds as usize, options.seed)?)
}

/// Learns and tests fold by fold as the model is learned, from extra columns to calibration; nothing where no folds are
/// asked for, or there are too few loans, of which `notes` tell.
pub(super) fn cross_validate(
    inputs: &Inputs<'_>,
    labelled: &Labelled,
    groups: &Groups,
    options: &TrainingOptions,
    progress: &dyn Progress,
    notes: &mut Vec<String>,
) -> Result<Option<Validation>, AnalysisError> {
    let count = options.fold_count(labelled.rows.len());
    if count == 0 {
        return Ok(None);
    }
    let fold_options = fold_options(options, count)?;
    let (rule, folds) = groups.folds(&labelled.labels, options.is_time_ordered, fold_options);
    let folds = match folds {
        Ok(folds) => folds,
        Err(why) => {
            notes.push(format!("There are no figures over several folds: {why}"));
            return Ok(None);
        }
    };
    let done = Cell::new(0.0);
    let share = |of_fold: f64| ((done.get() + of_fold) / f64::from(count)).min(1.0);
    super::report(progress, Stage::Validate, 0.0)?;
    let figures = validation::cross_validate(&folds, &labelled.labels, |train, test| {
        let (rows, labels) = labelled.select(train);
        let watch = |of_fold| progress.report(Stage::Validate, share(of_fold));
        let fitted = fitting::fit(inputs, rows, labels, options, &watch)?;
        let scores = fitted.scores(&inputs.select(&fitted.encoding, &labelled.select(test).0));
        done.set(done.get() + 1.0);
        super::report(progress, Stage::Validate, share(0.0))?;
        Ok(scores)
    })?;
    let loans = folds.iter().map(|fold| fold.test.len()).sum::<usize>() as u32;
    Ok(Some(Validation { folds: count, rule, loans, figures }))
}
