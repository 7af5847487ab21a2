//! What the card of settlements reads, and what people do with offers and plans.

use super::asked::Asked;
use super::board::Board;
use crate::error::AppError;
use leptos::server;

/// What is settled on a loan that the person may see, and what the terms of a form would come to.
#[server(prefix = "/fn", endpoint = "settlement", input = leptos::server_fn::codec::Json)]
pub async fn get_settlement(id: i64, asked: Asked) -> Result<Board, AppError> {
    use super::board::Known;
    use crate::guard::{authorise, explain, store};
    let person = authorise(domain::access::Permission::ReadLoans).await?;
    let (store, scope, now) = (store(), person.scope(), crate::sign_in::now());
    let (loan, today) = (domain::id::LoanId(id), now.date_naive());
    let (policy, _) = store::policies::in_force(&store, person.portfolio, now).await.map_err(explain)?;
    let known = Known {
        loan: id,
        currency: store::portfolios::get(&store, person.portfolio).await.map_err(explain)?.currency,
        today,
        basis: store::settlements::basis(&store, scope, loan).await.map_err(explain)?,
        role: person.role,
        policy: store::policies::body(&store, policy).await.map_err(explain)?,
        settlements: store::settlements::of_loan(&store, scope, loan, today).await.map_err(explain)?,
        treats: store::cases::treats(&store, person.portfolio).await.map_err(explain)?,
    };
    Ok(Board::new(known, &asked))
}

/// Makes an offer, or drafts one for somebody with more authority.
#[server(prefix = "/fn", endpoint = "make_offer")]
pub async fn make_offer(
    loan: i64,
    #[server(default)] asked: Asked,
    #[server(default)] then: String,
) -> Result<(), AppError> {
    use crate::guard::{answer, authorise, explain, store};
    let person = authorise(domain::access::Permission::Settle).await?;
    let (store, id) = (store(), domain::id::LoanId(loan));
    let basis = store::settlements::basis(&store, person.scope(), id).await.map_err(explain)?;
    let portfolio = store::portfolios::get(&store, person.portfolio).await.map_err(explain)?;
    let invalid = |why| answer(AppError::Invalid(why));
    let terms = asked.offer(basis.balance, portfolio.currency).map_err(invalid)?;
    let new = store::settlements::NewOffer {
        haircut_percent: terms.haircut_percent,
        first_payment: terms.first_payment,
        expires_on: terms.expires_on,
        pay_by: terms.pay_by,
        is_sent: then != "draft",
    };
    store::settlements::make_offer(&store, (&person).into(), id, new, crate::sign_in::now()).await.map_err(explain)?;
    leptos_axum::redirect(&format!("/loans/{loan}#settlement"));
    Ok(())
}

/// Makes a repayment plan.
#[server(prefix = "/fn", endpoint = "make_plan")]
pub async fn make_plan(loan: i64, #[server(default)] asked: Asked) -> Result<(), AppError> {
    use crate::guard::{answer, authorise, explain, store};
    let person = authorise(domain::access::Permission::Settle).await?;
    let (store, id) = (store(), domain::id::LoanId(loan));
    let basis = store::settlements::basis(&store, person.scope(), id).await.map_err(explain)?;
    let portfolio = store::portfolios::get(&store, person.portfolio).await.map_err(explain)?;
    let invalid = |why| answer(AppError::Invalid(why));
    let (terms, limitation_on) = asked.plan(basis.balance, portfolio.currency).map_err(invalid)?;
    if asked.reason.chars().count() > 1000 {
        return Err(invalid("Why it can be paid: say it in at most 1000 characters.".to_owned()));
    }
    let new = store::settlements::NewPlan {
        amount: Some(terms.amount),
        count: terms.count,
        start_on: terms.start_on,
        interval: terms.interval,
        limitation_on,
        reason: &asked.reason,
    };
    store::settlements::make_plan(&store, (&person).into(), id, new, crate::sign_in::now()).await.map_err(explain)?;
    leptos_axum::redirect(&format!("/loans/{loan}#settlement"));
    Ok(())
}

/// Sends an offer that was drafted.
#[server(prefix = "/fn", endpoint = "send_settlement")]
pub async fn send_settlement(loan: i64, id: i64) -> Result<(), AppError> {
    use crate::guard::{authorise, explain, store};
    let person = authorise(domain::access::Permission::Settle).await?;
    let id = domain::id::SettlementId(id);
    store::settlements::send(&store(), (&person).into(), id, crate::sign_in::now()).await.map_err(explain)?;
    leptos_axum::redirect(&format!("/loans/{loan}#settlement"));
    Ok(())
}

/// Writes down that the borrower accepts. A second yes changes nothing.
#[server(prefix = "/fn", endpoint = "accept_settlement")]
pub async fn accept_settlement(loan: i64, id: i64, how: String, name: String) -> Result<(), AppError> {
    use crate::guard::{answer, authorise, explain, reason, store};
    use domain::settlement::AcceptedBy;
    let person = authorise(domain::access::Permission::Settle).await?;
    let invalid = || answer(AppError::Invalid("How: choose one of the list.".to_owned()));
    let (how, name) = (AcceptedBy::find(&how).ok_or_else(invalid)?, reason("Who accepts it", &name)?);
    let (id, said) = (domain::id::SettlementId(id), store::settlements::Acceptance { how, name: &name });
    store::settlements::accept(&store(), (&person).into(), id, said, crate::sign_in::now()).await.map_err(explain)?;
    leptos_axum::redirect(&format!("/loans/{loan}#settlement"));
    Ok(())
}

/// Takes a draft, an offer or a running agreement back.
#[server(prefix = "/fn", endpoint = "withdraw_settlement")]
pub async fn withdraw_settlement(loan: i64, id: i64, why: String) -> Result<(), AppError> {
    use crate::guard::{authorise, explain, reason, store};
    let person = authorise(domain::access::Permission::Settle).await?;
    let (id, why) = (domain::id::SettlementId(id), reason("Why it is withdrawn", &why)?);
    store::settlements::withdraw(&store(), (&person).into(), id, &why, crate::sign_in::now()).await.map_err(explain)?;
    leptos_axum::redirect(&format!("/loans/{loan}#settlement"));
    Ok(())
}
