//! Which character stands between the fields of a text, told by its first lines.

use super::split::{BLANKS, Cut, Fields, NO_DELIMITER, Splitter};

/// How many records are looked at.
const RECORDS: usize = 200;
/// How many bytes are looked at.
const BYTES: usize = 1 << 18;
/// By falling rarity inside of values: where two tell as much, the first is meant.
const DELIMITERS: [u8; 4] = [b'\t', b'|', b';', b','];

/// What the start of a text tells of its fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Detected {
    pub splitter: Splitter,
    pub is_quoted: bool,
}

/// Looks at the start of a text; `is_whole` tells that nothing comes behind it.
pub fn detect(text: &[u8], is_whole: bool) -> Detected {
    let is_whole = is_whole && text.len() <= BYTES;
    let text = &text[..text.len().min(BYTES)];
    let mut best = (0, NO_DELIMITER);
    for delimiter in DELIMITERS {
        let score = score(&widths(text, is_whole, Splitter { delimiter }));
        if score > best.0 {
            best = (score, delimiter);
        }
    }
    if best.1 == NO_DELIMITER && is_blank_delimited(text, is_whole) {
        best.1 = BLANKS;
    }
    let splitter = Splitter { delimiter: best.1 };
    Detected { splitter, is_quoted: is_quoted(text, splitter) }
}

/// How many fields each of the first records has.
fn widths(text: &[u8], is_whole: bool, splitter: Splitter) -> Vec<usize> {
    let mut fields = Fields::default();
    let mut widths = Vec::new();
    let mut rest = text;
    while widths.len() < RECORDS {
        rest = without_blank_lines(rest);
        match splitter.cut(rest, is_whole, &mut fields) {
            Cut::Record { length, .. } if !rest.is_empty() => {
                widths.push(fields.ends.len());
                rest = &rest[length..];
            }
            _ => break,
        }
    }
    widths
}

/// Whether blanks stand between the fields of a text that has no other delimiter. Names and sentences have blanks, too: so
/// the lines must have as many words as the first one, and all below it a number.
fn is_blank_delimited(text: &[u8], is_whole: bool) -> bool {
    const LEAST_WIDTH: usize = 3;
    const LEAST_LINES: usize = 3;
    let widths = widths(text, is_whole, Splitter { delimiter: BLANKS });
    let Some(first) = widths.first().copied().filter(|first| *first >= LEAST_WIDTH) else { return false };
    let same = widths.iter().filter(|width| **width == first).count();
    let lines = text.split(|byte| matches!(byte, b'\n' | b'\r')).filter(|line| !line.trim_ascii().is_empty());
    let begins_number = |word: &[u8]| word.trim_ascii_start().first().is_some_and(u8::is_ascii_digit);
    let has_number = |line: &[u8]| line.split(|byte| *byte == BLANKS).any(begins_number);
    let mut below = lines.skip(1).take(widths.len().saturating_sub(1));
    widths.len() >= LEAST_LINES && same * 10 >= widths.len() * 9 && below.all(has_number)
}

/// How well widths speak for a table, in thousandths: the share of the commonest width, and more if it is that of
/// the first record, since names of columns seldom hold delimiters. Zero if nothing speaks for one.
fn score(widths: &[usize]) -> usize {
    const FIRST: usize = 250;
    const LEAST: usize = 300;
    let mut sorted: Vec<usize> = widths.iter().copied().filter(|width| *width > 1).collect();
    sorted.sort_unstable();
    let common = sorted.chunk_by(PartialEq::eq).max_by_key(|same| same.len());
    let first = widths.first().copied().unwrap_or_default();
    let Some(common) = common else { return 0 };
    let share = common.len() * 1000 / widths.len();
    let is_first = common.first() == Some(&first);
    if share < LEAST && first < 2 { 0 } else { share + if is_first { FIRST } else { 0 } }
}

fn is_quoted(text: &[u8], splitter: Splitter) -> bool {
    memchr::memchr_iter(b'"', text).any(|at| {
        let before = at.checked_sub(1).and_then(|before| text.get(before));
        before.is_none_or(|before| *before == splitter.delimiter || matches!(before, b'\n' | b'\r'))
    })
}

fn without_blank_lines(text: &[u8]) -> &[u8] {
    let blank = text.iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
    &text[blank..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters_are_detected() {
        let check = |text: &str, delimiter: u8, is_quoted: bool| {
            let expected = Detected { splitter: Splitter { delimiter }, is_quoted };
            assert_eq!(detect(text.as_bytes(), true), expected, "{text:?}");
        };
        check("a,b\n1,2\n", b',', false);
        check("a\tb\n1,5\t2,5\n", b'\t', false);
        check("\"a\";\"b\"\n1,5;2,5\n", b';', true);
        check("1,5;2,5\n1,5;2,5\n", b';', false);
        check("a|b|c\n1|2|x;y\n", b'|', false);
        check("Loans, as of May\n\na;b;c\n1;2;3\n4;5;6\n", b';', false);
        check("name,note\nx,\"p;q\"\ny,\"r;s\"\nz,t;u\nw,v;w\n", b',', true);
        check("a;b;c\n1,5\n1,5;2\n1,5;2;3\n", b';', false);
        check("a,b,c\n1\n", b',', false);
        check("name\nAnna\nSmith, John\nBo\nCy\n", NO_DELIMITER, false);
        check("", NO_DELIMITER, false);
        check("loan_id borrower_id amount\nL1 B1 500\nL2 B2 600\n", b' ', false);
        check("loan_id  borrower  amount\n  L1  B1       500\n  L2  B2        60\n", b' ', false);
        check("id name amount\n1 \"Ann Lee\" 5\n2 \"Bo Ek\" 6\n", b' ', true);
        check("full legal name\nAnna Maria Lee\nBo Van Ek\n", NO_DELIMITER, false);
        check("loan id\nLN 1\nLN 2\n", NO_DELIMITER, false);
        check("who owes what\nAnn 5\nBo Ek 7 8\nCy 1\n", NO_DELIMITER, false);
        check("5\" pipe,2\n", b',', false);
    }
}
