//! What came in: the tables of the files, and how they are to be read if a profile knows them.

use super::fault::ImportFault;
use domain::mapping::{Profile, ProfileFile};
use domain::preview::Preview;
use ingest::profile::{file_matches, profiles};
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

/// How a profile reads tables.
pub(crate) fn assign(profile: &Profile, tables: &[ArrivedTable]) -> Vec<Vec<ProfileFile>> {
    let names: Vec<&str> = tables.iter().map(|table| table.source.name.as_str()).collect();
    profile.assign(&names)
}

/// Whether every file of the profile that others refer to is there.
fn is_whole(profile: &Profile, readings: &[Vec<ProfileFile>]) -> bool {
    profile.files.iter().all(|file| readings.iter().flatten().any(|reading| reading == file))
}
