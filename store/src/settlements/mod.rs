//! Settlement offers and repayment plans: made, sent, accepted, withdrawn, and followed by the payments of their loans. A
//! loan has one of which something may still come.

mod answer;
mod email;
mod follow;
mod make;
mod promises;
mod rows;

pub use answer::{Acceptance, accept, withdraw};
pub use email::{DueEmail, EmailStep, emailed, emails_due};
pub use follow::refresh;
pub use make::{NewOffer, NewPlan, make_offer, make_plan, send};

pub(crate) use email::is_email_due;
pub(crate) use make::draft_all;
pub(crate) use promises::open_on;

use crate::audit::Event;
use crate::connection::Store;
use crate::entity::{borrower, legal_notice, loan, recovery_case, settlement};
use crate::error::{Result, StoreError};
use crate::loans::{expect_within, reached};
use chrono::NaiveDate;
use domain::access::{Actor, Role, Scope, SignedIn};
use domain::id::{LoanId, PortfolioId};
use domain::loan::RecoveryStatus;
use domain::money::Money;
use domain::settlement::view::{Basis, SettlementView};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;

/// Who settles: on which loans, and with whose authority.
#[derive(Clone, Copy, Debug)]
pub struct Settler {
    pub actor: Actor,
    pub scope: Scope,
    pub role: Role,
}

impl From<&SignedIn> for Settler {
    fn from(person: &SignedIn) -> Self {
        Self { actor: person.actor(), scope: person.scope(), role: person.role }
    }
}

/// The settlements of a loan of one's scope, the newest first, as they are on a day.
pub async fn of_loan(store: &Store, scope: Scope, loan: LoanId, today: NaiveDate) -> Result<Vec<SettlementView>> {
    expect_within(store, scope, loan).await?;
    let found = settlement::Entity::find()
        .filter(settlement::Column::LoanId.eq(loan.0))
        .order_by_desc(settlement::Column::Id)
        .all(&store.db)
        .await?;
    rows::views(&store.db, scope.portfolio, found, today).await
}

/// What new terms for a loan of one's scope start from.
pub async fn basis(store: &Store, scope: Scope, id: LoanId) -> Result<Basis> {
    let query = loan::Entity::find_by_id(id.0).filter(reached(scope));
    let row = query.one(&store.db).await?.ok_or(StoreError::NotFound("loan"))?;
    let income: Option<i64> = borrower::Entity::find_by_id(row.borrower_id)
        .select_only()
        .column(borrower::Column::MonthlyIncomeMinor)
        .into_tuple::<Option<i64>>()
        .one(&store.db)
        .await?
        .flatten();
    let ended = [RecoveryStatus::FullyRecovered, RecoveryStatus::WrittenOff].map(RecoveryStatus::code);
    let others: Vec<Option<i64>> = loan::Entity::find()
        .filter(loan::Column::BorrowerId.eq(row.borrower_id))
        .filter(loan::Column::Id.ne(row.id))
        .filter(loan::Column::RecoveryStatus.is_not_in(ended))
        .select_only()
        .column(loan::Column::MonthlyInstalmentMinor)
        .into_tuple()
        .all(&store.db)
        .await?;
    let case = recovery_case::Entity::find()
        .filter(recovery_case::Column::LoanId.eq(row.id))
        .filter(recovery_case::Column::ClosedAt.is_null());
    Ok(Basis {
        balance: row.outstanding_minor.map(Money::from_minor),
        income: income.map(Money::from_minor),
        others: others.into_iter().flatten().map(Money::from_minor).sum(),
        score: row.current_score,
        limitation_on: limitation_of(store, row.id).await?,
        is_recovered: row.recovery_status == RecoveryStatus::FullyRecovered.code(),
        has_case: case.one(&store.db).await?.is_some(),
    })
}

/// The limitation date of a loan as plans and legal notices last told it; the earlier one where they differ.
async fn limitation_of(store: &Store, loan: i64) -> Result<Option<NaiveDate>> {
    let of_plans = settlement::Entity::find()
        .filter(settlement::Column::LoanId.eq(loan))
        .filter(settlement::Column::LimitationOn.is_not_null())
        .order_by_desc(settlement::Column::Id)
        .one(&store.db)
        .await?;
    let of_notices = legal_notice::Entity::find()
        .filter(legal_notice::Column::LoanId.eq(loan))
        .filter(legal_notice::Column::LimitationOn.is_not_null())
        .order_by_desc(legal_notice::Column::Id)
        .one(&store.db)
        .await?;
    let told = [of_plans.and_then(|row| row.limitation_on), of_notices.and_then(|row| row.limitation_on)];
    Ok(told.into_iter().flatten().min())
}

/// Settlements of which something may still come.
fn open() -> Condition {
    Condition::all()
        .add(settlement::Column::WithdrawnAt.is_null())
        .add(settlement::Column::ExpiredAt.is_null())
        .add(settlement::Column::KeptAt.is_null())
        .add(settlement::Column::PartlyKeptAt.is_null())
        .add(settlement::Column::BrokenAt.is_null())
}

fn event(row: &settlement::Model, action: &'static str, mut details: serde_json::Value) -> Event {
    details["loan"] = json!(row.loan_id);
    details["kind"] = json!(row.kind);
    let portfolio = Some(PortfolioId(row.portfolio_id));
    Event { portfolio, action, subject: format!("settlement:{}", row.id), details }
}

fn user_of(actor: Actor) -> Option<i64> {
    match actor {
        Actor::User(person) => Some(person.0),
        Actor::Job(_) | Actor::CommandLine | Actor::Schedule | Actor::Visitor => None,
    }
}
