//! Loans as they were on an earlier day, which a model may learn from in place of those of today.

use super::outcome::Labelled;
use super::{AnalysisError, LOANS_MIN};
use crate::extra::{ExtraColumns, ExtraError};
use crate::model::RiskModel;
use crate::out_of_bag::OutOfBag;
use domain::follow_up::FollowUp;
use domain::loan::LoanRecord;
use domain::model::{ScoreSource, Target, TrainingOptions};
use rayon::prelude::*;
use std::borrow::Cow;

/// What a model learns from: loans as of a day, and what became of them within a horizon.
#[derive(Clone, Debug, PartialEq)]
pub struct Past {
    pub follow_up: FollowUp,
    /// Only those that were open on the day and whose horizon is over, in the order of their places.
    pub loans: Vec<PastLoan>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct PastLoan {
    /// Its place among the loans of today.
    pub place: usize,
    /// What was known of it on the day.
    pub record: LoanRecord,
    pub is_lost: bool,
}

impl Past {
    /// The loans of today with those of the day in their places: what a model is tested on.
    pub fn looked_back_at(&self, records: &[LoanRecord]) -> Vec<LoanRecord> {
        let mut records = records.to_vec();
        for loan in &self.loans {
            if let Some(record) = records.get_mut(loan.place) {
                record.clone_from(&loan.record);
            }
        }
        records
    }
}

/// All rows that an analysis looks at: the loans of today, and behind them those of the past, if a model learns from it.
#[derive(Clone, Copy)]
pub(super) struct Rows<'a> {
    pub(super) today: &'a [LoanRecord],
    pub(super) past: Option<&'a Past>,
}

impl<'a> Rows<'a> {
    pub(super) fn all(&self) -> Cow<'a, [LoanRecord]> {
        match self.past {
            None => Cow::Borrowed(self.today),
            Some(past) => {
                let past = past.loans.iter().map(|loan| loan.record.clone());
                Cow::Owned(self.today.iter().cloned().chain(past).collect())
            }
        }
    }

    /// The extra columns of all rows, `all`, but those that nothing was known of on the day that a model learns from.
    pub(super) fn extras<'b>(
        &self,
        all: &'b [LoanRecord],
        options: &TrainingOptions,
    ) -> Result<ExtraColumns<'b>, ExtraError> {
        let mut extras = ExtraColumns::read(all, &options.extras)?;
        if let Some(past) = self.past {
            extras.forget_unknown_behind(self.today.len(), past.follow_up.horizon.as_of);
        }
        Ok(extras)
    }

    /// Which of the loans of today are those of some rows.
    pub(super) fn held_out(&self, rows: impl Iterator<Item = usize>) -> Vec<bool> {
        let mut held_out = vec![false; self.today.len()];
        for row in rows {
            held_out[self.loan_of(row)] = true;
        }
        held_out
    }

    /// The place among the loans of today of the loan of a row.
    pub(super) fn loan_of(&self, row: usize) -> usize {
        let behind = row.checked_sub(self.today.len());
        behind.zip(self.past).map_or(row, |(behind, past)| past.loans[behind].place)
    }

    /// Labels the loans of the past; nothing where the model does not learn from it.
    pub(super) fn label(&self) -> Option<Result<Labelled, AnalysisError>> {
        let past = self.past?;
        if past.loans.len() < LOANS_MIN {
            return Some(Err(AnalysisError::TooFewOutcomes { labelled: past.loans.len() }));
        }
        let rows = (0..past.loans.len()).map(|row| self.today.len() + row).collect();
        let labels = past.loans.iter().map(|loan| loan.is_lost).collect();
        Some(Ok(Labelled { target: Target::Observed, rows, labels }))
    }

    /// Gives those of some loans of today (`chosen`, their places) whose borrowers trained the model the scores of the trees that did
    /// not see them.
    pub(super) fn score_apart(
        &self,
        model: &RiskModel,
        own: &OutOfBag,
        chosen: &[usize],
        scores: &mut [f64],
        sources: &mut [ScoreSource],
    ) {
        let records: Vec<LoanRecord> = chosen.iter().map(|place| self.today[*place].clone()).collect();
        let matrix = model.matrix(&records);
        let apart = |row: usize| Some((chosen[row], model.score_apart(own, chosen[row], matrix.row(row))?));
        let apart: Vec<(usize, f64)> = (0..chosen.len()).into_par_iter().filter_map(apart).collect();
        for (place, score) in apart {
            scores[place] = score;
            sources[place] = ScoreSource::OutOfBag;
        }
    }
}
