//! Numbers whose style is in doubt.

use super::*;

fn read(commas: [bool; 3], line: &str) -> Result<(Vec<i64>, Vec<Oddity>), RowFault> {
    let reading = |decimal_comma| Reading { decimal_comma, ..Reading::default() };
    let fields = [("amount", Field::LoanAmount), ("open", Field::OutstandingAmount), ("rate", Field::InterestRate)];
    let columns = fields.iter().zip(commas).map(|((name, field), comma)| (*name, *field, reading(comma)));
    let columns: Vec<_> = std::iter::once(("id", Field::LoanId, Reading::default())).chain(columns).collect();
    let (taken, warnings) = read_line(&plan(&mapping(FileKind::Loans, &columns)), line);
    let Taken::Loan(loan) = taken? else { panic!("{line} is no loan") };
    let minor = [loan.loan_amount, loan.outstanding_amount].map(|amount| amount.map_or(-1, |amount| amount.minor));
    Ok((minor.into(), warnings.into_iter().map(|warning| warning.oddity).collect()))
}

#[test]
fn amounts_that_may_be_in_the_style_of_other_columns_are_warned() {
    let check = |commas: [bool; 3], line: &str, minor: [i64; 2], warned: usize| {
        let (found, oddities) = read(commas, line).expect(line);
        let found_warned = oddities.iter().filter(|oddity| **oddity == Oddity::OtherStyle).count();
        assert_eq!((found, found_warned), (minor.to_vec(), warned), "{commas:?} {line}");
    };
    // Below the rows that were looked at, whole amounts of thousands may follow.
    check([false, true, true], "a|10.000|8.123,50|5,5", [1_000, 812_350], 1);
    check([false, true, true], "a|10.000 €|8.123|5,5", [1_000, 812_300], 1);
    check([false, true, true], "a|12,500|8.123,50|5,5", [1_250_000, 812_350], 0);
    check([false, true, true], "a|500|500,25|5,5", [50_000, 50_025], 0);
    check([false, false, true], "a|10.000|10.50|5,5", [1_000, 1_050], 1);
    check([true, true, false], "a|10,000|20.000|5.125", [1_000, 2_000_000], 1);
    check([false; 3], "a|10.000|10,000|5.5", [1_000, 1_000_000], 0);
    check([true; 3], "a|10.000|10,00|5,125", [1_000_000, 1_000], 0);
}

#[test]
fn numbers_of_the_other_style_reject_their_row() {
    for (commas, line) in [
        ([true; 3], "a|12.5|1|5"),
        ([true; 3], "a|1|1|5.25"),
        ([true; 3], "a|1|1,234,567|5"),
        ([false; 3], "a|1|1|0,125"),
        ([false; 3], "a|1|1|5,125"),
        ([false; 3], "a|8.123,50|1|5"),
        ([false; 3], "a|1.234.567|1|5"),
    ] {
        assert!(read(commas, line).is_err(), "{line}");
    }
}
