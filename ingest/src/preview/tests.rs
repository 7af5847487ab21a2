use super::*;
use crate::testing::{Row, shared};
use domain::field::Field;
use proptest::prelude::*;

fn look(rows: &[Row]) -> Preview {
    let mut start = Start::default();
    for row in rows {
        if !start.push(&row.record()) {
            break;
        }
    }
    start.preview(&[])
}

fn look_at(text: &str) -> Preview {
    let rows: Vec<Row> = text.lines().zip(1..).map(|(line, number)| Row::new(number, line.split('|'))).collect();
    look(&rows)
}

#[test]
fn the_header_is_found_or_missed() {
    let check = |text: &str, expected: Option<u64>| {
        let preview = look_at(text);
        assert_eq!(preview.has_header.then_some(preview.header_line), expected, "{text}");
    };
    check("loan id|amount|rate\n1|2|3\n4|5|6", Some(1));
    check("Notes offered by Prospectus\nid|amount|rate\n1|2|3\n4|5|6", Some(2));
    check("Report of 2016\n\nid|amount|rate\n1|2|3\n4|5|6", Some(3));
    // Some programs fill every line up with delimiters.
    check("Report 2026|||\n|||\nid|client|amount|rate\n1|2|3|4\n4|5|6|7", Some(3));
    check("Report 2026|\nid|amount\n1|2\n4|5", Some(2));
    check("Report|of May|||||\nid|client|amount|rate|a|b|c\n1|2|3|4|5|6|7\n4|5|6|7|8|9|0", Some(2));
    check("id|\nLN1|Home\nLN2|Car", Some(1));
    check("|id\n0|3\n1|6", Some(1));
    check("1|2|3\n4|5|6", None);
    check("F16Q10000001|201603|95000|0\nF16Q10000001|201604|94000|0", None);
    check("a|b\nx|y\nz|w", Some(1));
    check("|amount|rate\n0|2|3\n1|5|6", Some(1));
    check("id|2015|2016|name\n1|2|3|x\n2|3|4|y", Some(1));
    check("LN1|Home|Open|Male|500\nLN2|Car|Open|Male|600", None);
    check("id|", Some(1));
    check("", None);
}

#[test]
fn rows_and_columns_are_shown() {
    let rows: Vec<String> = (1..50).map(|number| format!("{number}|{number}000|open")).collect();
    let preview = look_at(&format!("loan id|loan amount|status\n{}", rows.join("\n")));
    assert_eq!((preview.rows.len(), preview.rows[0].join(" ").as_str()), (20, "1 1000 open"));
    assert_eq!((preview.kind, preview.profile.as_deref()), (FileKind::Loans, None));
    assert!(preview.notes.iter().any(|note| note.starts_with("No borrower id")), "{:?}", preview.notes);
    let mapping = preview.mapping();
    assert_eq!(mapping.check(), Ok(()));
    assert_eq!(mapping.columns.len(), 3);
    assert!(preview.columns[2].is_constant);
}

#[test]
fn the_profile_of_a_file_is_known() {
    let check = |name: &str, delimiter: u8, id: Option<&str>, kind: FileKind| {
        let Some((header, rows)) = shared(name, delimiter) else { return };
        let rows: Vec<Row> = std::iter::once(Row::new(1, header)).chain(rows).collect();
        let preview = look(&rows);
        assert_eq!((preview.profile.as_deref(), preview.kind), (id, kind), "{name}");
        let files = id.and_then(profile::profile).map_or(&[][..], |profile| &profile.files);
        for file in files.iter().filter(|file| file_matches(file, &preview.header)) {
            assert_eq!(profile::objections(&file.mapping, &preview), [], "{name}");
        }
    };
    check("notebook-loans.csv", b',', Some("original-analysis"), FileKind::Loans);
    check("sba-case.csv", b',', Some("sba"), FileKind::Loans);
    check("uci-credit-card-default.csv", b',', Some("uci-card-default"), FileKind::Loans);
    check("bank-recovery-strategies.csv", b',', None, FileKind::Loans);
    check("berka/Loan.csv", b';', Some("berka"), FileKind::Loans);
    check("berka/Disp.csv", b',', Some("berka"), FileKind::Links);
    check("berka/Client.csv", b';', Some("berka"), FileKind::Borrowers);
    check("berka/trnx_16.csv", b',', Some("berka"), FileKind::Payments);
}

/// A German copy of a known file: its header is the known one, its numbers are not.
#[test]
fn numbers_that_a_profile_would_read_otherwise_are_told() {
    let file = &profile::profile("original-analysis").expect("is there").files[0];
    let names: Vec<&str> = file.mapping.columns.iter().map(|mapped| mapped.column.as_str()).collect();
    let check = |rows: [&str; 2], expected: &[&str]| {
        let text = format!("{}\n{}\n{}", names.join("|"), rows[0], rows[1]);
        let preview = look_at(&text);
        let found: Vec<&str> = profile::objections(&file.mapping, &preview).iter().map(|(column, _)| *column).collect();
        assert_eq!((preview.profile.as_deref(), found.as_slice()), (Some("original-analysis"), expected), "{rows:?}");
        let warned =
            preview.columns.iter().filter(|column| column.warning.is_some()).map(|column| column.column.as_str());
        assert_eq!(warned.collect::<Vec<_>>(), expected, "{rows:?}");
    };
    let row = |amounts: [&str; 4], rate: &str| {
        let [income, amount, security, open] = amounts;
        format!(
            "B|59|Male|Salaried|{income}|0|L|{amount}|60|{rate}|Home|{security}|{open}|4856|On-Time|0|0|Open|1|x|No"
        )
    };
    let german = ["21.542", "144.579", "172.799", "291.413"];
    let amounts = ["Monthly_Income", "Loan_Amount", "Collateral_Value", "Outstanding_Loan_Amount"];
    let with_rate = ["Monthly_Income", "Loan_Amount", "Interest_Rate", "Collateral_Value", "Outstanding_Loan_Amount"];
    check([&row(german, "12,39"), &row(german, "9,5")], &with_rate);
    check([&row(german, "12"), &row(german, "9")], &amounts);
    let english = ["21542", "1,144,579.5", "0", "291413.005"];
    check([&row(english, "12.39"), &row(english, "9")], &[]);
}

#[test]
fn a_file_that_is_almost_a_known_one_says_what_it_lacks() {
    let columns: Vec<&str> = profile::profile("original-analysis").expect("is there").files[0]
        .mapping
        .columns
        .iter()
        .map(|c| c.column.as_str())
        .collect();
    let without = |places: &[usize]| -> Vec<&str> {
        columns.iter().enumerate().filter(|(place, _)| !places.contains(place)).map(|(_, name)| *name).collect()
    };
    let almost = |names: &[&str]| look_at(&format!("{}\n{}", names.join("|"), vec!["x"; names.len()].join("|"))).almost;
    assert_eq!(almost(&without(&[])), None);
    let one = almost(&without(&[4])).expect("is almost one");
    assert!(one.starts_with("Almost a file of") && one.ends_with(&format!(": {} is missing", columns[4])), "{one}");
    let two = almost(&without(&[4, 5])).expect("is almost one");
    assert!(two.ends_with(&format!(": {}, {} are missing", columns[4], columns[5])), "{two}");
    assert_eq!(almost(&columns[..8]), None);
}

#[test]
fn files_without_a_header_are_known_by_their_rows() {
    let row = |cells: &[(usize, &str)], width: usize| {
        let mut fields = vec![""; width];
        for (number, text) in cells {
            fields[number - 1] = text;
        }
        fields.join("|")
    };
    let check = |line: String, id: Option<&str>, field: Option<Field>| {
        let preview = look_at(&format!("{line}\n{line}"));
        assert_eq!((preview.has_header, preview.profile.as_deref()), (false, id), "{line}");
        assert!(field.is_none_or(|field| preview.mapping().column_of(field).is_some()), "{:?}", preview.mapping());
    };
    let performance =
        [(1, "F16Q10000001"), (2, "201603"), (3, "95000.00"), (4, "0"), (5, "1"), (6, "359"), (11, "4.125")];
    check(row(&performance, 32), Some("freddie-mac"), Some(Field::DaysPastDue));
    let origination = [
        (1, "751"),
        (2, "201603"),
        (3, "N"),
        (4, "204602"),
        (6, "0"),
        (7, "1"),
        (8, "P"),
        (9, "80"),
        (10, "38"),
        (11, "95000"),
        (12, "80"),
        (13, "4.125"),
        (14, "R"),
        (15, "N"),
        (16, "FRM"),
        (17, "OH"),
        (18, "SF"),
        (19, "43200"),
        (20, "F16Q10000001"),
        (21, "P"),
        (22, "360"),
        (23, "2"),
        (24, "Other sellers"),
    ];
    check(row(&origination, 32), Some("freddie-mac"), Some(Field::LoanAmount));
    let combined = [
        (2, "100007365142"),
        (3, "012000"),
        (4, "R"),
        (5, "JPMorgan"),
        (8, "8.0"),
        (9, "8.0"),
        (10, "75000.00"),
        (12, "75000.00"),
        (13, "360"),
        (14, "121999"),
        (15, "022000"),
        (16, "0"),
        (17, "360"),
        (27, "C"),
        (40, "00"),
    ];
    check(row(&combined, 110), Some("fannie-mae"), Some(Field::OutstandingAmount));
    check("1|2|3|4".to_owned(), None, None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn no_start_makes_it_panic(rows in proptest::collection::vec(proptest::collection::vec(".{0,8}", 0..5), 0..8)) {
        let rows: Vec<Row> = rows.iter().zip(1..).map(|(row, line)| Row::new(line, row)).collect();
        let preview = look(&rows);
        prop_assert_eq!(preview.columns.len(), preview.header.len());
    }
}
