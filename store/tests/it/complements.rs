//! Files that complete each other: what one leaves out, another may say of the same day or of an earlier one.

use crate::files::TestFile;
use crate::fixture::Fixture;
use crate::harness::{TestDatabase, on_both_databases};
use crate::import::stored;
use crate::records::{day, email, money, only_borrower, short};
use crate::snapshots::{history, state, tally};
use domain::loan::{LoanRecord, RecoveryStatus};
use domain::upload::FindingKind;

on_both_databases!(
    files_of_a_day_complete_each_other,
    extra_columns_are_told_one_by_one,
    a_file_completes_what_was_told_of_an_earlier_day,
    a_file_of_the_same_day_names_the_borrower,
    an_older_file_says_what_nothing_is_known_of,
    the_order_of_days_does_not_matter,
    what_was_carried_over_is_no_word_of_its_day,
    a_correction_of_an_earlier_day_reaches_what_rests_on_it,
    another_files_word_on_a_borrower_of_the_same_day_is_told,
);

fn with_extras(record: LoanRecord, extras: &[(&str, &str)]) -> LoanRecord {
    let extras = extras.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    LoanRecord { extras, ..record }
}

async fn files_of_a_day_complete_each_other(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let known = LoanRecord { tenure_months: Some(12), ..state("A", 1, 10) };
    fixture.load(TestFile::loans(vec![known.clone(), state("B", 1, 20)]).named("first.csv")).await;
    let before = fixture.db.dump().await;
    let rate =
        LoanRecord { interest_rate: Some(9.5), outstanding_amount: None, tenure_months: Some(12), ..state("A", 1, 0) };
    let file = TestFile::loans(vec![rate.clone(), LoanRecord { outstanding_amount: None, ..state("B", 1, 0) }]);
    let upload = fixture.load(file).await;
    assert_eq!((tally(&upload), upload.counts().conflicts), ((0, 1, 1), 0));
    let completed = LoanRecord { interest_rate: Some(9.5), ..known };
    assert_eq!(stored(&fixture).await, [completed, state("B", 1, 20)]);
    assert_eq!(history(&fixture).await, [(1, 10), (1, 10)], "what stood there before is kept");
    // What both say must agree.
    let other = LoanRecord { interest_rate: Some(9.6), ..rate };
    let conflicting = fixture.load(TestFile::loans(vec![other])).await;
    let found = fixture.findings(&conflicting, FindingKind::Conflict).await;
    assert_eq!((found.len(), found[0].column.as_deref()), (1, Some("interest rate")));
    for upload in [conflicting, upload] {
        fixture.undo(upload.id).await;
    }
    assert_eq!(fixture.db.dump().await, before);
}

async fn extra_columns_are_told_one_by_one(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let extras = async || stored(&fixture).await.remove(0).extras.into_iter().collect::<Vec<_>>();
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    fixture.import(vec![with_extras(state("A", 1, 10), &[("Branch", "Nörd \"1\""), ("Grade", "b")])]).await;
    let before = fixture.db.dump().await;
    let same_day = with_extras(state("A", 1, 10), &[("Rank", "7"), ("Branch", "Nörd \"1\"")]);
    let first = fixture.import(vec![same_day]).await;
    assert_eq!((tally(&first), first.counts().conflicts), ((0, 1, 0), 0));
    assert_eq!(extras().await, [pair("Branch", "Nörd \"1\""), pair("Grade", "b"), pair("Rank", "7")]);
    let again = fixture.import(vec![with_extras(state("A", 1, 10), &[("Grade", "b"), ("Rank", "7")])]).await;
    assert_eq!((tally(&again), again.counts().conflicts), ((0, 0, 1), 0));
    let otherwise = fixture.import(vec![with_extras(state("A", 1, 10), &[("Grade", "c"), ("New", "1")])]).await;
    let found = fixture.findings(&otherwise, FindingKind::Conflict).await;
    assert_eq!((found.len(), found[0].column.as_deref()), (1, Some("extras")));
    let newer = fixture.import(vec![with_extras(state("A", 2, 10), &[("Grade", "c")])]).await;
    assert_eq!(extras().await, [pair("Branch", "Nörd \"1\""), pair("Grade", "c"), pair("Rank", "7")]);
    for upload in [newer, otherwise, again, first] {
        fixture.undo(upload.id).await;
    }
    assert_eq!(fixture.db.dump().await, before);
}

async fn a_file_completes_what_was_told_of_an_earlier_day(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    fixture.import(vec![with_extras(state("A", 1, 10), &[("Branch", "North")])]).await;
    fixture.import(vec![state("A", 2, 20)]).await;
    let before = fixture.db.dump().await;
    let rate = LoanRecord { interest_rate: Some(9.5), outstanding_amount: None, ..state("A", 1, 0) };
    let upload = fixture.import(vec![with_extras(rate, &[("Rank", "7")])]).await;
    assert_eq!((tally(&upload), upload.counts().conflicts), ((0, 1, 0), 0));
    assert_eq!(stored(&fixture).await[0].interest_rate, Some(9.5), "no later day says otherwise");
    assert_eq!(history(&fixture).await, [(2, 20), (2, 20), (1, 10), (1, 10)]);
    let told =
        "SELECT COUNT(*) FROM loan_history WHERE interest_rate = 9.5 AND extras LIKE '%North%' AND extras LIKE '%7%'";
    assert_eq!(fixture.db.number(told).await, 1);
    let otherwise = LoanRecord { interest_rate: Some(9.6), outstanding_amount: None, ..state("A", 1, 0) };
    let conflicting = fixture.import(vec![otherwise]).await;
    assert_eq!(conflicting.counts().conflicts, 1);
    for upload in [conflicting, upload] {
        fixture.undo(upload.id).await;
    }
    assert_eq!(fixture.db.dump().await, before);
}

async fn a_file_of_the_same_day_names_the_borrower(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let mut nameless = state("A", 1, 10);
    nameless.borrower.borrower_ref.clear();
    nameless.borrower.monthly_income = money(5);
    fixture.import(vec![nameless]).await;
    let before = fixture.db.dump().await;
    let upload = fixture.import(vec![state("A", 1, 10)]).await;
    assert_eq!((tally(&upload), upload.counts().conflicts), ((0, 1, 0), 0));
    let named = stored(&fixture).await.remove(0).borrower;
    assert_eq!((named.borrower_ref.as_str(), named.monthly_income), ("of A", money(5)));
    let mut stranger = state("A", 1, 10);
    "Z".clone_into(&mut stranger.borrower.borrower_ref);
    let conflicting = fixture.import(vec![stranger]).await;
    let found = fixture.findings(&conflicting, FindingKind::Conflict).await;
    assert_eq!((found.len(), found[0].column.as_deref()), (1, Some("borrower")));
    for upload in [conflicting, upload] {
        fixture.undo(upload.id).await;
    }
    assert_eq!(fixture.db.dump().await, before);
}

async fn an_older_file_says_what_nothing_is_known_of(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let row = |as_of: u32, employment: Option<&str>, income: i64| {
        let mut row = LoanRecord { as_of: Some(day(as_of)), ..short("A", "B", 10) };
        row.borrower.employment_type = employment.map(str::to_owned);
        row.borrower.monthly_income = money(income);
        row.borrower.contacts = vec![email(&format!("{as_of}@example.test"), Some(true))];
        row
    };
    fixture.import(vec![row(3, None, 30)]).await;
    let before = fixture.db.dump().await;
    let upload = fixture.import(vec![row(1, Some("Salaried"), 10)]).await;
    let borrower = stored(&fixture).await.remove(0).borrower;
    assert_eq!((borrower.employment_type.as_deref(), borrower.monthly_income), (Some("Salaried"), money(30)));
    assert_eq!(fixture.db.number("SELECT COUNT(*) FROM borrower_contact").await, 2);
    fixture.undo(upload.id).await;
    assert_eq!(fixture.db.dump().await, before);
}

/// What three days say of a loan: the first its status, rate and borrower, the second another rate, the third little.
fn days(loan: &str) -> [LoanRecord; 3] {
    let nameless = |on: u32, outstanding: i64| LoanRecord { as_of: Some(day(on)), ..short(loan, "", outstanding) };
    let first = LoanRecord {
        recovery_status: RecoveryStatus::WrittenOff,
        interest_rate: Some(5.0),
        tenure_months: Some(12),
        borrower: only_borrower("B"),
        ..with_extras(nameless(1, 10), &[("Branch", "North"), ("Grade", "a")])
    };
    let second = LoanRecord { interest_rate: Some(6.0), ..with_extras(nameless(2, 20), &[("Grade", "b")]) };
    [first, second, nameless(3, 30)]
}

const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

async fn the_order_of_days_does_not_matter(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let mut before = Vec::new();
    let mut uploads = Vec::new();
    for (place, order) in ORDERS.into_iter().enumerate() {
        // Each in a file of its own, and all in one file.
        let (apart, together) = (days(&format!("A{place}")), days(&format!("Z{place}")));
        let files =
            order.map(|at| vec![apart[at].clone()]).into_iter().chain([order.map(|at| together[at].clone()).to_vec()]);
        for rows in files {
            before.push(fixture.db.dump().await);
            let mut file = TestFile::loans(rows);
            file.is_blank_open();
            uploads.push(fixture.load(file).await);
            assert_eq!(uploads.last().map(|upload| upload.counts().conflicts), Some(0));
        }
    }
    for loan in stored(&fixture).await {
        let expected = LoanRecord {
            interest_rate: Some(6.0),
            outstanding_amount: money(30),
            as_of: Some(day(3)),
            ..days(&loan.loan_ref).into_iter().next().unwrap()
        };
        assert_eq!(LoanRecord { extras: expected.extras.clone(), ..loan.clone() }, expected);
        assert_eq!(loan.extras.get("Branch").map(String::as_str), Some("North"), "{}", loan.loan_ref);
    }
    for (upload, before) in uploads.into_iter().zip(before).rev() {
        fixture.undo(upload.id).await;
        assert_eq!(fixture.db.dump().await, before);
    }
}

async fn what_was_carried_over_is_no_word_of_its_day(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let rate = |on: u32, rate: Option<f64>| LoanRecord { interest_rate: rate, ..state("A", on, 10) };
    let stored_rate = async || stored(&fixture).await.remove(0).interest_rate;
    fixture.import(vec![rate(1, Some(5.0))]).await;
    fixture.import(vec![rate(3, None)]).await;
    let upload = fixture.import(vec![rate(3, Some(7.0))]).await;
    assert_eq!((upload.counts().conflicts, tally(&upload), stored_rate().await), (0, (0, 1, 0), Some(7.0)));
    let upload = fixture.import(vec![rate(3, Some(8.0))]).await;
    assert_eq!((upload.counts().conflicts, stored_rate().await), (1, Some(7.0)));
    // An earlier day is of no account any more, and one that corrects it neither.
    fixture.load(TestFile::loans(vec![rate(1, Some(6.0))]).correcting()).await;
    assert_eq!(stored_rate().await, Some(7.0));
}

async fn a_correction_of_an_earlier_day_reaches_what_rests_on_it(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let rate = |on: u32, rate: Option<f64>| LoanRecord { interest_rate: rate, ..state("A", on, 10) };
    fixture.import(vec![rate(1, Some(5.0))]).await;
    fixture.import(vec![rate(3, None)]).await;
    let before = fixture.db.dump().await;
    let upload = fixture.load(TestFile::loans(vec![rate(1, Some(6.0))]).correcting()).await;
    assert_eq!(stored(&fixture).await[0].interest_rate, Some(6.0));
    fixture.undo(upload.id).await;
    assert_eq!(fixture.db.dump().await, before);
}

async fn another_files_word_on_a_borrower_of_the_same_day_is_told(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let row = |loan: &str, income: i64, age: Option<u16>, consent: Option<bool>| {
        let mut row = short(loan, "B", 10);
        row.borrower.monthly_income = money(income);
        row.borrower.protected.age = age;
        row.borrower.contacts = vec![email("b@example.test", consent)];
        row
    };
    let person = async || stored(&fixture).await.remove(0).borrower;
    let consent = async || fixture.db.number("SELECT COUNT(*) FROM borrower_contact WHERE has_consent").await;
    fixture.import(vec![row("A", 100, Some(40), Some(true))]).await;
    let before = fixture.db.dump().await;
    let upload = fixture.import(vec![row("A2", 200, Some(41), Some(false))]).await;
    let found = fixture.findings(&upload, FindingKind::Warned).await;
    let told: Vec<_> = found.iter().map(|finding| (finding.column.as_deref(), finding.reason.as_str())).collect();
    let expected = [
        (Some("monthly income"), "of borrower B is 1.00 on file for the same day; that one is kept"),
        (Some("age"), "of borrower B is 40 on file for the same day; that one is kept"),
    ];
    assert_eq!(told, expected);
    let counts = upload.counts();
    assert_eq!((counts.accepted, counts.warned, counts.conflicts), (1, 1, 0));
    assert_eq!((person().await.monthly_income, person().await.protected.age), (money(100), Some(40)));
    assert_eq!(consent().await, 0, "a no holds");
    let yes = fixture.import(vec![row("A2", 100, Some(40), Some(true))]).await;
    assert_eq!(consent().await, 0, "and a yes of the same day does not undo it");
    fixture.undo(yes.id).await;
    let correcting = fixture.load(TestFile::loans(vec![row("A2", 300, Some(42), Some(true))]).correcting()).await;
    assert_eq!((person().await.monthly_income, consent().await), (money(300), 1));
    for upload in [correcting, upload] {
        fixture.undo(upload.id).await;
    }
    assert_eq!(fixture.db.dump().await, before);
    // A file may think better of it in a later row or chunk of its own, and is told so.
    let file = TestFile::loans(vec![row("C", 5, None, None), row("D", 6, None, None)]);
    let upload = fixture.load(TestFile { as_of: day(2), ..file.and_loans(vec![row("E", 7, None, None)]) }).await;
    assert_eq!((upload.counts().warned, person().await.monthly_income), (2, money(7)));
    let found = fixture.findings(&upload, FindingKind::Warned).await;
    let told: Vec<&str> = found.iter().map(|finding| finding.reason.as_str()).collect();
    let expected = [5, 6]
        .map(|before| format!("of borrower B is 0.0{before} in an earlier row for the same day; this one is kept"));
    assert_eq!(told, expected);
}
