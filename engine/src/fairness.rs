//! Whether outcomes and tracks fall on groups of borrowers alike.
//!
//! A difference is a reason to look, not a verdict: groups differ in arrears too. Nothing here is an input of a model.

use domain::count::count;
use domain::scoring_report::{FairnessAudit, GroupFigures, Rate};
use domain::track::Track;
use std::collections::BTreeMap;

/// A group with fewer rows than this says nothing of its kind.
pub const GROUP_ROWS_MIN: usize = 30;

/// Below this share of the most favoured group's rate a difference is held to be adverse (the four-fifths rule of the
/// US Uniform Guidelines on Employee Selection Procedures, 1978).
pub const IMPACT_MIN: f64 = 0.8;

/// 97.5 % point of the standard normal distribution.
const NORMAL_975: f64 = 1.959_963_984_540_054;

/// What an audit sees of one loan.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditedLoan {
    /// In years; below 18 is no borrower's age and counts as unknown.
    pub age: Option<u16>,
    pub gender: Option<String>,
    /// Whether the loan was lost; nothing while it is open.
    pub is_lost: Option<bool>,
    pub track: Track,
}

/// Audits loans by age band (in their order, unknown last) and by gender (by name, unknown last). Groups without rows
/// are left out.
pub fn audit(loans: &[AuditedLoan]) -> FairnessAudit {
    FairnessAudit {
        by_age: by_group(loans, |loan| age_band(loan.age)),
        by_gender: by_group(loans, |loan| gender(loan.gender.as_deref())),
    }
}

/// The rate of `count` in `of` rows; nothing where there are none, or `count` exceeds them.
pub fn rate(count: usize, of: usize) -> Option<Rate> {
    if of == 0 || count > of {
        return None;
    }
    let (rows, share) = (of as f64, count as f64 / of as f64);
    let square = NORMAL_975 * NORMAL_975;
    let center = (share + square / (2.0 * rows)) / (1.0 + square / rows);
    let reach =
        NORMAL_975 / (1.0 + square / rows) * (share * (1.0 - share) / rows + square / (4.0 * rows * rows)).sqrt();
    // At the ends the interval touches 0 or 1, which rounding may miss.
    let low = if count == 0 { 0.0 } else { (center - reach).max(0.0) };
    let high = if count == of { 1.0 } else { (center + reach).min(1.0) };
    Some(Rate { count: count as u32, of: of as u32, share, interval: (low, high) })
}

/// Groups stand by their rank, then by their name.
fn by_group(loans: &[AuditedLoan], group: impl Fn(&AuditedLoan) -> (u8, String)) -> Vec<GroupFigures> {
    let mut groups: BTreeMap<(u8, String), Vec<&AuditedLoan>> = BTreeMap::new();
    for loan in loans {
        groups.entry(group(loan)).or_default().push(loan);
    }
    let best = groups
        .values()
        .filter(|loans| loans.len() >= GROUP_ROWS_MIN)
        .map(|loans| kept_off_legal(loans))
        .fold(0.0, f64::max);
    groups.into_iter().map(|((_, group), loans)| figures(group, &loans, best)).collect()
}

fn figures(group: String, loans: &[&AuditedLoan], best: f64) -> GroupFigures {
    let rows = loans.len();
    let outcomes: Vec<bool> = loans.iter().filter_map(|loan| loan.is_lost).collect();
    let lost = rate(outcomes.iter().filter(|is_lost| **is_lost).count(), outcomes.len());
    let on = |track| loans.iter().filter(|loan| loan.track == track).count();
    let tracks = Track::ALL.into_iter().filter_map(|track| Some((track, rate(on(track), rows)?))).collect();
    let is_large = rows >= GROUP_ROWS_MIN;
    let impact = (is_large && best > 0.0).then(|| kept_off_legal(loans) / best);
    let note = if is_large {
        impact.filter(|impact| *impact < IMPACT_MIN).map(|impact| {
            format!(
                "Kept off legal action {impact:.2} times as often as the most favoured group: below {IMPACT_MIN}, look \
                 into why"
            )
        })
    } else {
        Some(format!("Too small to judge: {}, of at least {GROUP_ROWS_MIN}", count(rows, "loan")))
    };
    GroupFigures { group, rows: rows as u32, lost, tracks, impact, note }
}

fn kept_off_legal(loans: &[&AuditedLoan]) -> f64 {
    loans.iter().filter(|loan| loan.track != Track::Legal).count() as f64 / loans.len().max(1) as f64
}

fn age_band(age: Option<u16>) -> (u8, String) {
    let (rank, band) = match age {
        Some(18..=29) => (0, "18–29"),
        Some(30..=44) => (1, "30–44"),
        Some(45..=59) => (2, "45–59"),
        Some(60..) => (3, "60+"),
        _ => (4, "Unknown"),
    };
    (rank, band.to_owned())
}

/// Files write one gender in several ways; case and blanks are no difference.
fn gender(gender: Option<&str>) -> (u8, String) {
    let lower = gender.unwrap_or_default().trim().to_lowercase();
    let mut letters = lower.chars();
    match letters.next() {
        None => (1, "Unknown".to_owned()),
        Some(_) if lower == "unknown" => (1, "Unknown".to_owned()),
        Some(first) => (0, first.to_uppercase().chain(letters).collect()),
    }
}

#[cfg(test)]
mod tests;
