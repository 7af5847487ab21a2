//! The report for programs. Its fields are a promise: they are added to, not changed.

use super::Outcome;
use super::watch::Timings;
use domain::feature::{Feature, FeatureName};
use domain::follow_up::FollowUp;
use domain::model::Gate;
use domain::summary::Verdict;
use domain::track::Track;
use domain::upload::Finding;
use domain::validation::Validation;
use serde::{Serialize, Serializer};
use std::io;

#[derive(Serialize)]
struct Report<'a> {
    rows: u64,
    rejected: u64,
    /// The first of them.
    rejected_rows: Vec<RejectedPart<'a>>,
    /// What the model looks at: features, then extra columns.
    features: Vec<String>,
    scaler: ScalerPart,
    segmentation: SegmentationPart<'a>,
    model: ModelPart<'a>,
    tracks: TrackCounts,
    test_tracks: TrackCounts,
    high_risk: usize,
    timings: Timings,
    peak_memory_mb: Option<f64>,
    notes: Vec<&'a str>,
}

#[derive(Serialize)]
struct ScalerPart {
    mean: ByFeature,
    std: ByFeature,
}

#[derive(Serialize)]
struct SegmentationPart<'a> {
    k: usize,
    inertia: f64,
    segments: Vec<SegmentPart<'a>>,
}

#[derive(Serialize)]
struct SegmentPart<'a> {
    id: i32,
    name: &'a str,
    size: u32,
    risk: &'static str,
    center: ByFeature,
}

#[derive(Serialize)]
struct ModelPart<'a> {
    target: &'static str,
    target_words: String,
    /// Of which day the features are, within which days outcomes count, and of how many loans; nothing where both are of one day.
    follow_up: Option<FollowUp>,
    learner: &'a str,
    trees: u32,
    train_rows: u32,
    test_rows: u32,
    auc: Option<f64>,
    auc_interval: Option<(f64, f64)>,
    accuracy: Option<f64>,
    brier: Option<f64>,
    ks: Option<f64>,
    gini: Option<f64>,
    calibration_error: Option<f64>,
    class_weights: &'static str,
    is_calibrated: bool,
    /// Figures over several folds.
    validation: Option<&'a Validation>,
    gate: &'a Gate,
}

#[derive(Serialize)]
struct RejectedPart<'a> {
    line: u64,
    column: Option<&'a str>,
    value: &'a str,
    reason: &'a str,
}

impl<'a> RejectedPart<'a> {
    fn of(row: &'a Finding) -> Self {
        Self { line: row.line, column: row.column.as_deref(), value: &row.value, reason: &row.reason }
    }
}

/// Loans on each track.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct TrackCounts {
    pub(super) legal: usize,
    pub(super) settlement: usize,
    pub(super) standard: usize,
}

impl TrackCounts {
    pub(super) fn of<'a>(verdicts: impl IntoIterator<Item = &'a Verdict>) -> Self {
        let mut counts = Self::default();
        for verdict in verdicts {
            match verdict.track {
                Track::Legal => counts.legal += 1,
                Track::Settlement => counts.settlement += 1,
                Track::Standard => counts.standard += 1,
            }
        }
        counts
    }

    /// Those of the loans on which the model was tested.
    pub(super) fn of_held_out(verdicts: &[Verdict], held_out: &[bool]) -> Self {
        Self::of(verdicts.iter().zip(held_out).filter(|(_, held_out)| **held_out).map(|(verdict, _)| verdict))
    }

    pub(super) fn get(self, track: Track) -> usize {
        match track {
            Track::Legal => self.legal,
            Track::Settlement => self.settlement,
            Track::Standard => self.standard,
        }
    }
}

/// Numbers under the codes of their features, in the order of the features; null where a feature is known of no loan.
struct ByFeature(Vec<(Feature, Option<f64>)>);

impl Serialize for ByFeature {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(feature, value)| (feature.code(), value)))
    }
}

/// The report as JSON, with a line end.
pub(super) fn text(outcome: &Outcome<'_>) -> io::Result<String> {
    let analysis = &outcome.analysis;
    let figures = &analysis.figures;
    let scaler = &analysis.model.scaler;
    let features = &analysis.model.features;
    let is_known = |feature: &Feature| analysis.segmentation.spread.iter().any(|(other, ..)| other == feature);
    let by_feature = |values: &[f64]| {
        let known = |(feature, value): (&Feature, &f64)| (*feature, is_known(feature).then_some(*value));
        ByFeature(features.iter().zip(values).map(known).collect())
    };
    let segments = &analysis.segmentation.segments;
    let report = Report {
        rows: outcome.file.rows,
        rejected: outcome.file.rejected_count,
        rejected_rows: outcome.file.rejected.iter().map(RejectedPart::of).collect(),
        features: analysis.features.iter().map(FeatureName::code).collect(),
        scaler: ScalerPart { mean: by_feature(&scaler.mean), std: by_feature(&scaler.std) },
        segmentation: SegmentationPart {
            k: segments.len(),
            inertia: analysis.segmentation.inertia,
            segments: segments
                .iter()
                .map(|segment| SegmentPart {
                    id: segment.number,
                    name: &segment.name,
                    size: segment.size,
                    risk: segment.risk.code(),
                    center: ByFeature(features.iter().map(|feature| (*feature, segment.mean_of(*feature))).collect()),
                })
                .collect(),
        },
        model: ModelPart {
            target: figures.target.code(),
            target_words: figures.target_words(),
            follow_up: figures.follow_up,
            learner: &figures.learner,
            trees: figures.trees,
            train_rows: figures.train_rows,
            test_rows: figures.test_rows,
            auc: figures.auc,
            auc_interval: figures.auc_interval,
            accuracy: figures.accuracy,
            brier: figures.brier,
            ks: figures.ks,
            gini: figures.gini(),
            calibration_error: figures.calibration_error,
            class_weights: analysis.model.options.class_weights.code(),
            is_calibrated: figures.is_calibrated,
            validation: figures.validation.as_ref(),
            gate: &figures.gate,
        },
        tracks: TrackCounts::of(&analysis.verdicts),
        test_tracks: TrackCounts::of_held_out(&analysis.verdicts, &analysis.held_out),
        high_risk: analysis.verdicts.iter().filter(|verdict| verdict.is_high_risk).count(),
        timings: outcome.timings,
        peak_memory_mb: outcome.peak_memory_mb,
        notes: outcome.file.notes.iter().chain(&analysis.notes).map(String::as_str).collect(),
    };
    Ok(serde_json::to_string_pretty(&report)? + "\n")
}
