//! Loans by amount.

use super::{AmountBand, DecidedLoan, quantile};
use crate::money::Money;

const AMOUNT_BANDS: i64 = 16;

/// Bands of equal width from the smallest to the largest amount; their edges are round numbers.
pub(super) fn amount_bands(loans: &[DecidedLoan]) -> Vec<AmountBand> {
    let amounts = || loans.iter().filter_map(|(loan, _)| loan.loan_amount).map(|amount| amount.minor);
    let (Some(least), Some(most)) = (amounts().min(), amounts().max()) else { return Vec::new() };
    let width = round_width((most - least) / AMOUNT_BANDS + 1);
    let start = least.div_euclid(width) * width;
    let count = ((most - start) / width + 1) as usize;
    let mut bands = vec![(0, Vec::new()); count];
    for (loan, _) in loans {
        let Some(amount) = loan.loan_amount else { continue };
        let (loans, incomes) = &mut bands[((amount.minor - start) / width) as usize];
        *loans += 1;
        incomes.extend(loan.monthly_income.map(|income| income.minor));
    }
    bands
        .into_iter()
        .enumerate()
        .map(|(band, (loans, mut incomes))| {
            incomes.sort_unstable();
            let at = |share| Money::from_minor(quantile(&incomes, share, |minor| *minor as f64).unwrap_or(0.0) as i64);
            AmountBand {
                from: Money::from_minor(start + band as i64 * width),
                to: Money::from_minor(start + (band as i64 + 1) * width),
                loans,
                income_quartiles: (!incomes.is_empty()).then(|| [at(0.25), at(0.5), at(0.75)]),
            }
        })
        .collect()
}

/// The next of 1, 2, 2.5 or 5 times a power of ten, at or above `width`.
fn round_width(width: i64) -> i64 {
    let mut power = 1;
    loop {
        for step in [power, power * 2, power * 5 / 2, power * 5] {
            if step >= width {
                return step.max(1);
            }
        }
        power *= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::summary::LoanFigures;

    #[test]
    fn band_edges_are_round_and_hold_all_amounts() {
        for (width, expected) in [(1, 1), (3, 5), (11, 20), (21, 25), (26, 50), (51, 100)] {
            assert_eq!(round_width(width), expected);
        }
        let one = LoanFigures { loan_amount: Some(Money::from_minor(777)), ..LoanFigures::default() };
        let bands = amount_bands(&[(one, None)]);
        assert_eq!(bands.len(), 1);
        assert!(bands[0].from.minor <= 777 && 777 < bands[0].to.minor);
    }
}
