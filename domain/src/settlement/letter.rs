//! The words of offers and plans, for e-mails and for letters.

use super::{Instalment, SettlementKind};
use crate::money::{Currency, Money};
use crate::policy::plan::TreatmentKind;
use crate::template::{LoanFacts, Template, TemplateFault, Values, fill};
use chrono::NaiveDate;

/// The texts that come with the program: of offers and of plans, each as an e-mail and as a letter.
pub const TEXTS: [Template; 4] = [
    Template {
        code: "settlement-offer",
        title: "Settlement offer",
        kind: TreatmentKind::SettlementOffer,
        subject: "An offer to settle loan {{loan}}",
        body: "Dear {{borrower}},\n\n\
               {{outstanding}} is outstanding on your loan {{loan}}. We offer to settle it for {{to_pay}}: once that is paid as below, the \
               remaining {{let_go}} is no longer owed.\n\n\
               {{payments}}\n\n\
               The offer is open until {{open_until}}. To accept it, answer this message or call us. You may take advice first, and you \
               may tell us what else you could pay.\n\n\
               {{lender}}, {{today}}\n\n\
               You do not want these messages by e-mail? {{opt_out}}\n",
    },
    Template {
        code: "settlement-offer-letter",
        title: "Settlement offer, letter",
        kind: TreatmentKind::SettlementOffer,
        subject: "An offer to settle loan {{loan}}",
        body: "Dear {{borrower}},\n\n\
               {{outstanding}} is outstanding on your loan {{loan}}. We offer to settle it for {{to_pay}}: once that is paid as below, the \
               remaining {{let_go}} is no longer owed.\n\n\
               {{payments}}\n\n\
               The offer is open until {{open_until}}. To accept it, write to us or call us. You may take advice first, and you may tell \
               us what else you could pay.\n\n\
               {{lender}}, {{today}}\n",
    },
    Template {
        code: "repayment-plan",
        title: "Repayment plan",
        kind: TreatmentKind::RepaymentPlan,
        subject: "A repayment plan for loan {{loan}}",
        body: "Dear {{borrower}},\n\n\
               {{outstanding}} is outstanding on your loan {{loan}}. We propose that you pay {{to_pay}} in these instalments:\n\n\
               {{payments}}\n\n\
               If you agree, answer this message or call us by {{open_until}}. Should you be unable to pay one of them later, tell us \
               before it is due: we would rather change the plan than end it.\n\n\
               {{lender}}, {{today}}\n\n\
               You do not want these messages by e-mail? {{opt_out}}\n",
    },
    Template {
        code: "repayment-plan-letter",
        title: "Repayment plan, letter",
        kind: TreatmentKind::RepaymentPlan,
        subject: "A repayment plan for loan {{loan}}",
        body: "Dear {{borrower}},\n\n\
               {{outstanding}} is outstanding on your loan {{loan}}. We propose that you pay {{to_pay}} in these instalments:\n\n\
               {{payments}}\n\n\
               If you agree, write to us or call us by {{open_until}}. Should you be unable to pay one of them later, tell us before it is \
               due: we would rather change the plan than end it.\n\n\
               {{lender}}, {{today}}\n",
    },
];

/// What a text may say of a settlement besides what it says of the loan.
#[derive(Clone, Copy, Debug)]
pub struct SettlementFacts<'a> {
    pub kind: SettlementKind,
    /// What was owed when the terms were made.
    pub balance: Money,
    pub amount: Money,
    pub expires_on: NaiveDate,
    pub instalments: &'a [Instalment],
}

/// A text with its values: what goes into an e-mail, or onto a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The word of the text, for records.
    pub template: &'static str,
    pub subject: String,
    pub body: String,
}

/// The e-mail of a settlement.
///
/// # Errors
/// A variable without a value: an e-mail needs the link of those who want no more of them.
pub fn email(loan: LoanFacts<'_>, settlement: SettlementFacts<'_>) -> Result<Written, TemplateFault> {
    write(text(settlement.kind, false), loan, settlement)
}

/// The letter of a settlement, from which its document is made.
///
/// # Errors
/// A variable without a value.
pub fn letter(loan: LoanFacts<'_>, settlement: SettlementFacts<'_>) -> Result<Written, TemplateFault> {
    write(text(settlement.kind, true), loan, settlement)
}

fn text(kind: SettlementKind, is_letter: bool) -> &'static Template {
    let place = match kind {
        SettlementKind::Offer => 0,
        SettlementKind::Plan => 2,
    };
    &TEXTS[place + usize::from(is_letter)]
}

fn write(
    template: &'static Template,
    loan: LoanFacts<'_>,
    settlement: SettlementFacts<'_>,
) -> Result<Written, TemplateFault> {
    let currency = loan.currency;
    let mut values = Values::of(LoanFacts { outstanding: Some(settlement.balance), ..loan });
    values.0.extend([
        ("to_pay", settlement.amount.in_words(currency)),
        ("let_go", (settlement.balance - settlement.amount).in_words(currency)),
        ("open_until", in_words(settlement.expires_on)),
        ("payments", payments(settlement.instalments, currency)),
    ]);
    let (subject, body) = (fill(template.subject, &values)?, fill(template.body, &values)?);
    Ok(Written { template: template.code, subject, body })
}

/// One payment a line.
fn payments(instalments: &[Instalment], currency: Currency) -> String {
    let line = |instalment: &Instalment| {
        format!("{}. {} by {}", instalment.number, instalment.amount.in_words(currency), in_words(instalment.due_on))
    };
    instalments.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn in_words(day: NaiveDate) -> String {
    day.format("%-d %B %Y").to_string()
}
