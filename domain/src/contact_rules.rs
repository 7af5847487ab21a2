//! By which rules the borrowers of a portfolio are reached.

use crate::gate::Pack;
use crate::zone::{UnknownZone, find, find_all};
use chrono_tz::Tz;

/// What the contact gate is asked by, whoever it is asked about.
#[derive(Clone, Debug)]
pub struct ContactRules {
    pub pack: &'static Pack,
    /// The clock by which the lender tells times and ends days.
    pub zone: Tz,
    /// All zones in which borrowers may be whose own are not known; none where that is not known.
    pub borrower_zones: Vec<Tz>,
}

/// Why words make no rules.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContactRulesFault {
    #[error("{0:?} is no pack of contact rules")]
    Pack(String),
    #[error(transparent)]
    Zone(#[from] UnknownZone),
}

impl ContactRules {
    /// Reads rules from words: the id of a pack, the name of a zone, and names of zones between commas or blanks.
    pub fn read(pack: &str, zone: &str, borrower_zones: &str) -> Result<Self, ContactRulesFault> {
        Ok(Self {
            pack: Pack::find(pack).ok_or_else(|| ContactRulesFault::Pack(pack.to_owned()))?,
            zone: find(zone)?,
            borrower_zones: find_all(borrower_zones)?,
        })
    }

    /// The names of the borrowers' zones, as [`Self::read`] takes them.
    pub fn borrower_zone_names(&self) -> String {
        self.borrower_zones.iter().map(|zone| zone.name()).collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_come_back_from_their_words() {
        let rules = ContactRules::read("us-reg-f", "America/Chicago", "America/Denver America/Chicago").expect("rules");
        assert_eq!((rules.pack.id, rules.zone), ("us-reg-f", Tz::America__Chicago));
        let names = rules.borrower_zone_names();
        assert_eq!(names, "America/Denver, America/Chicago");
        let again = ContactRules::read(rules.pack.id, rules.zone.name(), &names).expect("rules");
        assert_eq!(again.borrower_zones, rules.borrower_zones);
    }

    #[test]
    fn words_that_mean_nothing_are_told() {
        let check = |pack, zone, zones, expected: &str| {
            assert_eq!(ContactRules::read(pack, zone, zones).expect_err("a fault").to_string(), expected);
        };
        check("eu", "UTC", "", "\"eu\" is no pack of contact rules");
        check("none", "", "", "\"\" is no time zone. Write it as America/New_York");
        check("none", "UTC", "UTC, EST5", "\"EST5\" is no time zone. Write it as America/New_York");
    }
}
