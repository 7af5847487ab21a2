//! Whether a model may take the place of the one that decides, and what its approver must say why to.

use crate::model::{ModelCard, ModelFigures, ModelState, Target};

/// A model beside the one that decides, both on loans that they had not seen, though not on the same ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// Whether it ranks outcomes worse by more than both intervals explain.
    pub is_worse: bool,
    /// A sentence for people, without its full stop.
    pub words: String,
}

/// Compares the areas under the ROC curve of a model and of the champion, which is model `version`. Nothing where there is
/// nothing to say: they learned something else, an area is not known, or the model is not clearly worse.
///
/// The interval of the difference comes from both intervals (G. Zou and A. Donner, Statistics in Medicine 27 (2008)). A
/// champion that may know outcomes beforehand is no bar: its area says nothing of what a model can do.
pub fn compare(model: &ModelFigures, champion: &ModelFigures, version: i32) -> Option<Comparison> {
    if model.target != champion.target {
        return None;
    }
    let (area, (low, high)) = (model.auc?, model.auc_interval?);
    let (best, (best_low, best_high)) = (champion.auc?, champion.auc_interval?);
    let highest_difference = area - best + (high - area).hypot(best - best_low);
    if highest_difference >= 0.0 {
        return None;
    }
    if !champion.leak_alarms.is_empty() {
        let words = format!(
            "The AUC of {best:.2} of model {version}, which decides, is no bar: it has leak alarms, so that it may know \
             outcomes beforehand"
        );
        return Some(Comparison { is_worse: false, words });
    }
    let words = format!(
        "AUC {area:.2} ({low:.2}–{high:.2}) is worse than the {best:.2} ({best_low:.2}–{best_high:.2}) of model {version}, \
         which decides, by more than both intervals explain"
    );
    Some(Comparison { is_worse: true, words })
}

/// What the approver of a model must give a written reason for, one sentence each, without its full stop; none where the
/// approval alone is enough.
pub fn reasons_needed(model: &ModelCard, champion: Option<&ModelCard>) -> Vec<String> {
    let mut needed = Vec::new();
    if model.state == ModelState::Retired {
        // Coming back takes no comparison: it decided before, and may be the safer one.
        needed.push("It decided before, and comes back".to_owned());
    } else if let Some(champion) = champion {
        let worse = compare(&model.figures, &champion.figures, champion.version).filter(|found| found.is_worse);
        needed.extend(worse.map(|found| found.words));
        let is_step_back = (model.figures.target, champion.figures.target) == (Target::SegmentProxy, Target::Observed);
        let words = "It learned from segments, where the model that decides learned from outcomes";
        needed.extend(is_step_back.then(|| words.to_owned()));
    }
    if !model.figures.leak_alarms.is_empty() {
        needed.push("It has leak alarms, so that it may know outcomes beforehand".to_owned());
    }
    needed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::ModelId;
    use crate::model::{Gate, TrainingOptions};
    use crate::segment::Segmentation;
    use chrono::DateTime;

    /// Figures of a model whose area has an interval of so much to either side.
    fn figures(target: Target, area: f64, half: f64) -> ModelFigures {
        ModelFigures {
            target,
            follow_up: None,
            learner: String::new(),
            trees: 1,
            train_rows: 1,
            test_rows: 200,
            auc: Some(area),
            auc_interval: Some((area - half, area + half)),
            accuracy: None,
            brier: None,
            ks: None,
            calibration_error: None,
            is_calibrated: false,
            validation: None,
            leak_alarms: Vec::new(),
            gate: Gate { passed: true, reason: "It is better than chance".to_owned() },
        }
    }

    #[test]
    fn only_a_clearly_worse_model_is_held_against_the_champion() {
        let check = |area: f64, half: f64, champion_half: f64, expected: Option<&str>| {
            let champion = figures(Target::Observed, 0.84, champion_half);
            let found = compare(&figures(Target::Observed, area, half), &champion, 3);
            assert_eq!(found.as_ref().is_some_and(|found| found.is_worse), expected.is_some(), "{area} {half}");
            assert_eq!(found.map(|found| found.words).as_deref(), expected);
        };
        check(
            0.70,
            0.05,
            0.04,
            Some(
                "AUC 0.70 (0.65–0.75) is worse than the 0.84 (0.80–0.88) of model 3, which decides, by more than both \
                 intervals explain",
            ),
        );
        check(0.80, 0.05, 0.04, None);
        // Its own interval stays below the champion's area, which itself is not known so well.
        check(0.78, 0.05, 0.04, None);
        check(0.78, 0.05, 0.20, None);
        check(0.90, 0.01, 0.01, None);
        let champion = figures(Target::Observed, 0.84, 0.04);
        assert_eq!(
            compare(&figures(Target::SegmentProxy, 0.6, 0.01), &champion, 3),
            None,
            "it predicts something else"
        );
        let unknown = ModelFigures { auc_interval: None, ..champion.clone() };
        assert_eq!(compare(&figures(Target::Observed, 0.6, 0.01), &unknown, 3), None);
    }

    #[test]
    fn a_champion_with_leak_alarms_is_no_bar() {
        let mut champion = figures(Target::Observed, 0.98, 0.01);
        let honest = figures(Target::Observed, 0.86, 0.02);
        assert!(compare(&honest, &champion, 1).expect("is told").is_worse);
        champion.leak_alarms = vec!["\"Term\" tells outcomes apart".to_owned()];
        let found = compare(&honest, &champion, 1).expect("is told");
        assert!(!found.is_worse && found.words.contains("no bar"), "{found:?}");
    }

    #[test]
    fn a_proxy_in_place_of_outcomes_needs_a_reason() {
        let card = |target| ModelCard {
            id: ModelId(1),
            version: 1,
            state: ModelState::Candidate,
            options: TrainingOptions::default(),
            figures: figures(target, 0.8, 0.05),
            segmentation: Segmentation { inertia: 1.0, segments: Vec::new(), spread: Vec::new(), quality: None },
            notes: Vec::new(),
            fitted_by: String::new(),
            fitted_by_user: None,
            fitted_at: DateTime::UNIX_EPOCH,
            promoted_at: None,
            rationale: String::new(),
        };
        let check = |target, champion, expected: usize| {
            assert_eq!(reasons_needed(&card(target), Some(&card(champion))).len(), expected, "{target:?} {champion:?}");
        };
        check(Target::SegmentProxy, Target::Observed, 1);
        check(Target::SegmentProxy, Target::SegmentProxy, 0);
        check(Target::Observed, Target::SegmentProxy, 0);
        check(Target::Observed, Target::Observed, 0);
    }
}
