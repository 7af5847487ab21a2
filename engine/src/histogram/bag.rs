//! Training rows as a tree wants them: bins, outcome and weight in one short array.

use super::binning::Edges;
use crate::feature::FeatureMatrix;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

/// Bytes of a row that are no bins: its outcome (0 or 1) and its weight, which stand at the end.
pub(super) const TAIL: usize = 2;

/// One training row: the bins of its columns, unused bytes, its outcome, and how often it was drawn.
pub(super) type Row<const W: usize> = [u8; W];

/// What a row adds to sums: its weight in the low half, and in the high half where its outcome is positive.
pub(super) fn weight<const W: usize>(row: &Row<W>) -> u64 {
    let weight = u64::from(row[W - 1]);
    weight | (weight * u64::from(row[W - 2])) << 32
}

/// The rows of a matrix with their outcomes, not drawn yet.
pub(super) fn pack<const W: usize>(rows: &FeatureMatrix, labels: &[bool], edges: &[Edges]) -> Vec<Row<W>> {
    let pack = |(index, label): (usize, &bool)| {
        let mut packed = [0; W];
        for ((byte, edges), value) in packed.iter_mut().zip(edges).zip(rows.row(index)) {
            *byte = edges.bin(*value);
        }
        packed[W - 2] = u8::from(*label);
        packed
    };
    labels.par_iter().enumerate().map(pack).collect()
}

/// Puts the drawn rows with their weights to the front of `bag`, in their order; returns their number.
pub(super) fn fill<const W: usize>(bag: &mut [Row<W>], rows: &[Row<W>], drawn: &[u8]) -> usize {
    let mut count = 0;
    for (row, weight) in rows.iter().zip(drawn) {
        // The next drawn row overwrites one that was not drawn: nothing here has to be foreseen by the processor.
        let place = &mut bag[count];
        *place = *row;
        place[W - 1] = *weight;
        count += usize::from(*weight > 0);
    }
    count
}

/// The generator of a tree.
pub(super) fn generator(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bags::draw;

    #[test]
    fn a_bag_holds_the_drawn_rows_with_their_weights() {
        let drawn = draw(1_000, &mut generator(7));
        assert_eq!(drawn.iter().map(|count| usize::from(*count)).sum::<usize>(), 1_000);
        let unseen = drawn.iter().map(|count| usize::from(*count == 0)).sum::<usize>();
        assert!((320..420).contains(&unseen), "{unseen} of 1000 rows were not drawn");
        let rows: Vec<Row<16>> = (0..1_000_u16)
            .map(|index| {
                let mut row = [0; 16];
                row[..2].copy_from_slice(&index.to_le_bytes());
                row
            })
            .collect();
        let mut bag = vec![[0; 16]; 1_000];
        let count = fill(&mut bag, &rows, &drawn);
        assert_eq!(count, 1_000 - unseen);
        for row in &bag[..count] {
            assert_eq!(row[15], drawn[usize::from(u16::from_le_bytes([row[0], row[1]]))]);
        }
    }

    #[test]
    fn weights_of_positive_rows_stand_in_both_halves() {
        let mut row = [0; 16];
        row[15] = 3;
        assert_eq!(weight(&row), 3);
        row[14] = 1;
        assert_eq!(weight(&row), 3 | 3 << 32);
    }
}
