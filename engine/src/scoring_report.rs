//! What a run of scoring is watched for: drift of loans, scores and outcomes, and fairness.
//!
//! Where a model is made, [`reference`] keeps how its scores and features were spread; each run of scoring after that is
//! compared with it by [`scoring_report`].

use crate::drift::{DriftReference, rate_drift};
use crate::fairness::{AuditedLoan, audit};
use crate::model::RiskModel;
use domain::count::count;
use domain::feature::FeatureName;
use domain::loan::{LoanRecord, RecoveryStatus};
use domain::model::{ScoreSource, Target};
use domain::scoring_report::{Population, RECENT_MIN, RateDrift, ScoringReport};
use domain::summary::Verdict;
use domain::track::Track;
use std::collections::BTreeMap;

/// Loans with what a model made of them, all in one order.
#[derive(Clone, Copy, Debug)]
pub struct Scoring<'a> {
    pub records: &'a [LoanRecord],
    pub verdicts: &'a [Verdict],
    /// Loans that trained the model are out of bag: their scores are compared with nothing.
    pub sources: &'a [ScoreSource],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScoringReportError {
    #[error("the scoring report was given {verdicts} verdicts and {sources} sources of scores for {loans} loans")]
    Shape { loans: usize, verdicts: usize, sources: usize },
}

/// How scores and features of the loans that a model was not trained on were spread when it was made.
///
/// Scores of later runs come from the whole forest, so those of training loans, which come from a part of it, would be
/// no measure for them.
///
/// A model that foretells what becomes of open loans is watched on those alone, as they were on the day that it was made: settled ones
/// are none that it speaks of, and the same loans a horizon earlier were younger and later on their payments.
pub fn reference(model: &RiskModel, scoring: Scoring<'_>) -> Result<DriftReference, ScoringReportError> {
    let new = scoring.watched(model, scoring.new_to_model()?);
    // Features of training loans are as good a measure as others, and a part of the open loans would be another mix than all of them.
    let spread = if model.figures.follow_up.is_some() { scoring.watched(model, scoring.all()) } else { new.clone() };
    let columns = columns(model, &scoring.records_of(&spread));
    Ok(DriftReference::new(&scoring.scores(&new), &borrowed(&columns)))
}

/// What is new in a run of scoring, by places among its loans.
#[derive(Clone, Copy)]
pub struct News<'a> {
    /// Loans that came or changed since the run before.
    pub recent: &'a [usize],
    /// Whether the outcome of a loan was known when the model was made: it tells nothing of what came after.
    pub had_outcome: &'a dyn Fn(usize) -> bool,
    /// Scores of the model whose horizon is over by now, 0..=1, and whether the loan was lost within it; none of a model without one.
    pub followed: &'a [(f64, bool)],
}

/// Compares a run of scoring with the `reference` of the same model. Features are compared over all loans that it speaks of, scores and
/// outcomes over those of them that the model was not trained on; loans that came or changed are compared by themselves besides, where
/// they are [`RECENT_MIN`] or more.
pub fn scoring_report(
    reference: &DriftReference,
    model: &RiskModel,
    scoring: Scoring<'_>,
    news: News<'_>,
) -> Result<ScoringReport, ScoringReportError> {
    let new = scoring.new_to_model()?;
    let compare = |rows: Vec<usize>| {
        let rows = scoring.watched(model, rows);
        let is_new = |row: &&usize| scoring.sources[**row] == ScoreSource::Model;
        let of_model: Vec<usize> = rows.iter().filter(is_new).copied().collect();
        reference.compare(&scoring.scores(&of_model), &borrowed(&columns(model, &scoring.records_of(&rows))))
    };
    let drift = compare(scoring.all());
    let arrived = scoring.watched(model, news.recent.to_vec());
    let whose = format!(" of {} that came or changed", count(arrived.len(), "loan"));
    let recent = (arrived.len() >= RECENT_MIN).then(|| compare(arrived));
    let calibration = match (model.options.target, model.figures.follow_up) {
        (Target::SegmentProxy, _) => None,
        (Target::Observed, None) => {
            let settled: Vec<usize> = new.iter().copied().filter(|row| !(news.had_outcome)(*row)).collect();
            scoring.calibration(&settled, model)
        }
        // What has closed by now tells nothing of losses within a horizon, before it is over for those that are open.
        (Target::Observed, Some(follow_up)) => {
            let (scores, labels): (Vec<f64>, Vec<bool>) = news.followed.iter().copied().unzip();
            let found = rate_drift(&scores, &labels, model.figures.train_rows as usize);
            found.map(|drift| RateDrift { horizon_days: Some(follow_up.horizon.days), ..drift })
        }
    };
    let mut alarms = drift.alarms("");
    alarms.extend(recent.iter().flat_map(|recent| recent.alarms(&whose)));
    alarms.extend(calibration.as_ref().and_then(RateDrift::alarm));
    let audited: Vec<AuditedLoan> =
        scoring.records.iter().zip(scoring.verdicts).map(|(record, verdict)| audited(record, verdict.track)).collect();
    Ok(ScoringReport {
        population: scoring.population(new.len(), news.recent.len()),
        drift,
        recent,
        calibration,
        fairness: audit(&audited),
        alarms,
    })
}

impl Scoring<'_> {
    /// Rows that the model was not trained on.
    fn new_to_model(&self) -> Result<Vec<usize>, ScoringReportError> {
        let (loans, verdicts, sources) = (self.records.len(), self.verdicts.len(), self.sources.len());
        if verdicts != loans || sources != loans {
            return Err(ScoringReportError::Shape { loans, verdicts, sources });
        }
        Ok((0..loans).filter(|row| self.sources[*row] == ScoreSource::Model).collect())
    }

    fn all(&self) -> Vec<usize> {
        (0..self.records.len()).collect()
    }

    /// Those of some rows whose spread is watched: open loans, where the model foretells what becomes of them, otherwise all.
    fn watched(&self, model: &RiskModel, mut rows: Vec<usize>) -> Vec<usize> {
        if model.figures.follow_up.is_some() {
            rows.retain(|row| is_lost(&self.records[*row]).is_none());
        }
        rows
    }

    fn records_of(&self, rows: &[usize]) -> Vec<LoanRecord> {
        rows.iter().map(|row| self.records[*row].clone()).collect()
    }

    fn scores(&self, rows: &[usize]) -> Vec<f64> {
        rows.iter().map(|row| self.verdicts[*row].score).collect()
    }

    /// The scores of those rows whose outcome is known, against it.
    fn calibration(&self, rows: &[usize], model: &RiskModel) -> Option<RateDrift> {
        let closed: Vec<usize> = rows.iter().copied().filter(|row| is_lost(&self.records[*row]).is_some()).collect();
        let labels: Vec<bool> = closed.iter().filter_map(|row| is_lost(&self.records[*row])).collect();
        rate_drift(&self.scores(&closed), &labels, model.figures.train_rows as usize)
    }

    fn population(&self, new_to_model: usize, recent: usize) -> Population {
        let on = |track| self.verdicts.iter().filter(|verdict| verdict.track == track).count() as u32;
        let mut by_segment: BTreeMap<i32, u32> = BTreeMap::new();
        for verdict in self.verdicts {
            *by_segment.entry(verdict.segment).or_default() += 1;
        }
        Population {
            loans: self.records.len() as u32,
            new_to_model: new_to_model as u32,
            recent: recent as u32,
            open: self.records.iter().filter(|record| is_lost(record).is_none()).count() as u32,
            by_track: Track::ALL.map(|track| (track, on(track))).to_vec(),
            by_segment: by_segment.into_iter().collect(),
        }
    }
}

/// Nothing while the loan is open.
fn is_lost(record: &LoanRecord) -> Option<bool> {
    (record.recovery_status != RecoveryStatus::Open).then(|| record.recovery_status == RecoveryStatus::WrittenOff)
}

fn audited(record: &LoanRecord, track: Track) -> AuditedLoan {
    let attributes = &record.borrower.protected;
    let age_by_birth = || record.as_of?.years_since(attributes.birth_date?);
    let age = attributes.age.or_else(|| age_by_birth().and_then(|years| years.try_into().ok()));
    AuditedLoan { age, gender: attributes.gender.clone(), is_lost: is_lost(record), track }
}

/// What the model is given, column by column, NaN where a feature is not known. Its bands count those, so that columns that say where
/// would count them twice. Extra columns are as the model encodes them, categories that it has no rate of +∞, which lies
/// outside all bands.
fn columns(model: &RiskModel, records: &[LoanRecord]) -> Vec<(FeatureName, Vec<f64>)> {
    let matrix = model.matrix_as_known(records);
    let column = |(place, feature): (usize, &FeatureName)| {
        let mut values: Vec<f64> = matrix.rows().map(|row| row[place]).collect();
        if let FeatureName::Category(column) = feature {
            // The average stands for such categories in a score; here it would hide that they are others.
            for (value, _) in values.iter_mut().zip(model.encoding.without_rate(column, records)).filter(|(_, is)| *is)
            {
                *value = f64::INFINITY;
            }
        }
        (feature.clone(), values)
    };
    let says_where = |feature: &FeatureName| matches!(feature, FeatureName::Unknown(_));
    matrix.features().iter().enumerate().filter(|(_, feature)| !says_where(feature)).map(column).collect()
}

fn borrowed(columns: &[(FeatureName, Vec<f64>)]) -> Vec<(FeatureName, &[f64])> {
    columns.iter().map(|(feature, values)| (feature.clone(), values.as_slice())).collect()
}

#[cfg(test)]
mod tests;
