//! What is odd about a row that was taken all the same.

use crate::loan::words;
use serde::{Deserialize, Serialize};

words!(
    /// A kind of oddity. The label follows a column's name, as the reasons of rejected rows do.
    Oddity {
        PaidYetChargedOff = "paid_yet_charged_off", "says paid in full, yet the loan was charged off";
        OutstandingAboveLoan = "outstanding_above_loan", "is more than twice the loan amount";
        MinorBorrower = "minor_borrower", "is under 18";
        NoInterest = "no_interest", "is 0 percent";
        Range = "range", "is a range: its middle is taken";
        NegativeAsZero = "negative_as_zero", "is negative: 0 is taken";
        FormulaText = "formula_text", "starts as a formula does: kept as text";
        ShortenedId = "shortened_id", "looks like an id that a spreadsheet has shortened: format the column as text";
        OtherStyle = "other_style", "may be a thousand times as much: other columns part decimals by the other sign";
        OtherCurrency = "other_currency", "has the sign of another currency than the portfolio's: the number is taken as it stands";
        ReversalNamedOtherwise = "reversal_named_otherwise", "is taken for a reversal: the row says which payment it takes back";
        FeeNamesPayment = "fee_names_payment", "stays a fee, though the row names a payment that it takes back";
        TruthId = "truth_id", "is hardly an id: a spreadsheet may have changed it";
        ConsentToNothing = "consent_to_nothing", "says yes, but the row has no address that it could be about: nothing is noted";
        Orphan = "orphan", "is not in the file that it points to";
    }
);

/// An oddity of one row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowWarning {
    pub oddity: Oddity,
    pub column: String,
    /// The value that is odd, shortened to at most 80 characters.
    pub value: String,
}
