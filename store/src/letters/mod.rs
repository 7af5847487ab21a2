//! Letters by post. Each is a message that waits for a person, who prints it and writes down that it was posted, once. The
//! contact gate is asked at both.

mod release;

pub(crate) use release::withdraw_needless;
pub use release::{Posting, post, print};

use crate::change::Change;
use crate::connection::Store;
use crate::entity::{borrower, letter, loan, message};
use crate::error::{Result, StoreError};
use crate::models::CHUNK;
use crate::{loans, portfolios, users};
use chrono::{DateTime, Utc};
use domain::access::Scope;
use domain::id::{LetterId, LoanId, PortfolioId};
use domain::letter::{LetterList, LetterRow, LetterState, LetterView, recipient};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, NotSet, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Select, Set,
};
use std::collections::HashMap;

/// Letters on a page of the list.
pub const PAGE_SIZE: u32 = 50;

/// The messages of a scope that go by post and stand in a state.
fn within(scope: Scope, state: Option<LetterState>) -> Select<letter::Entity> {
    use message::Column::{FailedAt, SentAt};
    let loans = loans::ids_within(scope).into_query();
    let messages = message::Entity::find()
        .select_only()
        .column(message::Column::Id)
        .filter(message::Column::PortfolioId.eq(scope.portfolio.0))
        .filter(message::Column::Channel.eq(domain::contact::Channel::Post.code()))
        .filter(message::Column::LoanId.in_subquery(loans))
        .filter(match state {
            None => Condition::all(),
            Some(LetterState::ToPrint | LetterState::Printed) => {
                Condition::all().add(SentAt.is_null()).add(FailedAt.is_null())
            }
            Some(LetterState::Posted) => Condition::all().add(SentAt.is_not_null()),
            Some(LetterState::Withheld) => Condition::all().add(FailedAt.is_not_null()),
        });
    let letters = letter::Entity::find()
        .filter(letter::Column::PortfolioId.eq(scope.portfolio.0))
        .filter(letter::Column::MessageId.in_subquery(messages.into_query()));
    match state {
        Some(LetterState::ToPrint) => letters.filter(letter::Column::PrintedAt.is_null()),
        Some(LetterState::Printed) => letters.filter(letter::Column::PrintedAt.is_not_null()),
        _ => letters,
    }
}

fn state_of(letter: &letter::Model, message: &message::Model) -> LetterState {
    if message.sent_at.is_some() {
        LetterState::Posted
    } else if message.failed_at.is_some() {
        LetterState::Withheld
    } else if letter.printed_at.is_some() {
        LetterState::Printed
    } else {
        LetterState::ToPrint
    }
}

/// A page of the letters of one's scope in a state: those that wait from the longest waiting on, others from the newest on.
pub async fn list(
    store: &Store,
    scope: Scope,
    state: LetterState,
    page: u32,
    now: DateTime<Utc>,
) -> Result<LetterList> {
    let mut counts = Vec::new();
    for state in LetterState::ALL {
        counts.push(within(scope, Some(state)).count(&store.db).await?);
    }
    let found = within(scope, Some(state));
    let found = match state {
        LetterState::ToPrint | LetterState::Printed => found.order_by_asc(letter::Column::Id),
        LetterState::Posted | LetterState::Withheld => found.order_by_desc(letter::Column::Id),
    };
    let page = page.max(1);
    let found = found.offset(u64::from(page - 1) * u64::from(PAGE_SIZE)).limit(u64::from(PAGE_SIZE));
    let letters = found.all(&store.db).await?;
    let ids = letters.iter().map(|letter| letter.message_id);
    let messages = message::Entity::find().filter(message::Column::Id.is_in(ids)).all(&store.db).await?;
    let ids = messages.iter().map(|message| message.loan_id);
    let loans = loan::Entity::find().filter(loan::Column::Id.is_in(ids)).all(&store.db).await?;
    let loans: HashMap<i64, loan::Model> = loans.into_iter().map(|loan| (loan.id, loan)).collect();
    let messages: HashMap<i64, message::Model> = messages.into_iter().map(|message| (message.id, message)).collect();
    let names = users::names(&store.db, scope.portfolio).await?;
    let row = |letter: letter::Model| {
        let message = messages.get(&letter.message_id).ok_or(StoreError::NotFound("letter"))?;
        let loan = loans.get(&message.loan_id).ok_or(StoreError::NotFound("loan"))?;
        let detail = match (state, letter.posted_on) {
            (LetterState::Posted, Some(on)) => {
                let proof = if letter.proof.is_empty() { String::new() } else { format!("; proof: {}", letter.proof) };
                format!("{}, {}{proof}", on.format("%-d %B %Y"), names.of(letter.posted_by))
            }
            (LetterState::Withheld, _) => message.error.clone(),
            (LetterState::Printed, _) => names.of(letter.printed_by),
            _ => String::new(),
        };
        Ok(LetterRow {
            id: LetterId(letter.id),
            loan: LoanId(message.loan_id),
            loan_ref: loan.loan_ref.clone(),
            recipient: serde_json::from_str(&letter.recipient)?,
            subject: message.subject.clone(),
            made_at: message.created_at,
            detail,
        })
    };
    let rows = letters.into_iter().map(row).collect::<Result<_>>()?;
    let zone = portfolios::contact_rules(store, scope.portfolio).await?.zone;
    let today = now.with_timezone(&zone).date_naive();
    Ok(LetterList { state, rows, counts, page, page_size: PAGE_SIZE, today })
}

/// A letter of one's scope.
pub async fn get(store: &Store, scope: Scope, id: LetterId) -> Result<LetterView> {
    let missing = || StoreError::NotFound("letter");
    let letter = within(scope, None).filter(letter::Column::Id.eq(id.0)).one(&store.db).await?.ok_or_else(missing)?;
    let message = message::Entity::find_by_id(letter.message_id).one(&store.db).await?.ok_or_else(missing)?;
    let loan = loan::Entity::find_by_id(message.loan_id).one(&store.db).await?.ok_or(StoreError::NotFound("loan"))?;
    Ok(LetterView {
        id,
        state: state_of(&letter, &message),
        loan: LoanId(loan.id),
        loan_ref: loan.loan_ref,
        recipient: serde_json::from_str(&letter.recipient)?,
        subject: message.subject,
        body: message.body,
        made_at: message.created_at,
    })
}

/// A message that goes by post.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewLetter<'a> {
    pub(crate) message: i64,
    pub(crate) case: i64,
    /// The offer or plan that it is about.
    pub(crate) settlement: Option<i64>,
    pub(crate) borrower: i64,
    pub(crate) address: &'a str,
}

/// Writes down that messages are letters, with the messages themselves.
pub(crate) async fn make_all(change: &Change, portfolio: PortfolioId, letters: &[NewLetter<'_>]) -> Result<()> {
    let mut names: HashMap<i64, Option<String>> = HashMap::new();
    for some in letters.chunks(CHUNK) {
        let query = borrower::Entity::find()
            .filter(borrower::Column::Id.is_in(some.iter().map(|letter| letter.borrower)))
            .select_only()
            .columns([borrower::Column::Id, borrower::Column::Name]);
        names.extend(query.into_tuple::<(i64, Option<String>)>().all(&change.tx).await?);
    }
    let row = |letter: &NewLetter<'_>| {
        let name = names.get(&letter.borrower).and_then(Option::as_deref);
        Ok(letter::ActiveModel {
            id: NotSet,
            portfolio_id: Set(portfolio.0),
            message_id: Set(letter.message),
            case_id: Set(letter.case),
            settlement_id: Set(letter.settlement),
            recipient: Set(serde_json::to_string(&recipient(name, Some(letter.address)))?),
            printed_at: Set(None),
            printed_by: Set(None),
            recorded_at: Set(None),
            posted_by: Set(None),
            posted_on: Set(None),
            proof: Set(String::new()),
        })
    };
    change.insert_all(letters.iter().map(row).collect::<Result<_>>()?).await
}
