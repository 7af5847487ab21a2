use super::*;
use RiskLevel::{High, Low, Medium};
use domain::feature::FeatureSet;
use proptest::prelude::*;

const INCOME_AND_DEBT: [Feature; 2] = [Feature::MonthlyIncome, Feature::OutstandingAmount];

fn outcomes(counts: &[(usize, usize)]) -> Vec<Outcomes> {
    counts.iter().map(|(closed, written_off)| Outcomes { closed: *closed, written_off: *written_off }).collect()
}

fn classes(centers: &[[f64; 2]], counts: &[(usize, usize)]) -> SegmentRisk {
    let centers: Vec<Vec<f64>> = centers.iter().map(|center| center.to_vec()).collect();
    classify(&INCOME_AND_DEBT, &centers, &outcomes(counts))
}

#[test]
fn losses_class_segments_where_enough_outcomes_tell() {
    let check = |counts: &[(usize, usize)], expected: &[RiskLevel]| {
        // The centres say the opposite, and are not asked.
        let centers: Vec<[f64; 2]> = (0..counts.len()).map(|place| [0.0, place as f64 - 1.0]).collect();
        let risk = classes(&centers, counts);
        assert_eq!((risk.levels.as_slice(), risk.basis), (expected, Basis::Outcomes), "{counts:?}");
    };
    check(&[(500, 250), (500, 100), (500, 175)], &[High, Low, Medium]);
    // 38 % of 60 is not clearly more than the third of all.
    check(&[(60, 23), (500, 170), (500, 165)], &[Medium; 3]);
    // Nineteen loans are too few, whatever became of them.
    check(&[(19, 19), (500, 50), (500, 50)], &[Medium; 3]);
    check(&[(40, 40), (500, 50), (500, 50)], &[High, Medium, Medium]);
    // A million loans make a difference certain that matters to nobody.
    check(&[(500_000, 100_000), (500_000, 102_000)], &[Medium; 2]);
    check(&[(500, 0), (500, 200)], &[Low, High]);
}

#[test]
fn centres_class_segments_where_outcomes_are_few() {
    let centers = [[0.0, 1.2], [0.0, 0.3], [0.0, -0.8]];
    let check = |counts: &[(usize, usize)], words: &str| {
        let risk = classes(&centers, counts);
        assert_eq!((risk.levels.as_slice(), risk.basis), (&[High, Medium, Low][..], Basis::Centers));
        assert!(risk.note().starts_with(words), "{}", risk.note());
    };
    check(&[(0, 0); 3], "Of 0 closed loans, 0 written off and 0 not: fewer than the 30 of each");
    check(&[(400, 10), (400, 10), (400, 9)], "Of 1,200 closed loans, 29 written off and 1,171 not");
    check(&[(20, 20), (20, 20), (20, 0)], "");
}

#[test]
fn where_nothing_tells_all_are_medium_and_it_is_said() {
    let risk = classes(&[[1.0, 0.0], [-1.0, 0.0], [0.0, 1e-12]], &[(0, 0); 3]);
    assert_eq!((risk.levels.as_slice(), risk.basis), (&[Medium; 3][..], Basis::Nothing));
    assert!(risk.note().ends_with("so all are medium risk"), "{}", risk.note());
    assert_eq!(risk.proxied(), [false; 3]);
    // What secures a loan says nothing of what is lost where nobody knows what is owed.
    let by_collateral = classify(&[Feature::CollateralValue], &[vec![2.0], vec![-2.0]], &outcomes(&[(0, 0); 2]));
    assert_eq!(by_collateral.basis, Basis::Nothing);
}

#[test]
fn a_proxy_learns_high_risk_or_else_the_upper_half() {
    let centers = [[0.0, 1.2], [0.0, 0.3], [0.0, -0.8]];
    let check = |counts: &[(usize, usize)], expected: [bool; 3]| {
        assert_eq!(classes(&centers, counts).proxied(), expected, "{counts:?}");
    };
    check(&[(0, 0); 3], [true, false, false]);
    check(&[(500, 100), (500, 100), (500, 300)], [false, false, true]);
    check(&[(500, 100), (500, 100), (500, 100)], [true, false, false]);
}

#[test]
fn reference_centres_are_classed_by_what_they_may_cost() {
    // A, B, C and D of the original analysis, in standard deviations.
    let centers = [
        [-0.23, -0.18, -0.50, -0.12, -0.05, -0.43, -0.52, -0.36, -0.48, -0.83],
        [0.27, 0.01, 0.98, -1.21, -0.14, 0.69, 1.48, 2.35, 0.13, 0.12],
        [0.24, 0.10, -0.72, 0.16, 0.08, -0.44, -0.62, -0.49, 0.57, 0.86],
        [-0.06, 0.12, 1.00, 0.44, 0.02, 0.74, 0.75, 0.09, -0.03, 0.12],
    ]
    .map(|center| center.to_vec());
    let risk = classify(FeatureSet::Reference.features(), &centers, &[Outcomes::default(); 4]);
    assert_eq!(risk.levels, [Low, High, Medium, Medium]);
    assert_eq!(order(&risk, &centers), [1, 3, 2, 0], "B, D, C, A");
    assert_eq!(risk.reordered(&[1, 3, 2, 0]).levels, [High, Medium, Medium, Low]);
}

#[test]
fn digits_that_hang_on_the_seed_change_no_number() {
    // Two segments owe about the same and differ in income: what they owe must not decide.
    for noise in [-0.004, -1e-12, 0.0, 1e-12, 0.004] {
        let risk = classes(&[[-1.0, 0.2 + noise], [1.0, 0.2], [0.0, -1.5]], &[(0, 0); 3]);
        let centers = [vec![-1.0, 0.2 + noise], vec![1.0, 0.2], vec![0.0, -1.5]];
        assert_eq!(order(&risk, &centers), [1, 0, 2], "{noise}");
    }
}

proptest! {
    #[test]
    fn who_lost_more_is_never_classed_lower(
        counts in proptest::collection::vec((0_usize..400, 0.0_f64..1.0), 2..8), equal in any::<bool>()
    ) {
        let counts: Vec<(usize, usize)> = counts
            .into_iter()
            .map(|(closed, share)| {
                let closed = if equal { 300 } else { closed };
                (closed, (share * closed as f64) as usize)
            })
            .collect();
        let centers = vec![[0.0, 0.0]; counts.len()];
        let risk = classes(&centers, &counts);
        if risk.basis != Basis::Outcomes {
            return Ok(());
        }
        let rate = |place: usize| outcomes(&counts)[place].rate();
        let portfolio = counts.iter().map(|count| count.1).sum::<usize>() as f64
            / counts.iter().map(|count| count.0).sum::<usize>() as f64;
        for (a, first) in risk.levels.iter().enumerate() {
            prop_assert!(*first != High || rate(a) > portfolio);
            prop_assert!(*first != Low || rate(a) < portfolio);
            for (b, second) in risk.levels.iter().enumerate() {
                // Of equal size, more losses are never a lower class.
                prop_assert!(!equal || rate(a) <= rate(b) || rank(*first) >= rank(*second), "{counts:?}");
            }
        }
        let numbered = risk.reordered(&order(&risk, &vec![vec![0.0, 0.0]; counts.len()]));
        prop_assert!(numbered.levels.windows(2).all(|pair| rank(pair[0]) >= rank(pair[1])));
    }

    #[test]
    fn numbers_do_not_hang_on_the_order_in_which_segments_are_found(
        centers in proptest::collection::vec([-2.0_f64..2.0, -2.0_f64..2.0], 2..8), turn in 0_usize..8
    ) {
        let numbered = |centers: &[[f64; 2]]| -> Vec<[f64; 2]> {
            let risk = classes(centers, &vec![(0, 0); centers.len()]);
            let rows: Vec<Vec<f64>> = centers.iter().map(|center| center.to_vec()).collect();
            order(&risk, &rows).into_iter().map(|place| centers[place]).collect()
        };
        let mut turned = centers.clone();
        turned.rotate_left(turn % centers.len());
        prop_assert_eq!(numbered(&centers), numbered(&turned));
    }
}

fn rank(level: RiskLevel) -> u8 {
    match level {
        High => 2,
        Medium => 1,
        Low => 0,
    }
}
