//! What people do with a draft: change its words, approve it or turn it down, and serve it.

use super::{state_of, within};
use crate::audit::Event;
use crate::breaches::{self, Breached, NewBreach, expect_words};
use crate::cases::GateCheck;
use crate::change::Change;
use crate::connection::Store;
use crate::entity::{action, gate_check, legal_notice, loan, recovery_case};
use crate::error::{Result, StoreError};
use crate::{contact_history, costs, portfolios};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::access::{Actor, Scope};
use domain::case::ActionState;
use domain::contact::{ActionKind, Channel};
use domain::contact_history::NoticeAsk;
use domain::gate::{Answer, Approval, Drafter, Verdict};
use domain::id::{LoanId, NoticeId, PortfolioId, UserId};
use domain::loan::RecoveryStatus;
use domain::notice::{BODY_LENGTH_MAX, NoticeState, NoticeText, ServiceMethod, TEXT_LENGTH_MAX, answer_by};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QuerySelect, Set};
use serde_json::json;

/// What a person says about a draft.
#[derive(Clone, Copy, Debug)]
pub struct Decision<'a> {
    pub notice: NoticeId,
    pub rationale: &'a str,
    /// The last day on which a court can be asked for the debt, where it is known.
    pub limitation_on: Option<NaiveDate>,
}

/// A notice that is to change, and nobody else may meanwhile.
async fn open(
    store: &Store,
    actor: Actor,
    scope: Scope,
    id: NoticeId,
    state: NoticeState,
    now: DateTime<Utc>,
) -> Result<(Change, legal_notice::Model)> {
    let change = store.change(actor, now).await?;
    let found = within(scope).filter(legal_notice::Column::Id.eq(id.0)).lock_exclusive().one(&change.tx).await?;
    let row = found.ok_or(StoreError::NotFound("notice"))?;
    let is = state_of(&row);
    if is != state {
        let is = is.label().to_lowercase();
        return Err(StoreError::conflict(&format!(
            "This notice is not at that point any more: {is}. Look at it again."
        )));
    }
    let case = recovery_case::Entity::find_by_id(row.case_id).one(&change.tx).await?;
    let loan = loan::Entity::find_by_id(row.loan_id).one(&change.tx).await?.ok_or(StoreError::NotFound("loan"))?;
    let is_paid = loan.recovery_status == RecoveryStatus::FullyRecovered.code() || loan.outstanding_minor == Some(0);
    if is_paid {
        return Err(StoreError::conflict("The loan is paid: nothing may be asked for any more. Turn the notice down."));
    }
    if case.is_none_or(|case| case.closed_at.is_some()) {
        return Err(StoreError::conflict("The loan has left the legal track: the notice will be withdrawn."));
    }
    Ok((change, row))
}

fn event(row: &legal_notice::Model, action: &'static str, details: serde_json::Value) -> Event {
    let portfolio = domain::id::PortfolioId(row.portfolio_id);
    Event { portfolio: Some(portfolio), action, subject: format!("notice:{}", row.id), details }
}

/// Changes the words of a draft. Who does so may not approve it.
pub async fn edit(
    store: &Store,
    actor: Actor,
    scope: Scope,
    id: NoticeId,
    (subject, body): (&str, &str),
    now: DateTime<Utc>,
) -> Result<()> {
    let (change, row) = open(store, actor, scope, id, NoticeState::Drafted, now).await?;
    let (subject, body) = (subject.trim(), body.trim());
    if subject.is_empty() || body.is_empty() {
        return Err(StoreError::conflict("A notice needs a subject and a text."));
    }
    if subject.chars().count() > 200 || body.chars().count() > BODY_LENGTH_MAX {
        let longest = format!("A subject has at most 200 characters, and a text {BODY_LENGTH_MAX}.");
        return Err(StoreError::conflict(&longest));
    }
    let mut text: NoticeText = serde_json::from_str(&row.content)?;
    if (text.subject.as_str(), text.body.as_str()) == (subject, body) {
        return Ok(());
    }
    let before = json!({ "subject": text.subject, "body": text.body });
    (text.subject, text.body) = (subject.to_owned(), body.to_owned());
    let mut editors: Vec<i64> = serde_json::from_str(&row.edited_by)?;
    if let Actor::User(person) = actor {
        editors.retain(|editor| *editor != person.0);
        editors.push(person.0);
    }
    let update = legal_notice::ActiveModel {
        id: Set(row.id),
        content: Set(serde_json::to_string(&text)?),
        edited_by: Set(serde_json::to_string(&editors)?),
        edited_at: Set(Some(change.now)),
        ..Default::default()
    };
    update.update(&change.tx).await?;
    change.commit(event(&row, "notice.edited", json!({ "before": before }))).await
}

/// Puts a notice to the contact gate and writes down the answer. Gives it, in words too, where the notice is not allowed, or
/// not before the next day.
async fn ask_gate(
    store: &Store,
    actor: Actor,
    row: &legal_notice::Model,
    asked: (Channel, Approval<'_>, Option<NaiveDate>),
    moment: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Option<(Answer, String)>> {
    let (channel, approval, limitation_on) = asked;
    let rules = portfolios::contact_rules(store, PortfolioId(row.portfolio_id)).await?;
    let history = contact_history::of_loan(store, LoanId(row.loan_id)).await?;
    let text: NoticeText = serde_json::from_str(&row.content)?;
    let address = text.recipient.join(", ");
    let notice = NoticeAsk { channel, address: &address, approval, limitation_on };
    let answer = history.ask_notice(LoanId(row.loan_id), &notice, &rules, moment);
    let change = store.change(actor, now).await?;
    let step = action::Entity::find_by_id(row.action_id).one(&change.tx).await?.and_then(|action| action.step);
    let check = GateCheck::new(ActionKind::LegalNotice, channel, &address, rules.pack, answer.clone());
    let check = check.row(row.case_id, step, change.now)?;
    gate_check::Entity::insert(check).exec_without_returning(&change.tx).await?;
    let details = json!({ "rules": answer.rule_ids().collect::<Vec<_>>() });
    change.commit(event(row, "notice.put_to_the_gate", details)).await?;
    let is_forbidden = match answer.verdict {
        Verdict::Allow => false,
        Verdict::Block => true,
        Verdict::Defer { until } => until - moment > TimeDelta::days(1),
    };
    let why: Vec<String> = answer.reasons.iter().map(|reason| reason.sentence(rules.zone)).collect();
    let why = format!("The contact rules do not allow this notice: {}", why.join(" "));
    Ok(is_forbidden.then_some((answer, why)))
}

/// Approves a draft: it may be served.
///
/// A conflict where the person had a hand in its words, where the loan is paid or has left the track, where the last day for a court
/// has passed, or where the rationale says nothing.
pub async fn approve(
    store: &Store,
    actor: Actor,
    scope: Scope,
    decision: Decision<'_>,
    now: DateTime<Utc>,
) -> Result<()> {
    let (change, row) = open(store, actor, scope, decision.notice, NoticeState::Drafted, now).await?;
    expect_words("why legal action is right", decision.rationale)?;
    let editors: Vec<i64> = serde_json::from_str(&row.edited_by)?;
    let Actor::User(person) = actor else {
        return Err(StoreError::conflict("Only a person approves a legal notice."));
    };
    if editors.contains(&person.0) {
        return Err(StoreError::conflict("You changed the words of this notice: somebody else has to approve it."));
    }
    if decision.limitation_on.is_some_and(|last| last < answer_by(change.now.date_naive())) {
        return Err(StoreError::conflict(
            "A court could not be asked any more by the time this notice has to be answered. Turn it down.",
        ));
    }
    // The gate's answer stays on file also where it forbids.
    drop(change);
    let approval = approval_of(&row, Some((person, now)), decision.rationale)?;
    let asked = (Channel::Post, approval, decision.limitation_on);
    if let Some((_, why)) = ask_gate(store, actor, &row, asked, now, now).await? {
        return Err(StoreError::Conflict(why));
    }
    let (change, row) = open(store, actor, scope, decision.notice, NoticeState::Drafted, now).await?;
    let editors: Vec<i64> = serde_json::from_str(&row.edited_by)?;
    if editors.contains(&person.0) {
        return Err(StoreError::conflict("You changed the words of this notice: somebody else has to approve it."));
    }
    let update = legal_notice::ActiveModel {
        id: Set(row.id),
        approved_at: Set(Some(change.now)),
        decided_by: Set(Some(person.0)),
        rationale: Set(decision.rationale.trim().to_owned()),
        limitation_on: Set(decision.limitation_on),
        ..Default::default()
    };
    update.update(&change.tx).await?;
    settle(&change, &row, ActionState::ToDo, "Approved: it is to be served.").await?;
    let details = json!({ "rationale": decision.rationale.trim(), "limitation_on": decision.limitation_on });
    change.commit(event(&row, "notice.approved", details)).await
}

/// Turns a draft down: it is never served.
pub async fn turn_down(
    store: &Store,
    actor: Actor,
    scope: Scope,
    decision: Decision<'_>,
    now: DateTime<Utc>,
) -> Result<()> {
    let change = store.change(actor, now).await?;
    let found = within(scope).filter(legal_notice::Column::Id.eq(decision.notice.0)).lock_exclusive();
    let row = found.one(&change.tx).await?.ok_or(StoreError::NotFound("notice"))?;
    if !matches!(state_of(&row), NoticeState::Drafted | NoticeState::Approved) {
        return Err(StoreError::conflict("This notice does not wait any more. Look at it again."));
    }
    expect_words("why not", decision.rationale)?;
    let Actor::User(person) = actor else {
        return Err(StoreError::conflict("Only a person turns a legal notice down."));
    };
    let update = legal_notice::ActiveModel {
        id: Set(row.id),
        turned_down_at: Set(Some(change.now)),
        approved_at: Set(None),
        decided_by: Set(Some(person.0)),
        rationale: Set(decision.rationale.trim().to_owned()),
        ..Default::default()
    };
    update.update(&change.tx).await?;
    settle(&change, &row, ActionState::Skipped, &format!("Turned down: {}", decision.rationale.trim())).await?;
    change.commit(event(&row, "notice.turned_down", json!({ "rationale": decision.rationale.trim() }))).await
}

/// What is told of the service of a notice.
#[derive(Clone, Copy, Debug)]
pub struct Served<'a> {
    pub on: NaiveDate,
    pub method: ServiceMethod,
    pub proof: &'a str,
    /// Why it was served although the contact rules do not allow it; empty where nobody says so.
    pub although: &'a str,
}

/// Writes down that an approved notice was served. Its time to answer runs from that day on.
///
/// A conflict where the contact gate does not allow it on that day and nobody says why it was served all the same. With such a
/// reason it is a breach.
pub async fn serve(
    store: &Store,
    actor: Actor,
    scope: Scope,
    id: NoticeId,
    served: Served<'_>,
    now: DateTime<Utc>,
) -> Result<()> {
    let (change, row) = open(store, actor, scope, id, NoticeState::Approved, now).await?;
    let Actor::User(person) = actor else {
        return Err(StoreError::conflict("Only a person serves a legal notice."));
    };
    let (on, method, proof) = (served.on, served.method, served.proof.trim());
    let is_excused = !served.although.trim().is_empty();
    if proof.is_empty() || proof.chars().count() > TEXT_LENGTH_MAX {
        return Err(StoreError::conflict("Name the proof of service, as the number of the registered letter."));
    }
    let approved_on = row.approved_at.map(|at| at.date_naive());
    if on > change.now.date_naive() || approved_on.is_some_and(|approved| on < approved) {
        return Err(StoreError::conflict(
            "A notice is served after its approval, and not in the future. Correct the day.",
        ));
    }
    if row.limitation_on.is_some_and(|last| last < on) && !is_excused {
        return Err(StoreError::conflict(
            "The last day for a court has passed: this notice may not be served any more.",
        ));
    }
    drop(change);
    let approved_by = row.decided_by.map(UserId).zip(row.approved_at);
    let approval = approval_of(&row, approved_by, &row.rationale)?;
    // The hour of service is not told; noon of its day stands for it, or now where that is still to come.
    let noon = on.and_hms_opt(12, 0, 0).map_or(now, |noon| noon.and_utc());
    let moment = noon.max(row.approved_at.unwrap_or(noon)).min(now);
    let channel = match method {
        ServiceMethod::Post => Channel::Post,
        ServiceMethod::Email => Channel::Email,
        ServiceMethod::InPerson | ServiceMethod::Court => Channel::InPerson,
    };
    let refusal = ask_gate(store, actor, &row, (channel, approval, row.limitation_on), moment, now).await?;
    if let Some((_, why)) = refusal.as_ref().filter(|_| !is_excused) {
        return Err(StoreError::Conflict(why.clone()));
    }
    let (change, row) = open(store, actor, scope, id, NoticeState::Approved, now).await?;
    if let Some((answer, _)) = &refusal {
        let (what, reason) = (Breached::Notice(id), served.although);
        let breach = NewBreach { what, loan: LoanId(row.loan_id), at: moment, answer, reason, by: person };
        breaches::record(&change, scope.portfolio, breach).await?;
    }
    let update = legal_notice::ActiveModel {
        id: Set(row.id),
        served_at: Set(Some(change.now)),
        served_by: Set(Some(person.0)),
        served_on: Set(Some(on)),
        service_method: Set(Some(method.code().to_owned())),
        service_proof: Set(proof.to_owned()),
        ..Default::default()
    };
    update.update(&change.tx).await?;
    let told = format!("{}, {proof}; to be answered by {}", method.label(), answer_by(on).format("%-d %B %Y"));
    settle(&change, &row, ActionState::Sent, &told).await?;
    costs::book(&change.tx, row.action_id).await?;
    let details = json!({ "on": on, "method": method.code(), "proof": proof, "is_breach": refusal.is_some() });
    change.commit(event(&row, "notice.served", details)).await
}

/// Who wrote a notice and who approved it, as the gate is told.
fn approval_of<'a>(
    row: &legal_notice::Model,
    approved_by: Option<(UserId, DateTime<Utc>)>,
    rationale: &'a str,
) -> Result<Approval<'a>> {
    let editors: Vec<i64> = serde_json::from_str(&row.edited_by)?;
    let drafted_by = editors.last().map_or(Drafter::Engine, |editor| Drafter::Person(UserId(*editor)));
    Ok(Approval { drafted_by, approved_by, rationale })
}

/// Tells the action that asked for a notice what became of it.
async fn settle(change: &Change, row: &legal_notice::Model, state: ActionState, detail: &str) -> Result<()> {
    let update = action::ActiveModel {
        id: Set(row.action_id),
        state: Set(state.code().to_owned()),
        detail: Set(detail.to_owned()),
        decided_at: Set(change.now),
        ..Default::default()
    };
    update.update(&change.tx).await?;
    Ok(())
}
