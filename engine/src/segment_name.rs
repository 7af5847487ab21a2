//! Names and risk levels of segments, read off their centres.
//!
//! Numbers that a clustering happens to give mean nothing from one run to the next. What a segment
//! *is* stands in its centre: which features are high or low against the portfolio.

use domain::feature::Feature;
use domain::track::RiskLevel;

/// How far from the portfolio's mean, in standard deviations, a feature is worth a word.
const NOTABLE: f64 = 0.35;

/// Something that a name may speak of.
struct Aspect {
    /// The features whose mean it is.
    features: &'static [Feature],
    high: &'static str,
    low: &'static str,
}

/// In the order in which a name speaks of them. Protected attributes are not among them.
const ASPECTS: [Aspect; 7] = [
    Aspect { features: &[Feature::LoanAmount, Feature::OutstandingAmount], high: "large loans", low: "small loans" },
    Aspect { features: &[Feature::MissedPayments, Feature::DaysPastDue], high: "high arrears", low: "low arrears" },
    Aspect { features: &[Feature::MonthlyInstalment], high: "heavy instalments", low: "light instalments" },
    Aspect { features: &[Feature::MonthlyIncome], high: "high income", low: "low income" },
    Aspect { features: &[Feature::CollateralValue], high: "well secured", low: "little collateral" },
    Aspect { features: &[Feature::TenureMonths], high: "long terms", low: "short terms" },
    Aspect { features: &[Feature::InterestRate], high: "high rates", low: "low rates" },
];

/// The expected-loss index of a centre in standard deviations:
/// what is owed + how far behind − half of what secures it,
/// `z(outstanding) + ½ (z(missed payments) + z(days past due)) − ½ z(collateral)`.
///
/// It orders segments; it is no amount. Collateral weighs half because it is sold late and below
/// value, and because larger loans have more of it anyway.
pub fn expected_loss_index(features: &[Feature], center: &[f64]) -> f64 {
    let z = |wanted: Feature| features.iter().position(|feature| *feature == wanted).map_or(0.0, |index| center[index]);
    let arrears = f64::midpoint(z(Feature::MissedPayments), z(Feature::DaysPastDue));
    z(Feature::OutstandingAmount) + arrears - z(Feature::CollateralValue) / 2.0
}

/// The indices of centres, the one with the highest expected loss first.
pub fn order_by_expected_loss(features: &[Feature], centers: &[Vec<f64>]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..centers.len()).collect();
    order.sort_by(|a, b| {
        let index = |center: usize| expected_loss_index(features, &centers[center]);
        let by_values =
            || centers[*a].iter().zip(&centers[*b]).map(|(a, b)| a.total_cmp(b)).find(|order| order.is_ne());
        index(*b).total_cmp(&index(*a)).then_with(|| by_values().unwrap_or(a.cmp(b)))
    });
    order
}

/// The risk levels of `count` segments in the order of their expected loss: the upper half (rounded
/// down) is high, the last low, the rest medium.
pub fn risk_levels(count: usize) -> Vec<RiskLevel> {
    (0..count)
        .map(|place| match place {
            _ if place < count / 2 => RiskLevel::High,
            _ if place + 1 == count => RiskLevel::Low,
            _ => RiskLevel::Medium,
        })
        .collect()
}

/// A name for each centre (in standard deviations), all different from each other.
pub fn names(features: &[Feature], centers: &[Vec<f64>]) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(centers.len());
    for center in centers {
        let words = notable_words(features, center);
        let name = (2..=ASPECTS.len()).map(|count| name_of(&words, count)).find(|name| !names.contains(name));
        names.push(name.unwrap_or_else(|| numbered(&name_of(&words, 2), &names)));
    }
    names
}

/// A word for each notable aspect: its place among the aspects, how notable it is, the word.
fn notable_words(features: &[Feature], center: &[f64]) -> Vec<(usize, f64, &'static str)> {
    let mut words = Vec::new();
    for (place, aspect) in ASPECTS.iter().enumerate() {
        let values: Vec<f64> = features
            .iter()
            .zip(center)
            .filter(|(feature, _)| aspect.features.contains(feature))
            .map(|(_, z)| *z)
            .collect();
        let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
        let word = match mean {
            _ if mean >= NOTABLE => aspect.high,
            _ if mean <= -NOTABLE => aspect.low,
            _ => continue,
        };
        words.push((place, mean.abs(), word));
    }
    words.sort_by(|a, b| b.1.total_cmp(&a.1));
    words
}

/// The `count` most notable words in the order of the aspects.
fn name_of(words: &[(usize, f64, &'static str)], count: usize) -> String {
    let mut chosen: Vec<_> = words.iter().take(count).collect();
    chosen.sort_by_key(|(place, ..)| *place);
    let text = chosen.iter().map(|(.., word)| *word).collect::<Vec<_>>().join(", ");
    let mut letters = text.chars();
    letters.next().map_or_else(|| "Near the average".to_owned(), |first| first.to_uppercase().chain(letters).collect())
}

fn numbered(name: &str, taken: &[String]) -> String {
    // One more number than there are names taken: at least one of them is free.
    let mut numbered = (2..taken.len() + 3).map(|number| format!("{name} ({number})"));
    numbered.find(|name| !taken.contains(name)).unwrap_or_else(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::feature::FeatureSet;

    /// The reference centres A, B, C and D of the original analysis, in standard deviations.
    fn reference_centers() -> Vec<Vec<f64>> {
        [
            [-0.23, -0.18, -0.50, -0.12, -0.05, -0.43, -0.52, -0.36, -0.48, -0.83],
            [0.27, 0.01, 0.98, -1.21, -0.14, 0.69, 1.48, 2.35, 0.13, 0.12],
            [0.24, 0.10, -0.72, 0.16, 0.08, -0.44, -0.62, -0.49, 0.57, 0.86],
            [-0.06, 0.12, 1.00, 0.44, 0.02, 0.74, 0.75, 0.09, -0.03, 0.12],
        ]
        .iter()
        .map(|center| center.to_vec())
        .collect()
    }

    #[test]
    fn reference_segments_are_ordered_by_what_they_may_cost() {
        let features = FeatureSet::Reference.features();
        let order = order_by_expected_loss(features, &reference_centers());
        assert_eq!(order, [1, 3, 2, 0], "B, D, C, A");
        let names = names(features, &reference_centers());
        assert_eq!(
            names,
            [
                "Small loans, low arrears",
                "Large loans, heavy instalments",
                "Small loans, high arrears",
                "Large loans, well secured"
            ]
        );
    }

    #[test]
    fn risk_levels_of_any_number_of_segments() {
        use RiskLevel::{High, Low, Medium};
        let check = |count, expected: &[RiskLevel]| assert_eq!(risk_levels(count), expected);
        check(2, &[High, Low]);
        check(3, &[High, Medium, Low]);
        check(4, &[High, High, Medium, Low]);
        check(5, &[High, High, Medium, Medium, Low]);
    }

    #[test]
    fn names_are_distinct_even_where_centres_are_alike() {
        let features = FeatureSet::Reference.features();
        let check = |centers: &[Vec<f64>], expected: &[&str]| assert_eq!(names(features, centers), expected);
        check(&[vec![0.0; 10], vec![0.1; 10]], &["Near the average", "Near the average (2)"]);
        let mut long = reference_centers()[0].clone();
        long[3] = 0.36;
        check(
            &[reference_centers()[0].clone(), long.clone(), long],
            &[
                "Small loans, low arrears",
                "Small loans, low arrears, little collateral",
                "Small loans, low arrears, light instalments, little collateral",
            ],
        );
    }

    #[test]
    fn no_name_speaks_of_a_protected_attribute() {
        assert!(ASPECTS.iter().flat_map(|aspect| aspect.features).all(|feature| !feature.is_protected()));
    }
}
