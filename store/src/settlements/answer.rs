//! What borrowers answer, and what is taken back.

use super::make::{expect_unpaid, own};
use super::rows::times;
use super::{Settler, event, open, user_of};
use crate::connection::Store;
use crate::entity::{loan, settlement};
use crate::error::{Result, StoreError};
use chrono::{DateTime, Utc};
use domain::id::SettlementId;
use domain::settlement::{AcceptedBy, SettlementState};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;

/// A yes of the borrower's.
#[derive(Clone, Copy, Debug)]
pub struct Acceptance<'a> {
    pub how: AcceptedBy,
    /// Who said it.
    pub name: &'a str,
}

/// Writes down that the borrower accepts. Tells whether this was the first time: another yes changes nothing.
///
/// A conflict where it was not offered, has expired or was withdrawn, or where the loan is paid.
pub async fn accept(
    store: &Store,
    settler: Settler,
    id: SettlementId,
    acceptance: Acceptance<'_>,
    now: DateTime<Utc>,
) -> Result<bool> {
    let change = store.change(settler.actor, now).await?;
    let row = own(&change, settler.scope, id).await?;
    match times(&row).state(row.expires_on, change.now.date_naive()) {
        SettlementState::Offered => {}
        SettlementState::Drafted => {
            return Err(StoreError::conflict("This is a draft: it was not offered to the borrower yet."));
        }
        SettlementState::Expired => {
            let day = row.expires_on.format("%-d %b %Y");
            return Err(StoreError::Conflict(format!(
                "This was open until {day} and can no longer be accepted. Make new terms."
            )));
        }
        SettlementState::Withdrawn => return Err(StoreError::conflict("This was withdrawn.")),
        SettlementState::Accepted | SettlementState::Kept | SettlementState::PartlyKept | SettlementState::Broken => {
            return Ok(false);
        }
    }
    let paid = loan::Entity::find_by_id(row.loan_id).one(&change.tx).await?.ok_or(StoreError::NotFound("loan"))?;
    expect_unpaid(&paid)?;
    // Of two that come here at once, one finds the row as it was.
    let update = settlement::Entity::update_many()
        .col_expr(settlement::Column::AcceptedAt, Expr::val(change.now))
        .col_expr(settlement::Column::AcceptedHow, acceptance.how.code().into())
        .col_expr(settlement::Column::AcceptedName, acceptance.name.into())
        .col_expr(settlement::Column::RecordedBy, user_of(settler.actor).into())
        .col_expr(settlement::Column::EmailAt, Option::<DateTime<Utc>>::None.into())
        .filter(settlement::Column::Id.eq(row.id))
        .filter(settlement::Column::OfferedAt.is_not_null())
        .filter(settlement::Column::AcceptedAt.is_null())
        .filter(open());
    if update.exec(&change.tx).await?.rows_affected == 0 {
        let after = settlement::Entity::find_by_id(row.id).one(&change.tx).await?;
        return match after.and_then(|row| row.accepted_at) {
            Some(_) => Ok(false),
            None => Err(StoreError::conflict("This changed meanwhile. Look at the loan again.")),
        };
    }
    let details = json!({ "how": acceptance.how.code(), "name": acceptance.name });
    change.commit(event(&row, "settlement.accepted", details)).await?;
    Ok(true)
}

/// Takes a draft, an offer or a running agreement back. Payments on it stay with the loan.
///
/// A conflict where it has ended.
pub async fn withdraw(
    store: &Store,
    settler: Settler,
    id: SettlementId,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let change = store.change(settler.actor, now).await?;
    let row = own(&change, settler.scope, id).await?;
    let update = settlement::Entity::update_many()
        .col_expr(settlement::Column::WithdrawnAt, Expr::val(change.now))
        .col_expr(settlement::Column::WithdrawnBy, user_of(settler.actor).into())
        .col_expr(settlement::Column::WithdrawnReason, reason.into())
        .col_expr(settlement::Column::EmailAt, Option::<DateTime<Utc>>::None.into())
        .filter(settlement::Column::Id.eq(row.id))
        .filter(open());
    if update.exec(&change.tx).await?.rows_affected == 0 {
        return Err(StoreError::conflict("This has ended already, so it cannot be withdrawn."));
    }
    change.commit(event(&row, "settlement.withdrawn", json!({ "reason": reason }))).await
}
