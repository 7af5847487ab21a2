//! The words of offers and plans, for e-mails and for letters.

use super::{Instalment, SettlementKind};
use crate::money::{Currency, Money};
use crate::template::{LoanFacts, TemplateFault, Texts, Values};
use chrono::NaiveDate;

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
    /// The code and version of the template, for records.
    pub template: (&'static str, i32),
    pub subject: String,
    pub body: String,
}

/// The e-mail of a settlement; nothing where the template is not there any more.
///
/// # Errors
/// A variable without a value: an e-mail needs the link of those who want no more of them.
pub fn email(
    loan: LoanFacts<'_>,
    settlement: SettlementFacts<'_>,
    texts: &Texts,
) -> Result<Option<Written>, TemplateFault> {
    let code = match settlement.kind {
        SettlementKind::Offer => "settlement-offer",
        SettlementKind::Plan => "repayment-plan",
    };
    write(code, loan, settlement, texts)
}

/// The letter of a settlement, from which its document is made; nothing where the template is not there any more.
///
/// # Errors
/// A variable without a value.
pub fn letter(
    loan: LoanFacts<'_>,
    settlement: SettlementFacts<'_>,
    texts: &Texts,
) -> Result<Option<Written>, TemplateFault> {
    let code = match settlement.kind {
        SettlementKind::Offer => "settlement-offer-letter",
        SettlementKind::Plan => "repayment-plan-letter",
    };
    write(code, loan, settlement, texts)
}

fn write(
    code: &str,
    loan: LoanFacts<'_>,
    settlement: SettlementFacts<'_>,
    texts: &Texts,
) -> Result<Option<Written>, TemplateFault> {
    let Some((template, words)) = texts.find(code) else { return Ok(None) };
    let currency = loan.currency;
    let mut values = Values::of(LoanFacts { outstanding: Some(settlement.balance), ..loan });
    values.0.extend([
        ("to_pay", settlement.amount.in_words(currency)),
        ("let_go", (settlement.balance - settlement.amount).in_words(currency)),
        ("open_until", in_words(settlement.expires_on)),
        ("payments", payments(settlement.instalments, currency)),
    ]);
    let (subject, body) = words.fill(&values)?;
    Ok(Some(Written { template: (template.code, words.version), subject, body }))
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
