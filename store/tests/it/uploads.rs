use crate::files::{TestFile, reading, rejected};
use crate::fixture::{ACTOR, Fixture, at};
use crate::harness::{TestDatabase, on_both_databases};
use crate::records::{borrower, day, records};
use domain::access::{Actor, Role};
use domain::field::FileKind;
use domain::job::JobState;
use domain::upload::{FindingKind, RowCounts, Upload, UploadState};
use store::uploads::{CheckedFile, NewFile, Next, Sent};
use store::{StoreError, jobs, uploads};

on_both_databases!(
    a_received_file_waits_to_be_mapped,
    what_is_confirmed_is_planned,
    a_check_stores_nothing_and_is_forgotten_by_the_import,
    a_check_that_fails_asks_for_another_mapping,
    a_refused_file_leaves_nothing,
    imported_content_is_found_again,
    an_import_that_runs_is_found_until_it_ends,
    who_sees_a_part_sees_no_files,
);

fn expect_conflict<T: std::fmt::Debug>(outcome: Result<T, StoreError>) {
    assert!(matches!(outcome, Err(StoreError::Conflict(_))), "{outcome:?}");
}

async fn a_received_file_waits_to_be_mapped(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let person = fixture.user("ann@example.test", Role::Admin, None).await;
    let upload = fixture.receive_as(person.actor(), &TestFile::loans(records(1)).of_day(3)).await;
    assert_eq!((upload.state, upload.uploaded_by.as_str()), (UploadState::Received, "ann@example.test"));
    assert_eq!((upload.uploaded_at, upload.as_of, upload.job), (at(1), day(3), None));
    assert_eq!((upload.title.as_str(), upload.files[0].kind, upload.size_bytes()), ("loans.csv", None, 1234));
    assert_eq!(jobs::claim(&fixture.store, "worker").await.unwrap(), None);
    let previews = uploads::previews(&fixture.store, fixture.scope, upload.id).await.unwrap();
    let preview = previews[0].preview.as_ref().unwrap();
    assert_eq!((preview.kind, preview.rows.len(), previews[0].readings.len()), (FileKind::Loans, 1, 0));
    let second = fixture.receive(&TestFile::loans(records(1)).named("more.csv")).await;
    let listed = uploads::list(&fixture.store, fixture.scope, 10).await.unwrap();
    assert_eq!(listed, [second, upload], "the newest first");
    assert_eq!(uploads::list(&fixture.store, fixture.scope, 1).await.unwrap().len(), 1);
    let mut nothing = fixture.new_upload(&TestFile::loans(Vec::new()));
    nothing.files.clear();
    let refused = uploads::receive(&fixture.store, ACTOR, nothing, at(1)).await;
    assert!(matches!(refused, Err(StoreError::NotFound("file"))), "{refused:?}");
}

async fn what_is_confirmed_is_planned(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let mut new = fixture.new_upload(&TestFile::loans(Vec::new()).of_day(4).correcting());
    new.files.push(NewFile { name: "disp.csv".to_owned(), ..new.files[0].clone() });
    let upload = uploads::receive(&fixture.store, ACTOR, new, at(1)).await.unwrap();
    let readings = [vec![reading(FileKind::Links), reading(FileKind::Borrowers)], vec![reading(FileKind::Links)]];
    let (store, scope) = (&fixture.store, fixture.scope);
    let confirm =
        async |next| uploads::confirm(store, ACTOR, scope, upload.id, &readings, Some("berka"), next, at(2)).await;
    let first = confirm(Next::Check).await.unwrap();
    assert_eq!(fixture.upload(upload.id).await.state, UploadState::Checking);
    assert_eq!(confirm(Next::Check).await.unwrap(), first, "a double click");
    confirm(Next::Import).await.unwrap();
    let plan = uploads::plan(&fixture.store, upload.id).await.unwrap();
    assert_eq!((plan.portfolio, plan.as_of, plan.corrects), (fixture.portfolio, day(4), true));
    assert_eq!(plan.state, UploadState::Importing);
    let names: Vec<&str> = plan.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["loans.csv", "disp.csv"]);
    assert_eq!(plan.files.iter().map(|file| &file.readings).collect::<Vec<_>>(), readings.iter().collect::<Vec<_>>());
    let upload = fixture.upload(upload.id).await;
    assert_eq!(upload.profile.as_deref(), Some("berka"));
    let kinds: Vec<_> = upload.files.iter().map(|file| file.kind).collect();
    assert_eq!(kinds, [Some(FileKind::Borrowers), Some(FileKind::Links)]);
    expect_conflict(confirm(Next::Check).await);
}

async fn a_check_stores_nothing_and_is_forgotten_by_the_import(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let file = TestFile::borrowers(vec![borrower(1)]);
    let counts = RowCounts { rows: 2, accepted: 1, rejected: 1, ..RowCounts::default() };
    let check = async |upload: &Upload| {
        fixture.confirm(upload.id, FileKind::Borrowers, Next::Check).await;
        let lease = fixture.lease().await;
        let checked = CheckedFile { id: upload.files[0].id, counts: counts.clone(), findings: vec![rejected(3)] };
        let (notes, actor) = (["A note.".to_owned()], Actor::Job(lease.job));
        uploads::finish_check(&fixture.store, actor, &lease, upload.id, &[checked], &notes, at(2)).await.unwrap();
        let upload = fixture.upload(upload.id).await;
        assert_eq!(
            (upload.state, upload.counts(), &upload.notes[..]),
            (UploadState::Checked, counts.clone(), &notes[..])
        );
        assert_eq!(fixture.findings(&upload, FindingKind::Rejected).await, [rejected(3)]);
    };
    for is_started in [true, false] {
        let upload = fixture.receive(&file).await;
        check(&upload).await;
        check(&upload).await;
        assert_eq!(fixture.db.number("SELECT COUNT(*) FROM borrower").await, i64::from(!is_started));
        if is_started {
            uploads::start(&fixture.store, ACTOR, fixture.scope, upload.id, at(3)).await.unwrap();
        } else {
            fixture.confirm(upload.id, FileKind::Borrowers, Next::Import).await;
        }
        let import = fixture.import_of(&upload, &file).await;
        fixture.write(&import, &file).await;
        fixture.finish(&import).await.unwrap();
        fixture.summarise().await;
        let upload = fixture.upload(upload.id).await;
        assert_eq!((upload.counts().rows, upload.counts().rejected), (1, 0), "started: {is_started}");
        assert!(fixture.findings(&upload, FindingKind::Rejected).await.is_empty());
        expect_conflict(uploads::start(&fixture.store, ACTOR, fixture.scope, upload.id, at(4)).await);
    }
}

async fn a_check_that_fails_asks_for_another_mapping(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let upload = fixture.receive(&TestFile::loans(records(1))).await;
    fixture.confirm(upload.id, FileKind::Loans, Next::Check).await;
    let lease = fixture.lease().await;
    let actor = Actor::Job(lease.job);
    uploads::refuse_check(&fixture.store, actor, &lease, upload.id, "No column Id.", at(2)).await.unwrap();
    let upload = fixture.upload(upload.id).await;
    assert_eq!((upload.state, upload.message.as_deref()), (UploadState::Received, Some("No column Id.")));
    let status = jobs::status(&fixture.store, fixture.scope, lease.job).await.unwrap();
    assert_eq!((status.state, status.message.as_str()), (JobState::Failed, "No column Id."));
    expect_conflict(uploads::start(&fixture.store, ACTOR, fixture.scope, upload.id, at(3)).await);
    fixture.confirm(upload.id, FileKind::Loans, Next::Check).await;
    let upload = fixture.upload(upload.id).await;
    assert_eq!((upload.state, upload.message), (UploadState::Checking, None));
}

async fn a_refused_file_leaves_nothing(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let file = crate::chunks::two_chunks();
    let import = fixture.begin(&file).await;
    fixture.try_write(&import, file.chunks().remove(0)).await.unwrap();
    let actor = Actor::Job(import.lease.job);
    uploads::refuse(&fixture.store, actor, &import.lease, import.upload, "The file is cut off.", at(2)).await.unwrap();
    let upload = fixture.upload(import.upload).await;
    assert_eq!((upload.state, upload.message.as_deref()), (UploadState::Refused, Some("The file is cut off.")));
    let status = jobs::status(&fixture.store, fixture.scope, import.lease.job).await.unwrap();
    assert_eq!((status.state, status.message.as_str()), (JobState::Failed, "The file is cut off."));
    assert!(fixture.db.dump().await.iter().all(|(_, rows)| rows.is_empty()));
    expect_conflict(fixture.try_write(&import, file.chunks().remove(1)).await);
    expect_conflict(fixture.finish(&import).await);
    assert!(fixture.loan_ids().await.is_empty());
}

fn sent<'a>(sha256: &'a [&'a str]) -> Sent<'a> {
    Sent { sha256, as_of: None, corrects: false }
}

async fn imported_content_is_found_again(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let content = "ab".repeat(32);
    let (content, store) = (content.as_str(), &fixture.store);
    let found =
        async |scope, sent: Sent<'_>| uploads::find_imported(store, scope, sent).await.unwrap().map(|upload| upload.id);
    let waiting = fixture.receive(&TestFile::loans(records(1))).await;
    assert_eq!(found(fixture.scope, sent(&[content])).await, None, "it only waits");
    let first = fixture.import(records(1)).await;
    let second = fixture.import(records(1)).await;
    assert!(waiting.id.0 < first.id.0);
    assert_eq!(found(fixture.scope, sent(&[content])).await, Some(second.id));
    fixture.undo(second.id).await;
    assert_eq!(found(fixture.scope, sent(&[content])).await, Some(first.id));
    for other in [&["cd"][..], &["cd", content], &[]] {
        assert_eq!(found(fixture.scope, sent(other)).await, None, "{other:?}");
    }
    let both = [content, content];
    let twice = sent(&both);
    assert_eq!(found(fixture.scope, twice).await, Some(first.id), "sent twice at once");
    for (asked, expected) in [(day(1), Some(first.id)), (day(2), None)] {
        assert_eq!(found(fixture.scope, Sent { as_of: Some(asked), ..twice }).await, expected, "{asked}");
    }
    assert_eq!(found(fixture.scope, Sent { corrects: true, ..twice }).await, None, "it has corrected nothing");
    assert_eq!(found(fixture.neighbour().await.scope, twice).await, None);
    let hidden = uploads::find_imported(store, fixture.nothing(), twice).await;
    assert!(matches!(hidden, Err(StoreError::NotFound("upload"))), "{hidden:?}");
}

async fn an_import_that_runs_is_found_until_it_ends(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let content = "ab".repeat(32);
    let found = async || {
        let found = uploads::find_importing(&fixture.store, fixture.scope, sent(&[&content])).await.unwrap();
        found.map(|upload| upload.id)
    };
    let file = TestFile::loans(records(1));
    fixture.receive(&file).await;
    assert_eq!(found().await, None, "it only waits");
    let import = fixture.begin(&file).await;
    assert_eq!(found().await, Some(import.upload));
    let actor = Actor::Job(import.lease.job);
    uploads::refuse(&fixture.store, actor, &import.lease, import.upload, "It is cut off.", at(2)).await.unwrap();
    assert_eq!(found().await, None);
    fixture.load(file).await;
    assert_eq!(found().await, None);
}

async fn who_sees_a_part_sees_no_files(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let upload = fixture.receive(&TestFile::loans(records(1))).await;
    fixture.confirm(upload.id, FileKind::Loans, Next::Check).await;
    let job = fixture.upload(upload.id).await.job.unwrap();
    let neighbour = fixture.neighbour().await.scope;
    let store = &fixture.store;
    for scope in [neighbour, fixture.nothing(), fixture.track(domain::track::Track::Legal)] {
        assert!(uploads::list(store, scope, 10).await.unwrap().is_empty());
        let outcomes = [
            uploads::get(store, scope, upload.id).await.map(|_| ()),
            uploads::previews(store, scope, upload.id).await.map(|_| ()),
            uploads::start(store, ACTOR, scope, upload.id, at(2)).await.map(|_| ()),
            uploads::confirm(store, ACTOR, scope, upload.id, &[], None, Next::Import, at(2)).await.map(|_| ()),
        ];
        for found in outcomes {
            assert!(matches!(found, Err(StoreError::NotFound("upload"))), "{found:?}");
        }
        let found = jobs::status(store, scope, job).await;
        assert!(matches!(found, Err(StoreError::NotFound("job"))), "{found:?}");
        let cancelled = jobs::request_cancel(store, ACTOR, scope, job, at(2)).await;
        assert!(matches!(cancelled, Err(StoreError::NotFound("job"))), "{cancelled:?}");
        assert_eq!(jobs::latest(store, scope, "check_import").await.unwrap(), None);
    }
}
