//! Why a loan is on its track: score, bounds, segment, flag, and the versions that decided.

use super::reasons::Waterfall;
use crate::components::empty::Empty;
use crate::components::icon::Icon;
use crate::components::track_mark::{RiskBadge, TrackMark, track_class};
use crate::format;
use domain::decision::OverrideView;
use domain::listing::DecisionView;
use domain::money::Currency;
use domain::track::RiskLevel;
use leptos::prelude::*;

#[component]
pub fn Decision(
    decision: DecisionView,
    loan_ref: String,
    /// Where a person chose the track.
    standing: Option<OverrideView<String>>,
    currency: Currency,
) -> impl IntoView {
    let policy = &decision.policy;
    let made_by = format!(
        "Decided {} · policy {} · model {}",
        format::moment(decision.decided_at),
        policy.version,
        decision.model_version
    );
    let found: Vec<String> = decision.found.iter().map(|found| found.in_words(currency)).collect();
    let occasion = if found.is_empty() {
        decision.occasion.label().to_owned()
    } else {
        format!("{} {}.", decision.occasion.label(), found.join("; "))
    };
    let level = policy.level(decision.score).label().to_lowercase();
    let by_policy = policy.track(decision.score);
    let overridden = standing.map(|standing| {
        let who = standing.made_by.map(|name| format!(" by {name}")).unwrap_or_default();
        format!(
            "It is on the {} track all the same: that was chosen{who} on {}. Reason: {}",
            standing.track.label().to_lowercase(),
            standing.made_at,
            standing.reason
        )
    });
    let bounds = [policy.settlement_from, policy.legal_above];
    view! {
        <section class="card" aria-labelledby="decision">
            <div class="card-header">
                <div>
                    <h2 class="card-title" id="decision">
                        {format!("Why is loan {loan_ref} on the {} track?", decision.track.label().to_lowercase())}
                    </h2>
                    <p class="note">{made_by}</p>
                    <p class="note">{format!("Why it was looked at: {occasion}")}</p>
                </div>
            </div>
            <div class="card-body stack">
                <p class="reading">
                    "The score is "<b>{format::score(decision.score)}</b>
                    {format!(", which is {level} risk: the {} track takes scores {}. ", by_policy.label().to_lowercase(), policy.bounds_in_words(by_policy))}
                    "The loan belongs to the segment "<b>{decision.segment_name.clone()}</b>"."
                </p>
                {overridden.map(|words| view! { <p class="reading">{words}</p> })}
                {match decision.reasons.clone() {
                    Some(reasons) => view! { <Waterfall reasons track=decision.track bounds/> }.into_any(),
                    None => view! { <ScoreBar score=decision.score bounds class=track_class(decision.track)/> }.into_any(),
                }}
                <dl class="facts">
                    <div><dt>"Track"</dt><dd><TrackMark track=decision.track/></dd></div>
                    <div>
                        <dt>"High-risk flag"</dt>
                        <dd>{if decision.is_high_risk { "Yes" } else { "No" }}</dd>
                        <dd class="note">{why_flagged(&decision)}</dd>
                    </div>
                    <div><dt>"Segment risk"</dt><dd><RiskBadge risk=decision.segment_risk/></dd></div>
                    <div><dt>"Chosen with probability"</dt><dd>{format::number(decision.propensity, 2)}</dd></div>
                </dl>
                <p class="note">{format!("{}.", decision.source.label())}</p>
                <p class="note">{format!("Model {}. {}. {}.", decision.model_version, decision.target_words, decision.gate.reason)}</p>
            </div>
        </section>
    }
}

/// A loan is flagged where its segment or its own score is high risk.
fn why_flagged(decision: &DecisionView) -> String {
    let bound = decision.policy.legal_above;
    let has_high_score = decision.policy.level(decision.score) == RiskLevel::High;
    match (decision.segment_risk == RiskLevel::High, has_high_score) {
        (true, true) => format!("Its segment is high risk, and its score is above {bound:.2}."),
        (true, false) => format!("Its segment is high risk, although its score is not above {bound:.2}."),
        (false, true) => format!("Its score is above {bound:.2}, although its segment is not high risk."),
        (false, false) => format!("Its segment is not high risk, and its score is not above {bound:.2}."),
    }
}

/// The score on a line from 0 to 1, with the policy's bounds.
#[component]
fn ScoreBar(score: f64, bounds: [f64; 2], class: &'static str) -> impl IntoView {
    view! {
        <div>
            <div class=format!("scorebar {class}") role="img" aria-label=format!("Score {} between 0 and 1", format::number(score, 3))>
                <span class="scorebar__fill" style=format!("--v:{:.1}", score * 100.0)></span>
                {bounds.map(|bound| view! { <span class="scorebar__bound" style=format!("--x:{bound}")></span> }).collect_view()}
            </div>
            <p class="note">{format!("Lines: settlement from {:.2}, legal above {:.2}.", bounds[0], bounds[1])}</p>
        </div>
    }
}

#[component]
pub fn Undecided() -> impl IntoView {
    view! {
        <section class="card">
            <Empty
                icon=Icon::Strategies
                title="No decision yet"
                text="This loan gets a score and a track the next time an administrator runs \"Train and score\"."
            />
        </section>
    }
}
