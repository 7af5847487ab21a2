//! What the dots and commas of a number tell of the style that it is written in.

use super::{Number, Style, plain};

/// The sign that parts the decimals of a number, as far as the number tells by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    Dot,
    Comma,
    /// As in 10.000: ten with decimals, or ten thousand.
    DotOrThousands,
    /// As in 10,000.
    CommaOrThousands,
}

impl Sign {
    /// Nothing where the text is no number, or has neither sign.
    pub fn of(text: &str) -> Option<Self> {
        if text.contains(['.', ',']) { Self::told_by(text, values(text)) } else { None }
    }

    /// The same of a text whose [`values`] are known.
    pub fn told_by(text: &str, values: [Option<f64>; 2]) -> Option<Self> {
        match values {
            _ if !text.contains(['.', ',']) => None,
            [Some(_), None] => Some(Self::Dot),
            [None, Some(_)] => Some(Self::Comma),
            [Some(_), Some(_)] if text.contains('.') => Some(Self::DotOrThousands),
            [Some(_), Some(_)] => Some(Self::CommaOrThousands),
            [None, None] => None,
        }
    }
}

/// The number that a text is, as a dot and as a comma parts its decimals.
pub fn values(text: &str) -> [Option<f64>; 2] {
    [false, true].map(|decimal_comma| {
        let plain = if decimal_comma { None } else { plain(text) };
        let dressed = || Number::read(text, Style { decimal_comma, counts: true }).map(|number| number.value());
        plain.or_else(dressed).filter(|value| value.is_finite())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_tell_the_style_as_far_as_they_can() {
        let check =
            |texts: &[&str], expected| texts.iter().for_each(|text| assert_eq!(Sign::of(text), expected, "{text}"));
        check(
            &["5.25", "0.125", "1,234.50", "1,234,567", "12,34,567", "1.2345", "1200.500", "$5.5", "1'234.5"],
            Some(Sign::Dot),
        );
        check(
            &["5,25", "0,125", "1.234,50", "1.234.567", "1,2345", "1200,500", "5,5 %", "10.000,-"],
            Some(Sign::Comma),
        );
        let dotted =
            ["10.000", "-10.000", "10.000 €", "€ 10.000", "EUR 10.000", "10.000 Kč", "10.000-19.999", "5.125 %"];
        check(&dotted, Some(Sign::DotOrThousands));
        check(&["10,000", "$12,500", "25,000-49,999", "(1,000)"], Some(Sign::CommaOrThousands));
        check(&["", "500", "1'000", "1 000", "31.12.2016", "1,2,3", "LN.1", "a, b", "."], None);
    }
}
