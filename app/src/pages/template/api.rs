//! What the page of a template reads and changes.

use super::TemplateView;
use crate::error::AppError;
use leptos::server;

/// A template, and the values of a loan; those of a made-up borrower where none is asked for.
#[server(prefix = "/fn", endpoint = "template")]
pub async fn get_template(code: String, loan: Option<String>) -> Result<TemplateView, AppError> {
    use crate::guard::{authorise, explain, store};
    use domain::access::Permission;
    use domain::template::Values;
    let person = authorise(Permission::ReadPerformance).await?;
    let (store, scope, now) = (store(), person.scope(), crate::sign_in::now());
    let story = store::templates::get(&store, scope, &code).await.map_err(explain)?;
    let portfolio = store::portfolios::get(&store, person.portfolio).await.map_err(explain)?;
    let mut values = Values::made_up(&portfolio.name, portfolio.currency, now.date_naive());
    let mut is_unknown = false;
    if let Some(loan) = &loan {
        match store::templates::values_of_loan(&store, scope, loan, now).await {
            Ok(own) => values = values.of_settlement().with(own),
            Err(store::StoreError::NotFound(_)) => is_unknown = true,
            Err(error) => return Err(explain(error)),
        }
    }
    let moments = story.versions.iter().map(|version| crate::format::moment(version.saved_at)).collect();
    Ok(TemplateView {
        story,
        moments,
        values: values.0.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        loan,
        is_unknown,
        may_change: person.role.may(Permission::ChangeTemplates),
    })
}

/// Saves other words for a template, which are sent from now on.
#[server(prefix = "/fn", endpoint = "save_template")]
pub async fn save_template(
    code: String,
    from: i32,
    subject: String,
    body: String,
    note: String,
) -> Result<(), AppError> {
    use crate::guard::{authorise, explain, reason, store};
    let person = authorise(domain::access::Permission::ChangeTemplates).await?;
    let note = reason("Why", &note)?;
    let new = store::templates::NewWords { code: &code, subject: &subject, body: &body, note: &note, from };
    let now = crate::sign_in::now();
    store::templates::save(&store(), person.actor(), person.scope(), new, now).await.map_err(explain)?;
    leptos_axum::redirect(&format!("/strategies/templates/{code}"));
    Ok(())
}
