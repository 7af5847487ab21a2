//! Payments that name no loan, but something that the loan file names too, such as an account.

use super::answer::lasting_stem;
use super::draft::{Draft, is_same};
use domain::field::{Field, FileKind};
use domain::mapping::{MappedColumn, Mapping, ProfileFile, Reading};

/// What an id of a file of payments may follow: the columns that a loan file shares with it.
pub fn names(drafts: &[Draft], payments: &Draft) -> Vec<String> {
    if payments.kind != Some(FileKind::Payments) {
        return Vec::new();
    }
    drafts.iter().flat_map(|loans| columns(loans, payments).map(|column| name(loans, column))).collect()
}

/// Has each loan file read for the ids that payments follow, too.
pub fn add_links(drafts: &mut [Draft]) {
    let of_payments = |draft: &&Draft| draft.kind == Some(FileKind::Payments);
    let followed: Vec<(String, Draft)> = drafts
        .iter()
        .filter(of_payments)
        .flat_map(|draft| draft.columns.iter().map(move |column| (column.reading.via.clone(), draft)))
        .filter_map(|(via, draft)| Some((via?, draft.clone())))
        .collect();
    for loans in drafts {
        for (via, payments) in &followed {
            let link = columns(loans, payments).find(|column| name(loans, column) == *via).map(str::to_owned);
            let Some(link) = link.and_then(|column| link_reading(loans, via, &column)) else { continue };
            loans.links.retain(|known| known.name != link.name);
            loans.links.push(link);
        }
    }
}

/// The columns of a loan file, besides its id, that stand in a file of payments too.
fn columns<'a>(loans: &'a Draft, payments: &'a Draft) -> impl Iterator<Item = &'a str> {
    let is_shared = |name: &str| payments.columns.iter().any(|other| is_same(&other.column, name));
    let is_loans = loans.kind == Some(FileKind::Loans);
    loans
        .columns
        .iter()
        .filter(move |column| is_loans && column.field != Some(Field::LoanId))
        .map(|column| column.column.as_str())
        // Links that are followed one after the other are told apart by this sign.
        .filter(move |name| !name.trim().is_empty() && !name.contains('>') && is_shared(name))
}

fn name(loans: &Draft, column: &str) -> String {
    format!("{} by {}", lasting_stem(&loans.name), column.trim())
}

/// Nothing where the loan file has no ids that could be meant.
fn link_reading(loans: &Draft, name: &str, column: &str) -> Option<ProfileFile> {
    let id = loans.columns.iter().find(|column| column.field == Some(Field::LoanId))?;
    let read = |column: &str, field| MappedColumn { column: column.to_owned(), field, reading: Reading::default() };
    let mapping = Mapping {
        kind: FileKind::Links,
        has_header: loans.preview.has_header,
        blank_is_missing: true,
        only: loans.only.clone(),
        columns: vec![read(column, Field::LinkFrom), read(&id.column, Field::LinkTo)],
    };
    Some(ProfileFile { name: name.to_owned(), mapping })
}

#[cfg(test)]
mod tests {
    use super::super::draft::Origin;
    use super::super::draft::tests::preview;
    use super::*;

    #[test]
    fn payments_find_their_loans_by_what_both_files_name() {
        let draft = |name: &str, kind: FileKind, columns: &[(&str, Option<Field>)]| {
            Draft::new(name.to_owned(), preview(columns), Origin::Suggested, Vec::new(), kind.code())
        };
        let loans = [("no", Some(Field::LoanId)), ("Account ID", None), ("amount", Some(Field::LoanAmount))];
        let payments = [("account_id", Some(Field::LoanId)), ("amount", Some(Field::PaymentAmount)), ("no", None)];
        let mut drafts = vec![
            draft("Loans-2026.csv", FileKind::Loans, &loans),
            draft("paid.csv", FileKind::Payments, &payments),
            draft("people.csv", FileKind::Borrowers, &[("account_id", Some(Field::BorrowerId))]),
        ];
        assert_eq!(names(&drafts, &drafts[1]), ["loans by Account ID", "loans by amount"]);
        assert!(names(&drafts, &drafts[0]).is_empty() && names(&drafts, &drafts[2]).is_empty());
        add_links(&mut drafts);
        assert!(drafts[0].links.is_empty(), "nobody follows them yet");
        drafts[1].columns[0].reading.via = Some("loans by Account ID".to_owned());
        for _ in 0..2 {
            add_links(&mut drafts);
            let readings = drafts[0].readings();
            assert_eq!((readings.len(), readings[0].name.as_str()), (2, "loans by Account ID"));
            let columns: Vec<_> =
                readings[0].mapping.columns.iter().map(|column| (column.column.as_str(), column.field)).collect();
            assert_eq!(columns, [("Account ID", Field::LinkFrom), ("no", Field::LinkTo)]);
        }
    }
}
