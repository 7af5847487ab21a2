//! The reasons for a score, from what each feature added to it. Their words are those of [`domain::reason`].

use crate::tree_shap::Explanation;
use domain::feature::FeatureName;
use domain::reason::{Reason, sort};

/// The reasons for one score, strongest first; the effects add up to the score less the explanation's base.
///
/// `features`, `values` and the contributions are parallel. A value that is not known, or filled with a mean, is
/// `None`: the words then say so.
pub fn reasons(features: &[FeatureName], values: &[Option<f64>], explanation: &Explanation) -> Vec<Reason> {
    let triples = features.iter().zip(values).zip(&explanation.contributions);
    let mut reasons: Vec<Reason> = triples
        .map(|((feature, value), effect)| Reason { feature: feature.clone(), value: *value, effect: *effect })
        .collect();
    sort(&mut reasons);
    reasons
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forest::{Node, RiskForest, Tree};
    use crate::tree_shap::shap;
    use domain::feature::Feature;
    use domain::reason::words;

    #[test]
    fn reasons_add_up_to_the_score_less_its_base() {
        let split = |bound, left, feature| Node { bound, left, feature };
        let nodes = vec![split(2.0, 1, 0), Node::leaf(0.1), split(50_000.0, 3, 1), Node::leaf(0.9), Node::leaf(0.5)];
        let forest = RiskForest::from_trees([&Tree { nodes, covers: vec![10, 5, 5, 2, 3] }]);
        let features = [Feature::MissedPayments, Feature::MonthlyIncome].map(FeatureName::from);
        let found = shap(&forest, &[3.0, 45_000.0]).expect("is explained");
        let reasons = reasons(&features, &[Some(3.0), Some(45_000.0)], &found);
        let sum: f64 = reasons.iter().map(|reason| reason.effect).sum();
        assert!((found.base + sum - 0.9).abs() < 1e-6);
        assert_eq!(
            words(&reasons, 5),
            ["3 missed payments raise the risk by 0.34", "Monthly income of 45,000 raises the risk by 0.18"]
        );
    }
}
