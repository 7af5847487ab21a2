//! What the list of alerts reads.

use super::AlertList;
use crate::error::AppError;
use domain::watch::AlertKind;
use leptos::server;

/// A page, from 1, of the alerts on the loans that the person may see; of one kind, or of all.
#[server(prefix = "/fn", endpoint = "alerts")]
pub async fn list_alerts(#[server(default)] kind: Option<AlertKind>, page: u32) -> Result<AlertList, AppError> {
    use crate::guard::{authorise, explain, store};
    let person = authorise(domain::access::Permission::ReadLoans).await?;
    let (store, page) = (store(), page.max(1));
    let currency = store::portfolios::get(&store, person.portfolio).await.map_err(explain)?.currency;
    let zone = store::portfolios::contact_rules(&store, person.portfolio).await.map_err(explain)?.zone;
    let found = store::alerts::page(&store, person.scope(), kind, page).await.map_err(explain)?;
    let rows = found.rows.into_iter().map(|alert| alert.told(|at| domain::zone::moment(at, zone))).collect();
    Ok(AlertList { kind, page, rows, total: found.total, currency })
}
