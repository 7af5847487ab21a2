//! Cuts one record of delimited text off the bytes at hand, and its fields out of it.
//!
//! Quotation marks count at the start of a field only, and a doubled one inside stands for one, as everywhere. A
//! record that reaches beyond the bytes at hand is cut again once more of it is there, so that no state outlives a
//! call.

/// A delimiter that no text holds: every line is one field.
pub const NO_DELIMITER: u8 = 0;
/// A delimiter of which several stand for one, and those at the ends of a line for none.
pub const BLANKS: u8 = b' ';

const QUOTE: u8 = b'"';

/// What the bytes at hand begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// A record of so many bytes, the line end not among them.
    Record { length: usize, closing: Closing, is_quoted: bool },
    /// The record may reach beyond the bytes at hand.
    Unfinished,
}

/// What closes a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closing {
    LineEnd,
    FileEnd,
    /// The end of the file, inside quotation marks. Or else a mark that nothing but the opening of a later field can be:
    /// lines below the one that it would close, with text right behind it. Either way the marks are out of step.
    Unclosed,
}

/// How fields are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Splitter {
    pub delimiter: u8,
}

/// The fields of a record, one after the other, and where each ends.
#[derive(Debug, Default)]
pub struct Fields {
    pub text: Vec<u8>,
    pub ends: Vec<usize>,
}

impl Fields {
    fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }

    fn push(&mut self, part: &[u8]) {
        self.text.extend_from_slice(part);
    }

    fn end(&mut self) {
        self.ends.push(self.text.len());
    }
}

impl Splitter {
    /// Cuts off the record that `bytes` begin with into `fields`; `is_end` tells that nothing comes behind them.
    pub fn cut(self, bytes: &[u8], is_end: bool, fields: &mut Fields) -> Cut {
        fields.clear();
        // Nearly every record holds no quotation mark, and then its first line end is its own.
        match memchr::memchr3(b'\n', b'\r', QUOTE, bytes) {
            Some(end) if bytes[end] != QUOTE => {
                self.split_plain(&bytes[..end], fields);
                Cut::Record { length: end, closing: Closing::LineEnd, is_quoted: false }
            }
            Some(_) => self.split_quoted(bytes, is_end, fields),
            None if is_end => {
                self.split_plain(bytes, fields);
                Cut::Record { length: bytes.len(), closing: Closing::FileEnd, is_quoted: false }
            }
            None => Cut::Unfinished,
        }
    }

    fn is_end_of_field(self, byte: u8) -> bool {
        byte == self.delimiter || byte == b'\n' || byte == b'\r'
    }

    fn split_plain(self, line: &[u8], fields: &mut Fields) {
        if self.delimiter == BLANKS {
            split_at_blanks(line, fields);
            return;
        }
        let mut start = 0;
        for end in memchr::memchr_iter(self.delimiter, line) {
            fields.push(&line[start..end]);
            fields.end();
            start = end + 1;
        }
        fields.push(&line[start..]);
        fields.end();
    }

    fn split_quoted(self, bytes: &[u8], is_end: bool, fields: &mut Fields) -> Cut {
        let mut at = 0;
        loop {
            if self.delimiter == BLANKS {
                at += bytes[at..].iter().take_while(|byte| **byte == BLANKS).count();
                // Blanks at the end of a line begin no field.
                match bytes.get(at) {
                    None if !is_end => return Cut::Unfinished,
                    Some(b'\n' | b'\r') if !fields.ends.is_empty() => {
                        return Cut::Record { length: at, closing: Closing::LineEnd, is_quoted: true };
                    }
                    None if !fields.ends.is_empty() => {
                        return Cut::Record { length: at, closing: Closing::FileEnd, is_quoted: true };
                    }
                    _ => {}
                }
            }
            if bytes.get(at) == Some(&QUOTE) {
                match quoted_end(bytes, at + 1, is_end, fields) {
                    Quoted::Closed { next } => {
                        // Blanks fill up fields of fixed widths.
                        let behind = bytes[next..].iter().find(|byte| **byte != b' ');
                        let is_followed = behind.is_some_and(|byte| !self.is_end_of_field(*byte));
                        if is_followed && memchr::memchr2(b'\n', b'\r', &bytes[at..next]).is_some() {
                            fields.end();
                            return Cut::Record { length: next, closing: Closing::Unclosed, is_quoted: true };
                        }
                        at = next;
                    }
                    Quoted::Unclosed => {
                        fields.end();
                        return Cut::Record { length: bytes.len(), closing: Closing::Unclosed, is_quoted: true };
                    }
                    Quoted::Unfinished => return Cut::Unfinished,
                }
            }
            let rest = &bytes[at..];
            let Some(length) = memchr::memchr3(self.delimiter, b'\n', b'\r', rest) else {
                if !is_end {
                    return Cut::Unfinished;
                }
                fields.push(rest);
                fields.end();
                return Cut::Record { length: bytes.len(), closing: Closing::FileEnd, is_quoted: true };
            };
            fields.push(&rest[..length]);
            fields.end();
            at += length;
            if bytes[at] != self.delimiter {
                return Cut::Record { length: at, closing: Closing::LineEnd, is_quoted: true };
            }
            at += 1;
        }
    }
}

fn split_at_blanks(line: &[u8], fields: &mut Fields) {
    for part in line.split(|byte| *byte == BLANKS).filter(|part| !part.is_empty()) {
        fields.push(part);
        fields.end();
    }
    if fields.ends.is_empty() {
        fields.end();
    }
}

enum Quoted {
    /// The closing quotation mark stands right before `next`.
    Closed {
        next: usize,
    },
    Unclosed,
    Unfinished,
}

/// Reads what stands between quotation marks, from behind the opening one.
fn quoted_end(bytes: &[u8], mut at: usize, is_end: bool, fields: &mut Fields) -> Quoted {
    loop {
        let rest = &bytes[at..];
        let Some(length) = memchr::memchr(QUOTE, rest) else {
            fields.push(rest);
            return if is_end { Quoted::Unclosed } else { Quoted::Unfinished };
        };
        match rest.get(length + 1) {
            Some(&QUOTE) => {
                fields.push(&rest[..=length]);
                at += length + 2;
            }
            None if !is_end => return Quoted::Unfinished,
            _ => {
                fields.push(&rest[..length]);
                return Quoted::Closed { next: at + length + 1 };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn strings(fields: &Fields) -> Vec<String> {
        let starts = std::iter::once(0).chain(fields.ends.iter().copied());
        let slices = starts.zip(&fields.ends).map(|(start, end)| &fields.text[start..*end]);
        slices.map(|slice| String::from_utf8_lossy(slice).into_owned()).collect()
    }

    #[test]
    fn fields_are_cut() {
        let check = |text: &str, delimiter: char, expected: &[&str], closing: Closing| {
            let mut fields = Fields::default();
            let cut = Splitter { delimiter: delimiter as u8 }.cut(text.as_bytes(), true, &mut fields);
            assert!(matches!(cut, Cut::Record { closing: found, .. } if found == closing), "{text:?}: {cut:?}");
            assert_eq!(strings(&fields), expected, "{text:?}");
        };
        check("a,b\n1", ',', &["a", "b"], Closing::LineEnd);
        check("a,b\r1", ',', &["a", "b"], Closing::LineEnd);
        check("a;b,c;", ';', &["a", "b,c", ""], Closing::FileEnd);
        check("\"a\"|\"b|c\"\n", '|', &["a", "b|c"], Closing::LineEnd);
        check("\"say \"\"yes\"\"\",2", ',', &["say \"yes\"", "2"], Closing::FileEnd);
        check("\"a\r\nb\",2\n", ',', &["a\r\nb", "2"], Closing::LineEnd);
        check("5\" pipe,\"x\" y\n", ',', &["5\" pipe", "x y"], Closing::LineEnd);
        check("1,\"2\n3\n", ',', &["1", "2\n3\n"], Closing::Unclosed);
        check("1,\"note\n2,\"note\n3,x\n", ',', &["1", "note\n2,"], Closing::Unclosed);
        check("1,\"a\nb\" ,2\n", ',', &["1", "a\nb ", "2"], Closing::LineEnd);
        check("1,\"\"", ',', &["1", ""], Closing::FileEnd);
        check("a,b\tc\n", '\0', &["a,b\tc"], Closing::LineEnd);
        check("  a   b c  \n", ' ', &["a", "b", "c"], Closing::LineEnd);
        check(" a  b", ' ', &["a", "b"], Closing::FileEnd);
        check("   \n1 2", ' ', &[""], Closing::LineEnd);
        check("1  \"Ann  Lee\"  \"\" 2 \r\n", ' ', &["1", "Ann  Lee", "", "2"], Closing::LineEnd);
        check("1 \"a\"  ", ' ', &["1", "a"], Closing::FileEnd);
    }

    proptest! {
        #[test]
        fn records_are_as_csv_core_cuts_them(text in "[ab,;\"\n]{0,40}") {
            let mut fields = Fields::default();
            let mut rest = text.as_bytes();
            let mut found = Vec::new();
            while !rest.is_empty() {
                if rest[0] == b'\n' {
                    rest = &rest[1..];
                    continue;
                }
                let Cut::Record { length, closing, .. } = Splitter { delimiter: b',' }.cut(rest, true, &mut fields) else {
                    panic!("unfinished at the end")
                };
                // Where the marks are out of step, there is no right answer, and the file is refused.
                prop_assume!(closing != Closing::Unclosed || length == rest.len());
                found.push(strings(&fields));
                rest = &rest[length..];
            }
            let mut reader = csv_core::Reader::new();
            let (mut output, mut ends) = ([0; 64], [0; 64]);
            let mut input = text.as_bytes();
            let mut expected = Vec::new();
            let (mut length, mut count) = (0, 0);
            loop {
                let (result, read, written, ended) =
                    reader.read_record(input, &mut output[length..], &mut ends[count..]);
                input = &input[read..];
                length += written;
                count += ended;
                match result {
                    csv_core::ReadRecordResult::Record => {
                        let fields = Fields { text: output[..length].to_vec(), ends: ends[..count].to_vec() };
                        expected.push(strings(&fields));
                        (length, count) = (0, 0);
                    }
                    csv_core::ReadRecordResult::End => break,
                    _ => {}
                }
            }
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn a_part_is_unfinished_or_cut_as_the_whole(
            bytes in "[a, \"\r\n]{0,24}",
            at in 0_usize..24,
            is_blank: bool,
        ) {
            let bytes = bytes.as_bytes();
            let at = at.min(bytes.len());
            let splitter = Splitter { delimiter: if is_blank { BLANKS } else { b',' } };
            let (mut part, mut whole) = (Fields::default(), Fields::default());
            let cut = splitter.cut(&bytes[..at], false, &mut part);
            if cut != Cut::Unfinished {
                prop_assert_eq!(cut, splitter.cut(bytes, true, &mut whole));
                prop_assert_eq!(strings(&part), strings(&whole));
            }
        }
    }
}
