//! Why a loan scores as it does, in words.

use crate::count::{count, grouped};
use crate::feature::{Feature, FeatureName};
use crate::loan::words;
use serde::{Deserialize, Serialize};

/// A ratio of this or more is cut off, so that nothing is known of it but that.
const RATIO_MAX: f64 = 10.0;

/// What one feature added to a score.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    pub feature: FeatureName,
    /// The loan's value in the feature's own unit; nothing where it is not known.
    pub value: Option<f64>,
    /// What it added to the score; below 0 it lowers the risk.
    pub effect: f64,
}

words!(
    /// What is left from the mean score and the effects of the features to the score.
    Adjustment {
        None = "none", "Nothing";
        Calibration = "calibration", "Calibration to observed outcomes";
        // The two of these are for a loan that trained the model, where nobody knows any more which trees saw it.
        Trees = "trees", "Trees that learned from this loan left out";
        TreesAndCalibration = "trees_and_calibration", "Trees that learned from this loan left out, and calibration";
    }
);

impl Adjustment {
    /// Reasons from before it was said hold both in one.
    fn unsaid() -> Self {
        Self::TreesAndCalibration
    }
}

/// Why a loan scores as it does: the way from the mean score of the loans that the model learned from to its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reasons {
    /// The mean score, 0..=1, by the trees that scored the loan, over what they learned from.
    pub base: f64,
    /// Strongest first. With the base they add up to the forest's score.
    pub reasons: Vec<Reason>,
    /// What is left from there to the score that decides.
    pub adjustment: f64,
    /// What the adjustment stands for.
    #[serde(default = "Adjustment::unsaid")]
    pub adjusted_by: Adjustment,
    /// Whether effects are Shapley values; otherwise each split's change is put down to its own feature.
    pub is_exact: bool,
}

impl Reasons {
    /// Effects, strongest first, are kept to six places, but the first one, which takes what that leaves over: with the base
    /// they still add up as the given ones do.
    pub fn new(base: f64, mut reasons: Vec<Reason>, score: f64, adjusted_by: Adjustment, is_exact: bool) -> Self {
        let sum = |reasons: &[Reason]| reasons.iter().map(|reason| reason.effect).sum::<f64>();
        let all = sum(&reasons);
        let adjustment = if adjusted_by == Adjustment::None { 0.0 } else { score - (base + all) };
        if let Some((strongest, others)) = reasons.split_first_mut() {
            for reason in &mut *others {
                reason.effect = (reason.effect * 1e6).round() / 1e6;
            }
            strongest.effect = all - sum(others);
        }
        Self { base, reasons, adjustment, adjusted_by, is_exact }
    }

    /// The score that they lead to.
    pub fn score(&self) -> f64 {
        self.base + self.reasons.iter().map(|reason| reason.effect).sum::<f64>() + self.adjustment
    }
}

impl Reason {
    /// A sentence without its full stop: "3 missed payments raise the risk by 0.12".
    pub fn words(&self) -> String {
        let (subject, is_plural) = self.subject();
        format!("{subject} {}", effect_words(self.effect, is_plural))
    }

    /// What it is about: "3 missed payments".
    pub fn about(&self) -> String {
        self.subject().0
    }

    /// What the sentence is about, and whether its verb stands in the plural.
    fn subject(&self) -> (String, bool) {
        let value = self.value.filter(|value| value.is_finite());
        match &self.feature {
            FeatureName::Standard(feature) => feature.subject(value),
            FeatureName::Number(column) => match value {
                Some(value) => (format!("\"{column}\" of {}", number(value, 2)), false),
                None => (format!("Unknown \"{column}\""), false),
            },
            FeatureName::Category(column) => (format!("The category in \"{column}\""), false),
            FeatureName::Missing(column) if value == Some(0.0) => (format!("That \"{column}\" is known"), false),
            FeatureName::Missing(column) => (format!("That \"{column}\" is not known"), false),
            FeatureName::Unknown(feature) => {
                let verb = if feature.is_counted() { "are" } else { "is" };
                let state = if value == Some(0.0) { "known" } else { "unknown" };
                (format!("That {} {verb} {state}", feature.label().to_lowercase()), false)
            }
        }
    }
}

impl Feature {
    /// What a sentence about a value of the feature begins with, and whether its verb stands in the plural.
    fn subject(self, value: Option<f64>) -> (String, bool) {
        let label = self.label();
        let Some(value) = value else {
            return (format!("Unknown {}", label.to_lowercase()), self.is_counted());
        };
        let one = |subject: String| (subject, false);
        match self {
            Feature::CollateralValue if value == 0.0 => one("No collateral".to_owned()),
            Feature::LoanToCollateral if value == 0.0 => one("A loan without collateral to measure it by".to_owned()),
            Feature::Unsecured if value == 0.0 => one("Being secured".to_owned()),
            Feature::Unsecured => one("Being unsecured".to_owned()),
            Feature::Age => one(format!("Age of {}", number(value, 0))),
            Feature::TenureMonths => one(format!("Tenure of {}", count(value.round() as u64, "month"))),
            Feature::InterestRate => one(format!("Interest rate of {} %", number(value, 2))),
            Feature::MissedPayments => counted(value, "missed payment"),
            // "Day past due" has its plural in the middle.
            Feature::DaysPastDue => {
                let (days, is_plural) = counted(value, "day");
                (format!("{days} past due"), is_plural)
            }
            Feature::PaidToDue3 => (paid_to_due(value, 3), true),
            Feature::PaidToDue6 => (paid_to_due(value, 6), true),
            Feature::PaidToDue12 => (paid_to_due(value, 12), true),
            Feature::DaysSincePayment if value == 0.0 => one("A payment on the day itself".to_owned()),
            Feature::DaysSincePayment => {
                let (days, is_plural) = counted(value, "day");
                (format!("{days} since the last payment"), is_plural)
            }
            Feature::LongestLateRun if value == 0.0 => one("Never having been late with an instalment".to_owned()),
            Feature::LongestLateRun => {
                let (late, is_plural) = counted(value, "late instalment");
                (if is_plural { format!("{late} in a row") } else { late }, is_plural)
            }
            Feature::InstalmentToIncome => one(share("Instalment", value, "the income")),
            Feature::OutstandingToLoan => one(share("Outstanding amount", value, "the loan")),
            Feature::LoanToCollateral => one(share("Loan", value, "the collateral")),
            Feature::MonthlyIncome
            | Feature::LoanAmount
            | Feature::CollateralValue
            | Feature::OutstandingAmount
            | Feature::MonthlyInstalment => one(format!("{label} of {}", number(value, 0))),
        }
    }

    /// Whether the feature's name is a plural, as that of things that are counted.
    fn is_counted(self) -> bool {
        matches!(self, Self::MissedPayments | Self::DaysPastDue | Self::DaysSincePayment)
    }
}

/// Sentences for reasons: the `shown` strongest, strongest first, and one that sums up the others. Reasons of equal
/// strength stand in the order of the features.
pub fn words(reasons: &[Reason], shown: usize) -> Vec<String> {
    let mut ordered = reasons.to_vec();
    sort(&mut ordered);
    let (strongest, rest) = ordered.split_at(shown.min(ordered.len()));
    let mut sentences: Vec<String> = strongest.iter().map(Reason::words).collect();
    if !rest.is_empty() {
        let effect = rest.iter().map(|reason| reason.effect).sum();
        sentences.push(format!("{} {}", count(rest.len(), "other feature"), effect_words(effect, rest.len() != 1)));
    }
    sentences
}

/// Puts the strongest effects first, whether they raise or lower the risk.
pub fn sort(reasons: &mut [Reason]) {
    reasons.sort_by(|a, b| b.effect.abs().total_cmp(&a.effect.abs()).then(a.feature.cmp(&b.feature)));
}

fn effect_words(effect: f64, is_plural: bool) -> String {
    let size = format!("{:.2}", effect.abs());
    let ending = if is_plural { "" } else { "s" };
    if size == "0.00" {
        format!("hardly change{ending} the risk")
    } else if effect > 0.0 {
        format!("raise{ending} the risk by {size}")
    } else {
        format!("lower{ending} the risk by {size}")
    }
}

/// "No missed payments", "1 missed payment", "3 missed payments". A mean that stands for an unknown count keeps a decimal.
fn counted(value: f64, one: &str) -> (String, bool) {
    if value == 0.0 {
        (format!("No {one}s"), true)
    } else if value.fract() == 0.0 && value > 0.0 {
        (count(value as u64, one), value > 1.0)
    } else {
        (format!("{} {one}s", number(value, 1)), true)
    }
}

fn paid_to_due(ratio: f64, months: u32) -> String {
    share("Payments", ratio, &format!("what fell due in {months} months"))
}

fn share(part: &str, ratio: f64, whole: &str) -> String {
    if ratio >= RATIO_MAX {
        format!("{part} of {RATIO_MAX} times {whole} or more")
    } else {
        format!("{part} of {} % of {whole}", number(ratio * 100.0, 0))
    }
}

/// A number with thousands separators and at most so many decimals, none of which is a needless 0.
fn number(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value.abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let whole = whole.parse::<u64>().map_or_else(|_| whole.to_owned(), grouped);
    let fraction = fraction.trim_end_matches('0');
    let is_zero = whole == "0" && fraction.is_empty();
    let sign = if value < 0.0 && !is_zero { "-" } else { "" };
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn reason(feature: impl Into<FeatureName>, value: impl Into<Option<f64>>, effect: f64) -> Reason {
        Reason { feature: feature.into(), value: value.into(), effect }
    }

    #[test]
    fn effects_add_up_however_they_are_kept() {
        let effects = [0.123_456_78, -0.011_111_19, 0.000_000_44];
        let given = || effects.map(|effect| reason(Feature::Age, 40.0, effect)).to_vec();
        let sum = |reasons: &Reasons| reasons.reasons.iter().map(|reason| reason.effect).sum::<f64>();
        for adjusted_by in Adjustment::ALL {
            let score = if adjusted_by == Adjustment::None { 0.3 + effects.iter().sum::<f64>() } else { 0.2 };
            let reasons = Reasons::new(0.3, given(), score, adjusted_by, true);
            assert!((sum(&reasons) - effects.iter().sum::<f64>()).abs() < 1e-12);
            assert!((reasons.score() - score).abs() < 1e-12, "{adjusted_by:?}");
            assert_eq!((reasons.reasons[1].effect, reasons.reasons[2].effect), (-0.011_111, 0.0));
            let text = serde_json::to_string(&reasons).expect("is written");
            assert_eq!(serde_json::from_str::<Reasons>(&text).expect("is read"), reasons);
        }
    }

    #[test]
    fn reasons_from_before_adjustments_had_names_are_read() {
        let text = r#"{"base":0.3,"reasons":[],"adjustment":0.1,"is_exact":true}"#;
        let reasons: Reasons = serde_json::from_str(text).expect("is read");
        assert_eq!(reasons.adjusted_by, Adjustment::TreesAndCalibration);
    }

    #[test]
    fn sentences_name_extra_columns() {
        let check = |feature: FeatureName, value: Option<f64>, expected| {
            assert_eq!(reason(feature, value, 0.12).words(), format!("{expected} raises the risk by 0.12"));
        };
        let name = || "PAY_2".to_owned();
        check(FeatureName::Number(name()), Some(2.0), "\"PAY_2\" of 2");
        check(FeatureName::Number(name()), None, "Unknown \"PAY_2\"");
        check(FeatureName::Category(name()), Some(0.3), "The category in \"PAY_2\"");
        check(FeatureName::Missing(name()), Some(1.0), "That \"PAY_2\" is not known");
        check(FeatureName::Missing(name()), Some(0.0), "That \"PAY_2\" is known");
        check(FeatureName::Unknown(Feature::MonthlyIncome), Some(1.0), "That monthly income is unknown");
        check(FeatureName::Unknown(Feature::DaysPastDue), Some(0.0), "That days past due are known");
    }

    #[test]
    fn sentences_name_the_value_in_its_unit() {
        use Feature as F;
        let check = |feature, value: Option<f64>, effect, expected| {
            assert_eq!(reason(feature, value, effect).words(), expected);
        };
        check(F::MissedPayments, Some(3.0), 0.12, "3 missed payments raise the risk by 0.12");
        check(F::MissedPayments, Some(1.0), 0.12, "1 missed payment raises the risk by 0.12");
        check(F::MissedPayments, Some(0.0), -0.12, "No missed payments lower the risk by 0.12");
        check(F::MissedPayments, Some(1.912), 0.1, "1.9 missed payments raise the risk by 0.10");
        check(F::MissedPayments, None, 0.1, "Unknown missed payments raise the risk by 0.10");
        check(F::DaysPastDue, Some(78.0), 0.2, "78 days past due raise the risk by 0.20");
        check(F::DaysPastDue, Some(1.0), 0.2, "1 day past due raises the risk by 0.20");
        check(F::MonthlyIncome, Some(45_000.0), -0.03, "Monthly income of 45,000 lowers the risk by 0.03");
        check(F::MonthlyIncome, None, -0.03, "Unknown monthly income lowers the risk by 0.03");
        check(F::LoanAmount, Some(1_445_796.4), 0.004, "Loan amount of 1,445,796 hardly changes the risk");
        check(F::CollateralValue, Some(0.0), 0.05, "No collateral raises the risk by 0.05");
        check(F::CollateralValue, Some(9_500.0), -0.05, "Collateral of 9,500 lowers the risk by 0.05");
        check(F::InterestRate, Some(12.39), 0.01, "Interest rate of 12.39 % raises the risk by 0.01");
        check(F::InterestRate, Some(11.5), 0.01, "Interest rate of 11.5 % raises the risk by 0.01");
        check(F::TenureMonths, Some(60.0), 0.01, "Tenure of 60 months raises the risk by 0.01");
        check(F::Age, Some(45.0), -0.01, "Age of 45 lowers the risk by 0.01");
        check(F::InstalmentToIncome, Some(0.254), 0.3, "Instalment of 25 % of the income raises the risk by 0.30");
        check(
            F::InstalmentToIncome,
            Some(10.0),
            0.3,
            "Instalment of 10 times the income or more raises the risk by 0.30",
        );
        check(F::LoanToCollateral, Some(1.2), 0.3, "Loan of 120 % of the collateral raises the risk by 0.30");
        let paid = "Payments of 40 % of what fell due in 3 months raise the risk by 0.04";
        check(F::PaidToDue3, Some(0.4), 0.04, paid);
        check(F::PaidToDue12, None, 0.04, "Unknown paid to due over 12 months raises the risk by 0.04");
        check(F::DaysSincePayment, Some(1.0), 0.04, "1 day since the last payment raises the risk by 0.04");
        check(F::DaysSincePayment, Some(70.0), 0.04, "70 days since the last payment raise the risk by 0.04");
        check(F::LongestLateRun, Some(0.0), -0.04, "Never having been late with an instalment lowers the risk by 0.04");
        check(F::LongestLateRun, Some(4.0), 0.04, "4 late instalments in a row raise the risk by 0.04");
        check(F::Unsecured, Some(1.0), 0.04, "Being unsecured raises the risk by 0.04");
        check(F::Unsecured, Some(0.0), -0.04, "Being secured lowers the risk by 0.04");
        check(F::Age, Some(f64::NAN), 0.04, "Unknown age raises the risk by 0.04");
    }

    #[test]
    fn strongest_stand_first_and_the_rest_is_summed() {
        let reasons = [
            reason(Feature::Age, 40.0, 0.01),
            reason(Feature::MonthlyIncome, 45_000.0, -0.2),
            reason(Feature::MissedPayments, 3.0, 0.12),
            reason(Feature::LoanAmount, 10_000.0, 0.02),
        ];
        let check = |shown, expected: &[&str]| assert_eq!(words(&reasons, shown), expected);
        let (income, missed) =
            ("Monthly income of 45,000 lowers the risk by 0.20", "3 missed payments raise the risk by 0.12");
        check(2, &[income, missed, "2 other features raise the risk by 0.03"]);
        let loan = "Loan amount of 10,000 raises the risk by 0.02";
        check(3, &[income, missed, loan, "1 other feature raises the risk by 0.01"]);
        check(9, &[income, missed, loan, "Age of 40 raises the risk by 0.01"]);
        check(0, &["4 other features lower the risk by 0.05"]);
        assert!(words(&[], 3).is_empty());
    }

    proptest! {
        #[test]
        fn no_number_makes_it_panic(value in any::<f64>(), effect in any::<f64>(), place in 0..Feature::ALL.len()) {
            let sentence = reason(Feature::ALL[place], value, effect).words();
            prop_assert!(sentence.contains(" the risk"), "{}", sentence);
        }
    }
}
