//! What segments are like: the mean of each feature, tinted by how far it lies from the portfolio's.

use crate::components::table::{Column, Table};
use crate::format;
use domain::feature::Feature;
use domain::segment::Segmentation;
use leptos::prelude::*;

/// From so many standard deviations on, the tint grows no stronger.
const STRONGEST: f64 = 1.5;

/// `features` are those that the model looks at; of one that is known of no loan there are only dashes.
#[component]
pub fn Profile(segmentation: Segmentation, features: Vec<Feature>) -> impl IntoView {
    let heads =
        segmentation.segments.iter().map(|segment| Column::number(format!("{} · {}", segment.number, segment.name)));
    let columns = [Column::text("Feature"), Column::number("All loans")].into_iter().chain(heads).collect();
    let rows = features.into_iter().map(|feature| {
        let spread = segmentation.spread.iter().find(|(other, ..)| *other == feature);
        let cells = segmentation.segments.iter().map(|segment| {
            let mean = segment.mean_of(feature);
            let deviations = spread.zip(mean).map(|((_, all, deviation), mean)| (mean - all) / deviation);
            view! { <Cell text=format::known(mean, |mean| written(feature, mean)) deviations/> }
        });
        view! {
            <tr>
                <th scope="row">{feature.label()}</th>
                <td class="num">{format::known(spread, |(_, mean, _)| written(feature, *mean))}</td>
                {cells.collect_view()}
            </tr>
        }
    });
    let rows = rows.collect_view();
    (!segmentation.spread.is_empty()).then(|| {
        view! {
            <section class="card" aria-labelledby="profile">
                <div class="card-header">
                    <div>
                        <h2 class="card-title" id="profile">"What they are like"</h2>
                        <p class="note">
                            "Mean of each feature over the loans of which it is known, in its own unit, and how many standard deviations above (▲) or below (▼) all loans it is; \
                             the stronger the tint, the farther."
                        </p>
                    </div>
                </div>
                <Table caption="Mean of each feature by segment" columns small=true>{rows}</Table>
            </section>
        }
    })
}

#[component]
fn Cell(
    text: String,
    /// From all loans, in standard deviations; nothing where a mean is not known.
    deviations: Option<f64>,
) -> impl IntoView {
    let Some(deviations) = deviations else {
        return view! { <td class="num">{text}</td> }.into_any();
    };
    let strength = (deviations.abs() / STRONGEST).min(1.0) * 100.0;
    let class = if deviations >= 0.0 { "num heat heat--above" } else { "num heat heat--below" };
    let mark = if deviations >= 0.0 { "▲" } else { "▼" };
    view! {
        <td class=class style=format!("--heat:{strength:.0}%")>
            {text}<br/><span class="note">{format!("{mark} {:.1}", deviations.abs())}</span>
        </td>
    }
    .into_any()
}

/// A mean of a feature in its own unit.
fn written(feature: Feature, value: f64) -> String {
    match feature {
        Feature::Age
        | Feature::MonthlyIncome
        | Feature::LoanAmount
        | Feature::CollateralValue
        | Feature::OutstandingAmount
        | Feature::MonthlyInstalment => format::number(value, 0),
        Feature::TenureMonths | Feature::DaysPastDue | Feature::DaysSincePayment => format::number(value, 1),
        Feature::InterestRate | Feature::MissedPayments | Feature::LongestLateRun => format::number(value, 2),
        Feature::InstalmentToIncome
        | Feature::OutstandingToLoan
        | Feature::LoanToCollateral
        | Feature::Unsecured
        | Feature::PaidToDue3
        | Feature::PaidToDue6
        | Feature::PaidToDue12 => {
            format!("{} %", format::number(value * 100.0, 0))
        }
    }
}
