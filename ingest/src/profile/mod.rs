//! Profiles: how the files of known sources, and those that people have saved, are read.

#[cfg(test)]
mod shared_tests;
#[cfg(test)]
mod tests;
mod text;

pub use text::{ProfileError, parse, write};

use crate::links::Links;
use crate::record::Record;
use crate::row::{Plan, Taken, is_header};
use crate::word::is_same;
use domain::mapping::{MappedColumn, Mapping, Profile, ProfileFile};
use domain::money::Currency;
use domain::preview::{Preview, SuggestedColumn};
use std::sync::LazyLock;

/// The profiles that come with the product, as they stand in `ingest/profiles/`. The first whose columns a file has reads
/// it, so one that has more of them stands before the others.
const TEXTS: [&str; 12] = [
    include_str!("../../profiles/original-analysis-dated.toml"),
    include_str!("../../profiles/original-analysis.toml"),
    include_str!("../../profiles/lending-club.toml"),
    include_str!("../../profiles/prosper.toml"),
    include_str!("../../profiles/freddie-mac.toml"),
    include_str!("../../profiles/fannie-mae.toml"),
    include_str!("../../profiles/sba.toml"),
    include_str!("../../profiles/uci-card-default.toml"),
    include_str!("../../profiles/berka.toml"),
    include_str!("../../profiles/payments.toml"),
    include_str!("../../profiles/contacts-all.toml"),
    include_str!("../../profiles/contacts.toml"),
];

/// A test reads each of them, so that none is lost here.
static PROFILES: LazyLock<Vec<Profile>> = LazyLock::new(|| TEXTS.iter().filter_map(|text| parse(text).ok()).collect());

/// The profiles that come with the product.
pub fn profiles() -> &'static [Profile] {
    &PROFILES
}

/// The profile that comes with the product under this id.
pub fn profile(id: &str) -> Option<&'static Profile> {
    profiles().iter().find(|profile| profile.id == id)
}

/// Whether a header has all columns of a profile's file. Files without a header say nothing here.
pub fn file_matches(file: &ProfileFile, header: &[String]) -> bool {
    file.mapping.has_header && is_header(&file.mapping, header.iter().map(String::as_str))
}

/// The columns whose numbers can hardly be written as a mapping reads them, as far as the start of their file tells, and
/// why.
pub fn objections<'a>(mapping: &Mapping, preview: &'a Preview) -> Vec<(&'a str, &'a str)> {
    let of = |mapped: &MappedColumn| {
        let named = |column: &&SuggestedColumn| is_same(&column.column, &mapped.column);
        let number = || mapped.column.trim().parse::<usize>().ok()?.checked_sub(1);
        let column =
            if mapping.has_header { preview.columns.iter().find(named)? } else { preview.columns.get(number()?)? };
        Some((column.column.as_str(), column.objection(mapped.field, &mapped.reading)?))
    };
    mapping.columns.iter().filter_map(of).collect()
}

/// Whether all of some rows of a file without a header are read by a profile's file.
pub fn reads_all(file: &ProfileFile, records: &[Record<'_>]) -> bool {
    if file.mapping.has_header || records.is_empty() {
        return false;
    }
    // The currency does not matter to whether amounts can be read.
    let Ok(plan) = Plan::new(&file.mapping, None, Currency::USD, &Links::default()) else { return false };
    let is_read =
        |record: &Record<'_>| matches!(plan.read(record, 1, &mut Vec::new()), Ok(taken) if taken != Taken::PassedOver);
    records.iter().all(is_read)
}
