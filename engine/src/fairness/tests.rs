use super::*;
use proptest::prelude::*;

fn loan(age: Option<u16>, gender: &str, is_lost: Option<bool>, track: Track) -> AuditedLoan {
    AuditedLoan { age, gender: Some(gender.to_owned()), is_lost, track }
}

/// `count` loans of one gender, of which `legal` are on the legal track.
fn loans(gender: &str, count: usize, legal: usize) -> Vec<AuditedLoan> {
    let track = |place| if place < legal { Track::Legal } else { Track::Standard };
    (0..count).map(|place| loan(Some(40), gender, Some(place % 4 == 0), track(place))).collect()
}

#[test]
fn interval_is_wilsons() {
    let check = |count, of, expected: Option<(f64, f64)>| {
        let interval = rate(count, of).map(|found| found.interval);
        let is_near = |(a, b): ((f64, f64), (f64, f64))| (a.0 - b.0).abs() < 5e-5 && (a.1 - b.1).abs() < 5e-5;
        assert!(interval == expected || interval.zip(expected).is_some_and(is_near), "{count}/{of}: {interval:?}");
    };
    check(0, 10, Some((0.0, 0.2775)));
    check(5, 10, Some((0.2366, 0.7634)));
    check(10, 10, Some((0.7225, 1.0)));
    check(20, 100, Some((0.1334, 0.2888)));
    check(0, 0, None);
    check(2, 1, None);
}

#[test]
fn ages_fall_into_their_bands() {
    let check = |age, expected| assert_eq!(age_band(age).1, expected, "{age:?}");
    check(Some(17), "Unknown");
    check(Some(18), "18–29");
    check(Some(29), "18–29");
    check(Some(30), "30–44");
    check(Some(44), "30–44");
    check(Some(45), "45–59");
    check(Some(59), "45–59");
    check(Some(60), "60+");
    check(None, "Unknown");
}

#[test]
fn genders_are_one_group_however_written() {
    let check = |text, expected| assert_eq!(gender(text).1, expected, "{text:?}");
    check(Some(" female"), "Female");
    check(Some("FEMALE"), "Female");
    check(Some("non-binary"), "Non-binary");
    check(Some(" "), "Unknown");
    check(Some("unknown"), "Unknown");
    check(None, "Unknown");
}

#[test]
fn a_group_put_to_law_more_often_is_noted() {
    let mut all = loans("Male", 100, 10);
    all.extend(loans("Female", 100, 40));
    all.extend(loans("", 29, 0));
    let audit = audit(&all);
    let [female, male, unknown] = audit.by_gender.as_slice() else { panic!("three groups: {audit:?}") };
    assert!(female.impact.is_some_and(|impact| (impact - 0.6 / 0.9).abs() < 1e-12));
    assert!(female.note.as_ref().is_some_and(|note| note.starts_with("Kept off legal action 0.67 times as often")));
    assert_eq!((male.impact, &male.note), (Some(1.0), &None));
    // The unknown are all kept off, but they are too few to be the measure.
    assert_eq!((unknown.group.as_str(), unknown.impact), ("Unknown", None));
    assert_eq!(unknown.note.as_deref(), Some("Too small to judge: 29 loans, of at least 30"));
    assert_eq!(female.lost, rate(25, 100));
    assert_eq!(female.tracks[0], (Track::Legal, rate(40, 100).expect("rows")));
    assert_eq!((audit.by_age.len(), audit.by_age[0].rows), (1, 229));
}

#[test]
fn open_loans_have_no_outcome_and_everyone_may_be_put_to_law() {
    let all: Vec<AuditedLoan> = (0..40).map(|_| loan(None, "Female", None, Track::Legal)).collect();
    let audit = audit(&all);
    assert_eq!((audit.by_gender[0].lost, audit.by_gender[0].impact), (None, None));
    assert_eq!(self::audit(&[]), FairnessAudit { by_age: vec![], by_gender: vec![] });
}

proptest! {
    #[test]
    fn groups_hold_every_loan_and_no_ratio_exceeds_one(
        rows in proptest::collection::vec((0_u16..90, 0..4_usize, any::<Option<bool>>(), 0..3_usize), 0..200)
    ) {
        let genders = ["Female", "male", "", "Other"];
        let all: Vec<AuditedLoan> = rows
            .into_iter()
            .map(|(age, gender, is_lost, track)| loan(Some(age), genders[gender], is_lost, Track::ALL[track]))
            .collect();
        let audit = audit(&all);
        for groups in [&audit.by_age, &audit.by_gender] {
            prop_assert_eq!(groups.iter().map(|group| group.rows).sum::<u32>(), all.len() as u32);
            for group in groups {
                prop_assert!(group.impact.is_none_or(|impact| (0.0..=1.0).contains(&impact)));
                prop_assert_eq!(group.tracks.iter().map(|(_, rate)| rate.count).sum::<u32>(), group.rows);
                for rate in group.tracks.iter().map(|(_, rate)| *rate).chain(group.lost) {
                    let (low, high) = rate.interval;
                    prop_assert!(0.0 <= low && low <= rate.share && rate.share <= high && high <= 1.0, "{:?}", rate);
                }
            }
        }
    }
}
