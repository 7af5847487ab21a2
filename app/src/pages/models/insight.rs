//! What the models lean on, how their scores move, and whether loans that score 0.3 are lost three times in ten.

use crate::components::chart::{Chart, Panel};
use crate::components::table::{Column, Table};
use crate::format;
use domain::insight::{Dependence, Insight, Reliability};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// So many features are listed.
const LISTED: usize = 12;

/// An insight with its model, and its charts as Plotly's JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    /// As "Champion 1".
    pub model: String,
    pub insight: Insight,
    pub reliability: String,
    /// One a feature.
    pub dependence: Vec<String>,
}

#[component]
pub fn Insights(shown: Shown) -> impl IntoView {
    let Shown { model, insight, reliability, dependence } = shown;
    let loans = format::counted(insight.loans, "held-out loan");
    let panels = insight.dependence.iter().zip(dependence).map(|(of, figure)| Panel {
        heading: Some(of.feature.label()),
        description: format!("Line: the mean score by {}.", of.feature.label()),
        figure,
    });
    let panels: Vec<Panel> = panels.collect();
    let curve = Panel {
        heading: None,
        description:
            "Points: the observed rate against the mean score of groups of loans; the line is where both are the same."
                .to_owned(),
        figure: reliability,
    };
    view! {
        <div class="grid grid--stretch">
            <Weights insight=insight.clone() model=model.clone() note=format!("{model}, on {loans}: by how much the AUC drops where a feature's values change places, and its share in what all splits gain.")/>
            <Chart
                title="Calibration"
                note=format!("{model}, {loans} in groups of about equal count: what became of them against what their scores said.")
                panels=vec![curve]
                width="c5"
                height=300
                is_empty=insight.reliability.is_empty()
            >
                <ReliabilityTable bins=insight.reliability.clone()/>
            </Chart>
            <Chart
                title="How the score moves with a feature"
                note=format!("{model}: the mean score if every loan had this value and kept its others.")
                is_empty=panels.is_empty()
                panels
                width="c12"
                height=220
            >
                <DependenceTable dependence=insight.dependence.clone()/>
            </Chart>
        </div>
    }
}

#[component]
fn Weights(insight: Insight, model: String, note: String) -> impl IntoView {
    // Two models may stand on one page.
    let id = format!("weights-{}", model.to_lowercase().replace(' ', "-"));
    let heading = id.clone();
    let columns =
        vec![Column::text("Feature"), Column::text("Weight"), Column::number("AUC drop"), Column::number("Splits")];
    let most = insight.features.iter().map(|feature| feature.auc_drop).fold(0.0, f64::max);
    let rows = insight.features.into_iter().take(LISTED).map(|weight| {
        let share = if most > 0.0 { (weight.auc_drop / most).max(0.0) * 100.0 } else { 0.0 };
        view! {
            <tr>
                <th scope="row">{weight.feature.label()}</th>
                <td><span class="bar" style=format!("--v:{share:.1}") aria-hidden="true"></span></td>
                <td class="num">{format::number(weight.auc_drop, 3)}</td>
                <td class="num">{format::percent(weight.split_share, 1.0)}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <section class="card c7" aria-labelledby=id>
            <div class="card-header">
                <div>
                    <h2 class="card-title" id=heading>"What the model leans on"</h2>
                    <p class="note">{note}</p>
                </div>
            </div>
            <Table caption="Weights of features" columns small=true>{rows}</Table>
        </section>
    }
}

#[component]
fn ReliabilityTable(bins: Vec<Reliability>) -> impl IntoView {
    let columns = vec![Column::number("Mean score"), Column::number("Observed"), Column::number("Loans")];
    let rows = bins.into_iter().map(|bin| {
        view! {
            <tr>
                <td class="num">{format::number(bin.mean_score, 3)}</td>
                <td class="num">{format::percent(bin.observed_rate, 1.0)}</td>
                <td class="num">{format::count(bin.loans)}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! { <Table caption="Scores and outcomes by group" columns small=true>{rows}</Table> }
}

#[component]
fn DependenceTable(dependence: Vec<Dependence>) -> impl IntoView {
    let columns = vec![Column::text("Feature"), Column::number("Value"), Column::number("Mean score")];
    let rows = dependence.into_iter().flat_map(|of| {
        let label = of.feature.label();
        of.points.into_iter().map(move |(value, score)| (label.clone(), value, score))
    });
    let rows = rows.map(|(label, value, score)| {
        view! {
            <tr>
                <th scope="row">{label}</th>
                <td class="num">{format::number(value, 2)}</td>
                <td class="num">{format::number(score, 3)}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! { <Table caption="Mean score by value of a feature" columns small=true>{rows}</Table> }
}
