//! What became of loans after a day: what a model may learn, when it is given features of that day alone.

use crate::count::{count, grouped};
use crate::loan::RecoveryStatus;
use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

/// A model says how likely a loss is within so many days, where the data reach as far.
pub const HORIZON_DAYS: u32 = 365;

/// A horizon that is shorter because the data are is no shorter than this: a loan is written off after months.
pub const HORIZON_DAYS_MIN: u32 = 90;

/// So many loans that were lost, and so many that were not, are enough to learn from outcomes in place of a proxy: the 95 %
/// interval of an AUC of 0.75 then reaches 0.07 to either side (J. Hanley, Radiology 143 (1982)), away from chance.
pub const OUTCOMES_MIN: u32 = 50;

/// At most so many days are looked at for one with enough outcomes.
const DAYS_TRIED_MAX: usize = 24;

/// The day whose features a model learns from, and how long after it outcomes count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Horizon {
    pub as_of: NaiveDate,
    pub days: u32,
}

/// What a file says of a loan's outcome as of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    pub as_of: NaiveDate,
    pub status: RecoveryStatus,
    pub charged_off_on: Option<NaiveDate>,
    pub days_past_due: Option<u32>,
}

/// What became of a loan within a horizon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Followed {
    /// Written off, closed for less than it owed, or with what was overdue on the day still unpaid at the end.
    Lost,
    Kept,
    /// Nobody knows: no file tells of the loan at the end of the horizon.
    Censored,
    /// It was closed on the day already.
    Settled,
}

/// How many loans a model could learn from, and of which day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowUp {
    pub horizon: Horizon,
    pub lost: u32,
    pub kept: u32,
    pub censored: u32,
    pub settled: u32,
}

impl Horizon {
    /// The last day that counts.
    pub fn end(self) -> NaiveDate {
        self.as_of.checked_add_days(Days::new(self.days.into())).unwrap_or(NaiveDate::MAX)
    }

    /// What became of a loan, of which `seen` tells in the order of days. Nothing where it was not on file on the day.
    ///
    /// A charge-off has a day of its own; another outcome has that of the first file that tells of it.
    pub fn follow(self, seen: &[Seen]) -> Option<Followed> {
        let later = seen.partition_point(|seen| seen.as_of <= self.as_of);
        let on_the_day = seen.get(later.checked_sub(1)?)?;
        let charged_off_on = seen.iter().rev().find_map(|seen| seen.charged_off_on);
        let first = |status| seen[later..].iter().find(|seen| seen.status == status).map(|seen| seen.as_of);
        if on_the_day.status != RecoveryStatus::Open || charged_off_on.is_some_and(|day| day <= self.as_of) {
            return Some(Followed::Settled);
        }
        let within = |day: Option<NaiveDate>| day.is_some_and(|day| day <= self.end());
        let written_off_on = charged_off_on.or_else(|| first(RecoveryStatus::WrittenOff));
        if within(written_off_on) || within(first(RecoveryStatus::PartiallyRecovered)) {
            return Some(Followed::Lost);
        }
        if within(first(RecoveryStatus::FullyRecovered)) {
            return Some(Followed::Kept);
        }
        let Some(at_end) = seen[later..].iter().find(|seen| seen.as_of >= self.end()) else {
            return Some(Followed::Censored);
        };
        let oldest_open = at_end
            .days_past_due
            .filter(|days| *days > 0)
            .and_then(|days| at_end.as_of.checked_sub_days(Days::new(days.into())));
        let was_overdue = oldest_open.is_some_and(|due_on| due_on < self.as_of);
        Some(if was_overdue { Followed::Lost } else { Followed::Kept })
    }

    /// The horizons that the days of files allow, the one to be chosen first in front: a whole year after the newest day that is
    /// long enough ago, else the longest that there is. What is asked for is not chosen.
    pub fn allowed_by(days: &[NaiveDate], as_of: Option<NaiveDate>, asked_days: Option<u32>) -> Vec<Self> {
        let Some(last) = days.iter().max() else { return Vec::new() };
        let known_days = |day: NaiveDate| u32::try_from((*last - day).num_days()).unwrap_or(0);
        if let Some(as_of) = as_of {
            let days = asked_days.unwrap_or_else(|| known_days(as_of).min(HORIZON_DAYS));
            return if days > 0 { vec![Self { as_of, days }] } else { Vec::new() };
        }
        let wanted = asked_days.unwrap_or(HORIZON_DAYS);
        let mut newest_first = days.to_vec();
        newest_first.sort_unstable_by(|a, b| b.cmp(a));
        newest_first.dedup();
        let (over, not_over): (Vec<_>, Vec<_>) = newest_first.into_iter().partition(|day| known_days(*day) >= wanted);
        let shorter = not_over.into_iter().rev().filter(|_| asked_days.is_none());
        let shorter = shorter.map(|as_of| Self { as_of, days: known_days(as_of) });
        let whole = over.into_iter().map(|as_of| Self { as_of, days: wanted });
        whole.chain(shorter.filter(|horizon| horizon.days >= HORIZON_DAYS_MIN)).take(DAYS_TRIED_MAX).collect()
    }
}

impl FollowUp {
    /// Of no loans yet.
    pub fn new(horizon: Horizon) -> Self {
        Self { horizon, lost: 0, kept: 0, censored: 0, settled: 0 }
    }

    pub fn add(&mut self, followed: Option<Followed>) {
        let Some(followed) = followed else { return };
        let count = match followed {
            Followed::Lost => &mut self.lost,
            Followed::Kept => &mut self.kept,
            Followed::Censored => &mut self.censored,
            Followed::Settled => &mut self.settled,
        };
        *count += 1;
    }

    /// Whether there are enough outcomes of both kinds to learn from them in place of a proxy.
    pub fn is_enough(&self) -> bool {
        self.lost.min(self.kept) >= OUTCOMES_MIN
    }

    /// What a model learns, in words, without a full stop.
    pub fn words(&self) -> String {
        let left_out = |loans: u32, why: &str| (loans > 0).then(|| format!("{} {why}", grouped(u64::from(loans))));
        let censored = left_out(self.censored, "because their horizon is not over");
        let settled = left_out(self.settled, "because they were settled by then");
        let left_out: Vec<String> = censored.into_iter().chain(settled).collect();
        let left_out = if left_out.is_empty() { String::new() } else { format!("; left out: {}", left_out.join(", ")) };
        format!(
            "Features as of {}, outcomes within {} after it: {} lost (written off, closed for less, or with what was overdue \
             still unpaid at the end), {} not{left_out}",
            self.horizon.as_of,
            count(self.horizon.days as usize, "day"),
            count(self.lost as usize, "loan"),
            grouped(u64::from(self.kept)),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Followed::{Censored, Kept, Lost, Settled};
    use RecoveryStatus::{FullyRecovered, Open, PartiallyRecovered, WrittenOff};

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn seen(as_of: &str, status: RecoveryStatus, days_past_due: impl Into<Option<u32>>) -> Seen {
        Seen { as_of: day(as_of), status, charged_off_on: None, days_past_due: days_past_due.into() }
    }

    #[test]
    fn loans_are_followed_to_the_end_of_the_horizon() {
        let horizon = Horizon { as_of: day("2024-01-31"), days: 100 };
        assert_eq!(horizon.end(), day("2024-05-10"));
        let check = |rows: &[Seen], expected| assert_eq!(horizon.follow(rows), expected, "{rows:?}");
        let open = seen("2024-01-31", Open, 40);
        let end = |status, days: u32| seen("2024-05-31", status, days);
        check(&[], None);
        check(&[seen("2024-02-01", Open, 0)], None);
        check(&[open], Some(Censored));
        check(&[open, seen("2024-05-09", Open, 0)], Some(Censored));
        check(&[seen("2024-01-01", WrittenOff, 0), open, end(Open, 0)], Some(Kept));
        check(&[seen("2024-01-30", WrittenOff, 0), end(WrittenOff, 0)], Some(Settled));
        check(&[open, seen("2024-05-10", WrittenOff, 200)], Some(Lost));
        check(&[open, seen("2024-03-31", FullyRecovered, 0)], Some(Kept));
        check(&[open, seen("2024-03-31", PartiallyRecovered, 0)], Some(Lost));
        // What ends after the horizon is over does not count, but what was overdue on the day and is unpaid does.
        check(&[open, end(WrittenOff, 100)], Some(Kept));
        check(&[open, end(Open, 121)], Some(Kept));
        check(&[open, end(Open, 122)], Some(Lost));
        check(&[open, end(FullyRecovered, 0)], Some(Kept));
        check(&[open, seen("2024-05-31", Open, None)], Some(Kept));
    }

    #[test]
    fn a_charge_off_has_a_day_of_its_own() {
        let horizon = Horizon { as_of: day("2024-01-31"), days: 100 };
        let told = |on: &str| {
            let told = Seen { charged_off_on: Some(day(on)), ..seen("2024-12-31", WrittenOff, None) };
            horizon.follow(&[seen("2024-01-31", Open, 40), told])
        };
        for (on, expected) in
            [("2024-01-31", Settled), ("2024-02-01", Lost), ("2024-05-10", Lost), ("2024-05-11", Kept)]
        {
            assert_eq!(told(on), Some(expected), "{on}");
        }
    }

    #[test]
    fn the_newest_day_with_a_whole_horizon_comes_first() {
        let days = ["2024-01-31", "2024-06-30", "2024-12-31", "2025-07-31"].map(day);
        let found = |as_of: Option<&str>, asked| {
            let found = Horizon::allowed_by(&days, as_of.map(day), asked);
            found.into_iter().map(|horizon| (horizon.as_of.to_string(), horizon.days)).collect::<Vec<_>>()
        };
        let own = |rows: &[(&str, u32)]| rows.iter().map(|(day, days)| ((*day).to_owned(), *days)).collect::<Vec<_>>();
        assert_eq!(found(None, None), own(&[("2024-06-30", 365), ("2024-01-31", 365), ("2024-12-31", 212)]));
        assert_eq!(found(None, Some(200)), own(&[("2024-12-31", 200), ("2024-06-30", 200), ("2024-01-31", 200)]));
        assert_eq!(found(None, Some(600)), []);
        assert_eq!(found(Some("2025-01-31"), None), own(&[("2025-01-31", 181)]));
        assert_eq!(found(Some("2025-01-31"), Some(30)), own(&[("2025-01-31", 30)]));
        assert_eq!(found(Some("2025-07-31"), None), []);
        assert_eq!(Horizon::allowed_by(&days[..1], None, None), []);
        assert_eq!(Horizon::allowed_by(&[], Some(days[0]), None), []);
    }

    #[test]
    fn what_is_learned_is_told() {
        let mut found = FollowUp::new(Horizon { as_of: day("2024-06-30"), days: 365 });
        for followed in [Some(Lost), Some(Kept), Some(Kept), Some(Censored), Some(Settled), None] {
            found.add(followed);
        }
        assert_eq!((found.lost, found.kept, found.censored, found.settled), (1, 2, 1, 1));
        assert_eq!(
            found.words(),
            "Features as of 2024-06-30, outcomes within 365 days after it: 1 loan lost (written off, closed for less, or \
             with what was overdue still unpaid at the end), 2 not; left out: 1 because their horizon is not over, 1 \
             because they were settled by then"
        );
        assert!(!found.is_enough());
        assert!(FollowUp { lost: 50, kept: 50, ..found }.is_enough());
        assert!(!FollowUp { lost: 5_000, kept: 49, ..found }.is_enough());
    }
}
