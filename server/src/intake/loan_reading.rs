//! How a loan file is read without a database: by a profile that comes with the program, and with the extra columns
//! that a model wants.

use super::fault::ImportFault;
use domain::field::{Field, FileKind};
use domain::mapping::{MappedColumn, Mapping, Profile, Reading};
use domain::money::Currency;

/// The profile of the 21 columns.
pub const DEFAULT_PROFILE: &str = "original-analysis";

#[derive(Clone, Debug, PartialEq)]
pub struct LoanReading {
    pub mapping: Mapping,
    pub currency: Currency,
}

/// The ids of the profiles that read one file of loans.
pub fn loan_profiles() -> impl Iterator<Item = &'static str> {
    let reads_loans = |profile: &&Profile| matches!(&profile.files[..], [file] if file.mapping.kind == FileKind::Loans);
    ingest::profile::profiles().iter().filter(reads_loans).map(|profile| profile.id.as_str())
}

impl LoanReading {
    /// The reading of a profile, in which amounts are in `currency`.
    pub fn of_profile(id: &str, currency: Currency) -> Result<Self, ImportFault> {
        let profile = ingest::profile::profile(id).and_then(|profile| profile.files.first());
        let mapping = profile.map(|file| file.mapping.clone()).ok_or(ImportFault::NoProfile { id: id.to_owned() })?;
        Ok(Self { mapping, currency })
    }

    /// Keeps a column with each loan if it is not kept already; gives back the name that it is kept under.
    ///
    /// A column may be read as a field and be kept besides, unless it is known only after the outcome or is a protected
    /// attribute: no model may see it then.
    pub fn keep(&mut self, column: &str) -> Result<String, ImportFault> {
        let is_it = |mapped: &&MappedColumn| mapped.column.eq_ignore_ascii_case(column);
        let barred = |field: Field| field.is_known_after_outcome() || field.is_protected();
        let mut readings = self.mapping.columns.iter().filter(is_it);
        if let Some(mapped) = readings.clone().find(|mapped| barred(mapped.field)) {
            return Err(ImportFault::BarredColumn { column: mapped.column.clone(), field: mapped.field });
        }
        if let Some(kept) = readings.find(|mapped| mapped.field == Field::Extra) {
            return Ok(kept.column.clone());
        }
        let extra = MappedColumn { column: column.to_owned(), field: Field::Extra, reading: Reading::default() };
        self.mapping.columns.push(extra);
        Ok(column.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_of_one_loan_file_are_offered() {
        let ids: Vec<&str> = loan_profiles().collect();
        assert!(["original-analysis", "sba", "uci-card-default"].iter().all(|id| ids.contains(id)), "{ids:?}");
        assert!(!ids.contains(&"berka"), "a bundle has no place in one file");
        for id in ids {
            LoanReading::of_profile(id, Currency::USD).expect(id);
        }
    }

    #[test]
    fn columns_are_kept_once_and_outcomes_never() {
        let mut reading = LoanReading::of_profile("sba", Currency::USD).expect("is there");
        let columns = reading.mapping.columns.len();
        assert_eq!(reading.keep("naics").expect("is kept"), "NAICS");
        assert_eq!(reading.mapping.columns.len(), columns);
        for _ in 0..2 {
            assert_eq!(reading.keep("Bank").expect("is kept"), "Bank");
            assert_eq!(reading.keep("BalanceGross").expect("is kept"), "BalanceGross");
        }
        assert_eq!(reading.mapping.columns.len(), columns + 2);
        let refused = reading.keep("ChgOffPrinGr").expect_err("an outcome").to_string();
        assert!(refused.contains("ChgOffPrinGr") && refused.contains("amount charged off"), "{refused}");
        let mut cards = LoanReading::of_profile("uci-card-default", Currency::USD).expect("is there");
        assert!(cards.keep("SEX").is_err());
    }
}
