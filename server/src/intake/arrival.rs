//! What came in: the tables of the files, and how they are to be read if a profile knows them.

use super::fault::ImportFault;
use domain::mapping::{Profile, ProfileFile};
use domain::preview::Preview;
use ingest::profile::{file_matches, objections, profiles};
use ingest::source::{Bounds, TableSource, tables};
use std::collections::HashMap;
use std::path::Path;

/// A table that came in.
#[derive(Clone, Debug)]
pub(crate) struct ArrivedTable {
    pub(crate) source: TableSource,
    pub(crate) preview: Preview,
}

/// Looks at the start of each table of a file that people know as `name`.
pub(crate) fn arrive(path: &Path, name: &str, saved: &[Profile]) -> Result<Vec<ArrivedTable>, ImportFault> {
    let bounds = Bounds::default();
    let of_file = |fault| ImportFault::File { name: name.to_owned(), fault };
    tables(path, name, &bounds)
        .map_err(of_file)?
        .into_iter()
        .map(|source| {
            let preview = ingest::preview::of(&source, &bounds, saved)
                .map_err(|fault| ImportFault::File { name: source.name.clone(), fault })?;
            Ok(ArrivedTable { source, preview })
        })
        .collect()
}

/// Refuses files of one content: their rows would count twice. `files` are names and hashes.
pub(crate) fn refuse_twins<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<(), ImportFault> {
    let mut known: HashMap<&str, &str> = HashMap::new();
    for (name, sha256) in files {
        if let Some(other) = known.insert(sha256, name) {
            return Err(ImportFault::Twins { name: name.to_owned(), other: other.to_owned() });
        }
    }
    Ok(())
}

/// How tables are read, one list for each, and by which profile.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Recognised {
    pub(crate) profile: String,
    pub(crate) readings: Vec<Vec<ProfileFile>>,
}

/// The first profile whose columns the tables have: one that was saved, or else one that comes with the program. One that
/// the numbers contradict is taken only where no other fits.
pub(crate) fn recognise(tables: &[ArrivedTable], saved: &[Profile]) -> Option<Recognised> {
    let known = || saved.iter().chain(profiles()).filter_map(|profile| fitting(profile, tables));
    known().find(|known| check_numbers(tables, &known.readings).is_ok()).or_else(|| known().next())
}

/// How a profile reads tables, if they have its columns.
fn fitting(profile: &Profile, tables: &[ArrivedTable]) -> Option<Recognised> {
    let readings = assign(profile, tables);
    let fits = tables
        .iter()
        .zip(&readings)
        .all(|(table, readings)| readings.iter().all(|reading| file_matches(reading, &table.preview.header)));
    let reads_some = readings.iter().any(|readings| !readings.is_empty());
    (fits && reads_some && is_whole(profile, &readings)).then(|| Recognised { profile: profile.id.clone(), readings })
}

/// Checks that tables write their numbers as they would be read, as far as their starts tell. Nobody would notice amounts a
/// thousand times too small.
pub(crate) fn check_numbers(tables: &[ArrivedTable], readings: &[Vec<ProfileFile>]) -> Result<(), ImportFault> {
    for (table, readings) in tables.iter().zip(readings) {
        let found: Vec<_> = readings.iter().flat_map(|reading| objections(&reading.mapping, &table.preview)).collect();
        if let Some((column, reason)) = found.first() {
            return Err(ImportFault::OtherNumbers {
                name: table.source.name.clone(),
                column: (*column).to_owned(),
                reason: (*reason).to_owned(),
                others: found[1..].iter().map(|(column, _)| (*column).to_owned()).collect(),
            });
        }
    }
    Ok(())
}

/// How a profile reads tables.
pub(crate) fn assign(profile: &Profile, tables: &[ArrivedTable]) -> Vec<Vec<ProfileFile>> {
    let names: Vec<&str> = tables.iter().map(|table| table.source.name.as_str()).collect();
    profile.assign(&names)
}

/// Whether every file of the profile that others refer to is there.
fn is_whole(profile: &Profile, readings: &[Vec<ProfileFile>]) -> bool {
    profile.files.iter().all(|file| readings.iter().flatten().any(|reading| reading == file))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::field::{Field, FileKind};
    use domain::mapping::{MappedColumn, Mapping, Reading};

    fn profile(id: &str, decimal_comma: bool) -> Profile {
        let amount = Reading { decimal_comma, ..Reading::default() };
        let columns = [("Kredit", Field::LoanId, Reading::default()), ("Betrag", Field::LoanAmount, amount)];
        let columns =
            columns.map(|(column, field, reading)| MappedColumn { column: column.to_owned(), field, reading });
        let columns = columns.into();
        let mapping = Mapping { kind: FileKind::Loans, has_header: true, blank_is_missing: true, only: None, columns };
        Profile { id: id.to_owned(), title: id.to_owned(), files: vec![ProfileFile { name: String::new(), mapping }] }
    }

    #[test]
    fn a_profile_that_the_numbers_contradict_is_not_to_be_used_unasked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("k.csv");
        let check = |amounts: [&str; 2], saved: &[Profile], expected: (&str, bool)| {
            std::fs::write(&path, format!("Kredit;Betrag\na;{}\nb;{}\n", amounts[0], amounts[1])).unwrap();
            let tables = arrive(&path, "k.csv", saved).unwrap();
            let known = recognise(&tables, saved).unwrap();
            let checked = check_numbers(&tables, &known.readings);
            assert_eq!((known.profile.as_str(), checked.is_ok()), expected, "{amounts:?} {checked:?}");
        };
        let (dot, comma) = (profile("dot", false), profile("comma", true));
        let both = [dot.clone(), comma.clone()];
        check(["145.580", "21.000"], std::slice::from_ref(&dot), ("dot", false));
        check(["8.123,50", "21.000"], std::slice::from_ref(&dot), ("dot", false));
        check(["145.580", "21.000"], std::slice::from_ref(&comma), ("comma", true));
        check(["145.580", "21.000"], &both, ("comma", true));
        check(["10,000", "25,500"], &[comma], ("comma", false));
        check(["10,000", "25,500"], &both, ("dot", true));
        check(["145.58", "21.5"], &[dot], ("dot", true));
    }
}
