//! A quantity in bands that the reference fixed.

use super::chi_square_bound;
use domain::scoring_report::Drift;
use serde::{Deserialize, Serialize};

/// Bands of about equal count that a reference is cut into.
const BANDS: usize = 10;

/// Counts of the reference: its deciles, then what lies outside its range, then what is not known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "RawBands", into = "RawBands")]
pub(super) struct Bands {
    /// Lowest and highest value; nothing where none is known.
    range: Option<(f64, f64)>,
    /// Upper bounds of all bands but the last, ascending and below the highest value.
    bounds: Vec<f64>,
    /// `bounds` + 1 bands, unseen, unknown.
    counts: Vec<usize>,
}

#[derive(Serialize, Deserialize)]
struct RawBands {
    range: Option<(f64, f64)>,
    bounds: Vec<f64>,
    counts: Vec<usize>,
}

/// Why numbers are no reference for drift.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BandsError {
    #[error("the drift reference has bounds that do not ascend within its range")]
    Bounds,
    #[error("the drift reference has counts that do not fit its bands")]
    Counts,
}

impl Bands {
    pub(super) fn new(values: &[f64]) -> Self {
        let mut known: Vec<f64> = values.iter().filter(|value| value.is_finite()).map(|value| value + 0.0).collect();
        known.sort_unstable_by(f64::total_cmp);
        let range = known.first().copied().zip(known.last().copied());
        let mut bounds: Vec<f64> = (1..BANDS)
            .filter_map(|band| known.get((band * known.len()).div_ceil(BANDS).checked_sub(1)?).copied())
            .filter(|bound| range.is_some_and(|(_, highest)| *bound < highest))
            .collect();
        bounds.dedup();
        let mut bands = Self { range, bounds, counts: Vec::new() };
        bands.counts = bands.count(values);
        bands
    }

    pub(super) fn rows(&self) -> usize {
        self.counts.iter().sum()
    }

    fn count(&self, values: &[f64]) -> Vec<usize> {
        let mut counts = vec![0; self.bounds.len() + 3];
        for value in values {
            counts[self.band(*value)] += 1;
        }
        counts
    }

    fn band(&self, value: f64) -> usize {
        let unseen = self.bounds.len() + 1;
        match self.range {
            _ if value.is_nan() => unseen + 1,
            Some((lowest, highest)) if (lowest..=highest).contains(&value) => {
                self.bounds.partition_point(|bound| *bound < value)
            }
            _ => unseen,
        }
    }

    /// The drift of `values` from the reference; nothing where either has no rows.
    pub(super) fn compare(&self, values: &[f64]) -> Option<Drift> {
        let found = self.count(values);
        let (before, now) = (self.rows() as f64, values.len() as f64);
        if before == 0.0 || now == 0.0 {
            return None;
        }
        let filled: Vec<(f64, f64)> = self
            .counts
            .iter()
            .zip(&found)
            .filter(|(before, now)| **before + **now > 0)
            .map(|(before, now)| (*before as f64, *now as f64))
            .collect();
        // Half a row in each band keeps the logarithm finite where one side is empty.
        let spare = 0.5 * filled.len() as f64;
        let share = |count: f64, all: f64| (count + 0.5) / (all + spare);
        let part = |(then, today): &(f64, f64)| {
            let (then, today) = (share(*then, before), share(*today, now));
            (today - then) * (today / then).ln()
        };
        Some(Drift {
            psi: filled.iter().map(part).sum(),
            chance_bound: chi_square_bound(filled.len() - 1) * (1.0 / before + 1.0 / now),
            unknown: found[self.bounds.len() + 2] as u32,
            unseen: found[self.bounds.len() + 1] as u32,
        })
    }
}

impl TryFrom<RawBands> for Bands {
    type Error = BandsError;
    fn try_from(raw: RawBands) -> Result<Self, BandsError> {
        let RawBands { range, bounds, counts } = raw;
        let is_range = range.is_none_or(|(lowest, highest)| {
            lowest.is_finite()
                && highest.is_finite()
                && lowest <= highest
                && bounds.iter().all(|bound| (lowest..highest).contains(bound))
        });
        let ascend = bounds.windows(2).all(|pair| pair[0] < pair[1]);
        if !is_range || !ascend || bounds.len() >= BANDS || (range.is_none() && !bounds.is_empty()) {
            return Err(BandsError::Bounds);
        }
        let is_sum = counts.iter().try_fold(0_usize, |sum, count| sum.checked_add(*count)).is_some();
        if counts.len() != bounds.len() + 3 || !is_sum {
            return Err(BandsError::Counts);
        }
        Ok(Self { range, bounds, counts })
    }
}

impl From<Bands> for RawBands {
    fn from(bands: Bands) -> Self {
        Self { range: bands.range, bounds: bands.bounds, counts: bands.counts }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_are_deciles_and_ties_make_fewer() {
        let check = |values: &[f64], bounds: &[f64], counts: &[usize]| {
            let bands = Bands::new(values);
            assert_eq!((bands.bounds.as_slice(), bands.counts.as_slice()), (bounds, counts), "{values:?}");
        };
        let hundred: Vec<f64> = (1..=100).map(f64::from).collect();
        check(
            &hundred,
            &[10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0],
            &[10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 0, 0],
        );
        check(&[0.0, 0.0, 0.0, 1.0], &[0.0], &[3, 1, 0, 0]);
        check(&[2.0, 2.0, f64::NAN], &[], &[2, 0, 1]);
        check(&[f64::NAN], &[], &[0, 0, 1]);
    }

    #[test]
    fn what_was_never_seen_and_what_is_unknown_are_counted_apart() {
        let bands = Bands::new(&[2.0; 500]);
        let quiet = bands.compare(&[2.0; 500]).expect("rows");
        assert_eq!((quiet.psi, quiet.unseen, quiet.unknown), (0.0, 0, 0));
        let mut values = vec![2.0; 400];
        values.extend([3.0; 60]);
        values.extend([f64::NAN; 40]);
        let drift = bands.compare(&values).expect("rows");
        assert_eq!((drift.unseen, drift.unknown), (60, 40));
        assert!(drift.is_alarm(), "{drift:?}");
        assert_eq!(bands.compare(&[]), None);
    }

    #[test]
    fn foreign_bands_are_refused() {
        let check = |text: &str, expected: Option<&str>| {
            let error = serde_json::from_str::<Bands>(text).err().map(|error| error.to_string());
            assert_eq!(error.is_some(), expected.is_some(), "{text}: {error:?}");
            assert!(error.zip(expected).is_none_or(|(error, words)| error.contains(words)), "{text}");
        };
        check(r#"{"range":[0.0,9.0],"bounds":[1.0,2.0],"counts":[1,2,3,0,0]}"#, None);
        check(r#"{"range":null,"bounds":[],"counts":[0,0,5]}"#, None);
        check(r#"{"range":null,"bounds":[1.0],"counts":[0,0,5,1]}"#, Some("do not ascend"));
        check(r#"{"range":[0.0,9.0],"bounds":[2.0,1.0],"counts":[1,2,3,0,0]}"#, Some("do not ascend"));
        check(r#"{"range":[0.0,9.0],"bounds":[9.0],"counts":[1,2,3,0]}"#, Some("do not ascend"));
        check(r#"{"range":[0.0,9.0],"bounds":[1.0],"counts":[1,2,3]}"#, Some("do not fit"));
    }
}
