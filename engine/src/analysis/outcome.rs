//! What a model is to learn: the outcome of each loan, where it has one.

use super::{AnalysisError, LOANS_MIN};
use crate::feature::FeatureMatrix;
use crate::gate::{CLASS_ROWS_MIN, ClassCounts};
use crate::leak;
use domain::count::{count, grouped, is_or_are};
use domain::loan::{LoanRecord, RecoveryStatus};
use domain::model::{ModelFigures, Target};
use domain::segment::Segmentation;
use domain::track::RiskLevel;
use sha2::{Digest, Sha256};
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

/// Labels the loans by `target`. Open loans have no observed outcome yet.
pub(super) fn label(
    records: &[LoanRecord],
    target: Target,
    members: &[usize],
    segmentation: &Segmentation,
) -> Result<Labelled, AnalysisError> {
    let (rows, labels): (Vec<usize>, Vec<bool>) = match target {
        Target::SegmentProxy => {
            let is_high: Vec<bool> =
                segmentation.segments.iter().map(|segment| segment.risk == RiskLevel::High).collect();
            members.iter().map(|member| is_high[*member]).enumerate().unzip()
        }
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

/// What should be known of the outcomes, in words.
pub(super) fn notes(
    records: &[LoanRecord],
    matrix: &FeatureMatrix,
    labelled: &Labelled,
    figures: &ModelFigures,
) -> Vec<String> {
    let mut notes = Vec::new();
    let counts = labelled.counts();
    let open = records.len() - labelled.rows.len();
    if open > 0 {
        notes.push(format!(
            "{} of {} {} open: scored, but the model neither learned from nor was tested on what is open",
            grouped(open),
            count(records.len(), "loan"),
            is_or_are(open)
        ));
    }
    if counts.smaller() < CLASS_ROWS_MIN {
        notes.push(figures.gate.reason.clone());
    }
    if labelled.target == Target::Observed {
        let in_columns = (0..matrix.columns()).filter_map(|column| {
            let values: Vec<Option<f64>> = labelled.rows.iter().map(|row| Some(matrix.row(*row)[column])).collect();
            leak::find_in_column(&matrix.features()[column].label(), &values, &labelled.labels)
        });
        notes.extend(in_columns.chain(leak::find_in_model(figures.auc)).map(|finding| finding.sentence));
    }
    notes
}
