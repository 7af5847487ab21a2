//! The words as a borrower gets them.

use domain::template::{Template, Values, fill};
use leptos::prelude::*;

#[component]
pub fn Preview(code: String, values: Values, subject: RwSignal<String>, body: RwSignal<String>) -> impl IntoView {
    let template = Template::find(&code);
    let told = move || {
        let (subject, body) = (subject.get(), body.get());
        let fault = template.and_then(|template| template.check(&subject, &body).err());
        // A browser's text begins behind a line end that it leaves out.
        let filled = fill(&subject, &values).and_then(|subject| Ok((subject, fill(body.trim(), &values)?)));
        match (fault, filled) {
            (Some(fault), _) => view! { <p role="status">{format!("This cannot be saved: {fault}.")}</p> }.into_any(),
            (None, Err(fault)) => {
                view! { <p role="status">{format!("Nothing would be sent: {fault}.")}</p> }.into_any()
            }
            (None, Ok((subject, body))) => view! {
                <p><strong>{subject}</strong></p>
                <pre class="words">{body}</pre>
            }
            .into_any(),
        }
    };
    view! {
        <section class="card" aria-labelledby="preview">
            <div class="card-header"><h2 class="card-title" id="preview">"Preview"</h2></div>
            <div class="card-body stack stack--tight">{told}</div>
        </section>
    }
}

/// Whose values stand in the preview.
#[component]
pub fn PreviewOf(code: String, loan: Option<String>, is_unknown: bool) -> impl IntoView {
    let of = match (&loan, is_unknown) {
        (Some(loan), true) => format!("There is no loan {loan} here, so the borrower is made up."),
        (Some(loan), false) => format!("With what is on file of loan {loan}. Offers and links are made up."),
        (None, _) => "With a made-up borrower.".to_owned(),
    };
    view! {
        <form class="card" method="get" action=format!("/strategies/templates/{code}")>
            <div class="card-body stack stack--tight">
                <p class="note">{of}</p>
                <label class="form-label" for="loan">"Preview with loan"</label>
                <div class="actions">
                    <input class="form-control" id="loan" name="loan" value=loan.unwrap_or_default() maxlength="200"/>
                    <button class="btn" type="submit">"Show"</button>
                </div>
            </div>
        </form>
    }
}
