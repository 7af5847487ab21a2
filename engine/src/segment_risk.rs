//! Risk classes of segments: by what was lost in each where enough outcomes tell, otherwise by what the centres let
//! expect, and all medium where neither tells.

mod order;

pub use order::order;

use domain::count::{count, grouped};
use domain::feature::Feature;
use domain::loan::{LoanRecord, RecoveryStatus};
use domain::track::RiskLevel;

/// Closed loans of either kind, written off or not, that a portfolio needs before outcomes class its segments.
pub const OUTCOMES_MIN: usize = 30;

/// Closed loans that a segment needs to be classed by outcomes; with fewer it is medium.
pub const SEGMENT_OUTCOMES_MIN: usize = 20;

/// Loans at the portfolio's rate that are added to each segment, which draws small ones towards the portfolio.
const PRIOR_LOANS: f64 = 20.0;

/// 99.5 % point of the standard normal distribution. A portfolio has several segments, each of which is compared.
const NORMAL_995: f64 = 2.575_829_303_548_901;

/// How many times the portfolio's rate the interval of a segment must stay above to be high risk, and its reciprocal
/// below to be low: of very many loans, differences that matter to nobody are certain.
const MATERIAL: f64 = 1.1;

/// From this expected-loss index on, in standard deviations from the portfolio, a segment is high risk, and below its
/// negative low.
const INDEX_NOTABLE: f64 = 0.5;

/// What became of the closed loans of one segment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcomes {
    pub closed: usize,
    pub written_off: usize,
}

/// What the classes of segments rest on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    Outcomes,
    Centers,
    Nothing,
}

/// Segments with what their classes come from, one for one.
#[derive(Clone, Debug, PartialEq)]
pub struct SegmentRisk {
    pub basis: Basis,
    pub levels: Vec<RiskLevel>,
    /// The share written off, drawn towards the portfolio's where there are few closed loans; nothing where outcomes are
    /// no basis.
    pub rates: Option<Vec<f64>>,
    /// The expected-loss index of each centre; nothing where the centres do not tell.
    pub indices: Option<Vec<f64>>,
    all: Outcomes,
}

impl Outcomes {
    /// Those of each of `count` segments; `members` has the segment of each loan.
    pub fn of_segments(records: &[LoanRecord], members: &[usize], count: usize) -> Vec<Self> {
        let mut found = vec![Self::default(); count];
        for (record, member) in records.iter().zip(members) {
            found[*member].closed += usize::from(record.recovery_status != RecoveryStatus::Open);
            found[*member].written_off += usize::from(record.recovery_status == RecoveryStatus::WrittenOff);
        }
        found
    }

    /// Share of written-off loans among the closed ones, 0..=1; 0 where none is closed.
    pub fn rate(self) -> f64 {
        self.written_off as f64 / self.closed.max(1) as f64
    }

    /// The rate with [`PRIOR_LOANS`] at the rate `prior` added, and its 99 % interval (E. Wilson, Journal of the American
    /// Statistical Association 22 (1927)).
    fn drawn_towards(self, prior: f64) -> (f64, (f64, f64)) {
        let loans = self.closed as f64 + PRIOR_LOANS;
        let rate = (self.written_off as f64 + PRIOR_LOANS * prior) / loans;
        let square = NORMAL_995 * NORMAL_995 / loans;
        let middle = (rate + square / 2.0) / (1.0 + square);
        let reach = (square * rate * (1.0 - rate) + square * square / 4.0).sqrt() / (1.0 + square);
        (rate, (middle - reach, middle + reach))
    }

    /// High only where it is clearly above the portfolio's rate, low only where it is clearly below.
    fn level(self, portfolio: f64) -> RiskLevel {
        let (_, (low, high)) = self.drawn_towards(portfolio);
        match () {
            () if self.closed < SEGMENT_OUTCOMES_MIN => RiskLevel::Medium,
            () if low > portfolio * MATERIAL => RiskLevel::High,
            () if high < portfolio / MATERIAL => RiskLevel::Low,
            () => RiskLevel::Medium,
        }
    }
}

/// Classes segments with these `centers` (in standard deviations) and `outcomes`, one for one.
pub fn classify(features: &[Feature], centers: &[Vec<f64>], outcomes: &[Outcomes]) -> SegmentRisk {
    let sum = |of: fn(&Outcomes) -> usize| outcomes.iter().map(of).sum::<usize>();
    let all = Outcomes { closed: sum(|segment| segment.closed), written_off: sum(|segment| segment.written_off) };
    let indices = expected_loss(features, centers);
    let of_index = |index: &f64| match *index {
        index if index >= INDEX_NOTABLE => RiskLevel::High,
        index if index <= -INDEX_NOTABLE => RiskLevel::Low,
        _ => RiskLevel::Medium,
    };
    let (basis, levels) = if all.written_off.min(all.closed - all.written_off) >= OUTCOMES_MIN {
        (Basis::Outcomes, outcomes.iter().map(|segment| segment.level(all.rate())).collect())
    } else if let Some(indices) = &indices {
        (Basis::Centers, indices.iter().map(of_index).collect())
    } else {
        (Basis::Nothing, vec![RiskLevel::Medium; centers.len()])
    };
    let is_by_outcomes = basis == Basis::Outcomes;
    let rates = outcomes.iter().map(|segment| segment.drawn_towards(all.rate()).0).collect();
    SegmentRisk { basis, levels, rates: is_by_outcomes.then_some(rates), indices, all }
}

/// The expected-loss index of centres in standard deviations: what is owed + how far behind − half of what secures it,
/// `z(outstanding) + ½ (z(missed payments) + z(days past due)) − ½ z(collateral)`. Nothing where neither what is owed
/// nor how far behind it is tells one centre from another.
///
/// It orders segments; it is no amount. Collateral weighs half because it is sold late and below
/// value, and because larger loans have more of it anyway.
fn expected_loss(features: &[Feature], centers: &[Vec<f64>]) -> Option<Vec<f64>> {
    let z = |center: &[f64], wanted: Feature| {
        features.iter().position(|feature| *feature == wanted).map_or(0.0, |place| center[place])
    };
    let owed = |center: &[f64]| {
        z(center, Feature::OutstandingAmount)
            + f64::midpoint(z(center, Feature::MissedPayments), z(center, Feature::DaysPastDue))
    };
    let values = || centers.iter().map(|center| owed(center));
    let spread = values().fold(f64::MIN, f64::max) - values().fold(f64::MAX, f64::min);
    // Of a constant feature rounding errors may be left.
    let tells = spread > 1e-6;
    let index = |center: &Vec<f64>| owed(center) - z(center, Feature::CollateralValue) / 2.0;
    tells.then(|| centers.iter().map(index).collect())
}

impl SegmentRisk {
    /// The same, where the segment that stood at `order[i]` now stands at `i`.
    #[must_use]
    pub fn reordered(&self, order: &[usize]) -> Self {
        let values = |values: &Option<Vec<f64>>| {
            values.as_ref().map(|values| order.iter().map(|old| values[*old]).collect::<Vec<f64>>())
        };
        Self {
            basis: self.basis,
            levels: order.iter().map(|old| self.levels[*old]).collect(),
            rates: values(&self.rates),
            indices: values(&self.indices),
            all: self.all,
        }
    }

    /// Which segments a proxy learns where nobody flags any: those of high risk. Where there are none, those half of the
    /// segments, rounded down, whose centres let expect the higher losses.
    pub fn proxied(&self) -> Vec<bool> {
        let is_high: Vec<bool> = self.levels.iter().map(|level| *level == RiskLevel::High).collect();
        let Some(indices) = self.indices.as_ref().filter(|_| !is_high.contains(&true)) else { return is_high };
        let mut order: Vec<usize> = (0..indices.len()).collect();
        order.sort_by(|a, b| indices[*b].total_cmp(&indices[*a]).then(a.cmp(b)));
        let upper = &order[..indices.len() / 2];
        (0..indices.len()).map(|segment| upper.contains(&segment)).collect()
    }

    /// What the classes rest on, in words.
    pub fn note(&self) -> String {
        let all_are_medium = self.levels.iter().all(|level| *level == RiskLevel::Medium);
        match self.basis {
            Basis::Outcomes => {
                let found = if all_are_medium { ": none is, so all are medium" } else { "" };
                format!(
                    "Segments are high or low risk where clearly more or less of their closed loans is written off than the \
                     {:.1} % of all {}{found}",
                    self.all.rate() * 100.0,
                    count(self.all.closed, "closed loan")
                )
            }
            Basis::Centers => {
                let found = if all_are_medium { "; none stands out, so all are medium" } else { "" };
                format!("{}, so the risk of segments is what their centres let expect{found}", self.too_few())
            }
            Basis::Nothing => format!(
                "{}, and neither outstanding amounts nor arrears tell segments apart, so all are medium risk",
                self.too_few()
            ),
        }
    }

    fn too_few(&self) -> String {
        let Outcomes { closed, written_off } = self.all;
        format!(
            "Of {}, {} written off and {} not: fewer than the {OUTCOMES_MIN} of each that class segments",
            count(closed, "closed loan"),
            grouped(written_off),
            grouped(closed - written_off)
        )
    }
}

#[cfg(test)]
mod tests;
