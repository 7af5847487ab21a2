//! The form of a plan: what a row says, and what it comes to.

use domain::money::{Currency, Money};
use domain::policy::plan::{Step, StepCondition, TreatmentKind};
use domain::track::Track;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// A row as it was filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StepAnswer {
    /// Nothing for a row that is left empty, or taken out.
    pub kind: String,
    pub on_day: String,
    pub template: String,
    pub dpd_min: String,
    pub dpd_max: String,
    pub balance_min: String,
    pub balance_max: String,
    pub segment: String,
    pub loan_type: String,
}

/// The longest name of a segment or of a loan type that a step may be kept to.
const NAME_LENGTH_MAX: usize = 200;

/// The steps of a form, in order of their days.
pub fn steps(track: Track, answers: &[StepAnswer], currency: Currency) -> Result<Vec<Step>, String> {
    let mut steps = Vec::new();
    for (place, answer) in (1..).zip(answers) {
        if !answer.kind.is_empty() {
            let told = |reason: String| format!("{}, row {place}: {reason}.", track.label());
            steps.push(step(answer, currency).map_err(told)?);
        }
    }
    steps.sort_by_key(|step: &Step| step.on_day);
    Ok(steps)
}

fn step(answer: &StepAnswer, currency: Currency) -> Result<Step, String> {
    let kind = TreatmentKind::find(&answer.kind).ok_or_else(|| format!("{} is no treatment", answer.kind))?;
    let on_day = number("Day", &answer.on_day)?.ok_or("say on which day it is done, 0 for the day of the decision")?;
    let template = Some(answer.template.trim()).filter(|template| !template.is_empty() && kind.has_template());
    let only = StepCondition {
        dpd_min: number("Days past due from", &answer.dpd_min)?,
        dpd_max: number("Days past due to", &answer.dpd_max)?,
        balance_min: amount("Outstanding from", &answer.balance_min, currency)?,
        balance_max: amount("Outstanding to", &answer.balance_max, currency)?,
        segment: name(&answer.segment)?,
        loan_type: name(&answer.loan_type)?,
    };
    Ok(Step { kind, on_day, template: template.map(str::to_owned), only })
}

fn number<T: FromStr>(field: &str, text: &str) -> Result<Option<T>, String> {
    match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| format!("{field}: {text:?} is no whole number of days")),
    }
}

fn amount(field: &str, text: &str, currency: Currency) -> Result<Option<Money>, String> {
    match text.trim() {
        "" => Ok(None),
        text => match Money::parse(text, currency) {
            Ok(money) if money >= Money::ZERO => Ok(Some(money)),
            _ => Err(format!("{field}: {text:?} is no amount in {currency}")),
        },
    }
}

fn name(text: &str) -> Result<Option<String>, String> {
    let text = text.trim();
    if text.chars().count() > NAME_LENGTH_MAX {
        return Err(format!("a name has at most {NAME_LENGTH_MAX} characters"));
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

/// An amount as the form shows it.
pub fn written(money: Option<Money>, currency: Currency) -> String {
    money.map(|money| format!("{:.*}", usize::from(currency.decimals()), money.major(currency))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(kind: &str, on_day: &str) -> StepAnswer {
        StepAnswer { kind: kind.to_owned(), on_day: on_day.to_owned(), ..StepAnswer::default() }
    }

    #[test]
    fn rows_become_steps_in_order() {
        let reminder = StepAnswer {
            template: "payment-reminder".to_owned(),
            dpd_min: " 8 ".to_owned(),
            balance_max: "1000.50".to_owned(),
            segment: "Long arrears".to_owned(),
            ..row("email_reminder", "15")
        };
        // A call says nothing, whatever template was chosen before its kind.
        let call = StepAnswer { template: "payment-reminder".to_owned(), ..row("call", "3") };
        let answers = [reminder, row("", "9"), call];
        let steps = steps(Track::Standard, &answers, Currency::USD).expect("steps");
        assert_eq!(steps.iter().map(|step| step.on_day).collect::<Vec<_>>(), [3, 15]);
        assert_eq!((steps[0].template.as_deref(), steps[1].template.as_deref()), (None, Some("payment-reminder")));
        let only = &steps[1].only;
        assert_eq!((only.dpd_min, only.dpd_max), (Some(8), None));
        assert_eq!(only.balance_max, Some(Money::from_minor(100_050)));
        assert_eq!(only.segment.as_deref(), Some("Long arrears"));
        assert_eq!(written(only.balance_max, Currency::USD), "1000.50");
    }

    #[test]
    fn rows_that_say_nothing_usable_are_told() {
        let check = |answer: StepAnswer, words: &str| {
            let told = steps(Track::Legal, &[row("", ""), answer], Currency::USD).expect_err(words);
            assert!(told.starts_with("Legal action, row 2: ") && told.contains(words), "{told}");
        };
        check(row("bribe", "1"), "bribe is no treatment");
        check(row("call", ""), "on which day");
        check(row("call", "-1"), "\"-1\" is no whole number");
        check(row("call", "1e9"), "is no whole number");
        check(StepAnswer { dpd_max: "many".to_owned(), ..row("call", "1") }, "Days past due to: \"many\"");
        check(StepAnswer { balance_min: "-5".to_owned(), ..row("call", "1") }, "Outstanding from: \"-5\"");
        check(StepAnswer { loan_type: "x".repeat(201), ..row("call", "1") }, "at most 200 characters");
    }
}
