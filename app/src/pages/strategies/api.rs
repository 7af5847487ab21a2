//! What the strategy board reads, and what people do with versions of the policy.

use super::Board;
use crate::error::AppError;
use leptos::server;

/// The tracks with their loans and money, and all versions; nothing before the first loan is on file.
#[server(prefix = "/fn", endpoint = "strategies")]
pub async fn get_board() -> Result<Option<Board>, AppError> {
    use crate::guard::{authorise, explain, store};
    use domain::access::Permission;
    let person = authorise(Permission::ReadPerformance).await?;
    let (store, scope) = (store(), person.scope());
    let Some(summary) = store::summaries::get(&store, scope).await.map_err(explain)? else {
        return Ok(None);
    };
    let champion = store::models::champion(&store, scope).await.map_err(explain)?;
    Ok(Some(Board {
        currency: summary.currency,
        caution: champion.and_then(|champion| champion.figures.caution()),
        decided: summary.decided,
        scores: store::summaries::scores(&store, scope).await.map_err(explain)?,
        versions: store::policies::list(&store, scope, crate::sign_in::now()).await.map_err(explain)?,
        teams: store::teams::strengths(&store, scope).await.map_err(explain)?,
        viewer: person.id,
        may_draft: person.role.may(Permission::DraftPolicies),
        may_approve: person.role.may(Permission::ApprovePolicies),
        treating: store::cases::treating(&store, scope, crate::sign_in::now()).await.map_err(explain)?,
        may_start: person.role.may(Permission::StartTreatments),
        overrides: store::overrides::counts(&store, scope, crate::sign_in::now()).await.map_err(explain)?,
    }))
}

/// Begins to carry treatments out, or stops it.
#[server(prefix = "/fn", endpoint = "treat")]
pub async fn treat(begins: bool) -> Result<(), AppError> {
    use crate::guard::{authorise, explain, store};
    let person = authorise(domain::access::Permission::StartTreatments).await?;
    store::cases::treat(&store(), person.actor(), person.scope(), begins, crate::sign_in::now())
        .await
        .map_err(explain)?;
    leptos_axum::redirect("/strategies#treating");
    Ok(())
}

/// Puts bounds into the draft, or begins one with them.
#[server(prefix = "/fn", endpoint = "save_bounds")]
pub async fn save_bounds(settlement_from: f64, legal_above: f64) -> Result<(), AppError> {
    use crate::guard::{authorise, explain, store};
    let person = authorise(domain::access::Permission::DraftPolicies).await?;
    let change = store::policies::DraftChange { bounds: Some((settlement_from, legal_above)), body: None };
    store::policies::save_draft(&store(), person.actor(), person.scope(), change, crate::sign_in::now())
        .await
        .map_err(explain)?;
    leptos_axum::redirect("/strategies");
    Ok(())
}

/// Sends the draft for approval.
#[server(prefix = "/fn", endpoint = "submit_policy")]
pub async fn submit_policy(id: i64, note: String) -> Result<(), AppError> {
    use crate::guard::{authorise, explain, reason, store};
    let person = authorise(domain::access::Permission::DraftPolicies).await?;
    let (note, id) = (reason("Note", &note)?, domain::id::PolicyId(id));
    store::policies::submit(&store(), person.actor(), person.scope(), id, &note, crate::sign_in::now())
        .await
        .map_err(explain)?;
    leptos_axum::redirect("/strategies");
    Ok(())
}

/// Puts a draft away, or a version that waits.
#[server(prefix = "/fn", endpoint = "discard_policy")]
pub async fn discard_policy(id: i64) -> Result<(), AppError> {
    use crate::guard::{authorise, explain, store};
    let person = authorise(domain::access::Permission::DraftPolicies).await?;
    let id = domain::id::PolicyId(id);
    store::policies::discard(&store(), person.actor(), person.scope(), id, crate::sign_in::now())
        .await
        .map_err(explain)?;
    leptos_axum::redirect("/strategies");
    Ok(())
}

/// Lets a version hold, at once or from a day on.
#[server(prefix = "/fn", endpoint = "approve_policy")]
pub async fn approve_policy(id: i64, rationale: String, #[server(default)] starts_on: String) -> Result<(), AppError> {
    use crate::guard::{answer, authorise, explain, reason, store};
    let person = authorise(domain::access::Permission::ApprovePolicies).await?;
    let (rationale, id, now) =
        (reason("Why you approve it", &rationale)?, domain::id::PolicyId(id), crate::sign_in::now());
    let starts_on = Some(starts_on.trim()).filter(|day| !day.is_empty()).map(str::parse::<chrono::NaiveDate>);
    let no_day = |_| answer(AppError::Invalid("Holds from: choose a day, as 2026-12-31.".to_owned()));
    // Today has begun already.
    let starts_on = starts_on.transpose().map_err(no_day)?.filter(|day| *day != now.date_naive());
    let starts_at = starts_on.and_then(|day| day.and_hms_opt(0, 0, 0)).map(|midnight| midnight.and_utc());
    let approval = store::policies::Approval { policy: id, rationale: &rationale, starts_at };
    store::policies::approve(&store(), person.actor(), person.scope(), approval, now).await.map_err(explain)?;
    leptos_axum::redirect("/strategies");
    Ok(())
}

/// Turns a version down that waits.
#[server(prefix = "/fn", endpoint = "turn_down_policy")]
pub async fn turn_down_policy(id: i64, rationale: String) -> Result<(), AppError> {
    use crate::guard::{authorise, explain, reason, store};
    let person = authorise(domain::access::Permission::ApprovePolicies).await?;
    let (rationale, id) = (reason("Why you turn it down", &rationale)?, domain::id::PolicyId(id));
    let approval = store::policies::Approval { policy: id, rationale: &rationale, starts_at: None };
    store::policies::turn_down(&store(), person.actor(), person.scope(), approval, crate::sign_in::now())
        .await
        .map_err(explain)?;
    leptos_axum::redirect("/strategies");
    Ok(())
}

/// Lets an earlier version hold again.
#[server(prefix = "/fn", endpoint = "roll_back_policy")]
pub async fn roll_back_policy(id: i64, rationale: String) -> Result<(), AppError> {
    use crate::guard::{authorise, explain, reason, store};
    let person = authorise(domain::access::Permission::ApprovePolicies).await?;
    let (rationale, id) = (reason("Why", &rationale)?, domain::id::PolicyId(id));
    store::policies::roll_back(&store(), person.actor(), person.scope(), id, &rationale, crate::sign_in::now())
        .await
        .map_err(explain)?;
    leptos_axum::redirect("/strategies");
    Ok(())
}
