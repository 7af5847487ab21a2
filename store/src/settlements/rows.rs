//! Between rows and what people see of them.

use crate::entity::{settlement, settlement_instalment};
use crate::error::{Result, StoreError};
use crate::models::CHUNK;
use crate::users::{self, Names};
use chrono::NaiveDate;
use domain::id::{PortfolioId, SettlementId};
use domain::money::Money;
use domain::settlement::view::{InstalmentView, SettlementView};
use domain::settlement::{AcceptedBy, Instalment, KeepingRules, SettlementKind, Standing, Times};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, NotSet, QueryFilter, QueryOrder, Set};
use std::collections::HashMap;

pub(super) type InstalmentRow = settlement_instalment::Model;

pub(super) async fn views(
    db: &impl ConnectionTrait,
    portfolio: PortfolioId,
    found: Vec<settlement::Model>,
    today: NaiveDate,
) -> Result<Vec<SettlementView>> {
    let mut instalments = instalments_of(db, &found.iter().map(|row| row.id).collect::<Vec<_>>()).await?;
    let names = users::names(db, portfolio).await?;
    let view = |row: settlement::Model| {
        let own = instalments.remove(&row.id).unwrap_or_default();
        view(row, &own, &names, today)
    };
    found.into_iter().map(view).collect()
}

fn view(
    row: settlement::Model,
    instalments: &[InstalmentRow],
    names: &Names,
    today: NaiveDate,
) -> Result<SettlementView> {
    let name = |id: Option<i64>| id.map(|id| names.of(Some(id)));
    let times = times(&row);
    let how = row.accepted_how.as_deref().map(AcceptedBy::find);
    let acceptance = match how {
        None => None,
        Some(None) => return Err(StoreError::unreadable("settlement.accepted_how")),
        Some(Some(how)) => {
            let recorded_by = name(row.recorded_by).unwrap_or_else(|| "the program".to_owned());
            Some((how, row.accepted_name.clone().unwrap_or_default(), recorded_by))
        }
    };
    Ok(SettlementView {
        id: SettlementId(row.id),
        kind: kind_of(&row)?,
        state: times.state(row.expires_on, today),
        balance: Money::from_minor(row.balance_minor),
        amount: Money::from_minor(row.amount_minor),
        haircut_percent: row.haircut_percent as u8,
        expires_on: row.expires_on,
        rules: rules_of(&row),
        instalments: instalments.iter().map(instalment_view).collect::<Result<_>>()?,
        times,
        drafted_at: row.drafted_at,
        drafted_by: name(row.drafted_by),
        offered_by: name(row.offered_by),
        acceptance,
        withdrawn_reason: row.withdrawn_reason,
        reason: row.reason,
        email_at: row.email_at,
        followed_to: row.followed_to,
    })
}

pub(super) fn kind_of(row: &settlement::Model) -> Result<SettlementKind> {
    SettlementKind::find(&row.kind).ok_or_else(|| StoreError::unreadable("settlement.kind"))
}

pub(super) fn times(row: &settlement::Model) -> Times {
    Times {
        offered_at: row.offered_at,
        accepted_at: row.accepted_at,
        withdrawn_at: row.withdrawn_at,
        expired_at: row.expired_at,
        kept_at: row.kept_at,
        partly_kept_at: row.partly_kept_at,
        broken_at: row.broken_at,
    }
}

pub(super) fn rules_of(row: &settlement::Model) -> KeepingRules {
    KeepingRules {
        grace_days: row.grace_days as u16,
        paid_from_percent: row.paid_from_percent as u8,
        missed_max: row.missed_max as u16,
    }
}

/// The instalments of settlements, in their order.
pub(super) async fn instalments_of(
    db: &impl ConnectionTrait,
    settlements: &[i64],
) -> Result<HashMap<i64, Vec<InstalmentRow>>> {
    let mut all: HashMap<i64, Vec<InstalmentRow>> = HashMap::new();
    for some in settlements.chunks(CHUNK) {
        let rows = settlement_instalment::Entity::find()
            .filter(settlement_instalment::Column::SettlementId.is_in(some.iter().copied()))
            .order_by_asc(settlement_instalment::Column::Number)
            .all(db)
            .await?;
        for row in rows {
            all.entry(row.settlement_id).or_default().push(row);
        }
    }
    Ok(all)
}

pub(super) fn instalment_of(row: &InstalmentRow) -> Instalment {
    Instalment { number: row.number as u16, due_on: row.due_on, amount: Money::from_minor(row.amount_minor) }
}

pub(super) fn instalment_view(row: &InstalmentRow) -> Result<InstalmentView> {
    Ok(InstalmentView {
        instalment: instalment_of(row),
        paid: Money::from_minor(row.paid_minor),
        covered_on: row.covered_on,
        standing: Standing::find(&row.standing)
            .ok_or_else(|| StoreError::unreadable("settlement_instalment.standing"))?,
    })
}

/// Writes the instalments of a settlement in the place of those that it had.
pub(super) async fn replace_instalments(db: &impl ConnectionTrait, settlement: i64, all: &[Instalment]) -> Result<()> {
    settlement_instalment::Entity::delete_many()
        .filter(settlement_instalment::Column::SettlementId.eq(settlement))
        .exec(db)
        .await?;
    let rows = all.iter().map(|instalment| instalment_row(settlement, instalment));
    settlement_instalment::Entity::insert_many(rows).exec_without_returning(db).await?;
    Ok(())
}

pub(super) fn instalment_row(settlement: i64, instalment: &Instalment) -> settlement_instalment::ActiveModel {
    settlement_instalment::ActiveModel {
        id: NotSet,
        settlement_id: Set(settlement),
        number: Set(instalment.number.into()),
        due_on: Set(instalment.due_on),
        amount_minor: Set(instalment.amount.minor),
        paid_minor: Set(0),
        covered_on: Set(None),
        standing: Set(Standing::Open.code().to_owned()),
    }
}
