//! What the list of letters reads and changes.

use crate::error::AppError;
use domain::letter::{LetterList, LetterState};
use leptos::server;

/// A page of the letters of one's scope in a state.
#[server(prefix = "/fn", endpoint = "letters")]
pub async fn get_letters(state: LetterState, page: u32) -> Result<LetterList<String>, AppError> {
    use crate::guard::{authorise, explain, store};
    let person = authorise(domain::access::Permission::WorkLetters).await?;
    let (store, now) = (store(), crate::sign_in::now());
    let list = store::letters::list(&store, person.scope(), state, page, now).await.map_err(explain)?;
    Ok(list.told(crate::format::moment))
}

/// Writes down that a letter was posted; `although` says why, where the contact rules do not allow it.
#[server(prefix = "/fn", endpoint = "post_letter")]
pub async fn post_letter(id: i64, on: String, proof: String, although: Option<String>) -> Result<(), AppError> {
    use crate::guard::{answer, authorise, explain, store};
    let person = authorise(domain::access::Permission::WorkLetters).await?;
    let wrong = || answer(AppError::Invalid("Posted on: choose a day.".to_owned()));
    let on = on.trim().parse::<chrono::NaiveDate>().map_err(|_| wrong())?;
    let (id, now) = (domain::id::LetterId(id), crate::sign_in::now());
    let although = although.as_deref().unwrap_or_default();
    let posting = store::letters::Posting { on, proof: &proof, although };
    store::letters::post(&store(), person.actor(), person.scope(), id, posting, now).await.map_err(explain)?;
    leptos_axum::redirect("/letters?state=printed");
    Ok(())
}
