//! The tables of a file that was sent: a plain file is one, a zip or a workbook may hold several.

use crate::error::FileError;
use crate::table;
use std::path::{Path, PathBuf};

/// What a file may ask of the machine.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// How many bytes packed content may unpack to.
    pub expanded_bytes_max: u64,
    /// How many times its size packed content may unpack to, beyond the first 64 MiB.
    pub ratio_max: u32,
    /// How many cells of a workbook's sheet are read.
    pub sheet_cells_max: u64,
    /// How many bytes the texts that the sheets of a workbook share may take, for they are held in memory.
    pub shared_text_bytes_max: u64,
    /// How many files a zip may hold.
    pub parts_max: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            expanded_bytes_max: 20 << 30,
            ratio_max: 200,
            sheet_cells_max: 200_000_000,
            shared_text_bytes_max: 256 << 20,
            parts_max: 1_000,
        }
    }
}

/// One table of a file that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableSource {
    pub path: PathBuf,
    /// For people, as in "bundle.zip/Loan.csv".
    pub name: String,
    /// Which part of a zip it is.
    pub(crate) part: Option<usize>,
    /// Which sheet of a workbook it is.
    pub(crate) sheet: Option<String>,
}

/// The tables of a file, of which people know the name `file_name`.
///
/// The parts of a zip are listed as they are: one that is no table is refused once it is opened.
///
/// # Errors
/// Where the file cannot be read, or holds nothing that could be a table.
pub fn tables(path: &Path, file_name: &str, bounds: &Bounds) -> Result<Vec<TableSource>, FileError> {
    table::list(path, file_name, bounds)
}
