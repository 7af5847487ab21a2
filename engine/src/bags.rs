//! Which rows each tree of a forest was grown on, and how they are drawn.

use rand::RngCore;
use rand_chacha::ChaCha8Rng;

/// The bags of all trees: one bit for each tree and training row. Where borrowers have several rows, a tree that saw one of them counts
/// as having seen all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bags {
    trees: Vec<Bag>,
}

/// Whose each training row is, where somebody has several: what one of their loans says of the others would flatter a tree that saw
/// it, so that a borrower's rows are drawn together or not at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Borrowers {
    /// Row by row: numbers from 0, in the order of their first rows.
    of_row: Vec<u32>,
    count: usize,
}

/// The bag of one tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bag {
    /// Row 0 is the lowest bit of the first word.
    words: Vec<u64>,
}

impl Bag {
    /// `is_drawn` tells of each row whether the tree was grown on it.
    pub(crate) fn of<T: Copy>(rows: &[T], is_drawn: impl Fn(T) -> bool) -> Self {
        let word = |rows: &[T]| rows.iter().rev().fold(0, |word, row| word << 1 | u64::from(is_drawn(*row)));
        Self { words: rows.chunks(64).map(word).collect() }
    }

    /// Of a file: 64 rows a word, as they stand in memory.
    pub(crate) fn from_words(words: Vec<u64>) -> Self {
        Self { words }
    }

    pub(crate) fn words(&self) -> &[u64] {
        &self.words
    }

    fn holds(&self, row: usize) -> bool {
        self.words[row / 64] >> (row % 64) & 1 == 1
    }
}

impl Borrowers {
    /// Of any `numbers` that tell borrowers apart, row by row; nothing where each has one row.
    pub fn new(numbers: &[u32]) -> Option<Self> {
        let mut places = vec![None; numbers.iter().max().map_or(0, |last| *last as usize + 1)];
        let mut count = 0_u32;
        let mut number = |row: &u32| {
            *places[*row as usize].get_or_insert_with(|| {
                count += 1;
                count - 1
            })
        };
        let of_row: Vec<u32> = numbers.iter().map(&mut number).collect();
        let count = count as usize;
        (count < of_row.len()).then_some(Self { of_row, count })
    }

    /// How many rows it tells of.
    pub(crate) fn rows(&self) -> usize {
        self.of_row.len()
    }

    /// The number of each row's borrower.
    pub(crate) fn of_row(&self) -> &[u32] {
        &self.of_row
    }

    /// Draws as many borrowers as there are, with replacement: how often each row was drawn, which is as often as its borrower.
    pub(crate) fn draw(&self, random: &mut ChaCha8Rng) -> Vec<u8> {
        let drawn = draw(self.count, random);
        self.of_row.iter().map(|borrower| drawn[*borrower as usize]).collect()
    }
}

/// Draws as many rows as there are, with replacement: how often each one was drawn.
pub(crate) fn draw(rows: usize, random: &mut ChaCha8Rng) -> Vec<u8> {
    let mut drawn = vec![0_u8; rows];
    for _ in 0..rows {
        // The bias of this product is below rows / 2^32.
        let row = (u64::from(random.next_u32()) * rows as u64) >> 32;
        let count = &mut drawn[row as usize];
        *count = count.saturating_add(1);
    }
    drawn
}

impl Bags {
    pub(crate) fn new(trees: Vec<Bag>) -> Self {
        Self { trees }
    }

    pub(crate) fn trees(&self) -> &[Bag] {
        &self.trees
    }

    /// The numbers of the trees that did not see a training row, ascending; none where all did.
    pub fn unseeing(&self, row: usize) -> Vec<usize> {
        (0..self.trees.len()).filter(|tree| !self.trees[*tree].holds(row)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Stream, generator};

    #[test]
    fn rows_of_a_borrower_are_drawn_together() {
        assert_eq!(Borrowers::new(&[]), None);
        assert_eq!(Borrowers::new(&[7, 3, 5]), None, "each has one row");
        let borrowers = Borrowers::new(&[7, 3, 7, 5, 3, 7]).expect("some have several");
        assert_eq!(borrowers.of_row(), [0, 1, 0, 2, 1, 0]);
        for seed in 0..20 {
            let drawn = borrowers.draw(&mut generator(seed, Stream::Forest));
            assert_eq!((drawn[0], drawn[1], drawn[0]), (drawn[2], drawn[4], drawn[5]));
            assert_eq!(drawn[0] + drawn[1] + drawn[3], 3, "as many borrowers are drawn as there are");
        }
    }

    #[test]
    fn each_tree_knows_its_rows() {
        let drawn = |tree: usize, row: usize| row % (tree + 2);
        let bag = |tree| Bag::of(&(0..130).map(|row| drawn(tree, row)).collect::<Vec<_>>(), |count| count > 0);
        let bags = Bags::new((0..3).map(bag).collect());
        for row in 0..130 {
            let expected: Vec<usize> = (0..3).filter(|tree| drawn(*tree, row) == 0).collect();
            assert_eq!(bags.unseeing(row), expected, "{row}");
        }
    }
}
