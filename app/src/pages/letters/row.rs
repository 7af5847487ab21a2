//! One letter, with what may be done next.

use super::api::PostLetter;
use chrono::NaiveDate;
use domain::letter::{LetterRow, LetterState};
use leptos::form::ActionForm;
use leptos::prelude::*;

#[component]
pub fn Row(
    row: LetterRow<String>,
    state: LetterState,
    today: NaiveDate,
    post: ServerAction<PostLetter>,
) -> impl IntoView {
    let id = row.id;
    let pdf = format!("/letters/{id}/pdf");
    let label = format!("PDF of the letter for loan {}", row.loan_ref);
    let next = match state {
        LetterState::ToPrint => view! { <PrintForm id=id.0 loan_ref=row.loan_ref.clone() again=false/> }.into_any(),
        LetterState::Printed => view! {
            <div class="stack stack--tight">
                <span class="note">{row.detail}</span>
                <PostForm id=id.0 loan_ref=row.loan_ref.clone() today post/>
                <PrintForm id=id.0 loan_ref=row.loan_ref.clone() again=true/>
            </div>
        }
        .into_any(),
        LetterState::Posted | LetterState::Withheld => row.detail.into_any(),
    };
    view! {
        <tr>
            <th scope="row"><a href=format!("/loans/{}", row.loan)>{row.loan_ref}</a></th>
            <td>{row.recipient.join(", ")}</td>
            <td>{row.subject}" "<a href=pdf rel="external" download="" aria-label=label>"PDF"</a></td>
            <td>{row.made_at}</td>
            <td>{next}</td>
        </tr>
    }
}

/// A form of the browser's own, as what comes back is a file.
#[component]
fn PrintForm(id: i64, loan_ref: String, again: bool) -> impl IntoView {
    let (words, class) = if again { ("Print again", "btn btn-sm") } else { ("Print", "btn btn-sm btn-primary") };
    let label = format!("{words}: letter for loan {loan_ref}");
    view! {
        <form method="post" action=format!("/letters/{id}/print")>
            <button class=class type="submit" aria-label=label>{words}</button>
        </form>
    }
}

#[component]
fn PostForm(id: i64, loan_ref: String, today: NaiveDate, post: ServerAction<PostLetter>) -> impl IntoView {
    let today = today.to_string();
    let of = move |what: &str| format!("{what}, letter for loan {loan_ref}");
    view! {
        <ActionForm action=post attr:class="actions">
            <input type="hidden" name="id" value=id/>
            <input
                class="form-control"
                type="date"
                name="on"
                value=today.clone()
                max=today
                required
                aria-label=of("Posted on")
            />
            <input class="form-control" name="proof" maxlength="200" placeholder="Proof, if any" aria-label=of("Proof, if any")/>
            <details class="more">
                <summary>"The contact rules did not allow it"</summary>
                <textarea
                    class="form-control"
                    name="although"
                    rows="2"
                    maxlength="2000"
                    placeholder="Why it was posted all the same; it is kept as a breach"
                    aria-label=of("Why it was posted all the same")
                ></textarea>
            </details>
            <button
                class="btn btn-sm btn-primary"
                type="submit"
                aria-label=of("It was posted")
                prop:disabled=move || post.pending().get()
            >
                "It was posted"
            </button>
        </ActionForm>
    }
}
