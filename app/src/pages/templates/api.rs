//! What the list of templates reads.

use crate::error::AppError;
use domain::template::view::TemplateRow;
use leptos::server;

/// All templates, with the moments of their latest versions in words.
#[server(prefix = "/fn", endpoint = "templates")]
pub async fn get_templates() -> Result<Vec<(TemplateRow, String)>, AppError> {
    use crate::guard::{authorise, explain, store};
    let person = authorise(domain::access::Permission::ReadPerformance).await?;
    let rows = store::templates::list(&store(), person.scope()).await.map_err(explain)?;
    Ok(rows.into_iter().map(|row| (crate::format::moment(row.saved_at), row)).map(|(at, row)| (row, at)).collect())
}
