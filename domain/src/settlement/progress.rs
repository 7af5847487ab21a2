//! What payments make of agreed instalments. It follows from the payments and their days alone, so it can be computed anew
//! whenever a file tells more, and comes out the same however often it was looked at.

use super::{Instalment, KeepingRules};
use crate::loan::words;
use crate::money::Money;
use crate::payment::PaymentKind;
use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

words!(
    /// How an instalment stands.
    Standing {
        Open = "open", "Open";
        Kept = "kept", "Paid";
        Broken = "broken", "Missed";
    }
);

/// A payment row of a loan, as files tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReceiptRow<'a> {
    pub paid_on: NaiveDate,
    /// Negative for a reversal.
    pub amount: Money,
    pub kind: PaymentKind,
    pub payment_ref: &'a str,
    pub reversal_of: Option<&'a str>,
}

/// Money that came in and stayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    pub paid_on: NaiveDate,
    pub amount: Money,
}

/// A settlement that the borrower accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreed {
    pub accepted_on: NaiveDate,
    /// The day on which it was withdrawn all the same.
    pub withdrawn_on: Option<NaiveDate>,
    pub rules: KeepingRules,
    /// In the order of their days, which differ.
    pub instalments: Vec<Instalment>,
}

/// How a settlement ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Kept {
        on: NaiveDate,
    },
    /// It was broken, and something was paid.
    PartlyKept {
        on: NaiveDate,
    },
    Broken {
        on: NaiveDate,
    },
}

/// What payments made of a settlement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// For each instalment what was paid on it, since when it counts as paid, and how it stands.
    pub instalments: Vec<(Money, Option<NaiveDate>, Standing)>,
    /// Nothing while it runs, and where it was withdrawn.
    pub outcome: Option<Outcome>,
}

impl Progress {
    pub fn paid(&self) -> Money {
        self.instalments.iter().map(|(paid, ..)| *paid).sum()
    }

    /// Instalments that are missed at this time.
    pub fn missed(&self) -> usize {
        self.instalments.iter().filter(|(.., standing)| *standing == Standing::Broken).count()
    }
}

/// The payments up to a day without fees and without what was taken back, in the order of their days.
///
/// A reversal takes from the payment that it names. What that does not cover, and a reversal that names none, takes from the
/// latest payments before it.
pub fn net_receipts(rows: &[ReceiptRow<'_>], as_of: NaiveDate) -> Vec<Receipt> {
    let known = || rows.iter().filter(|row| row.paid_on <= as_of);
    let is_fee = |row: &ReceiptRow<'_>| row.kind == PaymentKind::Fee;
    let is_fee_back = |row: &ReceiptRow<'_>| {
        row.reversal_of.is_some_and(|of| rows.iter().any(|fee| is_fee(fee) && fee.payment_ref == of))
    };
    let mut paid: Vec<(ReceiptRow<'_>, i64)> =
        known().filter(|row| row.amount > Money::ZERO && !is_fee(row)).map(|row| (*row, row.amount.minor)).collect();
    paid.sort_by_key(|(row, _)| row.paid_on);
    let mut back: Vec<&ReceiptRow<'_>> =
        known().filter(|row| row.amount < Money::ZERO && !is_fee(row) && !is_fee_back(row)).collect();
    back.sort_by_key(|row| row.paid_on);
    for row in back {
        let mut left = row.amount.minor.saturating_neg();
        let is_named = |payment: &ReceiptRow<'_>| row.reversal_of == Some(payment.payment_ref);
        let named = paid.iter().position(|(payment, _)| is_named(payment));
        let before = (0..paid.len()).rev().filter(|place| paid[*place].0.paid_on <= row.paid_on);
        let places: Vec<usize> = named.into_iter().chain(before).collect();
        for place in places {
            let taken = left.min(paid[place].1);
            paid[place].1 -= taken;
            left -= taken;
        }
    }
    let stayed = paid.into_iter().filter(|(_, minor)| *minor > 0);
    stayed.map(|(row, minor)| Receipt { paid_on: row.paid_on, amount: Money::from_minor(minor) }).collect()
}

/// What payments made of all settlements of one loan, which stand in the order of their acceptance. A payment counts for
/// one of them, once: for the first that ran on its day and had something open.
pub fn follow(agreed: &[Agreed], receipts: &[Receipt], as_of: NaiveDate) -> Vec<Progress> {
    let mut free: Vec<Receipt> = receipts.to_vec();
    agreed
        .iter()
        .map(|one| {
            let mut taken = Vec::new();
            let progress = follow_one(one, &free, as_of, &mut taken);
            let mut place = 0;
            free.retain(|_| {
                place += 1;
                !taken.contains(&(place - 1))
            });
            progress
        })
        .collect()
}

/// `taken` gets the places of the payments that counted.
fn follow_one(agreed: &Agreed, receipts: &[Receipt], as_of: NaiveDate, taken: &mut Vec<usize>) -> Progress {
    let as_of = agreed.withdrawn_on.map_or(as_of, |on| on.min(as_of));
    let rules = agreed.rules;
    let mut account = Account::new(agreed);
    let own = |receipt: &Receipt| receipt.paid_on >= agreed.accepted_on && receipt.paid_on <= as_of;
    let mut coming = receipts.iter().enumerate().filter(|(_, receipt)| own(receipt)).peekable();
    for (place, instalment) in agreed.instalments.iter().enumerate() {
        let deadline = instalment.due_on.checked_add_days(Days::new(rules.grace_days.into())).unwrap_or(NaiveDate::MAX);
        while let Some((index, receipt)) = coming.next_if(|(_, receipt)| receipt.paid_on <= deadline) {
            taken.push(index);
            account.pay(receipt);
            if account.open() == 0 {
                return account.ended(Outcome::Kept { on: receipt.paid_on });
            }
        }
        // The day itself is not over: who pays on it is in time.
        if deadline >= as_of {
            break;
        }
        account.over = place + 1;
        let is_last = place + 1 == agreed.instalments.len();
        if account.missed() >= usize::from(rules.missed_max) || is_last {
            let on = deadline.succ_opt().unwrap_or(deadline);
            let has_paid = account.lines.iter().any(|(paid, _)| *paid > Money::ZERO);
            return account.ended(if has_paid { Outcome::PartlyKept { on } } else { Outcome::Broken { on } });
        }
    }
    account.progress(None)
}

struct Account<'a> {
    agreed: &'a Agreed,
    /// What was paid on each instalment, and since when it counts as paid.
    lines: Vec<(Money, Option<NaiveDate>)>,
    /// So many instalments have had their last day.
    over: usize,
}

impl<'a> Account<'a> {
    fn new(agreed: &'a Agreed) -> Self {
        Self { agreed, lines: vec![(Money::ZERO, None); agreed.instalments.len()], over: 0 }
    }

    /// Money goes to the oldest instalments first; what is left when all are paid counts for none.
    fn pay(&mut self, receipt: &Receipt) {
        let mut left = receipt.amount;
        for ((paid, covered_on), instalment) in self.lines.iter_mut().zip(&self.agreed.instalments) {
            let part = left.min(instalment.amount - *paid);
            *paid = *paid + part;
            left = left - part;
            if is_covered(*paid, instalment.amount, self.agreed.rules) {
                covered_on.get_or_insert(receipt.paid_on);
            }
        }
    }

    fn open(&self) -> usize {
        self.lines.iter().filter(|(_, covered_on)| covered_on.is_none()).count()
    }

    fn missed(&self) -> usize {
        self.lines[..self.over].iter().filter(|(_, covered_on)| covered_on.is_none()).count()
    }

    /// What is not paid when an agreement is broken is broken with it.
    fn ended(mut self, outcome: Outcome) -> Progress {
        self.over = self.lines.len();
        self.progress(Some(outcome))
    }

    fn progress(self, outcome: Option<Outcome>) -> Progress {
        let standing = |(place, (paid, covered_on)): (usize, &(Money, Option<NaiveDate>))| {
            let standing = match covered_on {
                Some(_) => Standing::Kept,
                None if place < self.over => Standing::Broken,
                None => Standing::Open,
            };
            (*paid, *covered_on, standing)
        };
        Progress { instalments: self.lines.iter().enumerate().map(standing).collect(), outcome }
    }
}

fn is_covered(paid: Money, amount: Money, rules: KeepingRules) -> bool {
    i128::from(paid.minor) * 100 >= i128::from(amount.minor) * i128::from(rules.paid_from_percent)
}
