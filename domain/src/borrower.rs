//! Borrowers as a lender's file tells them.

use crate::loan::words;
use crate::money::Money;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

words!(
    /// A way to reach a person.
    ContactChannel {
        Email = "email", "E-mail";
        Phone = "phone", "Phone";
        Address = "address", "Post";
    }
);

/// An address of a person, and whether they agreed to be reached there. Unknown consent is no consent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactPoint {
    pub channel: ContactChannel,
    /// Blank where a no is meant for every address of the channel.
    pub value: String,
    pub has_consent: Option<bool>,
}

/// One checked row of a borrower file. What is missing is not known, and leaves what is on file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BorrowerRecord {
    /// The lender's own id of the borrower.
    pub borrower_ref: String,
    pub name: Option<String>,
    pub employment_type: Option<String>,
    pub monthly_income: Option<Money>,
    pub contacts: Vec<ContactPoint>,
    pub protected: ProtectedAttributes,
}

/// Attributes that are kept apart: they audit outcomes and are no model inputs by default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProtectedAttributes {
    /// In years, as the file says it.
    pub age: Option<u16>,
    pub birth_date: Option<NaiveDate>,
    pub gender: Option<String>,
    pub marital_status: Option<String>,
    pub dependants: Option<u16>,
}
