//! Breaches that people wrote down: a letter that was posted, or a notice that was served, although the contact rules did not
//! allow it. What happened is kept, with the reason, so that a replay shows it.

use crate::change::Change;
use crate::connection::Store;
use crate::entity::{breach, loan};
use crate::error::{Result, StoreError};
use crate::models::CHUNK;
use crate::users;
use chrono::{DateTime, Utc};
use domain::access::Scope;
use domain::gate::Answer;
use domain::id::{LoanId, NoticeId, PortfolioId, UserId};
use domain::notice::{RATIONALE_LENGTH_MIN, TEXT_LENGTH_MAX};
use sea_orm::{ColumnTrait, EntityTrait, NotSet, QueryFilter, QueryOrder, QuerySelect, Set};
use std::collections::HashMap;

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breached {
    /// The letter that is this message.
    Letter {
        message: i64,
    },
    Notice(NoticeId),
}

/// A breach as it was written down.
#[derive(Clone, Debug, PartialEq)]
pub struct BreachRecord {
    pub what: Breached,
    pub loan: LoanId,
    pub loan_ref: String,
    /// The moment that the gate was asked about.
    pub at: DateTime<Utc>,
    pub answer: Answer,
    pub reason: String,
    pub recorded_by: String,
}

/// A breach that is to be written down with the change that tells of the deed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewBreach<'a> {
    pub(crate) what: Breached,
    pub(crate) loan: LoanId,
    pub(crate) at: DateTime<Utc>,
    pub(crate) answer: &'a Answer,
    pub(crate) reason: &'a str,
    pub(crate) by: UserId,
}

pub(crate) async fn record(change: &Change, portfolio: PortfolioId, new: NewBreach<'_>) -> Result<()> {
    expect_words("why it was done all the same", new.reason)?;
    let (message, notice) = match new.what {
        Breached::Letter { message } => (Some(message), None),
        Breached::Notice(notice) => (None, Some(notice.0)),
    };
    let row = breach::ActiveModel {
        id: NotSet,
        portfolio_id: Set(portfolio.0),
        loan_id: Set(new.loan.0),
        message_id: Set(message),
        notice_id: Set(notice),
        at: Set(new.at),
        answer: Set(serde_json::to_string(new.answer)?),
        reason: Set(new.reason.trim().to_owned()),
        recorded_by: Set(new.by.0),
        recorded_at: Set(change.now),
    };
    breach::Entity::insert(row).exec_without_returning(&change.tx).await?;
    Ok(())
}

/// Says why words are needed, where they are too few or too many.
pub(crate) fn expect_words(what: &str, text: &str) -> Result<()> {
    let length = text.trim().chars().count();
    if length < RATIONALE_LENGTH_MIN {
        return Err(StoreError::conflict(&format!("Write {what} in {RATIONALE_LENGTH_MIN} characters or more.")));
    }
    if length > TEXT_LENGTH_MAX {
        return Err(StoreError::conflict(&format!("Write {what} in {TEXT_LENGTH_MAX} characters or fewer.")));
    }
    Ok(())
}

/// All breaches of a portfolio that were written down, the earliest first.
pub async fn list(store: &Store, scope: Scope) -> Result<Vec<BreachRecord>> {
    let rows = breach::Entity::find()
        .filter(breach::Column::PortfolioId.eq(scope.portfolio.0))
        .filter(breach::Column::LoanId.in_subquery(sea_orm::QueryTrait::into_query(crate::loans::ids_within(scope))))
        .order_by_asc(breach::Column::Id)
        .all(&store.db)
        .await?;
    let mut refs: HashMap<i64, String> = HashMap::new();
    for some in rows.chunks(CHUNK) {
        let loans = loan::Entity::find()
            .filter(loan::Column::Id.is_in(some.iter().map(|row| row.loan_id)))
            .select_only()
            .columns([loan::Column::Id, loan::Column::LoanRef]);
        refs.extend(loans.into_tuple::<(i64, String)>().all(&store.db).await?);
    }
    let names = users::names(&store.db, scope.portfolio).await?;
    let record = |row: breach::Model| {
        let what = match (row.message_id, row.notice_id) {
            (Some(message), _) => Breached::Letter { message },
            (_, Some(notice)) => Breached::Notice(NoticeId(notice)),
            _ => return Err(StoreError::unreadable("breach.message_id")),
        };
        Ok(BreachRecord {
            what,
            loan: LoanId(row.loan_id),
            loan_ref: refs.get(&row.loan_id).cloned().unwrap_or_default(),
            at: row.at,
            answer: serde_json::from_str(&row.answer)?,
            reason: row.reason,
            recorded_by: names.of(Some(row.recorded_by)),
        })
    };
    rows.into_iter().map(record).collect()
}
