use crate::fixture::{ACTOR, Fixture, at, import_of, records};
use crate::harness::{TestDatabase, on_both_databases};
use domain::access::{Actor, Role};
use domain::job::JobState;
use domain::upload::UploadState;
use store::{StoreError, jobs, uploads};

on_both_databases!(
    a_received_file_has_a_job,
    rejected_rows_are_listed_in_order,
    a_refused_file_leaves_nothing,
    who_sees_a_part_sees_no_files,
);

async fn a_received_file_has_a_job(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let person = fixture.user("ann@example.test", Role::Admin, None).await;
    let upload = fixture.receive_as(person.actor(), "loans.csv").await;
    assert_eq!((upload.state, upload.uploaded_by.as_str()), (UploadState::Received, "ann@example.test"));
    assert_eq!(upload.uploaded_at, at(1));
    let status = jobs::status(&fixture.store, fixture.scope, upload.job.unwrap()).await.unwrap();
    assert_eq!((status.kind.as_str(), status.state), ("import", JobState::Queued));
    let source = uploads::source(&fixture.store, upload.id).await.unwrap();
    assert_eq!((source.path.to_str(), source.file_name.as_str()), (Some("/data/loans.csv"), "loans.csv"));
    assert_eq!(source.currency, domain::money::Currency::USD);
    let second = fixture.receive("more.csv").await;
    let listed = uploads::list(&fixture.store, fixture.scope, 10).await.unwrap();
    assert_eq!(listed, [second, upload], "the newest first");
    assert_eq!(uploads::list(&fixture.store, fixture.scope, 1).await.unwrap().len(), 1);
}

async fn rejected_rows_are_listed_in_order(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let upload = fixture.receive("loans.csv").await;
    let lease = fixture.lease().await;
    let mut import = import_of(records(2));
    import.rejected = (0..750_u64)
        .map(|place| domain::upload::RejectedRow { line: place + 2, ..import.rejected[0].clone() })
        .collect();
    uploads::finish_import(&fixture.store, ACTOR, &lease, upload.id, &import, at(2)).await.unwrap();
    let rejected = uploads::rejected_rows(&fixture.store, fixture.scope, upload.id).await.unwrap();
    assert_eq!(rejected, import.rejected);
}

async fn a_refused_file_leaves_nothing(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let upload = fixture.receive("empty.csv").await;
    let lease = fixture.lease().await;
    let actor = Actor::Job(lease.job);
    uploads::refuse(&fixture.store, actor, &lease, upload.id, "The file is empty.", at(2)).await.unwrap();
    let upload = uploads::get(&fixture.store, fixture.scope, upload.id).await.unwrap();
    assert_eq!((upload.state, upload.message.as_deref()), (UploadState::Refused, Some("The file is empty.")));
    let status = jobs::status(&fixture.store, fixture.scope, lease.job).await.unwrap();
    assert_eq!((status.state, status.message.as_str()), (JobState::Failed, "The file is empty."));
    let late = uploads::finish_import(&fixture.store, actor, &lease, upload.id, &import_of(records(3)), at(3)).await;
    assert!(matches!(late, Err(StoreError::Conflict(_))), "{late:?}");
    assert!(fixture.loan_ids().await.is_empty());
}

async fn who_sees_a_part_sees_no_files(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let upload = fixture.receive("loans.csv").await;
    let job = upload.job.unwrap();
    let neighbour = fixture.neighbour().await.scope;
    let store = &fixture.store;
    for scope in [neighbour, fixture.nothing(), fixture.track(domain::track::Track::Legal)] {
        assert!(uploads::list(store, scope, 10).await.unwrap().is_empty());
        let found = uploads::get(store, scope, upload.id).await;
        assert!(matches!(found, Err(StoreError::NotFound("upload"))), "{found:?}");
        let found = uploads::rejected_rows(store, scope, upload.id).await;
        assert!(matches!(found, Err(StoreError::NotFound("upload"))), "{found:?}");
        let found = jobs::status(store, scope, job).await;
        assert!(matches!(found, Err(StoreError::NotFound("job"))), "{found:?}");
        let cancelled = jobs::request_cancel(store, ACTOR, scope, job, at(2)).await;
        assert!(matches!(cancelled, Err(StoreError::NotFound("job"))), "{cancelled:?}");
        assert_eq!(jobs::latest(store, scope, "import").await.unwrap(), None);
    }
}
