//! What scores a model's training loans, as bytes. It is kept beside the model and not in its file: it names a lender's loans,
//! and is of no use where they are not.
//!
//! Layout, numbers little-endian: magic (8 bytes), then as u32 the version and the numbers of rows, trees, extra columns,
//! columns of categories and loans that it was tested on; base rate (f64), ids of each row's loan and of the tested ones (i64), for each tree a bit a row in words of 64, and for each
//! column of categories its number (u32), what was learned (f64 a row) and what stands for it (u32 a row); SHA-256 of all
//! before it (32 bytes). Behind the ids stand marks (u64) that tell the rows' borrowers apart. A hundred trees of a million rows take
//! 28 MB.

use crate::bags::{Bag, Bags};
use crate::out_of_bag::{LearnedCategory, OutOfBag, TrainingRows};
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

const MAGIC: &[u8; 8] = b"LRTRAIN\n";
const VERSION: u32 = 2;
const CHECKSUM_BYTES: usize = 32;

/// Why bytes tell nothing of training loans.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrainingFileError {
    #[error("the record of a model's training loans has another format version")]
    Version,
    #[error("the record of a model's training loans is damaged")]
    Damaged,
}

/// `own` is that of a training; `ids` has the id of each of its loans, in their order, and `borrowers` the reference of its borrower,
/// empty where nobody knows.
pub fn to_bytes(own: &OutOfBag, ids: &[i64], borrowers: &[impl AsRef<str>]) -> Vec<u8> {
    let (rows, loans) = (own.rows(), own.loans());
    let mut bytes = MAGIC.to_vec();
    let (trees, categories, tested) = (rows.bags.trees().len(), rows.categories.len(), own.tested().len());
    for number in [VERSION as usize, loans.len(), trees, rows.extra_columns, categories, tested] {
        bytes.extend((number as u32).to_le_bytes());
    }
    bytes.extend(rows.base_rate.to_le_bytes());
    let tested = own.tested().iter().map(|loan| *loan as usize);
    bytes.extend(loans.iter().copied().chain(tested).flat_map(|loan| ids[loan].to_le_bytes()));
    bytes.extend(loans.iter().flat_map(|loan| mark(borrowers[*loan].as_ref()).to_le_bytes()));
    let words = rows.bags.trees().iter().flat_map(Bag::words);
    bytes.extend(words.flat_map(|word| word.to_le_bytes()));
    for LearnedCategory { column, learned, given } in &rows.categories {
        bytes.extend((*column as u32).to_le_bytes());
        bytes.extend(learned.iter().flat_map(|value| value.to_le_bytes()));
        bytes.extend(given.iter().flat_map(|value| value.to_le_bytes()));
    }
    let checksum = Sha256::digest(&bytes);
    bytes.extend(checksum);
    bytes
}

/// Tells borrowers apart; 0 where nobody knows whose a loan is.
fn mark(borrower: &str) -> u64 {
    let digest = Sha256::digest(borrower);
    let (start, _) = digest.split_at(8);
    if borrower.is_empty() { 0 } else { start.iter().fold(0, |mark, byte| mark << 8 | u64::from(*byte)) }
}

/// The training loans among those with these `ids`, and the other loans of their `borrowers` (parallel, empty where nobody knows);
/// the model has so many `trees`.
pub fn from_bytes(
    bytes: &[u8],
    ids: &[i64],
    borrowers: &[impl AsRef<str>],
    trees: usize,
) -> Result<OutOfBag, TrainingFileError> {
    let body = bytes.len().checked_sub(CHECKSUM_BYTES).ok_or(TrainingFileError::Damaged)?;
    let (body, checksum) = bytes.split_at(body);
    if !body.starts_with(MAGIC) || Sha256::digest(body).as_slice() != checksum {
        return Err(TrainingFileError::Damaged);
    }
    let mut reader = Reader { left: &body[MAGIC.len()..] };
    let header = reader.list(6, u32::from_le_bytes)?;
    let &[version, rows, bags, extra_columns, categories, tested] = header.as_slice() else {
        return Err(TrainingFileError::Damaged);
    };
    if version != VERSION {
        return Err(TrainingFileError::Version);
    }
    let (rows, bags, extra_columns) = (rows as usize, bags as usize, extra_columns as usize);
    let base_rate = reader.list(1, f64::from_le_bytes)?[0];
    let trained = reader.list(rows, i64::from_le_bytes)?;
    let tested: HashSet<i64> = reader.list(tested as usize, i64::from_le_bytes)?.into_iter().collect();
    let marks = reader.list(rows, u64::from_le_bytes)?;
    let bag = |_| Ok(Bag::from_words(reader.list(rows.div_ceil(64), u64::from_le_bytes)?));
    let bags = Bags::new((0..bags).map(bag).collect::<Result<Vec<_>, _>>()?);
    let category = |_| {
        let column = reader.list(1, u32::from_le_bytes)?[0] as usize;
        let (learned, given) = (reader.list(rows, f64::from_le_bytes)?, reader.list(rows, u32::from_le_bytes)?);
        Ok(LearnedCategory { column, learned, given })
    };
    let categories = (0..categories).map(category).collect::<Result<Vec<_>, _>>()?;
    let fits = categories.iter().all(|category| category.column < extra_columns);
    // A base rate has trained no tree, and no loan is scored without one.
    let has_trees = rows == 0 || bags.trees().len() == trees;
    if !reader.left.is_empty() || !fits || !has_trees || !(0.0..=1.0).contains(&base_rate) {
        return Err(TrainingFileError::Damaged);
    }
    let row_of: HashMap<i64, u32> = trained.into_iter().zip(0..).collect();
    let places = ids.iter().zip(0..).filter_map(|(id, loan)| Some((loan, *row_of.get(id)?)));
    let own = OutOfBag::placed(places, Arc::new(TrainingRows { bags, base_rate, extra_columns, categories }));
    let mut row_of: HashMap<u64, u32> = HashMap::new();
    for (mark, row) in marks.into_iter().zip(0..).filter(|(mark, _)| *mark != 0) {
        row_of.entry(mark).or_insert(row);
    }
    let related =
        borrowers.iter().zip(0..).filter_map(|(borrower, loan)| Some((loan, *row_of.get(&mark(borrower.as_ref()))?)));
    let own = own.related(related);
    Ok(own.with_outcomes(ids.iter().zip(0..).filter(|(id, _)| tested.contains(id)).map(|(_, loan)| loan)))
}

struct Reader<'a> {
    left: &'a [u8],
}

impl Reader<'_> {
    /// So many numbers of `N` bytes.
    fn list<T, const N: usize>(
        &mut self,
        count: usize,
        number: impl Fn([u8; N]) -> T,
    ) -> Result<Vec<T>, TrainingFileError> {
        let length = count.checked_mul(N).ok_or(TrainingFileError::Damaged)?;
        let (taken, left) = self.left.split_at_checked(length).ok_or(TrainingFileError::Damaged)?;
        self.left = left;
        Ok(taken.as_chunks::<N>().0.iter().map(|bytes| number(*bytes)).collect())
    }
}

#[cfg(test)]
mod tests;
