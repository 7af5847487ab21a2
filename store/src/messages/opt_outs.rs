//! Wishes for no more messages: by the link in a message, or by an SMS that says so.

use crate::audit::Event;
use crate::change::Change;
use crate::connection::Store;
use crate::entity::{message, opt_out};
use crate::error::{Result, StoreError};
use chrono::{DateTime, Utc};
use domain::access::Actor;
use domain::contact::{Channel, NUMBER_DIGITS_MIN, may_be_same_number};
use domain::id::PortfolioId;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, FromQueryResult, NotSet, QueryFilter, Set, Statement};
use serde_json::json;

/// How somebody said it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    Link,
    Sms,
}

impl Source {
    fn code(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Sms => "sms",
        }
    }
}

/// An address of a borrower that is to be left alone.
#[derive(Debug, FromQueryResult)]
struct Place {
    portfolio_id: i64,
    borrower_id: i64,
    address: String,
}

/// A message by the secret of its link: where it went.
pub async fn by_opt_out_token(store: &Store, token: &str) -> Result<Option<(Channel, String)>> {
    let Some(row) = find_by_token(store, token).await? else { return Ok(None) };
    let channel = Channel::find(&row.channel).ok_or_else(|| StoreError::unreadable("message.channel"))?;
    Ok(Some((channel, row.recipient)))
}

async fn find_by_token(store: &Store, token: &str) -> Result<Option<message::Model>> {
    Ok(message::Entity::find().filter(message::Column::OptOutToken.eq(token)).one(&store.db).await?)
}

/// No more messages go to the address of this message. Twice is as once.
pub async fn opt_out(store: &Store, actor: Actor, token: &str, now: DateTime<Utc>) -> Result<()> {
    let found = find_by_token(store, token).await?.ok_or(StoreError::NotFound("message"))?;
    let channel = Channel::find(&found.channel).ok_or_else(|| StoreError::unreadable("message.channel"))?;
    let place =
        Place { portfolio_id: found.portfolio_id, borrower_id: found.borrower_id, address: found.recipient.clone() };
    leave_alone(store, actor, &place, channel, (Source::Link, Some(found.id)), now).await?;
    Ok(())
}

/// No more SMS go to a number, whoever has it. Gives how many borrowers do, those included who said so before. Numbers count as one where
/// one of them is the other with a country code.
pub async fn stop_sms(store: &Store, actor: Actor, number: &str, now: DateTime<Utc>) -> Result<u64> {
    let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
    if digits.is_empty() {
        return Ok(0);
    }
    // Whatever stands between them, the last digits are the same.
    let ending = &digits[digits.len().saturating_sub(NUMBER_DIGITS_MIN)..];
    let ending: String = ending.iter().fold("%".to_owned(), |pattern, digit| format!("{pattern}{digit}%"));
    // An answer to a message comes from where it went; the same number may be on file for others.
    let sql = "SELECT m.portfolio_id, m.borrower_id, m.recipient AS address FROM message m \
               WHERE m.channel = 'sms' AND m.recipient LIKE $1 \
               UNION SELECT b.portfolio_id, b.id AS borrower_id, c.value AS address FROM borrower_contact c \
               JOIN borrower b ON b.id = c.borrower_id WHERE c.channel = 'phone' AND c.value LIKE $1 \
               ORDER BY borrower_id, address";
    let alike = Statement::from_sql_and_values(store.db.get_database_backend(), sql, [ending.into()]);
    let mut places = Place::find_by_statement(alike).all(&store.db).await?;
    places.retain(|place| may_be_same_number(&place.address, number) || Channel::Sms.is_same(&place.address, number));
    for place in &places {
        leave_alone(store, actor, place, Channel::Sms, (Source::Sms, None), now).await?;
    }
    places.dedup_by_key(|place| place.borrower_id);
    Ok(places.len() as u64)
}

async fn leave_alone(
    store: &Store,
    actor: Actor,
    place: &Place,
    channel: Channel,
    (source, message): (Source, Option<i64>),
    now: DateTime<Utc>,
) -> Result<()> {
    let change = store.change(actor, now).await?;
    let known = opt_out::Entity::find()
        .filter(opt_out::Column::BorrowerId.eq(place.borrower_id))
        .filter(opt_out::Column::Channel.eq(channel.code()))
        .filter(opt_out::Column::Address.eq(place.address.as_str()));
    // An earlier wish may have been followed by a consent, which the later one takes back.
    if source == Source::Link && known.one(&change.tx).await?.is_some() {
        return Ok(());
    }
    let row = opt_out::ActiveModel {
        id: NotSet,
        borrower_id: Set(place.borrower_id),
        channel: Set(channel.code().to_owned()),
        address: Set(place.address.clone()),
        source: Set(source.code().to_owned()),
        message_id: Set(message),
        from_at: Set(change.now),
    };
    row.insert(&change.tx).await?;
    stop_waiting(&change, place, channel).await?;
    let event = Event {
        portfolio: Some(PortfolioId(place.portfolio_id)),
        action: "borrower.opted_out",
        subject: format!("borrower:{}", place.borrower_id),
        details: json!({ "channel": channel.code(), "source": source.code(), "message": message }),
    };
    change.commit(event).await
}

/// What waits for the address does not go out any more.
async fn stop_waiting(change: &Change, place: &Place, channel: Channel) -> Result<()> {
    let waiting = message::Entity::update_many()
        .col_expr(message::Column::FailedAt, Expr::val(change.now))
        .col_expr(message::Column::Error, "The borrower wants no more messages to this address.".into())
        .filter(message::Column::BorrowerId.eq(place.borrower_id))
        .filter(message::Column::Channel.eq(channel.code()))
        .filter(message::Column::Recipient.eq(place.address.as_str()))
        .filter(message::Column::ClaimedAt.is_null())
        .filter(message::Column::SentAt.is_null())
        .filter(message::Column::FailedAt.is_null());
    waiting.exec(&change.tx).await?;
    Ok(())
}
