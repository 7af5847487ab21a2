//! Holds that run out by themselves: what they kept back goes on, and somebody is told.

use super::{ask_again, record_of, tell};
use crate::audit::Event;
use crate::change::Change;
use crate::connection::Store;
use crate::entity::{hold, loan};
use crate::error::Result;
use crate::portfolios;
use chrono::{DateTime, Utc};
use domain::access::Actor;
use domain::gate::Pack;
use domain::hold::HoldRecord;
use domain::id::{LoanId, PortfolioId};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, ExprTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationTrait,
    Select, Set,
};
use serde_json::json;

/// Raises alerts on the loans of holds that have run out, by the pack of their portfolio, and asks that they be decided on
/// again: once for each hold. To be called every minute or so.
pub async fn look_for_ends(store: &Store, now: DateTime<Utc>) -> Result<()> {
    let portfolios = standing().select_only().column(loan::Column::PortfolioId).distinct();
    for id in portfolios.into_tuple::<i64>().all(&store.db).await? {
        let portfolio = PortfolioId(id);
        let pack = portfolios::contact_rules(store, portfolio).await?.pack;
        if !run_out(&store.db, portfolio, pack, now).await?.is_empty() {
            let mut change = store.change(Actor::Schedule, now).await?;
            let told = tell_of(&mut change, portfolio, pack).await?;
            let subject = format!("portfolio:{portfolio}");
            let details = json!({ "holds": told });
            change.commit(Event { portfolio: Some(portfolio), action: "holds.ran_out", subject, details }).await?;
        }
    }
    Ok(())
}

/// Tells of the holds that have run out; their numbers.
async fn tell_of(change: &mut Change, portfolio: PortfolioId, pack: &Pack) -> Result<Vec<i64>> {
    // Of several processes that look at once, the later ones find nothing left to tell.
    portfolios::lock(&change.tx, portfolio).await?;
    let ended = run_out(&change.tx, portfolio, pack, change.now).await?;
    for (row, record) in &ended {
        let update = hold::ActiveModel { id: Set(row.id), ran_out_at: Set(Some(change.now)), ..Default::default() };
        sea_orm::ActiveModelTrait::update(update, &change.tx).await?;
        ask_again(change, LoanId(row.loan_id)).await?;
        let words = format!("{}: hold ran out", record.kind.label());
        tell(change, portfolio, (row.loan_id, row.borrower_id), &row.scope, &words).await?;
    }
    Ok(ended.into_iter().map(|(row, _)| row.id).collect())
}

/// Holds that nobody has ended, and of whose end nobody was told.
fn standing() -> Select<hold::Entity> {
    hold::Entity::find()
        .join(JoinType::InnerJoin, hold::Relation::Loan.def())
        .filter(hold::Column::EndedAt.is_null())
        .filter(hold::Column::RanOutAt.is_null())
}

/// Those that hold no more, by what the pack says of their kind.
async fn run_out(
    db: &impl sea_orm::ConnectionTrait,
    portfolio: PortfolioId,
    pack: &Pack,
    now: DateTime<Utc>,
) -> Result<Vec<(hold::Model, HoldRecord)>> {
    let ends_by_itself = pack.holds.iter().filter(|rule| rule.open_days.is_some()).map(|rule| rule.kind.code());
    let may_be_over = Condition::any()
        .add(hold::Column::UntilAt.lte(now))
        .add(hold::Column::UntilAt.is_null().and(hold::Column::Kind.is_in(ends_by_itself)));
    let rows = standing()
        .filter(loan::Column::PortfolioId.eq(portfolio.0))
        .filter(may_be_over)
        .order_by_asc(hold::Column::Id)
        .all(db)
        .await?;
    let mut ended = Vec::new();
    for row in rows {
        let record = record_of(&row)?;
        let end = pack.hold_rule(record.kind).end_of(&record.as_asked());
        if end.is_some_and(|end| end <= now) {
            ended.push((row, record));
        }
    }
    Ok(ended)
}
