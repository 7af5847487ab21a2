use super::*;
use crate::contact_rules::ContactRules;
use crate::gate::Verdict;
use crate::hold::{HoldCover, HoldKind};
use chrono::TimeDelta;

const ADDRESS: &str = "ann@example.test";

/// Noon in New York, on a day of November 2026.
fn noon(day: u32) -> DateTime<Utc> {
    date(day).and_hms_opt(17, 0, 0).expect("noon").and_utc()
}

fn date(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, day).expect("a day")
}

fn rules(pack: &str) -> ContactRules {
    ContactRules::read(pack, "America/New_York", "America/New_York").expect("rules")
}

fn word(has_consent: Option<bool>, from: u32, until: Option<u32>) -> ConsentWord {
    let (channel, address) = (ContactChannel::Email, ADDRESS.to_owned());
    ConsentWord { channel, address, has_consent, from: noon(from), until: until.map(noon) }
}

fn message(id: i64, at: DateTime<Utc>) -> SentMessage {
    let recipient = ADDRESS.to_owned();
    SentMessage {
        id,
        at,
        loan: LoanId(1),
        channel: Channel::Email,
        recipient,
        carries_opt_out: true,
        carries_validation: false,
    }
}

fn payment(day: u32, is_reversal: bool) -> PaymentFact {
    PaymentFact { loan: LoanId(1), paid_on: date(day), from: noon(day), is_reversal }
}

/// A borrower with a consent and a loan, to whom e-mails went at these moments.
fn reached(moments: &[DateTime<Utc>]) -> ContactHistory {
    let originated_on = NaiveDate::from_ymd_opt(2025, 1, 20);
    let loan = LoanFacts {
        id: LoanId(1),
        loan_ref: "L1".to_owned(),
        originated_on,
        recovered_since: None,
        promises: Vec::new(),
    };
    ContactHistory {
        loans: vec![loan],
        words: vec![word(Some(true), 1, None)],
        messages: (1..).zip(moments).map(|(id, at)| message(id, *at)).collect(),
        ..ContactHistory::default()
    }
}

/// The messages that a replay finds fault with, and by which rules.
#[track_caller]
fn check(history: &ContactHistory, pack: &str, expected: &[(i64, &[&str])]) {
    let rules = rules(pack);
    let breaches = history.replay(&rules);
    let told: Vec<_> = breaches.iter().map(|(sent, breach)| (sent.id, breach.answer.rule_ids().collect())).collect();
    let expected: Vec<(i64, Vec<&str>)> = expected.iter().map(|(id, rules)| (*id, rules.to_vec())).collect();
    assert_eq!(told, expected, "{history:#?}");
}

#[test]
fn a_legal_history_has_no_breach() {
    let history = reached(&[noon(2), noon(5)]);
    for pack in ["none", "uk-conc", "in-rbi", "us-reg-f"] {
        // Noon in New York is 22:30 in Mumbai, but the borrower is in New York.
        check(&history, pack, &[]);
    }
}

#[test]
fn each_fault_of_an_illegal_history_is_told() {
    let night = noon(3) + TimeDelta::hours(10);
    let mut history = reached(&[noon(2), night, noon(4), noon(6), noon(9), noon(11), noon(13), noon(15)]);
    history.messages[2].carries_opt_out = false;
    history.holds = vec![HoldRecord {
        kind: HoldKind::Bankruptcy,
        cover: HoldCover::Person,
        from: noon(5),
        until: None,
        ended_at: Some(noon(7)),
    }];
    // A no, and then again a yes.
    history.words = vec![
        word(Some(true), 1, Some(8)),
        word(Some(false), 8, Some(10)),
        word(Some(true), 10, Some(12)),
        word(None, 12, None),
    ];
    history.opt_outs = vec![(Channel::Email, ADDRESS.to_uppercase(), noon(14))];
    check(
        &history,
        "us-reg-f",
        &[
            (2, &["us.hours-8-to-21"]),
            (3, &["us.no-opt-out"]),
            (4, &["all.hold", "us.hold"]),
            (5, &["all.opt-out", "us.consent", "us.validation-5-days"]),
            (6, &["us.validation-5-days"]),
            (7, &["all.opt-out", "us.consent", "us.validation-5-days"]),
            (8, &["all.opt-out", "us.consent", "us.validation-5-days"]),
        ],
    );
    // The consent of the tenth is no longer known on the thirteenth, so the no of the eighth is the last word again: the stricter.
    check(&history, "none", &[(4, &["all.hold"]), (5, &["all.opt-out"]), (7, &["all.opt-out"]), (8, &["all.opt-out"])]);
}

#[test]
fn money_stops_reminders_from_the_moment_it_is_known() {
    let paid = |payments: &[PaymentFact]| ContactHistory {
        payments: payments.to_vec(),
        ..reached(&[noon(10), noon(12), noon(25)])
    };
    // The twentieth is due next; three days later it may be asked for again.
    check(&paid(&[payment(11, false)]), "none", &[(2, &["all.payment-received"])]);
    check(&paid(&[payment(11, false), payment(11, true)]), "none", &[]);
    let late = PaymentFact { from: noon(13), ..payment(9, false) };
    check(&paid(&[late]), "none", &[]);
    let mut recovered = reached(&[noon(10), noon(12)]);
    recovered.loans[0].recovered_since = Some(noon(11));
    check(&recovered, "none", &[(2, &["all.paid"])]);
    let mut promised = reached(&[noon(10), noon(12), noon(15)]);
    let promise = Promise { made_at: noon(11), due_on: date(13), grace_days: 1, settled_at: None };
    promised.loans[0].promises = vec![promise];
    check(&promised, "none", &[(2, &["all.promise-open"])]);
    let mut other = reached(&[noon(10)]);
    other.messages[0].loan = LoanId(9);
    check(&other, "none", &[(1, &["unknown.loan"])]);
}

#[test]
fn a_message_on_its_way_is_asked_about_as_if_it_were_not_there() {
    // Six days after the first communication validation information is missing; the first one itself is none before it.
    let rules = rules("us-reg-f");
    let verdict = |history: &ContactHistory, id| history.ask(id, &rules).map(|(_, answer)| answer.verdict);
    assert_eq!(verdict(&reached(&[noon(2)]), 1), Some(Verdict::Allow));
    assert_eq!(verdict(&reached(&[noon(2), noon(8)]), 2), Some(Verdict::Block));
    assert_eq!(verdict(&reached(&[noon(2)]), 7), None);
    let night = reached(&[noon(2) + TimeDelta::hours(12)]);
    assert_eq!(verdict(&night, 1), Some(Verdict::Defer { until: noon(3) - TimeDelta::hours(4) }));
}

#[test]
fn the_next_payment_is_due_on_the_day_of_the_lending() {
    let check = |lent: Option<(i32, u32, u32)>, paid: (i32, u32, u32), due: (i32, u32, u32)| {
        let on = |(year, month, day)| NaiveDate::from_ymd_opt(year, month, day).expect("a day");
        assert_eq!(next_due(lent.map(on), on(paid)), on(due));
    };
    check(Some((2025, 1, 31)), (2026, 2, 10), (2026, 2, 28));
    check(Some((2025, 1, 31)), (2026, 2, 28), (2026, 3, 31));
    check(Some((2025, 1, 5)), (2026, 12, 5), (2027, 1, 5));
    check(None, (2026, 1, 1), (2026, 1, 31));
    check(Some((2027, 1, 1)), (2026, 1, 1), (2026, 1, 31));
}

#[test]
fn a_word_on_a_number_is_meant_for_sms_too() {
    let number = "+1 212 555 0100".to_owned();
    let sms = |has_consent| {
        let mut history = reached(&[noon(3)]);
        history.messages[0].channel = Channel::Sms;
        history.messages[0].recipient = number.clone();
        history.words.push(ConsentWord {
            channel: ContactChannel::Phone,
            address: number.clone(),
            has_consent,
            from: noon(1),
            until: None,
        });
        history
    };
    check(&sms(Some(true)), "us-reg-f", &[]);
    check(&sms(None), "us-reg-f", &[(1, &["us.consent"])]);
    check(&sms(Some(false)), "none", &[(1, &["all.opt-out"])]);
    let mut stopped = sms(Some(true));
    stopped.opt_outs.push((Channel::Sms, number.clone(), noon(2)));
    check(&stopped, "none", &[(1, &["all.opt-out"])]);
}

#[test]
fn contact_goes_on_once_validation_information_was_sent() {
    let mut history = reached(&[noon(2), noon(12), noon(22)]);
    check(&history, "us-reg-f", &[(2, &["us.validation-5-days"]), (3, &["us.validation-5-days"])]);
    history.messages[1].carries_validation = true;
    check(&history, "us-reg-f", &[]);
    // It counts from its own moment on, and for its own loan alone.
    history.messages[1].carries_validation = false;
    history.messages[2].carries_validation = true;
    check(&history, "us-reg-f", &[(2, &["us.validation-5-days"])]);
}

#[test]
fn addresses_stand_as_was_said_last() {
    let told = |words: Vec<ConsentWord>, opt_outs: &[(Channel, &str, u32)]| {
        let opt_outs = opt_outs.iter().map(|(channel, address, day)| (*channel, (*address).to_owned(), noon(*day)));
        let history = ContactHistory { words, opt_outs: opt_outs.collect(), ..ContactHistory::default() };
        let standings = history.standings().into_iter();
        standings.map(|found| (found.address, found.consent, found.opt_outs)).collect::<Vec<_>>()
    };
    let given = word(Some(true), 5, None);
    let email = (Channel::Email, noon(7));
    assert_eq!(
        told(vec![word(None, 1, Some(5)), given.clone()], &[]),
        [(ADDRESS.to_owned(), Some((true, noon(5))), vec![])]
    );
    // A wish in other letters is meant for the same address, and a later consent ends it.
    let wished = told(vec![given.clone()], &[(Channel::Email, "ANN@example.test", 7)]);
    assert_eq!(wished, [(ADDRESS.to_owned(), Some((true, noon(5))), vec![email])]);
    assert_eq!(told(vec![given], &[(Channel::Email, ADDRESS, 3)])[0].2, []);
    let gone = told(Vec::new(), &[(Channel::Email, ADDRESS, 7), (Channel::Email, ADDRESS, 9)]);
    assert_eq!(gone, [(ADDRESS.to_owned(), None, vec![email])]);
}
