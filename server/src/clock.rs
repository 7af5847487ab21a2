//! The only place that reads the clock; everything else is given times.

use chrono::{DateTime, TimeDelta, Utc};
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

/// How far this program's clock is ahead, in milliseconds, where it simulates days to come.
static AHEAD_MS: AtomicI64 = AtomicI64::new(0);

/// Measures how long something takes.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    pub fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

/// What time it is.
#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
pub fn now() -> DateTime<Utc> {
    Utc::now() + TimeDelta::milliseconds(AHEAD_MS.load(Ordering::Relaxed))
}

/// What time it is elsewhere, also where this program simulates days to come.
#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
pub(crate) fn not_ahead() -> DateTime<Utc> {
    Utc::now()
}

/// Sets this program's clock to a moment, from which it goes on. For simulations alone.
#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
pub(crate) fn set(moment: DateTime<Utc>) {
    AHEAD_MS.store((moment - Utc::now()).num_milliseconds(), Ordering::Relaxed);
}
