//! The words that are sent to borrowers: texts with variables, which are checked before anybody gets them. A text of the
//! program is the first version of its template; people save further ones.

mod built_in;
mod fill;
mod values;
pub mod view;

pub use built_in::{TEMPLATES, VALIDATION_NOTICE};
pub use fill::{check, fill};
pub use values::{LoanFacts, Values};

use crate::contact::Channel;
use crate::notice::ANSWER_DAYS;
use crate::policy::plan::TreatmentKind;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

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

/// Those that speak of a settlement.
const SETTLEMENT: [&str; 4] = ["to_pay", "let_go", "open_until", "payments"];

/// A text that comes with the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Template {
    /// The word that stands in plans and in the database.
    pub code: &'static str,
    pub title: &'static str,
    /// The step that sends it, or what it offers.
    pub kind: TreatmentKind,
    pub channel: Channel,
    /// Nothing for messages that have none.
    pub subject: &'static str,
    pub body: &'static str,
}

impl Template {
    pub fn find(code: &str) -> Option<&'static Self> {
        TEMPLATES.iter().find(|template| template.code == code)
    }

    /// The texts that a step of this kind may send.
    pub fn of(kind: TreatmentKind) -> impl Iterator<Item = &'static Self> {
        TEMPLATES.iter().filter(move |template| template.kind == kind && kind.has_template())
    }

    /// Whether its words speak of an offer or a plan.
    pub fn is_of_settlement(&self) -> bool {
        matches!(self.kind, TreatmentKind::SettlementOffer | TreatmentKind::RepaymentPlan)
    }

    /// The names of the variables that have a value in it.
    pub fn variables(&self) -> impl Iterator<Item = &'static str> {
        let (is_electronic, is_of_settlement) = (self.channel.is_electronic(), self.is_of_settlement());
        let is_known = move |name: &str| match name {
            "opt_out" => is_electronic,
            name => is_of_settlement || !SETTLEMENT.contains(&name),
        };
        VARIABLES.iter().map(|(name, _)| *name).filter(move |name| is_known(name))
    }

    /// Checks other words for it.
    ///
    /// # Errors
    /// What must be changed before anybody gets them.
    pub fn check(&self, subject: &str, body: &str) -> Result<(), TemplateFault> {
        let has_subject = self.channel != Channel::Sms;
        if has_subject == subject.trim().is_empty() {
            return Err(if has_subject { TemplateFault::NoSubject } else { TemplateFault::Subject });
        }
        if subject.chars().any(char::is_control) {
            return Err(TemplateFault::SubjectLines);
        }
        if body.trim().is_empty() {
            return Err(TemplateFault::NoBody);
        }
        let body_max = if self.channel == Channel::Sms { SMS_LENGTH_MAX } else { BODY_LENGTH_MAX };
        for (what, text, most) in [("subject", subject, SUBJECT_LENGTH_MAX), ("text", body, body_max)] {
            if text.chars().count() > most {
                return Err(TemplateFault::Long { what, most });
            }
        }
        let mut used = fill::variables(subject)?;
        used.extend(fill::variables(body)?);
        if let Some(name) = used.iter().find(|name| !self.variables().any(|known| known == **name)) {
            let others = in_braces(self.variables());
            return Err(TemplateFault::NotHere { name: (*name).to_owned(), title: self.title, others });
        }
        let needs = |name: &'static str, why: &'static str| {
            if fill::variables(body).is_ok_and(|used| used.contains(&name)) {
                Ok(())
            } else {
                Err(TemplateFault::Needs { what: format!("{{{{{name}}}}}"), why })
            }
        };
        if self.channel.is_electronic() {
            needs("opt_out", "its reader must be able to want no more of them")?;
        }
        if self.is_of_settlement() {
            needs("to_pay", "its reader must know what to pay")?;
        }
        if self.kind == TreatmentKind::LegalNotice && !body.contains(&format!("{ANSWER_DAYS} days")) {
            let what = format!("the words \"{ANSWER_DAYS} days\"");
            return Err(TemplateFault::Needs { what, why: "that is the time within which it can be answered" });
        }
        Ok(())
    }
}

/// The longest subject, in characters.
pub const SUBJECT_LENGTH_MAX: usize = 200;

/// The longest text of an e-mail or a letter, in characters.
pub const BODY_LENGTH_MAX: usize = 8_000;

/// The longest text of an SMS, in characters: a few of them in a row.
pub const SMS_LENGTH_MAX: usize = 600;

/// The words of a version of a template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wording {
    /// From 1.
    pub version: i32,
    pub subject: String,
    pub body: String,
}

impl Wording {
    /// The words with their values: subject and text.
    ///
    /// # Errors
    /// As [`fill`].
    pub fn fill(&self, values: &Values) -> Result<(String, String), TemplateFault> {
        Ok((fill(&self.subject, values)?, fill(&self.body, values)?))
    }
}

/// The words of all templates as they are sent now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Texts(HashMap<&'static str, Wording>);

impl Texts {
    /// Words by the codes of their templates; those of no template are left out.
    pub fn new(words: impl IntoIterator<Item = (String, Wording)>) -> Self {
        let known = |(code, words): (String, Wording)| Some((Template::find(&code)?.code, words));
        Self(words.into_iter().filter_map(known).collect())
    }

    /// The words of a template; nothing where there is no such template.
    pub fn find(&self, code: &str) -> Option<(&'static Template, &Wording)> {
        Template::find(code).and_then(|template| Some((template, self.0.get(code)?)))
    }
}

impl Default for Texts {
    /// The words that come with the program.
    fn default() -> Self {
        let words = |template: &Template| {
            let words = Wording { version: 1, subject: template.subject.to_owned(), body: template.body.to_owned() };
            (template.code.to_owned(), words)
        };
        Self::new(TEMPLATES.iter().map(words))
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
    #[error("{{{{{name}}}}} has no value here; {title} may use {others}")]
    NotHere { name: String, title: &'static str, others: String },
    #[error("{what} is missing: {why}")]
    Needs { what: String, why: &'static str },
    #[error("a subject is needed")]
    NoSubject,
    #[error("an SMS has no subject")]
    Subject,
    #[error("a subject is one line")]
    SubjectLines,
    #[error("a text is needed")]
    NoBody,
    #[error("the {what} has more than {most} characters")]
    Long { what: &'static str, most: usize },
}

fn known() -> String {
    in_braces(VARIABLES.iter().map(|(name, _)| *name))
}

fn in_braces(names: impl Iterator<Item = &'static str>) -> String {
    names.map(|name| format!("{{{{{name}}}}}")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;
