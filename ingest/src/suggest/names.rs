//! What columns are called, in many dialects of lending.

use super::dictionary::{NAMES, SHORT, UNITS, VAGUE};
use crate::word::distance;
use domain::field::{Field, FileKind};
use std::sync::LazyLock;

static KNOWN: LazyLock<Vec<(Field, Vec<Vec<String>>)>> = LazyLock::new(|| {
    let names = |text: &str| text.split('|').filter(|name| !name.is_empty()).map(tokens).collect::<Vec<_>>();
    let own = |field: Field| [tokens(field.code()), tokens(field.label())];
    NAMES.iter().map(|(field, text)| (*field, own(*field).into_iter().chain(names(text)).collect())).collect()
});

static VAGUE_KNOWN: LazyLock<Vec<(FileKind, Field, Vec<String>)>> = LazyLock::new(|| {
    let names = |text: &str| text.split('|').map(|name| tokens(name).concat()).collect();
    VAGUE.iter().map(|(kind, field, text)| (*kind, *field, names(text))).collect()
});

/// The words of a name, in small letters, written out and in the singular: `Num_OfPayments` is "number of payment".
pub fn tokens(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before = ' ';
    // Outstanding amounts and accounts are often written so, and the sign would part the word.
    let name = ["O/S", "o/s"].iter().fold(name.to_owned(), |name, short| name.replace(short, "os"));
    let name = ["A/C", "A/c", "a/c"].iter().fold(name, |name, short| name.replace(short, "ac"));
    for c in name.chars().take(120) {
        // A capital begins a word behind a small letter, and a digit behind any: LoanStatus, amt1.
        let begins = !before.is_alphanumeric()
            || (before.is_lowercase() && c.is_uppercase())
            || (before.is_alphabetic() && c.is_ascii_digit());
        if c.is_alphanumeric() {
            if begins {
                words.push(String::new());
            }
            words.last_mut().into_iter().for_each(|word| word.extend(c.to_lowercase()));
        }
        before = c;
    }
    let written_out = words.iter().flat_map(|word| {
        let singular = word.strip_suffix('s').filter(|rest| rest.len() > 2 && !rest.ends_with(['s', 'u']));
        let word = singular.unwrap_or(word);
        SHORT.iter().find(|(short, _)| *short == word).map_or(word, |(_, long)| long).split(' ').map(str::to_owned)
    });
    written_out.collect()
}

/// How well a name fits each field of a kind of file, from 0 to 100; fields that it does not fit are left out.
pub fn scores(name: &str, kind: FileKind) -> Vec<(Field, u8)> {
    let words = tokens(name);
    if words.is_empty() {
        return Vec::new();
    }
    let bare: Vec<String> = words.iter().filter(|word| !UNITS.contains(&word.as_str())).cloned().collect();
    let of_field = KNOWN.iter().filter(|(field, _)| field.belongs_to(kind)).map(|(field, names)| {
        let clear = names.iter().map(|known| likeness(&words, &bare, known)).max().unwrap_or_default();
        (*field, clear.max(vague(&words, &bare, *field, kind)))
    });
    of_field.filter(|(_, score)| *score > 0).collect()
}

fn likeness(words: &[String], bare: &[String], known: &[String]) -> u8 {
    let joined = |words: &[String]| words.concat();
    let (wanted, found) = (joined(known), joined(words));
    if wanted == found {
        return 100;
    }
    if !bare.is_empty() && joined(bare) == wanted {
        return 95;
    }
    if known.len() > 1 && known.len() == words.len() && known.iter().all(|word| words.contains(word)) {
        return 90;
    }
    let letters = wanted.chars().count();
    // Counting letters is dear, and names of other lengths cannot be meant.
    if letters >= 5 && wanted.len().abs_diff(found.len()) <= 2 {
        let away = distance(&wanted, &found);
        if away <= (letters / 5).min(2) {
            // Two letters that changed places are one slip.
            return if sorted(&wanted) == sorted(&found) { 76 } else { 78 - 3 * away as u8 };
        }
    }
    if known.len() > 1 && words.windows(known.len()).any(|part| part == known) {
        return 60;
    }
    0
}

fn sorted(text: &str) -> Vec<char> {
    let mut letters: Vec<char> = text.chars().collect();
    letters.sort_unstable();
    letters
}

fn vague(words: &[String], bare: &[String], field: Field, kind: FileKind) -> u8 {
    let names = [words.concat(), bare.concat()];
    let is_it = |(of_kind, of_field, known): &(FileKind, Field, Vec<String>)| {
        *of_kind == kind && *of_field == field && known.iter().any(|name| names.contains(name))
    };
    if VAGUE_KNOWN.iter().any(is_it) { 70 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best(name: &str, kind: FileKind) -> Option<Field> {
        scores(name, kind).into_iter().max_by_key(|(_, score)| *score).map(|(field, _)| field)
    }

    #[test]
    fn names_are_known_in_many_dialects() {
        let check = |name, expected| assert_eq!(best(name, FileKind::Loans), Some(expected), "{name}");
        check("acct_no", Field::LoanId);
        check("Loan Account No.", Field::LoanId);
        check("cust_ref", Field::BorrowerId);
        check("MemberKey", Field::BorrowerId);
        check("sanctioned_amt", Field::LoanAmount);
        check("loan_amnt", Field::LoanAmount);
        check("LIMIT_BAL", Field::LoanAmount);
        check("Orig UPB", Field::LoanAmount);
        check("upb", Field::OutstandingAmount);
        check("O/S Balance", Field::OutstandingAmount);
        check("out_prncp", Field::OutstandingAmount);
        check("EMI", Field::MonthlyInstalment);
        check("installment", Field::MonthlyInstalment);
        check("dpd", Field::DaysPastDue);
        check("Days_Past_Due", Field::DaysPastDue);
        check("roi", Field::InterestRate);
        check("int_rate_pct", Field::InterestRate);
        check("Tenure (months)", Field::TenureMonths);
        check("term", Field::TenureMonths);
        check("loan_statuss", Field::RecoveryStatus);
        check("Lona_Amount", Field::LoanAmount);
        check("annual_inc", Field::MonthlyIncome);
        check("Num_Dependents", Field::Dependants);
        check("Recoveries", Field::RecoveredAmount);
        check("actual_recovery_amount", Field::RecoveredAmount);
        check("DateOfBirth", Field::BirthDate);
        assert_eq!(best("NAICS", FileKind::Loans), None);
        assert_eq!(best("", FileKind::Loans), None);
        assert_eq!(best("amount", FileKind::Payments), Some(Field::PaymentAmount));
        assert_eq!(best("trans_id", FileKind::Payments), Some(Field::PaymentId));
        assert_eq!(best("account_id", FileKind::Payments), Some(Field::LoanId));
    }
}
