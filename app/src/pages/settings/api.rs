//! What the page of settings reads, and what it changes.

use super::SettingsView;
use crate::error::AppError;
use leptos::server;
use std::collections::BTreeMap;

/// The settings of the portfolio, with what may be chosen.
#[server(prefix = "/fn", endpoint = "settings")]
pub async fn get_settings() -> Result<SettingsView, AppError> {
    use super::PackChoice;
    use crate::guard::{authorise, explain, store};
    let person = authorise(domain::access::Permission::ChangeSettings).await?;
    let portfolio = store::portfolios::get(&store(), person.portfolio).await.map_err(explain)?;
    let rules = store::portfolios::contact_rules(&store(), person.portfolio).await.map_err(explain)?;
    let packs = domain::gate::PACKS.iter().map(|pack| PackChoice {
        id: pack.id.to_owned(),
        name: pack.name.to_owned(),
        version: pack.version,
        about: pack.about.to_owned(),
        gaps: pack
            .gaps(!rules.borrower_zones.is_empty())
            .into_iter()
            .map(|gap| (gap.rule.code().to_owned(), gap.words.to_owned()))
            .collect(),
    });
    Ok(SettingsView {
        portfolio: portfolio.name,
        pack: rules.pack.id.to_owned(),
        packs: packs.collect(),
        time_zone: rules.zone.name().to_owned(),
        borrower_zones: rules.borrower_zone_names(),
        zone_names: domain::zone::names().map(str::to_owned).collect(),
        costs: store::costs::get(&store(), person.portfolio).await.map_err(explain)?,
        currency: portfolio.currency,
    })
}

/// Reaches borrowers by these rules from now on.
#[server(prefix = "/fn", endpoint = "save_contact_rules")]
pub async fn save_contact_rules(pack: String, time_zone: String, borrower_zones: String) -> Result<(), AppError> {
    use crate::guard::{answer, authorise, explain, store};
    use domain::contact_rules::ContactRules;
    let person = authorise(domain::access::Permission::ChangeSettings).await?;
    let rules = ContactRules::read(&pack, &time_zone, &borrower_zones)
        .map_err(|fault| answer(AppError::Invalid(format!("Contact rules: {fault}."))))?;
    let now = crate::sign_in::now();
    store::portfolios::set_contact_rules(&store(), person.actor(), person.scope(), &rules, now)
        .await
        .map_err(explain)?;
    leptos_axum::redirect("/settings");
    Ok(())
}

/// Books treatments by these costs from now on: by kind, in major units of the portfolio's currency; blank where not known.
#[server(prefix = "/fn", endpoint = "save_costs")]
pub async fn save_costs(#[server(default)] costs: BTreeMap<String, String>) -> Result<(), AppError> {
    use crate::guard::{answer, authorise, explain, store};
    use domain::cost::ActionCosts;
    use domain::policy::plan::TreatmentKind;
    let person = authorise(domain::access::Permission::ChangeSettings).await?;
    let currency = store::portfolios::get(&store(), person.portfolio).await.map_err(explain)?.currency;
    let invalid = |message: String| answer(AppError::Invalid(message));
    let typed = costs.iter().map(|(code, text)| {
        let kind =
            TreatmentKind::find(code).ok_or_else(|| invalid(format!("Costs: {code} is no kind of treatment.")))?;
        Ok((kind, text.as_str()))
    });
    let typed = typed.collect::<Result<Vec<_>, AppError>>()?;
    let costs = ActionCosts::read(typed, currency).map_err(|fault| invalid(format!("{fault}.")))?;
    let now = crate::sign_in::now();
    store::costs::set(&store(), person.actor(), person.scope(), &costs, now).await.map_err(explain)?;
    leptos_axum::redirect("/settings#costs");
    Ok(())
}
