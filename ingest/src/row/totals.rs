//! The amounts that control totals count, read of a row whether it is taken or not.

use super::Plan;
use super::cell::Cell;
use crate::number;
use crate::record::Record;
use crate::word;
use domain::field::{Field, FileKind};
use domain::money::Money;

/// An amount that counts into a control total.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ControlAmount {
    pub field: Field,
    /// As it stands in the row, rounded to the minor unit.
    pub written: Money,
    /// What rounding added to it, in millionths of a minor unit.
    pub rounding: i64,
    /// As it is taken, where its row is.
    pub taken: Money,
}

impl Plan {
    /// The amounts of a row, as far as they can be read.
    pub fn control_amounts(&self, record: &Record<'_>) -> impl Iterator<Item = ControlAmount> {
        let fields: &[Field] = match self.kind {
            FileKind::Loans => {
                &[Field::LoanAmount, Field::OutstandingAmount, Field::ChargedOffAmount, Field::RecoveredAmount]
            }
            FileKind::Payments => &[Field::PaymentAmount],
            FileKind::Borrowers | FileKind::Links => &[],
        };
        fields.iter().filter_map(|field| self.control_amount(*field, record))
    }

    fn control_amount(&self, field: Field, record: &Record<'_>) -> Option<ControlAmount> {
        let column = self.column(field)?;
        let text = record.field(column.place);
        if column.is_missing(text) || word::says_nothing(text) {
            return None;
        }
        let cell = Cell { column, written: text, text };
        let (written, _) = cell.amount(self.currency).ok()?;
        // One below zero may reject its row, and yet is a part of the file's own sum.
        let is_zero = written < Money::ZERO && column.negative_as_zero;
        let taken = if is_zero { Money::ZERO } else { written };
        Some(ControlAmount { field, written, rounding: self.rounding(&cell, written), taken })
    }

    /// What rounding to the minor unit added to the amount of a cell. The middle of a range is our own figure, not the file's.
    fn rounding(&self, cell: &Cell<'_>, rounded: Money) -> i64 {
        let plain = number::plain(cell.text).filter(|_| !cell.column.decimal_comma);
        let exact =
            plain.or_else(|| cell.dressed(false).ok().filter(|number| !number.is_range()).map(|number| number.value()));
        exact.map_or(0, |exact| {
            let minor = exact * cell.column.times.unwrap_or(1.0) * 10_f64.powi(i32::from(self.currency.decimals()));
            ((rounded.minor as f64 - minor) * 1e6).round() as i64
        })
    }
}
