//! Records of delimited text one by one, each with its line, none larger than the bounds.
//!
//! The buffer grows up to the largest record that is taken, so that a hostile file meets a bound rather than the end
//! of memory; no record allocates.

use super::delimiter;
use super::encoding::{self, Encoding};
use super::split::{Closing, Cut, Fields, NO_DELIMITER, Splitter};
use super::start::{self, START_BYTES, Start};
use super::{FIELDS_MAX, RECORD_BYTES_MAX};
use crate::error::FileError;
use crate::record::Record;
use encoding_rs::Decoder;
use std::io::{ErrorKind, Read};
use std::ops::Range;

/// How much of a text is looked at to tell its encoding.
const SAMPLE_BYTES: usize = 1 << 20;
/// How much is read at a time: little enough to stay in the processor's cache until it is parsed.
const BLOCK_BYTES: usize = 1 << 17;

/// Reads records; blank lines are passed over.
pub struct TextReader<R> {
    input: R,
    format: TextFormat,
    /// Whether the encoding cannot be another one.
    is_sure: bool,
    decoder: Option<Decoder>,
    /// UTF-8, or what was taken for it.
    buffer: Vec<u8>,
    /// The part of `buffer` that is read and not yet parsed.
    unparsed: Range<usize>,
    /// Bytes before they are decoded.
    raw: Vec<u8>,
    is_ended: bool,
    may_hold_nul: bool,
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
    pub fn delimiter(&self) -> Option<char> {
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
        let splitter = Splitter { delimiter: NO_DELIMITER };
        let mut reader = Self {
            input,
            format: TextFormat { encoding: Encoding::Utf8, has_bom: false, splitter, is_quoted: false },
            is_sure: false,
            decoder: None,
            buffer: vec![0; SAMPLE_BYTES + BLOCK_BYTES],
            unparsed: 0..0,
            raw: Vec::new(),
            is_ended: false,
            may_hold_nul: false,
            fields: Fields::default(),
            text: String::new(),
            line_ends: 0,
            is_after_return: false,
        };
        while reader.unparsed.end < SAMPLE_BYTES && !reader.is_ended {
            reader.fill()?;
        }
        reader.look()?;
        Ok(reader)
    }

    /// Tells encoding and delimiter from what is in the buffer, which is all there is or a good part.
    fn look(&mut self) -> Result<(), FileError> {
        let sample = &self.buffer[self.unparsed.clone()];
        let detected = encoding::detect(sample);
        let is_wide = matches!(detected.encoding, Encoding::Utf16Le | Encoding::Utf16Be);
        if !is_wide && start::look(&sample[..sample.len().min(START_BYTES)])? != Start::Text {
            return Err(FileError::Nested { part: "the content".to_owned() });
        }
        self.format.has_bom = detected.bom_bytes > 0;
        self.is_sure = detected.is_sure;
        self.unparsed.start += detected.bom_bytes;
        self.decode_from_here(detected.encoding);
        let text = &self.buffer[self.unparsed.clone()];
        if self.is_ended && text.trim_ascii().is_empty() {
            return Err(FileError::Empty);
        }
        let fields = delimiter::detect(text, self.is_ended);
        self.format.is_quoted = fields.is_quoted;
        self.format.splitter = fields.splitter;
        if let Some(delimiter) = delimiter_line(text) {
            self.format.splitter = Splitter { delimiter };
            self.unparsed.start += DELIMITER_LINE.len() + 1;
        }
        Ok(())
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
            if self.unparsed.is_empty() {
                return Ok(None);
            }
            let line = self.line_ends + 1;
            self.fields.text = std::mem::take(&mut self.text).into_bytes();
            let bytes = &self.buffer[self.unparsed.clone()];
            let cut = self.format.splitter.cut(bytes, self.is_ended, &mut self.fields);
            let length = if let Cut::Record { length, .. } = cut { length } else { bytes.len() };
            if length > RECORD_BYTES_MAX {
                return Err(FileError::RowTooLong { line });
            }
            if self.fields.ends.len() > FIELDS_MAX {
                return Err(FileError::TooManyFields { line });
            }
            let Cut::Record { length, closing, is_quoted } = cut else {
                self.fill()?;
                continue;
            };
            let inner_line_ends = if is_quoted { line_ends(&bytes[..length]) } else { 0 };
            if !self.take_text(line)? {
                continue;
            }
            self.line_ends += inner_line_ends;
            self.unparsed.start += length;
            let is_last = closing == Closing::FileEnd && inner_line_ends > 0;
            return Ok(Some(Found { line, is_unclosed: is_last || closing == Closing::Unclosed }));
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
        let must_check = self.may_hold_nul || self.format.encoding != Encoding::Utf8;
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
        self.decode_from_here(Encoding::Windows1252);
        Ok(false)
    }

    /// Takes all that is unparsed, and all that comes behind it, for text of this encoding.
    fn decode_from_here(&mut self, encoding: Encoding) {
        self.format.encoding = encoding;
        self.decoder = encoding.decoder();
        if self.decoder.is_some() {
            self.raw.clear();
            self.raw.extend_from_slice(&self.buffer[self.unparsed.clone()]);
            self.unparsed = 0..0;
            self.decode();
        }
    }

    /// Passes line ends over, of which the first belongs to the record before; counts them.
    fn pass_line_ends(&mut self) -> Result<(), FileError> {
        loop {
            if self.unparsed.is_empty() {
                if self.is_ended {
                    return Ok(());
                }
                self.fill()?;
                continue;
            }
            match self.buffer[self.unparsed.start] {
                b'\n' => {
                    self.line_ends += u64::from(!self.is_after_return);
                    self.is_after_return = false;
                }
                b'\r' => {
                    self.line_ends += 1;
                    self.is_after_return = true;
                }
                _ => {
                    self.is_after_return = false;
                    return Ok(());
                }
            }
            self.unparsed.start += 1;
        }
    }

    /// Reads more input behind what is unparsed.
    fn fill(&mut self) -> Result<(), FileError> {
        self.buffer.copy_within(self.unparsed.clone(), 0);
        self.unparsed = 0..self.unparsed.len();
        if self.decoder.is_some() {
            self.raw.resize(BLOCK_BYTES, 0);
            let count = read_whole(&mut self.input, &mut self.raw)?;
            self.is_ended = count < BLOCK_BYTES;
            self.raw.truncate(count);
            self.decode();
        } else {
            let end = self.unparsed.end;
            if self.buffer.len() < end + BLOCK_BYTES {
                self.buffer.resize(end + BLOCK_BYTES, 0);
            }
            let count = read_whole(&mut self.input, &mut self.buffer[end..end + BLOCK_BYTES])?;
            self.is_ended = count < BLOCK_BYTES;
            self.unparsed.end += count;
            let new = &self.buffer[end..self.unparsed.end];
            self.may_hold_nul = self.may_hold_nul || memchr::memchr(0, new).is_some();
        }
        Ok(())
    }

    /// Decodes what is in `raw` to behind what is unparsed.
    fn decode(&mut self) {
        let Some(decoder) = &mut self.decoder else { return };
        let end = self.unparsed.end;
        // What is not in the room given would be lost; the sum is far from the largest number.
        let room = decoder.max_utf8_buffer_length(self.raw.len()).unwrap_or(self.raw.len() * 3 + 16);
        if self.buffer.len() < end + room {
            self.buffer.resize(end + room, 0);
        }
        let (_, _, written, _) = decoder.decode_to_utf8(&self.raw, &mut self.buffer[end..], self.is_ended);
        self.unparsed.end += written;
    }
}

/// Fills `block` unless the input ends; answers how much was read.
fn read_whole(input: &mut impl Read, block: &mut [u8]) -> Result<usize, FileError> {
    let mut length = 0;
    while length < block.len() {
        match input.read(&mut block[length..]) {
            Ok(0) => break,
            Ok(count) => length += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(length)
}

/// Line feeds, carriage returns, and both together as one.
fn line_ends(bytes: &[u8]) -> u64 {
    let feeds = memchr::memchr_iter(b'\n', bytes).count();
    let lone_returns = memchr::memchr_iter(b'\r', bytes).filter(|at| bytes.get(at + 1) != Some(&b'\n')).count();
    (feeds + lone_returns) as u64
}

/// What spreadsheet programs write before a table to tell its delimiter.
const DELIMITER_LINE: &[u8] = b"sep=";

fn delimiter_line(text: &[u8]) -> Option<u8> {
    match text.strip_prefix(DELIMITER_LINE)? {
        [delimiter @ (b',' | b';' | b'\t' | b'|'), b'\r' | b'\n', ..] => Some(*delimiter),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
