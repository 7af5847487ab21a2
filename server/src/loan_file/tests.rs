use super::*;
use domain::loan::{PaymentHistory, RecoveryStatus};
use domain::money::Money;
use proptest::prelude::*;

const OPTIONS: LoanFileOptions = LoanFileOptions { currency: Currency::USD, rows_max: 1000 };

fn header() -> String {
    Column::ALL.map(Column::name).join(",")
}

fn cells(number: usize) -> Vec<String> {
    format!(
        "BRW_{number},59,Male,Salaried,215422,0,LN_{number},1445796,60,12.39,Home,1727997.257896650,291413.005791598,\
         4856.88,On-Time,0,0,Partially Recovered,1,Settlement Offer,No"
    )
    .split(',')
    .map(str::to_owned)
    .collect()
}

fn row(number: usize) -> String {
    cells(number).join(",")
}

fn file(rows: &[String]) -> String {
    format!("{}\n{}\n", header(), rows.join("\n"))
}

fn with(number: usize, column: Column, value: &str) -> String {
    let mut cells = cells(number);
    cells[column as usize] = value.to_owned();
    cells.join(",")
}

fn read_text(text: &str) -> Result<LoanFile, LoanFileError> {
    read(text.as_bytes(), OPTIONS)
}

#[test]
fn every_column_finds_its_place() {
    let mut columns: Vec<String> = Column::ALL.map(|column| column.name().to_lowercase().replace('_', " ")).to_vec();
    let mut values = cells(7);
    columns.reverse();
    values.reverse();
    let text = format!("{}\n{}\n", columns.join(","), values.join(","));
    let file = read_text(&text).expect("is read");
    let loan = &file.records[0];
    assert_eq!((loan.borrower_ref.as_str(), loan.loan_ref.as_str(), loan.age), ("BRW_7", "LN_7", 59));
    assert_eq!(loan.collateral_value, Money::from_minor(172_799_726));
    assert_eq!(loan.payment_history, PaymentHistory::OnTime);
    assert_eq!(loan.recovery_status, RecoveryStatus::PartiallyRecovered);
    assert!(!loan.legal_action_taken);
    assert!((loan.interest_rate - 12.39).abs() < 1e-12);
    assert_eq!((file.rows, file.rejected_count, file.notes.len()), (1, 0, 0));
}

#[test]
fn files_that_differ_in_form_only_read_alike() {
    let rows: Vec<String> = (0..5).map(row).collect();
    let plain = file(&rows);
    let expected = read_text(&plain).expect("is read");
    let check = |text: &str| {
        let mut found = read_text(text).expect(text);
        found.lines.clone_from(&expected.lines);
        assert_eq!(found, expected, "{text}");
    };
    check(&format!("\u{feff}{}", plain.replace('\n', "\r\n")));
    check(plain.trim_end());
    check(&plain.replace('\n', "\n\n"));
    check(&plain.replace('\n', "\r"));
    let quoted: Vec<String> = plain
        .lines()
        .map(|line| line.split(',').map(|cell| format!("\"{cell}\"")).collect::<Vec<_>>().join(","))
        .collect();
    check(&quoted.join("\n"));
    check(&plain.replace(",59,", ", 59.0 ,"));
    check(&plain.replacen("Loan_Amount", "loan-amount", 1));
}

#[test]
fn unknown_columns_are_passed_over_and_said() {
    let text = format!("{},Branch,,\n{},North,,\n", header(), row(1));
    let file = read_text(&text).expect("is read");
    assert_eq!(file.notes, ["Columns that are not used: Branch", "Columns without a name, which are not used: 2"]);
}

#[test]
fn faults_of_the_file_refuse_it() {
    let check = |bytes: &[u8], words: &str| {
        let error = read(bytes, OPTIONS).expect_err(words).to_string();
        assert!(error.contains(words), "{error}");
    };
    let good = file(&(0..20).map(row).collect::<Vec<_>>());
    check(b"", "the file is empty");
    check(b"\n\n", "the file is empty");
    check(header().as_bytes(), "line 1: there is a header, but no loan below it");
    check(&[0; 5000], "line 1: there are NUL bytes");
    check(b"<html><body>Session expired</body></html>", "web page");
    check(b"PK\x03\x04\x12\x34", "compressed (zip or Excel): unpack it first");
    check(b"\x1f\x8b\x08\x00\x11\x22", "compressed (gzip): unpack it first");
    check(b"id\n../../etc/passwd\n", "single column");
    check(good.replace(',', ";").as_bytes(), "it seems to have \";\"; save it with commas");
    check(good.replace(',', "\t").as_bytes(), "it seems to have tabs");
    check(&[header().as_bytes(), b"\n", row(1).replace("Male", "M\u{e9}").as_bytes(), b"\xe9\n"].concat(), "not UTF-8");
    check(&b"a".repeat(3_000_000), "longer than 1 MiB");
    check(good.replacen("Loan_Amount,", "", 1).as_bytes(), "line 1: column Loan_Amount is missing: add it");
    check(
        good.replacen("Loan_Amount", "Loan_Amnt", 1).replacen("Age", "Years", 1).as_bytes(),
        "line 1: columns Age, Loan_Amount (is it \"Loan_Amnt\"?) are missing: add them",
    );
    check(
        good.replacen("Age", "Monthly Income", 1).as_bytes(),
        "column Monthly_Income stands twice, as columns number 2 and 5",
    );
    check(
        file(&(0..3).map(|number| with(number, Column::MonthlyIncome, "secret")).collect::<Vec<_>>()).as_bytes(),
        "of 3 rows, none can be used; the first of them: line 2, column Monthly_Income: \"secret\" is not a number",
    );
    check(
        file(&(0..1001).map(row).collect::<Vec<_>>()).as_bytes(),
        "line 1002: the file has more than 1,000 rows: split it",
    );
    check(
        file(&[row(1), with(2, Column::Gender, "\"Male"), row(3), row(4)]).as_bytes(),
        "line 3: a quotation mark in this row is never closed",
    );
}

#[test]
fn faults_of_a_row_reject_it_alone() {
    let check = |bad: &str, expected: &str| {
        let text = file(&[row(1), bad.to_owned(), row(3)]);
        let file = read_text(&text).expect("is read");
        assert_eq!((file.records.len(), file.rows, file.rejected_count), (2, 3, 1), "{bad}");
        assert_eq!(file.lines, [2, 4]);
        assert_eq!(describe(&file.rejected[0]), expected);
    };
    let cell = |column, value: &str| with(2, column, value);
    check(
        &cell(Column::MonthlyIncome, "NaN"),
        "line 3, column Monthly_Income: \"NaN\" is not a number: write digits with a decimal point at most, as 1234.50",
    );
    check(&cell(Column::LoanAmount, "inf"), "line 3, column Loan_Amount: \"inf\" is infinite: write the real number");
    check(
        &cell(Column::OutstandingAmount, "-5"),
        "line 3, column Outstanding_Loan_Amount: \"-5\" is negative: amounts are 0 or more",
    );
    check(
        &cell(Column::DaysPastDue, "lots"),
        "line 3, column Days_Past_Due: \"lots\" is not a number: write digits with a decimal point at most, as 1234.50",
    );
    check(
        &cell(Column::DaysPastDue, "-inf"),
        "line 3, column Days_Past_Due: \"-inf\" is infinite: write the real number",
    );
    check(&cell(Column::DaysPastDue, "1.5"), "line 3, column Days_Past_Due: \"1.5\" is not a whole number");
    check(&cell(Column::InterestRate, ""), "line 3, column Interest_Rate: is blank: a number is needed");
    check(
        &cell(Column::InterestRate, "1e999"),
        "line 3, column Interest_Rate: \"1e999\" is too large to be a number here",
    );
    check(
        &cell(Column::InterestRate, "-0.5"),
        "line 3, column Interest_Rate: \"-0.5\" is negative: it must be 0 or more",
    );
    check(
        &cell(Column::MonthlyIncome, &"9".repeat(60)),
        &format!("line 3, column Monthly_Income: \"{}\" is larger than a trillion: check the unit", "9".repeat(60)),
    );
    check(&cell(Column::Age, "999"), "line 3, column Age: \"999\" is above 120, which cannot be right");
    check(
        &cell(Column::RecoveryStatus, "Lost"),
        "line 3, column Recovery_Status: \"Lost\" is not known: write Fully Recovered, Partially Recovered, Written Off or Open",
    );
    check(&cell(Column::LegalActionTaken, ""), "line 3, column Legal_Action_Taken: is blank: write Yes or No");
    check(&cell(Column::LoanId, " "), "line 3, column Loan_ID: is blank: every loan needs an id here");
    check(
        &cell(Column::LoanId, "LN_1"),
        "line 3, column Loan_ID: \"LN_1\" stands on line 2 already; the first one is kept",
    );
    check("BRW_2", "line 3: the row has 1 field, but the header has 21");
    check("BRW_2,59,Male", "line 3: the row has 3 fields, but the header has 21");
    check(&format!("{},extra", row(2)), "line 3: the row has 22 fields, but the header has 21");
}

#[test]
fn values_at_fault_are_shortened() {
    let file = read_text(&file(&[row(1), with(2, Column::Age, &"ä".repeat(500))])).expect("is read");
    assert_eq!(file.rejected[0].value.chars().count(), VALUE_CHARS_MAX);
}

#[test]
fn quotation_mark_over_lines_is_said() {
    let text = file(&[row(1), "\"BRW_2,59\n,Male\",x".to_owned(), row(3)]);
    let file = read_text(&text).expect("is read");
    assert!(file.rejected[0].reason.contains("reaches over 2 lines"), "{}", file.rejected[0].reason);
    assert_eq!(file.lines, [2, 5]);
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(bytes.as_slice(), OPTIONS);
    }

    #[test]
    fn every_row_is_either_accepted_or_rejected(
        values in proptest::collection::vec(("[0-9a-zA-Z.eE+-]{0,12}", 0_usize..21), 1..30)
    ) {
        let rows: Vec<String> = values
            .iter()
            .enumerate()
            .map(|(number, (value, column))| with(number, Column::ALL[*column], value))
            .collect();
        if let Ok(file) = read_text(&file(&rows)) {
            prop_assert_eq!(file.rows, rows.len() as u64);
            prop_assert_eq!(file.records.len() as u64 + file.rejected_count, file.rows);
            prop_assert_eq!(file.records.len(), file.lines.len());
            prop_assert!(file.records.iter().all(|loan| loan.interest_rate.is_finite() && loan.interest_rate >= 0.0));
        }
    }
}
