use crate::files::TestFile;
use crate::fixture::{Fixture, at};
use crate::harness::{TestDatabase, on_both_databases};
use crate::records::{borrower, day, money, only_borrower, record, records, short};
use domain::borrower::BorrowerRecord;
use domain::field::Field;
use domain::job::JobState;
use domain::loan::{LoanRecord, RecoveryStatus};
use domain::money::Money;
use domain::upload::{ControlTotal, UploadState};
use store::{StoreError, audit, jobs, loans, summaries, uploads};

on_both_databases!(
    what_was_read_is_on_file,
    a_second_time_changes_nothing,
    the_newest_file_wins,
    the_last_row_of_a_borrower_is_kept,
    money_beyond_floats_is_exact,
    text_is_kept_to_the_letter,
    many_loans_keep_the_order_of_the_file,
    a_failing_import_leaves_nothing,
    figures_count_what_is_not_known,
);

pub(crate) async fn stored(fixture: &Fixture) -> Vec<LoanRecord> {
    let loans = loans::all_for_training(&fixture.store, fixture.portfolio).await.unwrap();
    loans.into_iter().map(|(_, record)| record).collect()
}

async fn what_was_read_is_on_file(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let upload = fixture.import(records(20)).await;
    assert_eq!(stored(&fixture).await, records(20));
    assert_eq!((upload.state, upload.as_of), (UploadState::Imported, day(1)));
    assert_eq!(upload.notes, ["One column is constant."]);
    let counts = upload.counts();
    assert_eq!((counts.rows, counts.accepted, counts.rejected, counts.conflicts), (20, 20, 0, 0));
    assert_eq!((counts.added, counts.changed, counts.unchanged), (20, 0, 0));
    let sum = Money::from_minor((1..=20).map(|number| 1_000_000 + 1_000 * number).sum());
    assert_eq!(counts.totals[0], ControlTotal { field: Field::LoanAmount, in_file: sum, accepted: sum, rounding: 0 });
    let status = jobs::status(&fixture.store, fixture.scope, upload.job.unwrap()).await.unwrap();
    assert_eq!((status.state, status.percent), (JobState::Succeeded, 100));
    assert_eq!(status.message, "20 rows accepted, 0 rejected.");
    let summary = summaries::get(&fixture.store, fixture.scope).await.unwrap().unwrap();
    assert_eq!((summary.all.loans, summary.decided.loans, summary.as_of), (20, 0, at(2)));
    let detail = loans::get(&fixture.store, fixture.scope, fixture.loan_ids().await[0]).await.unwrap();
    assert_eq!((detail.file_name.as_deref(), detail.imported_at), (Some("loans.csv"), at(2)));
}

/// The job was killed after its commit and before anybody knew: it runs once more.
async fn a_second_time_changes_nothing(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let file = TestFile::loans(records(5));
    let mut import = fixture.begin(&file).await;
    fixture.write(&import, &file).await;
    fixture.finish(&import).await.unwrap();
    fixture.summarise().await;
    let look = async || (fixture.db.dump().await, fixture.upload(import.upload).await);
    let before = look().await;
    fixture.db.execute("UPDATE job SET state = 'queued', finished_at_ms = NULL WHERE kind = 'import'").await;
    import.lease = fixture.lease().await;
    fixture.write(&import, &file).await;
    fixture.finish(&import).await.unwrap();
    let look = async || (fixture.db.dump().await, fixture.upload(import.upload).await);
    assert_eq!(look().await, before);
    assert_eq!(jobs::claim(&fixture.store, "worker").await.unwrap(), None, "the figures are up to date");
}

async fn the_newest_file_wins(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    fixture.import(records(3)).await;
    fixture.decide().await;
    let ids = fixture.loan_ids().await;
    let mut changed = record(2);
    changed.as_of = Some(day(2));
    changed.recovery_status = RecoveryStatus::FullyRecovered;
    changed.outstanding_amount = Some(Money::ZERO);
    changed.borrower.monthly_income = money(7);
    changed.borrower.protected.age = Some(77);
    let counts = fixture.import(vec![record(4), changed.clone()]).await.counts();
    assert_eq!((counts.added, counts.changed, counts.unchanged), (1, 1, 0));
    let detail = loans::get(&fixture.store, fixture.scope, ids[1]).await.unwrap();
    assert_eq!(detail.record, changed);
    assert!(detail.decision.is_some(), "the decision holds until the next one");
    assert_eq!(fixture.loan_ids().await[..3], ids[..], "loans keep their ids");
    assert_eq!(fixture.db.number("SELECT COUNT(*) FROM borrower").await, 4);
    // One borrower with two loans.
    let second = LoanRecord { loan_ref: "LN_X".into(), ..record(1) };
    let counts = fixture.import(vec![record(1), second]).await.counts();
    assert_eq!((counts.added, counts.changed, counts.unchanged), (1, 0, 1));
    assert_eq!(fixture.db.number("SELECT COUNT(*) FROM borrower").await, 4);
}

async fn the_last_row_of_a_borrower_is_kept(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let another_loan = |reference: &str, income: i64| LoanRecord {
        loan_ref: reference.to_owned(),
        borrower: BorrowerRecord { monthly_income: money(income), ..borrower(1) },
        ..record(1)
    };
    fixture.import(vec![record(1), another_loan("LN_X", 7), another_loan("LN_Y", 8), record(2)]).await;
    assert!(stored(&fixture).await[..3].iter().all(|record| record.borrower.monthly_income == money(8)));
    assert_eq!(fixture.db.number("SELECT COUNT(*) FROM borrower_history").await, 0);
}

async fn money_beyond_floats_is_exact(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let large = money((1 << 53) + 1);
    let mut loan = record(1);
    (loan.loan_amount, loan.outstanding_amount, loan.borrower.monthly_income) = (large, large, large);
    let mut other = record(2);
    other.outstanding_amount = money(1 << 54);
    fixture.import(vec![loan.clone(), other]).await;
    assert_eq!(stored(&fixture).await[0], loan);
    let sum = Money::from_minor((1 << 53) + 1 + (1 << 54));
    let page = loans::page(&fixture.store, fixture.scope, &domain::listing::LoanFilter::default()).await.unwrap();
    assert_eq!(page.total_outstanding, Some(sum));
    let summary = summaries::get(&fixture.store, fixture.scope).await.unwrap().unwrap();
    assert_eq!(summary.all.outstanding, Some(sum));
}

async fn text_is_kept_to_the_letter(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let texts = [r"\N", r"\.", "a\tb", "two\nlines\r", r"back\slash", "O'Brien; --", "žluť 東京 🙂", "NULL", " blank "];
    let loans = texts.map(|text| LoanRecord {
        as_of: Some(day(1)),
        loan_type: text.to_owned(),
        interest_rate: Some(0.1 + 0.2),
        borrower: BorrowerRecord { name: Some(text.to_owned()), ..only_borrower(text) },
        ..short(text, "", 1)
    });
    fixture.import(loans.to_vec()).await;
    assert_eq!(stored(&fixture).await, loans);
}

async fn many_loans_keep_the_order_of_the_file(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let mut file = records(1300);
    file.reverse();
    let (first, second) = file.split_at(700);
    fixture.load(TestFile::loans(first.to_vec()).and_loans(second.to_vec())).await;
    assert_eq!(stored(&fixture).await, file);
}

async fn a_failing_import_leaves_nothing(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let file = TestFile::loans(records(700));
    let import = fixture.begin(&file).await;
    let events = audit::list(&fixture.store, fixture.scope, 100).await.unwrap().len();
    // A table that is gone fails late, when loans have been written.
    fixture.db.execute("ALTER TABLE upload_chunk RENAME TO elsewhere").await;
    let failed = fixture.try_write(&import, file.chunks().remove(0)).await;
    assert!(matches!(failed, Err(StoreError::Database(_))), "{failed:?}");
    assert_eq!(failed.unwrap_err().to_string(), "the database refused a request", "no SQL for people");
    assert!(fixture.loan_ids().await.is_empty());
    fixture.db.execute("ALTER TABLE elsewhere RENAME TO upload_chunk").await;
    assert_eq!(audit::list(&fixture.store, fixture.scope, 100).await.unwrap().len(), events);
    fixture.write(&import, &file).await;
    fixture.finish(&import).await.unwrap();
    assert_eq!(fixture.loan_ids().await.len(), 700, "the lease still holds");
    assert_eq!(uploads::get(&fixture.store, fixture.scope, import.upload).await.unwrap().counts().added, 700);
}

async fn figures_count_what_is_not_known(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let unknown = LoanRecord { outstanding_amount: None, ..short("A", "B", 0) };
    fixture.import(vec![unknown, short("C", "", 7), record(1)]).await;
    let summary = summaries::get(&fixture.store, fixture.scope).await.unwrap().unwrap();
    assert_eq!((summary.all.loans, summary.all.outstanding.unwrap().minor), (3, 7 + 500_100));
    assert_eq!((summary.lent, summary.status_scatter.of), (Some(Money::from_minor(1_001_000)), 1));
    assert_eq!(summary.amounts.iter().map(|band| band.loans).sum::<u32>(), 1);
    let open = summary.by_status.iter().find(|(status, _)| *status == RecoveryStatus::Open).unwrap();
    assert_eq!(open.1.loans, 2, "a loan without an outcome is open");
    let page = loans::page(&fixture.store, fixture.scope, &domain::listing::LoanFilter::default()).await.unwrap();
    assert_eq!(page.rows[0].outstanding_amount, None);
    // Taking the file back makes them anew.
    fixture.undo(uploads::list(&fixture.store, fixture.scope, 1).await.unwrap()[0].id).await;
    let summary = summaries::get(&fixture.store, fixture.scope).await.unwrap().unwrap();
    assert_eq!(summary.all.loans, 0);
}
