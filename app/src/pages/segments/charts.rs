//! Segments in charts, each with a table of the same numbers.

use super::SegmentsView;
use crate::components::chart::{Chart, Panel};
use crate::components::status_key::status_key;
use crate::components::table::{Column, Table};
use crate::format;
use domain::loan::RecoveryStatus;
use domain::segment::SegmentQuality;
use domain::summary::SegmentSummary;
use leptos::prelude::*;

#[component]
pub fn Charts(view: SegmentsView) -> impl IntoView {
    let SegmentsView { summaries, segmentation, figures, .. } = view;
    let height = 90 + 60 * summaries.len() as u32;
    let shared = summaries.clone();
    let silhouettes = figures.silhouettes.zip(segmentation.quality);
    let key = status_key(|status| summaries.iter().any(|segment| segment.of_status(status) > 0));
    view! {
        <div class="grid grid--stretch">
            <Chart
                title="Loans and money by segment"
                note="Each segment's share of all loans, and of all outstanding amounts."
                panels=one("Bars: each segment's share of loans and of outstanding amounts.", figures.shares)
                key=vec![("Loans", "brand"), ("Outstanding", "mute")]
                height
            >
                <ShareTable summaries=shared/>
            </Chart>
            <Chart
                title="What became of the loans"
                note="Recovery status in percent of each segment's loans."
                panels=one("Stacked bars: the share of each recovery status among the loans of each segment.", figures.outcomes)
                key
                height
            >
                <OutcomeTable summaries/>
            </Chart>
            {silhouettes.map(|(figure, quality)| view! { <Silhouettes figure quality/> })}
        </div>
    }
}

fn one(description: &str, figure: String) -> Vec<Panel> {
    vec![Panel { heading: None, description: description.to_owned(), figure }]
}

#[component]
fn ShareTable(summaries: Vec<SegmentSummary>) -> impl IntoView {
    let columns =
        vec![Column::text("Segment"), Column::number("Share of loans"), Column::number("Share of outstanding")];
    let loans: u32 = summaries.iter().map(|segment| segment.all.loans).sum();
    let outstanding = |segment: &SegmentSummary| segment.all.outstanding.map_or(0.0, |amount| amount.minor as f64);
    let owed: f64 = summaries.iter().map(outstanding).sum();
    let rows = summaries.iter().map(|segment| {
        view! {
            <tr>
                <th scope="row">{format!("{} · {}", segment.number, segment.name)}</th>
                <td class="num">{format::percent(segment.all.loans, loans)}</td>
                <td class="num">{format::percent(outstanding(segment), owed)}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! { <Table caption="Shares of loans and of money by segment" columns small=true>{rows}</Table> }
}

#[component]
fn OutcomeTable(summaries: Vec<SegmentSummary>) -> impl IntoView {
    let heads = RecoveryStatus::ALL.map(|status| Column::number(status.label()));
    let columns = [Column::text("Segment")].into_iter().chain(heads).collect();
    let rows = summaries.iter().map(|segment| {
        let cell = |status| view! { <td class="num">{format::count(segment.of_status(status))}</td> };
        view! {
            <tr>
                <th scope="row">{format!("{} · {}", segment.number, segment.name)}</th>
                {RecoveryStatus::ALL.map(cell).collect_view()}
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! { <Table caption="Loans by segment and recovery status" columns small=true>{rows}</Table> }
}

#[component]
fn Silhouettes(figure: String, quality: SegmentQuality) -> impl IntoView {
    let columns = vec![Column::number("Segments"), Column::number("Silhouette")];
    let note = format!(
        "Mean silhouette of {}: near 1 = well apart, near 0 = running into each other.",
        format::counted(quality.silhouette_loans.unwrap_or(quality.loans), "loan")
    );
    let rows = quality.silhouettes.into_iter().map(|(segments, width)| {
        view! {
            <tr>
                <th scope="row" class="num">{segments}</th>
                <td class="num">{format::known(width, |width| format::number(width, 2))}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <Chart
            title="How many segments suit these loans"
            note
            panels=one("Bars: the mean silhouette of 2 to 8 segments.", figure)
            height=240
            width="c12"
        >
            <Table caption="Silhouette by number of segments" columns small=true>{rows}</Table>
        </Chart>
    }
}
