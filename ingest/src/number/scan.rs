//! Takes a number apart, from the left to the right.

use super::words::{CURRENCIES, SCALES, UNITS};
use super::{Currencies, Digits, Number, Style, Unit};

pub(super) struct Scan<'a> {
    rest: &'a str,
    style: Style,
}

/// The text is no number.
struct NoNumber;

impl<'a> Scan<'a> {
    pub(super) fn new(text: &'a str, style: Style) -> Self {
        Self { rest: text.trim(), style }
    }

    pub(super) fn number(mut self) -> Option<Number> {
        let is_parenthesised = self.skip('(');
        self.blanks();
        let is_below = self.rest.starts_with(['<', '≤']);
        if self.rest.starts_with(['<', '≤', '>', '≥']) {
            let _ = self.skip('<') || self.skip('≤') || self.skip('>') || self.skip('≥');
            let _ = self.skip('=');
            self.blanks();
        }
        let mut is_negative = self.sign();
        let mut currency = self.currency();
        if currency.is_some() {
            is_negative |= self.sign();
        }
        self.prefix();
        let first = self.digits()?;
        let mut scale = self.scale();
        let (low, high) = if is_below { (zero(), Some(first)) } else { (first, self.range_end(&first).ok()?) };
        scale = scale.or_else(|| self.scale());
        let _is_open = self.skip('+');
        // Some ledgers write the minus behind.
        is_negative |= high.is_none() && self.rest == "-" && self.skip('-');
        let unit = self.unit();
        currency = currency.or(self.currency());
        let _ = self.word("/-") || self.word("p.a.") || self.word("pa") || self.word("per annum");
        let is_closed = is_parenthesised && self.skip(')');
        self.blanks();
        let is_whole = self.rest.is_empty() && is_closed == is_parenthesised;
        let is_negative = is_negative || is_closed;
        is_whole.then_some(Number { low, high, is_negative, scale: scale.unwrap_or(1.0), unit, currency })
    }

    /// The digits of one number, without what parts the thousands.
    fn digits(&mut self) -> Option<Digits> {
        let mut digits = Digits::new();
        let mut count = self.run(&mut digits)?;
        let mut separator = None;
        while let Some(next) = self.group(count, separator) {
            // No thousands stand behind a nought: 0,125 is an eighth, written in the other style.
            if separator.is_none() && digits.text().starts_with('0') {
                return None;
            }
            separator = Some(next);
            self.skip(next);
            count += self.run(&mut digits)?;
        }
        if self.skip(if self.style.decimal_comma { ',' } else { '.' }) && !self.no_cents() {
            digits.push(b'.')?;
            count += self.run(&mut digits)?;
        }
        if count == 0 {
            return None;
        }
        self.exponent(&mut digits)?;
        Some(digits)
    }

    /// Takes the dashes that some write in place of decimals: `10.000,-`.
    fn no_cents(&mut self) -> bool {
        let rest = self.rest.trim_start_matches(['-', '\u{2013}', '\u{2014}']);
        let has_some = rest.len() < self.rest.len() && leading_digits(rest) == 0;
        if has_some {
            self.rest = rest;
        }
        has_some
    }

    /// Takes digits up to the first other sign, and counts them; nothing where there are too many to hold.
    fn run(&mut self, digits: &mut Digits) -> Option<usize> {
        let count = leading_digits(self.rest);
        for byte in self.rest.bytes().take(count) {
            digits.push(byte)?;
        }
        self.rest = &self.rest[count..];
        Some(count)
    }

    /// The sign that parts a group of thousands from what was read, if one does.
    ///
    /// Groups have three digits; in India all but the last may have two. A comma before any other number of digits is
    /// no such sign, and the number is refused rather than read as a hundred times too large.
    fn group(&self, count: usize, earlier: Option<char>) -> Option<char> {
        if count == 0 || (earlier.is_none() && count > 3) {
            return None;
        }
        let sign = self.rest.chars().next()?;
        let grouping = if self.style.decimal_comma { '.' } else { ',' };
        let blanks = ['\'', '\u{2019}', ' ', '\u{a0}', '\u{202f}', '\u{2009}'];
        if (sign != grouping && !blanks.contains(&sign)) || earlier.is_some_and(|earlier| earlier != sign) {
            return None;
        }
        let behind = &self.rest[sign.len_utf8()..];
        let is_indian = sign == ',' && leading_digits(behind) == 2 && behind[2..].starts_with(',');
        (leading_digits(behind) == 3 || is_indian).then_some(sign)
    }

    fn exponent(&mut self, digits: &mut Digits) -> Option<()> {
        let Some(behind) = self.rest.strip_prefix(['e', 'E']) else { return Some(()) };
        let unsigned = behind.strip_prefix(['+', '-']).unwrap_or(behind);
        if leading_digits(unsigned) == 0 {
            return Some(());
        }
        digits.push(b'e')?;
        if behind.starts_with('-') {
            digits.push(b'-')?;
        }
        self.rest = unsigned;
        self.run(digits).map(|_| ())
    }

    /// The end of a range, where one follows. A range that falls is a fault: it is a date such as 12-3.
    fn range_end(&mut self, low: &Digits) -> Result<Option<Digits>, NoNumber> {
        let before = self.rest;
        self.blanks();
        let is_range = self.skip('-') || self.skip('–') || self.skip('—') || self.word("to");
        self.blanks();
        self.currency();
        if !is_range || leading_digits(self.rest) == 0 {
            self.rest = before;
            return Ok(None);
        }
        let high = self.digits().filter(|high| low.value() <= high.value());
        high.map(Some).ok_or(NoNumber)
    }

    fn scale(&mut self) -> Option<f64> {
        let before = self.rest;
        self.blanks();
        let known = SCALES.iter().find(|(word, _)| self.word(word)).map(|(_, scale)| *scale);
        let scale = known.or_else(|| (!self.style.counts && self.word("m")).then_some(1e6));
        if scale.is_none() {
            self.rest = before;
        }
        scale
    }

    fn unit(&mut self) -> Unit {
        self.blanks();
        let unit = UNITS.iter().find(|(word, _)| self.word(word)).map(|(_, unit)| *unit);
        unit.or_else(|| self.word("m").then_some(Unit::Months)).unwrap_or_default()
    }

    /// A word before a number that is counted, as in `term_36`.
    fn prefix(&mut self) {
        let letters = self.rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        if self.style.counts && letters > 0 && self.rest[letters..].starts_with('_') {
            self.rest = &self.rest[letters + 1..];
        }
    }

    fn currency(&mut self) -> Option<Currencies> {
        self.blanks();
        let found = CURRENCIES.iter().find(|(name, _)| self.word(name)).map(|(_, codes)| *codes);
        self.blanks();
        found
    }

    fn sign(&mut self) -> bool {
        let is_negative = self.skip('-') || self.skip('\u{2212}');
        if !is_negative {
            self.skip('+');
        }
        self.blanks();
        is_negative
    }

    fn blanks(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn skip(&mut self, sign: char) -> bool {
        let rest = self.rest.strip_prefix(sign);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// Takes a word, whatever its case; a word of letters must not run on into others.
    fn word(&mut self, word: &str) -> bool {
        let Some(head) = self.rest.get(..word.len()) else { return false };
        let behind = &self.rest[word.len()..];
        let runs_on = word.ends_with(|c: char| c.is_alphabetic()) && behind.starts_with(|c: char| c.is_alphabetic());
        let is_it = !runs_on && head.eq_ignore_ascii_case(word);
        if is_it {
            self.rest = behind;
        }
        is_it
    }
}

fn leading_digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

fn zero() -> Digits {
    let mut digits = Digits::new();
    // There is room for one digit.
    let _ = digits.push(b'0');
    digits
}
