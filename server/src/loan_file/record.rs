//! Records of a CSV file one by one, each with its line, none larger than the bounds.
//!
//! The state machine is csv-core's; its buffers belong to the caller, so that a hostile file meets a bound rather
//! than the end of memory.

use super::LoanFileError;
use super::start::{self, START_BYTES};
use csv_core::ReadRecordResult;
use std::io::{ErrorKind, Read};

const RECORD_BYTES_MAX: usize = 1 << 20;
const FIELDS_MAX: usize = 1000;
const INPUT_BYTES: usize = 1 << 16;

/// Reads records; blank lines are passed over.
pub struct RecordReader<R> {
    input: R,
    parser: csv_core::Reader,
    buffer: Vec<u8>,
    /// The part of `buffer` that is read and not yet parsed.
    unparsed: std::ops::Range<usize>,
    is_ended: bool,
    text: Vec<u8>,
    ends: Vec<usize>,
    /// Line ends that were parsed so far.
    line_ends: u64,
    /// Whether a carriage return was parsed last; a line feed behind it ends no further line.
    is_after_return: bool,
}

/// One record, borrowed from its reader.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    line: u64,
    inner_line_ends: u64,
    is_last: bool,
    text: &'a str,
    ends: &'a [usize],
}

impl<R: Read> RecordReader<R> {
    /// Looks at the start of the input, and refuses what is no text.
    pub fn new(input: R) -> Result<Self, LoanFileError> {
        let mut reader = Self {
            input,
            parser: csv_core::Reader::new(),
            buffer: vec![0; INPUT_BYTES],
            unparsed: 0..0,
            is_ended: false,
            text: vec![0; RECORD_BYTES_MAX],
            ends: vec![0; FIELDS_MAX],
            line_ends: 0,
            is_after_return: false,
        };
        while reader.unparsed.end < START_BYTES && !reader.is_ended {
            reader.fill()?;
        }
        reader.unparsed.start = start::check(&reader.buffer[reader.unparsed.clone()])?;
        Ok(reader)
    }

    /// The next record, or nothing at the end of the file.
    // Not an iterator: the record borrows the reader, so that no row allocates.
    #[expect(clippy::should_implement_trait, reason = "a lending iterator cannot be an Iterator")]
    pub fn next(&mut self) -> Result<Option<Record<'_>>, LoanFileError> {
        let (mut text_length, mut field_count) = (0, 0);
        loop {
            if self.unparsed.is_empty() && !self.is_ended {
                self.unparsed = 0..0;
                self.fill()?;
            }
            let input = &self.buffer[self.unparsed.clone()];
            let (result, read, text, fields) =
                self.parser.read_record(input, &mut self.text[text_length..], &mut self.ends[field_count..]);
            let parsed = &input[..read];
            self.line_ends += line_ends(parsed, self.is_after_return);
            let ends_with_line = matches!(parsed.last(), Some(b'\n' | b'\r'));
            self.is_after_return = parsed.last().map_or(self.is_after_return, |last| *last == b'\r');
            self.unparsed.start += read;
            text_length += text;
            field_count += fields;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => {
                    let line = self.first_line(ends_with_line, text_length);
                    return Err(LoanFileError::RowTooLong { line });
                }
                ReadRecordResult::OutputEndsFull => {
                    let line = self.first_line(ends_with_line, text_length);
                    return Err(LoanFileError::TooManyFields { line });
                }
                ReadRecordResult::Record => return self.record(text_length, field_count, ends_with_line).map(Some),
                ReadRecordResult::End => return Ok(None),
            }
        }
    }

    fn record(&self, length: usize, fields: usize, ends_with_line: bool) -> Result<Record<'_>, LoanFileError> {
        let (bytes, ends) = (&self.text[..length], &self.ends[..fields]);
        let line = self.first_line(ends_with_line, length);
        if bytes.contains(&0) {
            return Err(LoanFileError::NotText { line });
        }
        // Field by field: two broken characters side by side can look like a whole one.
        let mut start = 0;
        for (index, end) in ends.iter().enumerate() {
            if std::str::from_utf8(&bytes[start..*end]).is_err() {
                return Err(LoanFileError::NotUtf8 { line, field: index + 1 });
            }
            start = *end;
        }
        let text = std::str::from_utf8(bytes).map_err(|_| LoanFileError::NotUtf8 { line, field: 1 })?;
        let is_last = self.is_ended && self.unparsed.is_empty() && !ends_with_line;
        Ok(Record { line, inner_line_ends: self.inner_line_ends(length), is_last, text, ends })
    }

    /// The line on which the record that was just parsed begins.
    fn first_line(&self, ends_with_line: bool, length: usize) -> u64 {
        let last = self.line_ends + u64::from(!ends_with_line);
        last.saturating_sub(self.inner_line_ends(length)).max(1)
    }

    fn inner_line_ends(&self, length: usize) -> u64 {
        line_ends(&self.text[..length], false)
    }

    /// Reads more input behind what is unparsed.
    fn fill(&mut self) -> Result<(), LoanFileError> {
        let free = &mut self.buffer[self.unparsed.end..];
        match self.input.read(free) {
            Ok(0) => self.is_ended = true,
            Ok(count) => self.unparsed.end += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }
}

/// Lines end as csv-core ends them: with a line feed, a carriage return, or the two together.
fn line_ends(bytes: &[u8], is_after_return: bool) -> u64 {
    let follows_return = |place: usize| place.checked_sub(1).map_or(is_after_return, |before| bytes[before] == b'\r');
    memchr::memchr2_iter(b'\n', b'\r', bytes).filter(|place| bytes[*place] == b'\r' || !follows_return(*place)).count()
        as u64
}

impl<'a> Record<'a> {
    /// The line on which the record begins, from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// The number of fields.
    pub fn width(&self) -> usize {
        self.ends.len()
    }

    /// The field at `index` (from 0), without the blanks around it; empty where there is none.
    pub fn field(&self, index: usize) -> &'a str {
        let start = index.checked_sub(1).map_or(0, |before| self.ends.get(before).copied().unwrap_or_default());
        self.ends.get(index).and_then(|end| self.text.get(start..*end)).unwrap_or_default().trim()
    }

    pub fn fields(&self) -> impl Iterator<Item = &'a str> {
        let record = *self;
        (0..self.width()).map(move |index| record.field(index))
    }

    /// How many further lines a record with line ends inside quotation marks reaches over.
    pub(super) fn further_lines(&self) -> u64 {
        self.inner_line_ends
    }

    /// Whether the record, which cannot be taken, looks like the rest of the file behind an unclosed quotation mark:
    /// it ends with the file and reaches over lines.
    pub(super) fn is_unclosed(&self) -> bool {
        self.is_last && self.inner_line_ends > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hands out one byte a time, so that every state meets the end of a buffer.
    struct Dripping<'a>(&'a [u8]);

    impl Read for Dripping<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let count = self.0.len().min(1);
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    fn lines_and_fields(text: &str) -> Vec<(u64, Vec<String>)> {
        let mut reader = RecordReader::new(Dripping(text.as_bytes())).expect("is text");
        let mut records = Vec::new();
        while let Some(record) = reader.next().expect("is read") {
            records.push((record.line(), record.fields().map(str::to_owned).collect()));
        }
        records
    }

    #[test]
    fn records_know_the_line_on_which_they_begin() {
        let check = |text: &str, expected: &[(u64, &[&str])]| {
            let found = lines_and_fields(text);
            let expected: Vec<(u64, Vec<String>)> = expected
                .iter()
                .map(|(line, fields)| (*line, fields.iter().map(|field| (*field).to_owned()).collect()))
                .collect();
            assert_eq!(found, expected, "{text:?}");
        };
        check("", &[]);
        check("a,b\n1,2\n", &[(1, &["a", "b"]), (2, &["1", "2"])]);
        check("a,b\r\n1,2\r\n3,4", &[(1, &["a", "b"]), (2, &["1", "2"]), (3, &["3", "4"])]);
        check("a\n\n\n1\n\n2\n", &[(1, &["a"]), (4, &["1"]), (6, &["2"])]);
        check("a\r\n\r\n1\r\n", &[(1, &["a"]), (3, &["1"])]);
        check("a,b\r1,2\r3,4", &[(1, &["a", "b"]), (2, &["1", "2"]), (3, &["3", "4"])]);
        check("a\r\r1\r\r\n2\n\r3\r", &[(1, &["a"]), (3, &["1"]), (5, &["2"]), (7, &["3"])]);
        check("\"a\r\",b\rc,\"\r\n\"\rd,e", &[(1, &["a", "b"]), (3, &["c", ""]), (5, &["d", "e"])]);
        check("\"a\n\",b\nc,d", &[(1, &["a", "b"]), (3, &["c", "d"])]);
        check("\u{feff}a, b \n", &[(1, &["a", "b"])]);
        check("\"say \"\"yes\"\", now\",2\n", &[(1, &["say \"yes\", now", "2"])]);
    }

    #[test]
    fn large_input_is_read_across_buffers() {
        let text = "field one,field two\n".repeat(20_000);
        let mut reader = RecordReader::new(text.as_bytes()).expect("is text");
        let mut count = 0;
        while let Some(record) = reader.next().expect("is read") {
            count += 1;
            assert_eq!((record.line(), record.field(1), record.field(2)), (count, "field two", ""));
        }
        assert_eq!(count, 20_000);
    }

    #[test]
    fn bounds_hold() {
        let check = |bytes: &[u8], words: &str| {
            let mut reader = RecordReader::new(bytes).expect("starts like text");
            let error = loop {
                match reader.next() {
                    Ok(Some(_)) => {}
                    Ok(None) => panic!("read to its end, not refused for {words}"),
                    Err(error) => break error.to_string(),
                }
            };
            assert!(error.contains(words), "{error}");
        };
        check(&b"a".repeat(2_000_000), "line 1: the row that begins here is longer than 1 MiB");
        check(&[&b"a,b\n1,\"2\n"[..], &b"3,4\n".repeat(600_000)].concat(), "line 2: the row that begins here");
        check(&[&b"a\n"[..], &b",".repeat(2_000)].concat(), "line 2: the row has more than 1000 fields");
        check(b"a,b\n1,\0\n", "line 2: there are NUL bytes");
        check(b"a,b\n1,2\n1,\xc3,\xa9\n", "line 3, field 2: this is not UTF-8");
    }
}
