use super::*;
use crate::money::{Currency, Money};
use chrono::NaiveDate;

fn values() -> Values {
    Values(VARIABLES.map(|(name, _)| (name, format!("<{name}>"))).to_vec())
}

#[test]
fn the_texts_of_the_program_can_be_filled() {
    for template in &TEMPLATES {
        for text in [template.subject, template.body] {
            let filled = fill(text, &values()).expect(template.code);
            assert!(!filled.contains("{{"), "{filled}");
        }
        assert_eq!(template.check(template.subject, template.body), Ok(()), "{}", template.code);
        assert!(template.kind.has_template() != template.is_of_settlement());
    }
}

#[test]
fn texts_that_cannot_be_sent_are_told() {
    let check_words = |text: &str, words: &str| {
        let told = check(text).expect_err(text).to_string();
        assert!(told.contains(words), "{told}");
    };
    check_words("Dear {{name}}", "{{name}} is no variable; there are {{borrower}}, {{loan}}");
    check_words("Dear {{borrower", "is not closed");
    assert_eq!(check("Dear {{ borrower }}, } {"), Ok(()));
    let told = fill("{{loan}}", &Values::default()).expect_err("no value").to_string();
    assert_eq!(told, "{{loan}} has no value for this loan");
    assert_eq!(fill("a {{ loan }} b", &values()), Ok("a <loan> b".to_owned()));
}

#[test]
fn what_is_not_known_of_a_loan_is_not_said() {
    let facts = LoanFacts {
        borrower: None,
        loan: "LN 7",
        outstanding: Some(Money::from_minor(123_456_705)),
        instalment: None,
        overdue_days: Some(31),
        missed_payments: None,
        lender: "North",
        currency: Currency::USD,
        today: NaiveDate::from_ymd_opt(2026, 11, 3).expect("a day"),
        opt_out: None,
    };
    let values = Values::of(facts);
    let text = "{{borrower}}, {{loan}}: {{outstanding}}, {{overdue_days}} days. {{lender}}, {{today}}";
    let filled = "customer, LN 7: USD 1,234,567.05, 31 days. North, 3 November 2026";
    assert_eq!(fill(text, &values).as_deref(), Ok(filled));
    assert!(fill("{{instalment}}", &values).is_err());
}

#[test]
fn words_that_nobody_should_get_are_refused() {
    let check = |code: &str, subject: &str, body: &str, words: &str| {
        let told = Template::find(code).expect(code).check(subject, body).map_err(|fault| fault.to_string());
        match told {
            Ok(()) => assert!(words.is_empty(), "{code}: {body}"),
            Err(told) => assert!(!words.is_empty() && told.contains(words), "{told}"),
        }
    };
    check("payment-reminder", "Late", "Pay. {{opt_out}}", "");
    check("payment-reminder", "Late", "Pay.", "{{opt_out}} is missing: its reader");
    check("payment-reminder", "Late", "Pay, {{name}}. {{opt_out}}", "{{name}} is no variable; there are {{borrower}}");
    check("payment-reminder", "{{to_pay}}", "{{opt_out}}", "{{to_pay}} has no value here; Payment reminder may use");
    check("payment-reminder", " ", "Pay. {{opt_out}}", "a subject is needed");
    check("payment-reminder", "Late\nBcc: x", "Pay. {{opt_out}}", "a subject is one line");
    check("payment-reminder", "Late", " ", "a text is needed");
    check("payment-reminder", &"x".repeat(201), "{{opt_out}}", "the subject has more than 200 characters");
    check("payment-reminder-sms", "Late", "{{opt_out}}", "an SMS has no subject");
    check("payment-reminder-sms", "", &format!("{}{{{{opt_out}}}}", "x".repeat(600)), "more than 600 characters");
    check("payment-letter", "Late", "Pay.", "");
    check("payment-letter", "Late", "Pay. {{opt_out}}", "{{opt_out}} has no value here");
    check("notice-before-action", "Notice", "Pay within 14 days.", "30 days");
    check("settlement-offer-letter", "Offer", "Pay something.", "{{to_pay}} is missing");
    check("settlement-offer-letter", "Offer", "Pay {{to_pay}}:\n\n{{payments}}", "");
}

#[test]
fn a_made_up_borrower_has_every_value() {
    let today = NaiveDate::from_ymd_opt(2026, 11, 3).expect("a day");
    let made_up = Values::made_up("North", Currency::USD, today);
    for template in &TEMPLATES {
        let texts = Texts::default();
        let (_, words) = texts.find(template.code).expect(template.code);
        let (subject, body) = words.fill(&made_up).expect(template.code);
        assert!(!subject.contains("{{") && !body.contains("{{") && words.version == 1);
    }
    let pairs = made_up.0.iter().map(|(name, value)| (*name, value.clone()));
    assert_eq!(Values::named(pairs.chain([("other", String::new())])), made_up);
}
