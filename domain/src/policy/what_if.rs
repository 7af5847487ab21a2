//! What other bounds would do, told from how often each score was given: no loan is looked at.

use super::Policy;
use crate::money::Money;
use crate::track::Track;
use serde::{Deserialize, Serialize};

/// Bounds have three decimals, so a score is as good as the thousandth that it stands on or lies above.
pub const BOUND_STEPS: u16 = 1000;

/// Equal bands that a histogram of scores has.
pub const BANDS: u16 = 50;

/// Loans and what they owe, as far as it is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Load {
    pub loans: u32,
    pub outstanding: Money,
}

impl Load {
    fn add(&mut self, other: Self) {
        self.loans += other.loans;
        self.outstanding = self.outstanding + other.outstanding;
    }
}

/// How many loans have which score: exact for every bound of three decimals. Sorted by place; a place is twice the
/// thousandth for scores that stand on it, and one more for scores between it and the next.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScoreTable(Vec<(u16, Load)>);

impl ScoreTable {
    /// Counts scores (probabilities, 0..=1), each with what the loan owes, as far as it is known.
    pub fn of(loans: impl Iterator<Item = (f64, Option<Money>)>) -> Self {
        let mut places = vec![Load::default(); usize::from(BOUND_STEPS) * 2 + 1];
        for (score, outstanding) in loans {
            let load = Load { loans: 1, outstanding: outstanding.unwrap_or(Money::ZERO) };
            places[usize::from(place_of(score))].add(load);
        }
        let filled = (0_u16..).zip(places).filter(|(_, load)| load.loans > 0);
        Self(filled.collect())
    }

    /// What each track would hold, in the order of [`Track::ALL`].
    pub fn by_track(&self, policy: &Policy) -> [Load; 3] {
        let mut tracks = [Load::default(); 3];
        for (place, load) in &self.0 {
            tracks[track_of(*place, policy) as usize].add(*load);
        }
        tracks
    }

    /// A histogram: equal bands of scores, each with its loans by track in the order of [`Track::ALL`].
    pub fn bands(&self, policy: &Policy) -> Vec<[u32; 3]> {
        let mut bands = vec![[0; 3]; usize::from(BANDS)];
        for (place, load) in &self.0 {
            let band = (place / 2 * BANDS / BOUND_STEPS).min(BANDS - 1);
            bands[usize::from(band)][track_of(*place, policy) as usize] += load.loans;
        }
        bands
    }

    /// Which loans would change their track: from which track, then to which, in the order of [`Track::ALL`].
    pub fn moved(&self, from: &Policy, to: &Policy) -> [[Load; 3]; 3] {
        let mut moved = [[Load::default(); 3]; 3];
        for (place, load) in &self.0 {
            moved[track_of(*place, from) as usize][track_of(*place, to) as usize].add(*load);
        }
        moved
    }
}

fn place_of(score: f64) -> u16 {
    let score = score.clamp(0.0, 1.0);
    let below = (score * f64::from(BOUND_STEPS)) as u16;
    // Multiplying rounds, so that the thousandth is looked for beside.
    let mill = [below.saturating_sub(1), below, below + 1].into_iter().rev().find(|mill| score >= bound(*mill));
    let mill = mill.unwrap_or_default().min(BOUND_STEPS);
    2 * mill + u16::from(score > bound(mill))
}

/// The number that a bound of so many thousandths is read as.
fn bound(mill: u16) -> f64 {
    f64::from(mill) / f64::from(BOUND_STEPS)
}

fn track_of(place: u16, policy: &Policy) -> Track {
    let at = bound(place / 2);
    // Between two thousandths every score is on one side of each bound.
    policy.track(if place.is_multiple_of(2) { at } else { at + 0.5 / f64::from(BOUND_STEPS) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn counts_are_those_of_the_rule(
            scores in prop::collection::vec(prop_oneof![0.0..=1.0_f64, (0_u16..=1000).prop_map(bound)], 0..200),
            settlement in 0_u16..=1000,
            legal in 0_u16..=1000,
        ) {
            let policy = |settlement: u16, legal: u16| Policy {
                version: 1, settlement_from: bound(settlement.min(legal)), legal_above: bound(legal.max(settlement)),
            };
            let (now, then) = (Policy::default(), policy(settlement, legal));
            let table = ScoreTable::of(scores.iter().map(|score| (*score, Some(Money::from_minor(3)))));
            let (mut tracks, mut moved) = ([0; 3], [[0; 3]; 3]);
            for score in &scores {
                tracks[then.track(*score) as usize] += 1;
                moved[now.track(*score) as usize][then.track(*score) as usize] += 1;
            }
            prop_assert_eq!(table.by_track(&then).map(|load| load.loans), tracks);
            prop_assert_eq!(table.by_track(&then).map(|load| load.outstanding.minor), tracks.map(|loans| i64::from(loans) * 3));
            prop_assert_eq!(table.moved(&now, &then).map(|to| to.map(|load| load.loans)), moved);
        }
    }

    #[test]
    fn a_histogram_holds_all_scores() {
        let scores = [0.0, 0.019, 0.02, 0.51, 0.51, 0.99, 1.0];
        let bands = ScoreTable::of(scores.iter().map(|score| (*score, None))).bands(&Policy::default());
        assert_eq!(bands.len(), 50);
        assert_eq!((bands[0], bands[1], bands[25], bands[49]), ([0, 0, 2], [0, 0, 1], [0, 2, 0], [2, 0, 0]));
        assert_eq!(bands.iter().flatten().sum::<u32>(), 7);
    }

    #[test]
    fn typed_bounds_are_the_thousandths_that_scores_are_held_against() {
        for mill in 0..=BOUND_STEPS {
            let typed: f64 = format!("{:.3}", bound(mill)).parse().expect("a number");
            assert_eq!(typed.to_bits(), bound(mill).to_bits());
            assert_eq!(place_of(typed), 2 * mill);
        }
    }
}
