//! Files that complete each other: what one leaves out, another may say of the same day or of an earlier one.

use crate::files::TestFile;
use crate::fixture::Fixture;
use crate::harness::{TestDatabase, on_both_databases};
use crate::import::stored;
use crate::records::{day, email, money, short};
use crate::snapshots::{history, state, tally};
use domain::loan::LoanRecord;
use domain::upload::FindingKind;

on_both_databases!(
    files_of_a_day_complete_each_other,
    extra_columns_are_told_one_by_one,
    a_file_completes_what_was_told_of_an_earlier_day,
    a_file_of_the_same_day_names_the_borrower,
    an_older_file_says_what_nothing_is_known_of,
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
    assert_eq!((tally(&upload), upload.counts().conflicts), ((0, 0, 1), 0));
    assert_eq!(history(&fixture).await, [(2, 20), (1, 10), (1, 10)]);
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
    stranger.borrower.borrower_ref = "Z".to_owned();
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
