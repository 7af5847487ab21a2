//! The portfolio in figures: what dashboards and boards show. Jobs compute it, pages read it.

mod amounts;
mod scatter;

use crate::loan::{PaymentHistory, RecoveryStatus};
use crate::money::{Currency, Money};
use crate::segment::Segment;
use crate::track::{RiskLevel, Track};
use amounts::amount_bands;
use chrono::{DateTime, Utc};
use scatter::scatter;
use serde::{Deserialize, Serialize};

/// At most this many loans are drawn in a scatter; above it a stratified sample is.
pub const SCATTER_POINTS_MAX: usize = 600;

/// What was decided about a loan, as far as figures need it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    pub score: f64,
    /// Number of the segment within the model's segmentation.
    pub segment: i32,
    pub is_high_risk: bool,
    pub track: Track,
}

/// What of a loan is summed up. Small, since a portfolio may have millions of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LoanFigures {
    pub loan_amount: Option<Money>,
    pub outstanding_amount: Option<Money>,
    pub monthly_income: Option<Money>,
    pub payment_history: Option<PaymentHistory>,
    pub missed_payments: Option<u16>,
    pub recovery_status: RecoveryStatus,
}

/// A number of loans and their outstanding amount, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    pub loans: u32,
    /// The sum over the loans of which it is known; nothing where there are loans and it is known of none.
    pub outstanding: Option<Money>,
}

impl Default for Tally {
    /// No loans owe nothing.
    fn default() -> Self {
        Self { loans: 0, outstanding: Some(Money::ZERO) }
    }
}

impl Tally {
    fn add(&mut self, loan: &LoanFigures) {
        let before = self.outstanding.filter(|_| self.loans > 0);
        self.loans += 1;
        self.outstanding = match (before, loan.outstanding_amount) {
            (Some(sum), Some(amount)) => Some(sum + amount),
            (known, None) | (None, known) => known,
        };
    }
}

/// All figures of a portfolio at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PortfolioSummary {
    pub as_of: DateTime<Utc>,
    pub currency: Currency,
    pub all: Tally,
    /// Sum of the amounts lent; nothing where none is known.
    pub lent: Option<Money>,
    pub by_status: Vec<(RecoveryStatus, Tally)>,
    /// Loans with a decision.
    pub decided: Tally,
    pub high_risk: Tally,
    /// All three tracks, in the order of [`Track::ALL`].
    pub tracks: Vec<(Track, Tally)>,
    /// In the order of their numbers; empty before the first decision.
    pub segments: Vec<SegmentSummary>,
    pub amounts: Vec<AmountBand>,
    /// Loans by payment history, then by status in the order of [`RecoveryStatus::ALL`].
    pub history_by_status: Vec<(PaymentHistory, [u32; 4])>,
    pub missed_by_status: Vec<(RecoveryStatus, BoxFigures)>,
    pub status_scatter: Scatter,
    pub segment_scatter: Scatter,
}

/// One row of the segment table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SegmentSummary {
    pub number: i32,
    pub name: String,
    pub risk: RiskLevel,
    pub all: Tally,
    /// Sum of the amounts lent; nothing where none is known.
    pub lent: Option<Money>,
    /// Loans by track, in the order of [`Track::ALL`].
    pub tracks: [u32; 3],
    /// Loans by status, in the order of [`RecoveryStatus::ALL`].
    pub by_status: [u32; 4],
    pub mean_score: f64,
}

impl SegmentSummary {
    pub fn of_status(&self, status: RecoveryStatus) -> u32 {
        self.by_status[status as usize]
    }

    /// Loans whose outcome is known.
    pub fn closed(&self) -> u32 {
        self.all.loans - self.of_status(RecoveryStatus::Open)
    }
}

/// A band of loan amounts, with the monthly incomes of its borrowers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AmountBand {
    pub from: Money,
    pub to: Money,
    pub loans: u32,
    /// First quartile, median and third quartile of monthly income; nothing where the band is empty.
    pub income_quartiles: Option<[Money; 3]>,
}

/// What a box plot draws.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct BoxFigures {
    pub loans: u32,
    /// 5 %, 25 %, 50 %, 75 % and 95 % points.
    pub points: [f64; 5],
}

/// Loans drawn by monthly income and amount, in groups.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scatter {
    /// How many loans there are to draw from.
    pub of: u32,
    /// How many are drawn.
    pub shown: u32,
    pub groups: Vec<ScatterGroup>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScatterGroup {
    /// What the group is called: a status or a segment.
    pub label: String,
    /// How many loans the group has, drawn or not.
    pub of: u32,
    /// Over all loans of the group, drawn or not.
    pub median_income: Money,
    /// Over all loans of the group, drawn or not.
    pub median_amount: Money,
    /// Monthly income and loan amount, in whole major units.
    pub points: Vec<(i64, i64)>,
}

impl Scatter {
    /// Drops the points, which are most of its bytes, and keeps the figures of the groups.
    pub fn forget_points(&mut self) {
        self.groups.iter_mut().for_each(|group| group.points.clear());
    }
}

/// Sums up a portfolio. `loans` come with their verdicts, in a stable order; `segments` are those
/// of the model that decided.
pub fn summarise(
    loans: &[(LoanFigures, Option<Verdict>)],
    segments: &[Segment],
    currency: Currency,
    as_of: DateTime<Utc>,
) -> PortfolioSummary {
    let mut all = Tally::default();
    let mut decided = Tally::default();
    let mut high_risk = Tally::default();
    let mut by_status = RecoveryStatus::ALL.map(|status| (status, Tally::default()));
    let mut tracks = Track::ALL.map(|track| (track, Tally::default()));
    let mut history_by_status = PaymentHistory::ALL.map(|history| (history, [0_u32; 4]));
    for (loan, verdict) in loans {
        all.add(loan);
        by_status[loan.recovery_status as usize].1.add(loan);
        if let Some(history) = loan.payment_history {
            history_by_status[history as usize].1[loan.recovery_status as usize] += 1;
        }
        if let Some(verdict) = verdict {
            decided.add(loan);
            tracks[verdict.track as usize].1.add(loan);
            if verdict.is_high_risk {
                high_risk.add(loan);
            }
        }
    }
    PortfolioSummary {
        as_of,
        currency,
        all,
        lent: loans.iter().filter_map(|(loan, _)| loan.loan_amount).reduce(|sum, amount| sum + amount),
        by_status: by_status.to_vec(),
        decided,
        high_risk,
        tracks: tracks.to_vec(),
        segments: segments.iter().map(|segment| summarise_segment(segment, loans)).collect(),
        amounts: amount_bands(loans),
        history_by_status: history_by_status.to_vec(),
        missed_by_status: RecoveryStatus::ALL
            .into_iter()
            .filter_map(|status| Some((status, missed_payments_box(loans, status)?)))
            .collect(),
        status_scatter: scatter(
            loans,
            currency,
            RecoveryStatus::ALL.map(|status| (status.label().to_owned(), status)),
            |(loan, _)| Some(loan.recovery_status),
        ),
        segment_scatter: scatter(
            loans,
            currency,
            segments.iter().map(|segment| (segment.name.clone(), segment.number)),
            |(_, verdict)| verdict.map(|verdict| verdict.segment),
        ),
    }
}

type DecidedLoan = (LoanFigures, Option<Verdict>);

fn summarise_segment(segment: &Segment, loans: &[DecidedLoan]) -> SegmentSummary {
    let mut all = Tally::default();
    let mut lent: Option<Money> = None;
    let (mut tracks, mut by_status) = ([0; 3], [0; 4]);
    let mut score_sum = 0.0;
    for (loan, verdict) in loans {
        let Some(verdict) = verdict.filter(|verdict| verdict.segment == segment.number) else { continue };
        all.add(loan);
        lent = [lent, loan.loan_amount].into_iter().flatten().reduce(|sum, amount| sum + amount);
        tracks[verdict.track as usize] += 1;
        by_status[loan.recovery_status as usize] += 1;
        score_sum += verdict.score;
    }
    SegmentSummary {
        number: segment.number,
        name: segment.name.clone(),
        risk: segment.risk,
        all,
        lent,
        tracks,
        by_status,
        mean_score: if all.loans == 0 { 0.0 } else { score_sum / f64::from(all.loans) },
    }
}

fn missed_payments_box(loans: &[DecidedLoan], status: RecoveryStatus) -> Option<BoxFigures> {
    let mut missed: Vec<u16> = loans
        .iter()
        .filter(|(loan, _)| loan.recovery_status == status)
        .filter_map(|(loan, _)| loan.missed_payments)
        .collect();
    missed.sort_unstable();
    let at = |share| quantile(&missed, share, |value| f64::from(*value));
    Some(BoxFigures { loans: missed.len() as u32, points: [at(0.05)?, at(0.25)?, at(0.5)?, at(0.75)?, at(0.95)?] })
}

/// The point below which `share` of the sorted values lie, between neighbours by straight line.
fn quantile<T>(sorted: &[T], share: f64, value: impl Fn(&T) -> f64) -> Option<f64> {
    let place = share * sorted.len().checked_sub(1)? as f64;
    let below = value(&sorted[place.floor() as usize]);
    let above = value(&sorted[place.ceil() as usize]);
    Some(below + (above - below) * place.fract())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loan(amount: i64, status: RecoveryStatus, missed: u16) -> LoanFigures {
        LoanFigures {
            loan_amount: Some(Money::from_minor(amount)),
            outstanding_amount: Some(Money::from_minor(amount / 2)),
            monthly_income: Some(Money::from_minor(amount / 10)),
            payment_history: Some(PaymentHistory::Delayed),
            missed_payments: Some(missed),
            recovery_status: status,
        }
    }

    fn verdict(score: f64, segment: i32, track: Track) -> Verdict {
        Verdict { score, segment, is_high_risk: track == Track::Legal, track }
    }

    fn segment(number: i32) -> Segment {
        Segment {
            number,
            name: format!("Segment {number}"),
            size: 0,
            risk: RiskLevel::High,
            center: Vec::new(),
            continues: None,
        }
    }

    fn as_of() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).expect("a valid time")
    }

    #[test]
    fn nothing_on_file_is_all_zeros_and_no_rows() {
        let summary = summarise(&[], &[], Currency::USD, as_of());
        assert_eq!(summary.all, Tally::default());
        assert!(summary.amounts.is_empty() && summary.missed_by_status.is_empty());
        assert_eq!(summary.status_scatter.shown, 0);
    }

    #[test]
    fn tallies_add_up_over_tracks_segments_and_states() {
        let loans = vec![
            (loan(10_000, RecoveryStatus::WrittenOff, 4), Some(verdict(0.9, 0, Track::Legal))),
            (loan(20_000, RecoveryStatus::FullyRecovered, 0), Some(verdict(0.1, 1, Track::Standard))),
            (loan(30_000, RecoveryStatus::WrittenOff, 2), Some(verdict(0.6, 1, Track::Settlement))),
            (loan(40_000, RecoveryStatus::Open, 1), None),
        ];
        let summary = summarise(&loans, &[segment(0), segment(1)], Currency::USD, as_of());
        assert_eq!(summary.all, Tally { loans: 4, outstanding: Some(Money::from_minor(50_000)) });
        assert_eq!(summary.lent, Some(Money::from_minor(100_000)));
        assert_eq!(summary.decided.loans, 3);
        assert_eq!(summary.high_risk, Tally { loans: 1, outstanding: Some(Money::from_minor(5_000)) });
        assert_eq!(summary.tracks.iter().map(|(_, tally)| tally.loans).collect::<Vec<_>>(), [1, 1, 1]);
        assert_eq!(summary.segments[1].all.loans, 2);
        assert_eq!(summary.segments[1].tracks, [0, 1, 1]);
        assert_eq!(summary.segments[1].by_status.iter().sum::<u32>(), 2);
        assert_eq!(summary.segments[1].of_status(RecoveryStatus::WrittenOff), 1);
        assert_eq!(summary.segments[1].lent, Some(Money::from_minor(50_000)));
        assert_eq!(summary.amounts.iter().map(|band| band.loans).sum::<u32>(), 4);
        let written_off = summary.missed_by_status.iter().find(|(status, _)| *status == RecoveryStatus::WrittenOff);
        assert_eq!(written_off.map(|(_, figures)| figures.points[2]), Some(3.0));
    }

    #[test]
    fn sums_of_what_nobody_told_are_not_zero() {
        let loan = |outstanding: Option<i64>| LoanFigures {
            loan_amount: None,
            outstanding_amount: outstanding.map(Money::from_minor),
            monthly_income: None,
            payment_history: None,
            missed_payments: None,
            recovery_status: RecoveryStatus::Open,
        };
        let sum = |amounts: &[Option<i64>]| {
            let loans: Vec<_> = amounts.iter().map(|amount| (loan(*amount), None)).collect();
            let summary = summarise(&loans, &[], Currency::USD, DateTime::default());
            assert_eq!(summary.lent, None);
            summary.all.outstanding.map(|sum| sum.minor)
        };
        assert_eq!(sum(&[]), Some(0));
        assert_eq!(sum(&[None, None]), None);
        assert_eq!(sum(&[None, Some(3), None, Some(4)]), Some(7));
        assert_eq!(sum(&[Some(0), None]), Some(0));
    }
}
