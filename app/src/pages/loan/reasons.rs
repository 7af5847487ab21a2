//! Why a score is what it is: a waterfall from the mean score to the loan's own.

use crate::components::track_mark::track_class;
use crate::format;
use domain::reason::{Adjustment, Reason, Reasons, words};
use domain::track::Track;
use leptos::prelude::*;

/// So many features are shown by themselves; the others are summed up.
const SHOWN: usize = 7;

/// One step of the way; from and to are scores.
#[derive(Clone, Debug, PartialEq)]
struct Step {
    words: String,
    from: f64,
    to: f64,
    is_whole: bool,
}

fn steps(reasons: &Reasons) -> Vec<Step> {
    let whole = |words: &str, score: f64| Step { words: words.to_owned(), from: 0.0, to: score, is_whole: true };
    let mut steps = vec![whole("Mean score of the loans that the model learned from", reasons.base)];
    let mut at = reasons.base;
    let mut go = |words: String, effect: f64| {
        let from = at;
        at += effect;
        Step { words, from, to: at, is_whole: false }
    };
    let (shown, others) = reasons.reasons.split_at(SHOWN.min(reasons.reasons.len()));
    steps.extend(shown.iter().map(|reason| go(reason.about(), reason.effect)));
    if !others.is_empty() {
        let effect: f64 = others.iter().map(|reason| reason.effect).sum();
        steps.push(go(format::counted(others.len() as u64, "other feature"), effect));
    }
    if reasons.adjusted_by != Adjustment::None && reasons.adjustment.abs() >= 0.0005 {
        steps.push(go(reasons.adjusted_by.label().to_owned(), reasons.adjustment));
    }
    steps.push(whole("Score", reasons.score()));
    steps
}

/// The strongest reasons, as a sentence.
fn in_words(reasons: &[Reason]) -> String {
    let mut strongest = words(reasons, 3);
    strongest.truncate(3);
    format!("{}.", strongest.join("; "))
}

#[component]
pub fn Waterfall(reasons: Reasons, track: Track, bounds: [f64; 2]) -> impl IntoView {
    let label = format!(
        "The way from the mean score {} to the score {}; lines mark the bounds {:.2} and {:.2}",
        format::score(reasons.base),
        format::score(reasons.score()),
        bounds[0],
        bounds[1]
    );
    let note = if reasons.is_exact {
        "Exact: Shapley values of the forest. Grey lines: the policy's bounds."
    } else {
        "Approximate: each split's change is put down to its own feature. Grey lines: the policy's bounds."
    };
    view! {
        <p class="reading">{in_words(&reasons.reasons)}</p>
        <ol class=format!("wf {}", track_class(track)) aria-label=label style=format!("--low:{};--high:{}", bounds[0], bounds[1])>
            {steps(&reasons).into_iter().map(|step| view! { <Row step/> }).collect_view()}
        </ol>
        <p class="note">{note}</p>
    }
}

#[component]
fn Row(step: Step) -> impl IntoView {
    let Step { words, from, to, is_whole } = step;
    let class = match (is_whole, to < from, words == "Score") {
        (true, _, true) => "is-total",
        (true, ..) => "is-base",
        (false, true, _) => "is-neg",
        (false, false, _) => "",
    };
    let effect = (!is_whole).then(|| format!("{}{:.3}", if to < from { "−" } else { "+" }, (to - from).abs()));
    let percent = |score: f64| (score * 100.0).clamp(0.0, 100.0);
    let style = format!("--a:{:.2};--b:{:.2}", percent(from.min(to)), percent(from.max(to)));
    view! {
        <li class=class>
            <span>{words}</span>
            <span class="wf__bar" style=style aria-hidden="true"></span>
            <span class="num">{effect}</span>
            <span class="num">{format::number(to, 3)}</span>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::feature::Feature;

    #[test]
    fn steps_lead_from_the_base_to_the_score() {
        let features = [Feature::DaysPastDue, Feature::LoanAmount, Feature::Age, Feature::MonthlyIncome];
        let all: Vec<Reason> = (0..9)
            .map(|place| Reason {
                feature: features[place % 4].into(),
                value: Some(1.0),
                effect: 0.09 - place as f64 * 0.02,
            })
            .collect();
        let found = steps(&Reasons::new(0.3, all, 0.5, Adjustment::Calibration, true));
        assert_eq!(found.len(), SHOWN + 4);
        assert!(found.windows(2).skip(1).all(|pair| pair[1].is_whole || (pair[0].to - pair[1].from).abs() < 1e-12));
        let before_last = &found[found.len() - 2];
        assert!((before_last.to - 0.5).abs() < 1e-12 && (found[found.len() - 1].to - 0.5).abs() < 1e-12);
        assert_eq!(found[0].from.total_cmp(&0.0), std::cmp::Ordering::Equal);
        assert_eq!(before_last.words, "Calibration to observed outcomes");
        let exact = Reasons::new(0.3, vec![], 0.3, Adjustment::None, true);
        assert_eq!(steps(&exact).len(), 2, "nothing is left to say");
    }
}
