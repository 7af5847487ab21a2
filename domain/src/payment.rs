//! Payments as a lender's file tells them.

use crate::field::Field;
use crate::loan::words;
use crate::money::Money;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

words!(
    /// What a payment is.
    PaymentKind {
        Instalment = "instalment", "Instalment";
        Prepayment = "prepayment", "Prepayment";
        Fee = "fee", "Fee";
        Recovery = "recovery", "Recovery";
        Reversal = "reversal", "Reversal";
    }
);

/// One checked row of a payment file. A reversal has a negative amount.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PaymentRecord {
    /// The lender's own id of the loan.
    pub loan_ref: String,
    /// The lender's own id of the payment, if it has one.
    pub payment_ref: Option<String>,
    pub paid_on: NaiveDate,
    pub amount: Money,
    pub kind: PaymentKind,
    /// The id of the payment that this one takes back.
    pub reversal_of: Option<String>,
    /// What tells a row apart that was rejected once and mended, where it has no id of its own. Of rows of files alone.
    pub mended_row: Option<String>,
    /// Whether the file wrote a reversal without its minus sign. Of rows of files alone.
    pub is_unsigned: bool,
}

impl PaymentRecord {
    /// The amounts that control totals count, as the file wrote them.
    pub fn control_amounts(&self) -> Vec<(Field, Money)> {
        let written = if self.is_unsigned { Money::ZERO - self.amount } else { self.amount };
        vec![(Field::PaymentAmount, written)]
    }
}
