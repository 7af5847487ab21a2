//! E-mails of offers and plans: decided on with the steps of cases, written down once.

use super::open;
use super::rows::{instalment_of, instalments_of, kind_of};
use crate::audit::Event;
use crate::cases::{Done, DueCase, Entry, GateCheck, open_cases_of, write_entries};
use crate::connection::Store;
use crate::entity::settlement;
use crate::error::Result;
use crate::jobs::{self, Lease};
use chrono::{DateTime, Utc};
use domain::access::Actor;
use domain::id::{PortfolioId, SettlementId};
use domain::money::Money;
use domain::policy::plan::TreatmentKind;
use domain::settlement::{Instalment, SettlementKind};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use serde_json::json;
use std::collections::HashMap;

/// A settlement whose e-mail is to be decided on.
#[derive(Clone, Debug, PartialEq)]
pub struct DueEmail {
    pub settlement: SettlementId,
    pub kind: SettlementKind,
    pub balance: Money,
    pub amount: Money,
    pub expires_on: chrono::NaiveDate,
    pub instalments: Vec<Instalment>,
    /// The open case of its loan; nothing where there is none any more.
    pub case: Option<DueCase>,
}

/// What becomes of the e-mail of a settlement.
#[derive(Clone, Debug, PartialEq)]
pub struct EmailStep {
    pub settlement: SettlementId,
    pub kind: SettlementKind,
    /// The code and version of the template whose words are sent.
    pub template: Option<(String, i32)>,
    pub checks: Vec<GateCheck>,
    pub case: Option<DueCase>,
    pub done: Done,
}

/// Settlements whose e-mail is to be decided on: offered, still open, not accepted.
pub(crate) fn is_email_due(portfolio: PortfolioId, now: DateTime<Utc>) -> sea_orm::Select<settlement::Entity> {
    settlement::Entity::find()
        .filter(settlement::Column::PortfolioId.eq(portfolio.0))
        .filter(settlement::Column::EmailAt.lte(now))
        .filter(settlement::Column::AcceptedAt.is_null())
        .filter(settlement::Column::ExpiresOn.gte(now.date_naive()))
        .filter(open())
}

/// Settlements whose e-mail is to be decided on, the longest due first.
pub async fn emails_due(
    store: &Store,
    portfolio: PortfolioId,
    now: DateTime<Utc>,
    limit: u64,
) -> Result<Vec<DueEmail>> {
    let query = is_email_due(portfolio, now)
        .order_by_asc(settlement::Column::EmailAt)
        .order_by_asc(settlement::Column::Id)
        .limit(limit);
    let rows = query.all(&store.db).await?;
    let mut instalments = instalments_of(&store.db, &rows.iter().map(|row| row.id).collect::<Vec<_>>()).await?;
    let loans: Vec<i64> = rows.iter().map(|row| row.loan_id).collect();
    let cases = open_cases_of(store, &loans).await?;
    let mut cases: HashMap<i64, DueCase> = cases.into_iter().map(|case| (case.loan.0, case)).collect();
    rows.into_iter()
        .map(|row| {
            Ok(DueEmail {
                settlement: SettlementId(row.id),
                kind: kind_of(&row)?,
                balance: Money::from_minor(row.balance_minor),
                amount: Money::from_minor(row.amount_minor),
                expires_on: row.expires_on,
                instalments: instalments.remove(&row.id).unwrap_or_default().iter().map(instalment_of).collect(),
                case: cases.remove(&row.loan_id),
            })
        })
        .collect()
}

/// Writes down what became of e-mails, all at once. One that is written down already changes nothing, nor does one whose
/// settlement has ended meanwhile.
pub async fn emailed(
    store: &Store,
    lease: &Lease,
    portfolio: PortfolioId,
    steps: &[EmailStep],
    now: DateTime<Utc>,
) -> Result<()> {
    let change = store.change(Actor::Job(lease.job), now).await?;
    jobs::held_by(&change.tx, lease).await?;
    let mut count = 0_u32;
    for step in steps {
        let still = is_email_due(portfolio, change.now).filter(settlement::Column::Id.eq(step.settlement.0));
        if still.one(&change.tx).await?.is_none() {
            continue;
        }
        if let Some(case) = &step.case {
            let kind = match step.kind {
                SettlementKind::Offer => TreatmentKind::SettlementOffer,
                SettlementKind::Plan => TreatmentKind::RepaymentPlan,
            };
            let entry = Entry {
                case: case.id,
                loan: case.loan,
                borrower: case.borrower,
                step: None,
                kind,
                template: step.template.as_ref(),
                settlement: Some(step.settlement.0),
                checks: &step.checks,
                done: &step.done,
            };
            write_entries(&change, portfolio, &[entry]).await?;
        }
        let again = match &step.done {
            Done::Deferred { until } => Some(*until),
            _ => None,
        };
        let update = settlement::ActiveModel { id: Set(step.settlement.0), email_at: Set(again), ..Default::default() };
        update.update(&change.tx).await?;
        count += 1;
    }
    let subject = format!("portfolio:{portfolio}");
    let details = json!({ "settlements": count });
    change.commit(Event { portfolio: Some(portfolio), action: "settlements.emailed", subject, details }).await
}
