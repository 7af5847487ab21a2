use super::*;
use proptest::prelude::*;

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn at(hour: u32) -> DateTime<Utc> {
    day("2026-02-01").and_hms_opt(hour, 0, 0).expect("an hour").and_utc()
}

fn seen() -> Seen {
    Seen {
        as_of: day("2026-01-31"),
        outstanding: Some(Money::from_minor(100_000)),
        missed_payments: Some(1),
        days_past_due: Some(20),
        is_recovered: false,
        paid: Money::from_minor(5_000),
        paid_on: Some(day("2026-01-10")),
        broken_promises: 0,
    }
}

#[test]
fn buckets_end_where_the_field_ends_them() {
    let check = |days, label| assert_eq!(Bucket::of(days).label(), label, "{days}");
    for (days, label) in [
        (0, "0"),
        (1, "1–30"),
        (30, "1–30"),
        (31, "31–60"),
        (60, "31–60"),
        (61, "61–90"),
        (90, "61–90"),
        (91, "91–120"),
        (120, "91–120"),
        (121, "121–180"),
        (180, "121–180"),
        (181, "over 180"),
        (u32::MAX, "over 180"),
    ] {
        check(days, label);
    }
}

#[test]
fn each_rule_has_its_threshold() {
    let check = |name: &str, change: fn(&mut Seen), expected: &[&str]| {
        let mut now = seen();
        change(&mut now);
        let found = compare(&seen(), &now, &THRESHOLDS);
        let words: Vec<String> = found.iter().map(|found| found.in_words(Currency::USD)).collect();
        assert_eq!(words, expected, "{name}");
    };
    check("nothing new", |_| {}, &[]);
    check("another day alone", |now| now.as_of = day("2026-02-28"), &[]);
    check("one missed", |now| now.missed_payments = Some(2), &["Missed instalments from 1 to 2"]);
    check("one made good", |now| now.missed_payments = Some(0), &[]);
    check("missed is not known any more", |now| now.missed_payments = None, &[]);
    check("within the bucket", |now| now.days_past_due = Some(30), &[]);
    check("into the next bucket", |now| now.days_past_due = Some(31), &["Days past due from 1–30 to 31–60"]);
    check("cleared", |now| now.days_past_due = Some(0), &["Days past due from 1–30 to 0"]);
    check("just below a tenth", |now| now.outstanding = Some(Money::from_minor(90_001)), &[]);
    check(
        "a tenth less",
        |now| now.outstanding = Some(Money::from_minor(90_000)),
        &["Outstanding from USD 1,000.00 to USD 900.00"],
    );
    check(
        "a tenth more",
        |now| now.outstanding = Some(Money::from_minor(110_000)),
        &["Outstanding from USD 1,000.00 to USD 1,100.00"],
    );
    check("an older payment", |now| now.paid = Money::from_minor(9_000), &[]);
    check(
        "a new payment",
        |now| (now.paid, now.paid_on) = (Money::from_minor(9_000), Some(day("2026-02-01"))),
        &["Paid in total from USD 50.00 to USD 90.00"],
    );
    check("a payment was taken back", |now| now.paid = Money::ZERO, &[]);
    check("a plan was broken", |now| now.broken_promises = 1, &["Broken offers and plans from 0 to 1"]);
    check("recovered", |now| now.is_recovered = true, &["Recovered in full"]);
}

#[test]
fn a_balance_that_was_nothing_is_watched_too() {
    let was = Seen { outstanding: Some(Money::ZERO), ..seen() };
    let is = Seen { outstanding: Some(Money::from_minor(1)), ..seen() };
    assert_eq!(compare(&was, &is, &THRESHOLDS).len(), 1);
    assert_eq!(compare(&was, &was, &THRESHOLDS), []);
}

#[test]
fn scores_jump_by_a_tenth() {
    let check = |was, is, jumps| assert_eq!(compare_scores(was, is, &THRESHOLDS).is_some(), jumps, "{was} {is}");
    check(0.5, 0.59, false);
    check(0.5, 0.75, true);
    check(0.75, 0.5, true);
    check(0.25, 0.25, false);
}

#[test]
fn arrears_are_cleared_by_who_was_behind_until_they_are_behind_again() {
    let with = |days| Seen { days_past_due: days, ..seen() };
    let check = |before: Option<Seen>, days, cleared, expected| {
        assert_eq!(with(days).cleared_at(before.as_ref(), cleared, at(9)), expected, "{before:?} {days:?}");
    };
    check(Some(with(Some(20))), Some(0), None, Some(at(9)));
    check(Some(with(Some(0))), Some(0), Some(at(3)), Some(at(3)));
    check(Some(with(Some(0))), Some(0), None, None);
    check(Some(with(Some(0))), Some(5), Some(at(3)), None);
    check(Some(with(Some(0))), None, Some(at(3)), Some(at(3)));
    check(Some(with(None)), Some(0), None, None);
    check(None, Some(0), None, None);
}

proptest! {
    /// Who looks twice at the same facts finds nothing the second time.
    #[test]
    fn the_same_facts_raise_nothing(
        outstanding in proptest::option::of(0_i64..1_000_000),
        missed in proptest::option::of(0_u16..100),
        days in proptest::option::of(0_u32..1_000),
        paid in 0_i64..1_000_000,
        is_recovered: bool,
    ) {
        let seen = Seen {
            outstanding: outstanding.map(Money::from_minor),
            missed_payments: missed,
            days_past_due: days,
            paid: Money::from_minor(paid),
            is_recovered,
            ..seen()
        };
        prop_assert_eq!(compare(&seen, &seen, &THRESHOLDS), vec![]);
        let text = serde_json::to_string(&seen).expect("JSON");
        prop_assert_eq!(serde_json::from_str::<Seen>(&text).expect("what was seen"), seen);
    }
}
