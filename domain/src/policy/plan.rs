//! What a policy does on each track: steps in order of their days, for the loans that they are meant for.

use super::PolicyFault;
use crate::count::count;
use crate::loan::words;
use crate::money::{Currency, Money};
use crate::template::Template;
use crate::track::Track;
use serde::{Deserialize, Serialize};

/// At most so many steps stand on one track.
pub const STEPS_MAX: usize = 20;

/// No step comes later after the placement.
pub const DAY_MAX: u16 = 730;

words!(
    /// Something that is done to recover a loan.
    TreatmentKind {
        EmailReminder = "email_reminder", "E-mail reminder";
        SmsReminder = "sms_reminder", "SMS reminder";
        Letter = "letter", "Letter";
        Call = "call", "Call";
        SettlementOffer = "settlement_offer", "Settlement offer";
        RepaymentPlan = "repayment_plan", "Repayment plan";
        LegalNotice = "legal_notice", "Legal notice";
        IntensiveTeam = "intensive_team", "Intensive recovery team";
        Review = "review", "Review by a lead";
    }
);

impl TreatmentKind {
    /// How long a person works on it, in minutes; none where the program does it alone. Usual handling times of
    /// the field.
    pub fn usual_minutes(self) -> u16 {
        match self {
            Self::EmailReminder | Self::SmsReminder => 0,
            Self::Letter => 3,
            Self::Call => 8,
            Self::SettlementOffer | Self::LegalNotice => 15,
            Self::RepaymentPlan | Self::IntensiveTeam => 20,
            Self::Review => 10,
        }
    }

    /// Whether a plan of this track may hold it.
    pub fn is_for(self, track: Track) -> bool {
        match self {
            Self::LegalNotice | Self::IntensiveTeam => track == Track::Legal,
            Self::SettlementOffer | Self::RepaymentPlan => track != Track::Legal,
            _ => true,
        }
    }

    /// Whether it says something in the words of a template.
    pub fn has_template(self) -> bool {
        matches!(self, Self::EmailReminder | Self::SmsReminder | Self::Letter | Self::LegalNotice)
    }
}

/// One step of a track's plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    pub kind: TreatmentKind,
    /// Days after the loan was placed on the track.
    pub on_day: u16,
    /// The words that are sent; nothing where the step sends none.
    pub template: Option<String>,
    #[serde(default)]
    pub only: StepCondition,
}

/// The loans that a step is meant for. What is left open holds for all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepCondition {
    /// Days past due, this many or more.
    pub dpd_min: Option<u32>,
    /// Days past due, this many or fewer.
    pub dpd_max: Option<u32>,
    /// Outstanding amount, this much or more.
    pub balance_min: Option<Money>,
    /// Outstanding amount, this much or less.
    pub balance_max: Option<Money>,
    /// The name of a segment.
    pub segment: Option<String>,
    /// As the lender's file calls it.
    pub loan_type: Option<String>,
}

/// What of a loan a condition asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StepLoan<'a> {
    pub days_past_due: Option<u32>,
    pub outstanding: Option<Money>,
    pub segment: Option<&'a str>,
    pub loan_type: &'a str,
}

impl StepCondition {
    /// Whether the step is meant for a loan. What is asked for and not known of it does not fit.
    pub fn fits(&self, loan: StepLoan<'_>) -> bool {
        fn within<T: PartialOrd + Copy>(value: Option<T>, min: Option<T>, max: Option<T>) -> bool {
            let above = min.is_none_or(|min| value.is_some_and(|value| value >= min));
            above && max.is_none_or(|max| value.is_some_and(|value| value <= max))
        }
        within(loan.days_past_due, self.dpd_min, self.dpd_max)
            && within(loan.outstanding, self.balance_min, self.balance_max)
            && self.segment.as_deref().is_none_or(|segment| loan.segment == Some(segment))
            && self.loan_type.as_ref().is_none_or(|kind| kind.eq_ignore_ascii_case(loan.loan_type))
    }

    /// The condition in words, as "31 to 90 days past due, from 5,000.00 USD"; nothing where all loans fit.
    pub fn in_words(&self, currency: Currency) -> Option<String> {
        let amount = |money: &Money| {
            let major = format!("{:.*}", usize::from(currency.decimals()), money.major(currency));
            format!("{major} {currency}")
        };
        let dpd = match (self.dpd_min, self.dpd_max) {
            (None, None) => None,
            (Some(min), None) => Some(format!("{} past due or more", count(min, "day"))),
            (None, Some(max)) => Some(format!("{} past due or fewer", count(max, "day"))),
            (Some(min), Some(max)) => Some(format!("{min} to {} past due", count(max, "day"))),
        };
        let balance = match (&self.balance_min, &self.balance_max) {
            (None, None) => None,
            (Some(min), None) => Some(format!("from {}", amount(min))),
            (None, Some(max)) => Some(format!("up to {}", amount(max))),
            (Some(min), Some(max)) => Some(format!("{} to {}", amount(min), amount(max))),
        };
        let segment = self.segment.as_ref().map(|name| format!("segment {name}"));
        let kind = self.loan_type.as_ref().map(|name| format!("{name} loans"));
        let parts: Vec<String> = [dpd, balance, segment, kind].into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }

    fn is_possible(&self) -> bool {
        let crossed = |min, max| matches!((min, max), (Some(min), Some(max)) if min > max);
        let balance = |money: Option<Money>| money.map(|money| money.minor);
        !crossed(self.dpd_min.map(i64::from), self.dpd_max.map(i64::from))
            && !crossed(balance(self.balance_min), balance(self.balance_max))
    }
}

/// The minutes that people work on one loan, if each step is meant for it.
pub fn work_minutes(steps: &[Step]) -> u32 {
    steps.iter().map(|step| u32::from(step.kind.usual_minutes())).sum()
}

/// The plans of all tracks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TreatmentPlans {
    pub legal: Vec<Step>,
    pub settlement: Vec<Step>,
    pub standard: Vec<Step>,
}

impl Default for TreatmentPlans {
    /// The treatments of the mission: notices and the intensive team; offers and plans; reminders and a watchful eye.
    fn default() -> Self {
        let step = |kind: TreatmentKind, on_day: u16, template: Option<&str>| Step {
            kind,
            on_day,
            template: template.map(str::to_owned),
            only: StepCondition::default(),
        };
        let overdue = |step: Step, dpd: u32| Step {
            only: StepCondition { dpd_min: Some(dpd), ..StepCondition::default() },
            ..step
        };
        Self {
            legal: vec![
                step(TreatmentKind::IntensiveTeam, 0, None),
                overdue(step(TreatmentKind::LegalNotice, 3, Some("notice-before-action")), 1),
                overdue(step(TreatmentKind::Call, 10, None), 1),
                step(TreatmentKind::Review, 35, None),
            ],
            settlement: vec![
                step(TreatmentKind::SettlementOffer, 0, None),
                overdue(step(TreatmentKind::Call, 7, None), 1),
                step(TreatmentKind::RepaymentPlan, 14, None),
                step(TreatmentKind::Review, 45, None),
            ],
            standard: vec![
                overdue(step(TreatmentKind::EmailReminder, 0, Some("payment-reminder")), 1),
                overdue(step(TreatmentKind::SmsReminder, 7, Some("payment-reminder-sms")), 1),
                overdue(step(TreatmentKind::EmailReminder, 15, Some("second-reminder")), 8),
                overdue(step(TreatmentKind::Call, 30, None), 31),
            ],
        }
    }
}

impl TreatmentPlans {
    pub fn of(&self, track: Track) -> &[Step] {
        match track {
            Track::Legal => &self.legal,
            Track::Settlement => &self.settlement,
            Track::Standard => &self.standard,
        }
    }

    pub fn of_mut(&mut self, track: Track) -> &mut Vec<Step> {
        match track {
            Track::Legal => &mut self.legal,
            Track::Settlement => &mut self.settlement,
            Track::Standard => &mut self.standard,
        }
    }

    /// Checks all plans.
    ///
    /// # Errors
    /// The first step that cannot be carried out, with its track and its place.
    pub fn check(&self) -> Result<(), PolicyFault> {
        for track in Track::ALL {
            let steps = self.of(track);
            if steps.is_empty() {
                return Err(PolicyFault::EmptyPlan { track });
            }
            if steps.len() > STEPS_MAX {
                return Err(PolicyFault::TooManySteps { track });
            }
            for (place, step) in (1..).zip(steps) {
                let fault = |reason: String| Err(PolicyFault::Step { track, place, reason });
                let name = step.kind.label();
                if !step.kind.is_for(track) {
                    return fault(format!("{name} is not for this track"));
                }
                if step.on_day > DAY_MAX {
                    return fault(format!("day {} is later than day {DAY_MAX}", step.on_day));
                }
                if place > 1 && steps[place - 2].on_day > step.on_day {
                    return fault(format!("day {} comes after a later day; put the steps in order", step.on_day));
                }
                if !step.only.is_possible() {
                    return fault("no loan fits: a lower bound lies above its upper bound".to_owned());
                }
                let template = step.template.as_deref().map(Template::find);
                match template {
                    None if step.kind.has_template() => return fault(format!("{name} needs a template")),
                    Some(None) => return fault("there is no such template".to_owned()),
                    Some(Some(template)) if template.kind != step.kind || !step.kind.has_template() => {
                        return fault(format!("{} is no template for this: {name}", template.title));
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plans_of_the_first_policy_can_be_carried_out() {
        assert_eq!(TreatmentPlans::default().check(), Ok(()));
    }

    #[test]
    fn plans_that_cannot_be_carried_out_are_refused() {
        let check = |change: &dyn Fn(&mut TreatmentPlans), words: &str| {
            let mut plans = TreatmentPlans::default();
            change(&mut plans);
            let told = plans.check().expect_err(words).to_string();
            assert!(told.contains(words), "{told}");
        };
        check(&|plans| plans.standard.clear(), "Standard: the plan has no step");
        check(&|plans| plans.standard = vec![plans.standard[0].clone(); 21], "more than 20 steps");
        check(
            &|plans| plans.standard[0].kind = TreatmentKind::LegalNotice,
            "Standard, step 1: Legal notice is not for",
        );
        check(&|plans| plans.legal[1].kind = TreatmentKind::SettlementOffer, "Legal action, step 2");
        check(&|plans| plans.settlement[3].on_day = 731, "day 731 is later than day 730");
        check(&|plans| plans.settlement[0].on_day = 8, "Settlement, step 2: day 7 comes after a later day");
        check(&|plans| plans.standard[2].template = None, "E-mail reminder needs a template");
        check(&|plans| plans.standard[2].template = Some("none".to_owned()), "there is no such template");
        check(
            &|plans| plans.standard[1].template = Some("payment-reminder".to_owned()),
            "is no template for this: SMS",
        );
        check(&|plans| plans.standard[0].only.dpd_max = Some(0), "no loan fits");
    }

    #[test]
    fn conditions_hold_at_their_bounds_and_never_for_what_is_unknown() {
        let only = StepCondition {
            dpd_min: Some(31),
            dpd_max: Some(90),
            balance_min: Some(Money::from_minor(100)),
            balance_max: None,
            segment: Some("Long arrears".to_owned()),
            loan_type: Some("auto".to_owned()),
        };
        let fitting = StepLoan {
            days_past_due: Some(31),
            outstanding: Some(Money::from_minor(100)),
            segment: Some("Long arrears"),
            loan_type: "Auto",
        };
        let check = |loan: StepLoan<'_>, expected: bool| assert_eq!(only.fits(loan), expected, "{loan:?}");
        check(fitting, true);
        check(StepLoan { days_past_due: Some(90), ..fitting }, true);
        check(StepLoan { days_past_due: Some(30), ..fitting }, false);
        check(StepLoan { days_past_due: Some(91), ..fitting }, false);
        check(StepLoan { days_past_due: None, ..fitting }, false);
        check(StepLoan { outstanding: Some(Money::from_minor(99)), ..fitting }, false);
        check(StepLoan { outstanding: None, ..fitting }, false);
        check(StepLoan { segment: None, ..fitting }, false);
        check(StepLoan { loan_type: "Home", ..fitting }, false);
        assert!(StepCondition::default().fits(StepLoan::default()));
        let words = "31 to 90 days past due, from 1.00 USD, segment Long arrears, auto loans";
        assert_eq!(only.in_words(Currency::USD).as_deref(), Some(words));
        assert_eq!(StepCondition::default().in_words(Currency::USD), None);
    }
}
