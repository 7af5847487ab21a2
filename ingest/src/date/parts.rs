//! The parts of a date.

use super::Century;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// A whole number of at most nine digits, and nothing else.
pub(super) fn number(text: &str) -> Option<i32> {
    let is_number = !text.is_empty() && text.len() <= 9 && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.bytes().fold(0, |sum, byte| sum * 10 + i32::from(byte - b'0')))
}

/// A month as a number, or as an English name of at least three letters.
pub(super) fn month(text: &str) -> Option<i32> {
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return if text.len() <= 2 { number(text) } else { None };
    }
    if text.len() < 3 {
        return None;
    }
    let is_it = |name: &str| name.get(..text.len()).is_some_and(|head| head.eq_ignore_ascii_case(text));
    // "Sept" is usual, and begins September as well.
    MONTHS.iter().position(|name| is_it(name)).map(|place| place as i32 + 1)
}

pub(super) fn year(text: &str, century: Century) -> Option<i32> {
    match text.len() {
        4 => number(text),
        2 => number(text).map(|year| century.full(year)),
        _ => None,
    }
}

/// Three parts with the same sign between them.
pub(super) fn split(text: &str) -> Option<[&str; 3]> {
    let is_sign = |c: char| matches!(c, '-' | '/' | '.' | ' ' | ',');
    let mut parts = text.split(is_sign).filter(|part| !part.is_empty());
    let found = [parts.next()?, parts.next()?, parts.next()?];
    parts.next().is_none().then_some(found)
}

/// The date without the time behind it; nothing where something else stands behind.
pub(super) fn without_time(text: &str) -> Option<&str> {
    let Some(colon) = text.find(':') else {
        // "2016-12-31T00" and "2016-12-31 00" say no more than the day; nobody writes them.
        return Some(text);
    };
    let start = text[..colon].rfind(['T', ' '])?;
    let time = &text[start + 1..];
    let is_time = time.chars().all(|c| c.is_ascii_digit() || ": .+-ZAPMapmUTC".contains(c));
    is_time.then(|| text[..start].trim_end())
}
