//! How often people choose another track than the policy.

use crate::format;
use domain::decision::{COUNTED_DAYS, OverrideCounts};
use leptos::prelude::*;

#[component]
pub fn OverriddenCard(counts: OverrideCounts) -> impl IntoView {
    let OverrideCounts { in_force, made, decisions } = counts;
    let share = if decisions == 0 {
        format::UNKNOWN.to_owned()
    } else {
        format!("{} of {}", format::percent(made as f64, decisions as f64), format::counted(decisions, "decision"))
    };
    let facts = [
        ("Loans on a track that somebody chose", format::count(in_force as i64)),
        ("Chosen in the last days", format!("{} in {COUNTED_DAYS} days", format::count(made as i64))),
        ("Share of decisions in these days", share),
    ];
    let facts = facts.map(|(label, value)| view! { <div><dt>{label}</dt><dd>{value}</dd></div> });
    view! {
        <section class="card" aria-labelledby="overridden">
            <div class="card-header">
                <div>
                    <h2 class="card-title" id="overridden">"Tracks chosen by people"</h2>
                    <p class="note">
                        "On the page of a loan, somebody who leads may choose another track than the policy, with a reason. Many of these say that the policy is wrong."
                    </p>
                </div>
            </div>
            <div class="card-body">
                <dl class="facts">{facts.collect_view()}</dl>
            </div>
        </section>
    }
}
