use super::*;
use proptest::prelude::*;

fn options(folds: usize, seed: u64) -> FoldOptions {
    FoldOptions::new(folds, seed).expect("options")
}

fn positives(rows: &[usize], labels: &[bool]) -> usize {
    rows.iter().filter(|row| labels[**row]).count()
}

#[test]
fn bad_parameters_are_refused() {
    assert_eq!(FoldOptions::new(1, 0), Err(ValidationError::Folds(1)));
    assert_eq!(FoldOptions::new(21, 0), Err(ValidationError::Folds(21)));
    let five = options(5, 0);
    assert_eq!(stratified(&[true; 9], five), Err(ValidationError::TooFewOfClass { folds: 5, smaller: 0 }));
    assert_eq!(grouped(&[true; 9], &[1; 9], five), Err(ValidationError::TooFewGroups { folds: 5, groups: 1 }));
    assert_eq!(grouped(&[true; 9], &[1; 2], five), Err(ValidationError::Shape { rows: 2, labels: 9 }));
    assert_eq!(time_ordered(&[1, 2, 3, 4, 5], five), Err(ValidationError::TooFewDates { folds: 5, dates: 5 }));
}

#[test]
fn time_folds_of_known_dates() {
    let check = |dates: &[i32], folds, expected: &[(&[usize], &[usize])]| {
        let expected: Vec<Fold> =
            expected.iter().map(|(train, test)| Fold { train: train.to_vec(), test: test.to_vec() }).collect();
        assert_eq!(time_ordered(dates, options(folds, 0)).expect("folds"), expected, "{dates:?}");
    };
    check(&[3, 1, 2], 2, &[(&[1], &[2]), (&[1, 2], &[0])]);
    check(&[1, 1, 1, 1, 1, 1, 2, 3], 2, &[(&[0, 1, 2, 3, 4, 5], &[6]), (&[0, 1, 2, 3, 4, 5, 6], &[7])]);
    check(&[1, 2, 3, 3, 3, 3, 3, 3], 2, &[(&[0], &[1]), (&[0, 1], &[2, 3, 4, 5, 6, 7])]);
}

#[test]
fn a_borrowers_later_loans_are_not_tested() {
    let folds = time_ordered(&[1, 2, 3, 4, 5, 6], options(2, 0)).expect("folds");
    let tests = |groups: &[&str]| {
        purged(folds.clone(), groups).map(|folds| folds.into_iter().map(|fold| fold.test).collect::<Vec<_>>())
    };
    assert_eq!(tests(&["a", "b", "c", "d", "e", "f"]), Ok(vec![vec![2, 3], vec![4, 5]]));
    assert_eq!(tests(&["a", "b", "a", "c", "c", "d"]), Ok(vec![vec![3], vec![5]]));
    assert_eq!(tests(&["a", "b", "a", "c", "c", "b"]), Err(ValidationError::NoNewGroups { fold: 2 }));
}

#[test]
fn borrowers_of_many_loans_leave_classes_even() {
    // 300 borrowers with 1 to 5 loans; one borrower in four loses all of them.
    let (groups, labels): (Vec<usize>, Vec<bool>) =
        (0..300).flat_map(|group| vec![(group, group % 4 == 0); group % 5 + 1]).unzip();
    let (rows, losses) = (labels.len(), labels.iter().filter(|label| **label).count());
    for fold in grouped(&labels, &groups, options(5, 3)).expect("folds") {
        assert!(fold.test.len().abs_diff(rows / 5) <= 5, "{} of {rows} rows", fold.test.len());
        assert!(positives(&fold.test, &labels).abs_diff(losses / 5) <= 3, "{losses} losses");
    }
}

proptest! {
    #[test]
    fn stratified_folds_test_every_row_once_and_classes_evenly(
        labels in proptest::collection::vec(any::<bool>(), 10..200), folds in 2_usize..8, seed in any::<u64>()
    ) {
        if let Ok(made) = stratified(&labels, options(folds, seed)) {
            prop_assert_eq!(sorted(made.iter().flat_map(|fold| fold.test.clone()).collect()), (0..labels.len()).collect::<Vec<_>>());
            let spread = |count: &dyn Fn(&Fold) -> usize| {
                let counts: Vec<usize> = made.iter().map(count).collect();
                counts.iter().max().expect("folds") - counts.iter().min().expect("folds")
            };
            prop_assert!(spread(&|fold| fold.test.len()) <= 1);
            prop_assert!(spread(&|fold| positives(&fold.test, &labels)) <= 1);
            prop_assert_eq!(&made, &stratified(&labels, options(folds, seed)).expect("folds"));
        }
    }

    #[test]
    fn no_borrower_is_on_two_sides(
        rows in proptest::collection::vec((0_u8..30, any::<bool>()), 20..150), folds in 2_usize..6, seed in any::<u64>()
    ) {
        let (groups, labels): (Vec<u8>, Vec<bool>) = rows.into_iter().unzip();
        if let Ok(made) = grouped(&labels, &groups, options(folds, seed)) {
            prop_assert_eq!(sorted(made.iter().flat_map(|fold| fold.test.clone()).collect()), (0..labels.len()).collect::<Vec<_>>());
            for fold in &made {
                let on = |rows: &[usize]| rows.iter().map(|row| groups[*row]).collect::<BTreeSet<_>>();
                prop_assert!(on(&fold.train).is_disjoint(&on(&fold.test)));
                prop_assert!(!fold.test.is_empty() && fold.train.len() + fold.test.len() == labels.len());
            }
        }
    }

    #[test]
    fn time_folds_learn_from_the_past_only(
        dates in proptest::collection::vec(0_u8..40, 5..150), folds in 2_usize..6
    ) {
        if let Ok(made) = time_ordered(&dates, options(folds, 0)) {
            prop_assert_eq!(made.len(), folds);
            for fold in &made {
                let latest = fold.train.iter().map(|row| dates[*row]).max().expect("rows to learn from");
                let earliest = fold.test.iter().map(|row| dates[*row]).min().expect("rows to test");
                prop_assert!(latest < earliest);
            }
            let borrowers: Vec<usize> = (0..dates.len()).map(|row| row % 7).collect();
            if let Ok(purged) = purged(made.clone(), &borrowers) {
                for (fold, whole) in purged.iter().zip(&made) {
                    let is_known = |row: &usize| whole.train.iter().any(|other| borrowers[*other] == borrowers[*row]);
                    let kept: Vec<usize> = whole.test.iter().copied().filter(|row| !is_known(row)).collect();
                    prop_assert_eq!((&fold.train, &fold.test), (&whole.train, &kept));
                }
            }
            let last = made.last().expect("folds");
            prop_assert_eq!(last.train.len() + last.test.len(), dates.len());
        }
    }
}
