//! Learning and evaluation: features, segments, risk forest, figures, model file, simulation.
//!
//! Everything here is a pure function of its arguments. Nothing reads a clock, a file or a global
//! random generator, and no result depends on how many threads compute it: the same loans with the
//! same seed give the same bytes.
//!
//! Errors: each learner has its own enum beside it ([`segmentation::SegmentationError`],
//! [`forest_fit::ForestError`], [`histogram::HistogramError`], [`extra::ExtraError`], [`model_file::ModelFileError`]);
//! [`analysis::AnalysisError`] gathers those that can end an analysis.

pub mod analysis;
pub mod bags;
pub mod calibration;
pub mod drift;
pub mod encoding;
pub mod explain;
pub mod extra;
pub mod fairness;
pub mod feature;
pub mod forest;
pub mod forest_fit;
pub mod gate;
pub mod histogram;
pub mod importance;
pub mod input;
pub mod insight;
pub mod leak;
pub mod metric;
pub mod model;
pub mod model_file;
pub mod out_of_bag;
pub mod progress;
pub mod reason;
pub mod scaler;
pub mod scoring_report;
pub mod segment_match;
pub mod segment_name;
pub mod segment_quality;
pub mod segment_risk;
pub mod segmentation;
pub mod simulation;
pub mod split;
pub mod training_file;
pub mod tree_shap;
pub mod validation;

mod random;
