//! Which tables a file holds.

use super::archive::{Archive, Inside, Part};
use super::open::{self, Content};
use super::workbook;
use crate::error::FileError;
use crate::source::{Bounds, TableSource};
use std::fs::File;
use std::path::Path;

pub fn list(path: &Path, file_name: &str, bounds: &Bounds) -> Result<Vec<TableSource>, FileError> {
    let listing = Listing { path, bounds };
    match open::open(path, None, bounds)?.content {
        Content::Text(_) | Content::Parquet(_) => Ok(vec![listing.table(file_name, None, None)]),
        Content::Zip(file) => match Archive::open(&file)?.look(bounds)? {
            Inside::Workbook => listing.sheets(&file, file_name, None),
            Inside::Parts(parts) => {
                let mut tables = Vec::new();
                for part in parts {
                    tables.extend(listing.part(&part, &format!("{file_name}/{}", part.name))?);
                }
                if tables.len() > bounds.parts_max {
                    return Err(FileError::TooManyParts { max: bounds.parts_max });
                }
                Ok(tables)
            }
        },
    }
}

struct Listing<'a> {
    path: &'a Path,
    bounds: &'a Bounds,
}

impl Listing<'_> {
    fn table(&self, name: &str, part: Option<usize>, sheet: Option<String>) -> TableSource {
        TableSource { path: self.path.to_owned(), name: name.to_owned(), part, sheet }
    }

    /// What a part of a zip holds; one that cannot be read says so when it is opened.
    fn part(&self, part: &Part, name: &str) -> Result<Vec<TableSource>, FileError> {
        let as_one = vec![self.table(name, Some(part.index), None)];
        let Ok(opened) = open::open(self.path, Some(part.index), self.bounds) else { return Ok(as_one) };
        let Content::Zip(file) = opened.content else { return Ok(as_one) };
        match Archive::open(&file).and_then(|archive| archive.look(self.bounds)) {
            Ok(Inside::Workbook) => Ok(self.sheets(&file, name, Some(part.index)).unwrap_or(as_one)),
            Ok(Inside::Parts(_)) => Err(FileError::Nested { part: part.name.clone() }),
            Err(_) => Ok(as_one),
        }
    }

    /// The first sheet bears the name of its workbook.
    fn sheets(&self, file: &File, name: &str, part: Option<usize>) -> Result<Vec<TableSource>, FileError> {
        let sheets = workbook::sheets(file, self.bounds)?;
        let name = |index: usize, sheet: &str| if index == 0 { name.to_owned() } else { format!("{name}/{sheet}") };
        let table = |(index, sheet): (usize, String)| self.table(&name(index, &sheet), part, Some(sheet));
        Ok(sheets.into_iter().enumerate().map(table).collect())
    }
}
