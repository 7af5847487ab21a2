//! The five visualisations of the original analysis, each with a table of the same numbers.

use super::model::Figures;
use crate::components::chart::{Chart, Panel};
use crate::components::status_key::status_key;
use crate::components::table::{Column, Table};
use crate::format;
use domain::loan::{PaymentHistory, RecoveryStatus};
use domain::money::{Currency, Money};
use domain::summary::{AmountBand, BoxFigures, PortfolioSummary, Scatter, ScatterGroup};
use leptos::prelude::*;

#[component]
pub fn Visualisations(summary: PortfolioSummary, figures: Figures) -> impl IntoView {
    let currency = summary.currency;
    let loans = format::counted(summary.all.loans, "loan");
    let present = present_statuses(&summary);
    let PortfolioSummary { amounts, history_by_status: history, missed_by_status: missed, .. } = summary;
    let (by_status, by_segment) = (summary.status_scatter, summary.segment_scatter);
    let key = status_key(|status| present.contains(&status));
    view! {
        <div class="grid grid--stretch">
            <Chart
                title="Loan amount, with monthly income"
                note=format!("{loans}. Top: loans by amount. Bottom: median monthly income in each band, shade = middle half.")
                panels=one("Histogram of loan amounts over the median monthly income of each band.", figures.amounts)
                height=340
                width="c7"
                is_empty=amounts.is_empty()
            >
                <AmountTable bands=amounts currency/>
            </Chart>
            <Chart
                title="Payment history and recovery status"
                note=format!("{loans}, in percent of each payment history.")
                panels=one("Stacked bars: the share of each recovery status among loans paid on time, delayed and missed.", figures.history)
                key=key.clone()
                height=300
                width="c5"
                is_empty=history.iter().all(|(_, loans)| loans.iter().all(|loans| *loans == 0))
            >
                <HistoryTable rows=history statuses=present/>
            </Chart>
            <Chart
                title="Missed payments by recovery status"
                note="Box = middle half, line = median, whiskers = 5 to 95 %."
                panels=one("Box plots of missed payments by recovery status.", figures.missed_payments)
                width="c5"
                is_empty=missed.is_empty()
            >
                <MissedTable rows=missed/>
            </Chart>
            <Chart
                title="Income and loan amount by recovery status"
                note=drawn(&by_status)
                panels=one("Scatter of monthly income against loan amount, by recovery status.", figures.status_scatter)
                key
                width="c7"
                is_empty=by_status.of == 0
            >
                <ScatterTable caption="Income and loan amount by recovery status" head="Status" scatter=by_status currency/>
            </Chart>
            {(!figures.segment_panels.is_empty())
                .then(|| view! { <SegmentChart scatter=by_segment panels=figures.segment_panels currency/> })}
        </div>
    }
}

#[component]
fn SegmentChart(scatter: Scatter, panels: Vec<String>, currency: Currency) -> impl IntoView {
    let note = format!("One panel a segment on the same axes; grey = all others. {}", drawn(&scatter));
    view! {
        <Chart title="Segments by income and loan amount" note panels=panels_of(&scatter, panels) height=260 width="c12" is_empty=scatter.of == 0>
            <ScatterTable caption="Segments by income and loan amount" head="Segment" scatter currency/>
        </Chart>
    }
}

fn one(description: &str, figure: String) -> Vec<Panel> {
    vec![Panel { heading: None, description: description.to_owned(), figure }]
}

fn panels_of(scatter: &Scatter, figures: Vec<String>) -> Vec<Panel> {
    let panel = |(group, figure): (&ScatterGroup, String)| Panel {
        heading: Some(format!("{} · {}", group.label, format::counted(group.of, "loan"))),
        description: format!("Scatter of monthly income against loan amount in the segment {}.", group.label),
        figure,
    };
    scatter.groups.iter().zip(figures).map(panel).collect()
}

fn present_statuses(summary: &PortfolioSummary) -> Vec<RecoveryStatus> {
    summary.by_status.iter().filter(|(_, tally)| tally.loans > 0).map(|(status, _)| *status).collect()
}

/// Says whether all loans are drawn.
fn drawn(scatter: &Scatter) -> String {
    if scatter.shown == scatter.of {
        format!("All {}.", format::counted(scatter.of, "loan"))
    } else {
        format!(
            "A sample of {} of {}, stratified by group.",
            format::count(scatter.shown),
            format::counted(scatter.of, "loan")
        )
    }
}

#[component]
fn AmountTable(bands: Vec<AmountBand>, currency: Currency) -> impl IntoView {
    let columns = vec![
        Column::text("Loan amount"),
        Column::number("Loans"),
        Column::number("Income, first quartile"),
        Column::number("Median income"),
        Column::number("Third quartile"),
    ];
    let money =
        move |money: Option<Money>| money.map_or("—".to_owned(), |money| format::short_amount(money, currency));
    view! {
        <Table caption="Loans and incomes by loan amount" columns small=true>
            {bands
                .into_iter()
                .map(|band| {
                    let quartile = |place: usize| money(band.income_quartiles.map(|quartiles| quartiles[place]));
                    view! {
                        <tr>
                            <th scope="row">{format!("{} to {}", format::short_amount(band.from, currency), format::short_amount(band.to, currency))}</th>
                            <td class="num">{format::count(band.loans)}</td>
                            <td class="num">{quartile(0)}</td>
                            <td class="num">{quartile(1)}</td>
                            <td class="num">{quartile(2)}</td>
                        </tr>
                    }
                })
                .collect_view()}
        </Table>
    }
}

#[component]
fn HistoryTable(rows: Vec<(PaymentHistory, [u32; 4])>, statuses: Vec<RecoveryStatus>) -> impl IntoView {
    let mut columns = vec![Column::text("Payment history")];
    columns.extend(statuses.iter().map(|status| Column::number(status.label())));
    columns.push(Column::number("Loans"));
    view! {
        <Table caption="Loans by payment history and recovery status" columns small=true>
            {rows
                .into_iter()
                .map(|(history, counts)| {
                    view! {
                        <tr>
                            <th scope="row">{history.label()}</th>
                            {statuses.iter().map(|status| view! { <td class="num">{format::count(counts[*status as usize])}</td> }).collect_view()}
                            <td class="num">{format::count(counts.iter().sum::<u32>())}</td>
                        </tr>
                    }
                })
                .collect_view()}
        </Table>
    }
}

#[component]
fn MissedTable(rows: Vec<(RecoveryStatus, BoxFigures)>) -> impl IntoView {
    let columns = ["Loans", "5 %", "25 %", "Median", "75 %", "95 %"].map(Column::number);
    let columns = [Column::text("Status")].into_iter().chain(columns).collect();
    view! {
        <Table caption="Missed payments by recovery status" columns small=true>
            {rows
                .into_iter()
                .map(|(status, figures)| {
                    view! {
                        <tr>
                            <th scope="row">{status.label()}</th>
                            <td class="num">{format::count(figures.loans)}</td>
                            {figures.points.map(|point| view! { <td class="num">{format::number(point, 1)}</td> }).collect_view()}
                        </tr>
                    }
                })
                .collect_view()}
        </Table>
    }
}

#[component]
fn ScatterTable(caption: &'static str, head: &'static str, scatter: Scatter, currency: Currency) -> impl IntoView {
    let columns = vec![
        Column::text(head),
        Column::number("Loans"),
        Column::number("Median monthly income"),
        Column::number("Median loan amount"),
    ];
    view! {
        <Table caption columns small=true>
            {scatter
                .groups
                .into_iter()
                .map(|group| {
                    view! {
                        <tr>
                            <th scope="row">{group.label}</th>
                            <td class="num">{format::count(group.of)}</td>
                            <td class="num">{format::short_amount(group.median_income, currency)}</td>
                            <td class="num">{format::short_amount(group.median_amount, currency)}</td>
                        </tr>
                    }
                })
                .collect_view()}
        </Table>
    }
}
