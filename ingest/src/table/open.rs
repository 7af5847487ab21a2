//! From a file on the disk to what can be read as a table: unpacked, and told what it is.

use super::Container;
use super::archive::Archive;
use super::input::{Counted, Progress};
use super::start::{self, START_BYTES, Start};
use super::unpack::Unpacked;
use crate::error::FileError;
use crate::source::Bounds;
use flate2::bufread::MultiGzDecoder;
use std::fs::File;
use std::io::{BufReader, Cursor, ErrorKind, Read, Seek, SeekFrom};
use std::path::Path;

/// How much of a packed file is read at a time.
const BLOCK_BYTES: usize = 1 << 17;

/// A file, or a part of one, that was opened.
pub struct Opened {
    pub container: Container,
    pub content: Content,
    pub progress: Progress,
    /// What the progress is out of.
    pub bytes_total: u64,
}

pub enum Content {
    Text(Box<dyn Read + Send>),
    /// Formats that are not read from their start to their end.
    Parquet(File),
    Zip(File),
}

/// Opens a file, or a part of a zip.
pub fn open(path: &Path, part: Option<usize>, bounds: &Bounds) -> Result<Opened, FileError> {
    let mut file = File::open(path)?;
    let bytes_total = file.metadata()?.len();
    let start = peek(&mut file)?;
    file.seek(SeekFrom::Start(0))?;
    let opening = Opening { path, bounds, progress: Progress::default() };
    match (start::look(&start)?, part) {
        (Start::Zip, Some(part)) => {
            let archive = Archive::open(&file)?;
            let bytes_total = archive.packed_bytes(part)?;
            let input = archive.read(part, file, &opening.progress, bounds)?;
            opening.unpacked(input, Container::Zip, bytes_total)
        }
        (Start::Gzip, _) => {
            let input = opening.gzip(Counted::new(file, opening.progress.clone()));
            opening.unpacked(input, Container::Gzip, bytes_total)
        }
        (Start::Zip, None) => Ok(opening.opened(Content::Zip(file), Container::Zip, bytes_total)),
        (Start::Parquet, _) => Ok(opening.opened(Content::Parquet(file), Container::Parquet, bytes_total)),
        (Start::Text, _) => {
            let input = Counted::new(file, opening.progress.clone());
            Ok(opening.opened(Content::Text(Box::new(input)), Container::Plain, bytes_total))
        }
    }
}

struct Opening<'a> {
    path: &'a Path,
    bounds: &'a Bounds,
    progress: Progress,
}

impl Opening<'_> {
    fn opened(&self, content: Content, container: Container, bytes_total: u64) -> Opened {
        Opened { container, content, progress: self.progress.clone(), bytes_total }
    }

    fn gzip(&self, input: impl Read + Send + 'static) -> Box<dyn Read + Send> {
        let decoder = MultiGzDecoder::new(BufReader::with_capacity(BLOCK_BYTES, input));
        Box::new(Unpacked::new(decoder, "gzip", self.progress.clone(), *self.bounds))
    }

    /// Looks at what came out of a container.
    fn unpacked(
        &self,
        mut input: Box<dyn Read + Send>,
        container: Container,
        bytes_total: u64,
    ) -> Result<Opened, FileError> {
        let start = peek(&mut input)?;
        let kind = start::look(&start)?;
        let input = Cursor::new(start).chain(input);
        match kind {
            Start::Text => Ok(self.opened(Content::Text(Box::new(input)), container, bytes_total)),
            Start::Gzip if container == Container::Zip => self.unpacked(self.gzip(input), Container::Gzip, bytes_total),
            Start::Gzip => Err(FileError::Nested { part: "the content".to_owned() }),
            Start::Zip => self.kept(input, Content::Zip, container),
            Start::Parquet => self.kept(input, Content::Parquet, Container::Parquet),
        }
    }

    /// Writes what is unpacked to a file without a name beside the original, since it is not read in its order.
    fn kept(
        &self,
        mut input: impl Read,
        content: fn(File) -> Content,
        container: Container,
    ) -> Result<Opened, FileError> {
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let beside = folder.map(tempfile::tempfile_in);
        let mut file = beside.and_then(Result::ok).map_or_else(tempfile::tempfile, Ok)?;
        let bytes_total = std::io::copy(&mut input, &mut file)?;
        file.seek(SeekFrom::Start(0))?;
        Ok(Opened { container, content: content(file), progress: Progress::default(), bytes_total })
    }
}

/// Reads the first bytes.
fn peek(input: &mut impl Read) -> Result<Vec<u8>, FileError> {
    let mut start = vec![0; START_BYTES];
    let mut length = 0;
    while length < start.len() {
        match input.read(&mut start[length..]) {
            Ok(0) => break,
            Ok(count) => length += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
    start.truncate(length);
    Ok(start)
}
