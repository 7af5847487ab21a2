//! Letters as PDF.

use super::Site;
use axum::extract::{Extension, Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::access::{Permission, SignedIn};
use domain::id::NoticeId;
use domain::notice::{NoticeState, NoticeView};
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
    let letter = letter_of(notice, portfolio.name);
    match tokio::task::spawn_blocking(move || letters::pdf(&letter)).await {
        Ok(Ok(pdf)) => {
            let name = format!("attachment; filename=\"notice-{id}.pdf\"");
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
