//! One cell of an extra column, which is kept as the text that its file had.

use domain::loan::LoanRecord;

/// What a cell holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Reading {
    /// Finite.
    Number(f64),
    Infinite,
    Missing,
    /// Text that is no number.
    Word,
}

impl Reading {
    pub(super) fn of(record: &LoanRecord, column: &str) -> Self {
        let Some(text) = text_of(record, column) else { return Self::Missing };
        match number(text) {
            Some(number) if number.is_finite() => Self::Number(number),
            Some(number) if number.is_infinite() => Self::Infinite,
            // "NaN" is what programs write where nothing is known.
            Some(_) => Self::Missing,
            None => Self::Word,
        }
    }

    pub(super) fn is_like(self, other: Self) -> bool {
        std::mem::discriminant(&self) == std::mem::discriminant(&other)
    }

    pub(super) fn number(self) -> Option<f64> {
        if let Self::Number(number) = self { Some(number) } else { None }
    }
}

/// The trimmed text of a cell; nothing where it is blank or says that nothing is known.
pub(super) fn text_of<'a>(record: &'a LoanRecord, column: &str) -> Option<&'a str> {
    let text = record.extras.get(column)?.trim();
    let says_nothing = ["", "na", "n/a", "nan", "null"].iter().any(|word| text.eq_ignore_ascii_case(word));
    (!says_nothing).then_some(text)
}

/// A number with a decimal point, perhaps with commas between thousands and a percent sign behind it, which changes
/// nothing: trees ask only for the order of values.
fn number(text: &str) -> Option<f64> {
    let text = text.strip_suffix('%').unwrap_or(text).trim_end();
    let number: f64 = text.parse().ok().or_else(|| without_commas(text)?.parse().ok())?;
    // Adding 0 makes -0 and 0 one.
    Some(number + 0.0)
}

/// Takes commas out where they stand before each three digits of the whole part.
fn without_commas(text: &str) -> Option<String> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut groups = whole.split(',');
    let first = groups.next()?.trim_start_matches(['-', '+']);
    let is_grouped =
        (1..=3).contains(&first.len()) && groups.clone().count() > 0 && groups.all(|group| group.len() == 3);
    (is_grouped && !fraction.contains(',')).then(|| text.replace(',', ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_read_as_what_they_hold() {
        let check = |text: &str, expected| {
            let mut record = LoanRecord::default();
            record.extras.insert("x".to_owned(), text.to_owned());
            assert_eq!(Reading::of(&record, "x"), expected, "{text}");
        };
        for (text, number) in [
            ("2", 2.0),
            (" -2.5 ", -2.5),
            ("007", 7.0),
            ("1e3", 1000.0),
            ("1,234.50", 1234.5),
            ("-12,345", -12_345.0),
            ("8.90%", 8.9),
        ] {
            check(text, Reading::Number(number));
        }
        for text in ["", "  ", "NA", "n/a", "NaN", "null"] {
            check(text, Reading::Missing);
        }
        for text in ["inf", "-Infinity", "1e999"] {
            check(text, Reading::Infinite);
        }
        for text in ["none", "CA", "1,23", "12,34,567", "1.234,50", ",123", "1 000", "%"] {
            check(text, Reading::Word);
        }
        assert_eq!(Reading::of(&LoanRecord::default(), "x"), Reading::Missing);
    }
}
