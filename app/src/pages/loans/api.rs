//! What the list of loans reads.

use super::LoanList;
use crate::error::AppError;
use domain::listing::LoanFilter;
use leptos::server;

/// A page of the loans that the person may see.
#[server(prefix = "/fn", endpoint = "loans", input = leptos::server_fn::codec::Json)]
pub async fn list_loans(filter: LoanFilter) -> Result<LoanList, AppError> {
    use crate::guard::{authorise, explain, store};
    let person = authorise(domain::access::Permission::ReadLoans).await?;
    let filter = filter.bounded();
    let page = store::loans::page(&store(), person.scope(), &filter).await.map_err(explain)?;
    let champion = store::models::champion(&store(), person.scope()).await.map_err(explain)?;
    let currency = store::portfolios::get(&store(), person.portfolio).await.map_err(explain)?.currency;
    Ok(LoanList::new(filter, page, champion, currency))
}
