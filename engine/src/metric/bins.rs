//! Rows in bins of equal count, by score.

/// Rows of equal score together, from the lowest scores to the highest, so that the order of rows changes nothing.
/// Nothing where there are no rows or a score is no finite number.
pub(super) fn tied(scores: &[f64]) -> Option<Vec<Vec<usize>>> {
    if scores.is_empty() || !super::are_finite(scores) {
        return None;
    }
    // Adding 0 makes -0 and 0 the same score.
    let place = |row: &usize| scores[*row] + 0.0;
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_unstable_by(|a, b| place(a).total_cmp(&place(b)).then(a.cmp(b)));
    Some(order.chunk_by(|a, b| place(a).total_cmp(&place(b)).is_eq()).map(<[usize]>::to_vec).collect())
}

/// The rows of at most `bins` bins, each of about as many rows, from the lowest scores to the highest. Nothing where
/// there are no rows or a score is no finite number.
///
/// Rows of equal score stay in one bin, so that many ties make fewer and uneven bins. Each bin but an only one has
/// at least half of an equal share of the rows: the rates of slivers beside a large tie would say nothing.
pub(super) fn equal_count(scores: &[f64], bins: usize) -> Option<Vec<Vec<usize>>> {
    let groups = tied(scores)?;
    let mut ends: Vec<usize> = Vec::with_capacity(groups.len());
    for group in &groups {
        ends.push(ends.last().copied().unwrap_or_default() + group.len());
    }
    let mut filled = vec![Vec::new()];
    let mut cuts = cuts(&ends, bins).into_iter().peekable();
    for (group, end) in groups.into_iter().zip(ends) {
        if let Some(bin) = filled.last_mut() {
            bin.extend(group);
        }
        if cuts.next_if_eq(&end).is_some() {
            filled.push(Vec::new());
        }
    }
    Some(filled)
}

/// Where bins end but for the last one, as numbers of rows: at those of `ends`, where groups of ties end, that lie nearest
/// to equal shares.
fn cuts(ends: &[usize], bins: usize) -> Vec<usize> {
    let rows = ends.last().copied().unwrap_or_default();
    // All in rows x bins, which are whole numbers.
    let off = |end: usize, share: usize| (end * bins).abs_diff(share * rows);
    let nearest = |share: usize| {
        let above = ends.partition_point(|end| end * bins < share * rows);
        let candidates = above.saturating_sub(1)..=above.min(ends.len().saturating_sub(1));
        candidates.map(|place| ends[place]).min_by_key(|end| off(*end, share))
    };
    let mut cuts: Vec<usize> = (1..bins).filter_map(nearest).filter(|end| *end < rows).collect();
    cuts.dedup();
    loop {
        let bounds: Vec<usize> = std::iter::once(0).chain(cuts.iter().copied()).chain([rows]).collect();
        let size = |bin: usize| bounds[bin + 1] - bounds[bin];
        let least = (0..=cuts.len()).min_by_key(|bin| size(*bin)).unwrap_or_default();
        if cuts.is_empty() || size(least) * bins * 2 >= rows {
            return cuts;
        }
        // The sliver joins the smaller of its neighbours.
        let joins_next = least == 0 || (least < cuts.len() && size(least + 1) < size(least - 1));
        cuts.remove(if joins_next { least } else { least - 1 });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bins_of_known_scores() {
        let check = |scores: &[f64], bins, expected: Option<&[&[usize]]>| {
            let expected = expected.map(|bins| bins.iter().map(|rows| rows.to_vec()).collect::<Vec<_>>());
            assert_eq!(equal_count(scores, bins), expected, "{scores:?}");
        };
        check(&[0.4, 0.3, 0.2, 0.1], 2, Some(&[&[3, 2], &[1, 0]]));
        check(&[0.5, 0.5, 0.5, 0.9], 2, Some(&[&[0, 1, 2], &[3]]));
        check(&[0.0, -0.0, 0.0], 3, Some(&[&[0, 1, 2]]));
        check(&[0.2, 0.1], 10, Some(&[&[1], &[0]]));
        // Ties that reach a little over a bound leave no sliver behind them.
        check(&[0.1, 0.1, 0.1, 0.2, 0.3, 0.3, 0.3, 0.3], 2, Some(&[&[0, 1, 2, 3], &[4, 5, 6, 7]]));
        check(&[0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.2], 4, Some(&[&[0, 1, 2, 3, 4, 5, 6], &[7]]));
        check(&[0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.2], 2, Some(&[&[0, 1, 2, 3, 4, 5, 6, 7]]));
        check(&[], 10, None);
        check(&[f64::INFINITY], 10, None);
    }

    #[test]
    fn bins_behind_a_large_tie_are_as_full_as_others() {
        // As isotonic calibration leaves scores: two thirds tied at the lowest, then many small steps.
        let scores: Vec<f64> = (0..1000).map(|row| f64::from((row - 660_i32).max(0) / 3)).collect();
        let sizes: Vec<usize> = equal_count(&scores, 10).expect("scores").iter().map(Vec::len).collect();
        assert_eq!(sizes.iter().sum::<usize>(), 1000);
        assert!(sizes.len() >= 4 && sizes.iter().all(|size| *size >= 50), "{sizes:?}");
    }

    proptest! {
        #[test]
        fn every_row_is_in_one_bin_and_no_score_in_two(
            scores in proptest::collection::vec((0_u8..40).prop_map(f64::from), 1..200)
        ) {
            let bins = equal_count(&scores, 10).expect("finite scores");
            prop_assert!(bins.len() <= 10 && bins.iter().all(|bin| !bin.is_empty()));
            let mut rows: Vec<usize> = bins.iter().flatten().copied().collect();
            rows.sort_unstable();
            prop_assert_eq!(rows, (0..scores.len()).collect::<Vec<_>>());
            prop_assert!(bins.len() == 1 || bins.iter().all(|bin| bin.len() * 20 >= scores.len()), "slivers");
            for pair in bins.windows(2) {
                let highest = pair[0].iter().map(|row| scores[*row]).fold(f64::MIN, f64::max);
                prop_assert!(pair[1].iter().all(|row| scores[*row] > highest));
            }
        }
    }
}
