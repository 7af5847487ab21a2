use super::*;
use chrono::NaiveDate;
use domain::borrower::ContactChannel;
use domain::gate::Promise;
use domain::hold::{HoldCover, HoldKind, HoldRecord};
use domain::id::LoanId;
use domain::money::Money;
use domain::policy::plan::StepCondition;
use domain::track::Track;
use std::sync::LazyLock;
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
        validation_sent_at: None,
        paid_on: None,
        has_settlement: false,
        promises: Vec::new(),
        holds: Vec::new(),
    }
}

fn portfolio() -> Portfolio {
    Portfolio { id: PortfolioId(1), name: "North".to_owned(), currency: Currency::USD, is_demo: false }
}

fn with<'a>(portfolio: &'a Portfolio, rules: &'a ContactRules) -> With<'a> {
    static TEXTS: LazyLock<Texts> = LazyLock::new(Texts::default);
    With { portfolio, rules, texts: &TEXTS, token: "secret".to_owned(), public_url: "https://x.test/", now: now() }
}

fn decided(case: &DueCase, pack: &str) -> CaseStep {
    decided_in(case, pack, "")
}

/// What is decided where borrowers may be in these zones.
fn decided_in(case: &DueCase, pack: &str, zones: &str) -> CaseStep {
    let rules = ContactRules::read(pack, "UTC", zones).expect("rules");
    decide(case, &PolicyBody::default(), None, &with(&portfolio(), &rules))
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
    // A no without an address is a no to all of them.
    let all = DueCase { contacts: vec![contact("ann@example.test", None), contact("", Some(false))], ..case() };
    assert!(matches!(decided(&all, "none").done, Done::Blocked { .. }));
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
    assert_eq!(at(Track::Settlement, 2).done, Done::ToDo);
    assert_eq!(at(Track::Legal, 0).done, Done::ToDo);
    let Done::Notice { subject, body } = at(Track::Legal, 1).done else { panic!("a notice is drafted for a person") };
    assert!(subject.contains("LN_7") && body.contains("Dear Ann"), "{body}");
    assert_eq!(at(Track::Legal, 3).next, None, "the last step");
    assert_eq!(at(Track::Legal, 9).done, Done::Closed);
    assert_eq!(decided(&DueCase { is_recovered: true, ..case() }, "none").done, Done::Closed);
}

#[test]
fn an_offer_is_drafted_by_the_policy() {
    let settlement = || DueCase { track: Track::Settlement, ..case() };
    let Done::Drafted { terms, detail } = decided(&settlement(), "none").done else { panic!("no draft") };
    assert_eq!((terms.amount(), terms.haircut_percent), (Money::from_minor(450_000), 10));
    let days = [terms.expires_on, terms.pay_by].map(|on| (on - day(20)).num_days());
    assert_eq!((days, terms.check(day(20))), ([14, 30], Ok(())));
    assert!(detail.contains("USD 4,500.00"), "{detail}");
    let open = DueCase { has_settlement: true, ..settlement() };
    assert!(reason(&decided(&open, "none").done).contains("open on the loan already"));
    assert!(reason(&decided(&DueCase { step: 2, ..open }, "none").done).contains("open on the loan already"));
    let unknown = DueCase { outstanding: None, ..settlement() };
    assert!(reason(&decided(&unknown, "none").done).contains("nothing to settle"));
}

#[test]
fn who_has_promised_is_left_alone_until_the_day_and_its_grace_are_over() {
    let promise =
        |due: u32| Promise { made_at: now() - TimeDelta::days(9), due_on: day(due), grace_days: 5, settled_at: None };
    let with = |due| DueCase { promises: vec![promise(due)], ..case() };
    let Done::Deferred { until } = decided(&with(23), "none").done else { panic!("not put off") };
    assert!(until >= day(29).and_hms_opt(0, 0, 0).expect("midnight").and_utc(), "{until}");
    assert!(matches!(decided(&with(15), "none").done, Done::Deferred { .. }), "the last day of grace");
    assert!(matches!(decided(&with(13), "none").done, Done::Queued { .. }), "it was missed");
}

#[test]
fn the_email_of_a_settlement_is_put_to_the_gate() {
    use domain::id::SettlementId;
    use domain::settlement::{Interval, SettlementKind, instalments};
    use store::settlements::DueEmail;
    let email = |kind, case: Option<DueCase>| DueEmail {
        settlement: SettlementId(1),
        kind,
        balance: Money::from_minor(500_000),
        amount: Money::from_minor(450_000),
        expires_on: day(30),
        instalments: instalments(Money::from_minor(450_000), 2, day(30), Interval::Monthly).expect("a schedule"),
        case,
    };
    let (portfolio, rules) = (portfolio(), ContactRules::read("none", "UTC", "").expect("rules"));
    let decide = |due: DueEmail| settlement::decide(due, &with(&portfolio, &rules));
    for kind in SettlementKind::ALL {
        let step = decide(email(kind, Some(case())));
        let Done::Queued { body, opt_out_token, .. } = &step.done else { panic!("{:?}", step.done) };
        for words in ["Dear Ann", "USD 4,500.00", "2. USD 2,250.00 by 30 December 2026", "message=secret"] {
            assert!(body.contains(words), "{words}: {body}");
        }
        assert_eq!((opt_out_token.as_str(), step.checks.len()), ("secret", 1));
    }
    let refused = DueCase { contacts: vec![contact("no@example.test", Some(false))], ..case() };
    assert!(matches!(decide(email(SettlementKind::Offer, Some(refused))).done, Done::Blocked { .. }));
    assert_eq!(decide(email(SettlementKind::Offer, None)).done, Done::Closed);
    let recovered = DueCase { is_recovered: true, ..case() };
    assert_eq!(decide(email(SettlementKind::Offer, Some(recovered))).done, Done::Closed);
}

fn step_of(kind: TreatmentKind, template: &str) -> PolicyBody {
    let mut policy = PolicyBody::default();
    let step = Step { kind, on_day: 0, template: Some(template.to_owned()), only: StepCondition::default() };
    policy.plans.standard = vec![step];
    policy
}

#[test]
fn sms_and_letters_go_to_numbers_and_addresses_that_may_be_used() {
    let contact = |channel, value: &str, has_consent| Contact { channel, ..contact(value, has_consent) };
    let check = |kind, template, contacts: Vec<Contact>, pack: &str, expected: Result<(&str, &str), &str>| {
        let (policy, portfolio) = (step_of(kind, template), portfolio());
        let rules = ContactRules::read(pack, "UTC", "Europe/London").expect("rules");
        let case =
            DueCase { contacts: [vec![self::contact("ann@example.test", Some(true))], contacts].concat(), ..case() };
        let done = decide(&case, &policy, None, &with(&portfolio, &rules)).done;
        match (&done, expected) {
            (Done::Queued { channel, recipient, body, .. }, Ok((code, to))) => {
                assert_eq!((channel.code(), recipient.as_str()), (code, to));
                assert_eq!(body.contains("message=secret"), channel.is_electronic(), "{body}");
            }
            (done, Err(words)) => assert!(reason(done).contains(words), "{words}: {done:?}"),
            (done, Ok(to)) => panic!("{to:?}: {done:?}"),
        }
    };
    let (sms, letter) = (TreatmentKind::SmsReminder, TreatmentKind::Letter);
    let phone = |value, has_consent| vec![contact(ContactChannel::Phone, value, has_consent)];
    let post = |value| vec![contact(ContactChannel::Address, value, None)];
    let text = "payment-reminder-sms";
    check(sms, text, phone("+1 212 555 0100", Some(true)), "us-reg-f", Ok(("sms", "+1 212 555 0100")));
    check(sms, text, phone("+1 212 555 0100", None), "none", Ok(("sms", "+1 212 555 0100")));
    check(sms, text, phone("+1 212 555 0100", None), "us-reg-f", Err("consent"));
    check(sms, text, phone("+1 212 555 0100", Some(false)), "none", Err("opted out"));
    check(sms, text, phone("", Some(false)), "none", Err("No telephone number is known"));
    check(sms, text, post("1 High St"), "none", Err("No telephone number is known"));
    check(letter, "payment-letter", post("1 High St"), "us-reg-f", Ok(("post", "1 High St")));
    check(letter, "payment-letter", phone("1", None), "none", Err("No postal address is known"));
}

#[test]
fn the_first_message_tells_of_the_debt_where_the_pack_wants_it() {
    let consented = || DueCase { contacts: vec![contact("ann@example.test", Some(true))], ..case() };
    let told = |case: &DueCase, pack: &str| {
        let step = decided_in(case, pack, "UTC");
        let Done::Queued { body, carries_validation, .. } = step.done else { panic!("{:?}", step.done) };
        assert_eq!(body.contains("You may dispute the debt"), carries_validation, "{body}");
        carries_validation
    };
    assert!(told(&consented(), "us-reg-f"));
    assert!(!told(&consented(), "none"));
    assert!(!told(&DueCase { validation_sent_at: Some(now() - TimeDelta::days(30)), ..consented() }, "us-reg-f"));
    // Contact that began without it goes on with a message that carries it.
    let sms = (now() - TimeDelta::days(10), LoanId(7), Channel::Sms, "+1 202 555 0100".to_owned());
    assert!(told(&DueCase { sent: vec![sms], ..consented() }, "us-reg-f"));
}
