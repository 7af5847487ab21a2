//! What is at stake in each segment and what became of it, with the way to its loans.

use crate::components::split_bar::TrackSplit;
use crate::components::table::{Column, Table};
use crate::components::track_mark::RiskBadge;
use crate::format;
use domain::loan::RecoveryStatus;
use domain::money::Currency;
use domain::segment::Continued;
use domain::summary::SegmentSummary;
use leptos::prelude::*;

#[component]
pub fn MoneyTable(
    summaries: Vec<SegmentSummary>,
    /// The earlier segment that each one goes on with.
    continues: Vec<Option<Continued>>,
    currency: Currency,
) -> impl IntoView {
    let columns = vec![
        Column::text("Segment"),
        Column::text("Risk level"),
        Column::number("Loans"),
        Column::number("Lent"),
        Column::number("Outstanding"),
        Column::number("Fully recovered"),
        Column::number("Partly recovered"),
        Column::number("Written off"),
        Column::number("Mean score"),
        Column::text("Track mix"),
    ];
    let loans: u32 = summaries.iter().map(|segment| segment.all.loans).sum();
    let rows = summaries.into_iter().zip(continues);
    view! {
        <section class="card" aria-labelledby="money">
            <div class="card-header">
                <div>
                    <h2 class="card-title" id="money">"What is at stake"</h2>
                    <p class="note">
                        "Outcomes in percent of the segment's loans whose outcome is known. A name leads to the loans. The risk level \
                         is high or low where clearly more or less is written off than of all loans; with too few outcomes it is \
                         what the centres let expect; where neither tells, all are medium."
                    </p>
                </div>
            </div>
            <Table caption="Segments with amounts and outcomes" columns>
                {rows.map(|(segment, continues)| view! { <Row segment continues loans currency/> }).collect_view()}
            </Table>
        </section>
    }
}

#[component]
fn Row(segment: SegmentSummary, continues: Option<Continued>, loans: u32, currency: Currency) -> impl IntoView {
    let share = format::percent(segment.all.loans, loans);
    let outcome = |status| format::percent(segment.of_status(status), segment.closed());
    view! {
        <tr>
            <th scope="row">
                <a href=format!("/loans?segment={}", segment.number)>{format!("{} · {}", segment.number, segment.name)}</a>
                {continues.map(|earlier| view! { <p class="note">{in_words(&earlier, segment.number)}</p> })}
            </th>
            <td><RiskBadge risk=segment.risk/></td>
            <td class="num">{format::count(segment.all.loans)}<br/><span class="note">{share}</span></td>
            <td class="num">{format::short_amount(segment.lent, currency)}</td>
            <td class="num">{format::short_amount(segment.all.outstanding, currency)}</td>
            <td class="num">{outcome(RecoveryStatus::FullyRecovered)}</td>
            <td class="num">{outcome(RecoveryStatus::PartiallyRecovered)}</td>
            <td class="num">{outcome(RecoveryStatus::WrittenOff)}</td>
            <td class="num">{format::score(segment.mean_score)}</td>
            <td><TrackSplit loans=segment.tracks/></td>
        </tr>
    }
}

fn in_words(earlier: &Continued, number: i32) -> String {
    let Continued { model_version, number: before, name } = earlier;
    if *before == number {
        format!("As segment {before} of model {model_version}, {name}")
    } else {
        format!("Was segment {before} of model {model_version}, {name}")
    }
}
