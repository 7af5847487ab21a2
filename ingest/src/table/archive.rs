//! What a zip holds: parts that may be tables, or one of the office formats that are zips themselves.

use super::input::{Counted, Progress};
use super::unpack::{Expected, Unpacked};
use crate::error::FileError;
use crate::source::Bounds;
use flate2::read::DeflateDecoder;
use std::fs::File;
use std::io::{BufReader, ErrorKind, Read, Seek, SeekFrom};
use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

const FORMAT: &str = "zip";

/// A zip whose directory was read.
pub struct Archive {
    zip: ZipArchive<BufReader<File>>,
}

/// One part of a zip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub index: usize,
    pub name: String,
}

/// What the names of its parts tell of a zip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inside {
    Workbook,
    Parts(Vec<Part>),
}

impl Archive {
    pub fn open(file: &File) -> Result<Self, FileError> {
        let zip = ZipArchive::new(BufReader::new(file.try_clone()?)).map_err(fault)?;
        // The reader lists the last part of a name, and passes over the others.
        if zip.has_duplicate_names() { Err(FileError::DoubledParts) } else { Ok(Self { zip }) }
    }

    pub fn parts(&self) -> Result<Vec<Part>, FileError> {
        let mut parts = Vec::new();
        for index in 0..self.zip.len() {
            let entry = self.zip.by_index_data(index).map_err(fault)?;
            let name = String::from_utf8_lossy(entry.name_raw()).into_owned();
            if !entry.is_dir() {
                parts.push(Part { index, name: entry.name().map_or(name, std::borrow::Cow::into_owned) });
            }
        }
        Ok(parts)
    }

    pub fn look(&self, bounds: &Bounds) -> Result<Inside, FileError> {
        const SAVE: &str = "open it and save the table as .xlsx, or as CSV (UTF-8)";
        let mut parts = self.parts()?;
        let has = |name: &str| parts.iter().any(|part| part.name.eq_ignore_ascii_case(name));
        let other = |format| Err(FileError::OtherFormat { format, advice: SAVE });
        if has("xl/workbook.xml") {
            return Ok(Inside::Workbook);
        } else if has("xl/workbook.bin") {
            return other("binary Excel (.xlsb)");
        } else if has("word/document.xml") {
            return other("Word");
        } else if has("ppt/presentation.xml") {
            return other("PowerPoint");
        } else if has("mimetype") && has("content.xml") {
            return other("OpenDocument");
        } else if has("Index/Document.iwa") {
            return other("Numbers");
        }
        parts.retain(|part| is_wanted(&part.name));
        if parts.is_empty() {
            return Err(FileError::NoTable);
        }
        if parts.len() > bounds.parts_max {
            return Err(FileError::TooManyParts { max: bounds.parts_max });
        }
        Ok(Inside::Parts(parts))
    }

    /// How many bytes a part takes in the file.
    pub fn packed_bytes(&self, index: usize) -> Result<u64, FileError> {
        Ok(self.zip.by_index_data(index).map_err(fault)?.compressed_size())
    }

    /// Reads what is packed in a part, from `file`, which is that of the archive.
    pub fn read(
        &self,
        index: usize,
        mut file: File,
        progress: &Progress,
        bounds: &Bounds,
    ) -> Result<Box<dyn Read + Send>, FileError> {
        let entry = self.zip.by_index_data(index).map_err(fault)?;
        let part = || entry.name().map_or_else(|_| "a part of the zip".to_owned(), std::borrow::Cow::into_owned);
        if entry.encrypted() {
            return Err(FileError::Encrypted { format: FORMAT });
        }
        seek_to_content(&mut file, entry.header_start())?;
        let packed = Counted::new(BufReader::new(file.take(entry.compressed_size())), progress.clone());
        let decoder: Box<dyn Read + Send> = match entry.compression() {
            CompressionMethod::STORE => Box::new(packed),
            CompressionMethod::DEFLATE => Box::new(DeflateDecoder::new(packed)),
            method => {
                let instead = "the common method of zip (deflate)";
                return Err(FileError::PackedOtherwise { part: part(), method: method.to_string(), instead });
            }
        };
        let expected = Expected { bytes: entry.size(), checksum: entry.crc32() };
        Ok(Box::new(Unpacked::new(decoder, FORMAT, progress.clone(), *bounds).expecting(expected)))
    }
}

/// Passes over what stands before a part's content, which the directory of the zip does not tell the length of.
fn seek_to_content(file: &mut File, header_start: u64) -> Result<(), FileError> {
    const MAGIC: &[u8] = b"PK\x03\x04";
    let mut header = [0; 30];
    file.seek(SeekFrom::Start(header_start))?;
    file.read_exact(&mut header).map_err(|error| fault(error.into()))?;
    if !header.starts_with(MAGIC) {
        return Err(FileError::Damaged { format: FORMAT, detail: "its directory is wrong".to_owned() });
    }
    let length = |at: usize| i64::from(u16::from_le_bytes([header[at], header[at + 1]]));
    file.seek(SeekFrom::Current(length(26) + length(28)))?;
    Ok(())
}

/// Whether a part is there for its own sake: systems put folders of their own and hidden files beside them.
fn is_wanted(name: &str) -> bool {
    let mut steps = name.split(['/', '\\']);
    // Steps like ".." are odd, but only ever shown: nothing is unpacked to where a name says.
    let is_of_a_system = |step: &str| (step.starts_with('.') && step != "." && step != "..") || step == "__MACOSX";
    let file = name.rsplit(['/', '\\']).next().unwrap_or_default();
    !steps.any(is_of_a_system) && !file.is_empty() && !matches!(file, "Thumbs.db" | "desktop.ini")
}

pub fn fault(error: ZipError) -> FileError {
    match error {
        ZipError::Io(error) if error.kind() != ErrorKind::UnexpectedEof => error.into(),
        // The directory stands at the end, so what lacks its end has none.
        ZipError::Io(_) => FileError::Truncated { format: FORMAT },
        ZipError::InvalidArchive(detail) if detail.contains("EOCD") || detail.contains("end of central directory") => {
            FileError::Truncated { format: FORMAT }
        }
        error => FileError::Damaged { format: FORMAT, detail: error.to_string() },
    }
}
