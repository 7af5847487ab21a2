//! Rows of files of payments, of borrowers and of links.

use super::RowFault;
use super::fields::Row;
use crate::suggest::meaning;
use crate::word;
use domain::borrower::BorrowerRecord;
use domain::field::Field;
use domain::money::Money;
use domain::payment::{PaymentKind, PaymentRecord};
use domain::warning::Oddity;

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
        let reversal_of = self.id(Field::ReversalOf)?.filter(|reference| !says_none(reference));
        let said = self.one_of(Field::PaymentKind, read_kind, choices)?;
        let takes_back = reversal_of.is_some();
        // A fee may name the payment that it was charged for. Any other row that names one takes it back.
        let kind = match said {
            Some(kind) if kind == PaymentKind::Fee || !takes_back => kind,
            None if !takes_back && amount >= Money::ZERO => PaymentKind::Instalment,
            _ => PaymentKind::Reversal,
        };
        if takes_back
            && said.is_some_and(|kind| kind != PaymentKind::Reversal)
            && let Some(cell) = self.cell(Field::PaymentKind)
        {
            self.warn(
                if kind == PaymentKind::Fee { Oddity::FeeNamesPayment } else { Oddity::ReversalNamedOtherwise },
                &cell,
            );
        }
        // Some ledgers tell a reversal by its kind alone, and leave the sign out.
        let is_unsigned = kind == PaymentKind::Reversal && amount > Money::ZERO;
        Ok(PaymentRecord {
            loan_ref,
            payment_ref: self.id(Field::PaymentId)?,
            paid_on,
            amount: if is_unsigned { Money::ZERO - amount } else { amount },
            kind,
            reversal_of,
            mended_row: None,
            is_unsigned,
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

/// Whether a reference to a payment says that there is none, as columns of flags do. Taking such a row back would turn a
/// payment around.
fn says_none(reference: &str) -> bool {
    const NONE: [&str; 10] = ["0", "n", "no", "none", "nan", "nil", "null", "false", "f", "-"];
    NONE.iter().any(|none| reference.eq_ignore_ascii_case(none))
}

/// A code, or a word that ledgers use for it.
fn read_kind(text: &str) -> Option<PaymentKind> {
    let by_code = PaymentKind::ALL.into_iter().find(|kind| kind.code().eq_ignore_ascii_case(text));
    by_code.or_else(|| meaning(Field::PaymentKind, "", text).and_then(PaymentKind::find))
}
