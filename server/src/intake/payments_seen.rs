//! Names for payments that have none.

use domain::payment::PaymentRecord;
use ingest::row::Taken;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Tells payments without an id of their own apart: by day, amount, kind, and their place among equal ones. Files that are
/// sent together add to each other, so that places are counted across them, in their order.
#[derive(Debug, Default)]
pub(crate) struct PaymentsSeen(HashMap<u64, u32>);

impl PaymentsSeen {
    /// `mended_row` tells a row apart that was rejected once and mended. It gets its name when it is stored, behind its equals
    /// that are on file.
    pub(super) fn named(&mut self, taken: Taken, mended_row: Option<String>) -> Taken {
        let Taken::Payment(mut payment) = taken else { return taken };
        if payment.payment_ref.is_none() {
            match mended_row {
                Some(_) => payment.mended_row = mended_row,
                None => payment.payment_ref = Some(self.name_for(&payment)),
            }
        }
        Taken::Payment(payment)
    }

    fn name_for(&mut self, payment: &PaymentRecord) -> String {
        let mut hash = DefaultHasher::new();
        (&payment.loan_ref, payment.paid_on, payment.amount, payment.kind).hash(&mut hash);
        let place = self.0.entry(hash.finish()).or_default();
        *place += 1;
        format!("{}/{}/{}/{place}", payment.paid_on, payment.amount.minor, payment.kind.code())
    }
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
