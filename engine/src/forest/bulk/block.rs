//! The codes of the rows of a block.

use super::code::Code;
use super::{BLOCK_ROWS, rank};

/// Codes of [`BLOCK_ROWS`] rows; behind those of a shorter block stand some of no meaning.
pub(super) struct Block<C, const W: usize> {
    pub(super) by_row: Vec<[C; W]>,
    pub(super) by_column: Vec<[C; BLOCK_ROWS]>,
}

impl<C: Code, const W: usize> Block<C, W> {
    pub(super) fn new(codes: usize) -> Self {
        Self { by_row: vec![[C::LAST; W]; BLOCK_ROWS], by_column: vec![[C::LAST; BLOCK_ROWS]; codes] }
    }

    pub(super) fn code(&mut self, bounds: &[Vec<f64>], values: &[f64]) {
        for (place, row) in values.chunks_exact(bounds.len()).enumerate() {
            for (column, (value, bounds)) in row.iter().zip(bounds).enumerate() {
                let code = C::of(rank(bounds, *value));
                self.by_row[place][column] = if value.is_nan() { C::LAST } else { code };
                if self.by_column.len() > row.len() {
                    self.by_row[place][row.len() + column] = if value.is_nan() { C::of(0) } else { code };
                }
            }
            for (codes, code) in self.by_column.iter_mut().zip(self.by_row[place]) {
                codes[place] = code;
            }
        }
    }
}
