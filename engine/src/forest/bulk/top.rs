//! The uppermost levels of a tree, which all rows pass: each of their splits is asked of many rows by one instruction, which is quicker
//! than leading each row down.

use super::BLOCK_ROWS;
use super::code::{Code, Split};

/// Levels of a top. One more would take as long for its splits as it spares rows.
pub(super) const LEVELS: usize = 5;

/// Where rows leave a top.
const EXITS: usize = 1 << LEVELS;

/// Rows that are asked at once.
const STRIP: usize = 64;

/// A whole binary tree of [`LEVELS`] levels; below a leaf all rows go left, and stay at the leaf.
pub(super) struct Top<C> {
    /// Level by level: column and bound.
    splits: [(u16, C); EXITS - 1],
    exits: [u16; EXITS],
}

impl<C: Code> Top<C> {
    /// Of a tree's nodes, the root in front.
    pub(super) fn new(nodes: &[C::Node]) -> Self {
        let mut places = [0; 2 * EXITS - 1];
        let mut splits = [(0, C::LAST); EXITS - 1];
        for (place, split) in splits.iter_mut().enumerate() {
            let at = places[place];
            let Split { left, column, bound } = C::unpack(nodes[usize::from(at)]);
            *split = (column, bound);
            let right = if left == at { at } else { left + 1 };
            [places[2 * place + 1], places[2 * place + 2]] = [left, right];
        }
        let mut exits = [0; EXITS];
        exits.copy_from_slice(&places[EXITS - 1..]);
        Self { splits, exits }
    }

    /// Leads so many rows, and some behind them, from the root to where they leave the top. `codes` are those of the block, by column.
    pub(super) fn lead(&self, codes: &[[C; BLOCK_ROWS]], rows: usize, places: &mut [u16; BLOCK_ROWS]) {
        let strips = rows.div_ceil(STRIP);
        for (strip, places) in places.as_chunks_mut::<STRIP>().0.iter_mut().take(strips).enumerate() {
            let exits = self.exits_of(|column| &codes[usize::from(column)].as_chunks::<STRIP>().0[strip]);
            for (place, exit) in places.iter_mut().zip(&exits) {
                *place = self.exits[exit.rank() % EXITS];
            }
        }
    }

    /// From the lowest splits up: which exit each row takes below a split, once those below its children are known.
    fn exits_of<'a>(&self, codes: impl Fn(u16) -> &'a [C; STRIP]) -> [C; STRIP]
    where
        C: 'a,
    {
        let mut exits = [[C::of(0); STRIP]; EXITS / 2];
        let (upper, lowest) = self.splits.split_at(EXITS / 2 - 1);
        for (place, ((column, bound), exits)) in lowest.iter().zip(&mut exits).enumerate() {
            let (left, right) = (C::of(2 * place), C::of(2 * place + 1));
            for (exit, code) in exits.iter_mut().zip(codes(*column)) {
                *exit = left.or(right, code > bound);
            }
        }
        for level in (0..LEVELS - 1).rev() {
            let first = (1 << level) - 1;
            for place in 0..1 << level {
                let (column, bound) = upper[first + place];
                let (left, right, codes) = (exits[2 * place], exits[2 * place + 1], codes(column));
                for (row, exit) in exits[place].iter_mut().enumerate() {
                    *exit = left[row].or(right[row], codes[row] > bound);
                }
            }
        }
        exits[0]
    }
}
