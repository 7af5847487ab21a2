//! What was found in a file, and its rows as they stood.

use crate::files::{TestFile, rejected};
use crate::fixture::Fixture;
use crate::harness::{TestDatabase, on_both_databases};
use crate::records::records;
use domain::upload::{Finding, FindingGroup, FindingKind, Upload};
use store::StoreError;
use store::uploads::{self, FINDINGS_LISTED};

on_both_databases!(
    findings_are_listed_in_order,
    findings_are_grouped_by_reason,
    raw_rows_are_found_by_line,
    findings_stay_within_the_scope,
);

pub(crate) fn warned(line: u64, column: Option<&str>) -> Finding {
    Finding {
        kind: FindingKind::Warned,
        column: column.map(str::to_owned),
        reason: "is unusual".to_owned(),
        ..rejected(line)
    }
}

async fn load(fixture: &Fixture, findings: Vec<Finding>) -> Upload {
    let file = TestFile::loans(records(2));
    let import = fixture.begin(&file).await;
    let mut chunk = file.chunks().remove(0);
    chunk.findings = findings;
    fixture.try_write(&import, chunk).await.unwrap();
    fixture.finish(&import).await.unwrap();
    fixture.summarise().await;
    fixture.upload(import.upload).await
}

async fn findings_are_listed_in_order(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let mut found: Vec<Finding> = (0..FINDINGS_LISTED + 5).rev().map(|place| rejected(place + 2)).collect();
    found.push(warned(4, None));
    let upload = load(&fixture, found).await;
    let listed = fixture.findings(&upload, FindingKind::Rejected).await;
    let expected: Vec<Finding> = (0..FINDINGS_LISTED).map(|place| rejected(place + 2)).collect();
    assert_eq!(listed, expected);
    assert_eq!(fixture.findings(&upload, FindingKind::Warned).await, [warned(4, None)]);
    let file = upload.files[0].id;
    let lines = uploads::rejected_lines(&fixture.store, fixture.scope, upload.id, file).await.unwrap();
    assert_eq!(lines.len() as u64, FINDINGS_LISTED + 5);
    assert_eq!(lines[0], (2, "Age: is not a number".to_owned()));
    assert!(lines.is_sorted());
}

async fn findings_are_grouped_by_reason(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let found = vec![rejected(9), warned(3, None), rejected(5), warned(2, Some("Age")), warned(8, None), rejected(7)];
    let upload = load(&fixture, found).await;
    let group = |kind, column: Option<&str>, reason: &str, rows, first_line| FindingGroup {
        kind,
        file_name: "loans.csv".to_owned(),
        column: column.map(str::to_owned),
        reason: reason.to_owned(),
        rows,
        first_line,
        first_value: "old".to_owned(),
    };
    let expected = [
        group(FindingKind::Rejected, Some("Age"), "is not a number", 3, 5),
        group(FindingKind::Warned, None, "is unusual", 2, 3),
        group(FindingKind::Warned, Some("Age"), "is unusual", 1, 2),
    ];
    assert_eq!(uploads::finding_groups(&fixture.store, fixture.scope, upload.id).await.unwrap(), expected);
}

async fn raw_rows_are_found_by_line(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let file = TestFile::loans(records(3)).and_loans(vec![crate::records::record(4)]);
    let import = fixture.begin(&file).await;
    for (number, mut chunk) in (1..).zip(file.chunks()) {
        chunk.raw = vec![number, 0, 255];
        fixture.try_write(&import, chunk).await.unwrap();
    }
    let raw = async |line| uploads::raw_chunks(&fixture.store, import.file.id, line).await.unwrap();
    assert_eq!(raw(1).await, None);
    assert_eq!((raw(2).await, raw(4).await), (Some((2, vec![1, 0, 255])), Some((2, vec![1, 0, 255]))));
    assert_eq!(raw(5).await, Some((5, vec![2, 0, 255])));
    assert_eq!(uploads::raw_chunks(&fixture.store, import.file.id + 1, 2).await.unwrap(), None);
}

async fn findings_stay_within_the_scope(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let upload = load(&fixture, vec![rejected(2)]).await;
    let neighbour = fixture.neighbour().await;
    let theirs = load(&neighbour, vec![rejected(3), rejected(4)]).await;
    let store = &fixture.store;
    assert_eq!(uploads::finding_groups(store, fixture.scope, upload.id).await.unwrap()[0].rows, 1);
    let file = upload.files[0].id;
    for scope in [neighbour.scope, fixture.nothing(), fixture.track(domain::track::Track::Legal)] {
        let outcomes = [
            uploads::findings(store, scope, upload.id, FindingKind::Rejected).await.map(|_| ()),
            uploads::finding_groups(store, scope, upload.id).await.map(|_| ()),
            uploads::rejected_lines(store, scope, upload.id, file).await.map(|_| ()),
        ];
        for found in outcomes {
            assert!(matches!(found, Err(StoreError::NotFound("upload"))), "{found:?}");
        }
    }
    // Nor does one's own upload open the way to another one's file, whose raw rows one would then be given.
    let found = uploads::rejected_lines(store, fixture.scope, upload.id, theirs.files[0].id).await;
    assert!(matches!(found, Err(StoreError::NotFound("file"))), "{found:?}");
}
