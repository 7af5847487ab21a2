//! Which loans are held out for the test, and which a sample of training loans holds.

use crate::random::{Stream, generator};
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

/// Indices into the labelled rows, each list in ascending order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split {
    pub train: Vec<usize>,
    pub held_out: Vec<usize>,
}

/// Holds out a fifth of `labels`, rounded up, with both classes in their proportions.
///
/// A class of two or more has at least one row on either side.
pub fn stratified(labels: &[bool], seed: u64) -> Split {
    let (held_out, train) = draw(labels, labels.len().div_ceil(5), &mut generator(seed, Stream::HoldOut));
    Split { train, held_out }
}

/// A sample of `count` rows with both classes in their proportions, in ascending order.
pub fn stratified_sample(labels: &[bool], count: usize, seed: u64) -> Vec<usize> {
    draw(labels, count.min(labels.len()), &mut generator(seed, Stream::TrainingSample)).0
}

fn draw(labels: &[bool], count: usize, random: &mut ChaCha8Rng) -> (Vec<usize>, Vec<usize>) {
    let (mut positive, mut negative): (Vec<usize>, Vec<usize>) = (0..labels.len()).partition(|row| labels[*row]);
    let share = positive.len() as f64 * count as f64 / labels.len().max(1) as f64;
    let drawn_positive = keep_both_sides(share.round() as usize, positive.len(), count, negative.len());
    positive.shuffle(random);
    negative.shuffle(random);
    let rest_positive = positive.split_off(drawn_positive);
    let rest_negative = negative.split_off(count - drawn_positive);
    (merged(positive, negative), merged(rest_positive, rest_negative))
}

/// The nearest number to `wanted` that leaves each class of two or more on both sides of the draw.
fn keep_both_sides(wanted: usize, positive: usize, count: usize, negative: usize) -> usize {
    let bounds = |size: usize| if size >= 2 { (1, size - 1) } else { (0, size) };
    let (positive_min, positive_max) = bounds(positive);
    let (negative_min, negative_max) = bounds(negative);
    let low = positive_min.max(count.saturating_sub(negative_max));
    let high = positive_max.min(count.saturating_sub(negative_min));
    // Where both cannot be had, the sizes alone decide.
    let (low, high) = if low <= high { (low, high) } else { (count.saturating_sub(negative), positive.min(count)) };
    wanted.clamp(low, high)
}

fn merged(mut some: Vec<usize>, others: Vec<usize>) -> Vec<usize> {
    some.extend(others);
    some.sort_unstable();
    some
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn five_hundred_rows_leave_a_hundred() {
        let labels: Vec<bool> = (0..500).map(|row| row % 10 < 3).collect();
        let split = stratified(&labels, 42);
        assert_eq!((split.train.len(), split.held_out.len()), (400, 100));
        assert_eq!(split.held_out.iter().filter(|row| labels[**row]).count(), 30);
        assert_eq!(split, stratified(&labels, 42));
        assert_ne!(split, stratified(&labels, 43));
    }

    proptest! {
        #[test]
        fn every_row_is_on_one_side_and_classes_on_both(
            labels in proptest::collection::vec(any::<bool>(), 10..200), seed in any::<u64>()
        ) {
            let split = stratified(&labels, seed);
            let all = merged(split.train.clone(), split.held_out.clone());
            prop_assert_eq!(all, (0..labels.len()).collect::<Vec<_>>());
            prop_assert_eq!(split.held_out.len(), labels.len().div_ceil(5));
            for class in [true, false] {
                let count = |rows: &[usize]| rows.iter().filter(|row| labels[**row] == class).count();
                if count(&split.train) + count(&split.held_out) >= 2 {
                    prop_assert!(count(&split.train) >= 1 && count(&split.held_out) >= 1);
                }
            }
        }

        #[test]
        fn samples_have_the_size_asked_for(
            labels in proptest::collection::vec(any::<bool>(), 0..200), count in 0_usize..250, seed in any::<u64>()
        ) {
            prop_assert_eq!(stratified_sample(&labels, count, seed).len(), count.min(labels.len()));
        }
    }
}
