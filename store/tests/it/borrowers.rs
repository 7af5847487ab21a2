//! Files of borrowers: what they leave out stays, what is protected is kept apart.

use crate::files::TestFile;
use crate::fixture::Fixture;
use crate::harness::{TestDatabase, on_both_databases};
use crate::import::stored;
use crate::records::{borrower, email, money, only_borrower, records, short};
use crate::snapshots::tally;
use domain::borrower::{BorrowerRecord, ContactChannel, ContactPoint, ProtectedAttributes};
use domain::loan::LoanRecord;

on_both_databases!(
    consent_of_a_later_day_holds,
    words_of_an_earlier_day_fill_in_what_is_not_known,
    what_a_file_leaves_out_stays,
    changes_are_counted_by_borrower,
    what_is_protected_is_kept_apart,
    contact_points_come_with_consent,
    contact_points_of_loans_without_borrowers_are_kept,
);

async fn what_a_file_leaves_out_stays(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let upload = fixture.load(TestFile::borrowers(vec![borrower(1), borrower(2)])).await;
    assert_eq!((tally(&upload), upload.counts().accepted), ((2, 0, 0), 2));
    fixture.import(records(2)).await;
    let richer = BorrowerRecord { monthly_income: money(7), ..only_borrower("BRW_1") };
    let older = ProtectedAttributes { age: Some(99), ..ProtectedAttributes::default() };
    let older = BorrowerRecord { protected: older, ..only_borrower("BRW_2") };
    let upload = fixture.load(TestFile::borrowers(vec![richer, older, borrower(3)]).of_day(2)).await;
    assert_eq!(tally(&upload), (1, 2, 0));
    let told: Vec<BorrowerRecord> = stored(&fixture).await.into_iter().map(|record| record.borrower).collect();
    assert_eq!(told[0], BorrowerRecord { monthly_income: money(7), ..borrower(1) });
    let protected = ProtectedAttributes { age: Some(99), ..borrower(2).protected };
    assert_eq!(told[1], BorrowerRecord { protected, ..borrower(2) });
    // A loan file that says nothing of them leaves them too.
    fixture.load(TestFile::loans(vec![short("LN_1", "BRW_1", 5)]).of_day(2)).await;
    assert_eq!(stored(&fixture).await[0].borrower, told[0]);
}

async fn changes_are_counted_by_borrower(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    fixture.load(TestFile::borrowers(vec![borrower(1), borrower(2), only_borrower("BRW_3"), borrower(4)])).await;
    let mut both = BorrowerRecord { monthly_income: money(7), ..borrower(1) };
    both.protected.age = Some(99);
    let upload = fixture.load(TestFile::borrowers(vec![both, borrower(2), borrower(5)]).of_day(2)).await;
    assert_eq!(tally(&upload), (1, 1, 1), "one that changed in two ways is one that changed");
    let mut first_told = only_borrower("BRW_3");
    first_told.protected.age = Some(50);
    let upload = fixture.load(TestFile::borrowers(vec![first_told, borrower(4)])).await;
    assert_eq!(tally(&upload), (0, 1, 1));
    // Twice in a file: the last row speaks.
    let twice = [9, 8].map(|income| BorrowerRecord { monthly_income: money(income), ..borrower(6) });
    let upload = fixture.load(TestFile::borrowers(twice.to_vec())).await;
    assert_eq!((tally(&upload), upload.counts().accepted), ((1, 0, 1), 2));
    let income = "SELECT monthly_income_minor FROM borrower WHERE borrower_ref = 'BRW_6'";
    assert_eq!(fixture.db.number(income).await, 8);
}

async fn what_is_protected_is_kept_apart(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    fixture.load(TestFile::borrowers(vec![borrower(1), only_borrower("X")])).await;
    assert_eq!(fixture.db.number("SELECT COUNT(*) FROM borrower").await, 2);
    let protected = "SELECT COUNT(*) FROM borrower_protected WHERE age = 21 AND birth_date = '1980-01-31' \
                     AND gender = 'Male' AND marital_status = 'Single' AND dependants = 1";
    assert_eq!(fixture.db.number(protected).await, 1);
    assert_eq!(fixture.db.number("SELECT COUNT(*) FROM borrower_protected").await, 1, "no row where nothing is told");
    fixture.import(vec![LoanRecord { borrower: borrower(1), ..short("A", "", 1) }]).await;
    for table in ["borrower", "borrower_history", "loan", "loan_history", "borrower_contact"] {
        for row in fixture.db.rows(&format!("SELECT * FROM {table}")).await {
            let columns = row.as_object().unwrap();
            for barred in ["age", "birth_date", "gender", "marital_status", "dependants"] {
                assert!(!columns.contains_key(barred), "{table} holds {barred}");
            }
        }
    }
}

async fn consents(fixture: &Fixture) -> Vec<(String, Option<bool>)> {
    let sql = "SELECT b.borrower_ref, c.channel, c.value, c.has_consent FROM borrower_contact c \
               JOIN borrower b ON b.id = c.borrower_id ORDER BY c.id";
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let rows = fixture.db.rows(sql).await;
    let line = |row: &serde_json::Value| {
        let point = format!("{} {} {}", text(&row["borrower_ref"]), text(&row["channel"]), text(&row["value"]));
        (point, row["has_consent"].as_bool())
    };
    rows.iter().map(line).collect()
}

async fn contact_points_come_with_consent(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let phone = ContactPoint { channel: ContactChannel::Phone, value: "007".to_owned(), has_consent: None };
    let with = |contacts: Vec<ContactPoint>| BorrowerRecord { contacts, ..only_borrower("B") };
    let first = vec![email("a@x.test", Some(false)), phone.clone(), email("b@x.test", Some(true))];
    fixture.load(TestFile::borrowers(vec![with(first)])).await;
    let points = ["B email a@x.test", "B phone 007", "B email b@x.test"];
    let expect = async |consent: [Option<bool>; 3]| {
        let expected: Vec<_> = points.iter().map(|point| (*point).to_owned()).zip(consent).collect();
        assert_eq!(consents(&fixture).await, expected);
    };
    expect([Some(false), None, Some(true)]).await;
    let before = fixture.db.dump().await;
    // Who says nothing of consent leaves it; one contact point may stand in several rows.
    let second = vec![email("a@x.test", Some(true)), email("b@x.test", None), phone];
    let again = vec![email("a@x.test", None)];
    let upload = fixture.load(TestFile::borrowers(vec![with(second), with(again)]).of_day(2)).await;
    expect([Some(true), None, Some(true)]).await;
    fixture.undo(upload.id).await;
    expect([Some(false), None, Some(true)]).await;
    assert_eq!(fixture.db.dump().await, before);
}

async fn contact_points_of_loans_without_borrowers_are_kept(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let mut nameless = short("A", "", 1);
    nameless.borrower.contacts = vec![email("a@x.test", Some(true))];
    let mut named = short("C", "B", 1);
    named.borrower.contacts = vec![email("b@x.test", None)];
    let second_loan = LoanRecord { loan_ref: "D".to_owned(), ..named.clone() };
    fixture.import(vec![nameless, named, second_loan]).await;
    let expected = [("A email a@x.test".to_owned(), Some(true)), ("B email b@x.test".to_owned(), None)];
    assert_eq!(consents(&fixture).await, expected);
}

async fn words_of_an_earlier_day_fill_in_what_is_not_known(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let told = |income: Option<i64>, age: Option<u16>, dependants: Option<u16>| {
        let mut borrower = only_borrower("X");
        borrower.monthly_income = income.and_then(money);
        (borrower.protected.age, borrower.protected.dependants) = (age, dependants);
        TestFile::borrowers(vec![borrower])
    };
    let before = fixture.db.dump().await;
    let mut uploads = vec![fixture.load(told(Some(5), Some(40), None).of_day(3)).await];
    let known = async || {
        let income = fixture.db.number("SELECT monthly_income_minor FROM borrower").await;
        let age = fixture.db.number("SELECT CAST(age AS bigint) FROM borrower_protected").await;
        (
            income,
            age,
            fixture.db.number("SELECT CAST(COALESCE(dependants, -1) AS bigint) FROM borrower_protected").await,
        )
    };
    uploads.push(fixture.load(told(Some(1), Some(30), Some(2)).of_day(1)).await);
    assert_eq!(known().await, (5, 40, 2));
    // The same of a later day holds against a day in between.
    uploads.push(fixture.load(told(Some(5), Some(40), None).of_day(9)).await);
    uploads.push(fixture.load(told(Some(7), Some(41), None).of_day(6)).await);
    assert_eq!(known().await, (5, 40, 2));
    uploads.push(fixture.load(told(Some(8), None, None).of_day(10)).await);
    assert_eq!(known().await, (8, 40, 2));
    for upload in uploads.iter().rev() {
        fixture.undo(upload.id).await;
    }
    assert_eq!(fixture.db.dump().await, before);
}

async fn consent_of_a_later_day_holds(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let before = fixture.db.dump().await;
    let told = |consent| {
        let mut borrower = only_borrower("X");
        borrower.contacts = vec![email("v@x.test", consent)];
        TestFile::borrowers(vec![borrower])
    };
    let mut uploads = vec![fixture.load(told(Some(false)).of_day(6)).await];
    let yes = async || fixture.db.number("SELECT COUNT(*) FROM borrower_contact WHERE has_consent").await;
    uploads.push(fixture.load(told(Some(true)).of_day(1)).await);
    assert_eq!(yes().await, 0);
    uploads.push(fixture.load(told(Some(true)).of_day(7)).await);
    assert_eq!(yes().await, 1);
    uploads.push(fixture.load(told(None).of_day(8)).await);
    assert_eq!(yes().await, 1);
    // A word on consent that changes what is on file counts as a change, and no other.
    let tallies: Vec<_> = uploads.iter().map(tally).collect();
    assert_eq!(tallies, [(1, 0, 0), (0, 0, 1), (0, 1, 0), (0, 0, 1)]);
    for upload in uploads.iter().rev() {
        fixture.undo(upload.id).await;
    }
    assert_eq!(fixture.db.dump().await, before);
}
