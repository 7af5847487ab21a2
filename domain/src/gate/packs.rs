//! The packs as data.

use super::{CallLimits, HoldRule, Hours, Pack, Rule};
use crate::contact::{ActionKind, Channel, Purpose, Recipient};
use crate::hold::HoldKind;
use chrono::NaiveDate;

/// A reply to the person, and what the law permits or asks for: all that is no outreach.
const NO_OUTREACH: &[Purpose] = &[Purpose::Reply, Purpose::PermittedNotice];

/// Neither is ever a mere answer.
const PRESSING: &[ActionKind] = &[ActionKind::Visit, ActionKind::LegalNotice];

/// A hold that blocks everything until it is taken off.
pub(super) const PLAIN_HOLD: HoldRule = HoldRule {
    kind: HoldKind::Hardship,
    rules: &[Rule::AllHold],
    permits: &[],
    bars: PRESSING,
    permits_attorney: false,
    open_days: None,
    days_after: 0,
    longest_days: None,
};

/// A hold that lets replies and permitted notices through.
const fn quiet(kind: HoldKind, rules: &'static [Rule]) -> HoldRule {
    HoldRule { kind, rules, permits: NO_OUTREACH, ..PLAIN_HOLD }
}

/// A hold that lets nothing through.
const fn shut(kind: HoldKind, rules: &'static [Rule]) -> HoldRule {
    HoldRule { kind, rules, ..PLAIN_HOLD }
}

const HARDSHIP: HoldRule = quiet(HoldKind::Hardship, &[Rule::AllHold]);
const DISPUTE: HoldRule = quiet(HoldKind::Dispute, &[Rule::AllHold]);
const FRAUD_CLAIM: HoldRule = quiet(HoldKind::FraudClaim, &[Rule::AllHold]);

/// The attorney is reached in place of the person in every country.
const ATTORNEY: HoldRule = HoldRule { permits_attorney: true, ..shut(HoldKind::Attorney, &[Rule::AllHold]) };

const NO_RULES: Pack = Pack {
    id: "none",
    name: "No country's rules",
    about: "Opt-outs, holds, promises, payments and four eyes on legal notices are minded; nothing else is.",
    version: 1,
    effective_from: day(1970, 1, 1),
    hours: None,
    stated_times: None,
    stated_places: None,
    quiet_days: None,
    calls: None,
    validation_days: None,
    limitation: false,
    opt_out_in_messages: false,
    consent_channels: &[],
    recipients: None,
    holds: &[HARDSHIP, DISPUTE, FRAUD_CLAIM, ATTORNEY],
};

/// All versions of all packs.
pub static PACKS: [Pack; 4] = [
    Pack {
        id: "us-reg-f",
        name: "United States: Regulation F, TCPA",
        about: "Between 08:00 and 21:00 where the borrower may be, seven calls in seven days, SMS and e-mail with consent alone, validation information, attorneys and cease requests.",
        version: 1,
        // Regulation F took effect on this day.
        effective_from: day(2021, 11, 30),
        hours: Some(Hours { rule: Rule::UsHours, from_minute: 8 * 60, to_minute: 21 * 60 }),
        stated_times: Some(Rule::UsStatedTime),
        stated_places: Some(Rule::UsStatedPlace),
        calls: Some(CallLimits { most: 7, days: 7, days_from_conversation: 7 }),
        validation_days: Some(5),
        limitation: true,
        opt_out_in_messages: true,
        consent_channels: &[Channel::Sms, Channel::Email],
        holds: &[
            HARDSHIP,
            FRAUD_CLAIM,
            quiet(HoldKind::Dispute, &[Rule::AllHold, Rule::UsDispute]),
            shut(HoldKind::Deceased, &[Rule::AllHold, Rule::UsHold]),
            shut(HoldKind::Bankruptcy, &[Rule::AllHold, Rule::UsHold]),
            quiet(HoldKind::ActiveDuty, &[Rule::AllHold, Rule::UsHold]),
            HoldRule { rules: &[Rule::UsAttorney], ..ATTORNEY },
            // A notice that a remedy will be sought is among those that may still be sent.
            HoldRule {
                permits: &[Purpose::PermittedNotice],
                bars: &[ActionKind::Visit],
                ..shut(HoldKind::Cease, &[Rule::UsCease])
            },
        ],
        ..NO_RULES
    },
    Pack {
        id: "uk-conc",
        name: "United Kingdom: CONC 7, Debt Respite Scheme",
        about: "Vulnerability, repayment plans being developed, and breathing space; there are no hours of its own.",
        version: 1,
        // The Debt Respite Scheme, the younger of the two, began on this day.
        effective_from: day(2021, 5, 4),
        stated_times: Some(Rule::UkStatedTime),
        holds: &[
            HARDSHIP,
            DISPUTE,
            FRAUD_CLAIM,
            ATTORNEY,
            quiet(HoldKind::Vulnerability, &[Rule::UkVulnerable]),
            HoldRule {
                open_days: Some(30),
                longest_days: Some(60),
                ..quiet(HoldKind::PlanPending, &[Rule::UkPlanPause])
            },
            HoldRule {
                open_days: Some(60),
                longest_days: Some(60),
                ..quiet(HoldKind::BreathingSpace, &[Rule::UkBreathingSpace])
            },
            HoldRule { days_after: 30, ..quiet(HoldKind::MentalHealthCrisis, &[Rule::UkCrisis]) },
        ],
        ..NO_RULES
    },
    Pack {
        id: "in-rbi",
        name: "India: RBI fair practices",
        about: "Between 08:00 and 19:00 where the borrower may be, borrower and guarantor alone, and quiet days.",
        version: 1,
        // The circular that sets the hours is of this day.
        effective_from: day(2022, 8, 12),
        hours: Some(Hours { rule: Rule::InHours, from_minute: 8 * 60, to_minute: 19 * 60 }),
        stated_times: Some(Rule::InStatedTime),
        quiet_days: Some(Rule::InQuietDay),
        recipients: Some(&[Recipient::Borrower, Recipient::Guarantor]),
        ..NO_RULES
    },
    NO_RULES,
];

/// A date that stands in this file; one that does not exist is not compiled.
const fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a day of the calendar")
}
