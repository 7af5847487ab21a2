//! Who wants no more SMS is heard at every place where the number is on file.

use crate::files::TestFile;
use crate::fixture::{ACTOR, Fixture, at};
use crate::harness::{TestDatabase, on_both_databases};
use crate::records::records;
use domain::borrower::{ContactChannel, ContactPoint};
use store::messages::stop_sms;

on_both_databases!(a_number_is_stopped_for_all_who_have_it);

async fn a_number_is_stopped_for_all_who_have_it(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let mut loans = records(4);
    for (loan, value) in loans.iter_mut().zip(["(212) 555-0100", "+1 212 5550100", "+1 212 555 0101", "0100"]) {
        let phone = ContactPoint { channel: ContactChannel::Phone, value: value.to_owned(), has_consent: Some(true) };
        loan.borrower.contacts = vec![phone];
    }
    fixture.load(TestFile::loans(loans)).await;
    let stop = async |number: &str, minute| stop_sms(&fixture.store, ACTOR, number, at(minute)).await.unwrap();
    assert_eq!(stop("+4915112345678", 10).await, 0);
    assert_eq!(stop("no number", 10).await, 0);
    assert_eq!(stop("+12125550100", 11).await, 2);
    let rows = "SELECT channel, address, source FROM opt_out ORDER BY address";
    let told: Vec<String> = fixture.db.rows(rows).await.iter().map(ToString::to_string).collect();
    let told = told.join(" ");
    assert!(told.contains("(212) 555-0100") && told.contains("+1 212 5550100") && told.contains("sms"), "{told}");
    assert_eq!(fixture.db.number("SELECT COUNT(*) FROM opt_out").await, 2);
    let audited = "SELECT COUNT(*) FROM audit_event WHERE action = 'borrower.opted_out'";
    assert_eq!(fixture.db.number(audited).await, 2);
    // Said again, as after a consent in between, it is heard again.
    assert_eq!(stop("0212 555 0100", 20).await, 2);
}
