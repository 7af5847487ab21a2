//! What a pack needs of every loan or borrower and nobody records: what it will not allow for want of it.

use super::{Pack, Rule};

/// A rule that stands in the way until somebody knows more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    pub rule: Rule,
    /// What it does not allow, and what would change that.
    pub words: &'static str,
}

impl Pack {
    /// What the pack will not allow for want of facts that no file tells. `knows_zones` is whether a time zone stands for
    /// borrowers whose own is not known.
    pub fn gaps(&self, knows_zones: bool) -> Vec<Gap> {
        let gap = |is_one: bool, rule, words| is_one.then_some(Gap { rule, words });
        let gaps = [
            gap(
                (self.hours.is_some() || self.calls.is_some()) && !knows_zones,
                Rule::UnknownTimeZone,
                "Nothing goes out until the time zones are named in which borrowers may be.",
            ),
            gap(
                !self.consent_channels.is_empty(),
                Rule::UsConsent,
                "SMS and e-mails go to addresses alone for which a file tells a consent.",
            ),
            gap(
                self.validation_days.is_some(),
                Rule::UsValidation,
                "From five days after the first message about a loan, no SMS goes out about it before an e-mail or a letter has carried \
                 validation information: an SMS cannot.",
            ),
            gap(
                self.limitation,
                Rule::UnknownLimitationDate,
                "A legal notice needs its limitation date, which no file tells: whoever approves it has to.",
            ),
        ];
        gaps.into_iter().flatten().collect()
    }
}
