//! The headline figures, and one sentence that says what they mean.

use crate::format;
use domain::loan::RecoveryStatus;
use domain::model::ModelCard;
use domain::policy::Policy;
use domain::summary::{PortfolioSummary, Tally};
use domain::track::Track;
use leptos::prelude::*;

#[component]
pub fn Headline(summary: PortfolioSummary, champion: Option<ModelCard>) -> impl IntoView {
    let currency = summary.currency;
    let all = summary.all;
    let decided = summary.decided;
    let high_risk = if decided.loans == 0 {
        vec!["no loan has a decision yet".to_owned()]
    } else {
        let parts = summary.high_risk.outstanding.zip(decided.outstanding);
        let share = format::known(parts, |(part, whole)| format::percent(part.minor as f64, whole.minor as f64));
        vec![format::counted(summary.high_risk.loans, "loan"), format!("{share} of what is decided")]
    };
    let waiting = all.loans - decided.loans;
    let legal_notes = std::iter::once(format!("of {} decided", format::count(decided.loans)))
        .chain((waiting > 0 && decided.loans > 0).then(|| format!("{} not scored yet", format::count(waiting))))
        .collect();
    let status = |wanted| {
        summary.by_status.iter().find(|(status, _)| *status == wanted).map_or(Tally::default(), |(_, tally)| *tally)
    };
    let (outstanding, outstanding_unit) = format::headline(all.outstanding, currency);
    let (high, high_unit) = format::headline(summary.high_risk.outstanding, currency);
    let recovered = status(RecoveryStatus::FullyRecovered);
    let written_off = status(RecoveryStatus::WrittenOff);
    let share = |tally: Tally| format::percent(tally.loans, all.loans);
    let is_decided = summary.decided.loans > 0;
    let legal = summary.tracks[Track::Legal as usize].1.loans;
    view! {
        <section class="card" aria-labelledby="headline">
            <h2 class="visually-hidden" id="headline">"Headline figures"</h2>
            <dl class="strip strip--6" style="--cols:6">
                <Figure
                    label="Outstanding"
                    value=outstanding
                    unit=outstanding_unit
                    notes=std::iter::once(format::counted(all.loans, "loan"))
                        .chain(summary.lent.map(|lent| format!("of {} lent", format::short_amount(lent, currency))))
                        .collect()
                />
                <Figure
                    label="High risk"
                    value=if is_decided { high } else { "—".to_owned() }
                    unit=if is_decided { high_unit } else { "" }
                    notes=high_risk
                />
                <Figure
                    label="Fully recovered"
                    value=share(recovered)
                    unit=""
                    notes=vec![format!("{} of {}", format::count(recovered.loans), format::counted(all.loans, "loan"))]
                />
                <Figure
                    label="Written off"
                    value=share(written_off)
                    unit=""
                    notes=vec![
                        format!("{} of {}", format::count(written_off.loans), format::counted(all.loans, "loan")),
                        format!("{} outstanding", format::short_amount(written_off.outstanding, currency)),
                    ]
                />
                <Figure
                    label="Legal action"
                    value=if is_decided { format::count(legal) } else { "—".to_owned() }
                    unit=if is_decided { format!("\u{a0}{}", format::plural(legal, "loan")) } else { String::new() }
                    notes=legal_notes
                />
                <ModelFigure champion/>
            </dl>
        </section>
    }
}

#[component]
fn ModelFigure(champion: Option<ModelCard>) -> impl IntoView {
    let (value, notes) = match champion {
        None => ("—".to_owned(), vec!["no model in use yet".to_owned()]),
        Some(card) => {
            let auc = card.figures.auc.map_or("—".to_owned(), |auc| format::number(auc, 3));
            let interval = card.figures.auc_interval.map(|(low, high)| format!("{low:.3}–{high:.3} at 95 %"));
            let tested =
                format!("{}, model {}", format::counted(card.figures.test_rows, "held-out loan"), card.version);
            (auc, interval.into_iter().chain([tested]).collect())
        }
    };
    view! { <Figure label="Model AUC" value unit="" notes/> }
}

#[component]
fn Figure(label: &'static str, value: String, #[prop(into)] unit: String, notes: Vec<String>) -> impl IntoView {
    view! {
        <div>
            <dt>{label}</dt>
            <dd class="value">{value}<span class="unit">{unit}</span></dd>
            {notes.into_iter().map(|note| view! { <dd>{note}</dd> }).collect_view()}
        </div>
    }
}

/// What the tracks hold, in words.
#[component]
pub fn Reading(summary: PortfolioSummary, policy: Policy) -> impl IntoView {
    if summary.decided.loans == 0 {
        return view! { <p class="reading">"No loan has a decision yet. An administrator starts \"Train and score\" on the page Loan files."</p> }.into_any();
    }
    let currency = summary.currency;
    let parts = Track::ALL.map(|track| {
        let tally = summary.tracks[track as usize].1;
        (
            track,
            format!("{} {}", format::count(tally.loans), format::is_or_are(tally.loans)),
            format::short_amount(tally.outstanding, currency),
            policy.bounds_in_words(track),
        )
    });
    view! {
        <p class="reading">
            {format!("Of {}, ", format::counted(summary.decided.loans, "loan"))}
            {parts
                .into_iter()
                .enumerate()
                .map(|(place, (track, loans, money, bounds))| {
                    let joint = match place {
                        0 => "",
                        1 => ", ",
                        _ => " and ",
                    };
                    view! {
                        {joint}
                        <a href=format!("/loans?track={}", track.code())><b>{format!("{loans} on the {} track", track.label().to_lowercase())}</b></a>
                        {format!(" (score {bounds}, {money})")}
                    }
                })
                .collect_view()}
            "."
        </p>
    }
    .into_any()
}
