//! Letters as PDF.

use super::Site;
use crate::clock;
use axum::extract::{Extension, Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::access::{Permission, SignedIn};
use domain::id::{LetterId, NoticeId};
use domain::letter::{LetterState, LetterView};
use domain::notice::{NoticeState, NoticeView};
use domain::team::Portfolio;
use letters::{Item, Letter};
use store::StoreError;

/// The letter of a legal notice. Until a person has approved it, it is marked as a draft.
pub async fn notice(State(site): State<Site>, Extension(person): Extension<SignedIn>, Path(id): Path<i64>) -> Response {
    if !person.role.may(Permission::WorkNotices) {
        return (StatusCode::FORBIDDEN, "Your role does not work on legal notices.").into_response();
    }
    let found = store::notices::get(&site.store, person.scope(), NoticeId(id)).await;
    let portfolio = store::portfolios::get(&site.store, person.portfolio).await;
    let (notice, portfolio) = match (found, portfolio) {
        (Ok(notice), Ok(portfolio)) => (notice, portfolio),
        (Err(StoreError::NotFound(_)), _) => {
            return (StatusCode::NOT_FOUND, "There is no such notice.").into_response();
        }
        (Err(error), _) | (_, Err(error)) => {
            tracing::error!(error = ?error, "a notice could not be read");
            return (StatusCode::INTERNAL_SERVER_ERROR, "The notice could not be read. Try again.").into_response();
        }
    };
    set(letter_of(notice, portfolio.name), &format!("notice-{id}.pdf")).await
}

/// A letter by post, as it is or will be. Until a person prints it, it is marked as a draft.
pub async fn letter(State(site): State<Site>, Extension(person): Extension<SignedIn>, Path(id): Path<i64>) -> Response {
    if !person.role.may(Permission::WorkLetters) {
        return (StatusCode::FORBIDDEN, NO_LETTERS).into_response();
    }
    read_and_set(&site, &person, LetterId(id)).await
}

/// Writes down that a letter is printed, and gives it without the mark.
pub async fn print(State(site): State<Site>, Extension(person): Extension<SignedIn>, Path(id): Path<i64>) -> Response {
    if !person.role.may(Permission::WorkLetters) {
        return (StatusCode::FORBIDDEN, NO_LETTERS).into_response();
    }
    let (id, scope, now) = (LetterId(id), person.scope(), clock::now());
    match store::letters::print(&site.store, person.actor(), scope, id, now).await {
        Ok(()) => read_and_set(&site, &person, id).await,
        Err(error) => refuse(error),
    }
}

const NO_LETTERS: &str = "Your role does not work on letters.";

async fn read_and_set(site: &Site, person: &SignedIn, id: LetterId) -> Response {
    let found = store::letters::get(&site.store, person.scope(), id).await;
    let portfolio = store::portfolios::get(&site.store, person.portfolio).await;
    match (found, portfolio) {
        (Ok(letter), Ok(portfolio)) => set(by_post(letter, portfolio), &format!("letter-{id}.pdf")).await,
        (Err(error), _) | (_, Err(error)) => refuse(error),
    }
}

fn refuse(error: StoreError) -> Response {
    match error {
        StoreError::NotFound(_) => (StatusCode::NOT_FOUND, "There is no such letter.").into_response(),
        StoreError::Conflict(why) => (StatusCode::CONFLICT, why).into_response(),
        error => {
            tracing::error!(error = ?error, "a letter could not be read");
            (StatusCode::INTERNAL_SERVER_ERROR, "The letter could not be read. Try again.").into_response()
        }
    }
}

fn by_post(letter: LetterView, portfolio: Portfolio) -> Letter {
    Letter {
        sender: portfolio.name,
        date: letter.made_at.date_naive(),
        reference: format!("Loan {}", letter.loan_ref),
        before: letter.paragraphs().into_iter().map(str::to_owned).collect(),
        recipient: letter.recipient,
        subject: letter.subject,
        currency: portfolio.currency.to_string(),
        items: Vec::new(),
        reasons: Vec::new(),
        after: Vec::new(),
        is_draft: !matches!(letter.state, LetterState::Printed | LetterState::Posted),
    }
}

/// Sets a letter, to be kept under a name.
async fn set(letter: Letter, name: &str) -> Response {
    match tokio::task::spawn_blocking(move || letters::pdf(&letter)).await {
        Ok(Ok(pdf)) => {
            let name = format!("attachment; filename=\"{name}\"");
            let headers = [(header::CONTENT_TYPE, "application/pdf".to_owned()), (header::CONTENT_DISPOSITION, name)];
            (headers, pdf).into_response()
        }
        fault => {
            tracing::error!(fault = ?fault.map(|set| set.map(|pdf| pdf.len())), "a letter could not be set");
            (StatusCode::INTERNAL_SERVER_ERROR, "The letter could not be set. Tell an administrator.").into_response()
        }
    }
}

fn letter_of(notice: NoticeView, sender: String) -> Letter {
    let currency = notice.currency;
    let owned = |of: Vec<&str>| of.into_iter().map(str::to_owned).collect();
    let (before, after) = notice.text.paragraphs();
    let (before, after) = (owned(before), owned(after));
    let item = |item: domain::notice::NoticeItem| {
        let amount = item.amount.in_words(currency);
        let amount = amount.split_once(' ').map_or(amount.as_str(), |(_, amount)| amount).to_owned();
        Item { label: item.label, amount, is_total: item.is_total }
    };
    Letter {
        sender,
        recipient: notice.text.recipient,
        date: notice.approved.map_or(notice.drafted_at, |word| word.at).date_naive(),
        reference: format!("Loan {}", notice.loan_ref),
        subject: notice.text.subject,
        before,
        currency: currency.to_string(),
        items: notice.text.items.into_iter().map(item).collect(),
        reasons: notice.text.reasons,
        after,
        is_draft: !matches!(notice.state, NoticeState::Approved | NoticeState::Served),
    }
}
