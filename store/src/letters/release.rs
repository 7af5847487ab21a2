//! What people do with a letter: print it, and write down that it was posted. A letter whose case or offer has ended goes
//! nowhere.

use super::{state_of, within};
use crate::audit::Event;
use crate::breaches::{self, Breached, NewBreach};
use crate::cases::GateCheck;
use crate::change::Change;
use crate::connection::{Store, moment_sql};
use crate::entity::{action, gate_check, letter, message, recovery_case, settlement};
use crate::error::{Result, StoreError};
use crate::{contact_history, costs, portfolios};
use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone, Utc};
use domain::access::{Actor, Scope};
use domain::case::ActionState;
use domain::contact::Channel;
use domain::contact_history::SentMessage;
use domain::contact_rules::ContactRules;
use domain::gate::Answer;
use domain::id::{LetterId, LoanId, PortfolioId, UserId};
use domain::letter::{LetterState, PROOF_LENGTH_MAX};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Set, Statement};
use serde_json::json;

const ENDED: &str = "The case ended before it was posted.";

/// A letter that waits, and nobody else may do anything with meanwhile.
struct Held {
    change: Change,
    letter: letter::Model,
    message: message::Model,
    by: UserId,
}

async fn hold(store: &Store, actor: Actor, scope: Scope, id: LetterId, now: DateTime<Utc>) -> Result<Held> {
    let Actor::User(by) = actor else { return Err(StoreError::conflict("Only a person posts letters.")) };
    let change = store.change(actor, now).await?;
    let missing = || StoreError::NotFound("letter");
    let found = within(scope, None).filter(letter::Column::Id.eq(id.0)).lock_exclusive();
    let letter = found.one(&change.tx).await?.ok_or_else(missing)?;
    let message = message::Entity::find_by_id(letter.message_id).one(&change.tx).await?.ok_or_else(missing)?;
    Ok(Held { change, letter, message, by })
}

impl Held {
    /// Why there is nothing to be sent any more.
    async fn expect_wanted(&self) -> Result<()> {
        let case = recovery_case::Entity::find_by_id(self.letter.case_id).one(&self.change.tx).await?;
        if case.is_none_or(|case| case.closed_at.is_some()) {
            return Err(StoreError::conflict(
                "The loan is paid or has left this track: the letter is not to be sent any more.",
            ));
        }
        let Some(id) = self.letter.settlement_id else { return Ok(()) };
        let offer = settlement::Entity::find_by_id(id).one(&self.change.tx).await?;
        let is_open = |row: &settlement::Model| {
            row.accepted_at.is_none()
                && row.withdrawn_at.is_none()
                && row.expired_at.is_none()
                && row.expires_on >= self.change.now.date_naive()
        };
        if offer.as_ref().is_some_and(is_open) {
            return Ok(());
        }
        Err(StoreError::conflict("The offer or plan is not open any more: its letter is not to be sent."))
    }

    /// Puts the letter to the contact gate as of a moment, and writes the answer down. Gives it where the letter may not go out.
    async fn refusal(&self, store: &Store, rules: &ContactRules, moment: DateTime<Utc>) -> Result<Option<Answer>> {
        let loan = LoanId(self.message.loan_id);
        let history = contact_history::of_loan(store, loan).await?;
        let sent = SentMessage {
            id: self.message.id,
            at: moment,
            loan,
            channel: Channel::Post,
            recipient: self.message.recipient.clone(),
            carries_opt_out: false,
            carries_validation: self.message.carries_validation,
        };
        let answer = history.ask_about(&sent, rules);
        let action = action::Entity::find_by_id(self.message.action_id).one(&self.change.tx).await?;
        let step = action.and_then(|action| action.step);
        let kind = Channel::Post.message_kind();
        let check = GateCheck::new(kind, Channel::Post, &sent.recipient, rules.pack, answer.clone());
        let check = check.row(self.letter.case_id, step, self.change.now)?;
        gate_check::Entity::insert(check).exec_without_returning(&self.change.tx).await?;
        Ok(Some(answer).filter(|answer| !answer.is_allowed()))
    }

    fn event(&self, action: &'static str, details: serde_json::Value) -> Event {
        let portfolio = Some(PortfolioId(self.letter.portfolio_id));
        Event { portfolio, action, subject: format!("letter:{}", self.letter.id), details }
    }

    /// Ends with the gate's no, which stays on file.
    async fn refuse(self, answer: &Answer, rules: &ContactRules) -> Result<()> {
        let why: Vec<String> = answer.reasons.iter().map(|reason| reason.sentence(rules.zone)).collect();
        let why = format!("The contact rules do not allow this letter: {}", why.join(" "));
        let event = self.event("letter.not_allowed", json!({ "why": why }));
        self.change.commit(event).await?;
        Err(StoreError::Conflict(why))
    }
}

/// Writes down that a letter is printed; a second time changes nothing. A conflict where it may not go out.
pub async fn print(store: &Store, actor: Actor, scope: Scope, id: LetterId, now: DateTime<Utc>) -> Result<()> {
    let rules = portfolios::contact_rules(store, scope.portfolio).await?;
    let held = hold(store, actor, scope, id, now).await?;
    match state_of(&held.letter, &held.message) {
        LetterState::ToPrint | LetterState::Printed => {}
        LetterState::Posted => return Err(StoreError::conflict("This letter was posted already.")),
        LetterState::Withheld => return Err(withheld(&held.message)),
    }
    held.expect_wanted().await?;
    if let Some(answer) = held.refusal(store, &rules, held.change.now).await? {
        return held.refuse(&answer, &rules).await;
    }
    if held.letter.printed_at.is_none() {
        let update = letter::ActiveModel {
            id: Set(held.letter.id),
            printed_at: Set(Some(held.change.now)),
            printed_by: Set(Some(held.by.0)),
            ..Default::default()
        };
        update.update(&held.change.tx).await?;
    }
    let event = held.event("letter.printed", json!({}));
    held.change.commit(event).await
}

/// What is told of the posting of a letter.
#[derive(Clone, Copy, Debug)]
pub struct Posting<'a> {
    pub on: NaiveDate,
    /// Empty where there is none.
    pub proof: &'a str,
    /// Why it was posted although the contact rules do not allow it; empty where nobody says so.
    pub although: &'a str,
}

/// Writes down that a printed letter was posted on a day, with a proof if there is one. The same again changes nothing.
///
/// A conflict where it was posted already, where the day lies before its making or in the future, and where the contact gate
/// does not allow it on that day and nobody says why it was posted all the same. With such a reason it is a breach.
pub async fn post(
    store: &Store,
    actor: Actor,
    scope: Scope,
    id: LetterId,
    posting: Posting<'_>,
    now: DateTime<Utc>,
) -> Result<()> {
    let rules = portfolios::contact_rules(store, scope.portfolio).await?;
    let held = hold(store, actor, scope, id, now).await?;
    let (on, proof) = (posting.on, posting.proof.trim());
    match state_of(&held.letter, &held.message) {
        LetterState::Printed => {}
        LetterState::ToPrint => return Err(StoreError::conflict("Print the letter first.")),
        LetterState::Withheld => return Err(withheld(&held.message)),
        LetterState::Posted => {
            let known = (held.letter.posted_by, held.letter.posted_on, held.letter.proof.as_str());
            let is_same = known == (Some(held.by.0), Some(on), proof);
            let twice = "Somebody has written down already that this letter was posted.";
            return if is_same { Ok(()) } else { Err(StoreError::conflict(twice)) };
        }
    }
    if proof.chars().count() > PROOF_LENGTH_MAX {
        return Err(StoreError::Conflict(format!("Proof: say it in at most {PROOF_LENGTH_MAX} characters.")));
    }
    let day_of = |at: DateTime<Utc>| at.with_timezone(&rules.zone).date_naive();
    let (made_on, today) = (day_of(held.message.created_at), day_of(held.change.now));
    if on < made_on || on > today {
        return Err(StoreError::conflict("Posted on: choose a day from the making of the letter up to today."));
    }
    // Of an earlier day the hour is not told; noon stands for it, where the lender is.
    let noon = rules.zone.from_local_datetime(&on.and_time(NOON)).earliest().map(|noon| noon.to_utc());
    let moment = noon.filter(|_| on < today).unwrap_or(held.change.now).max(held.message.created_at);
    held.expect_wanted().await?;
    let refusal = held.refusal(store, &rules, moment).await?;
    if let Some(answer) = &refusal {
        if posting.although.trim().is_empty() {
            return held.refuse(answer, &rules).await;
        }
        let what = Breached::Letter { message: held.message.id };
        let (loan, reason, by) = (LoanId(held.message.loan_id), posting.although, held.by);
        let breach = NewBreach { what, loan, at: moment, answer, reason, by };
        breaches::record(&held.change, scope.portfolio, breach).await?;
    }
    let posted = letter::ActiveModel {
        id: Set(held.letter.id),
        recorded_at: Set(Some(held.change.now)),
        posted_by: Set(Some(held.by.0)),
        posted_on: Set(Some(on)),
        proof: Set(proof.to_owned()),
        ..Default::default()
    };
    posted.update(&held.change.tx).await?;
    costs::book(&held.change.tx, held.message.action_id).await?;
    let sent = message::ActiveModel {
        id: Set(held.message.id),
        claimed_at: Set(Some(moment)),
        sent_at: Set(Some(moment)),
        attempts: Set(1),
        ..Default::default()
    };
    sent.update(&held.change.tx).await?;
    let done = action::ActiveModel {
        id: Set(held.message.action_id),
        state: Set(ActionState::Sent.code().to_owned()),
        ..Default::default()
    };
    done.update(&held.change.tx).await?;
    let event = held.event("letter.posted", json!({ "on": on, "proof": proof, "is_breach": refusal.is_some() }));
    held.change.commit(event).await
}

const NOON: NaiveTime = NaiveTime::from_hms_opt(12, 0, 0).expect("an hour of the day");

fn withheld(message: &message::Model) -> StoreError {
    StoreError::Conflict(format!("This letter is not to be sent any more: {}", message.error))
}

/// Takes letters back whose case has ended before they were posted.
pub(crate) async fn withdraw_needless(change: &Change, portfolio: PortfolioId) -> Result<()> {
    let backend = change.tx.get_database_backend();
    let is_needless = format!(
        "portfolio_id = $1 AND channel = '{post}' AND sent_at IS NULL AND failed_at IS NULL AND EXISTS (SELECT 1 FROM letter t \
         JOIN recovery_case c ON c.id = t.case_id WHERE t.message_id = message.id AND c.closed_at IS NOT NULL)",
        post = Channel::Post.code(),
    );
    let settle = format!(
        "UPDATE action SET state = '{skipped}' WHERE id IN (SELECT action_id FROM message WHERE {is_needless})",
        skipped = ActionState::Skipped.code(),
    );
    change.tx.execute_raw(Statement::from_sql_and_values(backend, settle, [portfolio.0.into()])).await?;
    let withdraw =
        format!("UPDATE message SET failed_at = {}, error = $3 WHERE {is_needless}", moment_sql(backend, "$2"));
    let values = [portfolio.0.into(), change.now.into(), ENDED.into()];
    change.tx.execute_raw(Statement::from_sql_and_values(backend, withdraw, values)).await?;
    Ok(())
}
