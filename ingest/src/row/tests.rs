mod files;
mod numbers;

use super::*;
use crate::profile;
use crate::record::Doubt;
use crate::testing::{Row, rows};
use chrono::NaiveDate;
use domain::borrower::ContactChannel;
use domain::loan::{PaymentHistory, RecoveryStatus};
use domain::mapping::{DateFormat, MappedColumn, Reading, RowFilter};
use domain::money::Money;
use domain::payment::PaymentKind;
use domain::warning::Oddity;
use proptest::prelude::*;

const GOOD: &str = "BRW_1,59,Male,Salaried,215422,0,LN_1,1445796,60,12.39,Home,1727997.257896650,291413.005791598,\
                    4856.88,On-Time,0,0,Partially Recovered,1,Settlement Offer,No";

fn original() -> &'static Mapping {
    &profile::profile("original-analysis").expect("is there").files[0].mapping
}

fn header_of(mapping: &Mapping) -> Vec<String> {
    let mut names: Vec<String> = mapping.columns.iter().map(|mapped| mapped.column.clone()).collect();
    names.dedup();
    names
}

fn plan(mapping: &Mapping) -> Plan {
    Plan::new(mapping, Some(&header_of(mapping)), Currency::USD, &Links::default()).expect("a plan")
}

fn mapping(kind: FileKind, columns: &[(&str, Field, Reading)]) -> Mapping {
    let mapped = |(column, field, reading): &(&str, Field, Reading)| MappedColumn {
        column: (*column).to_owned(),
        field: *field,
        reading: reading.clone(),
    };
    Mapping {
        kind,
        has_header: true,
        blank_is_missing: true,
        only: None,
        columns: columns.iter().map(mapped).collect(),
    }
}

fn read_line(plan: &Plan, line: &str) -> (Result<Taken, RowFault>, Vec<RowWarning>) {
    let mut warnings = Vec::new();
    let row = Row::new(2, line.split('|'));
    (plan.read(&row.record(), 7, &mut warnings), warnings)
}

fn loan(plan: &Plan, line: &str) -> (LoanRecord, Vec<Oddity>) {
    let (taken, warnings) = read_line(plan, line);
    let oddities = warnings.into_iter().map(|warning| warning.oddity).collect();
    match taken {
        Ok(Taken::Loan(loan)) => (*loan, oddities),
        other => panic!("{line} is no loan: {other:?}"),
    }
}

fn reason(plan: &Plan, line: &str) -> String {
    let fault = read_line(plan, line).0.expect_err(line);
    let column = fault.column.map(|column| format!("{column}: ")).unwrap_or_default();
    format!("{column}\"{}\" {}", fault.value, fault.reason)
}

#[test]
fn every_column_of_the_original_finds_its_place() {
    let mut header: Vec<String> =
        header_of(original()).iter().map(|name| name.to_lowercase().replace('_', " ")).collect();
    header.reverse();
    let plan = Plan::new(original(), Some(&header), Currency::USD, &Links::default()).expect("a plan");
    let cells: Vec<&str> = GOOD.split(',').rev().collect();
    let (loan, oddities) = loan(&plan, &cells.join("|"));
    assert_eq!((loan.borrower.borrower_ref.as_str(), loan.loan_ref.as_str()), ("BRW_1", "LN_1"));
    assert_eq!(loan.borrower.protected.age, Some(59));
    assert_eq!(loan.collateral_value, Some(Money::from_minor(172_799_726)));
    assert_eq!(loan.payment_history, Some(PaymentHistory::OnTime));
    assert_eq!(loan.recovery_status, RecoveryStatus::PartiallyRecovered);
    assert_eq!((loan.interest_rate, loan.outcome.legal_action_taken), (Some(12.39), Some(false)));
    assert_eq!((oddities.len(), plan.notes().len()), (0, 0));
}

#[test]
fn faults_of_a_cell_reject_the_row_in_the_words_of_before() {
    let plan = plan(original());
    let check = |column: &str, value: &str, expected: &str| {
        let place = original().columns.iter().position(|mapped| mapped.column == column).expect(column);
        let mut cells: Vec<&str> = GOOD.split(',').collect();
        cells[place] = value;
        let found = reason(&plan, &cells.join("|"));
        assert_eq!(found, format!("{column}: \"{value}\" {expected}"));
    };
    let no_number = "is not a number: write digits with a decimal point at most, as 1234.50";
    check("Monthly_Income", "NaN", no_number);
    check("Monthly_Income", "secret", no_number);
    check("Monthly_Income", "", "is blank: a number is needed");
    check("Monthly_Income", "8%", no_number);
    check("Loan_Amount", "inf", "is infinite: write the real number");
    check("Loan_Amount", "=A1*2", "is a formula: write the number that it comes to");
    check("Loan_Amount", "(5)", "is negative: amounts are 0 or more");
    check("Outstanding_Loan_Amount", "-5", "is negative: amounts are 0 or more");
    check("Outstanding_Loan_Amount", "1e300", "is larger than a trillion: check the unit");
    check("Days_Past_Due", "lots", no_number);
    check("Days_Past_Due", "1.5", "is not a whole number");
    check("Days_Past_Due", "-1", "is negative: it must be 0 or more");
    check("Days_Past_Due", "99999", "is above 36525, which cannot be right");
    check("Age", "-inf", "is infinite: write the real number");
    check("Age", "130", "is above 120, which cannot be right");
    check("Interest_Rate", "1001", "is above 1000 percent a year");
    check("Interest_Rate", "1e999", "is too large to be a number here");
    check("Loan_ID", "", "is blank: every loan needs an id here");
    check("Borrower_ID", "", "is blank: every loan needs an id here");
    check("Gender", "a\tb", "holds a line end or another control character: remove it");
    check("Payment_History", "", "is blank: write On-Time, Delayed or Missed");
    check("Legal_Action_Taken", "maybe", "is not known: write Yes or No");
    check("Legal_Action_Taken", "", "is blank: write Yes or No");
    let long = "x".repeat(101);
    let mut cells: Vec<&str> = GOOD.split(',').collect();
    cells[10] = &long;
    assert_eq!(
        reason(&plan, &cells.join("|")),
        format!("Loan_Type: \"{}\" is longer than 100 characters", &long[..80])
    );
}

#[test]
fn an_unknown_word_of_a_status_is_answered_with_the_known_ones() {
    let (taken, _) = read_line(&plan(original()), &GOOD.replace("Partially Recovered", "Gone").replace(',', "|"));
    let fault = taken.expect_err("a fault");
    assert!(fault.reason.starts_with("is not known: write Fully Recovered"), "{fault:?}");
}

#[test]
fn a_fault_of_a_row_of_several_lines_says_so() {
    let line = GOOD.replace("Partially Recovered", "Gone\nLN_2,x\nLN_3").replace(',', "|");
    let record = crate::testing::Row::new(2, line.split('|'));
    let fault = plan(original()).read(&record.record(), 1, &mut Vec::new()).expect_err("a fault");
    assert!(fault.reason.ends_with("; the row reaches over 3 lines: is a quotation mark wrong?"), "{fault:?}");
}

#[test]
fn rows_have_as_many_fields_as_the_header() {
    let columns = [("id", Field::LoanId, Reading::default()), ("amount", Field::LoanAmount, Reading::default())];
    let header: Vec<String> = ["id", "amount", "other", "", ""].map(str::to_owned).to_vec();
    let plan = Plan::new(&mapping(FileKind::Loans, &columns), Some(&header), Currency::USD, &Links::default());
    let plan = plan.expect("a plan");
    let check = |line: &str, expected: Option<&str>| {
        let found = read_line(&plan, line).0.err().map(|fault| fault.reason);
        assert_eq!(found.as_deref(), expected, "{line}");
    };
    check("a|1|x||", None);
    check("a|1|x", None);
    check("a|1|x|||||", None);
    check("a|1", Some("the row has 2 fields, but the header has 5"));
    check("a|1|x||||y", Some("the row has 7 fields, but the header has 5"));
    check("Total: 5", Some("is a line of totals, not a row of data"));
    check("Grand total|5|x||", Some("is a line of totals, not a row of data"));
    check("|5|x||", Some("is blank: every loan needs an id here"));
    let notes = plan.notes();
    assert_eq!(notes.len(), 5, "{notes:?}");
    assert_eq!(notes[..2], ["Columns that are not used: other", "Columns without a name, which are not used: 2"]);
    assert!(notes[4].starts_with("No column holds the outstanding amount, the monthly income"), "{notes:?}");
}

#[test]
fn what_says_nothing_is_not_known() {
    let reading =
        |missing: &[&str]| Reading { missing: missing.iter().map(|&m| m.to_owned()).collect(), ..Reading::default() };
    let columns = [
        ("id", Field::LoanId, Reading::default()),
        ("amount", Field::LoanAmount, reading(&["-7", "9999"])),
        ("status", Field::RecoveryStatus, Reading::default()),
        ("on", Field::OriginatedOn, Reading::default()),
        ("type", Field::LoanType, Reading::default()),
    ];
    let plan = plan(&mapping(FileKind::Loans, &columns));
    for line in ["a|-7|NA|null|n/a", "a|9999||.|", "a|Not displayed|-|?|NULL"] {
        let (loan, oddities) = loan(&plan, line);
        assert_eq!((loan.loan_amount, loan.originated_on, loan.loan_type.as_str()), (None, None, ""), "{line}");
        assert_eq!((loan.recovery_status, oddities.len()), (RecoveryStatus::Open, 0), "{line}");
    }
    assert_eq!(loan(&plan, "a|1|||none").0.loan_type, "none");
    assert!(reason(&plan, "a|1||09:29.3|x").contains("is a time without a day"));
    assert!(reason(&plan, "a|1||1/2/2016|x").contains("is not a date: Year-month-day is expected"));
    assert!(reason(&plan, "a|nan|||x").contains("is not a number"));
}

#[test]
fn ids_are_made_where_there_are_none() {
    let columns = [("amount", Field::LoanAmount, Reading::default())];
    let plan = plan(&mapping(FileKind::Loans, &columns));
    let (loan, _) = loan(&plan, "5");
    assert_eq!((loan.loan_ref.as_str(), loan.borrower.borrower_ref.as_str()), ("row-000007", ""));
    assert_eq!(self::loan(&plan.clone().with_id_mark("0f3a9c11"), "5").0.loan_ref, "0f3a9c11-000007");
    let told = ["loan's id", "borrower's id", "recovery status", "outstanding amount"];
    assert_eq!(plan.notes().len(), told.len());
    for (note, told) in plan.notes().iter().zip(told) {
        assert!(note.starts_with(&format!("No column holds the {told}")), "{note}");
    }
}

#[test]
fn dressed_numbers_are_read_in_the_unit_of_their_field() {
    let times = |times| Reading { times: Some(times), ..Reading::default() };
    let comma = Reading { decimal_comma: true, ..Reading::default() };
    let columns = [
        ("id", Field::LoanId, Reading::default()),
        ("amount", Field::LoanAmount, Reading::default()),
        ("rate", Field::InterestRate, times(100.0)),
        ("term", Field::TenureMonths, Reading::default()),
        ("late", Field::DaysPastDue, times(30.0)),
        ("income", Field::MonthlyIncome, Reading { negative_as_zero: true, ..times(1.0 / 12.0) }),
        ("open", Field::OutstandingAmount, comma),
    ];
    let plan = plan(&mapping(FileKind::Loans, &columns));
    let check = |line: &str, expected: (i64, f64, u16, u32, i64, i64), oddities: &[Oddity]| {
        let (loan, found) = loan(&plan, line);
        let minor = |amount: Option<Money>| amount.map_or(-1, |amount| amount.minor);
        let (rate, term) = (loan.interest_rate.expect("a rate"), loan.tenure_months.expect("a term"));
        assert!((rate - expected.1).abs() < 1e-9, "{line}: {rate}");
        let late = loan.days_past_due.expect("days");
        let amounts = (minor(loan.loan_amount), minor(loan.monthly_income_of()), minor(loan.outstanding_amount));
        assert_eq!((amounts, term, late), ((expected.0, expected.4, expected.5), expected.2, expected.3), "{line}");
        assert_eq!(found, oddities, "{line}");
    };
    check("a|$1,000|0.089| 36 months|2|1200|1.234,50", (100_000, 8.9, 36, 60, 10_000, 123_450), &[]);
    check("a|1000|8.90%|3 yrs|45 days|$120,000|1,5", (100_000, 8.9, 36, 45, 1_000_000, 150), &[]);
    check(
        "a|$25,000-49,999|0|term_36|0|-5|0",
        (3_749_950, 0.0, 36, 0, 0, 0),
        &[Oddity::NegativeAsZero, Oddity::Range, Oddity::NoInterest],
    );
    check("a|100|1|36|0|12|201", (10_000, 100.0, 36, 0, 100, 20_100), &[Oddity::OutstandingAboveLoan]);
}

trait Income {
    fn monthly_income_of(&self) -> Option<Money>;
}

impl Income for LoanRecord {
    fn monthly_income_of(&self) -> Option<Money> {
        self.borrower.monthly_income
    }
}

#[test]
fn what_is_odd_is_taken_and_said() {
    let words = [("P I F", "fully_recovered"), ("CHGOFF", "written_off")];
    let words = words.map(|(word, meaning)| (word.to_owned(), meaning.to_owned())).into();
    let columns = [
        ("id", Field::LoanId, Reading::default()),
        ("status", Field::RecoveryStatus, Reading { words, ..Reading::default() }),
        ("off", Field::ChargedOffOn, Reading { date: Some(DateFormat::DaysSince1960), ..Reading::default() }),
        ("lost", Field::ChargedOffAmount, Reading::default()),
        ("age", Field::Age, Reading::default()),
        ("type", Field::LoanType, Reading::default()),
    ];
    let plan = plan(&mapping(FileKind::Loans, &columns));
    let check = |line: &str, expected: &[Oddity]| assert_eq!(loan(&plan, line).1, expected, "{line}");
    check("a|P I F||0|20|x", &[]);
    check("a|p i f|15074|0|20|x", &[Oddity::PaidYetChargedOff]);
    check("a|P I F||5|20|x", &[Oddity::PaidYetChargedOff]);
    check("a|CHGOFF|15074|5|20|x", &[]);
    check("a|P I F||0|17|x", &[Oddity::MinorBorrower]);
    check("a|P I F||0|0|x", &[Oddity::MinorBorrower]);
    check("a|P I F||0|20|=1+1", &[Oddity::FormulaText]);
    check("1.23457E+15|P I F||0|20|x", &[Oddity::ShortenedId]);
    check("TRUE|P I F||0|20|x", &[Oddity::TruthId]);
    check("False|P I F||0|20|x", &[Oddity::TruthId]);
    assert_eq!(loan(&plan, "00012345678901234567|P I F||||").0.loan_ref, "00012345678901234567");
}

#[test]
fn extra_columns_are_kept_as_they_stand() {
    let missing = Reading { missing: vec!["-9".to_owned()], ..Reading::default() };
    let columns = [
        ("id", Field::LoanId, Reading::default()),
        ("Branch", Field::Extra, Reading::default()),
        ("Grade", Field::Extra, missing),
    ];
    let plan = plan(&mapping(FileKind::Loans, &columns));
    let check = |line: &str, expected: &[(&str, &str)]| {
        let kept = loan(&plan, line).0.extras;
        let kept: Vec<(&str, &str)> = kept.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        assert_eq!(kept, expected, "{line}");
    };
    check("a|0042|B", &[("Branch", "0042"), ("Grade", "B")]);
    check("a||-9", &[]);
    check("a|NA|=1+1", &[("Grade", "=1+1")]);
    check(&format!("a|{}|", "ö".repeat(300)), &[("Branch", &"ö".repeat(200))]);
}

#[test]
fn cells_that_cannot_be_trusted_reject_the_row() {
    let columns = [
        ("id", Field::LoanId, Reading::default()),
        ("amount", Field::LoanAmount, Reading::default()),
        ("note", Field::Extra, Reading::default()),
    ];
    let plan = plan(&mapping(FileKind::Loans, &columns));
    let check = |doubts: &[(usize, Doubt)], expected: Option<&str>| {
        let row = Row::new(2, ["1.2E+16", "5", "="]);
        let fault = plan.read(&row.record().with_doubts(doubts), 1, &mut Vec::new()).err();
        let found =
            fault.map(|fault| format!("{}: \"{}\" {}", fault.column.unwrap_or_default(), fault.value, fault.reason));
        assert_eq!(found.as_deref(), expected, "{doubts:?}");
    };
    let formula = "is a formula without a value: open the workbook, save it, and send it again";
    check(&[], None);
    check(
        &[(0, Doubt::RoundedNumber)],
        Some("id: \"1.2E+16\" has more digits than a number cell keeps: store ids as text"),
    );
    check(&[(1, Doubt::RoundedNumber)], None);
    check(&[(1, Doubt::UnsavedFormula)], Some(&format!("amount: \"5\" {formula}")));
    check(&[(2, Doubt::UnsavedFormula)], None);
    assert_eq!(reason(&plan, "=|5|x"), format!("id: \"=\" {formula}"), "a row that was handed out and sent again");
    let mut filtered = mapping(FileKind::Loans, &columns[..2]);
    filtered.only = Some(RowFilter { column: "note".to_owned(), is: vec!["x".to_owned()] });
    let header = ["id", "amount", "note"].map(str::to_owned);
    let plan = Plan::new(&filtered, Some(&header), Currency::USD, &Links::default()).expect("a plan");
    let row = Row::new(2, ["a", "=", "="]);
    let read = |doubts| plan.read(&row.record().with_doubts(doubts), 1, &mut Vec::new());
    assert_eq!(read(&[(1, Doubt::UnsavedFormula)]), Ok(Taken::PassedOver));
    assert_eq!(read(&[(2, Doubt::UnsavedFormula)]).expect_err("a fault").reason, formula);
}

proptest! {
    #[test]
    fn every_row_is_taken_or_rejected(cells in proptest::collection::vec(".{0,12}", 0..25), number: u64) {
        let mut warnings = Vec::new();
        let row = Row::new(1, &cells);
        for profile in profile::profiles() {
            for file in profile.files.iter().filter(|file| file.mapping.columns.iter().all(|c| c.reading.via.is_none())) {
                let header = file.mapping.has_header.then(|| {
                    let mut names = header_of(&file.mapping);
                    names.extend(file.mapping.only.iter().map(|filter| filter.column.clone()));
                    names.dedup();
                    names
                });
                let plan = Plan::new(&file.mapping, header.as_deref(), Currency::USD, &Links::default());
                let before = warnings.len();
                let taken = plan.expect("a plan").read(&row.record(), number, &mut warnings);
                prop_assert!(taken.is_ok() || warnings.len() == before);
            }
        }
    }

    #[test]
    fn no_cell_makes_it_panic(place in 0_usize..21, text in "\\PC{0,30}") {
        let mut cells: Vec<&str> = GOOD.split(',').collect();
        cells[place] = &text;
        let plan = plan(original());
        let mut warnings = Vec::new();
        if let Err(fault) = plan.read(&Row::new(1, cells).record(), 1, &mut warnings) {
            prop_assert!(fault.value.chars().count() <= 80 && !fault.reason.is_empty());
        }
    }
}

#[test]
fn the_rows_of_a_text_are_read_one_by_one() {
    let plan = plan(original());
    let text = format!("{GOOD}\n{}\n", GOOD.replace("LN_1", "LN_2"));
    assert!(rows(&text).iter().all(|row| plan.read(&row.record(), 1, &mut Vec::new()).is_ok()));
}
