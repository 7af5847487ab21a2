//! Files of several days: the newest state is the loan, the others are its history.

use crate::files::TestFile;
use crate::fixture::Fixture;
use crate::harness::{TestDatabase, on_both_databases};
use crate::import::stored;
use crate::records::{day, money, record, records, short};
use domain::listing::LoanState;
use domain::loan::{LoanRecord, RecoveryStatus};
use domain::upload::{FindingKind, Upload};
use store::{StoreError, loans};

on_both_databases!(
    the_same_rows_again_are_unchanged,
    a_newer_file_replaces_and_keeps_history,
    an_older_file_that_comes_late_becomes_history,
    what_a_file_leaves_out_stays_as_it_was,
    days_of_one_loan_within_a_chunk_make_history,
    history_stays_within_the_scope,
    loans_without_borrowers_get_their_own,
    a_borrower_who_is_named_at_last_keeps_what_was_known,
    another_borrower_of_the_same_day_is_a_conflict,
    blanks_of_a_later_row_leave_what_an_earlier_one_said,
    a_blank_status_leaves_the_loan_as_it_is,
    a_late_row_keeps_its_own_borrower,
    a_blank_borrower_leaves_the_one_before_it,
    many_days_of_one_loan_are_stored_in_order,
);

pub(crate) fn tally(upload: &Upload) -> (i64, i64, i64) {
    let counts = upload.counts();
    (counts.added, counts.changed, counts.unchanged)
}

/// A loan of which only the amount and the day are told.
pub(crate) fn state(loan: &str, as_of: u32, outstanding: i64) -> LoanRecord {
    LoanRecord { as_of: Some(day(as_of)), ..short(loan, &format!("of {loan}"), outstanding) }
}

/// Days and amounts of the first loan, the newest first.
pub(crate) async fn history(fixture: &Fixture) -> Vec<(u32, i64)> {
    use chrono::Datelike;
    let minor = |state: &LoanState| state.outstanding_amount.unwrap().minor;
    states(fixture).await.iter().map(|state| (state.as_of.day(), minor(state))).collect()
}

async fn states(fixture: &Fixture) -> Vec<LoanState> {
    let id = fixture.loan_ids().await[0];
    loans::history(&fixture.store, fixture.scope, id).await.unwrap()
}

async fn the_same_rows_again_are_unchanged(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    assert_eq!(tally(&fixture.import(records(3)).await), (3, 0, 0));
    let look = async || {
        let loans = fixture.db.rows("SELECT * FROM loan ORDER BY id").await;
        (loans, fixture.db.number("SELECT COUNT(*) FROM loan_history").await)
    };
    let before = look().await;
    let again = fixture.load(TestFile::loans(records(4)).named("again.csv")).await;
    assert_eq!(tally(&again), (1, 0, 3));
    let after = look().await;
    assert_eq!((&after.0[..3], after.1), (&before.0[..], 0));
    // A newer file that says the same: nothing changed, and it is known of another day.
    let newer = record(1);
    let newer = fixture.load(TestFile::loans(vec![LoanRecord { as_of: None, ..newer }]).of_day(2)).await;
    assert_eq!(tally(&newer), (0, 0, 1));
    assert_eq!(stored(&fixture).await[0], LoanRecord { as_of: Some(day(2)), ..record(1) });
    assert_eq!(states(&fixture).await.len(), 2);
}

async fn a_newer_file_replaces_and_keeps_history(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    fixture.load(TestFile::loans(vec![short("A", "B", 10), short("C", "B", 1)]).named("first.csv")).await;
    let mut newer = short("A", "D", 7);
    newer.recovery_status = RecoveryStatus::PartiallyRecovered;
    newer.missed_payments = Some(3);
    newer.days_past_due = Some(90);
    let second = fixture.load(TestFile::loans(vec![newer.clone()]).named("second.csv").of_day(2)).await;
    assert_eq!(tally(&second), (0, 1, 0));
    let told = states(&fixture).await;
    let expected = |state: &LoanState, file: &str| LoanState { file_name: Some(file.to_owned()), ..state.clone() };
    let now = LoanState {
        as_of: day(2),
        outstanding_amount: money(7),
        missed_payments: Some(3),
        days_past_due: Some(90),
        recovery_status: RecoveryStatus::PartiallyRecovered,
        file_name: None,
    };
    let before = LoanState {
        as_of: day(1),
        outstanding_amount: money(10),
        missed_payments: None,
        days_past_due: None,
        recovery_status: RecoveryStatus::Open,
        file_name: None,
    };
    assert_eq!(told, [expected(&now, "second.csv"), expected(&before, "first.csv")]);
    newer.as_of = Some(day(2));
    assert_eq!(stored(&fixture).await, [newer, LoanRecord { as_of: Some(day(1)), ..short("C", "B", 1) }]);
}

async fn an_older_file_that_comes_late_becomes_history(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let mut now = state("A", 5, 10);
    now.borrower.monthly_income = money(70);
    now.borrower.protected.age = Some(40);
    fixture.import(vec![now.clone()]).await;
    let mut late = state("A", 3, 30);
    late.borrower.monthly_income = money(60);
    late.borrower.protected.age = Some(39);
    let upload = fixture.import(vec![late]).await;
    assert_eq!(tally(&upload), (0, 0, 1), "a newer file has replaced what it says");
    assert_eq!(stored(&fixture).await, [now], "nor does it say what the borrower is now");
    fixture.import(vec![state("A", 4, 20)]).await;
    assert_eq!(history(&fixture).await, [(5, 10), (4, 20), (3, 30)]);
    // Once more changes nothing.
    assert_eq!(tally(&fixture.import(vec![state("A", 3, 30)]).await), (0, 0, 1));
    assert_eq!(history(&fixture).await.len(), 3);
}

async fn what_a_file_leaves_out_stays_as_it_was(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    fixture.import(records(3)).await;
    let newer = LoanRecord { as_of: None, ..short("LN_2", "BRW_2", 7) };
    assert_ne!(record(2).recovery_status, newer.recovery_status);
    let upload = fixture.load(TestFile::loans(vec![newer, short("NEW", "", 1)]).of_day(2).without_status()).await;
    assert_eq!(tally(&upload), (1, 1, 0));
    let expected = LoanRecord { as_of: Some(day(2)), outstanding_amount: money(7), ..record(2) };
    let stored = stored(&fixture).await;
    assert_eq!(stored[1], expected);
    assert_eq!(stored[3].recovery_status, RecoveryStatus::Open);
    // A late one that does not tell the status says of that day what is known now.
    let late = LoanRecord { as_of: Some(day(1)), ..short("NEW", "", 2) };
    fixture.load(TestFile::loans(vec![late]).without_status()).await;
    assert_eq!(fixture.db.number("SELECT COUNT(*) FROM loan_history WHERE recovery_status = 'open'").await, 1);
}

async fn days_of_one_loan_within_a_chunk_make_history(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let mut rows = vec![state("A", 1, 10), state("B", 1, 1), state("A", 3, 30), state("A", 2, 20), state("B", 2, 2)];
    for row in &mut rows {
        row.borrower.monthly_income = row.outstanding_amount;
    }
    let upload = fixture.load(TestFile::loans(rows).and_loans(vec![state("A", 5, 50), state("A", 4, 40)])).await;
    assert_eq!(tally(&upload), (2, 3, 2));
    assert_eq!(history(&fixture).await, [(5, 50), (4, 40), (3, 30), (2, 20), (1, 10)]);
    let stored = stored(&fixture).await;
    assert_eq!(stored.iter().map(|record| record.outstanding_amount).collect::<Vec<_>>(), [money(50), money(2)]);
    let incomes: Vec<_> = stored.iter().map(|record| record.borrower.monthly_income).collect();
    assert_eq!(incomes, [money(30), money(2)], "of the newest day, wherever its row stands");
    assert_eq!(fixture.db.number("SELECT COUNT(*) FROM borrower_history").await, 0);
    fixture.undo(upload.id).await;
    assert!(fixture.db.dump().await.iter().all(|(_, rows)| rows.is_empty()));
}

async fn history_stays_within_the_scope(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    fixture.import(vec![state("A", 1, 1)]).await;
    let id = fixture.loan_ids().await[0];
    let neighbour = fixture.neighbour().await;
    // The same references elsewhere are other loans.
    assert_eq!(tally(&neighbour.import(vec![state("A", 2, 2)]).await), (1, 0, 0));
    assert_eq!((history(&fixture).await, history(&neighbour).await), (vec![(1, 1)], vec![(2, 2)]));
    for scope in [neighbour.scope, fixture.nothing(), fixture.track(domain::track::Track::Legal)] {
        let found = loans::history(&fixture.store, scope, id).await;
        assert!(matches!(found, Err(StoreError::NotFound("loan"))), "{found:?}");
    }
}

async fn loans_without_borrowers_get_their_own(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let refs = async || {
        let stored = stored(&fixture).await;
        stored.into_iter().map(|record| (record.loan_ref, record.borrower.borrower_ref)).collect::<Vec<_>>()
    };
    let pairs = |pairs: [(&str, &str); 3]| pairs.map(|(loan, borrower)| (loan.to_owned(), borrower.to_owned()));
    let mut nameless = short("A", "", 1);
    nameless.borrower.monthly_income = money(5);
    let mut newer = LoanRecord { as_of: Some(day(2)), ..nameless.clone() };
    newer.borrower.monthly_income = money(6);
    let rows = vec![nameless, short("C", "BRW", 1), newer, short("D", "A", 1)];
    fixture.import(rows).await;
    assert_eq!(refs().await, pairs([("A", ""), ("C", "BRW"), ("D", "A")]));
    let incomes = stored(&fixture).await.into_iter().map(|record| record.borrower.monthly_income);
    let incomes: Vec<_> = incomes.collect();
    assert_eq!(incomes, [money(6), None, None], "the newest of several rows; the borrower called A is a stranger");
    assert_eq!(fixture.db.number("SELECT COUNT(*) FROM borrower_history").await, 0);
    // They keep the one that they have.
    fixture.load(TestFile::loans(vec![short("A", "", 2), short("C", "", 2), short("D", "E", 2)]).of_day(3)).await;
    assert_eq!(refs().await, pairs([("A", ""), ("C", "BRW"), ("D", "E")]));
    assert_eq!(fixture.db.number("SELECT COUNT(*) FROM borrower").await, 4);
}

async fn a_borrower_who_is_named_at_last_keeps_what_was_known(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let mut nameless = short("A", "", 1);
    nameless.borrower.name = Some("Ann".to_owned());
    nameless.borrower.monthly_income = money(5);
    nameless.borrower.protected.age = Some(40);
    nameless.borrower.contacts = vec![crate::records::email("a@x.test", Some(false))];
    // Another record of somebody who is known better.
    let older = LoanRecord { loan_ref: "C".to_owned(), ..nameless.clone() };
    let mut known = LoanRecord { as_of: Some(day(5)), ..short("D", "K", 1) };
    known.borrower.monthly_income = money(5_000);
    fixture.import(vec![nameless, older, known]).await;
    let before = fixture.db.dump().await;
    let mut named = LoanRecord { as_of: Some(day(9)), ..short("A", "X", 1) };
    named.borrower.monthly_income = money(6);
    let upload = fixture.import(vec![named, LoanRecord { as_of: Some(day(9)), ..short("C", "K", 1) }]).await;
    let loans = stored(&fixture).await;
    let of = |place: usize| {
        let borrower = &loans[place].borrower;
        (borrower.borrower_ref.as_str(), borrower.name.as_deref(), borrower.monthly_income, borrower.protected.age)
    };
    assert_eq!(of(0), ("X", Some("Ann"), money(6), Some(40)));
    assert_eq!(of(1), ("K", Some("Ann"), money(5_000), Some(40)), "what was known of K stays");
    let consents = "SELECT COUNT(*) FROM borrower_contact c JOIN borrower b ON b.id = c.borrower_id \
                    WHERE b.borrower_ref = 'X' AND c.value = 'a@x.test' AND NOT c.has_consent";
    assert_eq!(fixture.db.number(consents).await, 1);
    fixture.undo(upload.id).await;
    assert_eq!(fixture.db.dump().await, before);
    // Within one file, too.
    let mut nameless = short("E", "", 1);
    nameless.borrower.protected.age = Some(41);
    fixture.import(vec![nameless, LoanRecord { as_of: Some(day(2)), ..short("E", "Y", 1) }]).await;
    assert_eq!(stored(&fixture).await[3].borrower.protected.age, Some(41));
}

async fn blanks_of_a_later_row_leave_what_an_earlier_one_said(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let mut first = short("A", "X", 1);
    first.borrower.protected.age = Some(40);
    first.borrower.name = Some("Ann".to_owned());
    let mut other = short("C", "X", 1);
    other.borrower.monthly_income = money(7);
    fixture.import(vec![first, LoanRecord { as_of: Some(day(2)), ..short("A", "X", 2) }, other]).await;
    let borrower = stored(&fixture).await.remove(0).borrower;
    assert_eq!(
        (borrower.name.as_deref(), borrower.protected.age, borrower.monthly_income),
        (Some("Ann"), Some(40), money(7))
    );
}

async fn a_blank_status_leaves_the_loan_as_it_is(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let row = |status, on| LoanRecord { recovery_status: status, as_of: Some(day(on)), ..short("A", "X", 1) };
    let status = async || stored(&fixture).await.remove(0).recovery_status;
    fixture.import(vec![row(RecoveryStatus::WrittenOff, 1)]).await;
    let mut file = TestFile::loans(vec![row(RecoveryStatus::Open, 2)]);
    file.is_blank_open();
    fixture.load(file).await;
    assert_eq!(status().await, RecoveryStatus::WrittenOff);
    fixture.import(vec![row(RecoveryStatus::Open, 3)]).await;
    assert_eq!(status().await, RecoveryStatus::Open, "it says so");
}

async fn a_late_row_keeps_its_own_borrower(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let row = |borrower: &str, on| LoanRecord { as_of: Some(day(on)), ..short("A", borrower, 1) };
    fixture.import(vec![row("X", 9)]).await;
    fixture.import(vec![row("Y", 3)]).await;
    let of_history =
        "SELECT COUNT(*) FROM loan_history h JOIN borrower b ON b.id = h.borrower_id WHERE b.borrower_ref = 'Y'";
    assert_eq!(fixture.db.number(of_history).await, 1);
    assert_eq!(stored(&fixture).await[0].borrower.borrower_ref, "X");
}

async fn another_borrower_of_the_same_day_is_a_conflict(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let borrower_of = async || stored(&fixture).await.remove(0).borrower.borrower_ref;
    fixture.load(TestFile::loans(vec![short("A", "X", 1)]).named("first.csv")).await;
    let mut other = short("A", "Y", 1);
    other.borrower.protected.age = Some(40);
    let upload = fixture.load(TestFile::loans(vec![other.clone()])).await;
    assert_eq!((upload.counts().conflicts, upload.counts().accepted, borrower_of().await), (1, 0, "X".to_owned()));
    let found =
        store::uploads::findings(&fixture.store, fixture.scope, upload.id, FindingKind::Conflict).await.unwrap();
    assert_eq!((found[0].column.as_deref(), found[0].value.as_str()), (Some("borrower"), "Y"));
    assert_eq!(found[0].reason, "of loan A is X in first.csv for the same day; that one is kept");
    assert_eq!(fixture.db.number("SELECT COUNT(*) FROM borrower").await, 1, "nobody is called Y");
    let upload = fixture.load(TestFile { corrects: true, ..TestFile::loans(vec![other]) }).await;
    assert_eq!((tally(&upload), borrower_of().await), ((0, 1, 0), "Y".to_owned()));
}

async fn a_blank_borrower_leaves_the_one_before_it(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let row = |borrower: &str, on: u32| LoanRecord { as_of: Some(day(on)), ..short("A", borrower, i64::from(on)) };
    fixture.import(vec![row("X", 1), row("", 2), row("", 3)]).await;
    let loan = stored(&fixture).await.remove(0);
    assert_eq!((loan.borrower.borrower_ref.as_str(), loan.outstanding_amount), ("X", money(3)));
    assert_eq!(fixture.db.number("SELECT COUNT(*) FROM borrower").await, 1);
}

async fn many_days_of_one_loan_are_stored_in_order(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let rows = (1..=25).map(|on| LoanRecord { as_of: Some(day(on)), ..short("A", "X", i64::from(on)) });
    let upload = fixture.import(rows.collect()).await;
    assert_eq!((tally(&upload), stored(&fixture).await[0].outstanding_amount), ((1, 24, 0), money(25)));
    assert_eq!(history(&fixture).await.len(), 25);
    // Another chunk finds the index of the first one.
    let again = (1..=25).map(|on| LoanRecord { as_of: Some(day(on)), ..short("B", "X", i64::from(on)) });
    assert_eq!(tally(&fixture.import(again.collect()).await), (1, 24, 0));
}
