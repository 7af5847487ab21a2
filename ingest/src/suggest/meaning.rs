//! What the words of columns mean that must become one of a list.

use crate::suggest::names::tokens;
use domain::field::{Field, Shape};
use domain::loan::{PaymentHistory, RecoveryStatus};
use domain::payment::PaymentKind;

/// What a word of a column seems to mean, as the code of the field's list; nothing leaves it to a person.
pub fn meaning(field: Field, column: &str, word: &str) -> Option<&'static str> {
    match field.shape() {
        Shape::RecoveryStatus => status(column, word).map(RecoveryStatus::code),
        Shape::PaymentHistory => PaymentHistory::read(word).or_else(|| history(word)).map(PaymentHistory::code),
        Shape::PaymentKind => kind(word).map(PaymentKind::code),
        Shape::YesNo => yes_no(word),
        _ => None,
    }
}

/// A status. Late and current loans alike are open: what will become of them is not known.
fn status(column: &str, word: &str) -> Option<RecoveryStatus> {
    let squeezed: String = word.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    if let Some(known) = RecoveryStatus::read(word) {
        return Some(known);
    }
    let is = |words: &[&str]| words.contains(&squeezed.as_str());
    let has = |words: &[&str]| words.iter().any(|part| squeezed.contains(part));
    if is(&["pif", "paid", "closed", "completed", "complete", "settledinfull", "prepaid", "matured", "redeemed"])
        || has(&["paidinfull", "fullypaid", "paidoff", "fullyrecovered", "fullrecovery"])
    {
        return Some(RecoveryStatus::FullyRecovered);
    }
    if is(&["co", "loss", "bad"])
        || has(&["chargedoff", "chargeoff", "chgoff", "writtenoff", "writeoff", "writeof", "bankrupt"])
    {
        return Some(RecoveryStatus::WrittenOff);
    }
    if has(&["settled", "settlement", "compromise", "partial", "partly"]) {
        return Some(RecoveryStatus::PartiallyRecovered);
    }
    // A word of its own: other words have it inside.
    let is_late = tokens(word).iter().any(|token| token == "late");
    if is_late
        || is(&["active", "live", "issued", "running", "inrepayment", "npa", "performing", "nonperforming", "standard"])
        || has(&["graceperiod", "pastdue", "delinquent", "overdue", "arrear", "inprogress"])
    {
        return Some(RecoveryStatus::Open);
    }
    // Of a column that says whether a loan defaulted, 1 is clear; 0 may be recovered or still open.
    let asks_default = tokens(column).iter().any(|token| token.starts_with("default") || token == "bad");
    (asks_default && is(&["1", "yes", "y", "true", "default", "defaulted"])).then_some(RecoveryStatus::WrittenOff)
}

fn history(word: &str) -> Option<PaymentHistory> {
    let words = tokens(word).concat();
    match words.as_str() {
        "good" | "prompt" | "timely" | "alwaysontime" => Some(PaymentHistory::OnTime),
        "sometimeslate" | "irregular" => Some(PaymentHistory::Delayed),
        "default" | "defaulted" | "notpaid" | "unpaid" => Some(PaymentHistory::Missed),
        _ => None,
    }
}

fn kind(word: &str) -> Option<PaymentKind> {
    let words = tokens(word).concat();
    match words.as_str() {
        "instalment" | "emi" | "regular" | "payment" | "repayment" | "scheduled" => Some(PaymentKind::Instalment),
        "prepayment" | "foreclosure" | "partpayment" | "advance" => Some(PaymentKind::Prepayment),
        "fee" | "charge" | "penalty" | "latefee" => Some(PaymentKind::Fee),
        "recovery" | "settlement" => Some(PaymentKind::Recovery),
        "reversal" | "reversed" | "refund" | "bounce" | "bounced" | "chargeback" | "return" | "returned" | "nsf"
        | "notsufficientfund" | "insufficientfund" | "dishonoured" | "dishonored" => Some(PaymentKind::Reversal),
        _ => None,
    }
}

fn yes_no(word: &str) -> Option<&'static str> {
    match word.to_lowercase().as_str() {
        "yes" | "y" | "true" | "t" | "1" => Some("yes"),
        "no" | "n" | "false" | "f" | "0" => Some("no"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_status_are_known_or_left_to_a_person() {
        let check = |word, expected: Option<&str>| {
            assert_eq!(meaning(Field::RecoveryStatus, "loan_status", word), expected, "{word}");
        };
        check("Fully Paid", Some("fully_recovered"));
        check("P I F", Some("fully_recovered"));
        check("Does not meet the credit policy. Status:Fully Paid", Some("fully_recovered"));
        check("Completed", Some("fully_recovered"));
        check("Charged Off", Some("written_off"));
        check("CHGOFF", Some("written_off"));
        check("Chargedoff", Some("written_off"));
        check("Current", Some("open"));
        check("Late (31-120 days)", Some("open"));
        check("In Grace Period", Some("open"));
        check("FinalPaymentInProgress", Some("open"));
        check("Settled", Some("partially_recovered"));
        check("POPLATEK MESICNE", None);
        check("A", None);
        check("1", None);
        check("Default", None);
        assert_eq!(meaning(Field::RecoveryStatus, "default payment", "1"), Some("written_off"));
        assert_eq!(meaning(Field::RecoveryStatus, "default payment", "0"), None);
        assert_eq!(meaning(Field::PaymentHistory, "x", "On-Time"), Some("on_time"));
        for (word, kind) in
            [("EMI", "instalment"), ("Payment", "instalment"), ("NSF", "reversal"), ("Charge-back", "reversal")]
        {
            assert_eq!(meaning(Field::PaymentKind, "x", word), Some(kind), "{word}");
        }
        assert_eq!(meaning(Field::LegalActionTaken, "x", "Y"), Some("yes"));
        assert_eq!(meaning(Field::Gender, "x", "Male"), None);
    }
}
