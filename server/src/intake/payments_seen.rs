//! Names for payments that have none.

use super::mended::RowMark;
use super::mended_rows::MendedRows;
use domain::payment::PaymentRecord;
use ingest::row::{RowFault, Taken};
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// How many payments of each loan, day, amount and kind were seen, by a hash of these that stays the same for ever.
pub(crate) type Counts = HashMap<u64, u32>;

/// Tells payments without an id of their own apart: by day, amount, kind, and their place among equal ones. Files that are
/// sent together add to each other, so that places are counted across them, in their order.
#[derive(Debug, Default)]
pub(crate) struct PaymentsSeen {
    pub(super) counts: Counts,
    /// Of all payments, in any order: the same for two files of the same payments, however they are written.
    pub(super) digest: u64,
    /// What mended rows of earlier uploads belong to.
    pub(crate) mended: MendedRows,
}

impl PaymentsSeen {
    /// Names a payment that has no id. A mended row is named as it would be if it had stood behind the rows of its own upload that
    /// were taken, so that it is the same payment as in the corrected upload, whichever is sent first.
    pub(super) fn named(&mut self, taken: Taken, mark: Option<RowMark>) -> Result<Taken, RowFault> {
        let Taken::Payment(mut payment) = taken else { return Ok(taken) };
        match (&payment.payment_ref, mark) {
            (Some(own), _) => self.digest = self.digest.wrapping_add(key_of(&payment.loan_ref, own)),
            (None, Some(mark)) => {
                let (mended_row, name) = self.mended.name(mark, &payment)?;
                payment.mended_row = Some(mended_row);
                payment.payment_ref = Some(name);
            }
            (None, None) => {
                let name = NameWithoutPlace::of(&payment);
                let place = self.counts.entry(name.key).or_default();
                *place += 1;
                self.digest = self.digest.wrapping_add(name.key);
                payment.payment_ref = Some(name.at(*place));
            }
        }
        Ok(Taken::Payment(payment))
    }

    /// How many of each were seen, for [`Kept::read`].
    pub(crate) fn to_keep(&self) -> Vec<u8> {
        let counts = self.counts.iter();
        let counts = counts.flat_map(|(key, count)| [&key.to_le_bytes()[..], &count.to_le_bytes()].concat());
        self.digest.to_le_bytes().into_iter().chain(counts).collect()
    }
}

/// What [`PaymentsSeen::to_keep`] has kept.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(super) counts: Counts,
    pub(super) digest: u64,
}

impl Kept {
    pub(crate) fn read(bytes: &[u8]) -> Self {
        let Some((digest, counts)) = bytes.split_first_chunk::<8>() else { return Self::default() };
        let (pairs, _) = counts.as_chunks::<12>();
        let read = |[a, b, c, d, e, f, g, h, rest @ ..]: &[u8; 12]| {
            (u64::from_le_bytes([*a, *b, *c, *d, *e, *f, *g, *h]), u32::from_le_bytes(*rest))
        };
        Self { counts: pairs.iter().map(read).collect(), digest: u64::from_le_bytes(*digest) }
    }
}

/// What equal payments share.
pub(super) struct NameWithoutPlace {
    text: String,
    pub(super) key: u64,
}

impl NameWithoutPlace {
    pub(super) fn of(payment: &PaymentRecord) -> Self {
        let text = format!("{}/{}/{}", payment.paid_on, payment.amount.minor, payment.kind.code());
        Self { key: key_of(&payment.loan_ref, &text), text }
    }

    pub(super) fn at(&self, place: u32) -> String {
        format!("{}/{place}", self.text)
    }
}

pub(super) fn key_of(loan_ref: &str, text: &str) -> u64 {
    let hash = Sha256::new().chain_update(loan_ref).chain_update([0]).chain_update(text).finalize();
    hash.iter().take(8).fold(0, |key, byte| key << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::{FileReading, read_chunks};
    use domain::field::{Field, FileKind};
    use domain::mapping::{MappedColumn, Mapping, Reading};
    use domain::money::Currency;
    use ingest::links::Links;
    use store::uploads::ChunkRows;

    /// The names of the payments of a file behind its first `rows_done` rows.
    fn names(content: &str, rows_done: u64, seen: &mut PaymentsSeen) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("payments.csv");
        std::fs::write(&path, content).unwrap();
        let columns = [("loan", Field::LoanId), ("on", Field::PaidOn), ("amount", Field::PaymentAmount)];
        let columns = columns.map(|(column, field)| MappedColumn {
            column: column.to_owned(),
            field,
            reading: Reading::default(),
        });
        let mapping = Mapping {
            kind: FileKind::Payments,
            has_header: true,
            blank_is_missing: true,
            only: None,
            columns: columns.into(),
        };
        let name = "payments.csv".to_owned();
        let source = FileReading { path, name, mapping, currency: Currency::USD, id_mark: None, rows_done };
        let mut names = Vec::new();
        let mut take = |chunk: store::uploads::Chunk, _| {
            let ChunkRows::Payments(rows) = chunk.rows else { return false };
            names.extend(rows.into_iter().filter_map(|(_, payment)| payment.payment_ref));
            true
        };
        read_chunks(&source, &Links::default(), seen, &mut take).unwrap();
        names
    }

    #[test]
    fn equal_payments_of_one_upload_are_told_apart_also_behind_what_is_stored() {
        let first = "loan,on,amount\nC0,2026-01-02,10\nC0,2026-01-02,10\nC1,2026-01-02,10\n";
        let second = "loan,on,amount\nC0,2026-01-02,10\nC0,2026-01-03,10\n";
        let mut seen = PaymentsSeen::default();
        let whole = [names(first, 0, &mut seen), names(second, 0, &mut seen)];
        let name = |day: &str, place: u32| format!("2026-01-{day}/1000/instalment/{place}");
        let expected = [vec![name("02", 1), name("02", 2), name("02", 1)], vec![name("02", 3), name("03", 1)]];
        assert_eq!(whole, expected);
        for (done, done_of_second) in [(0, 0), (1, 0), (3, 0), (3, 1), (3, 2)] {
            let mut seen = PaymentsSeen::default();
            let rest = [names(first, done, &mut seen), names(second, done_of_second, &mut seen)];
            let expected = [&whole[0][done as usize..], &whole[1][done_of_second as usize..]];
            assert_eq!(rest, expected, "behind {done} and {done_of_second} rows");
        }
    }
}
