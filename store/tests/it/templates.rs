//! Templates start with the program's words; each change is a version of its own.

use crate::files::TestFile;
use crate::fixture::{ACTOR, Fixture, at};
use crate::harness::{TestDatabase, on_both_databases};
use crate::records::records;
use domain::access::Role;
use domain::contact::Channel;
use domain::template::{TEMPLATES, Texts};
use domain::track::Track;
use store::StoreError;
use store::templates::{self, NewWords};

on_both_databases!(words_have_versions, of_two_who_change_a_template_one_is_told, a_loan_fills_a_preview);

const LETTER: &str = "payment-letter";

fn words(body: &str, from: i32) -> NewWords<'_> {
    NewWords { code: LETTER, subject: "Your loan {{loan}}", body, note: "clearer", from }
}

async fn words_have_versions(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let (store, portfolio) = (&fixture.store, fixture.portfolio);
    let other = fixture.neighbour().await;
    assert_eq!(templates::in_use(store, portfolio).await.unwrap(), Texts::default());
    let listed = templates::list(store, fixture.scope).await.unwrap();
    assert_eq!(listed.len(), TEMPLATES.len());
    assert!(listed.iter().all(|row| row.version == 1 && row.saved_by.is_none() && row.saved_at == at(0)));
    let lead = fixture.user("ann@example.test", Role::Executive, None).await;
    let save = async |new| templates::save(store, lead.actor(), fixture.scope, new, at(5)).await;
    save(words("Dear {{borrower}},\r\n\r\npay.", 1)).await.unwrap();
    // The same words again, as by a second click, are no version.
    save(words("Dear {{borrower}},\n\npay.\n", 1)).await.unwrap();
    let story = templates::get(store, fixture.scope, LETTER).await.unwrap();
    let versions: Vec<_> = story.versions.iter().map(|version| version.words.version).collect();
    assert_eq!((versions, story.channel), (vec![2, 1], Channel::Post));
    assert_eq!(story.versions[0].words.body, "Dear {{borrower}},\n\npay.\n");
    assert_eq!(
        (story.versions[0].saved_by.as_deref(), story.versions[0].note.as_str()),
        (Some("ann@example.test"), "clearer")
    );
    let texts = templates::in_use(store, portfolio).await.unwrap();
    assert_eq!(texts.find(LETTER).unwrap().1.version, 2);
    assert_eq!(texts.find("second-reminder").unwrap().1.version, 1);
    assert_eq!(templates::in_use(store, other.portfolio).await.unwrap(), Texts::default(), "others keep their words");
    for (body, told) in [("Dear {{borower}}", "{{borower}} is no variable; there are"), (" ", "A text is needed.")] {
        let refused = save(words(body, 2)).await;
        assert!(matches!(&refused, Err(StoreError::Conflict(words)) if words.contains(told)), "{refused:?}");
    }
    assert!(matches!(save(NewWords { code: "none", ..words("x", 1) }).await, Err(StoreError::NotFound(_))));
    let agent = templates::save(store, ACTOR, fixture.track(Track::Legal), words("x", 2), at(6)).await;
    assert!(matches!(agent, Err(StoreError::NotFound(_))));
    // A program that starts again adds nothing and takes nothing back.
    store.migrate().await.unwrap();
    let rows = "SELECT COUNT(*) FROM template_version";
    assert_eq!(fixture.db.number(rows).await, 2 * TEMPLATES.len() as i64 + 1);
    // One that brings a template that was not there gives it to everybody.
    fixture.db.execute("DELETE FROM template_version WHERE code = 'second-reminder'").await;
    store.migrate().await.unwrap();
    assert_eq!(fixture.db.number(rows).await, 2 * TEMPLATES.len() as i64 + 1);
}

async fn of_two_who_change_a_template_one_is_told(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let save = async |body| templates::save(&fixture.store, ACTOR, fixture.scope, words(body, 1), at(5)).await;
    let (one, other) = tokio::join!(save("Pay."), save("Please pay."));
    assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
    let refused = one.and(other);
    assert!(matches!(&refused, Err(StoreError::Conflict(words)) if words.contains("saved version 2")), "{refused:?}");
}

async fn a_loan_fills_a_preview(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let loans = records(4);
    let loan_ref = loans[0].loan_ref.clone();
    fixture.load(TestFile::loans(loans)).await;
    let values = templates::values_of_loan(&fixture.store, fixture.scope, &loan_ref, at(5)).await.unwrap();
    let texts = Texts::default();
    let (_, body) = texts.find("payment-reminder").unwrap().1.fill(&values).unwrap();
    assert!(body.contains(&loan_ref) && body.contains("USD"), "{body}");
    let other = fixture.neighbour().await;
    let missing = templates::values_of_loan(&fixture.store, other.scope, &loan_ref, at(5)).await;
    assert!(matches!(missing, Err(StoreError::NotFound(_))), "{missing:?}");
}
