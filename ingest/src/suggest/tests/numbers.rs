//! How columns write their numbers.

use super::*;
use domain::mapping::MappedColumn;

const HEADER: &str = "loan_id;borrower_id;loan_amount;balance;rate";

/// The columns of a table whose first two hold ids.
fn columns(header: &str, rows: &[&str]) -> Vec<SuggestedColumn> {
    let ids = |(place, row): (usize, &&str)| format!("L{place};B{place};{row}");
    let lines = std::iter::once(header.to_owned()).chain(rows.iter().enumerate().map(ids)).collect::<Vec<_>>();
    let (header, rows) = table(&lines.join("\n").replace(';', "|"));
    Columns::new(&header, &rows).suggest(FileKind::Loans)
}

/// The columns that part decimals by a comma, by their places, and those whose style a person is asked about.
fn read(header: &str, rows: &[&str]) -> (Vec<usize>, Vec<usize>) {
    let columns = columns(header, rows);
    let places = |is_it: fn(&SuggestedColumn) -> bool| {
        columns.iter().enumerate().filter(|(_, column)| is_it(column)).map(|(place, _)| place).collect::<Vec<_>>()
    };
    let asks = |column: &SuggestedColumn| column.warning.as_deref().is_some_and(|text| text.contains("Say whether"));
    (places(|column| column.reading.decimal_comma), places(asks))
}

#[test]
fn the_style_of_numbers_is_that_of_the_table_or_is_asked() {
    let check = |rows: &[&str], commas: &[usize], asked: &[usize]| {
        assert_eq!(read(HEADER, rows), (commas.to_vec(), asked.to_vec()), "{rows:?}");
    };
    let all = &[2, 3, 4];
    // Signs of currencies, words and ranges around a number change nothing of it.
    for [first, second] in [
        ["10.000;8.123,50;5,5", "20.000;500,25;6,5"],
        ["10.000 €;8.123,50 €;5,5", "20.000 €;500,25 €;6,5"],
        ["€ 10.000;€ 8.123,50;5,5", "€ 20.000;€ 500,25;6,5"],
        ["EUR 10.000;EUR 8.123;5,5", "EUR 20.000;EUR 500;6,5"],
        ["10.000 Kč;8.123,50 Kč;5,5", "20.000 Kč;500,25 Kč;6,5"],
        ["10.000-19.999;8.123,50;5,5", "20.000-29.999;500,25;6,5"],
        ["10.000,-;8.123,50;5,5", "20.000,-;500,25;6,5"],
        ["-10.000;8.123,50;5,5", "20.000;500,25;6,5"],
        ["15000;8.123,50;5", "10.000;1,5;5,5"],
        ["10'000;8'123,50;5,5", "20'000;500;6,5"],
        ["10.000;8.123;5,5 %", "20.000;8.100;5,25 %"],
        ["1.200.000 EUR;8.123 EUR;5", "20.000 EUR;500 EUR;6"],
    ] {
        let (commas, asked) = read(HEADER, &[first, second]);
        assert!(commas.contains(&2) && (!first.contains("8.123") || commas.contains(&3)), "{first} {commas:?}");
        assert!(asked.is_empty(), "{first} {asked:?}");
    }
    // Nothing tells.
    check(&["10.000;8.123;5", "20.000;500;6"], &[], &[2, 3]);
    check(&["10.000 €;8.123 €;5", "20.000 €;500 €;6"], &[], &[2, 3]);
    check(&["12,500;8,125;5", "10,250;500;5"], &[], &[2, 3]);
    // A column that shows nothing is like the others: what follows below may be ten thousand.
    check(&["500;8.123,50;5,5", "600;500,25;6,5"], all, &[]);
    check(&["500;8123,50;5", "600;500,25;6"], all, &[]);
    check(&["500;8123.50;5", "600;500.25;6"], &[], &[]);
    // The mirror image: a comma before three digits may part decimals.
    check(&["500;8123,50;5,125", "10000;500,25;4,875"], all, &[]);
    check(&["12,500;8123,50;5,5", "10,250;500,25;5,5"], all, &[2]);
    check(&["12,500;8,125;5.5", "10,250;500;5.5"], &[], &[]);
    check(&["1,234,567;8,123.50;5.5", "10,000;500.25;6.5"], &[], &[]);
    // Amounts with three decimals are rare, though the rates have dots too.
    check(&["10.000;8123.5;5.5", "20.000;500.25;6.5"], &[], &[2]);
    // Columns that contradict each other, or themselves.
    check(&["10,5;8.123;5.5", "20,5;500.250;6.5"], &[2], &[3]);
    check(&["10.0;8.1;5,5", "10.000;8.123;5,25"], &[4], &[2, 3]);
    check(&["10.000;8.123,50;5,5", "12.5;500,25;6,5", "20.000;1,5;6,5"], &[3, 4], &[2]);
}

#[test]
fn rates_have_no_thousands() {
    let rate = |rows: &[&str]| {
        let column = columns(HEADER, rows).remove(4);
        (column.reading.decimal_comma, column.reading.times)
    };
    assert_eq!(rate(&["500;8123,50;5,125", "10000;500,25;4,875"]), (true, None));
    assert_eq!(rate(&["500;8123;5,125", "10000;500;4,875"]), (true, None));
    assert_eq!(rate(&["500;8.123,50;5.125", "10000;500,25;4.875"]), (false, None));
    // Not silently: these may be fractions.
    assert_eq!(rate(&["12,500;8123,50;0,125", "10,250;500,25;0,875"]), (true, Some(100.0)));
    let asked = columns(HEADER, &["12,500;8123,50;0,125", "10,250;500,25;0,875"]).remove(4).warning;
    assert!(asked.is_some_and(|text| text.contains("taken as fractions")));
}

/// Lists of codes look like numbers with decimal commas.
#[test]
fn columns_of_amounts_and_rates_tell_more_than_others() {
    let check = |name: &str, rows: &[&str], commas: &[usize], asked: &[usize]| {
        let header = format!("{HEADER};{name}");
        assert_eq!(read(&header, rows), (commas.to_vec(), asked.to_vec()), "{name} {rows:?}");
    };
    check("guarantor_codes", &["10.500;8.125;5.25;1,2", "20.125;500.250;6.75;3,17"], &[], &[2, 3]);
    check("risk_weight", &["10.500;8.125;5.25;2,5", "20.125;500.250;6.75;7,25"], &[], &[2, 3]);
    // Where nothing else tells, they are believed, and a person is asked.
    check("risk_weight", &["10.500;500;5;2,5", "20.125;600;6;7,25"], &[2], &[2]);
    check("codes", &["8.5;500;5;1,2", "10.125;600;6;3,4"], &[], &[]);
    check("risk_weight", &["10.500,50;500;5;2.5", "20.125;600;6;7.25"], &[2, 3, 4], &[]);
}

/// What speaks against readings that a profile may ask for: (amount with dots, amount with commas, rate with dots, rate with
/// commas) of the columns of amounts and of rates.
#[test]
fn readings_that_the_numbers_contradict_are_objected_to() {
    let reading = |decimal_comma| Reading { decimal_comma, ..Reading::default() };
    let check = |amounts: &[&str], rates: &[&str], expected: [bool; 4]| {
        let rows: Vec<String> = amounts.iter().zip(rates).map(|(amount, rate)| format!("{amount};7;{rate}")).collect();
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        let columns = columns(HEADER, &rows);
        let is_refused = |place: usize, field, comma| columns[place].objection(field, &reading(comma)).is_some();
        let found = [
            (2, Field::LoanAmount, false),
            (2, Field::LoanAmount, true),
            (4, Field::InterestRate, false),
            (4, Field::InterestRate, true),
        ]
        .map(|(place, field, comma)| is_refused(place, field, comma));
        assert_eq!(found, expected, "{amounts:?} {rates:?} {:?}", columns[2].objections);
    };
    check(&["145.580", "21.000"], &["12,39", "9,5"], [true, false, true, false]);
    check(&["145.580", "21.000"], &["12", "9"], [true, false, false, false]);
    check(&["145.580", "21.000"], &["12.39", "9.5"], [false, true, false, true]);
    // Where thousands are parted, 2100 may stand without a sign all the same; 21000 does not.
    check(&["145.580", "2100"], &["12", "9"], [true, false, false, false]);
    check(&["145.580", "21000"], &["12", "9"], [false, false, false, false]);
    check(&["145.58", "21.000"], &["12", "9"], [false, true, false, false]);
    check(&["8.123,50", "21.000"], &["12", "9"], [true, false, false, false]);
    check(&["10,000", "25,500"], &["12", "9"], [false, true, false, false]);
    check(&["10,000", "25,500", "8,123.50"], &["12", "9", "8"], [false, true, false, false]);
    check(&["10,000", "25,500"], &["5,125", "5,5"], [true, false, true, false]);
    check(&["1000", "2000"], &["5,125", "4,875"], [false, false, true, false]);
    check(&["1000", "2000"], &["12", "9"], [false; 4]);
    // One slip among many rows rejects its row, and no more.
    let slip: Vec<&str> = std::iter::repeat_n("1000", 40).chain(["12,5"]).collect();
    check(&slip, &vec!["9"; 41], [false; 4]);
    // Words among the numbers change nothing of them.
    check(&["145.580", "21.000", "k. A.", "k. A."], &["12,39", "9,5", "9", "k. A."], [true, false, true, false]);
    let scaled = Reading { times: Some(1000.0), ..Reading::default() };
    let columns = columns(HEADER, &["145.580;7;12", "21.000;7;9"]);
    assert_eq!(columns[2].objection(Field::LoanAmount, &scaled), None, "thousands with three decimals");
    assert_eq!(columns[2].objection(Field::LoanType, &Reading::default()), None);
    let told = columns[2].objection(Field::LoanAmount, &Reading::default()).expect("is told");
    assert!(told.contains("145.580") && told.contains("three digits"), "{told}");
    assert_eq!(columns[3].field, Some(Field::OutstandingAmount));
    assert_eq!(columns[2].taken_for(Field::CollateralValue).warning.as_deref(), Some(told), "whatever it is taken for");
}

/// A mapping tells which columns are amounts, whatever they are called.
#[test]
fn columns_that_are_read_as_amounts_tell_how_the_table_is_written() {
    let (header, rows) = table("Kredit|Betrag|Codes|Zins\na|10.000|1.2|5,5\nb|20.000|3.4|6,5");
    let mapped = |(column, field): &(&str, Field)| MappedColumn {
        column: (*column).to_owned(),
        field: *field,
        reading: Reading::default(),
    };
    let columns = [("Kredit", Field::LoanId), ("Betrag", Field::LoanAmount), ("Zins", Field::InterestRate)];
    let columns = columns.iter().map(mapped).collect();
    let mapping = Mapping { kind: FileKind::Loans, has_header: true, blank_is_missing: true, only: None, columns };
    let mut seen = Columns::new(&header, &rows);
    seen.read_as(&mapping);
    let seen = seen.suggest(FileKind::Loans);
    let told = seen[1].objection(Field::LoanAmount, &Reading::default()).expect("is told");
    assert!(told.contains("10.000") && told.contains("column Zins"), "{told}");
}
