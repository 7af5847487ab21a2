//! Names for payments that have none.

use super::mended::RowMark;
use domain::payment::PaymentRecord;
use ingest::row::{RowFault, Taken};
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};

/// How many payments of each loan, day, amount and kind were seen, by a hash of these that stays the same for ever.
pub(crate) type Counts = HashMap<u64, u32>;

/// Tells payments without an id of their own apart: by day, amount, kind, and their place among equal ones. Files that are
/// sent together add to each other, so that places are counted across them, in their order.
#[derive(Debug, Default)]
pub(crate) struct PaymentsSeen {
    counts: Counts,
    /// What mended rows of earlier uploads belong to.
    pub(crate) mended: MendedRows,
}

impl PaymentsSeen {
    /// Names a payment that has no id. A mended row is named as it would be if it had stood behind the rows of its own upload that
    /// were taken, so that it is the same payment as in the corrected upload, whichever is sent first.
    pub(super) fn named(&mut self, taken: Taken, mark: Option<RowMark>) -> Result<Taken, RowFault> {
        let Taken::Payment(mut payment) = taken else { return Ok(taken) };
        if payment.payment_ref.is_none() {
            let name = NameWithoutPlace::of(&payment);
            if let Some((mended_row, named)) = mark.and_then(|mark| self.mended.name(mark, &payment.loan_ref, &name)) {
                payment.payment_ref = Some(named?);
                payment.mended_row = Some(mended_row);
            } else {
                let place = self.counts.entry(name.key).or_default();
                *place += 1;
                payment.payment_ref = Some(name.at(*place));
            }
        }
        Ok(Taken::Payment(payment))
    }

    /// How many of each were seen, for [`counts_of`].
    pub(crate) fn counts_to_keep(&self) -> Vec<u8> {
        self.counts.iter().flat_map(|(key, count)| [&key.to_le_bytes()[..], &count.to_le_bytes()].concat()).collect()
    }
}

/// What [`PaymentsSeen::counts_to_keep`] has kept.
pub(crate) fn counts_of(kept: &[u8]) -> Counts {
    let (pairs, _) = kept.as_chunks::<12>();
    let read = |[a, b, c, d, e, f, g, h, rest @ ..]: &[u8; 12]| {
        (u64::from_le_bytes([*a, *b, *c, *d, *e, *f, *g, *h]), u32::from_le_bytes(*rest))
    };
    pairs.iter().map(read).collect()
}

/// What equal payments share.
struct NameWithoutPlace {
    text: String,
    key: u64,
}

impl NameWithoutPlace {
    fn of(payment: &PaymentRecord) -> Self {
        let text = format!("{}/{}/{}", payment.paid_on, payment.amount.minor, payment.kind.code());
        Self { key: key_of(&payment.loan_ref, &text), text }
    }

    fn at(&self, place: u32) -> String {
        format!("{}/{place}", self.text)
    }
}

fn key_of(loan_ref: &str, text: &str) -> u64 {
    let hash = Sha256::new().chain_update(loan_ref).chain_update([0]).chain_update(text).finalize();
    hash.iter().take(8).fold(0, |key, byte| key << 8 | u64::from(*byte))
}

/// Rows of earlier uploads that were rejected, and what is on file of them.
#[derive(Debug, Default)]
pub(crate) struct MendedRows {
    statements: Vec<Statement>,
    /// The place in `statements` of each file.
    of_file: HashMap<i64, usize>,
    /// The loan and the name of each that is on file, by what the row is known by.
    known: HashMap<String, (String, String)>,
}

/// An earlier upload with payments, some rows of which were rejected.
#[derive(Debug)]
pub(crate) struct Statement {
    counts: Counts,
    /// Loans that were not on file when it was loaded, so that none of their payments was taken.
    orphans: HashSet<String>,
    /// What each rejected row is known by, by file and line: see [`KnownRows`].
    rows: HashMap<RowMark, String>,
    /// The names that its mended rows have by now.
    taken: HashMap<u64, HashSet<String>>,
}

impl Statement {
    pub(crate) fn new(counts: Counts, orphans: HashSet<String>, rows: HashMap<RowMark, String>) -> Self {
        Self { counts, orphans, rows, taken: HashMap::new() }
    }
}

impl MendedRows {
    /// `known` are the mended rows that are on file: what each is known by, its loan, and its name.
    pub(crate) fn new(statements: Vec<(Vec<i64>, Statement)>, known: Vec<(String, String, String)>) -> Self {
        let known = known.into_iter().map(|(row, loan_ref, name)| (row, (loan_ref, name))).collect();
        let mut mended = Self { known, ..Self::default() };
        for (files, mut statement) in statements {
            for (loan_ref, name) in statement.rows.values().filter_map(|row| mended.known.get(row)) {
                let text = name.rsplit_once('/').map_or(name.as_str(), |(text, _)| text);
                statement.taken.entry(key_of(loan_ref, text)).or_default().insert(name.clone());
            }
            mended.of_file.extend(files.into_iter().map(|file| (file, mended.statements.len())));
            mended.statements.push(statement);
        }
        mended
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.statements.is_empty()
    }

    /// What a mended row is known by, and its name. Nothing for a mark of a row that nobody knows.
    fn name(
        &mut self,
        mark: RowMark,
        loan_ref: &str,
        name: &NameWithoutPlace,
    ) -> Option<(String, Result<String, RowFault>)> {
        let statement = self.statements.get_mut(*self.of_file.get(&mark.file)?)?;
        let row = statement.rows.get(&mark)?;
        if let Some((known_loan, known)) = self.known.get(row) {
            let is_its_loan = known_loan == loan_ref;
            return Some((row.clone(), if is_its_loan { Ok(known.clone()) } else { Err(moved(loan_ref, known_loan)) }));
        }
        let is_orphan = statement.orphans.contains(loan_ref);
        let counted = statement.counts.get(&name.key).copied().filter(|_| !is_orphan).unwrap_or_default();
        let taken = statement.taken.entry(name.key).or_default();
        let mut place = counted + taken.len() as u32 + 1;
        while taken.contains(&name.at(place)) {
            place += 1;
        }
        let named = name.at(place);
        taken.insert(named.clone());
        self.known.insert(row.clone(), (loan_ref.to_owned(), named.clone()));
        Some((row.clone(), Ok(named)))
    }
}

fn moved(loan_ref: &str, known_loan: &str) -> RowFault {
    RowFault {
        column: None,
        value: loan_ref.to_owned(),
        reason: format!("this mended row is on file as a payment of loan {known_loan}; undo that upload first"),
    }
}

/// Tells rejected rows of one upload apart by what stands in them, so that they are known again in another file of the same
/// content: by a hash of their fields, and their place among equal ones.
#[derive(Debug, Default)]
pub(crate) struct KnownRows(HashMap<String, u32>);

impl KnownRows {
    pub(crate) fn next<'a>(&mut self, fields: impl IntoIterator<Item = &'a str>) -> String {
        let hash =
            fields.into_iter().fold(Sha256::new(), |hash, field| hash.chain_update(field.trim()).chain_update([0]));
        let hash: String = format!("{:x}", hash.finalize()).chars().take(16).collect();
        let place = self.0.entry(hash.clone()).or_default();
        *place += 1;
        format!("{hash}-{place}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::{FileReading, read_chunks};
    use domain::field::{Field, FileKind};
    use domain::mapping::{MappedColumn, Mapping, Reading};
    use domain::money::{Currency, Money};
    use domain::payment::PaymentKind;
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

    fn payment(loan_ref: &str, minor: i64) -> Taken {
        Taken::Payment(Box::new(PaymentRecord {
            loan_ref: loan_ref.to_owned(),
            payment_ref: None,
            paid_on: "2026-01-02".parse().unwrap(),
            amount: Money::from_minor(minor),
            kind: PaymentKind::Instalment,
            reversal_of: None,
            mended_row: None,
            is_unsigned: false,
        }))
    }

    #[test]
    fn mended_rows_are_numbered_behind_the_rows_of_their_own_upload() {
        let mut first = PaymentsSeen::default();
        for loan_ref in ["A", "A", "B"] {
            first.named(payment(loan_ref, 10), None).unwrap();
        }
        let counts = counts_of(&first.counts_to_keep());
        assert_eq!(counts, first.counts);
        let mark = |line| RowMark { file: 7, line };
        let mut rows = KnownRows::default();
        let rows = (1..=6).map(|line| (mark(line), rows.next(["bad", if line > 4 { "worse" } else { "" }]))).collect();
        let orphans = HashSet::from(["B".to_owned()]);
        let statement = Statement::new(counts, orphans, rows);
        let known = statement.rows[&mark(5)].clone();
        let on_file = vec![(known, "A".to_owned(), "2026-01-02/10/instalment/4".to_owned())];
        let mut seen =
            PaymentsSeen { mended: MendedRows::new(vec![(vec![7], statement)], on_file), ..Default::default() };
        let mut name = |line: Option<u64>, loan_ref| match seen.named(payment(loan_ref, 10), line.map(mark)) {
            Ok(Taken::Payment(payment)) => payment.payment_ref.unwrap().rsplit('/').next().unwrap().to_owned(),
            Ok(_) => unreachable!(),
            Err(fault) => fault.reason,
        };
        // Two were taken, and a third is on file; its name, 4, is not given twice.
        assert_eq!(name(Some(1), "A"), "5");
        assert_eq!(name(Some(2), "A"), "6");
        assert_eq!((name(Some(1), "A"), name(Some(5), "A")), ("5".to_owned(), "4".to_owned()), "each is known again");
        assert!(name(Some(5), "B").contains("as a payment of loan A"));
        assert_eq!(name(Some(3), "B"), "1", "what the upload had of a loan that was not on file was not taken");
        assert_eq!(
            (name(None, "A"), name(Some(99), "A")),
            ("1".to_owned(), "2".to_owned()),
            "other rows are of their own file"
        );
    }
}
