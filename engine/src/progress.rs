//! How long work tells where it is, and learns that it is no longer wanted.

/// The part of an analysis that is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    Segment,
    Fit,
    /// Learning and testing fold by fold; left out where there are no folds.
    Validate,
    Score,
    Done,
}

/// Listens to an analysis.
pub trait Progress: Sync {
    /// Called when a stage begins (share 0), after each piece of it, and when it ends (share 1).
    /// `share_done` is of the stage, 0..=1. An answer of false stops the analysis.
    fn report(&self, stage: Stage, share_done: f64) -> bool;
}

/// Listens to nothing and never stops the work.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unwatched;

impl Progress for Unwatched {
    fn report(&self, _stage: Stage, _share_done: f64) -> bool {
        true
    }
}
