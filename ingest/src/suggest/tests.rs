mod numbers;

use super::*;
use crate::testing::shared;
use domain::mapping::DateFormat;
use proptest::prelude::*;

fn table(text: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let mut lines = text.lines().map(|line| line.split('|').map(str::to_owned).collect::<Vec<_>>());
    (lines.next().unwrap_or_default(), lines.collect())
}

fn fields(columns: &[SuggestedColumn]) -> Vec<(&str, &str)> {
    columns.iter().filter_map(|column| Some((column.column.as_str(), column.field?.code()))).collect()
}

#[test]
fn columns_are_suggested_with_how_they_are_read() {
    let (header, rows) = table(
        "acct_no|cust_ref|sanctioned_amt|roi|tenure (years)|dpd|loan_stat|disb_dt|annual_income|zip\n\
         001|c1|$1,000|0.12|3|0|Fully Paid|1/2/2016|120000|94103\n\
         002|c2|$2,500.50|0.08|5|30|Charged Off|3/4/2016|60000|94104\n\
         003|c2|$900|0.1|2|-7|Weird|5/6/2016|NA|94105",
    );
    let columns = Columns::new(&header, &rows).suggest(FileKind::Loans);
    assert_eq!(
        fields(&columns),
        [
            ("acct_no", "loan_id"),
            ("cust_ref", "borrower_id"),
            ("sanctioned_amt", "loan_amount"),
            ("roi", "interest_rate"),
            ("tenure (years)", "tenure_months"),
            ("dpd", "days_past_due"),
            ("loan_stat", "recovery_status"),
            ("disb_dt", "originated_on"),
            ("annual_income", "monthly_income"),
        ]
    );
    assert_eq!(columns[3].reading.times, Some(100.0));
    assert_eq!(columns[4].reading.times, Some(12.0));
    assert_eq!(columns[5].reading.missing, ["-7"]);
    let status = &columns[6];
    assert_eq!(status.reading.words.get("Charged Off").map(String::as_str), Some("written_off"));
    assert!(status.is_open_question() && status.warning.as_deref().is_some_and(|text| text.contains("Weird")));
    assert_eq!(columns[7].date_choices, [DateFormat::DayFirst, DateFormat::MonthFirst]);
    assert!(columns[7].is_open_question());
    assert_eq!(columns[8].reading.times, Some(1.0 / 12.0));
    assert_eq!((columns[8].missing, columns[9].field), (1, None));
}

/// Our own names of fields, as they stand in a mapping and on pages, are understood.
#[test]
fn the_own_names_of_fields_are_understood() {
    // What links two files is told by the ids of both, not by a name.
    let has_name = |field: &Field| !matches!(field, Field::Extra | Field::LinkFrom | Field::LinkTo);
    for kind in FileKind::ALL {
        for field in Field::ALL.into_iter().filter(|field| field.belongs_to(kind) && has_name(field)) {
            for name in [field.code(), field.label()] {
                let best = names::scores(name, kind).into_iter().max_by_key(|(_, score)| *score);
                assert_eq!(best.map(|(found, _)| found), Some(field), "{name} in a file of {}", kind.label());
            }
        }
    }
}

#[test]
fn columns_of_one_name_are_told_and_not_suggested() {
    let (header, rows) = table("Loan_ID|Income|||loan_id|Income\n1|5|||a|6\n2|7|||b|8");
    let columns = Columns::new(&header, &rows).suggest(FileKind::Loans);
    assert_eq!(fields(&columns), [("Loan_ID", "loan_id")]);
    let told = |place: usize| {
        columns[place].warning.as_deref().unwrap_or_default().starts_with("Stands twice, as columns number 2 and 6")
    };
    assert_eq!((0..6).map(told).collect::<Vec<_>>(), [false, true, false, false, false, true]);
}

#[test]
fn short_names_are_understood() {
    let (header, rows) = table(
        "loan_ref|out_bal|opened|rec_status|missed_12m|inc_mth\n\
         001|10.5|2024-01-31|Written Off|3|2500\n\
         002|20|2024-02-29|Current|0|3100",
    );
    assert_eq!(
        fields(&Columns::new(&header, &rows).suggest(FileKind::Loans)),
        [
            ("loan_ref", "loan_id"),
            ("out_bal", "outstanding_amount"),
            ("opened", "originated_on"),
            ("rec_status", "recovery_status"),
            ("missed_12m", "missed_payments"),
            ("inc_mth", "monthly_income"),
        ]
    );
}

#[test]
fn accounts_and_clients_are_ids_where_nothing_better_is_there() {
    let check = |text: &str, kind: FileKind, expected: &[(&str, &str)]| {
        let (header, rows) = table(text);
        assert_eq!(fields(&Columns::new(&header, &rows).suggest(kind)), expected, "{text}");
    };
    let (loans, people) = (FileKind::Loans, FileKind::Borrowers);
    for name in ["acct", "acct no", "Account Number", "ACCOUNT", "acc_no", "A/c No."] {
        check(&format!("{name}|x\n001|u\n002|v"), loans, &[(name, "loan_id")]);
    }
    for name in ["client", "client no", "Customer ID", "customer", "Borrower", "cust no"] {
        for kind in [loans, people] {
            check(&format!("{name}|x\n71|u\n72|v"), kind, &[(name, "borrower_id")]);
        }
        check(&format!("{name}|x\nC 71|u\nC 72|v"), loans, &[(name, "borrower_id")]);
    }
    check(
        "acct|loan id|client|cust_ref\n1|5|7|c7\n2|6|8|c8",
        loans,
        &[("loan id", "loan_id"), ("cust_ref", "borrower_id")],
    );
    check("acct|Client\n1|Ann Lee\n2|Bo Ek", loans, &[("acct", "loan_id"), ("Client", "borrower_name")]);
    check(
        "account|date|amount\n1|2026-01-02|5\n1|2026-02-02|5",
        FileKind::Payments,
        &[("account", "loan_id"), ("date", "paid_on"), ("amount", "payment_amount")],
    );
}

/// Whatever a person takes a column for, its values tell how they are written.
#[test]
fn columns_that_are_taken_for_a_field_are_read_as_they_are_written() {
    let (header, rows) =
        table("a|b|c|d|e in thousand\n1.234,50|0,5|31.12.2016|1/2/2016|12\n900,00|0,25|13.01.2017|3/4/2016|13");
    let columns = Columns::new(&header, &rows).suggest(FileKind::Loans);
    assert_eq!(fields(&columns), []);
    let taken = |place: usize, field: Field| columns[place].taken_for(field);
    assert!(taken(0, Field::LoanAmount).reading.decimal_comma && taken(0, Field::PaymentAmount).reading.decimal_comma);
    let rate = taken(1, Field::InterestRate).reading;
    assert_eq!((rate.decimal_comma, rate.times), (true, Some(100.0)));
    assert!(!taken(0, Field::LoanId).reading.decimal_comma);
    let date = taken(2, Field::ChargedOffOn);
    assert_eq!((date.reading.date, date.date_choices), (Some(DateFormat::DayFirst), vec![DateFormat::DayFirst]));
    assert_eq!(taken(3, Field::PaidOn).date_choices, [DateFormat::DayFirst, DateFormat::MonthFirst]);
    assert_eq!(taken(4, Field::LoanAmount).reading.times, Some(1000.0));
}

#[test]
fn a_field_is_suggested_once_where_it_fits_best() {
    let (header, rows) = table("amount|loan amount|balance\n1|2|3\n4|5|6");
    let columns = Columns::new(&header, &rows).suggest(FileKind::Loans);
    assert_eq!(fields(&columns), [("loan amount", "loan_amount"), ("balance", "outstanding_amount")]);
    let (header, rows) = table("loan amount|b\nlots|Current\nmany|Late (16-30 days)");
    let columns = Columns::new(&header, &rows).suggest(FileKind::Loans);
    assert_eq!(fields(&columns), [("b", "recovery_status")], "values can tell a field, and speak against a name");
}

#[test]
fn the_kind_shows_in_the_columns() {
    let check = |text: &str, expected| {
        let (header, rows) = table(text);
        assert_eq!(Columns::new(&header, &rows).kinds()[0].0, expected, "{text}");
    };
    check("loan_id|amount|rate|status\n1|2|3|open", FileKind::Loans);
    check("trans_id|account_id|Date|Type|amount|balance|Purpose\n1|2|2016-01-02|x|5|6|y", FileKind::Payments);
    check("loan id|payment date|payment amount\n1|2016-01-02|5", FileKind::Payments);
    check("client_id|birth_number|district\n1|706213|18", FileKind::Borrowers);
    check("customer id|name|email|phone\n1|a|a@b.c|5551234567", FileKind::Borrowers);
    check("disp_id|client_id|account_id|type\n1|2|3|OWNER", FileKind::Links);
    check("x|y\n1|2", FileKind::Loans);
}

type Case = (&'static str, u8, FileKind, &'static [(&'static str, &'static str)]);

const SHARED: [Case; 7] = [
    (
        "notebook-loans.csv",
        b',',
        FileKind::Loans,
        &[
            ("Borrower_ID", "borrower_id"),
            ("Age", "age"),
            ("Gender", "gender"),
            ("Employment_Type", "employment_type"),
            ("Monthly_Income", "monthly_income"),
            ("Num_Dependents", "dependants"),
            ("Loan_ID", "loan_id"),
            ("Loan_Amount", "loan_amount"),
            ("Loan_Tenure", "tenure_months"),
            ("Interest_Rate", "interest_rate"),
            ("Loan_Type", "loan_type"),
            ("Collateral_Value", "collateral_value"),
            ("Outstanding_Loan_Amount", "outstanding_amount"),
            ("Monthly_EMI", "monthly_instalment"),
            ("Payment_History", "payment_history"),
            ("Num_Missed_Payments", "missed_payments"),
            ("Days_Past_Due", "days_past_due"),
            ("Recovery_Status", "recovery_status"),
            ("Collection_Attempts", "collection_attempts"),
            ("Collection_Method", "collection_method"),
            ("Legal_Action_Taken", "legal_action_taken"),
        ],
    ),
    (
        "sba-case.csv",
        b',',
        FileKind::Loans,
        &[
            ("LoanNr_ChkDgt", "loan_id"),
            ("Name", "borrower_name"),
            ("Term", "tenure_months"),
            ("ChgOffDate", "charged_off_on"),
            ("DisbursementDate", "originated_on"),
            ("DisbursementGross", "loan_amount"),
            ("BalanceGross", "outstanding_amount"),
            ("MIS_Status", "recovery_status"),
            ("ChgOffPrinGr", "charged_off_amount"),
        ],
    ),
    (
        "uci-credit-card-default.csv",
        b',',
        FileKind::Loans,
        &[
            ("LIMIT_BAL", "loan_amount"),
            ("SEX", "gender"),
            ("MARRIAGE", "marital_status"),
            ("AGE", "age"),
            ("BILL_AMT1", "outstanding_amount"),
            ("default payment", "recovery_status"),
        ],
    ),
    (
        "bank-recovery-strategies.csv",
        b',',
        FileKind::Loans,
        &[
            ("id", "loan_id"),
            ("actual_recovery_amount", "recovered_amount"),
            ("recovery_strategy", "collection_method"),
            ("age", "age"),
            ("sex", "gender"),
        ],
    ),
    (
        "berka/Loan.csv",
        b';',
        FileKind::Loans,
        &[
            ("loan_id", "loan_id"),
            ("date", "originated_on"),
            ("amount", "loan_amount"),
            ("duration", "tenure_months"),
            ("payments", "monthly_instalment"),
            ("status", "recovery_status"),
        ],
    ),
    ("berka/Client.csv", b';', FileKind::Borrowers, &[("client_id", "borrower_id"), ("birth_number", "birth_date")]),
    (
        "berka/trnx_16.csv",
        b',',
        FileKind::Payments,
        &[
            ("trans_id", "payment_id"),
            ("account_id", "loan_id"),
            ("Date", "paid_on"),
            ("Type", "payment_kind"),
            ("amount", "payment_amount"),
        ],
    ),
];

#[test]
fn the_shared_files_are_understood() {
    for (name, delimiter, kind, expected) in SHARED {
        let Some((header, rows)) = shared(name, delimiter) else { return };
        let cells = |row: &crate::testing::Row| row.record().fields().map(str::to_owned).collect::<Vec<_>>();
        let rows: Vec<Vec<String>> = rows.iter().take(1000).map(cells).collect();
        let columns = Columns::new(&header, &rows);
        assert_eq!(columns.kinds()[0].0, kind, "{name}: {:?}", columns.kinds());
        assert_eq!(fields(&columns.suggest(kind)), expected, "{name}");
    }
}

proptest! {
    // Each case looks at every name that fields are called by.
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn no_table_makes_it_panic(rows in proptest::collection::vec(proptest::collection::vec(".{0,10}", 0..6), 0..8)) {
        let header = rows.first().cloned().unwrap_or_default();
        let columns = Columns::new(&header, &rows);
        for (kind, _) in columns.kinds() {
            let suggested = columns.suggest(kind);
            prop_assert_eq!(suggested.len(), header.len());
            let mut fields: Vec<Field> = suggested.iter().filter_map(|column| column.field).collect();
            let all = fields.len();
            fields.sort();
            fields.dedup();
            prop_assert_eq!(fields.len(), all);
        }
    }
}
