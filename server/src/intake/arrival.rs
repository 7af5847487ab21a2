//! What came in: the tables of the files, and how they are to be read if a profile knows them.

use super::fault::ImportFault;
use domain::mapping::{Profile, ProfileFile};
use domain::preview::Preview;
use ingest::profile::{file_matches, files_for, profiles};
use ingest::source::{Bounds, TableSource, tables};
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

/// How tables are read, one list for each, and by which profile.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Recognised {
    pub(crate) profile: String,
    pub(crate) readings: Vec<Vec<ProfileFile>>,
}

/// The first profile whose columns the tables have: one that was saved, or else one that comes with the program.
pub(crate) fn recognise(tables: &[ArrivedTable], saved: &[Profile]) -> Option<Recognised> {
    saved.iter().chain(profiles()).find_map(|profile| {
        let readings = assign(profile, tables);
        let fits = tables
            .iter()
            .zip(&readings)
            .all(|(table, readings)| readings.iter().all(|reading| file_matches(reading, &table.preview.header)));
        let reads_some = readings.iter().any(|readings| !readings.is_empty());
        (fits && reads_some && is_whole(profile, &readings))
            .then(|| Recognised { profile: profile.id.clone(), readings })
    })
}

/// How a profile reads tables: by their names where there are several; its only file reads an only table.
pub(crate) fn assign(profile: &Profile, tables: &[ArrivedTable]) -> Vec<Vec<ProfileFile>> {
    if let ([file], [_]) = (profile.files.as_slice(), tables) {
        return vec![vec![file.clone()]];
    }
    tables.iter().map(|table| files_for(profile, stem(&table.source.name)).into_iter().cloned().collect()).collect()
}

/// Whether every file of the profile that others refer to is there.
fn is_whole(profile: &Profile, readings: &[Vec<ProfileFile>]) -> bool {
    profile.files.iter().all(|file| readings.iter().flatten().any(|reading| reading == file))
}

/// The name without folders and ending.
fn stem(name: &str) -> &str {
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
    last.split('.').next().unwrap_or(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_folders_and_endings() {
        for (name, expected) in [("a.csv", "a"), ("b.zip/x/Loan.csv.gz", "Loan"), ("plain", "plain")] {
            assert_eq!(stem(name), expected);
        }
    }
}
