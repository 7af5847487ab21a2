//! Why terms cannot be offered, in words that name the field.

use super::{BURDEN_MAX_PERCENT, INSTALMENTS_MAX, OFFER_OPEN_DAYS_MAX, PAY_WITHIN_DAYS_MAX, START_WITHIN_DAYS_MAX};
use crate::access::Role;
use chrono::NaiveDate;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TermsFault {
    #[error("No file says that anything is owed on this loan, so there is nothing to settle.")]
    NothingOwed,
    #[error("Haircut: choose a whole percentage from 0 to 99.")]
    Haircut,
    #[error(
        "Haircut: {asked} % is more than your role may let go ({}, {most} %). {}",
        role.label().to_lowercase(),
        who_may(able)
    )]
    AboveAuthority { asked: u8, role: Role, most: u8, able: Vec<Role> },
    #[error("Open until: choose a day from today on, at most {OFFER_OPEN_DAYS_MAX} days ahead.")]
    Expiry,
    #[error(
        "Pay by: choose a day on which the offer is still open or later, at most {PAY_WITHIN_DAYS_MAX} days from today."
    )]
    PayBy,
    #[error("First payment: choose an amount from 0 to what is to be paid in all.")]
    FirstPayment,
    #[error("Amount: choose more than nothing, and no more than is owed.")]
    Amount,
    #[error("Instalments: choose a number from 1 to {INSTALMENTS_MAX}.")]
    InstalmentCount,
    #[error("Instalments: there are more of them than the amount has smallest units. Choose fewer.")]
    InstalmentTooSmall,
    #[error("First instalment: choose a day from today on, at most {START_WITHIN_DAYS_MAX} days ahead.")]
    Start,
    #[error(
        "Instalments: the last one would be due on {}, after the limitation date of {}. Choose fewer or larger ones, or an earlier start.",
        day(*last_due_on),
        day(*limitation_on)
    )]
    BeyondLimitation { last_due_on: NaiveDate, limitation_on: NaiveDate },
    #[error("Why it can be paid: the borrower's income is not known, so write down how you know that it can be paid.")]
    UnknownIncome,
    #[error(
        "Why it can be paid: instalments would take {percent} % of the borrower's income, more than {BURDEN_MAX_PERCENT} %. Choose smaller ones, or write down why it can be paid."
    )]
    Unaffordable { percent: u32 },
}

fn who_may(roles: &[Role]) -> String {
    match roles {
        [] => "Nobody may let go so much under this policy.".to_owned(),
        roles => {
            let names: Vec<String> = roles.iter().map(|role| role.label().to_lowercase()).collect();
            format!("Save it as a draft and ask somebody who may: {}.", names.join(" or "))
        }
    }
}

fn day(on: NaiveDate) -> String {
    on.format("%-d %b %Y").to_string()
}
