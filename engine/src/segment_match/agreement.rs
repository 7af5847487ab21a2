//! How far two groupings of the same rows agree.

use std::collections::BTreeMap;

/// The adjusted Rand index (L. Hubert and P. Arabie, Journal of Classification 2 (1985)) of two groupings of the same
/// rows: 1 where they are the same but for their numbers, about 0 where they agree by chance only. Nothing where there
/// are no rows or the groupings differ in length.
pub fn adjusted_rand(some: &[usize], others: &[usize]) -> Option<f64> {
    if some.is_empty() || some.len() != others.len() {
        return None;
    }
    let pairs = |counts: BTreeMap<(usize, usize), f64>| -> f64 {
        counts.into_values().map(|count| count * (count - 1.0) / 2.0).sum()
    };
    let counted = |key: &dyn Fn(usize) -> (usize, usize)| {
        let mut counts = BTreeMap::new();
        for row in 0..some.len() {
            *counts.entry(key(row)).or_insert(0.0) += 1.0;
        }
        pairs(counts)
    };
    let together = counted(&|row| (some[row], others[row]));
    let (in_some, in_others) = (counted(&|row| (some[row], 0)), counted(&|row| (0, others[row])));
    let rows = some.len() as f64;
    let by_chance = in_some * in_others / (rows * (rows - 1.0) / 2.0).max(1.0);
    let most = f64::midpoint(in_some, in_others);
    // Only groupings that are the same leave nothing to agree on beyond chance: all rows together, or each alone.
    Some(if most > by_chance { (together - by_chance) / (most - by_chance) } else { 1.0 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn indices_of_known_groupings() {
        let check = |some: &[usize], others: &[usize], expected: Option<f64>| {
            let found = adjusted_rand(some, others);
            let is_near = found.zip(expected).is_some_and(|(a, b)| (a - b).abs() < 1e-12);
            assert!(found == expected || is_near, "{some:?} {others:?}: {found:?}");
        };
        check(&[0, 0, 1, 1], &[1, 1, 0, 0], Some(1.0));
        check(&[0, 0, 1, 1], &[0, 1, 0, 1], Some(-0.5));
        check(&[0, 0, 1, 1], &[0, 0, 1, 2], Some(4.0 / 7.0));
        check(&[0, 0, 0], &[0, 1, 2], Some(0.0));
        check(&[0, 0], &[5, 5], Some(1.0));
        check(&[3], &[1], Some(1.0));
        check(&[], &[], None);
        check(&[1], &[1, 2], None);
    }

    proptest! {
        #[test]
        fn order_of_groupings_and_numbers_of_groups_change_nothing(
            rows in proptest::collection::vec((0_usize..4, 0_usize..4), 1..60)
        ) {
            let (some, others): (Vec<usize>, Vec<usize>) = rows.into_iter().unzip();
            let index = adjusted_rand(&some, &others).expect("rows");
            let renumbered: Vec<usize> = some.iter().map(|group| 9 - group).collect();
            prop_assert!(index <= 1.0 + 1e-12);
            prop_assert!((index - adjusted_rand(&others, &renumbered).expect("rows")).abs() < 1e-12);
            prop_assert!((adjusted_rand(&some, &renumbered).expect("rows") - 1.0).abs() < 1e-12);
        }
    }
}
