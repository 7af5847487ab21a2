//! Rejected payments that come back mended: each is the payment that it would be in the corrected upload.

use super::mended::RowMark;
use super::payments_seen::{Counts, Kept, NameWithoutPlace, key_of};
use domain::payment::PaymentRecord;
use domain::upload::REJECTED_ROW;
use ingest::row::RowFault;
use std::collections::{HashMap, HashSet};

/// Rows of earlier uploads that were rejected, and what is on file of them.
#[derive(Debug, Default)]
pub(crate) struct MendedRows {
    /// Whether any row has a mark.
    is_there: bool,
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
    /// What each rejected row is known by, by file and line.
    rows: HashMap<RowMark, String>,
    /// The names that its mended rows have by now.
    taken: HashMap<u64, HashSet<String>>,
}

impl Statement {
    /// Rejected rows are told apart by what stands in them and their place among equal ones, and by the payments of their upload:
    /// one that was sent twice, though written otherwise, has the same rows, and any other has its own.
    pub(crate) fn new(kept: Kept, orphans: HashSet<String>, rejected: &[(RowMark, Vec<String>)]) -> Self {
        let contents: Vec<u64> = rejected.iter().map(|(_, fields)| content_of(fields)).collect();
        let upload = contents.iter().fold(kept.digest, |sum, content| sum.wrapping_add(*content));
        let mut places: HashMap<u64, u32> = HashMap::new();
        let row = |((mark, _), content): (&(RowMark, Vec<String>), u64)| {
            let place = places.entry(content).or_default();
            *place += 1;
            (*mark, format!("{upload:016x}-{content:016x}-{place}"))
        };
        let rows = rejected.iter().zip(contents.iter().copied()).map(row).collect();
        Self { counts: kept.counts, orphans, rows, taken: HashMap::new() }
    }
}

impl MendedRows {
    /// `known` are the mended rows that are on file: what each is known by, its loan, and its name.
    pub(crate) fn new(statements: Vec<(Vec<i64>, Statement)>, known: Vec<(String, String, String)>) -> Self {
        let known = known.into_iter().map(|(row, loan_ref, name)| (row, (loan_ref, name))).collect();
        let mut mended = Self { is_there: true, known, ..Self::default() };
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

    pub(crate) fn is_there(&self) -> bool {
        self.is_there
    }

    /// What a mended row is known by, and its name.
    pub(super) fn name(&mut self, mark: RowMark, payment: &PaymentRecord) -> Result<(String, String), RowFault> {
        let statement = self.of_file.get(&mark.file).and_then(|place| self.statements.get_mut(*place));
        let (statement, row) = statement
            .and_then(|statement| statement.rows.get(&mark).cloned().map(|row| (statement, row)))
            .ok_or_else(|| unknown(mark))?;
        let loan_ref = &payment.loan_ref;
        if let Some((known_loan, name)) = self.known.get(&row) {
            return if known_loan == loan_ref { Ok((row, name.clone())) } else { Err(moved(loan_ref, known_loan)) };
        }
        let name = NameWithoutPlace::of(payment);
        let is_orphan = statement.orphans.contains(loan_ref);
        let counted = statement.counts.get(&name.key).copied().filter(|_| !is_orphan).unwrap_or_default();
        let taken = statement.taken.entry(name.key).or_default();
        let mut place = counted + taken.len() as u32 + 1;
        while taken.contains(&name.at(place)) {
            place += 1;
        }
        let named = name.at(place);
        taken.insert(named.clone());
        self.known.insert(row.clone(), (loan_ref.clone(), named.clone()));
        Ok((row, named))
    }
}

fn unknown(mark: RowMark) -> RowFault {
    RowFault {
        column: Some(REJECTED_ROW.to_owned()),
        value: mark.to_string(),
        reason: "names a rejected row that is not on file, as when its upload was undone: take the rejected rows of the upload that is, \
                 or send the corrected file as a whole"
            .to_owned(),
    }
}

fn moved(loan_ref: &str, known_loan: &str) -> RowFault {
    RowFault {
        column: None,
        value: loan_ref.to_owned(),
        reason: format!("this mended row is on file as a payment of loan {known_loan}; undo that upload first"),
    }
}

/// A hash of what stands in a row, in whatever order its columns stand.
fn content_of(fields: &[String]) -> u64 {
    let mut fields: Vec<&str> = fields.iter().map(|field| field.trim()).filter(|field| !field.is_empty()).collect();
    fields.sort_unstable();
    key_of("", &fields.join("\0"))
}

#[cfg(test)]
mod tests {
    use super::super::payments_seen::PaymentsSeen;
    use super::*;
    use domain::money::Money;
    use domain::payment::PaymentKind;
    use ingest::row::Taken;

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

    /// The rejected rows of file 7: four equal ones, and two others.
    fn rejected() -> Vec<(RowMark, Vec<String>)> {
        let fields = |line: u64| ["bad", if line > 4 { "worse" } else { "" }].map(str::to_owned).to_vec();
        (1..=6).map(|line| (RowMark { file: 7, line }, fields(line))).collect()
    }

    #[test]
    fn mended_rows_are_numbered_behind_the_rows_of_their_own_upload() {
        let mut first = PaymentsSeen::default();
        for loan_ref in ["A", "A", "B"] {
            first.named(payment(loan_ref, 10), None).unwrap();
        }
        let kept = Kept::read(&first.to_keep());
        assert_eq!((&kept.counts, kept.digest), (&first.counts, first.digest));
        let mark = |line| RowMark { file: 7, line };
        let statement = Statement::new(kept, HashSet::from(["B".to_owned()]), &rejected());
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
        assert_eq!(name(None, "A"), "1", "other rows are of their own file");
        assert!(name(Some(99), "A").contains("not on file"));
    }

    #[test]
    fn rejected_rows_are_known_by_their_upload_and_by_what_stands_in_them() {
        let rows = |digest: u64, rejected: &[(RowMark, Vec<String>)]| {
            let kept = Kept { digest, ..Kept::default() };
            let statement = Statement::new(kept, HashSet::new(), rejected);
            let mut rows: Vec<String> = statement.rows.into_values().collect();
            rows.sort();
            rows
        };
        let first = rows(1, &rejected());
        assert_eq!(first.iter().collect::<HashSet<_>>().len(), 6);
        // In another order of rows and columns they are the same; beside other payments, or with one more, they are not.
        let mut turned = rejected();
        turned.reverse();
        for (_, fields) in &mut turned {
            fields.reverse();
        }
        assert_eq!(rows(1, &turned), first);
        assert!(rows(2, &rejected()).iter().all(|row| !first.contains(row)));
        assert!(rows(1, &rejected()[1..]).iter().all(|row| !first.contains(row)));
    }
}
