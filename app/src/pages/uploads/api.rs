//! What the page of loan files reads and starts.

use super::Uploads;
use super::training_answers::LearningAnswers;
use crate::error::AppError;
use leptos::server;

/// The newest files, and the newest training.
#[server(prefix = "/fn", endpoint = "uploads")]
pub async fn list_uploads() -> Result<Uploads, AppError> {
    use crate::guard::{authorise, explain, store};
    let person = authorise(domain::access::Permission::LoadFiles).await?;
    let uploads = store::uploads::list(&store(), person.scope(), 50).await.map_err(explain)?;
    let training = store::jobs::latest(&store(), person.scope(), "train_and_score").await.map_err(explain)?;
    let models = store::models::list(&store(), person.scope()).await.map_err(explain)?;
    let has_loans = store::loans::count(&store(), person.portfolio).await.map_err(explain)? > 0;
    let extras = store::loans::extra_columns(&store(), person.portfolio).await.map_err(explain)?;
    let (newest_model, extra_columns) = (models.into_iter().next(), extras.into_iter().collect());
    let follow_up = store::summaries::follow_up(&store(), person.scope()).await.map_err(explain)?;
    Ok(Uploads { uploads, training, newest_model, has_loans, extra_columns, follow_up })
}

/// Starts a training over all loans of the portfolio; one that is under way is not doubled.
#[server(prefix = "/fn", endpoint = "train")]
pub async fn train(
    features: String,
    target: String,
    segments: u32,
    flagged: String,
    #[server(default)] learning: LearningAnswers,
    #[server(default)] extras: Vec<String>,
) -> Result<(), AppError> {
    use super::training_answers::TrainingAnswers;
    use crate::guard::{answer, authorise, explain, store};
    let person = authorise(domain::access::Permission::LoadFiles).await?;
    let form = TrainingAnswers { features, target, segments, flagged, learning, extras };
    let options = form.read().map_err(|why| answer(AppError::Invalid(why)))?;
    if store::loans::count(&store(), person.portfolio).await.map_err(explain)? == 0 {
        return Err(answer(AppError::Invalid(super::training_form::NO_LOANS.to_owned())));
    }
    let job = domain::job::Job::TrainAndScore { portfolio: person.portfolio, options };
    store::jobs::enqueue(&store(), person.actor(), person.portfolio, &job, crate::sign_in::now())
        .await
        .map_err(explain)?;
    leptos_axum::redirect("/uploads#training");
    Ok(())
}

/// Asks a job to stop.
#[server(prefix = "/fn", endpoint = "cancel_job")]
pub async fn cancel_job(id: i64) -> Result<(), AppError> {
    use crate::guard::{authorise, explain, store};
    let person = authorise(domain::access::Permission::LoadFiles).await?;
    let id = domain::id::JobId(id);
    store::jobs::request_cancel(&store(), person.actor(), person.scope(), id, crate::sign_in::now())
        .await
        .map_err(explain)?;
    Ok(())
}
