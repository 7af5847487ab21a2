use super::*;
use crate::metric::{brier, expected_calibration_error};
use crate::random::{Stream, generator};
use proptest::prelude::*;
use rand::Rng;

#[test]
fn violators_are_pooled_and_lines_join_the_centers_of_pools() {
    let check = |rows: &[(f64, bool)], expected: &[(f64, f64)]| {
        let (scores, labels): (Vec<f64>, Vec<bool>) = rows.iter().copied().unzip();
        let points = Calibration::fit(&scores, &labels).expect("fits").points;
        let inner: Vec<(f64, f64)> = points.iter().copied().filter(|(score, _)| (0.01..0.99).contains(score)).collect();
        assert_eq!((inner.len(), points.len()), (expected.len(), expected.len() + 2), "the ends are points too");
        for ((score, chance), (at, rate)) in inner.into_iter().zip(expected) {
            let tilted = rate + 0.001 * (at - rate);
            assert!((score - at).abs() < 1e-15 && (chance - tilted).abs() < 1e-12, "{rows:?}: {score} {chance}");
        }
    };
    check(&[(0.1, false), (0.9, true)], &[(0.1, 0.0), (0.9, 1.0)]);
    check(&[(0.9, false), (0.1, true)], &[(0.5, 0.5)]);
    check(&[(0.2, false), (0.4, true), (0.5, false), (0.8, true)], &[(0.2, 0.0), (0.45, 0.5), (0.8, 1.0)]);
    // Ties are one group of their mean outcome before anything is pooled.
    check(&[(0.5, true), (0.5, false), (0.5, false), (0.5, false)], &[(0.5, 0.25)]);
    check(&[(0.3, true), (0.6, false), (0.6, false), (0.7, true)], &[(0.5, 1.0 / 3.0), (0.7, 1.0)]);
}

#[test]
fn scores_between_points_lie_on_the_line() {
    let map = Calibration::checked(vec![(0.2, 0.1), (0.4, 0.5)]).expect("a map");
    let check = |score, expected: f64| assert!((map.apply(score) - expected).abs() < 1e-12, "{score}");
    check(0.0, 0.1);
    check(0.2, 0.1);
    check(0.3, 0.3);
    check(0.4, 0.5);
    check(1.0, 0.5);
    assert!((Calibration::identity().apply(0.37) - 0.37).abs() < 1e-15);
}

#[test]
fn foreign_points_are_refused() {
    let check = |points: &[(f64, f64)], expected| assert_eq!(Calibration::checked(points.to_vec()).err(), expected);
    check(&[(0.0, 0.0), (1.0, 1.0)], None);
    check(&[(0.5, 0.5)], None);
    check(&[], Some(CalibrationError::Points(0)));
    check(&[(0.5, 0.5); 1001], Some(CalibrationError::Points(1001)));
    check(&[(0.0, 0.0), (1.0, 1.5)], Some(CalibrationError::Range(1)));
    check(&[(f64::NAN, 0.0)], Some(CalibrationError::Range(0)));
    check(&[(0.5, 0.1), (0.5, 0.2)], Some(CalibrationError::Order(1)));
    check(&[(0.4, 0.3), (0.5, 0.2)], Some(CalibrationError::Order(1)));
    assert!(serde_json::from_str::<Calibration>("[[0.5,0.1],[0.4,0.2]]").is_err());
}

#[test]
fn bad_rows_are_refused_before_fitting() {
    let check = |scores: &[f64], labels: &[bool], expected| {
        assert_eq!(Calibration::fit(scores, labels).err(), Some(expected));
    };
    check(&[0.5], &[], CalibrationError::Shape { scores: 1, labels: 0 });
    check(&[0.5, 0.6], &[true, true], CalibrationError::OneClass);
    check(&[], &[], CalibrationError::OneClass);
    check(&[0.5, f64::NAN], &[true, false], CalibrationError::Score(1));
}

/// Scores whose true chance is their square: the map has to learn it.
fn overstated(seed: u64, rows: usize) -> (Vec<f64>, Vec<bool>) {
    let mut random = generator(seed, Stream::Simulation);
    let draw = |_| {
        let score: f64 = random.random();
        (score, random.random_bool(score * score))
    };
    (0..rows).map(draw).unzip()
}

#[test]
fn overstated_scores_become_probabilities_on_other_rows() {
    let (scores, labels) = overstated(1, 20_000);
    let map = Calibration::fit(&scores, &labels).expect("fits");
    let (scores, labels) = overstated(2, 20_000);
    let mapped: Vec<f64> = scores.iter().map(|score| map.apply(*score)).collect();
    let error = |scores: &[f64]| expected_calibration_error(scores, &labels).expect("rows");
    assert!(error(&scores) > 0.15 && error(&mapped) < 0.02, "{} → {}", error(&scores), error(&mapped));
    assert!(brier(&mapped, &labels) < brier(&scores, &labels));
}

#[test]
fn loans_of_a_pool_are_not_heaped_up_at_one_probability() {
    let (scores, labels) = overstated(3, 400);
    let map = Calibration::fit(&scores, &labels).expect("fits");
    let pools = pools(&scores, &labels);
    let inner = &pools[1..pools.len() - 1];
    let widest = inner.iter().max_by(|a, b| a.rows.total_cmp(&b.rows)).expect("pools");
    assert!(widest.rows > 30.0, "{}", widest.rows);
    let (low, rate, high) = (map.apply(widest.lowest), widest.rate(), map.apply(widest.highest));
    assert!(low < rate && rate < high && high - low > 0.02, "{low} {rate} {high}");
}

#[test]
fn many_pools_are_thinned_to_their_limit() {
    let many: Vec<(f64, f64)> = (0..2500).map(|place| (f64::from(place) / 2500.0, f64::from(place) / 2500.0)).collect();
    let few = thinned(many.clone());
    assert_eq!((few.len(), few[0], few[999]), (1000, many[0], many[2499]));
    assert!(Calibration::checked(few).is_ok());
}

proptest! {
    #[test]
    fn map_never_falls_and_survives_a_file(
        rows in proptest::collection::vec((0_u16..=500, any::<bool>()), 2..150), asked in proptest::collection::vec(0.0..=1.0, 20)
    ) {
        let (scores, labels): (Vec<f64>, Vec<bool>) =
            rows.into_iter().map(|(score, label)| (f64::from(score) / 500.0, label)).unzip();
        if let Ok(map) = Calibration::fit(&scores, &labels) {
            let mut asked: Vec<f64> = asked;
            asked.sort_unstable_by(f64::total_cmp);
            let mapped: Vec<f64> = asked.iter().map(|score| map.apply(*score)).collect();
            prop_assert!(mapped.iter().all(|chance| (0.0..=1.0).contains(chance)));
            prop_assert!(mapped.windows(2).all(|pair| pair[0] <= pair[1]));
            let text = serde_json::to_string(&map).expect("is written");
            prop_assert_eq!(serde_json::from_str::<Calibration>(&text).expect("is read"), map);
        }
    }
}

#[test]
fn no_two_scores_share_a_probability() {
    let (scores, labels) = overstated(7, 3_000);
    let map = Calibration::fit(&scores, &labels).expect("fits");
    let mut sorted = scores.clone();
    sorted.extend([0.0, 1.0]);
    sorted.sort_by(f64::total_cmp);
    sorted.dedup();
    for pair in sorted.windows(2) {
        assert!(map.apply(pair[0]) < map.apply(pair[1]), "{pair:?}");
    }
    // Its error stays that of the regression.
    let error = |scores: &[f64]| expected_calibration_error(scores, &labels).expect("there are rows");
    let calibrated: Vec<f64> = scores.iter().map(|score| map.apply(*score)).collect();
    assert!(error(&calibrated) < 0.01, "{}", error(&calibrated));
}
