//! How the columns of a table are written together. A table is written in one place, so that columns which show nothing are
//! like the others.

use super::facts::Facts;
use super::marks::Around;
use super::names;
use domain::field::FileKind;
use domain::preview::NumberKind;
use std::cmp::Ordering;

/// A name that says this much makes a field likely.
const LIKELY_NAME: u8 = 60;

/// What each column is told by the others. Amounts and rates tell best, and `number` says which columns are some; others
/// count only where those are silent, for a list of codes may look like numbers.
pub(super) fn around(header: &[String], facts: &[Facts], number: impl Fn(&str) -> Option<NumberKind>) -> Vec<Around> {
    let (mut strong, mut weak) = (Votes::default(), Votes::default());
    for (place, (name, facts)) in header.iter().zip(facts).enumerate() {
        // Names are dear to look up, and most columns have no decimals.
        let tells = [NumberKind::Amount, NumberKind::Rate].into_iter().any(|kind| facts.vote(kind).is_some());
        let kind = if tells { number(name) } else { continue };
        let kind = kind.filter(|kind| *kind != NumberKind::Count);
        let Some(decimal_comma) = facts.vote(kind.unwrap_or(NumberKind::Amount)) else { continue };
        if kind.is_some() || (facts.is_numeric() && facts.has_both_signs()) {
            strong.add(place, decimal_comma);
        } else if facts.is_numeric() {
            weak.add(place, decimal_comma);
        }
    }
    let is_weak = strong.0.iter().all(Vec::is_empty);
    let votes = if is_weak { weak } else { strong };
    (0..header.len()).map(|place| votes.around(place, header, is_weak)).collect()
}

/// The kind of numbers that a column's name promises.
pub(super) fn named_number(name: &str) -> Option<NumberKind> {
    let all = FileKind::ALL.into_iter().flat_map(|kind| names::scores(name, kind));
    let numbers = all.filter_map(|(field, score)| Some((NumberKind::of(field)?, score)));
    numbers.filter(|(_, score)| *score >= LIKELY_NAME).max_by_key(|(_, score)| *score).map(|(kind, _)| kind)
}

/// The columns that tell how they part decimals: by a dot, and by a comma.
#[derive(Debug, Default)]
struct Votes([Vec<usize>; 2]);

impl Votes {
    fn add(&mut self, place: usize, decimal_comma: bool) {
        self.0[usize::from(decimal_comma)].push(place);
    }

    /// What the others tell the column at a place.
    fn around(&self, place: usize, header: &[String], is_weak: bool) -> Around {
        let [dots, commas] = &self.0;
        let others = |places: &[usize]| places.len() - usize::from(places.binary_search(&place).is_ok());
        let first = |places: &[usize]| places.iter().find(|other| **other != place).map(|other| header[*other].clone());
        let mostly_comma = match others(commas).cmp(&others(dots)) {
            Ordering::Greater => Some(true),
            Ordering::Less => Some(false),
            Ordering::Equal => None,
        };
        Around { dot: first(dots), comma: first(commas), mostly_comma, is_weak }
    }
}
