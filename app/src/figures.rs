//! Charts as Plotly's JSON. Colours are names of design tokens, `token(brand)`; the script that
//! draws puts in what they are in the theme of the moment.

pub mod models;
pub mod segments;

use crate::format::currency_mark;
use domain::loan::RecoveryStatus;
use domain::money::Currency;
use domain::summary::{AmountBand, BoxFigures, PortfolioSummary, Scatter, ScatterGroup};
use plotly::common::{AxisSide, Fill, HoverInfo, Line, Marker, MarkerSymbol, Mode, Orientation, Title};
use plotly::layout::{Axis, AxisRange, BarMode, Layout};
use plotly::{Bar, BoxPlot, Plot, Scatter as Points};

const BRAND: &str = "token(brand)";
const BRAND_MID: &str = "token(brand-mid)";
const BRAND_SOFT: &str = "token(brand-soft)";
const INK: &str = "token(ink)";
const MUTE: &str = "token(mute)";
const LINE: &str = "token(line-strong)";

/// The colour of a recovery status, the same in every chart.
fn status_colour(status: RecoveryStatus) -> &'static str {
    match status {
        RecoveryStatus::FullyRecovered => BRAND,
        RecoveryStatus::PartiallyRecovered => BRAND_MID,
        RecoveryStatus::WrittenOff => MUTE,
        RecoveryStatus::Open => LINE,
    }
}

/// What an area of a status is filled with: loans that are still open are drawn as empty.
fn status_fill(status: RecoveryStatus) -> &'static str {
    if status == RecoveryStatus::Open { "token(surface-3)" } else { status_colour(status) }
}

fn status_symbol(status: RecoveryStatus) -> MarkerSymbol {
    match status {
        RecoveryStatus::FullyRecovered => MarkerSymbol::Circle,
        RecoveryStatus::PartiallyRecovered => MarkerSymbol::Diamond,
        RecoveryStatus::WrittenOff => MarkerSymbol::Square,
        RecoveryStatus::Open => MarkerSymbol::CircleOpen,
    }
}

/// The status that a label of the summary's scatter stands for.
fn status_of(label: &str) -> RecoveryStatus {
    RecoveryStatus::ALL.into_iter().find(|status| status.label() == label).unwrap_or(RecoveryStatus::Open)
}

/// Loans by amount above, the monthly income of their borrowers below.
pub fn amounts(summary: &PortfolioSummary) -> String {
    let currency = summary.currency;
    let middle = |band: &AmountBand| f64::midpoint(band.from.major(currency), band.to.major(currency));
    let mut plot = Plot::new();
    plot.add_trace(
        Bar::new(
            summary.amounts.iter().map(middle).collect(),
            summary.amounts.iter().map(|band| band.loans).collect::<Vec<_>>(),
        )
        .name("Loans")
        .marker(Marker::new().color(BRAND))
        .y_axis("y2"),
    );
    let with_income: Vec<&AmountBand> = summary.amounts.iter().filter(|band| band.income_quartiles.is_some()).collect();
    let x: Vec<f64> = with_income.iter().map(|band| middle(band)).collect();
    let quartile = |place: usize| -> Vec<f64> {
        with_income.iter().filter_map(|band| Some(band.income_quartiles?[place].major(currency))).collect()
    };
    let edge = || Line::new().width(0.0).color("rgba(0,0,0,0)");
    plot.add_trace(Points::new(x.clone(), quartile(0)).mode(Mode::Lines).line(edge()).hover_info(HoverInfo::Skip));
    plot.add_trace(
        Points::new(x.clone(), quartile(2))
            .mode(Mode::Lines)
            .line(edge())
            .fill(Fill::ToNextY)
            .fill_color(BRAND_SOFT)
            .hover_info(HoverInfo::Skip),
    );
    plot.add_trace(
        Points::new(x, quartile(1))
            .name("Median income")
            .mode(Mode::LinesMarkers)
            .line(Line::new().color(INK).width(2.0))
            .marker(Marker::new().size(5).color(INK)),
    );
    plot.set_layout(
        Layout::new()
            .bar_gap(0.08)
            .x_axis(money_axis("Loan amount", currency).anchor("y"))
            .y_axis(money_axis("Income", currency).domain(&[0.0, 0.36]).range_mode(plotly::layout::RangeMode::ToZero))
            .y_axis2(Axis::new().title(Title::with_text("Loans")).domain(&[0.44, 1.0])),
    );
    plot.to_json()
}

/// How payment history goes with recovery status: shares of each history, in percent.
pub fn history(summary: &PortfolioSummary) -> String {
    let some = summary.history_by_status.iter().rev().filter(|(_, counts)| counts.iter().sum::<u32>() > 0);
    let rows: Vec<(String, [u32; 4])> = some.map(|(history, counts)| (history.label().to_owned(), *counts)).collect();
    shares_by_status(&rows)
}

/// Bars from the bottom up, each divided by recovery status in percent of its loans, which are in the order of
/// [`RecoveryStatus::ALL`].
fn shares_by_status(rows: &[(String, [u32; 4])]) -> String {
    let mut plot = Plot::new();
    for status in RecoveryStatus::ALL {
        let share = |counts: &[u32; 4]| {
            100.0 * f64::from(counts[status as usize]) / f64::from(counts.iter().sum::<u32>().max(1))
        };
        let shares: Vec<f64> = rows.iter().map(|(_, counts)| share(counts)).collect();
        if shares.iter().all(|share| *share == 0.0) {
            continue;
        }
        let labels: Vec<String> = rows.iter().map(|(label, _)| label.clone()).collect();
        plot.add_trace(
            Bar::new(shares, labels)
                .name(status.label())
                .orientation(Orientation::Horizontal)
                .hover_template(format!("%{{y}}: %{{x:.1f}} % {}<extra></extra>", status.label().to_lowercase()))
                .marker(Marker::new().color(status_fill(status))),
        );
    }
    let percent = Axis::new().title(Title::with_text("Share of loans, %")).range(AxisRange::new(0.0, 100.0));
    plot.set_layout(
        Layout::new().bar_mode(BarMode::Stack).bar_gap(0.3).x_axis(percent).y_axis(Axis::new().show_grid(false)),
    );
    plot.to_json()
}

/// Missed payments by recovery status, as boxes.
pub fn missed_payments(summary: &PortfolioSummary) -> String {
    let mut plot = Plot::new();
    for (status, BoxFigures { points: [low, first, median, third, high], .. }) in &summary.missed_by_status {
        plot.add_trace(
            BoxPlot::<&str, f64>::new_xy(vec![status.label()], vec![])
                .name(status.label())
                .q1(vec![*first])
                .median(vec![*median])
                .q3(vec![*third])
                .lower_fence(vec![*low])
                .upper_fence(vec![*high])
                .fill_color(status_fill(*status))
                .line(Line::new().color(INK).width(1.0)),
        );
    }
    plot.set_layout(
        Layout::new().x_axis(Axis::new().show_grid(false)).y_axis(
            Axis::new().title(Title::with_text("Missed payments")).range_mode(plotly::layout::RangeMode::ToZero),
        ),
    );
    plot.to_json()
}

/// Monthly income against loan amount, by recovery status.
pub fn status_scatter(summary: &PortfolioSummary) -> String {
    let mut plot = Plot::new();
    for group in &summary.status_scatter.groups {
        let status = status_of(&group.label);
        plot.add_trace(
            points(group, status_colour(status), 6)
                .marker(Marker::new().size(6).color(status_colour(status)).symbol(status_symbol(status)).opacity(0.8)),
        );
    }
    plot.set_layout(income_by_amount(&summary.status_scatter, summary.currency));
    plot.to_json()
}

/// One panel a segment on the same axes; the other segments' loans lie muted behind.
pub fn segment_panels(summary: &PortfolioSummary) -> Vec<String> {
    let scatter = &summary.segment_scatter;
    (0..scatter.groups.len())
        .map(|panel| {
            let mut plot = Plot::new();
            for (_, group) in scatter.groups.iter().enumerate().filter(|(place, _)| *place != panel) {
                plot.add_trace(points(group, MUTE, 3).opacity(0.35).hover_info(HoverInfo::Skip));
            }
            plot.add_trace(points(&scatter.groups[panel], BRAND, 6));
            plot.set_layout(income_by_amount(scatter, summary.currency));
            plot.to_json()
        })
        .collect()
}

fn points(group: &ScatterGroup, colour: &'static str, size: usize) -> Box<Points<i64, i64>> {
    let (x, y): (Vec<i64>, Vec<i64>) = group.points.iter().copied().unzip();
    Points::new(x, y)
        .name(&group.label)
        .mode(Mode::Markers)
        .web_gl_mode(false)
        .marker(Marker::new().size(size).color(colour))
        .hover_template("Income %{x:,}, loan %{y:,}")
}

/// Axes that hold all points of a scatter, so that panels can be compared.
fn income_by_amount(scatter: &Scatter, currency: Currency) -> Layout {
    let most = |value: fn(&(i64, i64)) -> i64| {
        scatter.groups.iter().flat_map(|group| &group.points).map(value).max().unwrap_or(1) as f64
    };
    let axis =
        |label, most: f64| money_axis(label, currency).range(AxisRange::new(0.0, most * 1.05)).side(AxisSide::Left);
    let income = money_axis("Monthly income", currency)
        .range(AxisRange::new(0.0, most(|point| point.0) * 1.05))
        .show_grid(false);
    Layout::new().x_axis(income).y_axis(axis("Loan amount", most(|point| point.1)))
}

fn money_axis(label: &str, currency: Currency) -> Axis {
    Axis::new().title(Title::with_text(format!("{label}, {}", currency_mark(currency).trim_end())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use domain::summary::summarise;

    #[test]
    fn figures_of_an_empty_portfolio_are_json_without_marks() {
        let summary = summarise(&[], &[], Currency::USD, DateTime::UNIX_EPOCH);
        for figure in [amounts(&summary), history(&summary), missed_payments(&summary), status_scatter(&summary)] {
            let figure: serde_json::Value = serde_json::from_str(&figure).expect("JSON");
            assert!(figure["layout"].is_object(), "{figure}");
        }
        assert!(segment_panels(&summary).is_empty());
    }
}
