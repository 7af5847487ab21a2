//! Which mapped column stands where.

use super::{MissingColumn, PlanError};
use crate::word;
use domain::field::{Field, FileKind};
use domain::mapping::Mapping;
use domain::upload::{REJECTED_BECAUSE, REJECTED_ROW};

pub(super) struct Places {
    /// Of each mapped column.
    pub(super) of_columns: Vec<usize>,
    pub(super) of_filter: Option<usize>,
    /// The fields that a row must have.
    pub(super) width_min: usize,
}

/// Whether a row names all columns that the mapping needs. A preamble above the header does not.
pub fn is_header<'a>(mapping: &Mapping, cells: impl Iterator<Item = &'a str>) -> bool {
    let cells: Vec<&str> = cells.collect();
    missing(mapping, &cells).next().is_none()
}

/// The columns that the mapping needs and a row does not name.
pub fn missing<'a>(mapping: &'a Mapping, cells: &[&str]) -> impl Iterator<Item = &'a str> {
    wanted(mapping).filter(|name| !cells.iter().any(|cell| word::is_same(cell, name)))
}

fn wanted(mapping: &Mapping) -> impl Iterator<Item = &str> {
    let of_filter = mapping.only.iter().map(|filter| filter.column.as_str());
    mapping.columns.iter().map(|mapped| mapped.column.as_str()).chain(of_filter)
}

pub(super) fn find(mapping: &Mapping, header: Option<&[String]>) -> Result<Places, PlanError> {
    let mut found: Vec<usize> = Vec::with_capacity(mapping.columns.len() + 1);
    let mut missing = Vec::new();
    for name in wanted(mapping) {
        match header {
            None => found.push(numbered(name)?),
            Some(cells) => match named(name, cells)? {
                Some(place) => found.push(place),
                None => missing.push(name),
            },
        }
    }
    if let Some(cells) = header.filter(|_| !missing.is_empty()) {
        return Err(PlanError::MissingColumns(missing.into_iter().map(|name| lacking(name, mapping, cells)).collect()));
    }
    let width_min = match header {
        // Columns without a name at the end are leftovers, and so is their absence from a row.
        Some(cells) => cells.iter().rposition(|cell| !cell.trim().is_empty()).map_or(0, |last| last + 1),
        None => found.iter().max().map_or(0, |last| last + 1),
    };
    let of_filter = mapping.only.as_ref().and_then(|_| found.pop());
    Ok(Places { of_columns: found, of_filter, width_min })
}

fn numbered(name: &str) -> Result<usize, PlanError> {
    let number: Option<usize> = name.trim().parse().ok().filter(|number| (1..=10_000).contains(number));
    number.map(|number| number - 1).ok_or_else(|| PlanError::NoColumnNumber(name.to_owned()))
}

/// A column of exactly this name, or else one that differs in case, blanks, underscores and hyphens only.
fn named(name: &str, cells: &[String]) -> Result<Option<usize>, PlanError> {
    let exact = only(name, cells, |cell| cell.trim() == name.trim())?;
    if exact.is_some() { Ok(exact) } else { only(name, cells, |cell| word::is_same(cell.trim(), name.trim())) }
}

fn only(name: &str, cells: &[String], is_it: impl Fn(&str) -> bool) -> Result<Option<usize>, PlanError> {
    let mut places = cells.iter().enumerate().filter(|(_, cell)| is_it(cell)).map(|(place, _)| place);
    match (places.next(), places.next()) {
        (Some(first), Some(second)) => {
            Err(PlanError::DoubledColumn { name: name.to_owned(), first: first + 1, second: second + 1 })
        }
        (first, _) => Ok(first),
    }
}

/// A column that is missing, and one that may be meant, unless the mapping needs that one too.
fn lacking(name: &str, mapping: &Mapping, cells: &[String]) -> MissingColumn {
    let free = cells.iter().map(String::as_str).filter(|cell| !wanted(mapping).any(|other| word::is_same(other, cell)));
    MissingColumn { name: name.to_owned(), similar: word::similar(name, free).map(str::to_owned) }
}

/// What is passed over or made up.
pub(super) fn notes(mapping: &Mapping, header: Option<&[String]>, places: &Places) -> Vec<String> {
    let mut notes = Vec::new();
    let is_used = |place: &usize| places.of_columns.contains(place) || places.of_filter == Some(*place);
    let unused: Vec<&str> = header
        .unwrap_or_default()
        .iter()
        .enumerate()
        .filter(|(place, _)| !is_used(place))
        .map(|(_, cell)| cell.trim())
        // What was added when rejected rows were handed out has done its work.
        .filter(|cell| ![REJECTED_BECAUSE, REJECTED_ROW].iter().any(|added| word::is_same(cell, added)))
        .collect();
    let named: Vec<String> =
        unused.iter().filter(|cell| !cell.is_empty()).map(|cell| cell.escape_debug().to_string()).collect();
    let unnamed = unused.len() - named.len();
    if !named.is_empty() {
        notes.push(format!("Columns that are not used: {}", named.join(", ")));
    }
    if unnamed > 0 {
        notes.push(format!("Columns without a name, which are not used: {unnamed}"));
    }
    if mapping.kind == FileKind::Loans {
        if mapping.column_of(Field::LoanId).is_none() {
            notes.push(
                "No column holds the loan's id: ids are made of the file's content and the rows' numbers, so that no other file \
                 can tell more of these loans"
                    .to_owned(),
            );
        }
        if mapping.column_of(Field::BorrowerId).is_none() {
            notes.push("No column holds the borrower's id: each loan counts as a borrower of its own".to_owned());
        }
        if mapping.column_of(Field::RecoveryStatus).is_none() {
            notes.push("No column holds the recovery status: all loans count as open".to_owned());
        }
        let lacking = [Field::LoanAmount, Field::OutstandingAmount, Field::MonthlyIncome, Field::DaysPastDue];
        let lacking: Vec<String> = lacking
            .into_iter()
            .filter(|field| mapping.column_of(*field).is_none())
            .map(|field| field.label().to_lowercase())
            .collect();
        if !lacking.is_empty() {
            notes.push(format!("No column holds the {}: figures that need it stay empty", lacking.join(", the ")));
        }
    }
    notes
}
