use crate::files::TestFile;
use crate::findings::warned;
use crate::fixture::Fixture;
use crate::harness::{TestDatabase, on_both_databases};
use crate::records::{day, payment, short};
use crate::snapshots::tally;
use domain::field::Field;
use domain::money::Money;
use domain::payment::{PaymentKind, PaymentRecord};
use domain::upload::{ControlTotal, Finding, FindingKind};
use std::collections::HashSet;

on_both_databases!(
    payments_are_stored_to_the_minor_unit,
    payments_of_unknown_loans_are_rejected,
    the_same_payment_again_is_unchanged,
    a_payment_that_differs_is_a_conflict,
    a_row_that_is_left_out_is_not_warned_of,
    a_reversal_of_nothing_is_warned_of,
    mended_payments_are_known_again,
    what_an_upload_held_is_kept_for_its_mended_rows,
);

async fn with_loans(db: TestDatabase) -> Fixture {
    let fixture = Fixture::new(db).await;
    fixture.import(vec![short("A", "X", 100), short("B", "Y", 100)]).await;
    fixture
}

async fn sum(fixture: &Fixture) -> i64 {
    fixture.db.number("SELECT CAST(COALESCE(SUM(amount_minor), 0) AS bigint) FROM payment").await
}

async fn payments_are_stored_to_the_minor_unit(db: TestDatabase) {
    let fixture = with_loans(db).await;
    let large = payment("B", "1", (1 << 53) + 1);
    let reversal = PaymentRecord {
        kind: PaymentKind::Reversal,
        reversal_of: Some("1".to_owned()),
        paid_on: day(4),
        ..payment("A", "2", -25)
    };
    let upload = fixture.load(TestFile::payments(vec![payment("A", "1", 25), reversal, large])).await;
    assert_eq!(tally(&upload), (3, 0, 0));
    assert_eq!(sum(&fixture).await, (1 << 53) + 1);
    let stored = "SELECT COUNT(*) FROM payment p JOIN loan l ON l.id = p.loan_id WHERE l.loan_ref = 'A' \
                  AND amount_minor = -25 AND kind = 'reversal' AND reversal_of = '1' AND paid_on = '2026-11-04' \
                  AND payment_ref = '2' AND p.source_line = 3";
    assert_eq!(fixture.db.number(stored).await, 1);
    let total = Money::from_minor((1 << 53) + 1);
    let totals = [ControlTotal { field: Field::PaymentAmount, in_file: total, accepted: total, rounding: 0 }];
    assert_eq!(upload.counts().totals, totals);
}

async fn payments_of_unknown_loans_are_rejected(db: TestDatabase) {
    let fixture = with_loans(db).await;
    fixture.neighbour().await.import(vec![short("THEIRS", "X", 1)]).await;
    let rows = vec![payment("NONE", "1", 1), payment("A", "2", 2), payment("THEIRS", "3", 4)];
    let upload = fixture.load(TestFile::payments(rows)).await;
    let orphan = |line, loan: &str| Finding {
        kind: FindingKind::Rejected,
        line,
        column: Some("Id".to_owned()),
        value: loan.to_owned(),
        reason: "belongs to no loan on file: load the loans first, or correct the id".to_owned(),
    };
    assert_eq!(fixture.findings(&upload, FindingKind::Rejected).await, [orphan(2, "NONE"), orphan(4, "THEIRS")]);
    let counts = upload.counts();
    assert_eq!((counts.rows, counts.accepted, counts.rejected, counts.conflicts), (3, 1, 2, 0));
    assert_eq!(tally(&upload), (1, 0, 0));
    assert_eq!((counts.totals[0].in_file.minor, counts.totals[0].accepted.minor), (7, 2));
}

async fn the_same_payment_again_is_unchanged(db: TestDatabase) {
    let fixture = with_loans(db).await;
    let rows = vec![payment("A", "1", 5), payment("B", "1", 6), payment("A", "1", 5)];
    let upload = fixture.load(TestFile::payments(rows.clone())).await;
    assert_eq!((tally(&upload), upload.counts().accepted), ((2, 0, 1), 3));
    let before = fixture.db.rows("SELECT * FROM payment ORDER BY id").await;
    let again = fixture.load(TestFile::payments([rows, vec![payment("B", "2", 7)]].concat())).await;
    assert_eq!(tally(&again), (1, 0, 3));
    assert_eq!(fixture.db.rows("SELECT * FROM payment ORDER BY id").await[..2], before[..]);
    assert_eq!(sum(&fixture).await, 5 + 6 + 7);
    // Each file's own payments go with it.
    fixture.undo(again.id).await;
    assert_eq!(sum(&fixture).await, 5 + 6);
}

async fn a_payment_that_differs_is_a_conflict(db: TestDatabase) {
    let fixture = with_loans(db).await;
    fixture.load(TestFile::payments(vec![payment("A", "1", 5), payment("A", "2", 6), payment("A", "3", 7)])).await;
    let later = PaymentRecord { paid_on: day(9), ..payment("A", "2", 6) };
    let fee = PaymentRecord { kind: PaymentKind::Fee, ..payment("A", "3", 7) };
    let rows = vec![payment("A", "1", 50), later, fee, payment("A", "4", 8), payment("A", "4", 9)];
    let upload = fixture.load(TestFile::payments(rows)).await;
    let found = fixture.findings(&upload, FindingKind::Conflict).await;
    let lines: Vec<(u64, &str)> = found.iter().map(|finding| (finding.line, finding.value.as_str())).collect();
    assert_eq!(lines, [(2, "1"), (3, "2"), (4, "3"), (6, "4")]);
    assert_eq!(
        found[0].reason,
        "is on file with another date, amount, kind or payment that it takes back; that one is kept"
    );
    let counts = upload.counts();
    assert_eq!((counts.accepted, counts.conflicts, tally(&upload)), (1, 4, (1, 0, 0)));
    assert_eq!(counts.totals[0].accepted.minor, 8);
    assert_eq!(sum(&fixture).await, 5 + 6 + 7 + 8);
    // What a payment takes back is said once; a file that leaves it out says nothing against it.
    let reversal = |of: Option<&str>| PaymentRecord {
        kind: PaymentKind::Reversal,
        reversal_of: of.map(str::to_owned),
        ..payment("A", "5", -5)
    };
    for (of, left_out) in [(Some("1"), 0), (None, 0), (Some("2"), 1)] {
        let upload = fixture.load(TestFile::payments(vec![reversal(of)])).await;
        assert_eq!(upload.counts().conflicts, left_out, "{of:?}");
    }
}

async fn a_row_that_is_left_out_is_not_warned_of(db: TestDatabase) {
    let fixture = with_loans(db).await;
    let file = TestFile::payments(vec![payment("A", "1", 5), payment("NONE", "2", 6), payment("B", "3", 7)]);
    let import = fixture.begin(&file).await;
    let mut chunk = file.chunks().remove(0);
    chunk.warned = HashSet::from([3, 4]);
    chunk.findings = vec![warned(3, None), warned(4, None)];
    chunk.counts.warned = 2;
    fixture.try_write(&import, chunk).await.unwrap();
    fixture.finish(&import).await.unwrap();
    let upload = fixture.upload(import.upload).await;
    assert_eq!((upload.counts().accepted, upload.counts().warned, upload.counts().rejected), (2, 1, 1));
    assert_eq!(fixture.findings(&upload, FindingKind::Warned).await, [warned(4, None)]);
}

async fn a_reversal_of_nothing_is_warned_of(db: TestDatabase) {
    let fixture = with_loans(db).await;
    fixture.load(TestFile::payments(vec![payment("A", "1", 25)])).await;
    let reversal = |of: &str, reference: &str| PaymentRecord {
        kind: PaymentKind::Reversal,
        reversal_of: Some(of.to_owned()),
        ..payment("A", reference, -25)
    };
    // The first is on file, the second comes later in the same file, the third is another loan's, and the last its own.
    let other = payment("B", "elsewhere", 25);
    let rows = ["1", "4", "elsewhere", "6"].iter().zip(["2", "3", "5", "6"]).map(|(of, own)| reversal(of, own));
    let file = TestFile::payments(rows.chain([other, payment("A", "4", 25)]).collect());
    let upload = fixture.load(file).await;
    let found = fixture.findings(&upload, FindingKind::Warned).await;
    let told: Vec<_> = found.iter().map(|finding| (finding.line, finding.value.as_str())).collect();
    assert_eq!(told, [(4, "elsewhere"), (5, "6")]);
    assert_eq!((upload.counts().accepted, upload.counts().warned), (6, 2));
}

async fn mended_payments_are_known_again(db: TestDatabase) {
    let fixture = with_loans(db).await;
    let mended = |row: &str, name: &str| PaymentRecord { mended_row: Some(row.to_owned()), ..payment("A", name, 25) };
    let upload = fixture.load(TestFile::payments(vec![payment("A", "on file", 25), mended("row-1", "new")])).await;
    assert_eq!(tally(&upload), (2, 0, 0));
    // One that is on file already, since the corrected file came first, is known by its row from now on.
    let upload = fixture.load(TestFile::payments(vec![mended("row-2", "on file"), mended("row-3", "new")])).await;
    assert_eq!(tally(&upload), (0, 0, 2));
    let neighbour = fixture.neighbour().await;
    let known = async |portfolio| {
        let mut known = store::uploads::mended_payments(&fixture.store, portfolio).await.unwrap();
        known.sort_by(|one, other| one.mended_row.cmp(&other.mended_row));
        known.into_iter().map(|payment| (payment.mended_row, payment.loan_ref, payment.payment_ref)).collect::<Vec<_>>()
    };
    let row = |row: &str, name: &str| (row.to_owned(), "A".to_owned(), name.to_owned());
    assert_eq!(known(fixture.portfolio).await, [row("row-1", "new"), row("row-2", "on file")]);
    assert_eq!(known(neighbour.portfolio).await, []);
    // One that was mended otherwise is told by its loan: its name is ours, and nobody could look it up.
    let other = PaymentRecord { amount: Money::from_minor(26), ..mended("row-1", "new") };
    let upload = fixture.load(TestFile::payments(vec![other])).await;
    assert_eq!((tally(&upload), upload.counts().conflicts), ((0, 0, 0), 1));
    let conflicts =
        store::uploads::findings(&fixture.store, fixture.scope, upload.id, FindingKind::Conflict).await.unwrap();
    assert_eq!(conflicts[0].value, "A");
}

async fn what_an_upload_held_is_kept_for_its_mended_rows(db: TestDatabase) {
    let fixture = with_loans(db).await;
    let sent = TestFile::payments(vec![payment("A", "1", 25), payment("N", "2", 25)]);
    let import = fixture.begin(&sent).await;
    for chunk in sent.chunks() {
        fixture.try_write(&import, chunk).await.unwrap();
    }
    let (store, file) = (&fixture.store, import.file.id);
    for content in [vec![1, 2], vec![3]] {
        store::uploads::keep_counts(store, &import.lease, import.upload, content).await.unwrap();
    }
    let found = store::uploads::earlier_upload(store, fixture.portfolio, file).await.unwrap().unwrap();
    assert_eq!((found.id, found.files, found.counts), (import.upload, vec![file], vec![1, 2]));
    assert_eq!(found.orphans, HashSet::from(["N".to_owned()]));
    let neighbour = fixture.neighbour().await;
    assert_eq!(store::uploads::earlier_upload(store, neighbour.portfolio, file).await.unwrap(), None);
    assert_eq!(store::uploads::earlier_upload(store, fixture.portfolio, file + 1).await.unwrap(), None);
}
