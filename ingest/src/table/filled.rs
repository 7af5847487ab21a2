//! Number formats that fill whole numbers up with noughts, as spreadsheets show ids: 00000, "LN-"00000, 000\-00\-0000.

/// Longer formats are not for ids, and would make much text of a small file.
const PARTS_MAX: usize = 40;

/// A digit of the number, or a sign that always stands there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Digit,
    Sign(char),
}

/// A format of two digits or more, all of which are shown whether the number has them or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filled(Vec<Part>);

impl Filled {
    /// Reads a format, of which the first part is for numbers above zero; nothing where it shows numbers otherwise.
    pub fn read(format: &str) -> Option<Self> {
        let mut parts = Vec::new();
        let mut signs = format.chars();
        while let Some(sign) = signs.next() {
            match sign {
                ';' => break,
                '0' => parts.push(Part::Digit),
                '\\' => parts.push(Part::Sign(signs.next()?)),
                '"' => parts.extend(signs.by_ref().take_while(|sign| *sign != '"').map(Part::Sign)),
                '-' | '/' | ' ' => parts.push(Part::Sign(sign)),
                // Colours and languages; a condition makes the format one for some numbers only.
                '[' => {
                    let said: String = signs.by_ref().take_while(|sign| *sign != ']').collect();
                    if said.starts_with(['<', '>', '=']) {
                        return None;
                    }
                }
                _ => return None,
            }
        }
        let digits = parts.iter().filter(|part| **part == Part::Digit).count();
        // What stands behind the digits may be a currency or a unit, which is no part of an id.
        (digits > 1 && parts.len() <= PARTS_MAX && parts.last() == Some(&Part::Digit)).then_some(Self(parts))
    }

    /// Writes a number as the format shows it. Digits that it has beyond those of the format stand before them.
    pub fn write(&self, number: u64, text: &mut String) {
        let digits = self.0.iter().filter(|part| **part == Part::Digit).count();
        let filled = format!("{number:0digits$}");
        let (more, filled) = filled.split_at(filled.len() - digits);
        let (mut more, mut filled) = (Some(more), filled.chars());
        for part in &self.0 {
            match part {
                Part::Sign(sign) => text.push(*sign),
                Part::Digit => {
                    text.push_str(more.take().unwrap_or_default());
                    text.extend(filled.next());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_filled_up_as_they_are_shown() {
        let check = |format: &str, number: u64, expected: &str| {
            let mut text = String::new();
            Filled::read(format).expect(format).write(number, &mut text);
            assert_eq!(text, expected, "{format}");
        };
        check("00000", 123, "00123");
        check("00000", 0, "00000");
        check("00000", 1_234_567, "1234567");
        check("00000;-00000;0", 7, "00007");
        check("\"LN-\"0000", 42, "LN-0042");
        check("000\\-00\\-0000", 12_345, "000-01-2345");
        check("000-00-0000", 12_345_678_901, "12345-67-8901");
        check("[Red]000", 5, "005");
    }

    #[test]
    fn other_formats_show_numbers_as_they_are() {
        let long = "0".repeat(41);
        for format in [
            long.as_str(),
            "",
            "General",
            "0",
            "0.00",
            "#,##0",
            "#00",
            "00.0",
            "00%",
            "0 \"EUR\"",
            "00\" pcs\"",
            "@",
            "yyyy-mm-dd",
            "hh:mm",
            "[<=999]000;0000",
            "0E+00",
            "00,",
            "\"x\"",
        ] {
            assert_eq!(Filled::read(format), None, "{format}");
        }
    }
}
