//! The reasons for a score, from what each feature added to it. Their words are those of [`domain::reason`].

use crate::tree_shap::Explanation;
use domain::feature::{Feature, FeatureName};
use domain::reason::{Reason, sort};

/// The reasons for one score, strongest first; the effects add up to the score less the explanation's base.
///
/// `features`, `values` and the contributions are parallel. A value that is not known, or filled with a median, is
/// `None`: the words then say so. What several columns say of one fact is one reason with the sum of their effects: that a
/// loan has no collateral shows in three columns, that a feature is not known in its own and in the one that says so.
pub fn reasons(features: &[FeatureName], values: &[Option<f64>], explanation: &Explanation) -> Vec<Reason> {
    let inputs = Inputs { features, values };
    let mut effects: Vec<Option<f64>> = vec![None; features.len()];
    for (place, effect) in explanation.contributions.iter().enumerate().take(features.len()) {
        *effects[inputs.fact_of(place)].get_or_insert(0.0) += effect;
    }
    let told = features.iter().zip(values).zip(effects);
    let mut reasons: Vec<Reason> = told
        .filter_map(|((feature, value), effect)| {
            Some(Reason { feature: feature.clone(), value: *value, effect: effect? })
        })
        .collect();
    sort(&mut reasons);
    reasons
}

/// What a model was given of one loan.
struct Inputs<'a> {
    features: &'a [FeatureName],
    values: &'a [Option<f64>],
}

impl Inputs<'_> {
    /// The column that speaks for the fact that the column at `place` tells of; that column itself, where no other says
    /// the same.
    fn fact_of(&self, place: usize) -> usize {
        let value = self.values[place];
        let other = match &self.features[place] {
            FeatureName::Standard(feature) => self.fact_of_feature(*feature, value),
            FeatureName::Unknown(feature) => self.place_of(&(*feature).into()),
            FeatureName::Missing(column) => self.place_of(&FeatureName::Number(column.clone())),
            _ => None,
        };
        other.unwrap_or(place)
    }

    fn fact_of_feature(&self, feature: Feature, value: Option<f64>) -> Option<usize> {
        let place_of = |feature: Feature| self.place_of(&feature.into());
        let Some(value) = value else {
            let unknown = |feature: &Feature| place_of(*feature).is_some_and(|place| self.values[place].is_none());
            return feature.made_of().iter().copied().find(unknown).and_then(place_of);
        };
        match feature {
            Feature::Unsecured => place_of(Feature::CollateralValue),
            // So it is where there is no collateral to measure the loan by.
            Feature::LoanToCollateral if value == 0.0 => {
                let is_unsecured = |place: &usize| matches!(self.values[*place], Some(0.0));
                let collateral = place_of(Feature::CollateralValue).filter(is_unsecured);
                let yes = |place: &usize| self.values[*place] == Some(1.0);
                collateral.or_else(|| place_of(Feature::Unsecured).filter(yes))
            }
            _ => None,
        }
    }

    fn place_of(&self, feature: &FeatureName) -> Option<usize> {
        self.features.iter().position(|other| other == feature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forest::{Node, RiskForest, Tree};
    use crate::tree_shap::shap;
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

    #[test]
    fn one_fact_is_one_reason() {
        use Feature::{
            CollateralValue, InstalmentToIncome, LoanToCollateral, MonthlyIncome, MonthlyInstalment, Unsecured,
        };
        let standard = |features: &[Feature]| features.iter().copied().map(FeatureName::from).collect::<Vec<_>>();
        let check = |features: &[FeatureName], values: &[Option<f64>], expected: &[&str]| {
            // The first column adds 0.1, the next 0.2, and so on.
            let contributions: Vec<f64> = (1..=features.len()).map(|place| place as f64 / 10.0).collect();
            let found = reasons(features, values, &Explanation { base: 0.0, contributions });
            assert_eq!(words(&found, 9), expected);
        };
        let secured = standard(&[CollateralValue, LoanToCollateral, Unsecured]);
        let none = Some(0.0);
        check(&secured, &[none, none, Some(1.0)], &["No collateral raises the risk by 0.60"]);
        let own =
            ["Collateral of 500 raises the risk by 0.40", "Loan of 200 % of the collateral raises the risk by 0.20"];
        check(&secured, &[Some(500.0), Some(2.0), none], &own);
        check(&secured, &[None, None, None], &["Unknown collateral raises the risk by 0.60"]);
        check(&secured[1..], &[none, Some(1.0)], &["Being unsecured raises the risk by 0.30"]);

        let mut marked = standard(&[MonthlyIncome, MonthlyInstalment, InstalmentToIncome]);
        marked.push(FeatureName::Unknown(MonthlyIncome));
        let (unknown, instalment) =
            ("Unknown monthly income raises the risk by 0.80", "Monthly instalment of 9 raises the risk by 0.20");
        check(&marked, &[None, Some(9.0), None, Some(1.0)], &[unknown, instalment]);
        let known = [
            "Monthly income of 45 raises the risk by 0.50",
            "Instalment of 20 % of the income raises the risk by 0.30",
            instalment,
        ];
        check(&marked, &[Some(45.0), Some(9.0), Some(0.2), Some(0.0)], &known);

        let extra = [FeatureName::Number("PAY_2".to_owned()), FeatureName::Missing("PAY_2".to_owned())];
        check(&extra, &[None, Some(1.0)], &["Unknown \"PAY_2\" raises the risk by 0.30"]);
        check(&extra, &[Some(2.0), none], &["\"PAY_2\" of 2 raises the risk by 0.30"]);
    }
}
