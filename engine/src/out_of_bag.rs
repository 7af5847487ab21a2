//! What scored the loans that trained a model: of each, the trees that did not see it, and the numbers that they were given.

use crate::bags::Bags;

/// A model's training loans. It stands beside the model while that is made, and is not kept with it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OutOfBag {
    /// Loans and their places among the training rows, by loan.
    places: Vec<(u32, u32)>,
    bags: Bags,
    /// The columns of the extras as the forest learned from them, one list each: a category's number there is without the
    /// loan's own outcome.
    encoded: Vec<Vec<f64>>,
}

impl OutOfBag {
    /// `rows` are the loans that trained the forest, in the order of its training rows.
    pub(crate) fn new(rows: &[usize], bags: Bags, encoded: Vec<Vec<f64>>) -> Self {
        let mut places: Vec<(u32, u32)> =
            rows.iter().enumerate().map(|(place, loan)| (*loan as u32, place as u32)).collect();
        places.sort_unstable();
        Self { places, bags, encoded }
    }

    /// The numbers of the trees that scored a loan; none where all saw it, and nothing where it did not train the model.
    pub fn trees_of(&self, loan: usize) -> Option<Vec<usize>> {
        Some(self.bags.unseeing(self.place_of(loan)?))
    }

    /// Puts what the forest was given of a training loan into its row of features; the extra columns stand at its end.
    pub(crate) fn restore(&self, loan: usize, row: &mut [f64]) {
        let Some(place) = self.place_of(loan) else { return };
        let features = row.len() - self.encoded.len().min(row.len());
        for (value, column) in row[features..].iter_mut().zip(&self.encoded) {
            *value = column[place];
        }
    }

    fn place_of(&self, loan: usize) -> Option<usize> {
        let found = self.places.binary_search_by_key(&(loan as u32), |(loan, _)| *loan).ok()?;
        Some(self.places[found].1 as usize)
    }
}
