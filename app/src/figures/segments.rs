//! Charts of segments.

use super::{BRAND, BRAND_SOFT, MUTE, shares_by_status};
use domain::segment::SegmentQuality;
use domain::summary::SegmentSummary;
use plotly::common::{Marker, Orientation, Title};
use plotly::layout::{Axis, BarMode, Layout};
use plotly::{Bar, Plot};

/// The segments as they stand in a chart from top to bottom.
fn from_the_top(segments: &[SegmentSummary]) -> Vec<&SegmentSummary> {
    segments.iter().rev().collect()
}

/// Numbers and names as the tables have them. A chart gives each part of a name a line of its own.
fn labels(segments: &[&SegmentSummary]) -> Vec<String> {
    let label = |segment: &&SegmentSummary| {
        let name = segment.name.replace(", ", ",<br>").replace(": ", ":<br>");
        format!("{} · {name}", segment.number)
    };
    segments.iter().map(label).collect()
}

/// Each segment's share of loans and of outstanding amounts, in percent.
pub fn shares(segments: &[SegmentSummary]) -> String {
    let rows = from_the_top(segments);
    let loans = |segment: &SegmentSummary| f64::from(segment.all.loans);
    let money = |segment: &SegmentSummary| segment.all.outstanding.map_or(0.0, |amount| amount.minor as f64);
    let mut plot = Plot::new();
    for (name, colour, of) in
        [("Outstanding", MUTE, &money as &dyn Fn(&SegmentSummary) -> f64), ("Loans", BRAND, &loans)]
    {
        let whole: f64 = rows.iter().map(|segment| of(segment)).sum();
        let shares: Vec<f64> = rows.iter().map(|segment| 100.0 * of(segment) / whole.max(1.0)).collect();
        plot.add_trace(
            Bar::new(shares, labels(&rows))
                .name(name)
                .orientation(Orientation::Horizontal)
                .hover_template(format!("%{{y}}: %{{x:.1f}} % of {}<extra></extra>", name.to_lowercase()))
                .marker(Marker::new().color(colour)),
        );
    }
    let percent = Axis::new().title(Title::with_text("Share, %")).range_mode(plotly::layout::RangeMode::ToZero);
    plot.set_layout(
        Layout::new().bar_mode(BarMode::Group).bar_gap(0.3).x_axis(percent).y_axis(Axis::new().show_grid(false)),
    );
    plot.to_json()
}

/// What became of each segment's loans, in percent of its loans.
pub fn outcomes(segments: &[SegmentSummary]) -> String {
    let rows = from_the_top(segments);
    let rows: Vec<(String, [u32; 4])> =
        labels(&rows).into_iter().zip(&rows).map(|(label, segment)| (label, segment.by_status)).collect();
    shares_by_status(&rows)
}

/// The mean silhouette of each number of segments; the number in use stands out.
pub fn silhouettes(quality: &SegmentQuality, in_use: u32) -> String {
    let known: Vec<(u32, f64)> =
        quality.silhouettes.iter().filter_map(|(segments, width)| Some((*segments, (*width)?))).collect();
    let colours = known.iter().map(|(segments, _)| if *segments == in_use { BRAND } else { BRAND_SOFT }).collect();
    let mut plot = Plot::new();
    plot.add_trace(
        Bar::new(
            known.iter().map(|(segments, _)| segments.to_string()).collect(),
            known.iter().map(|(_, width)| *width).collect::<Vec<_>>(),
        )
        .hover_template("%{x} segments: %{y:.2f}<extra></extra>")
        .marker(Marker::new().color_array(colours)),
    );
    plot.set_layout(
        Layout::new()
            .bar_gap(0.4)
            .x_axis(
                Axis::new()
                    .title(Title::with_text("Number of segments"))
                    .show_grid(false)
                    .type_(plotly::layout::AxisType::Category),
            )
            .y_axis(Axis::new().title(Title::with_text("Silhouette"))),
    );
    plot.to_json()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::summary::Tally;
    use domain::track::RiskLevel;

    #[test]
    fn charts_name_segments_as_the_tables_do() {
        let summary = SegmentSummary {
            number: 2,
            name: "Small loans, low arrears: the larger income".to_owned(),
            risk: RiskLevel::Low,
            all: Tally { loans: 3, ..Tally::default() },
            by_status: [1, 0, 2, 0],
            lent: None,
            tracks: [3, 0, 0],
            mean_score: 0.1,
        };
        for figure in [shares(std::slice::from_ref(&summary)), outcomes(std::slice::from_ref(&summary))] {
            assert!(figure.contains("2 · Small loans,<br>low arrears:<br>the larger income"), "{figure}");
        }
    }
}
