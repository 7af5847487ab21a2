//! Turning scores into probabilities: centred isotonic regression on out-of-bag scores, tilted a little so that no order is lost.

use domain::count::count;
use serde::{Deserialize, Serialize};

/// A monotone piecewise-linear map from scores to probabilities.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<(f64, f64)>", into = "Vec<(f64, f64)>")]
pub struct Calibration {
    /// (score, probability), both within 0..=1: scores strictly ascending, probabilities never falling.
    points: Vec<(f64, f64)>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalibrationError {
    #[error("the calibration was given {labels} outcomes for {scores} scores")]
    Shape { scores: usize, labels: usize },
    #[error("the calibration needs loans of both outcomes, but there is only one")]
    OneClass,
    #[error("the calibration was given a score outside 0 to 1, of loan {0}")]
    Score(usize),
    #[error("the calibration has {}: it may have 1 to {}", count(*.0, "point"), Calibration::POINTS_MAX)]
    Points(usize),
    #[error("point {0} of the calibration lies outside 0 to 1")]
    Range(usize),
    #[error("point {0} of the calibration lies below the one before it")]
    Order(usize),
}

/// Rows of neighbouring scores that have one rate.
struct Pool {
    lowest: f64,
    highest: f64,
    /// The sum of their scores.
    scores: f64,
    positives: f64,
    rows: f64,
}

impl Pool {
    fn rate(&self) -> f64 {
        self.positives / self.rows
    }

    /// The mean score, which rounding must not carry among the scores of another pool.
    fn center(&self) -> f64 {
        (self.scores / self.rows).clamp(self.lowest, self.highest)
    }
}

impl Calibration {
    pub const POINTS_MAX: usize = 1000;

    /// So much of each probability is the score itself. Beyond the centres of the outermost pools the regression alone gives all loans one
    /// probability, and their order would be lost; this moves a probability by less than a thousandth.
    const TILT: f64 = 0.001;

    /// The map that changes no score.
    pub fn identity() -> Self {
        Self { points: vec![(0.0, 0.0), (1.0, 1.0)] }
    }

    /// Learns the non-decreasing map with the least squared error on `scores` (n, within 0..=1, of trees that did not
    /// see the loan) and `labels` (n, both classes present), in O(n log n), and tilts it by [`Self::TILT`], so that of two scores the higher
    /// one always has the higher probability.
    ///
    /// Pool adjacent violators (R. Barlow et al., Statistical Inference under Order Restrictions, 1972), weighted by count. A pool's
    /// rate stands at its mean score, with straight lines between (A. Oron and N. Flournoy, Centered Isotonic Regression, Statistics
    /// in Biopharmaceutical Research 9 (2017)): steps would heap loans up at a few probabilities. Beyond [`Self::POINTS_MAX`] points, evenly chosen ones stay.
    pub fn fit(scores: &[f64], labels: &[bool]) -> Result<Self, CalibrationError> {
        if scores.len() != labels.len() {
            return Err(CalibrationError::Shape { scores: scores.len(), labels: labels.len() });
        }
        if let Some(row) = scores.iter().position(|score| !(0.0..=1.0).contains(score)) {
            return Err(CalibrationError::Score(row));
        }
        if labels.iter().all(|label| *label) || !labels.contains(&true) {
            return Err(CalibrationError::OneClass);
        }
        let points: Vec<(f64, f64)> = pools(scores, labels).iter().map(|pool| (pool.center(), pool.rate())).collect();
        let ends = points.first().copied().zip(points.last().copied());
        let (first, last) = ends.ok_or(CalibrationError::OneClass)?;
        let before = (first.0 > 0.0).then_some((0.0, first.1));
        let behind = (last.0 < 1.0).then_some((1.0, last.1));
        let points = before.into_iter().chain(points).chain(behind);
        let tilted = |(score, rate): (f64, f64)| (score, (1.0 - Self::TILT) * rate + Self::TILT * score);
        Ok(Self { points: thinned(points.map(tilted).collect()) })
    }

    /// Takes points from outside, if they are a map as [`Self::fit`] makes them.
    pub fn checked(points: Vec<(f64, f64)>) -> Result<Self, CalibrationError> {
        if points.is_empty() || points.len() > Self::POINTS_MAX {
            return Err(CalibrationError::Points(points.len()));
        }
        let is_within = |value: f64| (0.0..=1.0).contains(&value);
        if let Some(place) = points.iter().position(|(score, chance)| !is_within(*score) || !is_within(*chance)) {
            return Err(CalibrationError::Range(place));
        }
        let falls = |pair: &[(f64, f64)]| pair[1].0 <= pair[0].0 || pair[1].1 < pair[0].1;
        match points.windows(2).position(falls) {
            Some(place) => Err(CalibrationError::Order(place + 1)),
            None => Ok(Self { points }),
        }
    }

    pub fn points(&self) -> &[(f64, f64)] {
        &self.points
    }

    /// The probability of a score, 0..=1; a higher score never has a lower one. Beyond the first and the last point
    /// the map is level.
    pub fn apply(&self, score: f64) -> f64 {
        let next = self.points.partition_point(|point| point.0 < score);
        let Some(&(right, high)) = self.points.get(next) else {
            return self.points[self.points.len() - 1].1;
        };
        let Some(&(left, low)) = next.checked_sub(1).and_then(|before| self.points.get(before)) else {
            return high;
        };
        // Rounding may carry a line past its end.
        (low + (score - left) / (right - left) * (high - low)).clamp(low, high)
    }
}

/// Pools by ascending score; each has a higher rate than the one before.
fn pools(scores: &[f64], labels: &[bool]) -> Vec<Pool> {
    // Adding 0 makes -0 and 0 the same score.
    let mut rows: Vec<(f64, bool)> = scores.iter().zip(labels).map(|(score, label)| (score + 0.0, *label)).collect();
    rows.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let mut pools: Vec<Pool> = Vec::new();
    for tied in rows.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()) {
        let positives = tied.iter().filter(|row| row.1).count() as f64;
        let (score, rows) = (tied[0].0, tied.len() as f64);
        let mut pool = Pool { lowest: score, highest: score, scores: score * rows, positives, rows };
        while let Some(before) = pools.pop_if(|before| before.rate() >= pool.rate()) {
            pool.lowest = before.lowest;
            pool.scores += before.scores;
            pool.positives += before.positives;
            pool.rows += before.rows;
        }
        pools.push(pool);
    }
    pools
}

fn thinned(points: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    let last = points.len() - 1;
    if last < Calibration::POINTS_MAX {
        return points;
    }
    (0..Calibration::POINTS_MAX).map(|place| points[place * last / (Calibration::POINTS_MAX - 1)]).collect()
}

impl TryFrom<Vec<(f64, f64)>> for Calibration {
    type Error = CalibrationError;
    fn try_from(points: Vec<(f64, f64)>) -> Result<Self, Self::Error> {
        Self::checked(points)
    }
}

impl From<Calibration> for Vec<(f64, f64)> {
    fn from(calibration: Calibration) -> Self {
        calibration.points
    }
}

#[cfg(test)]
mod tests;
