//! What scores the loans that trained a model, and the other loans of their borrowers: of each, the trees that did not see the
//! borrower, and the numbers that they were given.

use crate::bags::Bags;
use crate::encoding::Encoding;
use domain::feature::FeatureName;
use std::collections::HashMap;
use std::sync::Arc;

/// A model's training loans and those that it was tested on, by their places among some loans. It is kept beside the model (`training_file`), not in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OutOfBag {
    /// Loans and their places among the training rows, by loan.
    places: Vec<(u32, u32)>,
    /// Loans that did not train it, while others of their borrowers did, and the place of one of those among the training rows, by
    /// loan. Bags are drawn by borrower, so that the trees that did not see this one saw none of them.
    relatives: Vec<(u32, u32)>,
    /// Loans whose outcome was known, and that it was tested on or did not need; ascending.
    tested: Vec<u32>,
    rows: Arc<TrainingRows>,
}

/// What is known of each training row.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct TrainingRows {
    pub(crate) bags: Bags,
    /// The share of positive training rows, 0..=1: the score of a loan that all trees saw.
    pub(crate) base_rate: f64,
    /// How many columns the extras have.
    pub(crate) extra_columns: usize,
    pub(crate) categories: Vec<LearnedCategory>,
}

/// A column of categories as the forest learned from it: a category's number there is without the loan's own outcome.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct LearnedCategory {
    /// Among the columns of the extras.
    pub(crate) column: usize,
    /// Row by row.
    pub(crate) learned: Vec<f64>,
    /// Tells the number that the model gives the same category of a loan that it did not learn from, row by row.
    pub(crate) given: Vec<u32>,
}

/// Half of the bits of a rate: two rates of one column share it once in 4e9 times.
fn mark(rate: f64) -> u32 {
    let bits = rate.to_bits();
    (bits ^ bits >> 32) as u32
}

impl TrainingRows {
    /// `learned` are the columns of the extras as the forest learned from them, `given` as the encoding gives them to other loans.
    pub(crate) fn new(
        bags: Bags,
        base_rate: f64,
        encoding: &Encoding,
        learned: &[Vec<f64>],
        given: &[Vec<f64>],
    ) -> Self {
        let names = encoding.names();
        let mut categories = Vec::new();
        for (column, name) in names.iter().enumerate() {
            if let (FeatureName::Category(_), Some(learned), Some(given)) =
                (name, learned.get(column), given.get(column))
            {
                let given = given.iter().map(|rate| mark(*rate)).collect();
                categories.push(LearnedCategory { column, learned: learned.clone(), given });
            }
        }
        Self { bags, base_rate, extra_columns: names.len(), categories }
    }
}

impl OutOfBag {
    /// `loans` trained the forest, in the order of its training rows.
    pub(crate) fn new(loans: &[usize], rows: TrainingRows) -> Self {
        Self::placed(loans.iter().enumerate().map(|(place, loan)| (*loan as u32, place as u32)), Arc::new(rows))
    }

    pub(crate) fn placed(places: impl Iterator<Item = (u32, u32)>, rows: Arc<TrainingRows>) -> Self {
        let mut places: Vec<(u32, u32)> = places.collect();
        places.sort_unstable();
        Self { places, relatives: Vec::new(), tested: Vec::new(), rows }
    }

    /// Notes the loans whose borrowers have others that trained the model; `borrowers` are numbers that tell the borrowers of all
    /// loans apart.
    #[must_use]
    pub(crate) fn with_relatives(self, borrowers: &[u32]) -> Self {
        let mut row_of: HashMap<u32, u32> = HashMap::new();
        for (loan, place) in &self.places {
            row_of.entry(borrowers[*loan as usize]).and_modify(|row| *row = (*row).min(*place)).or_insert(*place);
        }
        let rows = borrowers.iter().zip(0..).filter_map(|(borrower, loan)| Some((loan, *row_of.get(borrower)?)));
        self.related(rows)
    }

    /// As [`Self::with_relatives`], of loans with a training row of their borrowers, ascending; those that trained the model are
    /// passed over.
    #[must_use]
    pub(crate) fn related(mut self, rows: impl Iterator<Item = (u32, u32)>) -> Self {
        self.relatives = rows.filter(|(loan, _)| !self.holds(*loan as usize)).collect();
        self
    }

    /// The same of other places: `loan_of` tells the place of each. No two may have the same.
    #[must_use]
    pub(crate) fn by_loan(&self, loan_of: impl Fn(usize) -> usize) -> Self {
        let places = self.places.iter().map(|(loan, place)| (loan_of(*loan as usize) as u32, *place));
        Self::placed(places, self.rows.clone())
    }

    /// Notes the loans whose outcome was known, whether they trained the model or not.
    #[must_use]
    pub(crate) fn with_outcomes(mut self, loans: impl Iterator<Item = u32>) -> Self {
        self.tested = loans.filter(|loan| !self.holds(*loan as usize)).collect();
        self.tested.sort_unstable();
        self
    }

    /// What is known of some of the loans, in another order.
    #[must_use]
    pub fn select(&self, loans: &[usize]) -> Self {
        let chosen = |rows: &[(u32, u32)]| -> Vec<(u32, u32)> {
            let found = |(new, loan): (usize, &usize)| Some((new as u32, place_in(rows, *loan)? as u32));
            loans.iter().enumerate().filter_map(found).collect()
        };
        let selected = Self::placed(chosen(&self.places).into_iter(), self.rows.clone());
        selected.related(chosen(&self.relatives).into_iter())
    }

    /// Whether a loan trained the model.
    pub fn holds(&self, loan: usize) -> bool {
        place_in(&self.places, loan).is_some()
    }

    /// Whether the whole model's score of a loan would flatter it, as the model knows the outcome of this loan, or of another one
    /// of its borrower.
    pub fn is_apart(&self, loan: usize) -> bool {
        self.place_of(loan).is_some()
    }

    /// The loans that did not train the model, while others of their borrowers did; ascending.
    pub(crate) fn relatives(&self) -> Vec<usize> {
        self.relatives.iter().map(|(loan, _)| *loan as usize).collect()
    }

    /// Whether the outcome of a loan was known when the model was made.
    pub fn had_outcome(&self, loan: usize) -> bool {
        self.holds(loan) || self.tested.binary_search(&(loan as u32)).is_ok()
    }

    /// The loans that it was tested on, or did not need.
    pub(crate) fn tested(&self) -> &[u32] {
        &self.tested
    }

    /// The numbers of the trees that score a loan; none where all saw its borrower, and nothing where no loan of its borrower
    /// trained the model.
    pub fn trees_of(&self, loan: usize) -> Option<Vec<usize>> {
        Some(self.rows.bags.unseeing(self.place_of(loan)?))
    }

    /// The score of a training loan that all trees saw, 0..=1.
    pub(crate) fn base_rate(&self) -> f64 {
        self.rows.base_rate
    }

    /// Puts what the forest learned of a training loan's categories into its row of features, where they are the same as then, or
    /// as those of the borrower's loan that did train it; the extra columns stand at its end. A new category has nothing of the
    /// loan's outcome in its number.
    pub(crate) fn restore(&self, loan: usize, row: &mut [f64]) {
        let Some(place) = self.place_of(loan) else { return };
        let first = row.len().saturating_sub(self.rows.extra_columns);
        for LearnedCategory { column, learned, given } in &self.rows.categories {
            if let Some(value) = row.get_mut(first + column).filter(|value| mark(**value) == given[place]) {
                *value = learned[place];
            }
        }
    }

    pub(crate) fn rows(&self) -> &TrainingRows {
        &self.rows
    }

    /// The loan of each training row, in the order of the rows.
    pub(crate) fn loans(&self) -> Vec<usize> {
        let mut loans: Vec<(u32, u32)> = self.places.iter().map(|(loan, place)| (*place, *loan)).collect();
        loans.sort_unstable();
        loans.into_iter().map(|(_, loan)| loan as usize).collect()
    }

    fn place_of(&self, loan: usize) -> Option<usize> {
        place_in(&self.places, loan).or_else(|| place_in(&self.relatives, loan))
    }
}

/// The training row that stands beside a loan.
fn place_in(rows: &[(u32, u32)], loan: usize) -> Option<usize> {
    let found = rows.binary_search_by_key(&(loan as u32), |(loan, _)| *loan).ok()?;
    Some(rows[found].1 as usize)
}
