//! Lists of loans: what one asks for, and what comes back.

use crate::arrears::Arrears;
use crate::decision::Occasion;
use crate::id::LoanId;
use crate::loan::{LoanRecord, RecoveryStatus, words};
use crate::model::{Caution, Gate, ScoreSource};
use crate::money::Money;
use crate::payment::PaymentKind;
use crate::policy::Policy;
use crate::reason::Reasons;
use crate::summary::Verdict;
use crate::track::{RiskLevel, Track};
use crate::watch::Finding;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

words!(
    /// What a list of loans is ordered by. Loans without a value come last in either direction.
    LoanSort {
        Score = "score", "Risk score";
        LoanRef = "loan", "Loan";
        BorrowerRef = "borrower", "Borrower";
        LoanAmount = "amount", "Loan amount";
        Outstanding = "outstanding", "Outstanding";
        DaysPastDue = "days_past_due", "Days past due";
        MissedPayments = "missed_payments", "Missed payments";
        Status = "status", "Status";
        Segment = "segment", "Segment";
        Track = "track", "Track";
    }
);

impl LoanSort {
    /// Whether the first click on the column puts the largest first; words start with A.
    pub fn starts_descending(self) -> bool {
        !matches!(self, Self::LoanRef | Self::BorrowerRef | Self::Status | Self::Track | Self::Segment)
    }
}

/// Which loans of one's scope are asked for, in which order, and which page of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoanFilter {
    pub track: Option<Track>,
    /// Number of the segment within the champion's segmentation.
    pub segment: Option<i32>,
    pub status: Option<RecoveryStatus>,
    /// Part of a loan's or a borrower's reference, in any case.
    pub text: Option<String>,
    /// Only those whose file says other arrears than their payments do.
    pub disagrees: bool,
    pub sort: LoanSort,
    pub descending: bool,
    /// From 1.
    pub page: u32,
    pub page_size: u32,
}

/// The most loans that one page holds.
pub const PAGE_SIZE_MAX: u32 = 500;

impl Default for LoanFilter {
    /// All loans, highest score first.
    fn default() -> Self {
        Self {
            track: None,
            segment: None,
            status: None,
            text: None,
            disagrees: false,
            sort: LoanSort::Score,
            descending: true,
            page: 1,
            page_size: 25,
        }
    }
}

/// A search is cut to this many characters.
pub const TEXT_LENGTH_MAX: usize = 100;

impl LoanFilter {
    /// The filter with its parts cut to what a list answers: a caller may ask for anything.
    #[must_use]
    pub fn bounded(self) -> Self {
        Self {
            // No reference holds control characters, and PostgreSQL refuses to look for NUL.
            text: self
                .text
                .map(|text| text.trim().chars().filter(|letter| !letter.is_control()).take(TEXT_LENGTH_MAX).collect()),
            page: self.page.max(1),
            page_size: self.page_size.clamp(1, PAGE_SIZE_MAX),
            ..self
        }
    }
}

/// One loan in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoanRow {
    pub id: LoanId,
    pub loan_ref: String,
    pub borrower_ref: String,
    pub loan_type: String,
    pub loan_amount: Option<Money>,
    pub outstanding_amount: Option<Money>,
    pub days_past_due: Option<u32>,
    pub missed_payments: Option<u16>,
    pub recovery_status: RecoveryStatus,
    /// Nothing before the first decision.
    pub verdict: Option<Verdict>,
    pub segment_name: Option<String>,
}

/// A page of loans, with figures over all pages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoanPage {
    pub rows: Vec<LoanRow>,
    pub total: u64,
    /// Nothing where it is known of none.
    pub total_outstanding: Option<Money>,
}

impl Default for LoanPage {
    /// No loans, which owe nothing.
    fn default() -> Self {
        Self { rows: Vec::new(), total: 0, total_outstanding: Some(Money::ZERO) }
    }
}

/// Everything that is known of a loan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoanDetail {
    pub id: LoanId,
    pub record: LoanRecord,
    /// What its payments tell, where they can: its schedule is known, and they begin with it.
    pub arrears: Option<Arrears>,
    /// Whether its file says something else.
    pub disagrees: bool,
    pub decision: Option<DecisionView>,
    /// The file that the loan was last read from.
    pub file_name: Option<String>,
    pub imported_at: DateTime<Utc>,
}

/// What a loan was as of a day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoanState {
    pub as_of: NaiveDate,
    pub outstanding_amount: Option<Money>,
    pub missed_payments: Option<u16>,
    pub days_past_due: Option<u32>,
    pub recovery_status: RecoveryStatus,
    /// The file that says so.
    pub file_name: Option<String>,
}

/// A payment on file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PaymentView {
    pub paid_on: NaiveDate,
    pub amount: Money,
    pub kind: PaymentKind,
    /// The lender's own id, or one that tells it apart.
    pub payment_ref: String,
    pub reversal_of: Option<String>,
    /// The file that it came from.
    pub file_name: Option<String>,
}

/// What was decided about a loan, and by what.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DecisionView {
    pub score: f64,
    pub source: ScoreSource,
    pub segment_number: i32,
    pub segment_name: String,
    pub segment_risk: RiskLevel,
    pub is_high_risk: bool,
    pub track: Track,
    /// The probability with which the track was chosen; 1 unless an experiment drew it.
    pub propensity: f64,
    pub model_version: i32,
    /// Why the score is to be read with care.
    pub caution: Option<Caution>,
    /// What the model learned.
    pub target_words: String,
    pub gate: Gate,
    pub policy: Policy,
    pub decided_at: DateTime<Utc>,
    pub occasion: Occasion,
    /// The alerts that it was made for.
    pub found: Vec<Finding>,
    /// Why the score is what it is; nothing where no reasons are kept.
    pub reasons: Option<Reasons>,
}
