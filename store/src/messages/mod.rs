//! Messages on their way out. Each is sent once: it is claimed before anything is sent, and one whose sender died in
//! between is in doubt and is not sent again. What becomes of a message stands with it, so it leaves no audit event.

mod opt_outs;

pub use opt_outs::{Source, by_opt_out_token, opt_out, stop_sms};

use crate::cases::GateCheck;
use crate::connection::Store;
use crate::costs;
use crate::entity::{action, gate_check, message};
use crate::error::{Result, StoreError};
use chrono::{DateTime, Utc};
use domain::case::Outgoing;
use domain::contact::Channel;
use domain::id::{LoanId, PortfolioId};
use sea_orm::sea_query::{Expr, ExprTrait, LockBehavior, LockType, Order, Query};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, Set};

/// Takes the next message that is due on a channel. Nobody else gets it.
pub async fn claim(store: &Store, channel: Channel, now: DateTime<Utc>) -> Result<Option<Outgoing>> {
    let next = Query::select()
        .column(message::Column::Id)
        .from(message::Entity)
        .and_where(message::Column::Channel.eq(channel.code()))
        .and_where(message::Column::SentAt.is_null())
        .and_where(message::Column::FailedAt.is_null())
        .and_where(message::Column::InDoubtAt.is_null())
        .and_where(message::Column::ClaimedAt.is_null())
        .and_where(message::Column::NextTryAt.lte(now))
        .order_by(message::Column::NextTryAt, Order::Asc)
        .order_by(message::Column::Id, Order::Asc)
        .limit(1)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .to_owned();
    let mut take = Query::update();
    take.table(message::Entity)
        .value(message::Column::ClaimedAt, now)
        .value(message::Column::Attempts, Expr::col(message::Column::Attempts).add(1))
        .and_where(message::Column::Id.into_expr().eq(Expr::SubQuery(None, Box::new(next.into()))))
        .returning_all();
    let tx = store.begin().await?;
    let row = tx.query_one(&take).await?;
    tx.commit().await?;
    let Some(row) = row else { return Ok(None) };
    let row = message::Model::from_query_result(&row, "")?;
    Ok(Some(Outgoing {
        id: row.id,
        portfolio: PortfolioId(row.portfolio_id),
        loan: LoanId(row.loan_id),
        recipient: row.recipient,
        subject: row.subject,
        body: row.body,
        created_at: row.created_at,
        attempts: row.attempts as u32,
    }))
}

/// What became of an attempt to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attempt {
    Sent,
    /// Nothing was sent; it is tried again at this moment.
    Again {
        at: DateTime<Utc>,
        error: String,
    },
    /// Nothing was sent, and nothing will be.
    Failed {
        error: String,
    },
    /// It may have been sent.
    InDoubt {
        error: String,
    },
}

/// Writes down what became of a message that was claimed. What was sent has its cost.
pub async fn settle(store: &Store, id: i64, attempt: Attempt, now: DateTime<Utc>) -> Result<()> {
    let mut update = message::ActiveModel { id: Set(id), ..Default::default() };
    let is_sent = attempt == Attempt::Sent;
    match attempt {
        Attempt::Sent => (update.sent_at, update.error) = (Set(Some(now)), Set(String::new())),
        Attempt::Again { at, error } => {
            (update.claimed_at, update.next_try_at, update.error) = (Set(None), Set(at), Set(error));
        }
        Attempt::Failed { error } => (update.failed_at, update.error) = (Set(Some(now)), Set(error)),
        Attempt::InDoubt { error } => (update.in_doubt_at, update.error) = (Set(Some(now)), Set(error)),
    }
    let tx = store.begin().await?;
    let row = update.update(&tx).await?;
    if is_sent {
        costs::book(&tx, row.action_id).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Writes down what the contact gate said about a message when it was to be sent, beside what it said when it was made.
pub async fn checked(store: &Store, id: i64, check: &GateCheck, now: DateTime<Utc>) -> Result<()> {
    let row = message::Entity::find_by_id(id).one(&store.db).await?.ok_or(StoreError::NotFound("message"))?;
    let action = action::Entity::find_by_id(row.action_id).one(&store.db).await?;
    let action = action.ok_or(StoreError::NotFound("action"))?;
    let row = check.row(action.case_id, action.step, now)?;
    gate_check::Entity::insert(row).exec_without_returning(&store.db).await?;
    Ok(())
}

/// Puts messages in doubt that were claimed before a moment and never settled: their senders died. Gives how many.
pub async fn doubt(store: &Store, before: DateTime<Utc>, now: DateTime<Utc>) -> Result<u64> {
    let dead = message::Entity::update_many()
        .col_expr(message::Column::InDoubtAt, Expr::val(now))
        .col_expr(message::Column::Error, "The program ended while it was sent.".into())
        .filter(message::Column::ClaimedAt.lt(before))
        .filter(message::Column::SentAt.is_null())
        .filter(message::Column::FailedAt.is_null())
        .filter(message::Column::InDoubtAt.is_null());
    Ok(dead.exec(&store.db).await?.rows_affected)
}
