//! Rows in bins of equal count, by score.

/// The rows of at most `bins` bins, each of about as many rows, from the lowest scores to the highest.
///
/// Rows of equal score stay in one bin, so that the order of rows changes nothing; many ties therefore make fewer and
/// uneven bins, but none is empty. Nothing where there are no rows or a score is no finite number.
pub(super) fn equal_count(scores: &[f64], bins: usize) -> Option<Vec<Vec<usize>>> {
    if scores.is_empty() || !super::are_finite(scores) {
        return None;
    }
    // Adding 0 makes -0 and 0 the same score.
    let place = |row: &usize| scores[*row] + 0.0;
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_unstable_by(|a, b| place(a).total_cmp(&place(b)).then(a.cmp(b)));
    let mut filled: Vec<Vec<usize>> = Vec::with_capacity(bins);
    let mut bin = Vec::new();
    let mut taken = 0;
    for tied in order.chunk_by(|a, b| place(a).total_cmp(&place(b)).is_eq()) {
        bin.extend_from_slice(tied);
        taken += tied.len();
        // The next bin may begin once all bins up to this one would be full.
        if taken * bins >= (filled.len() + 1) * scores.len() {
            filled.push(std::mem::take(&mut bin));
        }
    }
    Some(filled)
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
        check(&[], 10, None);
        check(&[f64::INFINITY], 10, None);
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
            for pair in bins.windows(2) {
                let highest = pair[0].iter().map(|row| scores[*row]).fold(f64::MIN, f64::max);
                prop_assert!(pair[1].iter().all(|row| scores[*row] > highest));
            }
        }
    }
}
