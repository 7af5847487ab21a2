//! Cases: loans on a track, what was done about them, and what comes next. A loan has one open case; it follows the
//! decision that holds.

mod carried_out;
mod due;
mod entries;

pub use carried_out::{CaseStep, Done, GateCheck, carried_out};
pub use due::{Contact, DueCase, Sent, due};

pub(crate) use due::open_cases_of;
pub(crate) use entries::{Entry, write_entries};

use crate::audit::Event;
use crate::change::Change;
use crate::connection::{Store, moment_sql};
use crate::entity::{action, gate_check, message, policy, portfolio, recovery_case};
use crate::error::{Result, StoreError};
use crate::settlements::is_email_due;
use crate::{holds, jobs, letters, notices, policies, portfolios};
use chrono::{DateTime, TimeDelta, Utc};
use domain::access::{Actor, Reach, Scope};
use domain::case::{ActionState, ActionView, CaseEnd, CaseView, MessageCounts, Treating};
use domain::contact::Channel;
use domain::gate::Answer;
use domain::id::{LoanId, PortfolioId};
use domain::job::Job;
use domain::loan::RecoveryStatus;
use domain::money::Money;
use domain::policy::plan::TreatmentKind;
use domain::policy::version::PolicyBody;
use domain::track::Track;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Set,
    Statement,
};
use serde_json::json;
use std::collections::HashMap;

/// Lets cases follow the decisions that hold: closes those whose loan is on another track, recovered, or not behind any more,
/// and opens one for each other decided loan that has none. Asks that what is due be carried out, where treatments are.
pub(crate) async fn follow(change: &mut Change, portfolio: PortfolioId) -> Result<()> {
    follow_where(change, portfolio, ["", ""]).await
}

/// As [`follow`], of one loan.
pub(crate) async fn follow_one(change: &mut Change, portfolio: PortfolioId, loan: LoanId) -> Result<()> {
    let [of_case, of_loan] = [format!("AND recovery_case.loan_id = {loan}"), format!("AND l.id = {loan}")];
    follow_where(change, portfolio, [&of_case, &of_loan]).await
}

/// With conditions that narrow down cases, and loans.
async fn follow_where(change: &mut Change, portfolio: PortfolioId, [cases, loans]: [&str; 2]) -> Result<()> {
    let backend = change.tx.get_database_backend();
    let recovered = RecoveryStatus::FullyRecovered.code();
    let now = moment_sql(backend, "$2");
    let cleared = "EXISTS (SELECT 1 FROM loan_watch w WHERE w.loan_id = l.id AND w.cleared_at IS NOT NULL)";
    let [is_recovered, is_cleared, has_moved] = CaseEnd::ALL.map(CaseEnd::code);
    let close = format!(
        "UPDATE recovery_case SET closed_at = {now}, next_at = NULL, closed_why = (SELECT CASE \
         WHEN l.recovery_status = '{recovered}' THEN '{is_recovered}' WHEN {cleared} THEN '{is_cleared}' \
         ELSE '{has_moved}' END FROM loan l WHERE l.id = recovery_case.loan_id) \
         WHERE portfolio_id = $1 AND closed_at IS NULL {cases} AND EXISTS \
         (SELECT 1 FROM loan l WHERE l.id = recovery_case.loan_id \
         AND (l.current_track IS DISTINCT FROM recovery_case.track OR l.recovery_status = '{recovered}' OR {cleared}))"
    );
    let close = Statement::from_sql_and_values(backend, close, [portfolio.0.into(), change.now.into()]);
    change.tx.execute_raw(close).await?;
    notices::withdraw_needless(change, portfolio).await?;
    letters::withdraw_needless(change, portfolio).await?;
    let held = policies::row_in_force(&change.tx, portfolio, change.now).await?;
    let body: PolicyBody = serde_json::from_str(&held.body)?;
    for track in Track::ALL {
        let first = body.plans.of(track).first().map(|step| change.now + TimeDelta::days(i64::from(step.on_day)));
        let open = format!(
            "INSERT INTO recovery_case (portfolio_id, loan_id, track, policy_id, opened_at, next_step, next_at) \
             SELECT l.portfolio_id, l.id, l.current_track, $3, {now}, {step}, {at} FROM loan l \
             WHERE l.portfolio_id = $1 {loans} AND l.current_track = $5 AND l.recovery_status <> '{recovered}' AND NOT {cleared} AND NOT EXISTS \
             (SELECT 1 FROM recovery_case c WHERE c.loan_id = l.id AND c.closed_at IS NULL) ORDER BY l.id",
            step = if first.is_some() { "0" } else { "NULL" },
            at = moment_sql(backend, "$4"),
        );
        let values = [portfolio.0.into(), change.now.into(), held.id.into(), first.into(), track.code().into()];
        change.tx.execute_raw(Statement::from_sql_and_values(backend, open, values)).await?;
    }
    ask_for_due(change, portfolio).await
}

/// Asks for the work on what is due, where treatments are carried out and something is.
pub(crate) async fn ask_for_due(change: &mut Change, portfolio: PortfolioId) -> Result<()> {
    let treats = portfolio::Entity::find_by_id(portfolio.0).filter(portfolio::Column::TreatsSince.is_not_null());
    if treats.one(&change.tx).await?.is_none() {
        return Ok(());
    }
    if has_due(&change.tx, portfolio, change.now).await? {
        jobs::add(change, portfolio, &Job::CarryOut { portfolio }).await?;
    }
    Ok(())
}

async fn has_due(db: &impl ConnectionTrait, portfolio: PortfolioId, now: DateTime<Utc>) -> Result<bool> {
    Ok(is_due(portfolio, now).one(db).await?.is_some() || is_email_due(portfolio, now).one(db).await?.is_some())
}

fn is_due(portfolio: PortfolioId, now: DateTime<Utc>) -> sea_orm::Select<recovery_case::Entity> {
    recovery_case::Entity::find()
        .filter(recovery_case::Column::PortfolioId.eq(portfolio.0))
        .filter(recovery_case::Column::ClosedAt.is_null())
        .filter(recovery_case::Column::NextAt.lte(now))
}

/// Tells of holds that have run out, and asks for the work on what has become due meanwhile, in all portfolios. To be called
/// every minute or so.
pub async fn look_for_due(store: &Store, now: DateTime<Utc>) -> Result<()> {
    holds::look_for_ends(store, now).await?;
    let treated = portfolio::Entity::find()
        .filter(portfolio::Column::TreatsSince.is_not_null())
        .select_only()
        .column(portfolio::Column::Id);
    for id in treated.into_tuple::<i64>().all(&store.db).await? {
        let portfolio = PortfolioId(id);
        if has_due(&store.db, portfolio, now).await? {
            jobs::enqueue(store, Actor::Schedule, portfolio, &Job::CarryOut { portfolio }, now).await?;
        }
    }
    Ok(())
}

/// Whether treatments are carried out, which everybody in the portfolio may know.
pub async fn treats(store: &Store, portfolio: PortfolioId) -> Result<bool> {
    let treated = portfolio::Entity::find_by_id(portfolio.0).filter(portfolio::Column::TreatsSince.is_not_null());
    Ok(treated.one(&store.db).await?.is_some())
}

/// Begins to carry treatments out, or stops it. What is on its way goes out all the same.
pub async fn treat(store: &Store, actor: Actor, scope: Scope, begins: bool, now: DateTime<Utc>) -> Result<()> {
    if scope.reach != Reach::Portfolio {
        return Err(StoreError::NotFound("portfolio"));
    }
    let mut change = store.change(actor, now).await?;
    let portfolio = portfolios::lock(&change.tx, scope.portfolio).await?;
    let since = begins.then_some(change.now);
    let update = portfolio::ActiveModel { id: Set(portfolio.id.0), treats_since: Set(since), ..Default::default() };
    sea_orm::ActiveModelTrait::update(update, &change.tx).await?;
    if begins {
        ask_for_due(&mut change, portfolio.id).await?;
    }
    let action = if begins { "treatments.started" } else { "treatments.stopped" };
    let subject = format!("portfolio:{}", portfolio.id);
    change.commit(Event { portfolio: Some(portfolio.id), action, subject, details: json!({}) }).await
}

#[derive(Debug, FromQueryResult)]
struct Counts {
    open: i64,
    due: i64,
    to_do: i64,
    waiting: i64,
    letters: i64,
    sent: i64,
    failed: i64,
    in_doubt: i64,
}

/// Treatments of the portfolio as a whole.
pub async fn treating(store: &Store, scope: Scope, now: DateTime<Utc>) -> Result<Treating> {
    if scope.reach != Reach::Portfolio {
        return Err(StoreError::NotFound("portfolio"));
    }
    let backend = store.db.get_database_backend();
    let sql = format!(
        "SELECT (SELECT COUNT(*) FROM recovery_case c WHERE c.portfolio_id = $1 AND c.closed_at IS NULL) AS open, \
         (SELECT COUNT(*) FROM recovery_case c WHERE c.portfolio_id = $1 AND c.closed_at IS NULL AND c.next_at <= {now}) AS due, \
         (SELECT COUNT(*) FROM action a JOIN recovery_case c ON c.id = a.case_id WHERE c.portfolio_id = $1 \
         AND c.closed_at IS NULL AND a.state = '{to_do}') AS to_do, \
         COUNT(CASE WHEN {waits} AND m.channel <> '{post}' THEN 1 END) AS waiting, \
         COUNT(CASE WHEN {waits} AND m.channel = '{post}' THEN 1 END) AS letters, \
         COUNT(m.sent_at) AS sent, COUNT(m.failed_at) AS failed, COUNT(m.in_doubt_at) AS in_doubt \
         FROM message m WHERE m.portfolio_id = $1",
        now = moment_sql(backend, "$2"),
        waits = "m.sent_at IS NULL AND m.failed_at IS NULL AND m.in_doubt_at IS NULL",
        post = Channel::Post.code(),
        to_do = ActionState::ToDo.code(),
    );
    let statement = Statement::from_sql_and_values(backend, sql, [scope.portfolio.0.into(), now.into()]);
    let counts = Counts::find_by_statement(statement).one(&store.db).await?;
    let counts = counts.ok_or_else(|| StoreError::unreadable("counts of treatments"))?;
    let since = portfolio::Entity::find_by_id(scope.portfolio.0).one(&store.db).await?;
    Ok(Treating {
        since: since.ok_or(StoreError::NotFound("portfolio"))?.treats_since,
        open_cases: counts.open as u32,
        due_cases: counts.due as u32,
        to_do: counts.to_do as u32,
        messages: MessageCounts {
            waiting: counts.waiting as u32,
            letters: counts.letters as u32,
            sent: counts.sent as u32,
            failed: counts.failed as u32,
            in_doubt: counts.in_doubt as u32,
        },
    })
}

/// How often something was done on a track, or would have been.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct DoneOnTrack {
    pub track: Track,
    pub kind: TreatmentKind,
    pub state: ActionState,
    pub count: u64,
}

#[derive(Debug, FromQueryResult)]
struct DoneColumns {
    track: String,
    kind: String,
    state: String,
    n: i64,
}

/// What was done from a moment on and before another one, by track and kind.
pub async fn done_between(
    store: &Store,
    scope: Scope,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Vec<DoneOnTrack>> {
    let backend = store.db.get_database_backend();
    let sql = format!(
        "SELECT c.track, a.kind, a.state, COUNT(*) AS n FROM action a JOIN recovery_case c ON c.id = a.case_id \
         WHERE c.portfolio_id = $1 AND a.decided_at >= {} AND a.decided_at < {} \
         GROUP BY c.track, a.kind, a.state ORDER BY c.track, a.kind, a.state",
        moment_sql(backend, "$2"),
        moment_sql(backend, "$3"),
    );
    let values = [scope.portfolio.0.into(), from.into(), until.into()];
    let rows = DoneColumns::find_by_statement(Statement::from_sql_and_values(backend, sql, values)).all(&store.db);
    let unreadable = || StoreError::unreadable("action");
    let view = |row: DoneColumns| {
        Ok(DoneOnTrack {
            track: Track::find(&row.track).ok_or_else(unreadable)?,
            kind: TreatmentKind::find(&row.kind).ok_or_else(unreadable)?,
            state: ActionState::find(&row.state).ok_or_else(unreadable)?,
            count: row.n as u64,
        })
    };
    rows.await?.into_iter().map(view).collect()
}

/// When something was done last.
pub async fn last_done(store: &Store, scope: Scope) -> Result<Option<DateTime<Utc>>> {
    let cases = recovery_case::Entity::find()
        .select_only()
        .column(recovery_case::Column::Id)
        .filter(recovery_case::Column::PortfolioId.eq(scope.portfolio.0));
    let last = action::Entity::find()
        .select_only()
        .column(action::Column::DecidedAt)
        .filter(action::Column::CaseId.in_subquery(cases.into_query()))
        .order_by_desc(action::Column::DecidedAt);
    Ok(last.into_tuple::<DateTime<Utc>>().one(&store.db).await?)
}

/// The cases of a loan of one's scope, the newest first.
pub async fn of_loan(store: &Store, scope: Scope, loan: LoanId) -> Result<Vec<CaseView>> {
    crate::loans::expect_within(store, scope, loan).await?;
    let cases = recovery_case::Entity::find()
        .filter(recovery_case::Column::LoanId.eq(loan.0))
        .order_by_desc(recovery_case::Column::Id)
        .all(&store.db)
        .await?;
    let ids: Vec<i64> = cases.iter().map(|case| case.id).collect();
    let actions = action::Entity::find()
        .filter(action::Column::CaseId.is_in(ids.iter().copied()))
        .order_by_desc(action::Column::Id)
        .all(&store.db)
        .await?;
    let checks = gate_check::Entity::find()
        .filter(gate_check::Column::CaseId.is_in(ids))
        .order_by_asc(gate_check::Column::Id)
        .all(&store.db)
        .await?;
    let messages = message::Entity::find()
        .filter(message::Column::ActionId.is_in(actions.iter().map(|action| action.id)))
        .all(&store.db)
        .await?;
    let sent: HashMap<i64, &message::Model> = messages.iter().map(|message| (message.action_id, message)).collect();
    let mut views = Vec::new();
    for case in cases {
        let held = policy::Entity::find_by_id(case.policy_id).one(&store.db).await?;
        let held = held.ok_or(StoreError::NotFound("policy"))?;
        let track = Track::find(&case.track).ok_or_else(|| StoreError::unreadable("recovery_case.track"))?;
        let body: PolicyBody = serde_json::from_str(&held.body)?;
        let step = case.next_step.and_then(|step| body.plans.of(track).get(step as usize));
        let own = actions.iter().filter(|action| action.case_id == case.id);
        let view = |action: &action::Model| {
            // What no plan asked for is told apart by its moment.
            let is_own = |check: &gate_check::Model| match action.step {
                Some(_) => check.step == action.step,
                None => check.step.is_none() && check.asked_at == action.decided_at,
            };
            let last = checks.iter().rfind(|check| check.case_id == case.id && is_own(check));
            action_view(action, last, sent.get(&action.id).copied())
        };
        views.push(CaseView {
            track,
            policy_version: held.version,
            opened_at: case.opened_at,
            closed_at: case.closed_at,
            closed_why: case.closed_why.as_deref().and_then(CaseEnd::find),
            next: step.map(|step| step.kind).zip(case.next_at),
            actions: own.map(view).collect::<Result<_>>()?,
        });
    }
    Ok(views)
}

fn action_view(
    action: &action::Model,
    check: Option<&gate_check::Model>,
    message: Option<&message::Model>,
) -> Result<ActionView> {
    let state = ActionState::find(&action.state).ok_or_else(|| StoreError::unreadable("action.state"))?;
    let kind = TreatmentKind::find(&action.kind).ok_or_else(|| StoreError::unreadable("action.kind"))?;
    let (state, at) = match message {
        Some(message) => match (message.sent_at, message.failed_at, message.in_doubt_at) {
            (Some(at), ..) => (ActionState::Sent, at),
            (_, Some(at), _) => (ActionState::Failed, at),
            (_, _, Some(at)) => (ActionState::InDoubt, at),
            _ => (state, action.decided_at),
        },
        None => (state, action.decided_at),
    };
    let detail = match message.filter(|message| !message.error.is_empty()) {
        Some(message) => format!("{}: {}", action.detail, message.error),
        None => action.detail.clone(),
    };
    let answer = check.map(|check| serde_json::from_str::<Answer>(&check.answer)).transpose()?;
    let rules = answer.iter().flat_map(Answer::rule_ids).map(str::to_owned).collect();
    Ok(ActionView { kind, state, detail, rules, cost: action.cost_minor.map(Money::from_minor), at })
}
