//! The words that are sent to borrowers: texts with variables, which are checked before anybody gets them.

use crate::money::{Currency, Money};
use crate::policy::plan::TreatmentKind;
use chrono::NaiveDate;
use std::fmt::Write as _;

/// What a text may speak of. Each stands in double braces, as `{{loan}}`.
pub const VARIABLES: [(&str, &str); 13] = [
    ("borrower", "the borrower's name, or \"customer\" where it is not known"),
    ("loan", "the lender's number of the loan"),
    ("outstanding", "what is owed, with its currency"),
    ("instalment", "the monthly instalment, with its currency"),
    ("overdue_days", "days past due"),
    ("missed_payments", "instalments that were missed"),
    ("lender", "the name of the portfolio"),
    ("today", "the day on which it is sent"),
    ("opt_out", "the link by which no more of these are sent"),
    ("to_pay", "what a settlement asks for in all, with its currency"),
    ("let_go", "what a settlement lets go, with its currency"),
    ("open_until", "the last day on which a settlement can be accepted"),
    ("payments", "the payments of a settlement, one a line"),
];

/// A text that comes with the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Template {
    /// The word that stands in plans and in the database.
    pub code: &'static str,
    pub title: &'static str,
    /// The step that sends it.
    pub kind: TreatmentKind,
    /// Nothing for messages that have none.
    pub subject: &'static str,
    pub body: &'static str,
}

/// All texts that come with the program.
pub const TEMPLATES: [Template; 5] = [
    Template {
        code: "payment-reminder",
        title: "Payment reminder",
        kind: TreatmentKind::EmailReminder,
        subject: "A payment on loan {{loan}} is late",
        body: "Dear {{borrower}},\n\n\
               a payment on your loan {{loan}} is {{overdue_days}} days late. Your monthly instalment is {{instalment}}; {{outstanding}} is \
               outstanding in all.\n\n\
               If you have paid in the last days, you need do nothing. If you cannot pay now, answer this message: we would rather \
               find a way that works for you.\n\n\
               {{lender}}, {{today}}\n\n\
               You do not want these messages by e-mail? {{opt_out}}\n",
    },
    Template {
        code: "second-reminder",
        title: "Second reminder",
        kind: TreatmentKind::EmailReminder,
        subject: "Loan {{loan}}: {{missed_payments}} payments are missing",
        body: "Dear {{borrower}},\n\n\
               we wrote to you about your loan {{loan}}. {{missed_payments}} payments are missing by now, the oldest of them for \
               {{overdue_days}} days.\n\n\
               Please pay {{instalment}}, or answer this message and tell us what you can pay, and when. We can agree on smaller \
               instalments.\n\n\
               {{lender}}, {{today}}\n\n\
               You do not want these messages by e-mail? {{opt_out}}\n",
    },
    Template {
        code: "payment-reminder-sms",
        title: "Payment reminder, SMS",
        kind: TreatmentKind::SmsReminder,
        subject: "",
        body: "{{lender}}: a payment on loan {{loan}} is {{overdue_days}} days late. Questions? Call us. Reply STOP for no more messages. {{opt_out}}",
    },
    Template {
        code: "payment-letter",
        title: "Payment letter",
        kind: TreatmentKind::Letter,
        subject: "Your loan {{loan}}",
        body: "Dear {{borrower}},\n\n\
               payments on your loan {{loan}} are {{overdue_days}} days late; {{outstanding}} is outstanding. Please pay, or call us to agree \
               on instalments that you can keep.\n\n\
               {{lender}}, {{today}}\n",
    },
    Template {
        code: "notice-before-action",
        title: "Notice before action",
        kind: TreatmentKind::LegalNotice,
        subject: "Notice before legal action: loan {{loan}}",
        body: "Dear {{borrower}},\n\n\
               your loan {{loan}} is {{overdue_days}} days past due. We have decided to ask a court for what is owed, unless you pay or \
               agree with us on a way to pay within 30 days of receiving this notice.\n\n\
               You may dispute the debt or ask how it was computed, in writing, and you may seek free advice on debt.\n\n\
               {{lender}}, {{today}}\n",
    },
];

impl Template {
    pub fn find(code: &str) -> Option<&'static Self> {
        TEMPLATES.iter().find(|template| template.code == code)
    }

    /// The texts that a step of this kind may send.
    pub fn of(kind: TreatmentKind) -> impl Iterator<Item = &'static Self> {
        TEMPLATES.iter().filter(move |template| template.kind == kind)
    }
}

/// Why a text cannot be sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateFault {
    #[error("{{{{{name}}}}} is no variable; there are {}", known())]
    Unknown { name: String },
    #[error("a variable is not closed: after {{{{ comes its name and then }}}}")]
    Open,
    #[error("{{{{{name}}}}} has no value for this loan")]
    Missing { name: String },
}

fn known() -> String {
    VARIABLES.iter().map(|(name, _)| format!("{{{{{name}}}}}")).collect::<Vec<_>>().join(", ")
}

/// A piece of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece<'a> {
    Text(&'a str),
    Variable(&'a str),
}

fn pieces(text: &str) -> Result<Vec<Piece<'_>>, TemplateFault> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, behind) = after.split_once("}}").ok_or(TemplateFault::Open)?;
        let name = name.trim();
        if !VARIABLES.iter().any(|(known, _)| *known == name) {
            return Err(TemplateFault::Unknown { name: name.chars().take(40).collect() });
        }
        pieces.extend([Piece::Text(before), Piece::Variable(name)]);
        rest = behind;
    }
    pieces.push(Piece::Text(rest));
    Ok(pieces)
}

/// Checks that all variables of a text are known.
///
/// # Errors
/// The first that is not, or one that is not closed.
pub fn check(text: &str) -> Result<(), TemplateFault> {
    pieces(text).map(|_| ())
}

/// Puts values in the place of variables.
///
/// # Errors
/// As [`check`], and a variable that has no value.
pub fn fill(text: &str, values: &Values) -> Result<String, TemplateFault> {
    let mut filled = String::with_capacity(text.len() * 2);
    for piece in pieces(text)? {
        match piece {
            Piece::Text(text) => filled.push_str(text),
            Piece::Variable(name) => {
                let value = values.0.iter().find(|(known, _)| *known == name);
                let (_, value) = value.ok_or_else(|| TemplateFault::Missing { name: name.to_owned() })?;
                // Writing to a string does not fail.
                let _ = write!(filled, "{value}");
            }
        }
    }
    Ok(filled)
}

/// What the variables stand for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values(pub Vec<(&'static str, String)>);

/// What a text may say of a loan. What is not known has no value, so that a text that speaks of it is not sent.
#[derive(Clone, Copy, Debug)]
pub struct LoanFacts<'a> {
    pub borrower: Option<&'a str>,
    pub loan: &'a str,
    pub outstanding: Option<Money>,
    pub instalment: Option<Money>,
    pub overdue_days: Option<u32>,
    pub missed_payments: Option<u16>,
    pub lender: &'a str,
    pub currency: Currency,
    pub today: NaiveDate,
    /// The link by which no more of these are sent.
    pub opt_out: Option<&'a str>,
}

impl Values {
    pub fn of(facts: LoanFacts<'_>) -> Self {
        let amount = |money: Money| money.in_words(facts.currency);
        let values = [
            ("borrower", Some(facts.borrower.unwrap_or("customer").to_owned())),
            ("loan", Some(facts.loan.to_owned())),
            ("outstanding", facts.outstanding.map(amount)),
            ("instalment", facts.instalment.map(amount)),
            ("overdue_days", facts.overdue_days.map(|days| days.to_string())),
            ("missed_payments", facts.missed_payments.map(|payments| payments.to_string())),
            ("lender", Some(facts.lender.to_owned())),
            ("today", Some(facts.today.format("%-d %B %Y").to_string())),
            ("opt_out", facts.opt_out.map(str::to_owned)),
        ];
        Self(values.into_iter().filter_map(|(name, value)| Some((name, value?))).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values() -> Values {
        Values(VARIABLES.map(|(name, _)| (name, format!("<{name}>"))).to_vec())
    }

    #[test]
    fn the_texts_of_the_program_can_be_filled() {
        for template in TEMPLATES {
            for text in [template.subject, template.body] {
                let filled = fill(text, &values()).expect(template.code);
                assert!(!filled.contains("{{"), "{filled}");
            }
            let is_electronic = matches!(template.kind, TreatmentKind::EmailReminder | TreatmentKind::SmsReminder);
            assert_eq!(template.body.contains("{{opt_out}}"), is_electronic, "{}", template.code);
            assert!(template.kind.has_template());
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
}
