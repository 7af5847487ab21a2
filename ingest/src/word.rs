//! Words: names of columns that people vary, and texts that say that nothing is known.

/// A name without what people vary: case, blanks, hyphens, underscores.
pub fn squeezed(name: &str) -> String {
    letters(name).collect()
}

/// Whether two names are the same but for what people vary.
pub fn is_same(a: &str, b: &str) -> bool {
    letters(a).eq(letters(b))
}

fn letters(name: &str) -> impl Iterator<Item = char> {
    name.chars().filter(|c| !is_filler(*c)).flat_map(char::to_lowercase)
}

fn is_filler(c: char) -> bool {
    matches!(c, ' ' | '_' | '-')
}

/// The name among `names` that comes close enough to `wanted` to be meant.
pub fn similar<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = squeezed(wanted);
    names
        .filter(|name| !name.is_empty())
        .map(|name| (distance(&wanted, &squeezed(name)), name))
        .filter(|(distance, _)| *distance * 3 <= wanted.chars().count())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// How many letters must be added, removed or changed (Levenshtein).
pub fn distance(a: &str, b: &str) -> usize {
    // Longer names cannot be meant, and would cost time that a hostile header could multiply.
    let b: Vec<char> = b.chars().take(64).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.chars().take(64).enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, other) in b.iter().enumerate() {
            let changed = diagonal + usize::from(letter != *other);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

/// Whether a text says that nothing is known, in any file. `None` and `nan` are no such texts: the one may be a
/// category, the other is a fault of the program that wrote it.
pub fn says_nothing(text: &str) -> bool {
    const TEXTS: [&str; 10] =
        ["na", "n/a", "#n/a", "null", "nil", "(null)", "\\n", "not displayed", "not available", "not applicable"];
    match text.as_bytes() {
        [] | b"-" | b"." | b"?" | b"--" => true,
        // Most cells are longer than these texts, or begin otherwise.
        [first, ..] if text.len() <= 14 && matches!(first, b'n' | b'N' | b'#' | b'(' | b'\\') => {
            TEXTS.iter().any(|known| known.eq_ignore_ascii_case(text))
        }
        _ => false,
    }
}

/// At most this many characters of a value at fault are kept.
const VALUE_CHARS_MAX: usize = 80;

/// A value shortened to what a list of faults shows of it.
pub fn shortened(value: &str) -> String {
    value.chars().take(VALUE_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_counts_letters() {
        let check = |a, b, expected| assert_eq!(distance(a, b), expected, "{a} {b}");
        check("loan", "loan", 0);
        check("loan", "laon", 2);
        check("loan", "loans", 1);
        check("loan", "", 4);
    }

    #[test]
    fn a_similar_name_is_close_to_the_wanted_one() {
        let names = ["Branch", "", "Loan_Amnt", "Age"];
        let check = |wanted, expected| assert_eq!(similar(wanted, names.into_iter()), expected, "{wanted}");
        check("Loan_Amount", Some("Loan_Amnt"));
        check("Gender", None);
        check("branches", Some("Branch"));
    }

    #[test]
    fn names_are_the_same_whatever_their_spelling() {
        let check = |a, b, expected| assert_eq!(is_same(a, b), expected, "{a} {b}");
        check("Loan_Amount", "loan amount", true);
        check("Loan_Amount", "LOAN-AMOUNT", true);
        check("Loan_Amount", "Loan Amounts", false);
    }

    #[test]
    fn some_texts_say_nothing() {
        let check = |text, expected| assert_eq!(says_nothing(text), expected, "{text}");
        check("", true);
        check("NA", true);
        check("n/a", true);
        check("Not displayed", true);
        check("NULL", true);
        check(".", true);
        check("none", false);
        check("nan", false);
        check("0", false);
        check("-7", false);
    }
}
