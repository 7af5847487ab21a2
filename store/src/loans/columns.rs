//! The columns that are read of many loans at once: only those needed, not whole entities.

use crate::entity::{borrower, borrower_protected, loan};
use crate::error::{Result, StoreError};
use chrono::{DateTime, Utc};
use domain::id::LoanId;
use domain::listing::{DecisionView, LoanRow};
use domain::loan::{LoanRecord, PaymentHistory, RecoveryStatus};
use domain::model::{ModelFigures, ScoreSource};
use domain::money::Money;
use domain::policy::Policy;
use domain::segment::{Segment, Segmentation};
use domain::summary::Verdict;
use domain::track::{RiskLevel, Track};
use sea_orm::{FromQueryResult, JoinType, QuerySelect, RelationTrait, Select};

/// A loan with its borrower, protected attributes included.
#[derive(Debug, FromQueryResult)]
pub(crate) struct LoanColumns {
    pub(crate) id: i64,
    borrower_ref: String,
    age: i32,
    gender: String,
    employment_type: String,
    monthly_income_minor: i64,
    dependants: i32,
    loan_ref: String,
    loan_amount_minor: i64,
    tenure_months: i32,
    interest_rate: f64,
    loan_type: String,
    collateral_value_minor: i64,
    outstanding_minor: i64,
    monthly_instalment_minor: i64,
    payment_history: String,
    missed_payments: i32,
    days_past_due: i64,
    recovery_status: String,
    collection_attempts: i32,
    collection_method: String,
    legal_action_taken: bool,
}

/// A loan with the decision that holds.
#[derive(Debug, FromQueryResult)]
pub(crate) struct DecidedLoanColumns {
    #[sea_orm(nested)]
    pub(crate) loan: LoanColumns,
    score: Option<f64>,
    segment: Option<i32>,
    is_high_risk: Option<bool>,
    track: Option<String>,
}

/// Chooses the columns of [`LoanColumns`], for a query that has joined the borrower.
pub(crate) fn select_record(query: Select<loan::Entity>) -> Select<loan::Entity> {
    query
        .join(JoinType::InnerJoin, loan::Relation::Protected.def())
        .select_only()
        .columns([
            loan::Column::Id,
            loan::Column::LoanRef,
            loan::Column::LoanAmountMinor,
            loan::Column::TenureMonths,
            loan::Column::InterestRate,
            loan::Column::LoanType,
            loan::Column::CollateralValueMinor,
            loan::Column::OutstandingMinor,
            loan::Column::MonthlyInstalmentMinor,
            loan::Column::PaymentHistory,
            loan::Column::MissedPayments,
            loan::Column::DaysPastDue,
            loan::Column::RecoveryStatus,
            loan::Column::CollectionAttempts,
            loan::Column::CollectionMethod,
            loan::Column::LegalActionTaken,
        ])
        .columns([
            borrower::Column::BorrowerRef,
            borrower::Column::EmploymentType,
            borrower::Column::MonthlyIncomeMinor,
        ])
        .columns([
            borrower_protected::Column::Age,
            borrower_protected::Column::Gender,
            borrower_protected::Column::Dependants,
        ])
}

impl LoanColumns {
    pub(crate) fn record(self) -> Result<LoanRecord> {
        Ok(LoanRecord {
            borrower_ref: self.borrower_ref,
            age: self.age as u16,
            gender: self.gender,
            employment_type: self.employment_type,
            monthly_income: Money::from_minor(self.monthly_income_minor),
            dependants: self.dependants as u16,
            loan_ref: self.loan_ref,
            loan_amount: Money::from_minor(self.loan_amount_minor),
            tenure_months: self.tenure_months as u16,
            interest_rate: self.interest_rate,
            loan_type: self.loan_type,
            collateral_value: Money::from_minor(self.collateral_value_minor),
            outstanding_amount: Money::from_minor(self.outstanding_minor),
            monthly_instalment: Money::from_minor(self.monthly_instalment_minor),
            payment_history: known(PaymentHistory::find(&self.payment_history), "loan.payment_history")?,
            missed_payments: self.missed_payments as u16,
            days_past_due: self.days_past_due as u32,
            recovery_status: known(RecoveryStatus::find(&self.recovery_status), "loan.recovery_status")?,
            collection_attempts: self.collection_attempts as u16,
            collection_method: self.collection_method,
            legal_action_taken: self.legal_action_taken,
        })
    }
}

impl DecidedLoanColumns {
    pub(crate) fn decided_loan(self) -> Result<(LoanRecord, Option<Verdict>)> {
        let verdict = verdict(self.score, self.segment, self.is_high_risk, self.track.as_deref())?;
        Ok((self.loan.record()?, verdict))
    }
}

/// One line of a list.
#[derive(Debug, FromQueryResult)]
pub(super) struct RowColumns {
    id: i64,
    loan_ref: String,
    borrower_ref: String,
    loan_type: String,
    loan_amount_minor: i64,
    outstanding_minor: i64,
    days_past_due: i64,
    missed_payments: i32,
    recovery_status: String,
    score: Option<f64>,
    segment: Option<i32>,
    is_high_risk: Option<bool>,
    track: Option<String>,
}

impl RowColumns {
    pub(super) fn view(self, segments: &[Segment]) -> Result<LoanRow> {
        let verdict = verdict(self.score, self.segment, self.is_high_risk, self.track.as_deref())?;
        let segment = verdict.and_then(|verdict| segments.iter().find(|segment| segment.number == verdict.segment));
        Ok(LoanRow {
            id: LoanId(self.id),
            loan_ref: self.loan_ref,
            borrower_ref: self.borrower_ref,
            loan_type: self.loan_type,
            loan_amount: Money::from_minor(self.loan_amount_minor),
            outstanding_amount: Money::from_minor(self.outstanding_minor),
            days_past_due: self.days_past_due as u32,
            missed_payments: self.missed_payments as u16,
            recovery_status: known(RecoveryStatus::find(&self.recovery_status), "loan.recovery_status")?,
            verdict,
            segment_name: segment.map(|segment| segment.name.clone()),
        })
    }
}

/// A decision with the model and the policy that it was made by.
#[derive(Debug, FromQueryResult)]
pub(super) struct DecisionColumns {
    score: f64,
    score_source: String,
    segment: i32,
    is_high_risk: bool,
    track: String,
    propensity: f64,
    decided_at: DateTime<Utc>,
    figures: String,
    segmentation: String,
    model_version: i32,
    policy_version: i32,
    legal_above: f64,
    settlement_from: f64,
}

impl DecisionColumns {
    pub(super) fn view(self) -> Result<DecisionView> {
        let figures: ModelFigures = serde_json::from_str(&self.figures)?;
        let segmentation: Segmentation = serde_json::from_str(&self.segmentation)?;
        let segment = segmentation.segments.into_iter().find(|segment| segment.number == self.segment);
        let (segment_name, segment_risk): (String, RiskLevel) = segment
            .map(|segment| (segment.name, segment.risk))
            .ok_or_else(|| StoreError::unreadable("decision.segment"))?;
        Ok(DecisionView {
            score: self.score,
            source: known(ScoreSource::find(&self.score_source), "decision.score_source")?,
            segment_number: self.segment,
            segment_name,
            segment_risk,
            is_high_risk: self.is_high_risk,
            track: known(Track::find(&self.track), "decision.track")?,
            propensity: self.propensity,
            model_version: self.model_version,
            target: figures.target,
            gate: figures.gate,
            policy: Policy {
                version: self.policy_version,
                legal_above: self.legal_above,
                settlement_from: self.settlement_from,
            },
            decided_at: self.decided_at,
        })
    }
}

/// The four columns come together or not at all.
fn verdict(
    score: Option<f64>,
    segment: Option<i32>,
    is_high_risk: Option<bool>,
    track: Option<&str>,
) -> Result<Option<Verdict>> {
    let (Some(score), Some(segment), Some(is_high_risk), Some(track)) = (score, segment, is_high_risk, track) else {
        return Ok(None);
    };
    let track = known(Track::find(track), "decision.track")?;
    Ok(Some(Verdict { score, segment, is_high_risk, track }))
}

fn known<T>(value: Option<T>, column: &str) -> Result<T> {
    value.ok_or_else(|| StoreError::unreadable(column))
}
