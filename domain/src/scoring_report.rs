//! What a run of scoring is watched for: whether loans, scores and outcomes are still those that the model was made
//! with, and whether outcomes and tracks fall on groups of borrowers alike. A job computes it, pages read it.

use crate::feature::FeatureName;
use crate::track::Track;
use serde::{Deserialize, Serialize};

/// A population stability index (PSI) below this raises no alarm however many rows stand behind it. The usual 0.1 would
/// miss a shift of 0.3 standard deviations, whose PSI is near 0.09; undisturbed books of 2,000 loans stay below 0.04.
pub const PSI_ALARM: f64 = 0.05;

/// So many loans that came or changed are watched by themselves, and so many outcomes that came in raise an alarm: of fewer,
/// chance makes anything.
pub const RECENT_MIN: usize = 100;

/// All that one run of scoring was watched for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScoringReport {
    pub population: Population,
    pub drift: DriftReport,
    /// The same of the loans that came or changed since the run before, which a large book would hide; nothing where they are few.
    #[serde(default)]
    pub recent: Option<DriftReport>,
    /// Outcomes against scores: those that came in since the model was made, or of a model with a horizon those of loans that were scored
    /// so long ago. Nothing where the scores speak of no outcome, or none is known.
    pub calibration: Option<RateDrift>,
    pub fairness: FairnessAudit,
    /// What somebody should look into, one sentence each, without its full stop.
    pub alarms: Vec<String>,
}

/// Who was scored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Population {
    pub loans: u32,
    /// Those that the model was not trained on.
    pub new_to_model: u32,
    /// Those that came or changed since the run before; a training counts none.
    #[serde(default)]
    pub recent: u32,
    /// Those whose outcome is not known yet.
    pub open: u32,
    pub by_track: Vec<(Track, u32)>,
    /// By number of segment, ascending.
    pub by_segment: Vec<(i32, u32)>,
}

/// How far one quantity has moved.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Drift {
    /// Population stability index, at least 0.
    pub psi: f64,
    /// The PSI that this many rows reach by chance once in a million.
    pub chance_bound: f64,
    /// Rows whose value is not known.
    pub unknown: u32,
    /// Rows whose value lies outside all that the reference holds.
    pub unseen: u32,
}

/// How far one scoring run has moved from the reference.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DriftReport {
    pub reference_rows: u32,
    /// Rows whose scores were compared.
    pub rows: u32,
    /// Nothing where the run or the reference has no rows.
    pub score: Option<Drift>,
    /// Features of the reference that the run has.
    pub features: Vec<(FeatureName, Option<Drift>)>,
}

/// The observed rate of an outcome against the rate that the scores expect.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RateDrift {
    /// Loans with a known outcome.
    pub rows: u32,
    /// Mean score, 0..=1.
    pub expected: f64,
    /// Share of positive outcomes, 0..=1.
    pub observed: f64,
    /// 95 % interval of `observed` after E. Wilson.
    #[serde(default)]
    pub observed_interval: Option<(f64, f64)>,
    /// Expected calibration error, 0..=1, over ten bins of equal count; chance alone makes some of it.
    #[serde(default)]
    pub error: Option<f64>,
    /// Days after its score within which a loan had to be lost; nothing where any outcome since the training counts.
    #[serde(default)]
    pub horizon_days: Option<u32>,
    /// 95 % interval of `observed` − `expected`; the scores' own uncertainty is a part of it.
    pub interval: (f64, f64),
    /// Whether chance makes such a difference less than once in a million times, it is enough to matter, and loans are not few.
    pub is_alarm: bool,
}

/// A share of rows with its interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rate {
    pub count: u32,
    /// At least 1.
    pub of: u32,
    /// `count` ÷ `of`, 0..=1.
    pub share: f64,
    /// 95 % interval after E. Wilson (JASA 22 (1927)), within 0..=1.
    pub interval: (f64, f64),
}

/// What befell one group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroupFigures {
    /// As "30–44", "Female" or "Unknown".
    pub group: String,
    /// At least 1.
    pub rows: u32,
    /// Lost loans among those with a known outcome; nothing where none has one.
    pub lost: Option<Rate>,
    /// Loans on each track.
    pub tracks: Vec<(Track, Rate)>,
    /// Adverse impact ratio: the share of loans kept off legal action, over that of the most favoured group with enough
    /// rows. Nothing where either has too few rows, or nobody is kept off.
    pub impact: Option<f64>,
    /// A sentence where there is something to say.
    pub note: Option<String>,
}

/// The figures of all groups of one attribute.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FairnessAudit {
    pub by_age: Vec<GroupFigures>,
    pub by_gender: Vec<GroupFigures>,
}

impl Drift {
    /// Whether this is more than chance, and enough to matter.
    pub fn is_alarm(&self) -> bool {
        self.psi > PSI_ALARM.max(self.chance_bound)
    }
}

impl DriftReport {
    /// A sentence for each quantity that has drifted: the score first, then features by their PSI. `whose` follows the name of
    /// the quantity, as " of 300 loans".
    pub fn alarms(&self, whose: &str) -> Vec<String> {
        let mut moved: Vec<(String, Drift)> =
            self.features.iter().filter_map(|(feature, drift)| Some((feature.label(), (*drift)?))).collect();
        moved.sort_by(|a, b| b.1.psi.total_cmp(&a.1.psi));
        let score = self.score.map(|drift| ("Risk score".to_owned(), drift));
        let sentence = |(name, drift): (String, Drift)| {
            format!("{name}{whose} has moved away from the loans that the model was made with (PSI {:.2})", drift.psi)
        };
        score.into_iter().chain(moved).filter(|(_, drift)| drift.is_alarm()).map(sentence).collect()
    }
}

impl RateDrift {
    /// A sentence, if outcomes are not what the scores say.
    pub fn alarm(&self) -> Option<String> {
        let Self { expected, observed, rows, horizon_days, .. } = *self;
        let words = if observed > expected { "More" } else { "Fewer" };
        let loans = crate::count::count(rows as usize, "loan");
        let (observed, expected) = (observed * 100.0, expected * 100.0);
        let within = |days: u32| format!(" within {} of their score", crate::count::count(days as usize, "day"));
        let within = horizon_days.map(within).unwrap_or_default();
        let sentence = format!(
            "{words} loans are lost{within} than the scores say: {observed:.1} % of {loans}, not {expected:.1} %"
        );
        self.is_alarm.then_some(sentence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feature::Feature;

    #[test]
    fn alarms_name_what_moved_the_score_first() {
        let drift = |psi| Some(Drift { psi, chance_bound: 0.1, unknown: 0, unseen: 0 });
        let report = DriftReport {
            reference_rows: 100,
            rows: 100,
            score: drift(0.2),
            features: vec![
                (Feature::MonthlyIncome.into(), drift(0.11)),
                (Feature::LoanAmount.into(), drift(0.09)),
                (Feature::InterestRate.into(), None),
                (Feature::DaysPastDue.into(), drift(0.3)),
            ],
        };
        let ending = "has moved away from the loans that the model was made with";
        let expected = [
            format!("Risk score {ending} (PSI 0.20)"),
            format!("Days past due {ending} (PSI 0.30)"),
            format!("Monthly income {ending} (PSI 0.11)"),
        ];
        assert_eq!(report.alarms(""), expected);
        assert!(report.alarms(" of 300 loans")[1].starts_with("Days past due of 300 loans has moved away"));
        let small = Drift { psi: 0.04, chance_bound: 0.001, unknown: 0, unseen: 0 };
        assert!(!small.is_alarm() && Drift { psi: 0.06, ..small }.is_alarm());
    }

    #[test]
    fn outcomes_that_differ_from_scores_are_said() {
        let check = |observed, is_alarm, expected: Option<&str>| {
            let (rows, interval) = (1200, (0.0, 0.0));
            let drift = RateDrift { rows, expected: 0.2, observed, interval, is_alarm, ..RateDrift::default() };
            assert_eq!(drift.alarm().as_deref(), expected);
            let followed = RateDrift { horizon_days: Some(365), ..drift };
            let expected = expected.map(|words| words.replace("lost than", "lost within 365 days of their score than"));
            assert_eq!(followed.alarm(), expected);
        };
        check(0.3, true, Some("More loans are lost than the scores say: 30.0 % of 1,200 loans, not 20.0 %"));
        check(0.1, true, Some("Fewer loans are lost than the scores say: 10.0 % of 1,200 loans, not 20.0 %"));
        check(0.21, false, None);
    }
}
