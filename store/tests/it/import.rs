use crate::fixture::{ACTOR, Fixture, at, import_of, record, records};
use crate::harness::{TestDatabase, on_both_databases};
use domain::job::JobState;
use domain::loan::RecoveryStatus;
use domain::money::Money;
use domain::upload::UploadState;
use store::uploads::ImportOutcome;
use store::{StoreError, audit, jobs, loans, summaries, uploads};

on_both_databases!(
    what_was_read_is_on_file,
    a_second_time_changes_nothing,
    the_latest_file_wins,
    borrowers_whose_rows_differ_are_said,
    money_beyond_floats_is_exact,
    a_stale_worker_keeps_nothing,
    many_loans_keep_the_order_of_the_file,
    a_failing_import_leaves_nothing,
);

async fn what_was_read_is_on_file(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let (id, outcome) = fixture.import(records(20)).await;
    assert_eq!(outcome, ImportOutcome { added: 20, updated: 0, was_imported: false });
    let stored = loans::all_for_training(&fixture.store, fixture.portfolio).await.unwrap();
    assert_eq!(stored.into_iter().map(|(_, record)| record).collect::<Vec<_>>(), records(20));
    let upload = uploads::get(&fixture.store, fixture.scope, id).await.unwrap();
    assert_eq!(upload.state, UploadState::Imported);
    assert_eq!((upload.rows, upload.accepted, upload.rejected), (21, 20, 1));
    assert_eq!(upload.message.as_deref(), Some("One column is constant."));
    let status = jobs::status(&fixture.store, fixture.scope, upload.job.unwrap()).await.unwrap();
    assert_eq!((status.state, status.percent), (JobState::Succeeded, 100));
    assert_eq!(status.message, "20 loans imported, 1 row rejected.");
    let summary = summaries::get(&fixture.store, fixture.scope).await.unwrap().unwrap();
    assert_eq!((summary.all.loans, summary.decided.loans, summary.as_of), (20, 0, at(2)));
}

/// The job was killed after its commit and before anybody knew: another job imports the same upload.
async fn a_second_time_changes_nothing(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let (id, _) = fixture.import(records(5)).await;
    let before = (
        loans::all_for_training(&fixture.store, fixture.portfolio).await.unwrap(),
        summaries::get(&fixture.store, fixture.scope).await.unwrap(),
        uploads::get(&fixture.store, fixture.scope, id).await.unwrap(),
        uploads::rejected_rows(&fixture.store, fixture.scope, id).await.unwrap(),
    );
    fixture.db.execute("UPDATE job SET state = 'queued', finished_at_ms = NULL").await;
    let lease = fixture.lease().await;
    let outcome = fixture.finish(&lease, id, records(9)).await;
    assert_eq!(outcome, ImportOutcome { added: 0, updated: 0, was_imported: true });
    let after = (
        loans::all_for_training(&fixture.store, fixture.portfolio).await.unwrap(),
        summaries::get(&fixture.store, fixture.scope).await.unwrap(),
        uploads::get(&fixture.store, fixture.scope, id).await.unwrap(),
        uploads::rejected_rows(&fixture.store, fixture.scope, id).await.unwrap(),
    );
    assert_eq!(before, after);
}

async fn the_latest_file_wins(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    fixture.import(records(3)).await;
    fixture.decide().await;
    let ids = fixture.loan_ids().await;
    let mut changed = record(2);
    changed.recovery_status = RecoveryStatus::FullyRecovered;
    changed.outstanding_amount = Money::ZERO;
    changed.monthly_income = Money::from_minor(7);
    changed.age = 77;
    let (upload, outcome) = fixture.import(vec![record(4), changed.clone()]).await;
    assert_eq!(outcome, ImportOutcome { added: 1, updated: 1, was_imported: false });
    let detail = loans::get(&fixture.store, fixture.scope, ids[1]).await.unwrap();
    assert_eq!(detail.record, changed);
    assert!(detail.decision.is_some(), "the decision holds until the next one");
    assert_eq!(fixture.loan_ids().await[..3], ids[..], "loans keep their ids");
    assert_eq!(fixture.db.number(&format!("SELECT COUNT(*) FROM loan WHERE upload_id = {upload}")).await, 2);
    assert_eq!(fixture.db.number("SELECT COUNT(*) FROM borrower").await, 4);
    // One borrower with two loans, and the same loan twice in one file.
    let second = domain::loan::LoanRecord { loan_ref: "LN_X".into(), ..record(1) };
    let last = domain::loan::LoanRecord { tenure_months: 99, ..second.clone() };
    let (_, outcome) = fixture.import(vec![record(1), second, last]).await;
    assert_eq!(outcome, ImportOutcome { added: 1, updated: 1, was_imported: false });
    assert_eq!(fixture.db.number("SELECT COUNT(*) FROM loan WHERE loan_ref = 'LN_X' AND tenure_months = 99").await, 1);
    assert_eq!(fixture.db.number("SELECT COUNT(*) FROM borrower").await, 4);
}

async fn borrowers_whose_rows_differ_are_said(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let another_loan = |number: usize, reference: &str| domain::loan::LoanRecord {
        loan_ref: reference.to_owned(),
        loan_amount: Money::from_minor(1),
        ..record(number)
    };
    let mut richer = another_loan(1, "LN_X");
    richer.monthly_income = Money::from_minor(7);
    let mut richest = another_loan(1, "LN_Y");
    richest.monthly_income = Money::from_minor(8);
    let file = vec![record(1), richer, richest.clone(), record(2), another_loan(2, "LN_Z")];
    let (id, _) = fixture.import(file).await;
    let upload = uploads::get(&fixture.store, fixture.scope, id).await.unwrap();
    let note = "One column is constant. 1 borrower with rows that differ in income, employment, age, gender or dependants: \
                the last row is kept.";
    assert_eq!(upload.message.as_deref(), Some(note));
    let stored = loans::all_for_training(&fixture.store, fixture.portfolio).await.unwrap();
    assert!(stored[..3].iter().all(|(_, record)| record.monthly_income == richest.monthly_income));
}

async fn money_beyond_floats_is_exact(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let large = Money::from_minor((1 << 53) + 1);
    let mut loan = record(1);
    (loan.loan_amount, loan.outstanding_amount, loan.monthly_income) = (large, large, large);
    let mut other = record(2);
    other.outstanding_amount = Money::from_minor(1 << 54);
    fixture.import(vec![loan.clone(), other]).await;
    let stored = loans::all_for_training(&fixture.store, fixture.portfolio).await.unwrap();
    assert_eq!(stored[0].1, loan);
    let sum = Money::from_minor((1 << 53) + 1 + (1 << 54));
    let page = loans::page(&fixture.store, fixture.scope, &domain::listing::LoanFilter::default()).await.unwrap();
    assert_eq!(page.total_outstanding, sum);
    let summary = summaries::get(&fixture.store, fixture.scope).await.unwrap().unwrap();
    assert_eq!(summary.all.outstanding, sum);
}

async fn a_stale_worker_keeps_nothing(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let upload = fixture.receive("loans.csv").await;
    let stale = fixture.lease().await;
    fixture.db.execute("UPDATE job SET lease_until_ms = 1").await;
    jobs::heartbeat(&fixture.store, "another").await.unwrap();
    let fresh = jobs::claim(&fixture.store, "another").await.unwrap().unwrap().lease;
    let late = uploads::finish_import(&fixture.store, ACTOR, &stale, upload.id, &import_of(records(3)), at(2)).await;
    assert!(matches!(late, Err(StoreError::Conflict(_))), "{late:?}");
    assert!(fixture.loan_ids().await.is_empty());
    assert_eq!(fixture.finish(&fresh, upload.id, records(3)).await.added, 3);
}

async fn many_loans_keep_the_order_of_the_file(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let mut file = records(1300);
    file.reverse();
    fixture.import(file.clone()).await;
    let stored = loans::all_for_training(&fixture.store, fixture.portfolio).await.unwrap();
    assert!(stored.iter().map(|(_, record)| record).eq(&file));
}

async fn a_failing_import_leaves_nothing(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let upload = fixture.receive("loans.csv").await;
    let lease = fixture.lease().await;
    let events = audit::list(&fixture.store, fixture.scope, 100).await.unwrap().len();
    // A table that is gone fails late, when loans have been written.
    fixture.db.execute("ALTER TABLE upload_row_rejected RENAME TO elsewhere").await;
    let failed =
        uploads::finish_import(&fixture.store, ACTOR, &lease, upload.id, &import_of(records(700)), at(2)).await;
    assert!(matches!(failed, Err(StoreError::Database(_))), "{failed:?}");
    assert_eq!(failed.unwrap_err().to_string(), "the database refused a request", "no SQL for people");
    assert!(fixture.loan_ids().await.is_empty());
    fixture.db.execute("ALTER TABLE elsewhere RENAME TO upload_row_rejected").await;
    assert_eq!(audit::list(&fixture.store, fixture.scope, 100).await.unwrap().len(), events);
    assert_eq!(fixture.finish(&lease, upload.id, records(3)).await.added, 3, "the lease still holds");
}
