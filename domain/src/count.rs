//! How many of a thing there are, in words.

/// A number of things with their name: `1 row`, `1,234 rows`. `one` is the name of a single one, whose plural ends
/// in "s".
pub fn count(number: impl TryInto<u64>, one: &str) -> String {
    let number = number.try_into().unwrap_or_default();
    format!("{} {one}{}", grouped(number), if number == 1 { "" } else { "s" })
}

/// The verb that goes with a number of things.
pub fn is_or_are(number: impl TryInto<u64>) -> &'static str {
    if number.try_into().unwrap_or_default() == 1 { "is" } else { "are" }
}

/// A number with a comma before each three digits: `12,480`. Nothing is less than none, so a negative number is 0.
pub fn grouped(number: impl TryInto<u64>) -> String {
    let digits = number.try_into().unwrap_or_default().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_singular_and_digits_are_grouped() {
        let check = |number: u64, expected| assert_eq!(count(number, "row"), expected);
        check(0, "0 rows");
        check(1, "1 row");
        check(999, "999 rows");
        check(1_000, "1,000 rows");
        check(1_234_567, "1,234,567 rows");
        assert_eq!([0, 1, 2].map(is_or_are), ["are", "is", "are"]);
        assert_eq!(grouped(-1), "0");
        assert_eq!(grouped(usize::MAX), grouped(u64::MAX));
    }
}
