//! People who sign in.

use crate::audit::Event;
use crate::change::Change;
use crate::connection::Store;
use crate::entity::{team, user};
use crate::error::{Result, StoreError};
use crate::{portfolios, teams};
use chrono::{DateTime, TimeDelta, Utc};
use domain::access::{Actor, Reach, Role, Scope, SignedIn};
use domain::id::{PortfolioId, TeamId, UserId};
use domain::money::Currency;
use sea_orm::sea_query::LockType;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, NotSet, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, Select, SelectTwo, Set, SqlErr,
};
use serde_json::json;
use std::collections::HashMap;

/// After so many wrong passwords in a row a person is locked out for [`LOCK_MINUTES`].
pub const FAILED_ATTEMPTS_MAX: u32 = 5;
pub const LOCK_MINUTES: i64 = 15;

#[derive(Clone, Debug)]
pub struct NewUser {
    pub email: String,
    pub name: String,
    pub role: Role,
    /// In PHC string format; this crate never sees a password.
    pub password_hash: String,
    pub portfolio: PortfolioId,
    pub team: Option<TeamId>,
}

/// What is needed to check who signs in.
#[derive(Clone, Debug)]
pub struct Credentials {
    pub user: SignedIn,
    pub password_hash: String,
    /// May have passed.
    pub locked_until: Option<DateTime<Utc>>,
}

pub async fn create(store: &Store, actor: Actor, new: NewUser, now: DateTime<Utc>) -> Result<SignedIn> {
    insert(store.change(actor, now).await?, new).await
}

/// The first person, and the portfolio that they bring.
#[derive(Clone, Debug)]
pub struct FirstAdmin {
    pub portfolio_name: String,
    pub currency: Currency,
    pub email: String,
    pub name: String,
    /// In the format of the Password Hashing Competition.
    pub password_hash: String,
}

/// Creates the first person, an administrator, and a portfolio where there is none yet; a conflict where there is
/// anybody.
pub async fn create_first_admin(
    store: &Store,
    actor: Actor,
    first: FirstAdmin,
    now: DateTime<Utc>,
) -> Result<SignedIn> {
    let change = store.change(actor, now).await?;
    // SQLite lets one transaction write at a time; PostgreSQL would let two look at the empty table at once.
    if change.tx.get_database_backend() == DbBackend::Postgres {
        change.tx.execute_unprepared("LOCK TABLE \"user\" IN SHARE ROW EXCLUSIVE MODE").await?;
    }
    if user::Entity::find().count(&change.tx).await? > 0 {
        return Err(StoreError::conflict("There is an administrator already. Sign in instead."));
    }
    portfolios::lock_all(&change.tx).await?;
    let portfolio = match portfolios::first_in(&change.tx).await? {
        Some(portfolio) => portfolios::name(&change, portfolio, &first.portfolio_name, first.currency).await?,
        None => portfolios::insert(&change, &first.portfolio_name, first.currency, false).await?,
    };
    let new = NewUser {
        email: first.email,
        name: first.name,
        role: Role::Admin,
        password_hash: first.password_hash,
        portfolio: portfolio.id,
        team: None,
    };
    insert(change, new).await
}

async fn insert(change: Change, new: NewUser) -> Result<SignedIn> {
    let team = match new.team {
        Some(id) => {
            let found = team::Entity::find_by_id(id.0)
                .filter(team::Column::PortfolioId.eq(new.portfolio.0))
                .one(&change.tx)
                .await?;
            Some(found.ok_or(StoreError::NotFound("team"))?)
        }
        None => None,
    };
    let row = user::ActiveModel {
        id: NotSet,
        email: Set(normal_email(&new.email)),
        name: Set(new.name),
        password_hash: Set(new.password_hash),
        role: Set(new.role.code().to_owned()),
        portfolio_id: Set(new.portfolio.0),
        team_id: Set(new.team.map(|team| team.0)),
        failed_attempts: Set(0),
        locked_until: Set(None),
        created_at: Set(change.now),
        signed_in_at: Set(None),
    };
    let row = row.insert(&change.tx).await.map_err(|error| match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => {
            StoreError::conflict("Somebody with this e-mail address is on file already.")
        }
        _ => error.into(),
    })?;
    let person = credentials((row, team))?.user;
    let details = json!({ "email": person.email, "role": person.role });
    change.commit(event("user.created", &person, details)).await?;
    Ok(person)
}

pub async fn count(store: &Store) -> Result<u64> {
    Ok(user::Entity::find().count(&store.db).await?)
}

/// Everybody of the portfolio, by name.
pub async fn list(store: &Store, scope: Scope) -> Result<Vec<SignedIn>> {
    if scope.reach != Reach::Portfolio {
        return Ok(Vec::new());
    }
    let rows = with_team(user::Entity::find())
        .filter(user::Column::PortfolioId.eq(scope.portfolio.0))
        .order_by_asc(user::Column::Name)
        .order_by_asc(user::Column::Id)
        .all(&store.db)
        .await?;
    rows.into_iter().map(|row| Ok(credentials(row)?.user)).collect()
}

pub async fn find(store: &Store, id: UserId) -> Result<Option<SignedIn>> {
    Ok(find_account(store, id).await?.map(|found| found.user))
}

/// The person of a session, with what the session is tied to.
pub async fn find_account(store: &Store, id: UserId) -> Result<Option<Credentials>> {
    with_team(user::Entity::find_by_id(id.0)).one(&store.db).await?.map(credentials).transpose()
}

pub async fn find_for_sign_in(store: &Store, email: &str) -> Result<Option<Credentials>> {
    let query = user::Entity::find().filter(user::Column::Email.eq(normal_email(email)));
    with_team(query).one(&store.db).await?.map(credentials).transpose()
}

/// Counts a wrong password. Gives until when the person is locked out, where this one or an earlier one did that.
pub async fn record_failed_sign_in(store: &Store, id: UserId, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>> {
    let change = store.change(Actor::Visitor, now).await?;
    let (row, person) = lock(&change, id).await?;
    if row.locked_until.is_some_and(|until| until > change.now) {
        return Ok(row.locked_until);
    }
    // A lock that has passed starts the count anew.
    let earlier = if row.locked_until.is_some() { 0 } else { row.failed_attempts };
    let failed = earlier + 1;
    let left = FAILED_ATTEMPTS_MAX.saturating_sub(failed as u32);
    let locked_until = (left == 0).then(|| change.now + TimeDelta::minutes(LOCK_MINUTES));
    let update = user::ActiveModel {
        id: Set(id.0),
        failed_attempts: Set(failed),
        locked_until: Set(locked_until),
        ..Default::default()
    };
    update.update(&change.tx).await?;
    let details = json!({ "tries_left": left, "locked_until": locked_until });
    change.commit(event("user.sign_in_failed", &person, details)).await?;
    Ok(locked_until)
}

/// Notes that a person signed in; forgets wrong passwords before.
pub async fn record_sign_in(store: &Store, id: UserId, now: DateTime<Utc>) -> Result<()> {
    let change = store.change(Actor::User(id), now).await?;
    let (_, person) = lock(&change, id).await?;
    let update = user::ActiveModel {
        id: Set(id.0),
        failed_attempts: Set(0),
        locked_until: Set(None),
        signed_in_at: Set(Some(change.now)),
        ..Default::default()
    };
    update.update(&change.tx).await?;
    change.commit(event("user.signed_in", &person, json!({}))).await
}

/// The person, held until the transaction ends, so that wrong passwords at once are all counted.
async fn lock(change: &Change, id: UserId) -> Result<(user::Model, SignedIn)> {
    let row = user::Entity::find_by_id(id.0).lock(LockType::NoKeyUpdate).one(&change.tx).await?;
    let row = row.ok_or(StoreError::NotFound("user"))?;
    let person = credentials((row.clone(), None))?.user;
    Ok((row, person))
}

fn event(action: &'static str, person: &SignedIn, details: serde_json::Value) -> Event {
    Event { portfolio: Some(person.portfolio), action, subject: format!("user:{}", person.id), details }
}

fn with_team(query: Select<user::Entity>) -> SelectTwo<user::Entity, team::Entity> {
    query.find_also_related(team::Entity)
}

fn credentials((row, team): (user::Model, Option<team::Model>)) -> Result<Credentials> {
    let user = SignedIn {
        id: UserId(row.id),
        name: row.name,
        email: row.email,
        role: Role::find(&row.role).ok_or_else(|| StoreError::unreadable("user.role"))?,
        portfolio: PortfolioId(row.portfolio_id),
        team: team.map(teams::view).transpose()?,
    };
    Ok(Credentials { user, password_hash: row.password_hash, locked_until: row.locked_until })
}

/// One address is one person, however it is typed. Control characters are dropped: no address has them, and PostgreSQL
/// refuses NUL.
fn normal_email(email: &str) -> String {
    email.trim().chars().filter(|letter| !letter.is_control()).flat_map(char::to_lowercase).collect()
}

/// The names of a portfolio's people.
#[derive(Clone, Debug)]
pub(crate) struct Names(HashMap<i64, String>);

/// Reads the names of a portfolio's people.
pub(crate) async fn names(db: &impl ConnectionTrait, portfolio: PortfolioId) -> Result<Names> {
    let names = user::Entity::find()
        .filter(user::Column::PortfolioId.eq(portfolio.0))
        .select_only()
        .columns([user::Column::Id, user::Column::Name]);
    Ok(Names(names.into_tuple::<(i64, String)>().all(db).await?.into_iter().collect()))
}

impl Names {
    pub(crate) fn of(&self, id: Option<i64>) -> String {
        id.and_then(|id| self.0.get(&id)).cloned().unwrap_or_else(|| "somebody who is gone".to_owned())
    }
}
