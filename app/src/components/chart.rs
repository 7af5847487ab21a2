//! The one chart: a title, a note, plots that Plotly draws, and a table with the same numbers.

use leptos::prelude::*;

/// One drawing within a chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Panel {
    /// Stands above the drawing where a chart has several.
    pub heading: Option<String>,
    /// What is drawn, as a sentence for those who cannot see it.
    pub description: String,
    /// Plotly's JSON: `{"data": …, "layout": …}`.
    pub figure: String,
}

/// A chart in a card. The plots are drawn by a script once they come into view; the table is there
/// without any.
#[component]
pub fn Chart(
    #[prop(into)] title: String,
    /// Unit, denominator and period.
    #[prop(into)]
    note: String,
    panels: Vec<Panel>,
    /// Pixels.
    #[prop(default = 300)]
    height: u32,
    /// The class that says how wide the card is on the grid of twelve.
    #[prop(default = "c6")]
    width: &'static str,
    /// What the marks mean: words with the token of their colour.
    #[prop(optional)]
    key: Vec<(&'static str, &'static str)>,
    /// Whether no loan tells what it would draw.
    #[prop(optional)]
    is_empty: bool,
    /// The twin table.
    children: Children,
) -> impl IntoView {
    view! {
        <section class=format!("card {width}")>
            <div class="card-header">
                <div>
                    <h2 class="card-title">{title}</h2>
                    {(!is_empty).then(|| view! { <p class="note">{note}</p> })}
                </div>
            </div>
            <div class="card-body">
                {if is_empty {
                    view! { <p class="note">"The loan files on file do not tell what this chart would draw."</p> }.into_any()
                } else {
                    view! { <Drawings panels height key>{children()}</Drawings> }.into_any()
                }}
            </div>
        </section>
    }
}

#[component]
fn Drawings(
    panels: Vec<Panel>,
    height: u32,
    key: Vec<(&'static str, &'static str)>,
    children: Children,
) -> impl IntoView {
    view! {
        <figure class="chart">
            {(!key.is_empty()).then(|| view! { <Key key/> })}
            <noscript>
                <p class="note">"Charts are drawn by a script. The table below has the same numbers."</p>
            </noscript>
            <div class="panels">
                {panels.into_iter().map(|panel| view! { <Drawing panel height/> }).collect_view()}
            </div>
            <details class="more">
                <summary>"Show as table"</summary>
                {children()}
            </details>
        </figure>
    }
}

#[component]
fn Drawing(panel: Panel, height: u32) -> impl IntoView {
    view! {
        <div class="panel">
            {panel.heading.map(|heading| view! { <h3 class="panel__title">{heading}</h3> })}
            <div
                class="chart__plot"
                style=format!("--h:{height}px")
                role="img"
                aria-label=panel.description
                data-figure=panel.figure
            ></div>
        </div>
    }
}

#[component]
fn Key(key: Vec<(&'static str, &'static str)>) -> impl IntoView {
    view! {
        <ul class="key">
            {key
                .into_iter()
                .map(|(words, token)| view! { <li><i style=format!("--_f:var(--{token})")></i>{words}</li> })
                .collect_view()}
        </ul>
    }
}
