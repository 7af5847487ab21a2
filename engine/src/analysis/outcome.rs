//! What a model is to learn: the outcome of each loan, where it has one.

use super::inputs::Inputs;
use super::{AnalysisError, LOANS_MIN};
use crate::extra::{Cells, ExtraColumn};
use crate::feature::FeatureMatrix;
use crate::forest::RiskForest;
use crate::gate::{CLASS_ROWS_MIN, ClassCounts};
use crate::importance;
use crate::leak::{self, LeakFinding};
use domain::count::{count, grouped, is_or_are};
use domain::feature::FeatureName;
use domain::loan::{LoanRecord, RecoveryStatus};
use domain::model::{ModelFigures, Target};
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::fmt::Write;

/// The loans whose outcome is known.
pub(super) struct Labelled {
    pub(super) target: Target,
    /// Indices of the loans, ascending.
    pub(super) rows: Vec<usize>,
    /// Whether the target holds, one per row of `rows`.
    pub(super) labels: Vec<bool>,
}

impl Labelled {
    pub(super) fn counts(&self) -> ClassCounts {
        ClassCounts::of(self.labels.iter().copied())
    }

    /// The loans at `places` of the labelled ones, and their outcomes.
    pub(super) fn select(&self, places: &[usize]) -> (Vec<usize>, Vec<bool>) {
        places.iter().map(|place| (self.rows[*place], self.labels[*place])).unzip()
    }

    /// Whether the target holds of each of so many loans; `loan_of` tells whose a row is.
    pub(super) fn by_loan(&self, loans: usize, loan_of: impl Fn(usize) -> usize) -> Vec<Option<bool>> {
        let mut all = vec![None; loans];
        self.rows.iter().zip(&self.labels).for_each(|(row, label)| all[loan_of(*row)] = Some(*label));
        all
    }

    /// SHA-256 of the features of all loans and of the outcomes.
    pub(super) fn hash(&self, matrix: &FeatureMatrix) -> String {
        let mut hash = Sha256::new();
        matrix.values().iter().for_each(|value| hash.update(value.to_le_bytes()));
        for (row, label) in self.rows.iter().zip(&self.labels) {
            hash.update((*row as u64).to_le_bytes());
            hash.update([u8::from(*label)]);
        }
        hash.finalize().iter().fold(String::new(), |mut text, byte| {
            // Writing to a string does not fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}

/// Labels the loans by `target`. Open loans have no observed outcome yet. `proxied` says of each segment whether a proxy
/// learns it.
pub(super) fn label(
    records: &[LoanRecord],
    target: Target,
    members: &[usize],
    proxied: &[bool],
) -> Result<Labelled, AnalysisError> {
    let (rows, labels): (Vec<usize>, Vec<bool>) = match target {
        Target::SegmentProxy => members.iter().map(|member| proxied[*member]).enumerate().unzip(),
        Target::Observed => records
            .iter()
            .enumerate()
            .filter(|(_, record)| record.recovery_status != RecoveryStatus::Open)
            .map(|(row, record)| (row, record.recovery_status == RecoveryStatus::WrittenOff))
            .unzip(),
    };
    if rows.len() < LOANS_MIN {
        return Err(AnalysisError::TooFewOutcomes { labelled: rows.len() });
    }
    Ok(Labelled { target, rows, labels })
}

/// What should be known of the outcomes besides what the target's own words say.
pub(super) fn notes(records: usize, labelled: &Labelled, figures: &ModelFigures) -> Vec<String> {
    let mut notes = Vec::new();
    let open = records - labelled.rows.len();
    if open > 0 && figures.follow_up.is_none() {
        notes.push(format!(
            "{} of {} {} open: scored, but the model neither learned from nor was tested on what is open",
            grouped(open),
            count(records, "loan"),
            is_or_are(open)
        ));
    }
    if labelled.counts().smaller() < CLASS_ROWS_MIN {
        notes.push(figures.gate.reason.clone());
    }
    notes
}

/// What looks as if it knew the outcome; nothing is looked for where the target is made of the features.
///
/// `columns` are what those of `forest` hold. One loan of each borrower is looked at: what borrowers have told of their other loans is no
/// leak.
pub(super) fn leaks(
    labelled: &Labelled,
    inputs: &Inputs<'_>,
    forest: &RiskForest,
    columns: &[FeatureName],
    auc: Option<f64>,
) -> Vec<LeakFinding> {
    if labelled.target != Target::Observed {
        return Vec::new();
    }
    let Inputs { features, extras, borrowers, .. } = inputs;
    let mut met = HashSet::new();
    let firsts = labelled.rows.iter().zip(&labelled.labels).filter(|(row, _)| met.insert(borrowers[**row]));
    let (rows, labels): (Vec<usize>, Vec<bool>) = firsts.map(|(row, label)| (*row, *label)).unzip();
    let labels = &labels;
    let in_features = features.features().iter().enumerate().filter_map(|(column, name)| {
        let values: Vec<Option<f64>> = rows.iter().map(|row| Some(features.row(*row)[column])).collect();
        leak::find_in_column(&name.label(), &values, labels)
    });
    let in_extras = extras.columns.iter().filter_map(|ExtraColumn { name, cells }| match cells {
        Cells::Numbers(cells) => {
            leak::find_in_column(name, &rows.iter().map(|row| cells[*row]).collect::<Vec<_>>(), labels)
        }
        Cells::Categories(cells) => {
            leak::find_in_categories(name, &rows.iter().map(|row| cells[*row]).collect::<Vec<_>>(), labels)
        }
    });
    let names = extras.columns.iter().map(|column| column.name.as_str());
    let mut findings: Vec<LeakFinding> = in_features.chain(in_extras).chain(leak::find_in_names(names)).collect();
    findings.extend(leak::find_in_model(auc, leaned_on(forest, columns).as_deref()));
    findings
}

/// The column that the forest's splits use most.
fn leaned_on(forest: &RiskForest, inputs: &[FeatureName]) -> Option<String> {
    let weights = importance::by_splits(forest, inputs).ok()?;
    let most = weights.into_iter().max_by(|a, b| a.weight.total_cmp(&b.weight))?;
    Some(most.feature.column())
}
