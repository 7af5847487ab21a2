//! What will not be available later, as the file does not say it.

use crate::row::missing;
use domain::field::{Field, FileKind};
use domain::mapping::{Profile, ProfileFile};
use domain::preview::SuggestedColumn;

const LACKS: [(&[Field], &str); 9] = [
    (&[Field::LoanId], "No loan id: ids are made of the rows' numbers, so that a later file cannot be matched"),
    (&[Field::BorrowerId], "No borrower id: loans of one person cannot be told to be theirs"),
    (&[Field::RecoveryStatus], "No recovery status: all loans count as open, and no model can learn from them"),
    (&[Field::DaysPastDue, Field::MissedPayments], "No days past due: buckets of lateness are not available"),
    (&[Field::OutstandingAmount], "No outstanding amount: what is left to recover is not available"),
    (&[Field::CollateralValue], "No collateral value: how far loans are covered is not available"),
    (&[Field::OriginatedOn], "No date of origination: the age of loans is not available"),
    (&[Field::RecoveredAmount], "No amounts recovered: shares of what was recovered are not available"),
    (&[Field::AsOf], "No as-of date: the file speaks for the day that is given with it"),
];

pub(super) fn of(kind: FileKind, columns: &[SuggestedColumn], file: Option<&ProfileFile>) -> Vec<String> {
    let is_suggested = |field: Field| columns.iter().any(|column| column.field == Some(field));
    // A profile may read one column as two fields.
    let has = |field: Field| is_suggested(field) || file.is_some_and(|file| file.mapping.column_of(field).is_some());
    if kind != FileKind::Loans {
        let lacking = kind.needs().iter().filter(|field| !has(**field));
        return lacking.map(|field| format!("No column is the {}: choose one", field.label().to_lowercase())).collect();
    }
    LACKS
        .iter()
        .filter(|(fields, _)| !fields.iter().any(|field| has(*field)))
        .map(|(_, note)| (*note).to_owned())
        .collect()
}

/// The profile that a file is almost made for, and what it lacks. At least three of four of the profile's columns must be
/// there.
pub(super) fn almost<'a>(profiles: impl Iterator<Item = &'a Profile>, header: &[String]) -> Option<String> {
    let cells: Vec<&str> = header.iter().map(String::as_str).collect();
    let lacking = |profile: &'a Profile| {
        let [file] = profile.files.as_slice() else { return None };
        let lacking: Vec<&str> = missing(&file.mapping, &cells).collect();
        let is_near = file.mapping.has_header && lacking.len() * 4 <= file.mapping.columns.len();
        is_near.then_some((profile, lacking))
    };
    let (profile, lacking) = profiles.filter_map(lacking).min_by_key(|(_, lacking)| lacking.len())?;
    let is = if lacking.len() == 1 { "is" } else { "are" };
    Some(format!("Almost a file of \"{}\": {} {is} missing", profile.title, lacking.join(", ")))
}
