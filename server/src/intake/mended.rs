//! Rejected rows that are handed out, mended and sent again: what stands beside their own columns.

use super::fault::ImportFault;
use super::rows::{FileReading, Rows};
use domain::upload::{REJECTED_BECAUSE, REJECTED_ROW};
use ingest::links::Links;
use ingest::record::Record;
use ingest::word::is_same;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fmt;

/// What tells the rows of a file from those of others: the start of its hash, and of the table's where it holds several.
pub(crate) fn id_mark(sha256: &str, name: &str) -> String {
    let mark = match name.split_once('/') {
        Some((_, table)) => format!("{:x}", Sha256::digest(format!("{sha256}/{table}"))),
        None => sha256.to_owned(),
    };
    mark.chars().take(8).collect()
}

/// What a rejected row of a file is known by when it comes back. It begins with letters, so that no spreadsheet takes it for
/// a number or a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct RowMark {
    pub(crate) file: i64,
    pub(crate) line: u64,
}

impl fmt::Display for RowMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "row-{}-{}", self.file, self.line)
    }
}

impl RowMark {
    fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let start = text.get(..4).filter(|start| start.eq_ignore_ascii_case("row-"))?;
        let (file, line) = text[start.len()..].split_once('-')?;
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number(file) || !is_number(line) {
            return None;
        }
        Some(Self { file: file.parse().ok()?, line: line.parse().ok()? })
    }

    /// The mark of a row, whichever of its fields holds it: people move columns, and name them in their own way.
    pub(crate) fn of(record: &Record<'_>) -> Option<Self> {
        record.fields().find_map(Self::read)
    }
}

/// The files whose rejected rows a file holds, by their ids; none for an ordinary file. All rows are looked at, since mended ones may
/// stand anywhere among others.
pub(crate) fn files_mended_in(source: &FileReading, links: &Links) -> Result<BTreeSet<i64>, ImportFault> {
    let mut rows = Rows::open(source, links)?;
    let mut files = BTreeSet::new();
    while let Some((record, _)) = rows.next()? {
        files.extend(RowMark::of(&record).map(|mark| mark.file));
    }
    Ok(files)
}

/// The names of the columns without those that were added when rows were handed out.
pub(crate) fn own_header(header: &[String]) -> Vec<&str> {
    header.iter().map(String::as_str).filter(|name| !is_reason(name) && !is_mark(name)).collect()
}

/// The fields of a row without what was added when it was handed out, and the mark that it got then.
pub(crate) fn own_fields<'a>(fields: &'a [String], header: &[String]) -> (Vec<&'a str>, Option<RowMark>) {
    let mark = fields.iter().find_map(|field| RowMark::read(field));
    if header.is_empty() {
        // Without names, what was added is known by its place behind all others.
        let added = if fields.last().is_some_and(|last| RowMark::read(last).is_some()) { 2 } else { 0 };
        let own = &fields[..fields.len().saturating_sub(added)];
        return (own.iter().map(String::as_str).collect(), mark);
    }
    // A row that is shorter or longer than its header has the reason and the mark behind its own fields all the same.
    let is_uneven = |field: &&String| RowMark::read(field).is_none() && !is_of_width(field);
    if fields.iter().any(|field| is_of_width(field)) {
        return (fields.iter().filter(is_uneven).map(String::as_str).collect(), mark);
    }
    let is_own = |name: Option<&String>| !name.is_some_and(|name| is_reason(name) || is_mark(name));
    let own = fields.iter().enumerate().filter(|(place, _)| is_own(header.get(*place)));
    (own.map(|(_, field)| field.as_str()).collect(), mark)
}

fn is_reason(name: &str) -> bool {
    is_same(name.trim(), REJECTED_BECAUSE)
}

fn is_mark(name: &str) -> bool {
    is_same(name.trim(), REJECTED_ROW)
}

/// Whether a field is the reason that a row has more or fewer fields than its header.
fn is_of_width(field: &str) -> bool {
    field.starts_with("the row has ") && field.contains(" field")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_earlier_round_added_is_left_out() {
        let split = |text: &str| text.split('|').filter(|cell| *cell != "none").map(str::to_owned).collect::<Vec<_>>();
        let check = |fields: &str, header: &str, expected: &str, mark: Option<(i64, u64)>| {
            let (fields, header) = (split(fields), split(header));
            let mark = mark.map(|(file, line)| RowMark { file, line });
            assert_eq!(own_fields(&fields, &header), (expected.split('|').collect(), mark), "{fields:?}");
        };
        check("a|b|is wrong", "x|y|Rejected because", "a|b", None);
        check("a|b|", "x|y|Rejected because", "a|b", None);
        check("a|b|c|the row has 3 fields, but the header has 2", "x|y|Rejected because", "a|b|c", None);
        check("a|the row has 1 field, but the header has 2", "x|y|Rejected because", "a", None);
        check("a|b", "x|y|Rejected because", "a|b", None);
        check("a|is wrong|c", "x|rejected_because|y", "a|c", None);
        check("a|b|c", "x|y|Reason", "a|b|c", None);
        let both = "x|y|Rejected because|Rejected row";
        check("a|b|is wrong|row-12-17", both, "a|b", Some((12, 17)));
        check("a|the row has 1 field, but the header has 2|row-12-17", both, "a", Some((12, 17)));
        check("a|b|c|the row has 3 fields, but the header has 2|row-12-17", both, "a|b|c", Some((12, 17)));
        check("ROW-12-17|a|is wrong|b", "Rejected_Row|x|Rejected because|y", "a|b", Some((12, 17)));
        check("a||row-12-17", "x|Rejected row|Rejected  row", "a", Some((12, 17)));
        check("a|b|is wrong|row-12-17", "none", "a|b", Some((12, 17)));
        assert_eq!(own_header(&split(both)), ["x", "y"]);
    }

    #[test]
    fn marks_are_told_from_other_words() {
        let mark = RowMark { file: 3, line: 70 };
        assert_eq!(RowMark::read(&mark.to_string()), Some(mark));
        assert_eq!(RowMark::read(" Row-3-70 "), Some(mark));
        assert_ne!(id_mark(&"0af".repeat(22), "a.zip/a.csv"), id_mark(&"0af".repeat(22), "a.zip/b.csv"));
        for text in
            ["", "row-", "row-12", "row-12-", "row--3", "row-x-3", "row-1-99999999999999999999", "rów-1-2", "P-1-2"]
        {
            assert_eq!(RowMark::read(text), None, "{text}");
        }
    }
}
