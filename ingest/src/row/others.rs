//! Rows of files of payments, of borrowers and of links.

use super::RowFault;
use super::fields::Row;
use crate::word;
use domain::borrower::BorrowerRecord;
use domain::field::Field;
use domain::money::Money;
use domain::payment::{PaymentKind, PaymentRecord};

impl Row<'_, '_> {
    pub(super) fn payment(&mut self) -> Result<PaymentRecord, RowFault> {
        self.refuse_closing(Field::LoanId)?;
        let loan_ref = self.needed_id(Field::LoanId, "is blank: every payment needs the id of its loan")?;
        let paid_on =
            self.date(Field::PaidOn)?.ok_or_else(|| self.lacking(Field::PaidOn, "is blank: a date is needed"));
        let amount = self
            .signed_amount(Field::PaymentAmount)?
            .ok_or_else(|| self.lacking(Field::PaymentAmount, "is blank: a number is needed"));
        let (paid_on, amount) = (paid_on?, amount?);
        let choices = "Instalment, Prepayment, Fee, Recovery or Reversal, or map it to one of them";
        let reversal_of = self.id(Field::ReversalOf)?;
        let is_reversal = amount < Money::ZERO || reversal_of.is_some();
        let kind = self.one_of(Field::PaymentKind, read_kind, choices)?;
        let kind = kind.unwrap_or(if is_reversal { PaymentKind::Reversal } else { PaymentKind::Instalment });
        // Some ledgers tell a reversal by its kind alone, and leave the sign out.
        let is_unsigned = kind == PaymentKind::Reversal && amount > Money::ZERO;
        Ok(PaymentRecord {
            loan_ref,
            payment_ref: self.id(Field::PaymentId)?,
            paid_on,
            amount: if is_unsigned { Money::ZERO - amount } else { amount },
            kind,
            reversal_of,
        })
    }

    pub(super) fn borrower(&mut self) -> Result<BorrowerRecord, RowFault> {
        self.refuse_closing(Field::BorrowerId)?;
        let borrower_ref = self.needed_id(Field::BorrowerId, "is blank: every borrower needs an id here")?;
        self.person(Some(borrower_ref))
    }

    pub(super) fn link(&mut self) -> Result<(String, String), RowFault> {
        let reason = "is blank: a link needs both ids";
        Ok((self.needed_id(Field::LinkFrom, reason)?, self.needed_id(Field::LinkTo, reason)?))
    }

    /// An id without which the row is none; `blank` says what a blank one is refused with.
    pub(super) fn needed_id(&mut self, field: Field, blank: &str) -> Result<String, RowFault> {
        let has_text = self.cell(field).is_some_and(|cell| !cell.text.is_empty());
        if !has_text {
            return Err(self.lacking(field, blank));
        }
        // An id with a text is lost only where a file of links does not have it.
        let found = self.id(field)?;
        found.ok_or_else(|| self.lacking(field, "belongs to no loan: the file that it points to does not have it"))
    }

    fn lacking(&self, field: Field, reason: &str) -> RowFault {
        let column = self.plan.column(field);
        RowFault {
            column: column.map(|column| column.name.clone()),
            value: column.map(|column| word::shortened(self.record.field(column.place))).unwrap_or_default(),
            reason: reason.to_owned(),
        }
    }
}

fn read_kind(text: &str) -> Option<PaymentKind> {
    PaymentKind::ALL.into_iter().find(|kind| kind.code().eq_ignore_ascii_case(text))
}
