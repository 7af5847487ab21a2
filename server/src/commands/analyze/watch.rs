//! Watches an analysis: takes the time of its stages, and shows progress to a person at a terminal.

use crate::clock::Stopwatch;
use engine::analysis::{Progress, Stage};
use serde::Serialize;
use std::io::{IsTerminal, Write, stderr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Seconds of each part of the command.
#[derive(Clone, Copy, Debug, Serialize)]
#[expect(clippy::struct_field_names, reason = "units stand last in names")]
pub(super) struct Timings {
    pub(super) read_s: f64,
    pub(super) segment_s: f64,
    pub(super) fit_s: f64,
    pub(super) validate_s: f64,
    pub(super) score_s: f64,
    /// Of all threads together; nothing where the system does not tell.
    pub(super) cpu_s: Option<f64>,
}

pub(super) struct Watch {
    read: Duration,
    started: Stopwatch,
    is_shown: bool,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    /// When each stage was first heard of.
    begun: Vec<(Stage, Duration)>,
    /// What stands on the terminal.
    shown: Option<(Stage, u32)>,
}

impl Watch {
    pub(super) fn new(read: Duration) -> Self {
        Self { read, started: Stopwatch::start(), is_shown: stderr().is_terminal(), seen: Mutex::default() }
    }

    /// Ends the watch when the analysis has come back.
    pub(super) fn finish(self, cpu_s: Option<f64>) -> Timings {
        let end = self.started.elapsed();
        let seen = self.seen.into_inner().unwrap_or_else(PoisonError::into_inner);
        if seen.shown.is_some() {
            clear_line();
        }
        let seconds = |stage: Stage| {
            let place = seen.begun.iter().position(|(begun, _)| *begun == stage)?;
            let until = seen.begun.get(place + 1).map_or(end, |(_, begun)| *begun);
            Some(round(until.saturating_sub(seen.begun[place].1)))
        };
        Timings {
            read_s: round(self.read),
            segment_s: seconds(Stage::Segment).unwrap_or_default(),
            fit_s: seconds(Stage::Fit).unwrap_or_default(),
            validate_s: seconds(Stage::Validate).unwrap_or_default(),
            score_s: seconds(Stage::Score).unwrap_or_default(),
            cpu_s,
        }
    }
}

impl Progress for Watch {
    fn report(&self, stage: Stage, share_done: f64) -> bool {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.begun.iter().all(|(begun, _)| *begun != stage) {
            seen.begun.push((stage, self.started.elapsed()));
        }
        let percent = (share_done * 100.0) as u32;
        if self.is_shown && seen.shown != Some((stage, percent)) {
            seen.shown = Some((stage, percent));
            show(stage, percent);
        }
        true
    }
}

/// Progress is a courtesy: where the terminal is gone, the work goes on.
fn show(stage: Stage, percent: u32) {
    let doing = match stage {
        Stage::Segment => "Segmenting",
        Stage::Fit => "Training",
        Stage::Validate => "Validating",
        _ => "Scoring",
    };
    let _ = write!(stderr(), "\r\x1b[2K{doing} … {percent} %");
    let _ = stderr().flush();
}

fn clear_line() {
    let _ = write!(stderr(), "\r\x1b[2K");
    let _ = stderr().flush();
}

fn round(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1000.0).round() / 1000.0
}
