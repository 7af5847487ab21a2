//! Offers and plans: made within bands, accepted once, followed by payments, and told to the contact gate.

use crate::files::TestFile;
use crate::fixture::{ACTOR, Fixture, at};
use crate::harness::{TestDatabase, on_both_databases};
use crate::records::{email, money, short};
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use domain::access::{Role, Scope};
use domain::contact::Channel;
use domain::id::{LoanId, SettlementId};
use domain::job::Job;
use domain::loan::LoanRecord;
use domain::money::Money;
use domain::payment::{PaymentKind, PaymentRecord};
use domain::policy::plan::TreatmentKind;
use domain::settlement::view::SettlementView;
use domain::settlement::{AcceptedBy, Interval, OfferTerms, SettlementKind, SettlementState, Standing};
use domain::track::Track;
use store::cases::{self, CaseStep, Done};
use store::jobs::{self, Lease};
use store::settlements::{self, Acceptance, EmailStep, NewOffer, NewPlan, Settler};
use store::{Store, StoreError};

on_both_databases!(
    an_offer_is_accepted_once_however_many_say_so,
    what_may_not_be_offered_is_refused_in_words,
    a_draft_is_sent_by_who_may_and_its_days_move,
    a_paid_loan_is_refused,
    a_plan_is_followed_by_payments,
    a_payment_counts_for_one_settlement,
    offers_expire_and_make_room,
    the_next_payment_is_a_promise,
    a_step_drafts_an_offer_once,
    an_email_is_decided_on_once,
    settlements_stay_within_the_scope,
);

/// The day on which the tests' time begins.
fn day(after: u64) -> NaiveDate {
    at(0).date_naive() + Days::new(after)
}

fn later(days: i64) -> DateTime<Utc> {
    at(10) + TimeDelta::days(days)
}

fn usd(minor: i64) -> Money {
    Money::from_minor(minor)
}

/// Six decided loans that owe 1,000.00 each; the first two are one borrower's, whose income is 2,000.00.
async fn decided(db: TestDatabase) -> Fixture {
    let fixture = Fixture::new(db).await;
    let loan = |number: usize| {
        let mut loan = short(&format!("L{number}"), &format!("B{}", number.max(2)), 100_000);
        loan.borrower.contacts = vec![email(&format!("b{}@example.test", number.max(2)), Some(true))];
        if number <= 2 {
            loan.borrower.monthly_income = money(200_000);
            loan.monthly_instalment = money(50_000);
        }
        loan
    };
    fixture.load(TestFile::loans((1..=6).map(loan).collect::<Vec<LoanRecord>>())).await;
    fixture.decide().await;
    fixture
}

fn settler(fixture: &Fixture, role: Role) -> Settler {
    Settler { actor: ACTOR, scope: fixture.scope, role }
}

fn offer(haircut_percent: u8) -> NewOffer {
    NewOffer { haircut_percent, first_payment: usd(20_000), expires_on: day(14), pay_by: day(30), is_sent: true }
}

fn plan(count: u16) -> NewPlan<'static> {
    NewPlan {
        amount: None,
        count,
        start_on: day(10),
        interval: Interval::Monthly,
        limitation_on: None,
        reason: "A brother helps.",
    }
}

const YES: Acceptance<'static> = Acceptance { how: AcceptedBy::Telephone, name: "Ann" };

impl Fixture {
    async fn settlements(&self, loan: LoanId, today: NaiveDate) -> Vec<SettlementView> {
        settlements::of_loan(&self.store, self.scope, loan, today).await.unwrap()
    }

    async fn newest(&self, loan: LoanId, now: DateTime<Utc>) -> SettlementView {
        self.settlements(loan, now.date_naive()).await.remove(0)
    }

    async fn events(&self, action: &str) -> i64 {
        self.db.number(&format!("SELECT COUNT(*) FROM audit_event WHERE action = '{action}'")).await
    }

    async fn lease_for(&self, job: Job, now: DateTime<Utc>) -> Lease {
        jobs::enqueue(&self.store, ACTOR, self.portfolio, &job, now).await.unwrap();
        self.lease().await
    }

    /// Looks at all payments, as is done after each import.
    async fn follow(&self, now: DateTime<Utc>) {
        let lease = self.lease_for(Job::Summarise { portfolio: self.portfolio }, now).await;
        store::summaries::refresh_all(&self.store, &lease, self.portfolio, now).await.unwrap();
    }

    /// Loads payments as of a day, and looks at them on the day after.
    async fn pay(&self, as_of: u64, rows: &[(&str, &str, u64, i64)]) {
        let row = |(loan, payment_ref, paid, minor): &(&str, &str, u64, i64)| PaymentRecord {
            loan_ref: (*loan).to_owned(),
            payment_ref: Some((*payment_ref).to_owned()),
            paid_on: day(*paid),
            amount: usd(*minor),
            kind: if *minor < 0 { PaymentKind::Reversal } else { PaymentKind::Instalment },
            reversal_of: payment_ref.strip_prefix("back of ").map(str::to_owned),
            mended_row: None,
            is_unsigned: false,
        };
        let mut file = TestFile::payments(rows.iter().map(row).collect());
        file.as_of = day(as_of);
        self.load(file).await;
        self.follow(later(as_of as i64 + 1)).await;
    }
}

fn words(outcome: Result<SettlementId, StoreError>) -> String {
    match outcome {
        Err(StoreError::Conflict(words)) => words,
        other => panic!("{other:?}"),
    }
}

fn line(view: &SettlementView) -> String {
    let standing = view.instalments.iter().map(|line| format!("{} {}", line.standing.code(), line.paid.minor));
    format!("{}: {}", view.state.code(), standing.collect::<Vec<_>>().join(", "))
}

async fn an_offer_is_accepted_once_however_many_say_so(db: TestDatabase) {
    let fixture = decided(db).await;
    let loans = fixture.loan_ids().await;
    let agent = settler(&fixture, Role::Agent);
    let id = settlements::make_offer(&fixture.store, agent, loans[0], offer(10), at(10)).await.unwrap();
    let view = fixture.newest(loans[0], at(11)).await;
    assert_eq!((view.id, view.kind, view.state), (id, SettlementKind::Offer, SettlementState::Offered));
    assert_eq!((view.balance, view.amount, view.paid()), (usd(100_000), usd(90_000), Money::ZERO));
    let due: Vec<_> = view.instalments.iter().map(|line| (line.instalment.due_on, line.instalment.amount)).collect();
    assert_eq!(due, [(day(14), usd(20_000)), (day(30), usd(70_000))]);
    // Two processes write the yes down at once, many times over.
    let (one, other) = (fixture.db.another_process().await, fixture.db.another_process().await);
    let says = |store: &Store| {
        let store = store.clone();
        tokio::spawn(async move { settlements::accept(&store, agent, id, YES, at(12)).await.unwrap() })
    };
    let answers: Vec<_> = (0..6).map(|place| says(if place % 2 == 0 { &one } else { &other })).collect();
    let mut firsts = 0;
    for answer in answers {
        firsts += usize::from(answer.await.unwrap());
    }
    assert_eq!((firsts, fixture.events("settlement.accepted").await), (1, 1));
    let view = fixture.newest(loans[0], at(13)).await;
    assert_eq!((view.state, view.times.accepted_at, view.email_at), (SettlementState::Accepted, Some(at(12)), None));
    let (how, name, _) = view.acceptance.unwrap();
    assert_eq!((how, name.as_str()), (AcceptedBy::Telephone, "Ann"));
    settlements::withdraw(&fixture.store, agent, id, "He lost his job.", at(14)).await.unwrap();
    let again = settlements::withdraw(&fixture.store, agent, id, "Again.", at(15)).await;
    assert!(matches!(again, Err(StoreError::Conflict(_))), "{again:?}");
    assert!(settlements::accept(&fixture.store, agent, id, YES, at(16)).await.is_err());
    assert_eq!(fixture.newest(loans[0], at(17)).await.withdrawn_reason, "He lost his job.");
}

async fn what_may_not_be_offered_is_refused_in_words(db: TestDatabase) {
    let fixture = decided(db).await;
    let loans = fixture.loan_ids().await;
    let (store, agent) = (&fixture.store, settler(&fixture, Role::Agent));
    let make = async |new| words(settlements::make_offer(store, agent, loans[0], new, at(10)).await);
    let draw =
        async |role, new| words(settlements::make_plan(store, settler(&fixture, role), loans[0], new, at(10)).await);
    let told = make(offer(11)).await;
    assert!(told.contains("11 % is more than your role may let go (recovery agent, 10 %)"), "{told}");
    assert!(make(NewOffer { expires_on: day(91), ..offer(5) }).await.starts_with("Open until:"));
    let told = draw(Role::Agent, NewPlan { limitation_on: Some(day(40)), ..plan(3) }).await;
    assert!(told.contains("after the limitation date of 24 Feb 2027"), "{told}");
    let told = draw(Role::Agent, NewPlan { amount: Some(usd(80_000)), ..plan(3) }).await;
    assert!(told.contains("20 % is more than"), "{told}");
    // 500.00 on the other loan and 500.00 on this one are half of what the borrower earns.
    let told = draw(Role::Agent, NewPlan { reason: " ", ..plan(2) }).await;
    assert!(told.contains("would take 50 % of the borrower's income"), "{told}");
    let other = settlements::make_plan(store, agent, loans[3], NewPlan { reason: "", ..plan(2) }, at(10)).await;
    assert!(words(other).contains("income is not known"));
    let basis = settlements::basis(store, fixture.scope, loans[0]).await.unwrap();
    assert_eq!((basis.income, basis.others, basis.balance), (Some(usd(200_000)), usd(50_000), Some(usd(100_000))));
    assert!(basis.has_case && !basis.is_recovered && basis.score.is_some());
    assert_eq!(fixture.db.number("SELECT COUNT(*) FROM settlement").await, 0);

    let id =
        settlements::make_plan(store, agent, loans[0], NewPlan { limitation_on: Some(day(90)), ..plan(3) }, at(10));
    id.await.unwrap();
    assert!(make(offer(5)).await.contains("There is a repayment plan on this loan already (offered)"));
    let told = draw(Role::Agent, plan(12)).await;
    assert!(told.contains("after the limitation date of"), "what was told before holds: {told}");
    let basis = settlements::basis(store, fixture.scope, loans[0]).await.unwrap();
    assert_eq!(basis.limitation_on, Some(day(90)));
    fixture.db.execute("UPDATE recovery_case SET closed_at = '2027-01-15T08:00:00+00:00'").await;
    assert!(words(settlements::make_offer(store, agent, loans[1], offer(5), at(10)).await).contains("no open case"));
}

async fn a_draft_is_sent_by_who_may_and_its_days_move(db: TestDatabase) {
    let fixture = decided(db).await;
    let loan = fixture.loan_ids().await[0];
    let (store, agent, lead) = (&fixture.store, settler(&fixture, Role::Agent), settler(&fixture, Role::Lead));
    let draft = NewOffer { is_sent: false, ..offer(25) };
    let id = settlements::make_offer(store, agent, loan, draft, at(10)).await.unwrap();
    let said = settlements::accept(store, agent, id, YES, at(11)).await;
    assert!(matches!(&said, Err(StoreError::Conflict(words)) if words.contains("draft")), "{said:?}");
    let refused = settlements::send(store, agent, id, later(3)).await;
    assert!(
        matches!(&refused, Err(StoreError::Conflict(words)) if words.contains("team lead or executive")),
        "{refused:?}"
    );
    settlements::send(store, lead, id, later(3)).await.unwrap();
    assert!(settlements::send(store, lead, id, later(3)).await.is_err(), "it is no draft any more");
    let view = fixture.newest(loan, later(3)).await;
    assert_eq!((view.state, view.expires_on, view.amount), (SettlementState::Offered, day(17), usd(75_000)));
    let due: Vec<_> = view.instalments.iter().map(|line| line.instalment.due_on).collect();
    assert_eq!(due, [day(17), day(33)]);
    // Other terms take the place of a draft, and of nothing else.
    settlements::withdraw(store, lead, id, "Too much.", later(3)).await.unwrap();
    settlements::make_offer(store, agent, loan, draft, later(4)).await.unwrap();
    settlements::make_offer(store, agent, loan, offer(5), later(4)).await.unwrap();
    let states: Vec<_> = fixture.settlements(loan, day(4)).await.iter().map(|view| view.state).collect();
    assert_eq!(states, [SettlementState::Offered, SettlementState::Withdrawn, SettlementState::Withdrawn]);
}

async fn a_paid_loan_is_refused(db: TestDatabase) {
    let fixture = decided(db).await;
    let loans = fixture.loan_ids().await;
    let (store, lead) = (&fixture.store, settler(&fixture, Role::Lead));
    let id = settlements::make_offer(store, lead, loans[0], offer(5), at(10)).await.unwrap();
    fixture.db.execute("UPDATE loan SET recovery_status = 'fully_recovered'").await;
    let said = settlements::accept(store, lead, id, YES, at(11)).await;
    assert!(matches!(&said, Err(StoreError::Conflict(words)) if words.contains("paid in full")), "{said:?}");
    assert!(words(settlements::make_offer(store, lead, loans[1], offer(5), at(10)).await).contains("paid in full"));
    assert!(words(settlements::make_plan(store, lead, loans[1], plan(3), at(10)).await).contains("paid in full"));
}

async fn a_plan_is_followed_by_payments(db: TestDatabase) {
    let fixture = decided(db).await;
    let loan = fixture.loan_ids().await[0];
    let agent = settler(&fixture, Role::Agent);
    let id = settlements::make_plan(&fixture.store, agent, loan, plan(3), at(10)).await.unwrap();
    settlements::accept(&fixture.store, agent, id, YES, at(11)).await.unwrap();
    // Instalments are due 10, 41 and 69 days after the beginning, with five days of grace.
    let check = async |now: i64, expected: &str| {
        let view = fixture.newest(loan, later(now)).await;
        assert_eq!(line(&view), expected, "on day {now}");
        assert_eq!(view.followed_to, Some(day(now as u64 - 1)));
    };
    fixture.pay(9, &[("L2", "other", 3, 100_000)]).await;
    check(10, "accepted: open 0, open 0, open 0").await;
    fixture.pay(20, &[("L1", "early", 0, 3_333)]).await;
    check(21, "accepted: broken 3333, open 0, open 0").await;
    // Catching up cures it.
    fixture.pay(25, &[("L1", "p2", 22, 30_000)]).await;
    check(26, "accepted: kept 33333, open 0, open 0").await;
    fixture.pay(47, &[("L1", "p3", 47, 50_000)]).await;
    check(48, "accepted: kept 33333, kept 33333, open 16667").await;
    fixture.pay(60, &[("L1", "p4", 60, 50_000)]).await;
    let kept = fixture.newest(loan, later(61)).await;
    assert_eq!(line(&kept), "kept: kept 33333, kept 33333, kept 33334");
    assert_eq!(kept.times.kept_at.unwrap().date_naive(), day(60));
    // A payment that is taken back undoes that, as nothing else was begun.
    fixture.pay(70, &[("L1", "back of p4", 64, -50_000)]).await;
    check(71, "accepted: kept 33333, kept 33333, open 16667").await;
    fixture.pay(75, &[]).await;
    check(76, "partly_kept: kept 33333, kept 33333, broken 16667").await;
    let noted = fixture.events("settlements.followed").await;
    fixture.follow(later(77)).await;
    assert_eq!(fixture.events("settlements.followed").await, noted, "nothing has changed");
}

async fn a_payment_counts_for_one_settlement(db: TestDatabase) {
    let fixture = decided(db).await;
    let loan = fixture.loan_ids().await[0];
    let lead = settler(&fixture, Role::Lead);
    let one = NewOffer { first_payment: Money::ZERO, pay_by: day(14), ..offer(30) };
    let id = settlements::make_offer(&fixture.store, lead, loan, one, at(10)).await.unwrap();
    settlements::accept(&fixture.store, lead, id, YES, at(11)).await.unwrap();
    fixture.pay(5, &[("L1", "p1", 5, 70_000)]).await;
    assert_eq!(line(&fixture.newest(loan, later(6)).await), "kept: kept 70000");
    // Another agreement on the same day gets nothing of that payment, and all of the next one.
    let next = NewPlan { start_on: day(20), amount: Some(usd(70_000)), ..plan(2) };
    let id = settlements::make_plan(&fixture.store, lead, loan, next, later(5)).await.unwrap();
    settlements::accept(&fixture.store, lead, id, YES, later(5)).await.unwrap();
    fixture.follow(later(7)).await;
    assert_eq!(line(&fixture.newest(loan, later(7)).await), "accepted: open 0, open 0");
    fixture.pay(8, &[("L1", "p2", 8, 40_000)]).await;
    let both = fixture.settlements(loan, day(9)).await;
    assert_eq!(line(&both[0]), "accepted: kept 35000, open 5000");
    assert_eq!(line(&both[1]), "kept: kept 70000");
    // The first payment is taken back: it is the first agreement that loses it, and it does not begin anew beside the other.
    fixture.pay(9, &[("L1", "back of p1", 9, -70_000)]).await;
    let both = fixture.settlements(loan, day(10)).await;
    assert_eq!((both[0].state, both[1].state), (SettlementState::Accepted, SettlementState::Kept));
    let counted = fixture.db.number("SELECT CAST(SUM(paid_minor) AS bigint) FROM settlement_instalment").await;
    assert!(counted <= 110_000, "{counted}");
}

async fn offers_expire_and_make_room(db: TestDatabase) {
    let fixture = decided(db).await;
    let loans = fixture.loan_ids().await;
    let agent = settler(&fixture, Role::Agent);
    let make = async |loan, now| settlements::make_offer(&fixture.store, agent, loan, offer(5), now).await;
    let id = make(loans[0], at(10)).await.unwrap();
    make(loans[1], at(10)).await.unwrap();
    let said = settlements::accept(&fixture.store, agent, id, YES, later(15)).await;
    assert!(
        matches!(&said, Err(StoreError::Conflict(words)) if words.contains("was open until 29 Jan 2027")),
        "{said:?}"
    );
    let anew = NewOffer { expires_on: day(20), ..offer(5) };
    settlements::make_offer(&fixture.store, agent, loans[0], anew, later(15)).await.unwrap();
    fixture.follow(later(15)).await;
    let expired = "SELECT COUNT(*) FROM settlement WHERE expired_at IS NOT NULL AND email_at IS NULL";
    assert_eq!(fixture.db.number(expired).await, 2);
    let states: Vec<_> = fixture.settlements(loans[0], day(15)).await.iter().map(|view| view.state).collect();
    assert_eq!(states, [SettlementState::Offered, SettlementState::Expired]);
}

async fn the_next_payment_is_a_promise(db: TestDatabase) {
    let fixture = decided(db).await;
    let loan = fixture.loan_ids().await[0];
    let agent = settler(&fixture, Role::Agent);
    let id = settlements::make_plan(&fixture.store, agent, loan, plan(3), at(10)).await.unwrap();
    let case = async || {
        let due = cases::due(&fixture.store, fixture.portfolio, later(100), 100).await.unwrap();
        due.into_iter().find(|case| case.loan == loan).unwrap()
    };
    let offered = case().await;
    assert!(offered.has_settlement && offered.promises.is_empty(), "nothing is promised yet");
    settlements::accept(&fixture.store, agent, id, YES, at(11)).await.unwrap();
    let promises = case().await.promises;
    assert_eq!((promises.len(), promises[0].due_on, promises[0].grace_days), (1, day(10), 5));
    assert_eq!((promises[0].made_at, promises[0].settled_at), (at(11), None));
    fixture.pay(11, &[("L1", "p", 9, 33_333)]).await;
    assert_eq!(case().await.promises[0].due_on, day(41));
    settlements::withdraw(&fixture.store, agent, id, "Why.", later(12)).await.unwrap();
    let after = case().await;
    assert!(!after.has_settlement && after.promises.is_empty());
}

async fn a_step_drafts_an_offer_once(db: TestDatabase) {
    let fixture = decided(db).await;
    let lease = fixture.lease_for(Job::CarryOut { portfolio: fixture.portfolio }, at(10)).await;
    let due = cases::due(&fixture.store, fixture.portfolio, at(10), 100).await.unwrap();
    let case = due.iter().find(|case| case.track == Track::Settlement).unwrap();
    let terms = OfferTerms {
        balance: usd(100_000),
        haircut_percent: 10,
        first_payment: Money::ZERO,
        expires_on: day(14),
        pay_by: day(30),
    };
    let step = CaseStep {
        case: case.id,
        loan: case.loan,
        borrower: case.borrower,
        step: case.step,
        kind: TreatmentKind::SettlementOffer,
        template: None,
        checks: Vec::new(),
        done: Done::Drafted { terms, detail: "An offer is drafted.".to_owned() },
        next: None,
    };
    for _ in 0..2 {
        let steps = std::slice::from_ref(&step);
        cases::carried_out(&fixture.store, &lease, fixture.portfolio, steps, at(11)).await.unwrap();
    }
    let all = fixture.settlements(case.loan, day(0)).await;
    assert_eq!(all.len(), 1);
    assert_eq!((all[0].state, all[0].amount, &all[0].drafted_by), (SettlementState::Drafted, usd(90_000), &None));
    let case = cases::of_loan(&fixture.store, fixture.scope, case.loan).await.unwrap().remove(0);
    assert_eq!(case.actions[0].detail, "An offer is drafted.");
    assert_eq!(all[0].instalments.iter().map(|line| line.standing).collect::<Vec<_>>(), [Standing::Open]);
}

async fn an_email_is_decided_on_once(db: TestDatabase) {
    let fixture = decided(db).await;
    let loans = fixture.loan_ids().await;
    let agent = settler(&fixture, Role::Agent);
    settlements::make_offer(&fixture.store, agent, loans[0], offer(5), at(10)).await.unwrap();
    assert!(jobs::claim(&fixture.store, "worker").await.unwrap().is_none(), "nobody has begun to treat");
    cases::treat(&fixture.store, ACTOR, fixture.scope, true, at(10)).await.unwrap();
    let lease = fixture.lease().await;
    let due = async |now| settlements::emails_due(&fixture.store, fixture.portfolio, now, 100).await.unwrap();
    let found = due(at(11)).await.remove(0);
    let case = found.case.clone().unwrap();
    assert_eq!((case.loan, found.amount, case.contacts[0].value.as_str()), (loans[0], usd(95_000), "b2@example.test"));
    let step = |done| EmailStep {
        settlement: found.settlement,
        kind: found.kind,
        template: Some(("settlement-offer".to_owned(), 1)),
        checks: Vec::new(),
        case: found.case.clone(),
        done,
    };
    let emailed = async |done, now| {
        settlements::emailed(&fixture.store, &lease, fixture.portfolio, &[step(done)], now).await.unwrap();
    };
    emailed(Done::Deferred { until: later(2) }, at(12)).await;
    assert!(due(at(13)).await.is_empty() && due(later(2)).await.len() == 1);
    let queued = Done::Queued {
        channel: Channel::Email,
        recipient: "b2@example.test".to_owned(),
        subject: "An offer".to_owned(),
        body: "Dear".to_owned(),
        opt_out_token: "token".to_owned(),
        carries_validation: false,
    };
    emailed(queued.clone(), later(2)).await;
    emailed(queued, later(2)).await;
    assert_eq!(fixture.db.number("SELECT COUNT(*) FROM message").await, 1);
    let case = cases::of_loan(&fixture.store, fixture.scope, loans[0]).await.unwrap().remove(0);
    assert_eq!((case.actions.len(), case.actions[0].kind), (1, TreatmentKind::SettlementOffer));
    // One that was accepted meanwhile needs none.
    let id = settlements::make_offer(&fixture.store, agent, loans[1], offer(5), at(10)).await.unwrap();
    settlements::accept(&fixture.store, agent, id, YES, at(11)).await.unwrap();
    assert!(due(later(3)).await.is_empty());
}

async fn settlements_stay_within_the_scope(db: TestDatabase) {
    let fixture = decided(db).await;
    let loans = fixture.loan_ids().await;
    let lead = settler(&fixture, Role::Lead);
    // The first loan has the highest score, so it is on the legal track.
    let id = settlements::make_offer(&fixture.store, lead, loans[0], offer(5), at(10)).await.unwrap();
    let neighbour = fixture.neighbour().await.scope;
    for scope in [fixture.track(Track::Standard), fixture.nothing(), neighbour, Scope::whole(neighbour.portfolio)] {
        let other = Settler { scope, ..lead };
        let missing =
            |outcome: Result<(), StoreError>| assert!(matches!(outcome, Err(StoreError::NotFound(_))), "{outcome:?}");
        missing(settlements::of_loan(&fixture.store, scope, loans[0], day(0)).await.map(|_| ()));
        missing(settlements::basis(&fixture.store, scope, loans[0]).await.map(|_| ()));
        missing(settlements::make_offer(&fixture.store, other, loans[0], offer(5), at(11)).await.map(|_| ()));
        missing(settlements::make_plan(&fixture.store, other, loans[0], plan(2), at(11)).await.map(|_| ()));
        missing(settlements::accept(&fixture.store, other, id, YES, at(11)).await.map(|_| ()));
        missing(settlements::send(&fixture.store, other, id, at(11)).await);
        missing(settlements::withdraw(&fixture.store, other, id, "Why.", at(11)).await);
    }
    let own = settlements::of_loan(&fixture.store, fixture.track(Track::Legal), loans[0], day(0)).await.unwrap();
    assert_eq!(own.len(), 1);
}
