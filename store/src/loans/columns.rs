//! The columns that are read of many loans at once: only those needed, not whole entities.

use crate::arrears;
use crate::entity::{borrower, borrower_protected, decision, loan, loan_paying};
use crate::error::{Result, StoreError};
use chrono::{DateTime, NaiveDate, Utc};
use domain::borrower::{BorrowerRecord, ProtectedAttributes};
use domain::decision::Occasion;
use domain::id::LoanId;
use domain::listing::{DecisionView, LoanRow, PaymentView};
use domain::loan::{LoanOutcome, LoanRecord, PaymentHistory, RecoveryStatus};
use domain::model::{ModelFigures, ScoreSource};
use domain::money::Money;
use domain::paying::Paying;
use domain::payment::PaymentKind;
use domain::policy::Policy;
use domain::segment::{Segment, Segmentation};
use domain::summary::{LoanFigures, Verdict};
use domain::track::{RiskLevel, Track};
use domain::watch::Finding;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, FromQueryResult, JoinType, QuerySelect, RelationTrait, Select};
use std::collections::BTreeMap;

/// A loan with its borrower, protected attributes included.
#[derive(Debug, FromQueryResult)]
pub(crate) struct LoanColumns {
    pub(crate) id: i64,
    borrower_ref: String,
    name: Option<String>,
    employment_type: Option<String>,
    monthly_income_minor: Option<i64>,
    age: Option<i32>,
    birth_date: Option<NaiveDate>,
    gender: Option<String>,
    marital_status: Option<String>,
    dependants: Option<i32>,
    loan_ref: String,
    as_of: NaiveDate,
    loan_type: Option<String>,
    loan_amount_minor: Option<i64>,
    originated_on: Option<NaiveDate>,
    tenure_months: Option<i32>,
    interest_rate: Option<f64>,
    collateral_value_minor: Option<i64>,
    outstanding_minor: Option<i64>,
    monthly_instalment_minor: Option<i64>,
    payment_history: Option<String>,
    missed_payments: Option<i32>,
    days_past_due: Option<i64>,
    recovery_status: String,
    charged_off_on: Option<NaiveDate>,
    charged_off_amount_minor: Option<i64>,
    recovered_amount_minor: Option<i64>,
    collection_attempts: Option<i32>,
    collection_method: Option<String>,
    legal_action_taken: Option<bool>,
    extras: Option<String>,
    paid_to_due_3m: Option<f64>,
    paid_to_due_6m: Option<f64>,
    paid_to_due_12m: Option<f64>,
    days_since_payment: Option<i64>,
    longest_late_run: Option<i32>,
}

/// The reference of a borrower; nothing where no file names them.
pub(super) fn borrower_ref() -> Expr {
    Expr::case(borrower::Column::IsUnnamed.eq(true), "").finally(borrower::Column::BorrowerRef.into_expr()).into()
}

/// Chooses the columns of [`LoanColumns`], for a query that has joined the borrower.
pub(crate) fn select_record(query: Select<loan::Entity>) -> Select<loan::Entity> {
    query
        .join(JoinType::LeftJoin, loan::Relation::Protected.def())
        .join(JoinType::LeftJoin, loan::Relation::Arrears.def())
        .join(JoinType::LeftJoin, loan::Relation::Paying.def())
        .select_only()
        .columns([
            loan_paying::Column::PaidToDue3m,
            loan_paying::Column::PaidToDue6m,
            loan_paying::Column::PaidToDue12m,
            loan_paying::Column::DaysSincePayment,
            loan_paying::Column::LongestLateRun,
        ])
        .column_as(arrears::missed_payments(), "missed_payments")
        .column_as(arrears::days_past_due(), "days_past_due")
        .columns([
            loan::Column::Id,
            loan::Column::LoanRef,
            loan::Column::AsOf,
            loan::Column::LoanType,
            loan::Column::LoanAmountMinor,
            loan::Column::OriginatedOn,
            loan::Column::TenureMonths,
            loan::Column::InterestRate,
            loan::Column::CollateralValueMinor,
            loan::Column::OutstandingMinor,
            loan::Column::MonthlyInstalmentMinor,
            loan::Column::PaymentHistory,
            loan::Column::RecoveryStatus,
            loan::Column::ChargedOffOn,
            loan::Column::ChargedOffAmountMinor,
            loan::Column::RecoveredAmountMinor,
            loan::Column::CollectionAttempts,
            loan::Column::CollectionMethod,
            loan::Column::LegalActionTaken,
            loan::Column::Extras,
        ])
        .columns([borrower::Column::Name, borrower::Column::EmploymentType, borrower::Column::MonthlyIncomeMinor])
        .column_as(borrower_ref(), "borrower_ref")
        .columns([
            borrower_protected::Column::Age,
            borrower_protected::Column::BirthDate,
            borrower_protected::Column::Gender,
            borrower_protected::Column::MaritalStatus,
            borrower_protected::Column::Dependants,
        ])
}

impl LoanColumns {
    pub(crate) fn record(self) -> Result<LoanRecord> {
        let paying = self.days_since_payment.map(|days| Paying {
            paid_to_due: [self.paid_to_due_3m, self.paid_to_due_6m, self.paid_to_due_12m],
            days_since_payment: days as u32,
            longest_late_run: self.longest_late_run.map(|run| run as u16),
        });
        Ok(LoanRecord {
            paying,
            loan_ref: self.loan_ref,
            borrower: BorrowerRecord {
                borrower_ref: self.borrower_ref,
                name: self.name,
                employment_type: self.employment_type,
                monthly_income: money(self.monthly_income_minor),
                contacts: Vec::new(),
                protected: ProtectedAttributes {
                    age: self.age.map(|age| age as u16),
                    birth_date: self.birth_date,
                    gender: self.gender,
                    marital_status: self.marital_status,
                    dependants: self.dependants.map(|dependants| dependants as u16),
                },
            },
            as_of: Some(self.as_of),
            loan_type: self.loan_type.unwrap_or_default(),
            loan_amount: money(self.loan_amount_minor),
            originated_on: self.originated_on,
            tenure_months: self.tenure_months.map(|months| months as u16),
            interest_rate: self.interest_rate,
            collateral_value: money(self.collateral_value_minor),
            outstanding_amount: money(self.outstanding_minor),
            monthly_instalment: money(self.monthly_instalment_minor),
            payment_history: history(self.payment_history.as_deref())?,
            missed_payments: self.missed_payments.map(|missed| missed as u16),
            days_past_due: self.days_past_due.map(|days| days as u32),
            recovery_status: known(RecoveryStatus::find(&self.recovery_status), "loan.recovery_status")?,
            is_said_open: false,
            outcome: LoanOutcome {
                charged_off_on: self.charged_off_on,
                charged_off_amount: money(self.charged_off_amount_minor),
                recovered_amount: money(self.recovered_amount_minor),
                collection_attempts: self.collection_attempts.map(|attempts| attempts as u16),
                collection_method: self.collection_method.unwrap_or_default(),
                legal_action_taken: self.legal_action_taken,
            },
            extras: self.extras.map_or_else(|| Ok(BTreeMap::new()), |json| serde_json::from_str(&json))?,
        })
    }
}

/// What of a loan is summed up, with the decision that holds.
#[derive(Debug, FromQueryResult)]
pub(crate) struct FiguresColumns {
    loan_amount_minor: Option<i64>,
    outstanding_minor: Option<i64>,
    monthly_income_minor: Option<i64>,
    payment_history: Option<String>,
    missed_payments: Option<i32>,
    recovery_status: String,
    score: Option<f64>,
    segment: Option<i32>,
    is_high_risk: Option<bool>,
    track: Option<String>,
}

/// Chooses the columns of [`FiguresColumns`], for a query that has joined borrower and decision.
pub(crate) fn select_figures(query: Select<loan::Entity>) -> Select<loan::Entity> {
    query
        .join(JoinType::LeftJoin, loan::Relation::Arrears.def())
        .select_only()
        .column_as(arrears::missed_payments(), "missed_payments")
        .columns([
            loan::Column::LoanAmountMinor,
            loan::Column::OutstandingMinor,
            loan::Column::PaymentHistory,
            loan::Column::RecoveryStatus,
        ])
        .column(borrower::Column::MonthlyIncomeMinor)
        .columns([
            decision::Column::Score,
            decision::Column::Segment,
            decision::Column::IsHighRisk,
            decision::Column::Track,
        ])
}

impl FiguresColumns {
    pub(crate) fn figures(self) -> Result<(LoanFigures, Option<Verdict>)> {
        let figures = LoanFigures {
            loan_amount: money(self.loan_amount_minor),
            outstanding_amount: money(self.outstanding_minor),
            monthly_income: money(self.monthly_income_minor),
            payment_history: history(self.payment_history.as_deref())?,
            missed_payments: self.missed_payments.map(|missed| missed as u16),
            recovery_status: known(RecoveryStatus::find(&self.recovery_status), "loan.recovery_status")?,
        };
        Ok((figures, verdict(self.score, self.segment, self.is_high_risk, self.track.as_deref())?))
    }
}

fn money(minor: Option<i64>) -> Option<Money> {
    minor.map(Money::from_minor)
}

fn history(code: Option<&str>) -> Result<Option<PaymentHistory>> {
    code.map(|code| known(PaymentHistory::find(code), "loan.payment_history")).transpose()
}

/// One line of a list.
#[derive(Debug, FromQueryResult)]
pub(super) struct RowColumns {
    pub(super) id: i64,
    loan_ref: String,
    borrower_ref: String,
    loan_type: Option<String>,
    loan_amount_minor: Option<i64>,
    outstanding_minor: Option<i64>,
    days_past_due: Option<i64>,
    missed_payments: Option<i32>,
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
            loan_type: self.loan_type.unwrap_or_default(),
            loan_amount: money(self.loan_amount_minor),
            outstanding_amount: money(self.outstanding_minor),
            days_past_due: self.days_past_due.map(|days| days as u32),
            missed_payments: self.missed_payments.map(|missed| missed as u16),
            recovery_status: known(RecoveryStatus::find(&self.recovery_status), "loan.recovery_status")?,
            verdict,
            segment_name: segment.map(|segment| segment.name.clone()),
        })
    }
}

/// One payment of a loan.
#[derive(Debug, FromQueryResult)]
pub(super) struct PaymentColumns {
    paid_on: NaiveDate,
    amount_minor: i64,
    kind: String,
    payment_ref: String,
    reversal_of: Option<String>,
    file_name: Option<String>,
}

impl PaymentColumns {
    pub(super) fn view(self) -> Result<PaymentView> {
        Ok(PaymentView {
            paid_on: self.paid_on,
            amount: Money::from_minor(self.amount_minor),
            kind: known(PaymentKind::find(&self.kind), "payment.kind")?,
            payment_ref: self.payment_ref,
            reversal_of: self.reversal_of,
            file_name: self.file_name,
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
    occasion: String,
    reasons: Option<String>,
    figures: String,
    segmentation: String,
    model_version: i32,
    policy_version: i32,
    legal_above: f64,
    settlement_from: f64,
}

impl DecisionColumns {
    /// The decision with the alerts that it was made for.
    pub(super) fn view(self, found: Vec<Finding>) -> Result<DecisionView> {
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
            caution: figures.caution(),
            target_words: figures.target_words(),
            gate: figures.gate,
            policy: Policy {
                version: self.policy_version,
                legal_above: self.legal_above,
                settlement_from: self.settlement_from,
            },
            decided_at: self.decided_at,
            occasion: known(Occasion::find(&self.occasion), "decision.occasion")?,
            found,
            reasons: self.reasons.as_deref().map(serde_json::from_str).transpose()?,
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
