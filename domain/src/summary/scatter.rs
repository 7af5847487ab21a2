//! Which loans of a group are drawn.

use super::{DecidedLoan, LoanFigures, SCATTER_POINTS_MAX, Scatter, ScatterGroup, quantile};
use crate::money::{Currency, Money};

/// Draws each group's share of at most [`SCATTER_POINTS_MAX`] loans, evenly along the group, so that
/// the same loans are drawn each time.
pub(super) fn scatter<K: PartialEq>(
    loans: &[DecidedLoan],
    currency: Currency,
    groups: impl IntoIterator<Item = (String, K)>,
    group_of: impl Fn(&DecidedLoan) -> Option<K>,
) -> Scatter {
    let groups: Vec<(String, Vec<&LoanFigures>)> = groups
        .into_iter()
        .map(|(label, key)| {
            let members = loans
                .iter()
                .filter(|loan| group_of(loan).as_ref() == Some(&key))
                .map(|(loan, _)| loan)
                .filter(|loan| point(loan, currency).is_some());
            (label, members.collect::<Vec<_>>())
        })
        .filter(|(_, members)| !members.is_empty())
        .collect();
    let of: usize = groups.iter().map(|(_, members)| members.len()).sum();
    let groups: Vec<ScatterGroup> = groups
        .into_iter()
        .map(|(label, members)| {
            let share =
                if of <= SCATTER_POINTS_MAX { members.len() } else { (members.len() * SCATTER_POINTS_MAX / of).max(1) };
            let points = (0..share).map(|place| members[place * members.len() / share]);
            ScatterGroup {
                label,
                of: members.len() as u32,
                median_income: median(members.iter().filter_map(|loan| loan.monthly_income)),
                median_amount: median(members.iter().filter_map(|loan| loan.loan_amount)),
                points: points.filter_map(|loan| point(loan, currency)).collect(),
            }
        })
        .collect();
    let shown = groups.iter().map(|group| group.points.len()).sum::<usize>();
    Scatter { of: of as u32, shown: shown as u32, groups }
}

/// Income and amount in whole major units; nothing where one of them is not known.
fn point(loan: &LoanFigures, currency: Currency) -> Option<(i64, i64)> {
    let whole = |amount: Money| amount.major(currency).round() as i64;
    Some((whole(loan.monthly_income?), whole(loan.loan_amount?)))
}

fn median(amounts: impl Iterator<Item = Money>) -> Money {
    let mut sorted: Vec<i64> = amounts.map(|amount| amount.minor).collect();
    sorted.sort_unstable();
    Money::from_minor(quantile(&sorted, 0.5, |minor| *minor as f64).unwrap_or(0.0).round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loan::RecoveryStatus;

    #[test]
    fn large_portfolios_are_drawn_as_a_stratified_sample() {
        let loans: Vec<_> = (0..10_000)
            .map(|place| {
                let amount = Some(Money::from_minor(1_000 + place));
                let recovery_status =
                    if place % 100 == 0 { RecoveryStatus::WrittenOff } else { RecoveryStatus::FullyRecovered };
                let loan = LoanFigures {
                    loan_amount: amount,
                    monthly_income: amount,
                    recovery_status,
                    ..LoanFigures::default()
                };
                (loan, None)
            })
            .collect();
        let groups = RecoveryStatus::ALL.map(|status| (status.label().to_owned(), status));
        let scatter = scatter(&loans, Currency::USD, groups, |(loan, _)| Some(loan.recovery_status));
        assert_eq!(scatter.of, 10_000);
        assert!(scatter.shown as usize <= SCATTER_POINTS_MAX + 4, "{}", scatter.shown);
        let drawn: Vec<usize> = scatter.groups.iter().map(|group| group.points.len()).collect();
        assert_eq!(drawn, [594, 6]);
    }
}
