//! Legal notices: drafted with a case's step, approved by a person who did not write them, served with proof. A notice of a
//! case that has ended is withdrawn.

mod draft;
mod release;

pub(crate) use draft::{NewNotice, draft_all, withdraw_needless};
pub use release::{Decision, Served, approve, edit, serve, turn_down};

use crate::connection::Store;
use crate::entity::{gate_check, legal_notice, loan};
use crate::error::{Result, StoreError};
use crate::{loans, portfolios, users};
use domain::access::Scope;
use domain::gate::Answer;
use domain::id::{LoanId, NoticeId, UserId};
use domain::money::Money;
use domain::notice::{
    NoticeList, NoticeRow, NoticeState, NoticeText, NoticeView, NoticeWord, Service, ServiceMethod, answer_by,
};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
};
use std::collections::HashMap;

/// Notices on a page of the list.
pub const PAGE_SIZE: u32 = 50;

/// The notices of a scope.
fn within(scope: Scope) -> Select<legal_notice::Entity> {
    let loans = loans::ids_within(scope);
    legal_notice::Entity::find()
        .filter(legal_notice::Column::PortfolioId.eq(scope.portfolio.0))
        .filter(legal_notice::Column::LoanId.in_subquery(loans.into_query()))
}

fn is_in(state: NoticeState) -> Condition {
    use legal_notice::Column::{ApprovedAt, ServedAt, TurnedDownAt, WithdrawnAt};
    let open = Condition::all().add(ServedAt.is_null()).add(TurnedDownAt.is_null()).add(WithdrawnAt.is_null());
    match state {
        NoticeState::Drafted => open.add(ApprovedAt.is_null()),
        NoticeState::Approved => open.add(ApprovedAt.is_not_null()),
        NoticeState::Served => Condition::all().add(ServedAt.is_not_null()),
        NoticeState::TurnedDown => Condition::all().add(TurnedDownAt.is_not_null()),
        NoticeState::Withdrawn => Condition::all().add(WithdrawnAt.is_not_null()),
    }
}

fn state_of(row: &legal_notice::Model) -> NoticeState {
    if row.served_at.is_some() {
        NoticeState::Served
    } else if row.turned_down_at.is_some() {
        NoticeState::TurnedDown
    } else if row.withdrawn_at.is_some() {
        NoticeState::Withdrawn
    } else if row.approved_at.is_some() {
        NoticeState::Approved
    } else {
        NoticeState::Drafted
    }
}

/// A page of the notices of one's scope in a state: those that wait from the longest waiting on, others from the newest on.
pub async fn list(store: &Store, scope: Scope, state: NoticeState, page: u32) -> Result<NoticeList> {
    let mut counts = Vec::new();
    for state in NoticeState::ALL {
        counts.push(within(scope).filter(is_in(state)).count(&store.db).await?);
    }
    let found = within(scope).filter(is_in(state));
    let found = match state {
        NoticeState::Drafted | NoticeState::Approved => found.order_by_asc(legal_notice::Column::Id),
        _ => found.order_by_desc(legal_notice::Column::Id),
    };
    let page = page.max(1);
    let found = found.offset(u64::from(page - 1) * u64::from(PAGE_SIZE)).limit(u64::from(PAGE_SIZE));
    let notices = found.all(&store.db).await?;
    let ids = notices.iter().map(|notice| notice.loan_id);
    let loans = loan::Entity::find().filter(loan::Column::Id.is_in(ids)).all(&store.db).await?;
    let loans: HashMap<i64, loan::Model> = loans.into_iter().map(|loan| (loan.id, loan)).collect();
    let names = users::names(&store.db, scope.portfolio).await?;
    let currency = portfolios::get(store, scope.portfolio).await?.currency;
    let row = |notice: legal_notice::Model| {
        let loan = loans.get(&notice.loan_id).ok_or(StoreError::NotFound("loan"))?;
        let text: NoticeText = serde_json::from_str(&notice.content)?;
        let method = notice.service_method.as_deref().and_then(ServiceMethod::find);
        let detail = match state {
            NoticeState::Served => method.map(|method| method.label().to_owned()).unwrap_or_default(),
            NoticeState::Approved | NoticeState::TurnedDown => {
                format!("{}: {}", names.of(notice.decided_by), notice.rationale)
            }
            NoticeState::Drafted | NoticeState::Withdrawn => String::new(),
        };
        Ok(NoticeRow {
            id: NoticeId(notice.id),
            loan: LoanId(notice.loan_id),
            loan_ref: loan.loan_ref.clone(),
            borrower: text.recipient.into_iter().next(),
            outstanding: loan.outstanding_minor.map(Money::from_minor),
            days_past_due: loan.days_past_due.map(|days| days as u32),
            drafted_at: notice.drafted_at,
            detail,
            answer_by: notice.served_on.map(answer_by),
        })
    };
    let rows = notices.into_iter().map(row).collect::<Result<_>>()?;
    Ok(NoticeList { state, rows, counts, page, page_size: PAGE_SIZE, currency })
}

/// A notice of one's scope.
pub async fn get(store: &Store, scope: Scope, id: NoticeId) -> Result<NoticeView> {
    let found = within(scope).filter(legal_notice::Column::Id.eq(id.0)).one(&store.db).await?;
    view(store, scope, found.ok_or(StoreError::NotFound("notice"))?).await
}

/// The notices of a loan of one's scope, the newest first.
pub async fn of_loan(store: &Store, scope: Scope, loan: LoanId) -> Result<Vec<NoticeView>> {
    let found = within(scope).filter(legal_notice::Column::LoanId.eq(loan.0));
    let mut views = Vec::new();
    for row in found.order_by_desc(legal_notice::Column::Id).all(&store.db).await? {
        views.push(view(store, scope, row).await?);
    }
    Ok(views)
}

async fn view(store: &Store, scope: Scope, row: legal_notice::Model) -> Result<NoticeView> {
    let loan = loan::Entity::find_by_id(row.loan_id).one(&store.db).await?.ok_or(StoreError::NotFound("loan"))?;
    let names = users::names(&store.db, scope.portfolio).await?;
    let word = |by: Option<i64>, at, said: &str| NoticeWord {
        by: by.map(UserId),
        name: names.of(by),
        at,
        said: said.to_owned(),
    };
    let editors: Vec<i64> = serde_json::from_str(&row.edited_by)?;
    let method = row.service_method.as_deref().and_then(ServiceMethod::find);
    let check = gate_check::Entity::find()
        .filter(gate_check::Column::CaseId.eq(row.case_id))
        .filter(gate_check::Column::Kind.eq(domain::contact::ActionKind::LegalNotice.code()))
        .order_by_desc(gate_check::Column::Id)
        .one(&store.db)
        .await?;
    let answer = check.map(|check| serde_json::from_str::<Answer>(&check.answer)).transpose()?;
    Ok(NoticeView {
        id: NoticeId(row.id),
        loan: LoanId(row.loan_id),
        loan_ref: loan.loan_ref,
        state: state_of(&row),
        text: serde_json::from_str(&row.content)?,
        currency: portfolios::get(store, scope.portfolio).await?.currency,
        drafted_at: row.drafted_at,
        edited_by: row.edited_at.map(|at| word(editors.last().copied(), at, "")),
        approved: row.approved_at.map(|at| word(row.decided_by, at, &row.rationale)),
        turned_down: row.turned_down_at.map(|at| word(row.decided_by, at, &row.rationale)),
        limitation_on: row.limitation_on,
        service: row.served_on.zip(method).map(|(on, method)| Service {
            on,
            method,
            proof: row.service_proof.clone(),
            by: names.of(row.served_by),
            answer_by: answer_by(on),
        }),
        rules: answer.iter().flat_map(Answer::rule_ids).map(str::to_owned).collect(),
    })
}
