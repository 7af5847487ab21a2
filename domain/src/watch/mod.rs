//! What is watched of each loan: facts are compared with what was last seen of them, and what matters raises an alert, on
//! which the loan is decided on again.

mod bucket;

pub use bucket::Bucket;

use crate::id::LoanId;
use crate::loan::words;
use crate::money::{Currency, Money};
use crate::track::Track;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

words!(
    /// What was noticed about a loan.
    AlertKind {
        MissedInstalment = "missed_instalment", "Missed instalment";
        BucketChange = "bucket_change", "New arrears bucket";
        ScoreJump = "score_jump", "Score jump";
        BrokenPromise = "broken_promise", "Broken promise";
        BalanceChange = "balance_change", "Balance change";
        Payment = "payment", "Payment";
        Recovered = "recovered", "Recovered in full";
        Hold = "hold", "Hold";
    }
);

/// How much has to change before somebody is told. The only place where these numbers stand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds {
    /// Instalments more than before.
    pub missed_payments: u16,
    /// Of a score, 0..=1, up or down.
    pub score: f64,
    /// Of a balance, in percent of the earlier one, up or down.
    pub balance_percent: u8,
}

/// A usual instalment pays a few percent of a balance and stays below; a score moves by a few hundredths as a loan ages.
pub const THRESHOLDS: Thresholds = Thresholds { missed_payments: 1, score: 0.10, balance_percent: 10 };

/// What was last seen of a loan. What files do not say is not known, and what was or is not known raises no alert.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// The day that the loan's file speaks for.
    pub as_of: NaiveDate,
    pub outstanding: Option<Money>,
    pub missed_payments: Option<u16>,
    pub days_past_due: Option<u32>,
    pub is_recovered: bool,
    /// All payments less reversals, and the day of the last one.
    pub paid: Money,
    pub paid_on: Option<NaiveDate>,
    /// Settlement offers and repayment plans that were accepted and broken.
    pub broken_promises: u32,
}

/// One side of a change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reading {
    Count(u32),
    Bucket(Bucket),
    /// A probability, 0..=1.
    Score(f64),
    Amount(Money),
    Words(String),
}

/// A change that matters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    pub kind: AlertKind,
    pub was: Reading,
    pub is: Reading,
}

/// An alert as people see it; with its moments as words where a page shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlertView<At = DateTime<Utc>> {
    pub loan: LoanId,
    pub loan_ref: String,
    pub found: Finding,
    /// The day that the facts speak for.
    pub on: NaiveDate,
    pub raised_at: At,
    /// When the loan was decided on for it, and the track; nothing where that is still to come, or the loan has no decision.
    pub decided: Option<(At, Track)>,
}

/// The longest page of alerts.
pub const PAGE_SIZE: u32 = 50;

/// A page of alerts, the newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlertPage<At = DateTime<Utc>> {
    pub rows: Vec<AlertView<At>>,
    /// Of the kind that was asked for.
    pub total: u64,
}

/// What has changed of a loan since it was last seen.
pub fn compare(was: &Seen, is: &Seen, limits: &Thresholds) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut add = |kind, was, is| found.push(Finding { kind, was, is });
    if let (Some(before), Some(now)) = (was.missed_payments, is.missed_payments)
        && now.saturating_sub(before) >= limits.missed_payments.max(1)
    {
        add(AlertKind::MissedInstalment, Reading::Count(before.into()), Reading::Count(now.into()));
    }
    if let (Some(before), Some(now)) = (was.bucket(), is.bucket())
        && before != now
    {
        add(AlertKind::BucketChange, Reading::Bucket(before), Reading::Bucket(now));
    }
    if is.broken_promises > was.broken_promises {
        add(AlertKind::BrokenPromise, Reading::Count(was.broken_promises), Reading::Count(is.broken_promises));
    }
    if let (Some(before), Some(now)) = (was.outstanding, is.outstanding)
        && is_large(before, now, limits.balance_percent)
    {
        add(AlertKind::BalanceChange, Reading::Amount(before), Reading::Amount(now));
    }
    // A file that tells of older payments says nothing new of the borrower.
    if is.paid > was.paid && is.paid_on.is_some_and(|on| on > was.as_of) {
        add(AlertKind::Payment, Reading::Amount(was.paid), Reading::Amount(is.paid));
    }
    if is.is_recovered && !was.is_recovered {
        let words = |words: &str| Reading::Words(words.to_owned());
        add(AlertKind::Recovered, words("Not recovered in full"), words("Recovered in full"));
    }
    found
}

fn is_large(was: Money, is: Money, percent: u8) -> bool {
    let change = i128::from(is.minor) - i128::from(was.minor);
    change != 0 && change.abs() * 100 >= i128::from(was.minor).abs() * i128::from(percent)
}

/// What a new score means beside the one that held, of the same model.
pub fn compare_scores(was: f64, is: f64, limits: &Thresholds) -> Option<Finding> {
    let is_jump = (is - was).abs() >= limits.score;
    is_jump.then_some(Finding { kind: AlertKind::ScoreJump, was: Reading::Score(was), is: Reading::Score(is) })
}

impl Seen {
    /// Nothing where days past due are not known.
    pub fn bucket(&self) -> Option<Bucket> {
        self.days_past_due.map(Bucket::of)
    }

    /// Since when a loan that was behind is not any more: from `now` on where it has just come about, no longer where it is
    /// behind again. A loan that was never seen behind was not cleared.
    pub fn cleared_at(
        &self,
        before: Option<&Self>,
        cleared_at: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Option<DateTime<Utc>> {
        let was_behind = before.and_then(Self::bucket).is_some_and(|bucket| bucket != Bucket::Current);
        match self.bucket() {
            Some(Bucket::Current) if was_behind => Some(now),
            Some(Bucket::Current) | None => cleared_at,
            Some(_) => None,
        }
    }
}

impl Reading {
    pub fn in_words(&self, currency: Currency) -> String {
        match self {
            Self::Count(count) => count.to_string(),
            Self::Bucket(bucket) => bucket.label().to_owned(),
            Self::Score(score) => format!("{score:.2}"),
            Self::Amount(amount) => amount.in_words(currency),
            Self::Words(words) => words.clone(),
        }
    }
}

impl Finding {
    /// What has changed, as "days past due from 1–30 to 31–60".
    pub fn in_words(&self, currency: Currency) -> String {
        let (was, is) = (self.was.in_words(currency), self.is.in_words(currency));
        match self.kind {
            AlertKind::MissedInstalment => format!("Missed instalments from {was} to {is}"),
            AlertKind::BucketChange => format!("Days past due from {was} to {is}"),
            AlertKind::ScoreJump => format!("Score from {was} to {is}"),
            AlertKind::BrokenPromise => format!("Broken offers and plans from {was} to {is}"),
            AlertKind::BalanceChange => format!("Outstanding from {was} to {is}"),
            AlertKind::Payment => format!("Paid in total from {was} to {is}"),
            AlertKind::Recovered | AlertKind::Hold => is,
        }
    }
}

impl AlertView {
    /// The alert with its moments in words.
    pub fn told(self, moment: impl Fn(DateTime<Utc>) -> String) -> AlertView<String> {
        AlertView {
            loan: self.loan,
            loan_ref: self.loan_ref,
            found: self.found,
            on: self.on,
            raised_at: moment(self.raised_at),
            decided: self.decided.map(|(at, track)| (moment(at), track)),
        }
    }
}

#[cfg(test)]
mod tests;
