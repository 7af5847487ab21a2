//! Whether treatments are carried out, and how far they are.

use super::api::Treat;
use crate::format;
use domain::case::Treating;
use leptos::form::ActionForm;
use leptos::prelude::*;

#[component]
pub fn TreatingCard(
    treating: Treating,
    /// Whether who looks may begin and stop.
    may_start: bool,
    treat: ServerAction<Treat>,
) -> impl IntoView {
    let Treating { since, open_cases, due_cases, to_do, messages } = treating;
    let note = match since {
        Some(since) => format!(
            "Carried out since {}. Messages go out as the contact gate allows; what the program cannot do waits for people.",
            format::moment(since)
        ),
        None => "Nobody is reached yet. Once somebody begins, steps that are due are carried out, and messages go to borrowers.".to_owned(),
    };
    let facts = [
        ("Loans on a track", open_cases),
        ("Steps due", due_cases),
        ("Waiting for a person", to_do),
        ("Messages waiting", messages.waiting),
        ("Letters to print or post", messages.letters),
        ("Sent", messages.sent),
        ("Not delivered", messages.failed),
        ("In doubt", messages.in_doubt),
    ];
    let facts = facts.map(|(label, count)| view! { <div><dt>{label}</dt><dd>{format::count(count)}</dd></div> });
    let (begins, label, class) = match since {
        Some(_) => ("false", "Stop carrying treatments out", "btn"),
        None => ("true", "Begin to carry treatments out", "btn btn-primary"),
    };
    view! {
        <section class="card" aria-labelledby="treating">
            <div class="card-header">
                <div>
                    <h2 class="card-title" id="treating">"Treatments"</h2>
                    <p class="note">{note}</p>
                </div>
            </div>
            <div class="card-body stack">
                <dl class="facts">{facts.collect_view()}</dl>
                {may_start
                    .then(|| {
                        view! {
                            <ActionForm action=treat>
                                <input type="hidden" name="begins" value=begins/>
                                <button class=class type="submit" prop:disabled=move || treat.pending().get()>{label}</button>
                            </ActionForm>
                        }
                    })}
            </div>
        </section>
    }
}
