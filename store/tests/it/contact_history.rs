//! What is on file of how borrowers were reached, dated.

use crate::files::TestFile;
use crate::fixture::{ACTOR, Fixture, at};
use crate::harness::{TestDatabase, on_both_databases};
use crate::records::{day, email, payment, records};
use chrono::{DateTime, TimeDelta, Utc};
use domain::borrower::BorrowerRecord;
use domain::contact::Channel;
use domain::contact_history::ContactHistory;
use domain::contact_rules::ContactRules;
use domain::hold::{HoldKind, HoldScope};
use domain::id::LoanId;
use store::contact_history::{of_loan, reached};
use store::holds::{self, NewHold};

on_both_databases!(
    words_on_consent_follow_each_other,
    money_counts_from_when_it_is_known,
    borrowers_come_in_turn,
    illegal_rows_are_breaches_each,
);

const ADDRESS: &str = "b@example.test";

/// Three loans of three borrowers, of whom the first has an address.
async fn with_loans(db: TestDatabase) -> (Fixture, Vec<LoanId>) {
    let fixture = Fixture::new(db).await;
    let mut loans = records(3);
    loans[0].borrower.contacts = vec![email(ADDRESS, None)];
    fixture.load(TestFile::loans(loans)).await;
    let ids = fixture.loan_ids().await;
    fixture.loaded_at("2026-11-01T10:00:00+00:00").await;
    (fixture, ids)
}

impl Fixture {
    /// Says when the file was loaded that was loaded last.
    async fn loaded_at(&self, moment: &str) {
        let sql = format!("UPDATE upload SET imported_at = '{moment}' WHERE id = (SELECT MAX(id) FROM upload)");
        self.db.execute(&sql).await;
    }

    async fn told(&self, consent: bool, of_day: u32, loaded_at: &str) {
        let record = BorrowerRecord {
            borrower_ref: "BRW_1".to_owned(),
            contacts: vec![email(ADDRESS, Some(consent))],
            ..BorrowerRecord::default()
        };
        self.load(TestFile::borrowers(vec![record]).named(loaded_at).of_day(of_day)).await;
        self.loaded_at(loaded_at).await;
    }

    /// A message to the borrower of a loan, as if it had been sent at a moment.
    async fn sent(&self, id: i64, loan: LoanId, moment: &str, body: &str) {
        let has_case = format!("SELECT COUNT(*) FROM recovery_case WHERE id = {loan}");
        if self.db.number(&has_case).await == 0 {
            let sql = format!(
                "INSERT INTO recovery_case (id, portfolio_id, loan_id, track, policy_id, opened_at) \
                 SELECT {loan}, {portfolio}, {loan}, 'standard', MIN(id), '2026-11-01T00:00:00+00:00' FROM policy",
                portfolio = self.portfolio
            );
            self.db.execute(&sql).await;
        }
        let sql = format!(
            "INSERT INTO action (id, case_id, step, kind, state, detail, decided_at) \
             VALUES ({id}, {loan}, {id}, 'email_reminder', 'queued', '', '2026-11-01T00:00:00+00:00')"
        );
        self.db.execute(&sql).await;
        let sql = format!(
            "INSERT INTO message (id, portfolio_id, action_id, loan_id, borrower_id, channel, recipient, subject, body, \
             opt_out_token, created_at, next_try_at, attempts, claimed_at, sent_at, error) \
             SELECT {id}, portfolio_id, {id}, id, borrower_id, 'email', '{ADDRESS}', 's', '{body}', 'token{id}', \
             '2026-11-01T00:00:00+00:00', '2026-11-01T00:00:00+00:00', 1, '{moment}', '{moment}', '' FROM loan WHERE id = {loan}"
        );
        self.db.execute(&sql).await;
    }

    async fn history(&self, loan: LoanId) -> ContactHistory {
        of_loan(&self.store, loan).await.unwrap()
    }
}

fn moment(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

async fn words_on_consent_follow_each_other(db: TestDatabase) {
    let (fixture, loans) = with_loans(db).await;
    fixture.told(true, 3, "2026-11-05T12:00:00+00:00").await;
    fixture.told(false, 9, "2026-11-08T12:00:00+00:00").await;
    let words = fixture.history(loans[0]).await.words;
    let told: Vec<_> = words.iter().map(|word| (word.has_consent, word.from, word.until)).collect();
    // A word counts from the day that it is of, and not before it was loaded.
    let [first, yes, no] = ["2026-11-01T10:00:00Z", "2026-11-05T12:00:00Z", "2026-11-09T00:00:00Z"].map(moment);
    assert_eq!(told, [(None, first, Some(yes)), (Some(true), yes, Some(no)), (Some(false), no, None)]);
    assert!(words.iter().all(|word| word.address == ADDRESS));
    assert_eq!(fixture.history(loans[1]).await.words, []);
}

async fn money_counts_from_when_it_is_known(db: TestDatabase) {
    let (fixture, loans) = with_loans(db).await;
    let back = domain::payment::PaymentRecord { paid_on: day(4), ..payment("LN_1", "2", -5) };
    fixture.load(TestFile::payments(vec![payment("LN_1", "1", 5), back])).await;
    fixture.loaded_at("2026-11-03T18:00:00+00:00").await;
    let history = fixture.history(loans[0]).await;
    let told: Vec<_> = history.payments.iter().map(|paid| (paid.paid_on, paid.from, paid.is_reversal)).collect();
    let [known, later] = ["2026-11-03T18:00:00Z", "2026-11-04T00:00:00Z"].map(moment);
    assert_eq!(told, [(day(3), known, false), (day(4), later, true)]);
    fixture.db.execute("UPDATE loan SET recovery_status = 'open'").await;
    assert_eq!(fixture.history(loans[0]).await.loans[0].recovered_since, None);
    let recovered = "UPDATE loan SET recovery_status = 'fully_recovered', imported_at = '2026-11-07T00:00:00+00:00'";
    fixture.db.execute(recovered).await;
    let since = fixture.history(loans[0]).await.loans[0].recovered_since;
    assert_eq!(since, Some(moment("2026-11-07T00:00:00Z")));
}

async fn borrowers_come_in_turn(db: TestDatabase) {
    let (fixture, loans) = with_loans(db).await;
    let all = async |after, limit| {
        let found = reached(&fixture.store, fixture.portfolio, after, limit).await.unwrap();
        found.into_iter().map(|(borrower, history)| (borrower, history.messages.len())).collect::<Vec<_>>()
    };
    assert_eq!(all(0, 9).await, [], "nobody was reached");
    fixture.sent(1, loans[0], "2026-11-05T12:00:00+00:00", "x").await;
    fixture.sent(2, loans[2], "2026-11-05T12:00:00+00:00", "x").await;
    fixture.sent(3, loans[2], "2026-11-06T12:00:00+00:00", "x").await;
    fixture.sent(4, loans[1], "2026-11-06T12:00:00+00:00", "x").await;
    fixture.db.execute("UPDATE message SET failed_at = sent_at, sent_at = NULL WHERE id = 4").await;
    let found = all(0, 9).await;
    assert_eq!(found.iter().map(|(_, messages)| *messages).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(all(0, 1).await, found[..1]);
    assert_eq!(all(found[0].0, 9).await, found[1..]);
    assert_eq!(all(found[1].0, 9).await, []);
    assert_eq!(reached(&fixture.store, fixture.neighbour().await.portfolio, 0, 9).await.unwrap(), []);
}

async fn illegal_rows_are_breaches_each(db: TestDatabase) {
    let (fixture, loans) = with_loans(db).await;
    fixture.db.execute("UPDATE loan SET recovery_status = 'open'").await;
    fixture.told(true, 2, "2026-11-02T12:00:00+00:00").await;
    let loan = loans[0];
    let link = |id: i64| format!("Stop: token{id}");
    // By day, by night, without a link, in a hold, after a wish, and after a payment.
    fixture.sent(1, loan, "2026-11-02T17:00:00+00:00", &link(1)).await;
    fixture.sent(2, loan, "2026-11-03T04:00:00+00:00", &link(2)).await;
    fixture.sent(3, loan, "2026-11-03T17:00:00+00:00", "Pay.").await;
    fixture.sent(4, loan, "2026-11-04T17:00:00+00:00", &link(4)).await;
    let hold = NewHold { loan, kind: HoldKind::Deceased, covers: HoldScope::Person, until: None, note: "a letter" };
    let id = holds::set(&fixture.store, ACTOR, fixture.scope, hold, moment("2026-11-04T09:00:00Z")).await.unwrap();
    let ended = moment("2026-11-05T09:00:00Z");
    holds::end(&fixture.store, ACTOR, fixture.scope, (loan, id), "another one", ended).await.unwrap();
    fixture.sent(5, loan, "2026-11-05T17:00:00+00:00", &link(5)).await;
    let wish = format!(
        "INSERT INTO opt_out (borrower_id, channel, address, source, message_id, from_at) \
         SELECT borrower_id, 'email', '{ADDRESS}', 'link', 5, '2026-11-05T18:00:00+00:00' FROM loan WHERE id = {loan}"
    );
    fixture.db.execute(&wish).await;
    fixture.sent(6, loan, "2026-11-06T17:00:00+00:00", &link(6)).await;
    fixture.load(TestFile::payments(vec![payment("LN_1", "1", 5)])).await;
    fixture.loaded_at("2026-11-06T18:00:00+00:00").await;
    fixture.sent(7, loan, "2026-11-07T17:00:00+00:00", &link(7)).await;
    fixture.sent(8, loans[1], "2026-11-07T17:00:00+00:00", &link(8)).await;

    let rules = ContactRules::read("us-reg-f", "America/New_York", "America/New_York").unwrap();
    let mut told: Vec<(i64, Vec<&str>)> = Vec::new();
    for (_, history) in reached(&fixture.store, fixture.portfolio, 0, 9).await.unwrap() {
        let breaches = history.replay(&rules);
        told.extend(breaches.iter().map(|(sent, breach)| (sent.id, breach.answer.rule_ids().collect())));
    }
    let expected: [(i64, Vec<&str>); 6] = [
        (2, vec!["us.hours-8-to-21"]),
        (3, vec!["us.no-opt-out"]),
        (4, vec!["all.hold", "us.hold"]),
        (6, vec!["all.opt-out"]),
        (7, vec!["all.opt-out", "all.payment-received"]),
        (8, vec!["us.consent"]),
    ];
    assert_eq!(told, expected);
    // The first message alone, at its own moment, is what it was: allowed.
    let history = fixture.history(loan).await;
    assert!(history.ask(1, &rules).is_some_and(|(sent, answer)| sent.channel == Channel::Email && answer.is_allowed()));
    assert!(at(0) > moment("2026-11-07T17:00:00Z") + TimeDelta::days(1), "the tests' own clock comes later");
}
