//! What the page of a loan reads.

use super::LoanView;
use crate::error::AppError;
use leptos::server;

/// Everything that is known of a loan that the person may see.
#[server(prefix = "/fn", endpoint = "loan")]
pub async fn get_loan(id: i64) -> Result<LoanView, AppError> {
    use crate::guard::{authorise, explain, store};
    let person = authorise(domain::access::Permission::ReadLoans).await?;
    let loan = store::loans::get(&store(), person.scope(), domain::id::LoanId(id)).await.map_err(explain)?;
    let history = store::loans::history(&store(), person.scope(), domain::id::LoanId(id)).await.map_err(explain)?;
    let (payments, payments_total) =
        store::loans::payments(&store(), person.scope(), domain::id::LoanId(id), 100).await.map_err(explain)?;
    let currency = store::portfolios::get(&store(), person.portfolio).await.map_err(explain)?.currency;
    let cases = store::cases::of_loan(&store(), person.scope(), domain::id::LoanId(id)).await.map_err(explain)?;
    Ok(LoanView { loan, history, payments, payments_total, currency, cases })
}
