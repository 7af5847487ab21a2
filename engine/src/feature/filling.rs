//! What stands for features that are not known, and which columns say where.

use super::value;
use domain::feature::{Feature, FeatureName};
use domain::loan::LoanRecord;
use domain::money::Currency;
use serde::{Deserialize, Serialize};

/// A feature gets a column of its own that says where it is not known, where it is unknown of at least this share of the
/// loans: of fewer, a forest can learn nothing about being unknown.
const MARKED_SHARE_MIN: f64 = 0.01;

/// What a model knows of features that are not known.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Filling {
    /// One for each feature of the set, in its own unit: the median of the loans of which it is known, 0 where it is known
    /// of none. A median is not drawn away by a few very large loans, as a mean is.
    pub medians: Vec<f64>,
    /// The features with a column of 0 and 1 that says where they are not known, in their order. Those columns follow the
    /// features of the set.
    pub marked: Vec<Feature>,
}

impl Filling {
    /// Learns it of `known` values of `features`, row by row.
    pub(super) fn learn(features: &[Feature], known: &[Option<f64>]) -> Self {
        let rows = known.len() / features.len().max(1);
        let mut filling = Self { medians: Vec::with_capacity(features.len()), marked: Vec::new() };
        for (column, feature) in features.iter().enumerate() {
            let mut values: Vec<f64> = known.chunks_exact(features.len()).filter_map(|row| row[column]).collect();
            let unknown = rows - values.len();
            filling.medians.push(median(&mut values));
            // Where all that a ratio is made of is looked at too, the columns of those say where it is not known.
            let is_told = !feature.made_of().is_empty() && feature.made_of().iter().all(|part| features.contains(part));
            if unknown < rows && unknown as f64 >= MARKED_SHARE_MIN * rows as f64 && unknown > 0 && !is_told {
                filling.marked.push(*feature);
            }
        }
        filling
    }

    /// What the columns that say where a feature is not known hold.
    pub fn names(&self) -> Vec<FeatureName> {
        self.marked.iter().copied().map(FeatureName::Unknown).collect()
    }

    /// Those columns for loans, one list for each of [`Self::names`].
    pub(crate) fn marks(&self, records: &[LoanRecord], currency: Currency) -> Vec<Vec<f64>> {
        let mark = |record, feature| f64::from(u8::from(value(record, feature, currency).is_none()));
        let column = |feature: &Feature| records.iter().map(|record| mark(record, *feature)).collect();
        self.marked.iter().map(column).collect()
    }

    /// Whether it fits these features, for one from outside.
    pub(crate) fn fits(&self, features: &[Feature]) -> bool {
        let mut places = self.marked.iter().map(|marked| features.iter().position(|feature| feature == marked));
        let is_in_order = places.try_fold(None, |before, place| (place > before).then_some(place)).is_some();
        is_in_order && self.medians.len() == features.len() && self.medians.iter().all(|median| median.is_finite())
    }
}

/// The middle value, or the mean of the two in the middle; 0 of none.
fn median(values: &mut [f64]) -> f64 {
    let middle = values.len() / 2;
    if values.is_empty() {
        return 0.0;
    }
    let is_even = values.len().is_multiple_of(2);
    let (below, upper, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    let lower = below.iter().copied().max_by(f64::total_cmp).filter(|_| is_even);
    lower.map_or(*upper, |lower| f64::midpoint(lower, *upper))
}

#[cfg(test)]
mod tests {
    use super::*;
    use Feature::{CollateralValue, InstalmentToIncome, LoanAmount, MonthlyIncome, MonthlyInstalment, Unsecured};

    #[test]
    fn medians_of_known_values() {
        let check = |values: &[f64], expected: f64| {
            assert_eq!(median(&mut values.to_vec()).to_bits(), expected.to_bits(), "{values:?}");
        };
        check(&[], 0.0);
        check(&[4.0], 4.0);
        check(&[9.0, 1.0], 5.0);
        check(&[9.0, 1.0, 2.0], 2.0);
        check(&[9.0, 1.0, 2.0, 4.0], 3.0);
    }

    #[test]
    fn features_that_are_often_but_not_always_unknown_are_marked() {
        let check = |features: &[Feature], unknown: &[usize], expected: &[Feature]| {
            let known: Vec<Option<f64>> =
                (0..200).flat_map(|row| unknown.iter().map(move |unknown| (row >= *unknown).then_some(1.0))).collect();
            let filling = Filling::learn(features, &known);
            assert_eq!(filling.marked, expected, "{unknown:?}");
            assert!(filling.fits(features));
        };
        check(&[LoanAmount, MonthlyIncome], &[0, 0], &[]);
        check(&[LoanAmount, MonthlyIncome], &[1, 2], &[MonthlyIncome]);
        check(&[LoanAmount, MonthlyIncome], &[199, 200], &[LoanAmount]);
        // What it is made of says where a ratio is not known, unless that is left out.
        check(&[CollateralValue, Unsecured], &[50, 50], &[CollateralValue]);
        check(&[MonthlyInstalment, InstalmentToIncome], &[0, 50], &[InstalmentToIncome]);
        check(&[MonthlyIncome, MonthlyInstalment, InstalmentToIncome], &[9, 0, 9], &[MonthlyIncome]);
    }

    #[test]
    fn what_does_not_fit_the_features_is_seen() {
        let check = |medians: &[f64], marked: &[Feature], expected: bool| {
            let filling = Filling { medians: medians.to_vec(), marked: marked.to_vec() };
            assert_eq!(filling.fits(&[LoanAmount, MonthlyIncome]), expected, "{filling:?}");
        };
        check(&[1.0, 2.0], &[LoanAmount, MonthlyIncome], true);
        check(&[1.0, 2.0], &[MonthlyIncome, LoanAmount], false);
        check(&[1.0, 2.0], &[LoanAmount, LoanAmount], false);
        check(&[1.0, 2.0], &[Unsecured], false);
        check(&[1.0], &[], false);
        check(&[1.0, f64::NAN], &[], false);
    }
}
