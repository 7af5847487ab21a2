//! Which rows each tree of a forest was grown on.

/// The bags of all trees: one bit for each tree and training row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bags {
    trees: Vec<Bag>,
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
