//! Charts of a model.

use super::{BRAND, LINE};
use domain::insight::{Dependence, Insight};
use plotly::common::{HoverInfo, Line, Marker, Mode, Title};
use plotly::layout::{Axis, AxisRange, Layout};
use plotly::{Plot, Scatter as Points};

/// Observed rates against mean scores, with the line of equality.
pub fn reliability(insight: &Insight) -> String {
    let mut plot = Plot::new();
    let even = Points::new(vec![0.0, 1.0], vec![0.0, 1.0]).mode(Mode::Lines).hover_info(HoverInfo::Skip);
    plot.add_trace(even.line(Line::new().color(LINE).width(1.0)));
    plot.add_trace(
        Points::new(
            insight.reliability.iter().map(|bin| bin.mean_score).collect(),
            insight.reliability.iter().map(|bin| bin.observed_rate).collect(),
        )
        .mode(Mode::LinesMarkers)
        .hover_template("score %{x:.2f}: %{y:.2f} observed<extra></extra>")
        .line(Line::new().color(BRAND).width(2.0))
        .marker(Marker::new().size(7).color(BRAND)),
    );
    let share = |words: &str| Axis::new().title(Title::with_text(words)).range(AxisRange::new(0.0, 1.0));
    plot.set_layout(Layout::new().x_axis(share("Mean score")).y_axis(share("Observed rate")));
    plot.to_json()
}

/// How the mean score moves with each feature, on one scale.
pub fn dependence(insight: &Insight) -> Vec<String> {
    let scores = || insight.dependence.iter().flat_map(|of| of.points.iter().map(|(_, score)| *score));
    let (low, high) = (scores().fold(1.0, f64::min), scores().fold(0.0, f64::max));
    let room = ((high - low) * 0.08).max(0.01);
    let of = |of: &Dependence| {
        let mut plot = Plot::new();
        let (values, scores): (Vec<f64>, Vec<f64>) = of.points.iter().copied().unzip();
        plot.add_trace(
            Points::new(values, scores)
                .mode(Mode::LinesMarkers)
                .hover_template("%{x}: %{y:.3f}<extra></extra>")
                .line(Line::new().color(BRAND).width(2.0))
                .marker(Marker::new().size(4).color(BRAND)),
        );
        let range = AxisRange::new((low - room).max(0.0), (high + room).min(1.0));
        plot.set_layout(Layout::new().y_axis(Axis::new().title(Title::with_text("Mean score")).range(range)));
        plot.to_json()
    };
    insight.dependence.iter().map(of).collect()
}
