//! How well a way of learning does on loans that it did not see: folds and the figures over them.

mod folds;

use crate::metric::{auc, brier, expected_calibration_error, ks, lift_by_tenths};
use domain::count::count;
use domain::model::gini;

pub use domain::validation::{FoldFigure, FoldFigures};
pub use folds::{Fold, FoldOptions, grouped, purged, stratified, time_ordered};

/// 97.5 % points of Student's t distribution for 1, 2, … degrees of freedom.
const STUDENT_975: [f64; FoldOptions::FOLDS_MAX - 1] = [
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120,
    2.110, 2.101, 2.093,
];

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ValidationError {
    #[error("the validation cannot have {}: choose 2 to {}", count(*.0, "fold"), FoldOptions::FOLDS_MAX)]
    Folds(usize),
    #[error("the validation was given {labels} outcomes for {rows} loans")]
    Shape { rows: usize, labels: usize },
    #[error("the validation needs at least {folds} loans of each outcome, but one has {smaller}")]
    TooFewOfClass { folds: usize, smaller: usize },
    #[error("the validation needs at least {folds} borrowers, but there are {groups}")]
    TooFewGroups { folds: usize, groups: usize },
    #[error("fold {fold} of the validation would test only borrowers whom it learns from")]
    NoNewGroups { fold: usize },
    #[error("the validation needs more than {folds} different dates, but there are {dates}")]
    TooFewDates { folds: usize, dates: usize },
}

/// Why a cross-validation ended without figures; `E` is what the learner reports.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CrossValidationError<E> {
    #[error("fold {fold} could not be learned: {error}")]
    Learner { fold: usize, error: E },
    #[error("fold {fold} has {rows} loans to test, but {scores} scores")]
    Scores { fold: usize, rows: usize, scores: usize },
    #[error("fold {0} names a loan that has no outcome")]
    Row(usize),
}

/// A figure of scores and outcomes.
type Figure = fn(&[f64], &[bool]) -> Option<f64>;

/// Learns and tests each fold in turn. `fit_and_score` is given the rows to learn from and those to test, as indices
/// into `labels`, and answers with the scores (0..=1) of the latter in their order.
pub fn cross_validate<E>(
    folds: &[Fold],
    labels: &[bool],
    fit_and_score: impl Fn(&[usize], &[usize]) -> Result<Vec<f64>, E>,
) -> Result<FoldFigures, CrossValidationError<E>> {
    let mut tested = Vec::with_capacity(folds.len());
    for (number, fold) in folds.iter().enumerate() {
        let number = number + 1;
        if fold.train.iter().chain(&fold.test).any(|row| *row >= labels.len()) {
            return Err(CrossValidationError::Row(number));
        }
        let scores = fit_and_score(&fold.train, &fold.test)
            .map_err(|error| CrossValidationError::Learner { fold: number, error })?;
        if scores.len() != fold.test.len() {
            let (rows, scores) = (fold.test.len(), scores.len());
            return Err(CrossValidationError::Scores { fold: number, rows, scores });
        }
        let outcomes: Vec<bool> = fold.test.iter().map(|row| labels[*row]).collect();
        tested.push((scores, outcomes));
    }
    let over_folds = |figure: Figure, bounds: (f64, f64)| {
        let values: Vec<f64> = tested.iter().filter_map(|(scores, outcomes)| figure(scores, outcomes)).collect();
        over_folds(&values, bounds)
    };
    let tables: Vec<_> = tested.iter().filter_map(|(scores, outcomes)| lift_by_tenths(scores, outcomes)).collect();
    let lift_of = |tenth: usize| -> Option<FoldFigure> {
        self::over_folds(&tables.iter().map(|table| table[tenth]).collect::<Vec<_>>(), (0.0, f64::INFINITY))
    };
    Ok(FoldFigures {
        auc: over_folds(|scores, outcomes| auc(scores, outcomes).map(|auc| auc.area), (0.0, 1.0)),
        ks: over_folds(ks, (0.0, 1.0)),
        gini: over_folds(|scores, outcomes| auc(scores, outcomes).map(|auc| gini(auc.area)), (-1.0, 1.0)),
        brier: over_folds(brier, (0.0, 1.0)),
        ece: over_folds(expected_calibration_error, (0.0, 1.0)),
        lift: (0..10).filter_map(lift_of).collect(),
    })
}

/// A figure of so many folds; nothing where none defines it.
fn over_folds(values: &[f64], (least, most): (f64, f64)) -> Option<FoldFigure> {
    if values.is_empty() {
        return None;
    }
    let folds = values.len();
    let mean = values.iter().sum::<f64>() / folds as f64;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    // Beyond the table t hardly falls any more; its last value errs on the wide side.
    let student = (folds > 1).then(|| STUDENT_975[(folds - 2).min(STUDENT_975.len() - 1)]);
    let interval = student.map(|student| {
        let reach = student * (squares / (folds - 1) as f64 / folds as f64).sqrt();
        ((mean - reach).max(least), (mean + reach).min(most))
    });
    Some(FoldFigure { mean, interval, folds: folds as u32 })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows whose number alone decides: every third is positive.
    fn labels(rows: usize) -> Vec<bool> {
        (0..rows).map(|row| row % 3 == 0).collect()
    }

    #[test]
    fn figures_of_a_perfect_and_of_a_constant_score() {
        let labels = labels(60);
        let folds = stratified(&labels, FoldOptions::new(5, 1).expect("options")).expect("folds");
        let run = |score: &dyn Fn(usize) -> f64| {
            cross_validate(&folds, &labels, |_, test| Ok::<_, ()>(test.iter().map(|row| score(*row)).collect()))
                .expect("figures")
        };
        let perfect = run(&|row| f64::from(u8::from(labels[row])));
        let exactly = |mean| Some(FoldFigure { mean, interval: Some((mean, mean)), folds: 5 });
        assert_eq!(
            perfect,
            FoldFigures {
                auc: exactly(1.0),
                ks: exactly(1.0),
                gini: exactly(1.0),
                brier: exactly(0.0),
                ece: exactly(0.0),
                // A third of the loans are positive: three tenths hold nothing else, a fourth a third of it.
                lift: perfect.lift.clone(),
            }
        );
        assert_eq!(perfect.lift.len(), 10);
        for (tenth, expected) in [3.0, 3.0, 3.0, 1.0, 0.0].into_iter().enumerate() {
            let lift = perfect.lift[tenth];
            assert!(lift.folds == 5 && (lift.mean - expected).abs() < 1e-9, "{tenth}: {lift:?}");
        }
        let constant = run(&|_| 0.5);
        assert!(constant.lift.iter().all(|lift| (lift.mean - 1.0).abs() < 1e-9));
        assert_eq!((constant.auc, constant.ks, constant.gini), (exactly(0.5), exactly(0.0), exactly(0.0)));
        assert_eq!(constant.brier, exactly(0.25));
    }

    #[test]
    fn interval_is_students() {
        let check = |values: &[f64], expected| assert_eq!(over_folds(values, (0.0, 1.0)), expected, "{values:?}");
        check(&[], None);
        check(&[0.5], Some(FoldFigure { mean: 0.5, interval: None, folds: 1 }));
        check(&[0.0, 1.0], Some(FoldFigure { mean: 0.5, interval: Some((0.0, 1.0)), folds: 2 }));
        let figure = over_folds(&[0.70, 0.72, 0.74, 0.76, 0.78], (0.0, 1.0)).expect("values");
        let reach = 2.776 * (0.001_f64 / 5.0).sqrt();
        let (low, high) = figure.interval.expect("five folds");
        assert!((low - (0.74 - reach)).abs() < 1e-12 && (high - (0.74 + reach)).abs() < 1e-12);
    }

    #[test]
    fn folds_of_one_class_count_where_a_figure_is_defined() {
        let labels = [true, false, true, true];
        let fold = |test: &[usize]| Fold { train: vec![], test: test.to_vec() };
        let score = |_: &[usize], test: &[usize]| Ok::<_, ()>(vec![0.5; test.len()]);
        let figures = cross_validate(&[fold(&[0, 1]), fold(&[2, 3])], &labels, score).expect("figures");
        assert_eq!(figures.auc.map(|auc| auc.folds), Some(1));
        assert_eq!(figures.brier.map(|brier| brier.folds), Some(2));
    }

    #[test]
    fn what_went_wrong_names_the_fold() {
        let labels = labels(10);
        let fold = Fold { train: vec![0, 1], test: vec![2, 3] };
        let check = |fold: &Fold, answer: Result<Vec<f64>, &str>, expected| {
            let folds = [fold.clone()];
            assert_eq!(cross_validate(&folds, &labels, |_, _| answer.clone()).err(), Some(expected));
        };
        check(&fold, Err("no"), CrossValidationError::Learner { fold: 1, error: "no" });
        check(&fold, Ok(vec![0.1]), CrossValidationError::Scores { fold: 1, rows: 2, scores: 1 });
        check(&Fold { train: vec![10], test: vec![] }, Ok(vec![]), CrossValidationError::Row(1));
    }
}
