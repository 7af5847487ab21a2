//! Records of delimited text one by one, each with its line, none larger than the bounds.
//!
//! The buffer grows up to the largest record that is taken, so that a hostile file meets a bound rather than the end
//! of memory; no record allocates.

use super::buffer::Buffer;
use super::delimiter;
use super::encoding::{self, Encoding};
use super::split::{Closing, Cut, Fields, NO_DELIMITER, Splitter};
use super::start::{self, START_BYTES, Start};
use super::{FIELDS_MAX, RECORD_BYTES_MAX};
use crate::error::FileError;
use crate::record::Record;
use std::io::Read;

/// How much of a text is looked at to tell its encoding.
const SAMPLE_BYTES: usize = 1 << 20;
/// What spreadsheet programs write before a table to tell its delimiter.
const DELIMITER_LINE: &[u8] = b"sep=";

/// Reads records; blank lines are passed over.
pub struct TextReader<R> {
    buffer: Buffer<R>,
    format: TextFormat,
    /// Whether the encoding cannot be another one.
    is_sure: bool,
    fields: Fields,
    /// The text of the last record, once it is known to be UTF-8.
    text: String,
    /// Line ends that were parsed so far.
    line_ends: u64,
    /// Whether the last parsed byte was a carriage return, so that a line feed behind it is no further line end.
    is_after_return: bool,
}

/// How a text is written down.
#[derive(Clone, Copy, Debug)]
pub struct TextFormat {
    pub encoding: Encoding,
    pub has_bom: bool,
    splitter: Splitter,
    pub is_quoted: bool,
}

impl TextFormat {
    pub fn delimiter(self) -> Option<char> {
        (self.splitter.delimiter != NO_DELIMITER).then(|| char::from(self.splitter.delimiter))
    }
}

/// A record that was cut off, without its text.
struct Found {
    line: u64,
    is_unclosed: bool,
}

impl<R: Read> TextReader<R> {
    /// Looks at the start of the input, and refuses what is no text.
    pub fn new(input: R) -> Result<Self, FileError> {
        let mut buffer = Buffer::new(input, SAMPLE_BYTES)?;
        let sample = buffer.unparsed();
        let detected = encoding::detect(sample);
        let is_wide = matches!(detected.encoding, Encoding::Utf16Le | Encoding::Utf16Be);
        if !is_wide && start::look(&sample[..sample.len().min(START_BYTES)])? != Start::Text {
            return Err(FileError::Nested { part: "the content".to_owned() });
        }
        buffer.pass(detected.bom_bytes);
        buffer.decode_from_here(detected.encoding);
        if buffer.is_ended() && buffer.unparsed().trim_ascii().is_empty() {
            return Err(FileError::Empty);
        }
        let fields = delimiter::detect(buffer.unparsed(), buffer.is_ended());
        let mut format = TextFormat {
            encoding: detected.encoding,
            has_bom: detected.bom_bytes > 0,
            splitter: fields.splitter,
            is_quoted: fields.is_quoted,
        };
        if let Some(delimiter) = delimiter_line(buffer.unparsed()) {
            format.splitter = Splitter { delimiter };
            buffer.pass(DELIMITER_LINE.len() + 1);
        }
        let is_sure = detected.is_sure;
        let (fields, text) = (Fields::default(), String::new());
        Ok(Self { buffer, format, is_sure, fields, text, line_ends: 0, is_after_return: false })
    }

    pub fn format(&self) -> TextFormat {
        self.format
    }

    /// The next record, or nothing at the end of the file.
    pub fn next(&mut self) -> Result<Option<Record<'_>>, FileError> {
        let found = self.find()?;
        let (text, ends) = (&self.text, &self.fields.ends);
        Ok(found.map(|found| Record::new(found.line, text, ends).unclosed_if(found.is_unclosed)))
    }

    /// Cuts the next record off, into `text` and `fields`.
    fn find(&mut self) -> Result<Option<Found>, FileError> {
        loop {
            self.pass_line_ends()?;
            let bytes = self.buffer.unparsed();
            if bytes.is_empty() {
                return Ok(None);
            }
            let line = self.line_ends + 1;
            self.fields.text = std::mem::take(&mut self.text).into_bytes();
            let cut = self.format.splitter.cut(bytes, self.buffer.is_ended(), &mut self.fields);
            let length = if let Cut::Record { length, .. } = cut { length } else { bytes.len() };
            if length > RECORD_BYTES_MAX {
                let is_text = !bytes.contains(&0);
                return Err(if is_text { FileError::RowTooLong { line } } else { FileError::NotText { line } });
            }
            if self.fields.ends.len() > FIELDS_MAX {
                return Err(FileError::TooManyFields { line });
            }
            let Cut::Record { length, closing, is_quoted } = cut else {
                self.buffer.fill()?;
                continue;
            };
            let inner_line_ends = if is_quoted { line_ends(&bytes[..length]) } else { 0 };
            if !self.take_text(line)? {
                continue;
            }
            if closing == Closing::Unclosed {
                return Err(FileError::UnclosedQuote { line });
            }
            self.line_ends += inner_line_ends;
            self.buffer.pass(length);
            return Ok(Some(Found { line, is_unclosed: closing == Closing::FileEnd && inner_line_ends > 0 }));
        }
    }

    /// Checks that the record just cut off is text, and keeps it as such. Answers no if all that is unparsed had to
    /// be decoded otherwise first, so that the record is to be cut again.
    fn take_text(&mut self, line: u64) -> Result<bool, FileError> {
        match String::from_utf8(std::mem::take(&mut self.fields.text)) {
            Ok(text) => self.text = text,
            Err(error) => {
                let broken_at = error.utf8_error().valid_up_to();
                return self.decode_otherwise(line, broken_at);
            }
        }
        if !self.text.is_ascii() {
            // Two broken characters side by side can look like a whole one.
            if let Some(end) = self.fields.ends.iter().find(|end| !self.text.is_char_boundary(**end)) {
                return self.decode_otherwise(line, end - 1);
            }
            self.is_sure = true;
        }
        let must_check = self.buffer.may_hold_nul() || self.format.encoding != Encoding::Utf8;
        if must_check && !encoding::is_text(&self.text, self.format.encoding) {
            return Err(FileError::NotText { line });
        }
        Ok(true)
    }

    /// Takes a text that was ASCII so far for Windows-1252, once it turns out not to be UTF-8.
    fn decode_otherwise(&mut self, line: u64, broken_at: usize) -> Result<bool, FileError> {
        if self.is_sure {
            let field = self.fields.ends.iter().filter(|end| **end <= broken_at).count() + 1;
            return Err(FileError::NotUtf8 { line, field });
        }
        self.format.encoding = Encoding::Windows1252;
        self.buffer.decode_from_here(Encoding::Windows1252);
        Ok(false)
    }

    /// Passes line ends over, of which the first belongs to the record before; counts them.
    fn pass_line_ends(&mut self) -> Result<(), FileError> {
        loop {
            match self.buffer.first() {
                Some(b'\n') => {
                    self.line_ends += u64::from(!self.is_after_return);
                    self.is_after_return = false;
                }
                Some(b'\r') => {
                    self.line_ends += 1;
                    self.is_after_return = true;
                }
                None if !self.buffer.is_ended() => {
                    self.buffer.fill()?;
                    continue;
                }
                _ => {
                    self.is_after_return = false;
                    return Ok(());
                }
            }
            self.buffer.pass(1);
        }
    }
}

/// Line feeds, carriage returns, and both together as one.
fn line_ends(bytes: &[u8]) -> u64 {
    let feeds = memchr::memchr_iter(b'\n', bytes).count();
    let lone_returns = memchr::memchr_iter(b'\r', bytes).filter(|at| bytes.get(at + 1) != Some(&b'\n')).count();
    (feeds + lone_returns) as u64
}

fn delimiter_line(text: &[u8]) -> Option<u8> {
    match text.strip_prefix(DELIMITER_LINE)? {
        [delimiter @ (b',' | b';' | b'\t' | b'|'), b'\r' | b'\n', ..] => Some(*delimiter),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
