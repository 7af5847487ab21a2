//! The amounts that control totals count, read of a row whether it is taken or not.

use super::Plan;
use super::cell::Cell;
use crate::record::Record;
use crate::word;
use domain::field::{Field, FileKind};
use domain::money::Money;

impl Plan {
    /// The amounts of a row, as far as they can be read: as they stand there, and as they are taken.
    pub fn control_amounts(&self, record: &Record<'_>) -> impl Iterator<Item = (Field, Money, Money)> {
        let fields: &[Field] = match self.kind {
            FileKind::Loans => {
                &[Field::LoanAmount, Field::OutstandingAmount, Field::ChargedOffAmount, Field::RecoveredAmount]
            }
            FileKind::Payments => &[Field::PaymentAmount],
            FileKind::Borrowers | FileKind::Links => &[],
        };
        fields.iter().filter_map(|field| {
            let (written, taken) = self.control_amount(*field, record)?;
            Some((*field, written, taken))
        })
    }

    fn control_amount(&self, field: Field, record: &Record<'_>) -> Option<(Money, Money)> {
        let column = self.column(field)?;
        let text = record.field(column.place);
        if column.is_missing(text) || word::says_nothing(text) {
            return None;
        }
        let cell = Cell { column, written: text, text };
        let (amount, _) = cell.amount(self.currency).ok()?;
        // One below zero may reject its row, and yet is a part of the file's own sum.
        let is_zero = amount < Money::ZERO && column.negative_as_zero;
        Some((amount, if is_zero { Money::ZERO } else { amount }))
    }
}
