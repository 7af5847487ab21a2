//! Rejected rows that are handed out, mended and sent again: what stands behind their own columns.

use sha2::{Digest, Sha256};

/// The column that tells why a row was rejected.
pub(crate) const REASON: &str = "Rejected because";
/// The column by which a mended payment without an id is known for what it is: it may equal one that is on file, and the same
/// mended row may be sent twice.
pub(crate) const ROW: &str = "Rejected row";

/// What tells the rows of a file from those of others: the start of its hash, and of the table's where it holds several.
pub(crate) fn id_mark(sha256: &str, name: &str) -> String {
    let mark = match name.split_once('/') {
        Some((_, table)) => format!("{:x}", Sha256::digest(format!("{sha256}/{table}"))),
        None => sha256.to_owned(),
    };
    mark.chars().take(8).collect()
}

/// What tells a rejected row from all others. It begins with letters, so that no spreadsheet takes it for a number or a time.
pub(crate) fn row_mark(id_mark: &str, line: u64) -> String {
    format!("row-{id_mark}-{line}")
}

/// Whether a text is what [`row_mark`] makes.
pub(crate) fn is_row_mark(text: &str) -> bool {
    let parts = text.strip_prefix("row-").and_then(|rest| rest.split_once('-'));
    parts.is_some_and(|(mark, line)| {
        mark.len() == 8
            && mark.bytes().all(|byte| byte.is_ascii_hexdigit())
            && (1..=18).contains(&line.len())
            && line.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// The place of the mark of rejected rows among the columns of a file. People move columns, and write names in their own way.
pub(crate) fn place_of_mark(header: &[String]) -> Option<usize> {
    header.iter().position(|name| name.trim().eq_ignore_ascii_case(ROW))
}

/// The fields of a row without what an earlier round has put behind them, and the mark of that round.
pub(crate) fn own_fields<'a>(fields: &'a [String], header: &[String]) -> (&'a [String], Option<&'a str>) {
    match (fields.split_last(), header.split_last()) {
        (Some((last, fields)), Some((name, header))) if name.trim() == ROW && is_row_mark(last.trim()) => {
            (without_reason(fields, header), Some(last.trim()))
        }
        _ => (without_reason(fields, header), None),
    }
}

/// The names of the columns without those of an earlier round.
pub(crate) fn own_header(header: &[String]) -> &[String] {
    let is_last = |header: &[String], wanted: &str| header.last().is_some_and(|name| name.trim() == wanted);
    let header = if is_last(header, ROW) { &header[..header.len() - 1] } else { header };
    if is_last(header, REASON) { &header[..header.len() - 1] } else { header }
}

/// The fields of a row without the reason of an earlier round, which stands behind the others. A row that was too short
/// for its header has it further ahead.
fn without_reason<'a>(fields: &'a [String], header: &[String]) -> &'a [String] {
    let has_reason = header.last().is_some_and(|name| name.trim() == REASON);
    match fields.split_last() {
        Some((last, others)) if has_reason && (fields.len() >= header.len() || is_of_width(last)) => others,
        _ => fields,
    }
}

/// Whether the reason is that a row has more or fewer fields than its header.
fn is_of_width(reason: &str) -> bool {
    reason.starts_with("the row has ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_earlier_round_added_is_left_out() {
        let split = |text: &str| text.split('|').map(str::to_owned).collect::<Vec<_>>();
        let check = |fields: &str, header: &str, expected: &str, mark: Option<&str>| {
            let (fields, header) = (split(fields), split(header));
            assert_eq!(own_fields(&fields, &header), (split(expected).as_slice(), mark), "{fields:?}");
        };
        check("a|b|is wrong", "x|y|Rejected because", "a|b", None);
        check("a|b|", "x|y|Rejected because", "a|b", None);
        check("a|b|c|the row has 3 fields, but the header has 2", "x|y|Rejected because", "a|b|c", None);
        check("a|the row has 1 field, but the header has 2", "x|y|Rejected because", "a", None);
        check("a|b", "x|y|Rejected because", "a|b", None);
        check("a|b|c", "x|Rejected because|y", "a|b|c", None);
        check("a|b|c", "x|y|Reason", "a|b|c", None);
        let both = "x|y|Rejected because|Rejected row";
        let mark = "row-00ffa3b1-17";
        check("a|b|is wrong|row-00ffa3b1-17", both, "a|b", Some(mark));
        check("a|the row has 1 field, but the header has 2|row-00ffa3b1-17", both, "a", Some(mark));
        check("a|b|c|the row has 3 fields, but the header has 2|row-00ffa3b1-17", both, "a|b|c", Some(mark));
        check("a|b|is wrong|", both, "a|b|is wrong|", None);
    }

    #[test]
    fn marks_are_known_whatever_else_stands_there() {
        assert!(is_row_mark(&row_mark(&id_mark(&"0af".repeat(22), "a.csv"), 7)));
        assert_ne!(id_mark(&"0af".repeat(22), "a.zip/a.csv"), id_mark(&"0af".repeat(22), "a.zip/b.csv"));
        for text in [
            "",
            "row-",
            "row-12-3",
            "row-00ffa3b1-",
            "row-00ffa3b1-x",
            "row-00ffa3b1-1234567890123456789",
            "P-00ffa3b1-1",
        ] {
            assert!(!is_row_mark(text), "{text}");
        }
    }
}
