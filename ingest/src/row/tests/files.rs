//! Rows of other files than loans, links between files, and mappings that do not fit.

use super::*;

#[test]
fn payments_borrowers_and_links_are_read_too() {
    let plain = Reading::default;
    let payments = plan(&mapping(
        FileKind::Payments,
        &[
            ("loan", Field::LoanId, plain()),
            ("on", Field::PaidOn, plain()),
            ("amount", Field::PaymentAmount, plain()),
            ("kind", Field::PaymentKind, plain()),
            ("reverses", Field::ReversalOf, plain()),
        ],
    ));
    let check = |line: &str, amount: i64, kind: PaymentKind| match read_line(&payments, line).0 {
        Ok(Taken::Payment(payment)) => assert_eq!((payment.amount.minor, payment.kind), (amount, kind), "{line}"),
        other => panic!("{line}: {other:?}"),
    };
    check("a|2016-01-02|5||", 500, PaymentKind::Instalment);
    check("a|2016-01-02|-5||", -500, PaymentKind::Reversal);
    check("a|2016-01-02|5|reversal|", -500, PaymentKind::Reversal);
    check("a|2016-01-02|5|Fee|", 500, PaymentKind::Fee);
    // What takes a payment back is a reversal, whatever else it says.
    check("a|2016-01-02|-5||P1", -500, PaymentKind::Reversal);
    for none in ["0", "N", "no", "None", "nan", "FALSE"] {
        check(&format!("a|2016-01-02|5||{none}"), 500, PaymentKind::Instalment);
    }
    check("a|2016-01-02|5||P1", -500, PaymentKind::Reversal);
    // A word that ledgers use needs no mapping.
    check("a|2016-01-02|5|payment|", 500, PaymentKind::Instalment);
    check("a|2016-01-02|5|Chargeback|", -500, PaymentKind::Reversal);
    check("a|2016-01-02|5|NSF|", -500, PaymentKind::Reversal);
    let warned = |line: &str, amount: i64, kind: PaymentKind, expected: &[Oddity]| {
        check(line, amount, kind);
        let found: Vec<Oddity> = read_line(&payments, line).1.iter().map(|warning| warning.oddity).collect();
        assert_eq!(found, expected, "{line}");
    };
    for kind in ["instalment", "prepayment", "recovery", "payment"] {
        let line = format!("a|2016-01-02|5|{kind}|P1");
        warned(&line, -500, PaymentKind::Reversal, &[Oddity::ReversalNamedOtherwise]);
    }
    warned("a|2016-01-02|-5|instalment|P1", -500, PaymentKind::Reversal, &[Oddity::ReversalNamedOtherwise]);
    warned("a|2016-01-02|5|nsf|P1", -500, PaymentKind::Reversal, &[]);
    warned("a|2016-01-02|5|fee|P1", 500, PaymentKind::Fee, &[Oddity::FeeNamesPayment]);
    warned("a|2016-01-02|-5|fee|", -500, PaymentKind::Fee, &[]);
    warned("a|2016-01-02|-5|instalment|", -500, PaymentKind::Instalment, &[]);
    assert!(reason(&payments, "a|2016-01-02|5|Zed|").contains("is not known"));
    assert!(reason(&payments, "|2016-01-02|5||").contains("every payment needs the id of its loan"));
    assert!(reason(&payments, "a||5||").contains("is blank: a date is needed"));
    assert!(reason(&payments, "a|2016-01-02|||").contains("is blank: a number is needed"));
    assert!(reason(&payments, "a|2016-01-02|1-2||").contains("is a range"));

    for (line, is_foreign) in
        [("5 €", true), ("CHF 5", true), ("£5", true), ("$5", false), ("USD 5", false), ("5", false)]
    {
        let warnings = read_line(&payments, &format!("a|2016-01-02|{line}||")).1;
        assert_eq!(warnings.iter().any(|warning| warning.oddity == Oddity::OtherCurrency), is_foreign, "{line}");
    }

    let birth = Reading { date: Some(DateFormat::BirthNumber), ..plain() };
    let borrowers = plan(&mapping(
        FileKind::Borrowers,
        &[
            ("id", Field::BorrowerId, plain()),
            ("birth", Field::BirthDate, birth.clone()),
            ("birth", Field::Gender, birth),
            ("mail", Field::Email, plain()),
            ("may", Field::EmailConsent, plain()),
        ],
    ));
    let Ok(Taken::Borrower(borrower)) = read_line(&borrowers, "1|706213|A@b.C|Y").0 else { panic!("no borrower") };
    // A column that holds two things is read twice.
    assert_eq!(borrower.protected.birth_date, NaiveDate::from_ymd_opt(1970, 12, 13));
    assert_eq!(borrower.protected.gender.as_deref(), Some("Female"));
    assert_eq!((borrower.contacts[0].channel, borrower.contacts[0].value.as_str()), (ContactChannel::Email, "a@b.c"));
    assert_eq!(borrower.contacts[0].has_consent, Some(true));
    // A no without an address is a no to all of them; a yes without one is about nothing.
    let contacts = |line: &str| match read_line(&borrowers, line).0 {
        Ok(Taken::Borrower(borrower)) => {
            borrower.contacts.into_iter().map(|point| (point.value, point.has_consent)).collect::<Vec<_>>()
        }
        other => panic!("no borrower: {other:?}"),
    };
    assert_eq!(contacts("1|||N"), [(String::new(), Some(false))]);
    assert_eq!(contacts("1|||Y"), []);
    let warned = |line: &str| read_line(&borrowers, line).1.iter().map(|warning| warning.oddity).collect::<Vec<_>>();
    assert_eq!(
        (warned("1|||Y"), warned("1||a@b.c|Y"), warned("1|||")),
        (vec![Oddity::ConsentToNothing], vec![], vec![])
    );
    assert!(reason(&borrowers, "|706213|a@b.c|").contains("every borrower needs an id here"));

    let mut links = mapping(FileKind::Links, &[("a", Field::LinkFrom, plain()), ("b", Field::LinkTo, plain())]);
    links.only = Some(RowFilter { column: "type".to_owned(), is: vec!["OWNER".to_owned()] });
    let header = ["a", "b", "type"].map(str::to_owned);
    let links = Plan::new(&links, Some(&header), Currency::USD, &Links::default()).expect("a plan");
    let link = Taken::Link { from: "1".to_owned(), to: "2".to_owned() };
    assert_eq!(read_line(&links, "1|2|owner").0, Ok(link));
    assert_eq!(read_line(&links, "1|2|USER").0, Ok(Taken::PassedOver));
}

#[test]
fn ids_go_through_files_of_links() {
    let mut links = Links::default();
    for (name, from, to) in [("disp", "1", "c"), ("client", "c", "p"), ("disp", "2", "lost")] {
        links.insert(name, from.to_owned(), to.to_owned()).expect("there is room");
    }
    let via = |via: &str| Reading { via: Some(via.to_owned()), ..Reading::default() };
    let header = ["id", "account"].map(str::to_owned);
    let plan = |path: &str| {
        let columns = [("id", Field::LoanId, Reading::default()), ("account", Field::BorrowerId, via(path))];
        Plan::new(&mapping(FileKind::Loans, &columns), Some(&header), Currency::USD, &links)
    };
    let through = plan("Disp > client").expect("a plan");
    assert_eq!(loan(&through, "a|1").0.borrower.borrower_ref, "p");
    for lost in ["a|2", "a|3"] {
        let (loan, oddities) = loan(&through, lost);
        assert_eq!((loan.borrower.borrower_ref.as_str(), oddities), ("", vec![Oddity::Orphan]), "{lost}");
    }
    let check = |path: &str, words: &str| {
        let error = plan(path).expect_err(path).to_string();
        assert!(error.contains(words), "{error}");
    };
    check("nowhere", "goes via \"nowhere\", but there is no file of links with that name: there are client, disp");
    check("disp > client > disp", "goes via \"disp\" twice");
    let columns = [("account", Field::LinkFrom, via("client")), ("id", Field::LinkTo, Reading::default())];
    let circle = Plan::new(&mapping(FileKind::Links, &columns), Some(&header), Currency::USD, &links);
    let told = circle.expect_err("links cannot go through links").to_string();
    assert!(told.contains("column account goes via \"client\", but a file of links cannot"), "{told}");
    let columns = [
        ("account", Field::LoanId, via("disp")),
        ("on", Field::PaidOn, Reading::default()),
        ("amount", Field::PaymentAmount, Reading::default()),
    ];
    let header = ["account", "on", "amount"].map(str::to_owned);
    let payments = Plan::new(&mapping(FileKind::Payments, &columns), Some(&header), Currency::USD, &links);
    let found = reason(&payments.expect("a plan"), "9|2016-01-02|5");
    assert_eq!(found, "account: \"9\" belongs to no loan: the file that it points to does not have it");
}

#[test]
fn a_mapping_that_does_not_fit_the_header_says_so() {
    let check = |header: &str, expected: &str| {
        let header: Vec<String> = header.split(',').map(str::to_owned).collect();
        let error = Plan::new(original(), Some(&header), Currency::USD, &Links::default()).expect_err(expected);
        assert_eq!(error.to_string(), expected);
    };
    let good = header_of(original()).join(",");
    check(
        &good.replacen("Loan_Amount,", "", 1),
        "column Loan_Amount is missing: add it, or rename the column that holds it",
    );
    check(
        &good.replacen("Loan_Amount", "Loan_Amnt", 1).replacen("Age", "Years", 1),
        "columns Age, Loan_Amount (is it \"Loan_Amnt\"?) are missing: add them, or rename the columns that hold them",
    );
    check(
        &good.replacen("Age", "Monthly_Income", 1),
        "column Monthly_Income stands twice, as columns number 2 and 5: remove or rename one of them",
    );
    let doubled = format!("{good},loan amount");
    let header: Vec<String> = doubled.split(',').map(str::to_owned).collect();
    assert!(Plan::new(original(), Some(&header), Currency::USD, &Links::default()).is_ok(), "one is exact");
    let numbered = Plan::new(original(), None, Currency::USD, &Links::default()).expect_err("names are no numbers");
    assert!(numbered.to_string().contains("is no number from 1"), "{numbered}");
    let empty = mapping(FileKind::Loans, &[]);
    assert!(matches!(Plan::new(&empty, None, Currency::USD, &Links::default()), Err(PlanError::Mapping(_))));
}

#[test]
fn a_preamble_is_no_header() {
    let check = |line: &str, expected| assert_eq!(is_header(original(), line.split(',')), expected, "{line}");
    check("Notes offered by Prospectus", false);
    check(&header_of(original()).join(",").to_lowercase(), true);
}

/// What stands in a file counts into its own sum, whatever becomes of the row.
#[test]
fn control_totals_count_what_can_be_read() {
    let columns =
        |reading: Reading| [("id", Field::LoanId, Reading::default()), ("amount", Field::LoanAmount, reading)];
    let negative_as_zero = Reading { negative_as_zero: true, ..Reading::default() };
    let check = |reading: &Reading, text: &str, expected: &[(i64, i64)]| {
        let plan = plan(&mapping(FileKind::Loans, &columns(reading.clone())));
        let row = Row::new(2, ["a", text]);
        let record = row.record();
        let amounts = plan.control_amounts(&record).map(|amount| (amount.written.minor, amount.taken.minor));
        assert_eq!(amounts.collect::<Vec<_>>(), expected, "{text}");
    };
    let plain = Reading::default();
    check(&plain, "$1,000.50", &[(100_050, 100_050)]);
    for (text, minor) in [("(100.50)", -10_050), ("-100", -10_000), ("100-", -10_000), ("$-100", -10_000)] {
        check(&plain, text, &[(minor, minor)]);
        check(&negative_as_zero, text, &[(minor, 0)]);
    }
    check(&plain, "\u{2212}100", &[(-10_000, -10_000)]);
    check(&plain, "NA", &[]);
    check(&plain, "lots", &[]);
}

#[test]
fn what_rounding_adds_is_known_however_an_amount_is_written() {
    let comma = Reading { decimal_comma: true, ..Reading::default() };
    let tenth = Reading { times: Some(0.1), ..Reading::default() };
    let check = |reading: &Reading, text: &str, minor: i64, rounding: i64| {
        let columns = [("id", Field::LoanId, Reading::default()), ("amount", Field::LoanAmount, reading.clone())];
        let plan = plan(&mapping(FileKind::Loans, &columns));
        let row = Row::new(2, ["a", text]);
        let amounts: Vec<_> = plan.control_amounts(&row.record()).collect();
        assert_eq!((amounts[0].written.minor, amounts[0].rounding), (minor, rounding), "{text}");
    };
    let plain = Reading::default();
    for text in ["1000.005", "1,000.005", "$1000.005", "1e3"] {
        let rounding = if text == "1e3" { 0 } else { 500_000 };
        check(&plain, text, if text == "1e3" { 100_000 } else { 100_001 }, rounding);
    }
    check(&comma, "1.000,005", 100_001, 500_000);
    check(&comma, "\u{20ac} 0,005", 1, 500_000);
    check(&tenth, "$0.05", 1, 500_000);
    check(&plain, "100.005-100.015", 10_001, 0);
}

/// Below a table may stand its totals, in the language of who made it.
#[test]
fn lines_below_a_table_are_no_rows() {
    let plain = Reading::default;
    let header = ["id", "client", "amount", "note"].map(str::to_owned);
    let plan = |kind, columns: &[(&str, Field, Reading)]| {
        Plan::new(&mapping(kind, columns), Some(&header), Currency::USD, &Links::default()).expect("a plan")
    };
    let loans = plan(
        FileKind::Loans,
        &[
            ("id", Field::LoanId, plain()),
            ("client", Field::BorrowerId, plain()),
            ("amount", Field::LoanAmount, plain()),
        ],
    );
    let bare = plan(FileKind::Loans, &[("id", Field::LoanId, plain()), ("amount", Field::LoanAmount, plain())]);
    let unnamed = plan(FileKind::Loans, &[("amount", Field::LoanAmount, plain())]);
    let people =
        plan(FileKind::Borrowers, &[("id", Field::BorrowerId, plain()), ("client", Field::BorrowerName, plain())]);
    let (totals, end) = ("is a line of totals, not a row of data", "is a line below the table, not a row of data");
    let check = |line: &str, expected: Option<&str>| {
        for plan in [&loans, &bare, &unnamed, &people] {
            let found = read_line(plan, line).0.err().map(|fault| fault.reason);
            assert_eq!(found.as_deref(), expected, "{line} {:?}", plan.kind());
        }
    };
    for word in
        ["Gesamt", "Summe", "Summe:", "SUMME", "Gesamtsumme", "Total général", "Sous-total", "Totaux", "Suma total"]
    {
        check(&format!("{word}||30|"), Some(totals));
    }
    for word in ["Somma", "Totale", "Soma", "Totaal", "Celkem", "Součet", "Razem", "Łącznie", "Total 2", "Grand total"]
    {
        check(&format!("{word}||30|"), Some(totals));
    }
    for word in ["Anzahl: 2", "Count: 2", "Number of loans: 2", "Počet 2", "Records=2"] {
        check(&format!("{word}|||"), Some(totals));
    }
    for word in ["End of report", "Ende", "EOF", "Fin du rapport", "Koniec", "Generated on 2026-01-02"] {
        check(&format!("{word}|||"), Some(end));
    }
    check("Anzahl: 2", Some(totals));
    check("LN_1||30|", None);
    check("SUM-1||30|", None);
    check("Endeavour 7||30|", None);
    let taken = |plan: &Plan, line: &str| read_line(plan, line).0.is_ok();
    assert!(taken(&loans, "Gesamt|B7|30|") && taken(&people, "Grand|Ann Grand||"), "a row that says more is one");
    assert!(taken(&unnamed, "Number 7||30|car loan"), "a word of a column that is not used");
    assert!(!taken(&loans, "Total|B7|30|"), "as ever");
}
