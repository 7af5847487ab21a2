//! Portfolios. Each starts with version 1 of the policy and a team for each track.

use crate::audit::{self, Event};
use crate::change::Change;
use crate::connection::Store;
use crate::entity::{portfolio, team};
use crate::error::{Result, StoreError};
use crate::{policies, templates};
use chrono::{DateTime, Utc};
use domain::access::{Actor, Reach, Scope};
use domain::contact_rules::ContactRules;
use domain::id::PortfolioId;
use domain::money::Currency;
use domain::team::Portfolio;
use domain::track::Track;
use sea_orm::sea_query::LockType;
use sea_orm::{ActiveModelTrait, ConnectionTrait, DbBackend, EntityTrait, NotSet, QueryOrder, QuerySelect, Set};
use serde_json::json;

/// No contact rules are applied until an admin chooses a pack.
const CONTACT_RULE_PACK: &str = "none";

/// The lender's clock until an admin says otherwise.
const TIME_ZONE: &str = "UTC";

const TEAMS: [(&str, Track); 3] =
    [("Intensive recovery", Track::Legal), ("Settlements", Track::Settlement), ("Reminders", Track::Standard)];

pub async fn create(
    store: &Store,
    actor: Actor,
    name: &str,
    currency: Currency,
    is_demo: bool,
    now: DateTime<Utc>,
) -> Result<Portfolio> {
    let change = store.change(actor, now).await?;
    let (portfolio, event) = add(&change, name, currency, is_demo).await?;
    change.commit(event).await?;
    Ok(portfolio)
}

/// The oldest portfolio, or a new one of this name and currency. Whoever asks at the same moment gets the same.
pub async fn first_or_create(
    store: &Store,
    actor: Actor,
    name: &str,
    currency: Currency,
    now: DateTime<Utc>,
) -> Result<Portfolio> {
    let change = store.change(actor, now).await?;
    lock_all(&change.tx).await?;
    if let Some(portfolio) = first_in(&change.tx).await? {
        return Ok(portfolio);
    }
    let (portfolio, event) = add(&change, name, currency, false).await?;
    change.commit(event).await?;
    Ok(portfolio)
}

/// Creates a portfolio as a part of a larger change.
pub(crate) async fn insert(change: &Change, name: &str, currency: Currency, is_demo: bool) -> Result<Portfolio> {
    let (portfolio, event) = add(change, name, currency, is_demo).await?;
    audit::append(&change.tx, change.actor, change.now, event).await?;
    Ok(portfolio)
}

/// Gives a portfolio that an import made the name that its first admin chooses. A conflict where the currency is another.
pub(crate) async fn name(change: &Change, made: Portfolio, name: &str, currency: Currency) -> Result<Portfolio> {
    if made.currency != currency {
        let on_file = made.currency;
        let message = format!("Currency: files were loaded already, in {on_file}. Choose {on_file}.");
        return Err(StoreError::Conflict(message));
    }
    let update = portfolio::ActiveModel { id: Set(made.id.0), name: Set(name.to_owned()), ..Default::default() };
    let named = view(update.update(&change.tx).await?)?;
    let event = Event {
        portfolio: Some(named.id),
        action: "portfolio.named",
        subject: format!("portfolio:{}", named.id),
        details: json!({ "name": name }),
    };
    audit::append(&change.tx, change.actor, change.now, event).await?;
    Ok(named)
}

async fn add(change: &Change, name: &str, currency: Currency, is_demo: bool) -> Result<(Portfolio, Event)> {
    let row = portfolio::ActiveModel {
        id: NotSet,
        name: Set(name.to_owned()),
        currency: Set(currency.code().to_owned()),
        contact_rule_pack: Set(CONTACT_RULE_PACK.to_owned()),
        time_zone: Set(TIME_ZONE.to_owned()),
        borrower_zones: Set(String::new()),
        is_demo: Set(is_demo),
        created_at: Set(change.now),
        treats_since: Set(None),
    };
    let portfolio = view(row.insert(&change.tx).await?)?;
    let teams = TEAMS.map(|(name, track)| team::ActiveModel {
        id: NotSet,
        portfolio_id: Set(portfolio.id.0),
        name: Set(name.to_owned()),
        track: Set(track.code().to_owned()),
    });
    team::Entity::insert_many(teams).exec_without_returning(&change.tx).await?;
    policies::add_first(change, portfolio.id).await?;
    templates::seed(&change.tx).await?;
    let event = Event {
        portfolio: Some(portfolio.id),
        action: "portfolio.created",
        subject: format!("portfolio:{}", portfolio.id),
        details: json!({ "name": name, "currency": currency, "is_demo": is_demo }),
    };
    Ok((portfolio, event))
}

pub async fn find(store: &Store, id: PortfolioId) -> Result<Option<Portfolio>> {
    find_in(&store.db, id).await
}

pub(crate) async fn find_in(db: &impl ConnectionTrait, id: PortfolioId) -> Result<Option<Portfolio>> {
    portfolio::Entity::find_by_id(id.0).one(db).await?.map(view).transpose()
}

pub async fn get(store: &Store, id: PortfolioId) -> Result<Portfolio> {
    find(store, id).await?.ok_or(StoreError::NotFound("portfolio"))
}

/// The rules by which the borrowers of a portfolio are reached.
pub async fn contact_rules(store: &Store, id: PortfolioId) -> Result<ContactRules> {
    let row = portfolio::Entity::find_by_id(id.0).one(&store.db).await?;
    read_rules(&row.ok_or(StoreError::NotFound("portfolio"))?)
}

fn read_rules(row: &portfolio::Model) -> Result<ContactRules> {
    let rules = ContactRules::read(&row.contact_rule_pack, &row.time_zone, &row.borrower_zones);
    rules.map_err(|_| StoreError::unreadable("portfolio.contact_rule_pack, time_zone or borrower_zones"))
}

/// Reaches the borrowers of a portfolio by other rules from now on.
pub async fn set_contact_rules(
    store: &Store,
    actor: Actor,
    scope: Scope,
    rules: &ContactRules,
    now: DateTime<Utc>,
) -> Result<()> {
    if scope.reach != Reach::Portfolio {
        return Err(StoreError::NotFound("portfolio"));
    }
    let change = store.change(actor, now).await?;
    let id = lock(&change.tx, scope.portfolio).await?.id;
    let words = |row: &portfolio::Model| json!([row.contact_rule_pack, row.time_zone, row.borrower_zones]);
    let before = portfolio::Entity::find_by_id(id.0).one(&change.tx).await?;
    let update = portfolio::ActiveModel {
        id: Set(id.0),
        contact_rule_pack: Set(rules.pack.id.to_owned()),
        time_zone: Set(rules.zone.name().to_owned()),
        borrower_zones: Set(rules.borrower_zone_names()),
        ..Default::default()
    };
    let after = update.update(&change.tx).await?;
    let event = Event {
        portfolio: Some(id),
        action: "portfolio.contact_rules_changed",
        subject: format!("portfolio:{id}"),
        details: json!({ "from": before.as_ref().map(words), "to": words(&after) }),
    };
    change.commit(event).await
}

/// The oldest portfolio; nothing on a new database.
pub async fn first(store: &Store) -> Result<Option<Portfolio>> {
    first_in(&store.db).await
}

pub(crate) async fn first_in(db: &impl ConnectionTrait) -> Result<Option<Portfolio>> {
    portfolio::Entity::find().order_by_asc(portfolio::Column::Id).one(db).await?.map(view).transpose()
}

/// Lets one caller at a time see that there is no portfolio. `SQLite` lets one transaction write at a time; `PostgreSQL`
/// would let two look at the empty table at once.
pub(crate) async fn lock_all(tx: &impl ConnectionTrait) -> Result<()> {
    if tx.get_database_backend() == DbBackend::Postgres {
        tx.execute_unprepared("LOCK TABLE portfolio IN SHARE ROW EXCLUSIVE MODE").await?;
    }
    Ok(())
}

/// The portfolio, held until the caller's transaction ends, so that imports and decisions take turns. Its key stays
/// free: others may still add rows that refer to it.
pub(crate) async fn lock(tx: &impl ConnectionTrait, id: PortfolioId) -> Result<Portfolio> {
    let row = portfolio::Entity::find_by_id(id.0).lock(LockType::NoKeyUpdate).one(tx).await?;
    view(row.ok_or(StoreError::NotFound("portfolio"))?)
}

fn view(row: portfolio::Model) -> Result<Portfolio> {
    Ok(Portfolio {
        id: PortfolioId(row.id),
        name: row.name,
        currency: Currency::find(&row.currency).ok_or_else(|| StoreError::unreadable("portfolio.currency"))?,
        is_demo: row.is_demo,
    })
}
