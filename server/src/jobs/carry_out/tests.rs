use super::*;
use domain::hold::{HoldCover, HoldKind};
use domain::id::LoanId;
use domain::money::{Currency, Money};
use domain::policy::plan::TreatmentPlans;
use domain::track::Track;
use store::cases::Contact;

fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, day).expect("a day")
}

fn now() -> DateTime<Utc> {
    day(20).and_hms_opt(12, 0, 0).expect("noon").and_utc()
}

fn contact(value: &str, has_consent: Option<bool>) -> Contact {
    Contact { channel: ContactChannel::Email, value: value.to_owned(), has_consent, as_of: day(1) }
}

fn case() -> DueCase {
    DueCase {
        id: 1,
        loan: LoanId(7),
        borrower: 3,
        track: Track::Standard,
        policy: PolicyId(1),
        step: 0,
        loan_ref: "LN_7".to_owned(),
        loan_type: "Auto".to_owned(),
        name: Some("Ann".to_owned()),
        outstanding: Some(Money::from_minor(500_000)),
        instalment: Some(Money::from_minor(12_345)),
        days_past_due: Some(40),
        missed_payments: Some(2),
        originated_on: Some(NaiveDate::from_ymd_opt(2025, 1, 31).expect("a day")),
        segment: None,
        is_recovered: false,
        contacts: vec![contact("ann@example.test", None)],
        opt_outs: Vec::new(),
        sent: Vec::new(),
        paid_on: None,
        holds: Vec::new(),
    }
}

fn decided(case: &DueCase, pack: &str) -> CaseStep {
    decided_in(case, pack, "")
}

/// What is decided where borrowers may be in these zones.
fn decided_in(case: &DueCase, pack: &str, zones: &str) -> CaseStep {
    let portfolio = Portfolio { id: PortfolioId(1), name: "North".to_owned(), currency: Currency::USD, is_demo: false };
    let rules = ContactRules::read(pack, "UTC", zones).expect("rules");
    let with = With {
        portfolio: &portfolio,
        rules: &rules,
        segment: None,
        token: "secret".to_owned(),
        public_url: "https://x.test/",
        now: now(),
    };
    decide(case, TreatmentPlans::default().of(case.track), &with)
}

fn reason(done: &Done) -> &str {
    match done {
        Done::Skipped { reason } | Done::Blocked { reason } => reason,
        _ => "",
    }
}

#[test]
fn a_reminder_goes_to_an_address_that_may_be_used() {
    let step = decided(&case(), "none");
    let Done::Queued { recipient, subject, body, .. } = &step.done else { panic!("{:?}", step.done) };
    assert_eq!((recipient.as_str(), subject.as_str()), ("ann@example.test", "A payment on loan LN_7 is late"));
    for words in
        ["Dear Ann", "40 days late", "USD 123.45", "USD 5,000.00", "https://x.test/opt-out?message=secret", "North"]
    {
        assert!(body.contains(words), "{words}: {body}");
    }
    // The plan's second step is a week after its first.
    assert_eq!(step.next, Some((1, now() + TimeDelta::days(7))));
    assert_eq!((step.checks.len(), step.checks[0].pack), (1, "none"));
    let two = DueCase {
        contacts: vec![contact("no@example.test", Some(false)), contact("yes@example.test", Some(true))],
        ..case()
    };
    let step = decided(&two, "none");
    assert!(matches!(&step.done, Done::Queued { recipient, .. } if recipient == "yes@example.test"), "{:?}", step.done);
    assert_eq!(step.checks.len(), 2);
}

#[test]
fn what_may_not_go_out_does_not() {
    let check = |case: DueCase, words: &str| {
        let step = decided(&case, "none");
        assert!(reason(&step.done).contains(words), "{words}: {:?}", step.done);
        assert_eq!(step.next.map(|(step, _)| step), Some(1));
    };
    check(DueCase { contacts: Vec::new(), ..case() }, "No e-mail address is known");
    check(DueCase { days_past_due: Some(0), ..case() }, "meant for others: 1 day past due or more");
    check(DueCase { days_past_due: None, ..case() }, "meant for others");
    check(DueCase { instalment: None, ..case() }, "{{instalment}} has no value for this loan");
    let refused = DueCase { contacts: vec![contact("no@example.test", Some(false))], ..case() };
    let step = decided(&refused, "none");
    assert!(matches!(step.done, Done::Blocked { .. }), "{:?}", step.done);
    let wish = (Channel::Email, "ANN@example.test".to_owned(), now() - TimeDelta::days(1));
    let step = decided(&DueCase { opt_outs: vec![wish], ..case() }, "none");
    assert!(matches!(step.done, Done::Blocked { .. }), "{:?}", step.done);
    // Nobody knows where the person is, or whether they consented.
    let step = decided(&case(), "us-reg-f");
    assert!(matches!(step.done, Done::Blocked { .. }), "{:?}", step.done);
    let rules: Vec<&str> = step.checks[0].answer.rule_ids().collect();
    assert_eq!(rules, ["us.consent", "unknown.time-zone"]);
}

#[test]
fn who_is_held_is_left_alone() {
    let check = |cover: HoldCover, ended: Option<i64>, rules: &[&str]| {
        let hold = HoldRecord {
            kind: HoldKind::Dispute,
            cover,
            from: now() - TimeDelta::days(3),
            until: Some(now() + TimeDelta::days(9)),
            ended_at: ended.map(|days| now() - TimeDelta::days(days)),
        };
        let until = hold.until;
        let step = decided(&DueCase { holds: vec![hold.clone()], ..case() }, "none");
        let deferred = match step.done {
            Done::Deferred { until } => Some(until),
            Done::Queued { .. } => None,
            other => panic!("{other:?}"),
        };
        assert_eq!(deferred, until.filter(|_| !rules.is_empty()), "{hold:?}");
        assert_eq!(step.checks[0].answer.rule_ids().collect::<Vec<_>>(), rules, "{hold:?}");
    };
    check(HoldCover::Person, None, &["all.hold"]);
    check(HoldCover::Loan(LoanId(7)), None, &["all.hold"]);
    check(HoldCover::Loan(LoanId(8)), None, &[]);
    check(HoldCover::Address("ANN@example.test".to_owned()), None, &["all.hold"]);
    check(HoldCover::Address("ben@example.test".to_owned()), None, &[]);
    check(HoldCover::Person, Some(1), &[]);
}

#[test]
fn hours_are_kept_where_borrowers_may_be() {
    let case = DueCase { contacts: vec![contact("ann@example.test", Some(true))], ..case() };
    // It is noon in London, seven in New York and four in Los Angeles.
    let check = |zones: &str, until: Option<i64>| {
        let expected = until.map(|hours| now() + TimeDelta::hours(hours));
        let until = match decided_in(&case, "us-reg-f", zones).done {
            Done::Queued { .. } => None,
            Done::Deferred { until } => Some(until),
            other => panic!("{zones}: {other:?}"),
        };
        assert_eq!(until, expected, "{zones}");
    };
    check("Europe/London", None);
    check("America/New_York", Some(1));
    check("America/New_York, America/Los_Angeles", Some(4));
}

#[test]
fn who_has_just_paid_is_left_alone_until_the_next_payment_is_due() {
    let step = decided(&DueCase { paid_on: Some(day(10)), ..case() }, "none");
    let Done::Deferred { until } = step.done else { panic!("{:?}", step.done) };
    assert!(until > day(30).and_hms_opt(0, 0, 0).expect("midnight").and_utc() + TimeDelta::days(3), "{until}");
    let step =
        decided(&DueCase { paid_on: Some(NaiveDate::from_ymd_opt(2026, 9, 10).expect("a day")), ..case() }, "none");
    assert!(matches!(step.done, Done::Queued { .. }), "{:?}", step.done);
}

#[test]
fn people_do_the_rest_and_a_plan_ends() {
    let at = |track: Track, step: u16| decided(&DueCase { track, step, ..case() }, "none");
    assert_eq!(at(Track::Settlement, 0).done, Done::ToDo);
    assert_eq!(at(Track::Legal, 1).done, Done::ToDo);
    assert_eq!(at(Track::Legal, 3).next, None, "the last step");
    assert_eq!(at(Track::Legal, 9).done, Done::Closed);
    assert_eq!(decided(&DueCase { is_recovered: true, ..case() }, "none").done, Done::Closed);
}
