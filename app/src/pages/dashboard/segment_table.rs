//! The segments: what they are called, how risky they are, what is done, how much is at stake.

use crate::components::split_bar::TrackSplit;
use crate::components::table::{Column, Table};
use crate::components::track_mark::RiskBadge;
use crate::format;
use domain::loan::RecoveryStatus;
use domain::money::Currency;
use domain::summary::SegmentSummary;
use leptos::prelude::*;

#[component]
pub fn SegmentTable(segments: Vec<SegmentSummary>, currency: Currency) -> impl IntoView {
    if segments.is_empty() {
        return ().into_any();
    }
    let columns = vec![
        Column::number("Segment"),
        Column::text("Description"),
        Column::text("Risk level"),
        Column::text("Recovery strategy"),
        Column::number("Loans"),
        Column::number("Outstanding"),
        Column::number("Written off"),
        Column::number("Mean score"),
        Column::text("Track mix"),
    ];
    let total_loans: u32 = segments.iter().map(|segment| segment.all.loans).sum();
    let total = segments.iter().filter_map(|segment| segment.all.outstanding).reduce(|sum, part| sum + part);
    let footer = view! {
        <tr>
            <th scope="row" colspan="4">"All segments"</th>
            <td class="num">{format::count(total_loans)}</td>
            <td class="num">{format::short_amount(total, currency)}</td>
            <td colspan="3"></td>
        </tr>
    };
    view! {
        <section class="card" aria-labelledby="segments">
            <div class="card-header">
                <div>
                    <h2 class="card-title" id="segments">"Borrower segments"</h2>
                    <p class="note">"Names are read off the segments' centres; risk levels follow what was written off, where enough outcomes tell."</p>
                </div>
            </div>
            <Table caption="Borrower segments" columns one_line=true footer=footer.into_any()>
                {segments.into_iter().map(|segment| view! { <Row segment currency/> }).collect_view()}
            </Table>
        </section>
    }
    .into_any()
}

#[component]
fn Row(segment: SegmentSummary, currency: Currency) -> impl IntoView {
    let written_off = segment.of_status(RecoveryStatus::WrittenOff);
    view! {
        <tr>
            <td class="num">{segment.number}</td>
            <th scope="row"><a href=format!("/loans?segment={}", segment.number)>{segment.name}</a></th>
            <td><RiskBadge risk=segment.risk/></td>
            <td>{segment.risk.strategy()}</td>
            <td class="num">{format::count(segment.all.loans)}</td>
            <td class="num">{format::short_amount(segment.all.outstanding, currency)}</td>
            <td class="num">{format::percent(written_off, segment.all.loans)}</td>
            <td class="num">{format::score(segment.mean_score)}</td>
            <td><TrackSplit loans=segment.tracks/></td>
        </tr>
    }
}
