//! Files that disagree, and files that repeat themselves.

use crate::files::TestFile;
use crate::fixture::Fixture;
use crate::harness::{TestDatabase, on_both_databases};
use crate::import::stored;
use crate::records::{day, email, money, record, short};
use crate::snapshots::{history, state, tally};
use domain::loan::{LoanRecord, RecoveryStatus};
use domain::upload::{Finding, FindingKind, Upload};

on_both_databases!(
    two_files_that_disagree_are_told,
    a_correction_replaces_what_is_on_file,
    a_disagreement_about_an_earlier_day_is_told,
    a_correction_of_an_earlier_day_stands_in_its_history,
    a_loan_twice_in_a_file_is_rejected,
    a_loan_twice_in_a_file_is_rejected_whatever_is_on_file,
    a_row_that_is_left_out_says_nothing_of_its_borrower,
);

fn conflict(line: u64, column: &str, value: &str, reason: &str) -> Finding {
    Finding {
        kind: FindingKind::Conflict,
        line,
        column: Some(column.to_owned()),
        value: value.to_owned(),
        reason: reason.to_owned(),
    }
}

async fn doubles(fixture: &Fixture, upload: &Upload) -> Vec<(u64, String, String)> {
    let found = fixture.findings(upload, FindingKind::Rejected).await;
    assert!(found.iter().all(|finding| finding.column.as_deref() == Some("Id")), "{found:?}");
    found.into_iter().map(|finding| (finding.line, finding.value, finding.reason)).collect()
}

async fn two_files_that_disagree_are_told(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    fixture.load(TestFile::loans(vec![record(1), record(2), record(3), record(4)]).named("first.csv")).await;
    let before = stored(&fixture).await;
    let mut amount = record(1);
    amount.outstanding_amount = money(12_345);
    amount.days_past_due = Some(9);
    let mut word = record(2);
    word.recovery_status = RecoveryStatus::FullyRecovered;
    let mut yes = record(4);
    yes.outcome.legal_action_taken = Some(true);
    let second = fixture.load(TestFile::loans(vec![record(3), amount, word, yes]).named("second.csv")).await;
    let found = fixture.findings(&second, FindingKind::Conflict).await;
    let kept = "for the same day; that one is kept";
    assert_eq!(
        found[..2],
        [
            conflict(3, "outstanding", "123.45", &format!("of loan LN_1 is 5001.00 in first.csv {kept}")),
            conflict(
                4,
                "recovery status",
                "fully_recovered",
                &format!("of loan LN_2 is written_off in first.csv {kept}")
            ),
        ]
    );
    assert_eq!((found.len(), found[2].column.as_deref()), (3, Some("legal action taken")));
    assert_eq!(stored(&fixture).await, before);
    let counts = second.counts();
    assert_eq!((counts.rows, counts.accepted, counts.rejected, counts.conflicts), (4, 1, 0, 3));
    assert_eq!(tally(&second), (0, 0, 1));
    assert_eq!(counts.totals[1].in_file.minor, 500_300 + 12_345 + 500_200 + 500_400);
    assert_eq!(counts.totals[1].accepted.minor, 500_300);
    assert_eq!(fixture.db.number("SELECT COUNT(*) FROM loan_history").await, 0);
}

async fn a_correction_replaces_what_is_on_file(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    fixture.import(vec![record(1), record(2)]).await;
    let corrected = LoanRecord { outstanding_amount: money(12_345), ..record(1) };
    let upload = fixture.load(TestFile::loans(vec![corrected.clone(), record(2)]).correcting()).await;
    assert_eq!(tally(&upload), (0, 1, 1));
    assert!(fixture.findings(&upload, FindingKind::Conflict).await.is_empty());
    assert_eq!(stored(&fixture).await, [corrected, record(2)]);
    assert_eq!(history(&fixture).await.len(), 2, "what was corrected is kept");
    fixture.undo(upload.id).await;
    assert_eq!(stored(&fixture).await, [record(1), record(2)]);
}

async fn a_disagreement_about_an_earlier_day_is_told(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    fixture.load(TestFile::loans(vec![state("A", 1, 1_000)]).named("first.csv")).await;
    fixture.import(vec![state("A", 2, 2_000)]).await;
    let upload = fixture.import(vec![state("A", 1, 1_100)]).await;
    let found = fixture.findings(&upload, FindingKind::Conflict).await;
    let reason = "of loan A is 10.00 in first.csv for the same day; that one is kept";
    assert_eq!(found, [conflict(2, "outstanding", "11.00", reason)]);
    assert_eq!((tally(&upload), upload.counts().conflicts), ((0, 0, 0), 1));
    assert_eq!(history(&fixture).await, [(2, 2_000), (1, 1_000)]);
    assert_eq!(tally(&fixture.import(vec![state("A", 1, 1_000)]).await), (0, 0, 1));
}

async fn a_correction_of_an_earlier_day_stands_in_its_history(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    fixture.import(vec![state("A", 1, 10)]).await;
    fixture.import(vec![state("A", 2, 20)]).await;
    let before = fixture.db.dump().await;
    let upload = fixture.load(TestFile::loans(vec![state("A", 1, 11)]).correcting()).await;
    assert_eq!((tally(&upload), upload.counts().conflicts), ((0, 0, 1), 0));
    let told = history(&fixture).await;
    assert_eq!((told[0], told.len()), ((2, 20), 3));
    assert!(told.contains(&(1, 11)));
    // What it says holds from now on.
    let again = fixture.import(vec![state("A", 1, 11)]).await;
    assert_eq!(again.counts().conflicts, 0);
    let conflicting = fixture.import(vec![state("A", 1, 10)]).await;
    assert_eq!(conflicting.counts().conflicts, 1);
    for upload in [conflicting, again, upload] {
        fixture.undo(upload.id).await;
    }
    assert_eq!(fixture.db.dump().await, before);
}

async fn a_loan_twice_in_a_file_is_rejected(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let file = TestFile::loans(vec![short("A", "X", 1), short("B", "Y", 2), short("A", "X", 3), short("A", "X", 1)])
        .and_loans(vec![short("B", "Y", 4), short("C", "Z", 5), state("A", 2, 6)])
        .and_loans(vec![short("A", "X", 7)]);
    let upload = fixture.load(file).await;
    let row = |line, loan: &str, first: u64| {
        (line, loan.to_owned(), format!("stands on line {first} already; the first one is kept"))
    };
    let expected = [row(4, "A", 2), row(5, "A", 2), row(6, "B", 3), row(9, "A", 2)];
    assert_eq!(doubles(&fixture, &upload).await, expected);
    let counts = upload.counts();
    assert_eq!((counts.rows, counts.accepted, counts.rejected, counts.conflicts), (8, 4, 4, 0));
    assert_eq!(tally(&upload), (3, 1, 0));
    assert_eq!((counts.totals[0].in_file.minor, counts.totals[0].accepted.minor), (29, 1 + 2 + 5 + 6));
    assert_eq!(history(&fixture).await, [(2, 6), (1, 1)]);
    let rejected = store::uploads::rejected_lines(&fixture.store, fixture.scope, upload.id, upload.files[0].id);
    let rejected = rejected.await.unwrap();
    assert_eq!(rejected[0], (4, "Id: stands on line 2 already; the first one is kept".to_owned()));
    assert_eq!(rejected.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [4, 5, 6, 9]);
}

/// The day and the amount on file, and what a file says of it in three rows, the last one in a chunk of its own: the
/// first is taken as it would be alone, the others are rejected.
async fn a_loan_twice_in_a_file_is_rejected_whatever_is_on_file(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    fixture.import(vec![state("A", 2, 20)]).await;
    fixture.import(vec![state("A", 4, 40)]).await;
    let before = fixture.db.dump().await;
    for (told, expected, conflicts) in [
        ([(4, 40), (4, 40), (4, 40)], (0, 0, 1), 0),
        ([(4, 40), (4, 41), (4, 42)], (0, 0, 1), 0),
        ([(4, 41), (4, 41), (4, 40)], (0, 0, 0), 1),
        ([(2, 20), (2, 20), (2, 21)], (0, 0, 1), 0),
        ([(2, 21), (2, 21), (2, 20)], (0, 0, 0), 1),
        ([(3, 30), (3, 30), (3, 31)], (0, 0, 1), 0),
        ([(5, 50), (5, 50), (5, 51)], (0, 1, 0), 0),
    ] {
        let [first, second, third] = told.map(|(day, amount)| state("A", day, amount));
        let file = TestFile::loans(vec![first, second]).and_loans(vec![third]);
        let upload = fixture.load(file).await;
        let reason = "stands on line 2 already; the first one is kept".to_owned();
        let rejected = [3, 4].map(|line| (line, "A".to_owned(), reason.clone()));
        assert_eq!(doubles(&fixture, &upload).await, rejected, "{told:?}");
        assert_eq!((tally(&upload), upload.counts().conflicts), (expected, conflicts), "{told:?}");
        fixture.undo(upload.id).await;
        assert_eq!(fixture.db.dump().await, before, "{told:?}");
    }
}

async fn a_row_that_is_left_out_says_nothing_of_its_borrower(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let row = |outstanding: i64, borrower: &str, income: i64| {
        let mut row = short("A", borrower, outstanding);
        row.as_of = Some(day(1));
        row.borrower.monthly_income = money(income);
        row.borrower.contacts = vec![email(&format!("{income}@example.test"), Some(true))];
        row
    };
    fixture.import(vec![row(1, "B", 5), row(2, "B", 6), row(3, "C", 7)]).await;
    let conflicting = fixture.import(vec![row(4, "B", 8)]).await;
    assert_eq!(conflicting.counts().conflicts, 1);
    let mut stored = stored(&fixture).await;
    assert_eq!(stored.remove(0).borrower.monthly_income, money(5));
    assert_eq!(fixture.db.number("SELECT COUNT(*) FROM borrower_contact").await, 1);
    assert_eq!(fixture.db.number("SELECT COUNT(*) FROM borrower").await, 1);
}
