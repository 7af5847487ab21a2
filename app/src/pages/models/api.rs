//! What the page of models reads and changes.

use super::ModelsView;
use crate::error::AppError;
use leptos::server;

/// All models, the newest first.
#[server(prefix = "/fn", endpoint = "models")]
pub async fn list_models() -> Result<ModelsView, AppError> {
    use super::insight::Shown;
    use super::scoring::Reach;
    use crate::figures::models as figures;
    use crate::guard::{authorise, explain, store};
    use domain::model::ModelState;
    let person = authorise(domain::access::Permission::ReadPerformance).await?;
    let models = store::models::list(&store(), person.scope()).await.map_err(explain)?;
    let summary = store::summaries::get(&store(), person.scope()).await.map_err(explain)?;
    let job = store::jobs::latest(&store(), person.scope(), "score").await.map_err(explain)?;
    let reach = summary.map(|summary| Reach { loans: summary.all.loans, decided: summary.decided.loans, job });
    let promotion = store::models::promotion(&store(), person.scope()).await.map_err(explain)?;
    let may_approve = person.role.may(domain::access::Permission::ApproveModels);
    let may_score = person.role.may(domain::access::Permission::LoadFiles);
    let champion = models.iter().find(|model| model.state == ModelState::Champion);
    let watched = match champion {
        Some(model) => store::scorings::last_report(&store(), person.scope(), model.id).await.map_err(explain)?,
        None => None,
    };
    let watched = watched.and_then(|(scored_at, report)| Some((scored_at, report?)));
    let mut insights = Vec::new();
    let newest = models.first().filter(|model| model.state == ModelState::Candidate);
    for model in champion.into_iter().chain(newest) {
        let Some(insight) = store::models::insight(&store(), person.scope(), model.id).await.map_err(explain)? else {
            continue;
        };
        let (reliability, dependence) = (figures::reliability(&insight), figures::dependence(&insight));
        let model = format!("{} {}", model.state.label(), model.version);
        insights.push(Shown { model, insight, reliability, dependence });
    }
    Ok(ModelsView { models, viewer: person.id, may_approve, may_score, promotion, reach, watched, insights })
}

/// Asks the champion to look at all loans again; a run that is under way is not doubled.
#[server(prefix = "/fn", endpoint = "score_loans")]
pub async fn score_loans() -> Result<(), AppError> {
    use crate::guard::{answer, authorise, explain, store};
    let person = authorise(domain::access::Permission::LoadFiles).await?;
    if store::models::champion(&store(), person.scope()).await.map_err(explain)?.is_none() {
        return Err(answer(AppError::Invalid("No model decides yet. Train one first.".to_owned())));
    }
    let job = domain::job::Job::Score { portfolio: person.portfolio };
    store::jobs::enqueue(&store(), person.actor(), person.portfolio, &job, crate::sign_in::now())
        .await
        .map_err(explain)?;
    leptos_axum::redirect("/models#scoring");
    Ok(())
}

/// Turns a candidate down.
#[server(prefix = "/fn", endpoint = "reject_model")]
pub async fn reject_model(id: i64) -> Result<(), AppError> {
    use crate::guard::{authorise, explain, store};
    let person = authorise(domain::access::Permission::ApproveModels).await?;
    let id = domain::id::ModelId(id);
    store::models::reject(&store(), person.actor(), person.scope(), id, crate::sign_in::now())
        .await
        .map_err(explain)?;
    leptos_axum::redirect("/models");
    Ok(())
}

/// Approves a model: a job lets it decide in place of the champion. The reason is written down; some models need one.
#[server(prefix = "/fn", endpoint = "promote_model")]
pub async fn promote_model(id: i64, #[server(default)] reason: String) -> Result<(), AppError> {
    use crate::guard::{authorise, explain, store};
    let person = authorise(domain::access::Permission::ApproveModels).await?;
    let id = domain::id::ModelId(id);
    store::models::approve(&store(), person.actor(), person.scope(), id, &reason, crate::sign_in::now())
        .await
        .map_err(explain)?;
    leptos_axum::redirect("/models");
    Ok(())
}
