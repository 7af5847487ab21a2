//! What payments make of agreed instalments.

use super::*;
use crate::payment::PaymentKind::{self, Fee, Recovery, Reversal};

/// Three instalments of 100.00, due on the first of January, February and March.
fn agreed() -> Agreed {
    Agreed {
        accepted_on: day("2026-12-10"),
        withdrawn_on: None,
        rules: SettlementKind::Plan.keeping_rules(),
        instalments: instalments(usd(30_000), 3, day("2027-01-01"), Interval::Monthly).expect("a schedule"),
    }
}

fn receipt(paid_on: &str, minor: i64) -> Receipt {
    Receipt { paid_on: day(paid_on), amount: usd(minor) }
}

fn words(progress: &Progress) -> String {
    let letters = progress.instalments.iter().map(|(.., standing)| match standing {
        Standing::Open => 'o',
        Standing::Kept => 'k',
        Standing::Broken => 'b',
    });
    let end = match progress.outcome {
        None => "runs".to_owned(),
        Some(Outcome::Kept { on }) => format!("kept {on}"),
        Some(Outcome::PartlyKept { on }) => format!("partly kept {on}"),
        Some(Outcome::Broken { on }) => format!("broken {on}"),
    };
    format!("{} {end}", letters.collect::<String>())
}

#[test]
fn a_plan_is_kept_missed_caught_up_and_broken() {
    let check = |as_of: &str, paid: &[(&str, i64)], expected: &str| {
        let receipts: Vec<Receipt> = paid.iter().map(|(on, minor)| receipt(on, *minor)).collect();
        let found = follow(&[agreed()], &receipts, day(as_of));
        assert_eq!(words(&found[0]), expected, "as of {as_of}: {paid:?}");
    };
    check("2026-12-31", &[], "ooo runs");
    check("2027-01-06", &[], "ooo runs");
    check("2027-01-07", &[], "boo runs");
    // In time on the last day of grace; a day later it was missed, and is caught up.
    check("2027-01-20", &[("2027-01-06", 10_000)], "koo runs");
    check("2027-01-20", &[("2027-01-07", 10_000)], "koo runs");
    check("2027-02-20", &[("2027-01-07", 10_000)], "kbo runs");
    // 95 % of an instalment are enough, and the rest of it is taken from the next payment.
    check("2027-01-20", &[("2027-01-02", 9_500)], "koo runs");
    check("2027-01-20", &[("2027-01-02", 9_499)], "boo runs");
    check("2027-02-20", &[("2027-01-02", 9_500), ("2027-02-02", 9_500)], "kbo runs");
    check("2027-02-20", &[("2027-01-02", 9_500), ("2027-02-02", 10_000)], "kko runs");
    // Two that are missed break it, on the day after the second one's grace; later money changes nothing.
    check("2027-02-06", &[], "boo runs");
    check("2027-02-07", &[], "bbb broken 2027-02-07");
    check("2027-03-20", &[("2027-02-07", 30_000)], "bbb broken 2027-02-07");
    check("2027-03-20", &[("2027-02-06", 30_000)], "kkk kept 2027-02-06");
    check("2027-03-20", &[("2027-01-01", 100)], "bbb partly kept 2027-02-07");
    // The last one must come, whatever may be missed before.
    check("2027-03-07", &[("2027-01-01", 10_000), ("2027-02-01", 10_000)], "kkb partly kept 2027-03-07");
    check("2027-03-06", &[("2027-01-01", 10_000), ("2027-02-01", 10_000)], "kko runs");
    check("2026-12-31", &[("2026-12-10", 31_000)], "kkk kept 2026-12-10");
    check("2026-12-31", &[("2026-12-09", 31_000)], "ooo runs");
    check("2026-12-31", &[("2027-01-01", 31_000)], "ooo runs");
}

#[test]
fn an_offer_forgives_nothing_and_a_withdrawal_ends_the_looking() {
    let rules = SettlementKind::Offer.keeping_rules();
    let one = Agreed { rules, instalments: agreed().instalments[..1].to_vec(), ..agreed() };
    let found = |receipts: &[Receipt]| words(&follow(std::slice::from_ref(&one), receipts, day("2027-02-01"))[0]);
    assert_eq!(found(&[receipt("2027-01-06", 9_999)]), "b partly kept 2027-01-07");
    assert_eq!(found(&[receipt("2027-01-06", 10_000)]), "k kept 2027-01-06");
    assert_eq!(found(&[]), "b broken 2027-01-07");
    let withdrawn = Agreed { withdrawn_on: Some(day("2027-01-03")), ..agreed() };
    let found = follow(&[withdrawn], &[receipt("2027-01-04", 10_000)], day("2027-02-20"));
    assert_eq!(words(&found[0]), "ooo runs");
}

#[test]
fn what_was_taken_back_did_not_come_in() {
    let row = |paid_on: &str, minor, payment_ref: &'static str, kind, reversal_of| ReceiptRow {
        paid_on: day(paid_on),
        amount: usd(minor),
        kind,
        payment_ref,
        reversal_of,
    };
    let rows = [
        row("2027-01-03", 700, "b", Recovery, None),
        row("2027-01-01", 500, "a", PaymentKind::Instalment, None),
        row("2027-01-02", 90, "fee", Fee, None),
        row("2027-01-04", -90, "back of fee", Reversal, Some("fee")),
        row("2027-01-05", -500, "back of a", Reversal, Some("a")),
        row("2027-01-06", -100, "back of something", Reversal, None),
        row("2027-01-09", -1, "later", Reversal, Some("b")),
    ];
    assert_eq!(net_receipts(&rows, day("2027-01-08")), [receipt("2027-01-03", 600)]);
    assert_eq!(net_receipts(&rows, day("2027-01-09")), [receipt("2027-01-03", 599)]);
    assert_eq!(net_receipts(&rows, day("2027-01-02")), [receipt("2027-01-01", 500)]);
    let too_much = [rows[1], row("2027-01-02", -900, "x", Reversal, Some("a"))];
    assert_eq!(net_receipts(&too_much, day("2027-02-01")), []);
}

fn some_agreed() -> impl Strategy<Value = Vec<Agreed>> {
    let one = (0_u64..120, prop::option::of(0_u64..200), 1_u16..6, 1_i64..500, 0_u16..10, 50_u8..=100, 1_u16..4);
    prop::collection::vec(one, 1..4).prop_map(|all| {
        let from = day("2027-01-01");
        let mut all: Vec<Agreed> = all
            .into_iter()
            .map(|(accepted, withdrawn, count, each, grace_days, paid_from_percent, missed_max)| {
                let accepted_on = from + Days::new(accepted);
                Agreed {
                    accepted_on,
                    withdrawn_on: withdrawn.map(|days| accepted_on + Days::new(days)),
                    rules: KeepingRules { grace_days, paid_from_percent, missed_max },
                    instalments: instalments(usd(each * i64::from(count)), count, accepted_on, Interval::Weekly)
                        .expect("a schedule"),
                }
            })
            .collect();
        all.sort_by_key(|one| one.accepted_on);
        all
    })
}

fn some_receipts() -> impl Strategy<Value = Vec<Receipt>> {
    prop::collection::vec((0_u64..250, 1_i64..900), 0..20).prop_map(|all| {
        let mut all: Vec<Receipt> = all
            .into_iter()
            .map(|(days, minor)| Receipt { paid_on: day("2027-01-01") + Days::new(days), amount: usd(minor) })
            .collect();
        all.sort_by_key(|one| one.paid_on);
        all
    })
}

proptest! {
    #[test]
    fn payments_count_once(agreed in some_agreed(), receipts in some_receipts(), days in 0_u64..300) {
        let as_of = day("2027-01-01") + Days::new(days);
        let found = follow(&agreed, &receipts, as_of);
        let counted: Money = found.iter().map(Progress::paid).sum();
        prop_assert!(counted <= receipts.iter().map(|receipt| receipt.amount).sum());
        for (progress, one) in found.iter().zip(&agreed) {
            prop_assert_eq!(progress.instalments.len(), one.instalments.len());
            for ((paid, covered_on, standing), instalment) in progress.instalments.iter().zip(&one.instalments) {
                prop_assert!(*paid >= Money::ZERO && *paid <= instalment.amount);
                // Each instalment stands in one way: paid, missed, or neither yet.
                prop_assert_eq!(*standing == Standing::Kept, covered_on.is_some());
                prop_assert!(covered_on.is_none_or(|on| on >= one.accepted_on && on <= as_of));
            }
            let standing = |wanted| progress.instalments.iter().filter(|(.., found)| *found == wanted).count();
            let (kept, open, broken) = (standing(Standing::Kept), standing(Standing::Open), standing(Standing::Broken));
            prop_assert_eq!(kept + open + broken, one.instalments.len());
            match progress.outcome {
                None => prop_assert!(broken < usize::from(one.rules.missed_max)),
                Some(Outcome::Kept { on }) => {
                    prop_assert!(on <= as_of);
                    prop_assert_eq!(kept, one.instalments.len());
                }
                Some(Outcome::PartlyKept { on }) => {
                    prop_assert!(on <= as_of);
                    prop_assert!(progress.paid() > Money::ZERO && broken > 0 && open == 0);
                }
                Some(Outcome::Broken { on }) => {
                    prop_assert!(on <= as_of);
                    prop_assert!(progress.paid() == Money::ZERO && kept == 0 && open == 0);
                }
            }
        }
    }

    /// A settlement that ended stays so as time goes on, since the payments up to its end are the same.
    #[test]
    fn an_end_is_the_same_whenever_one_looks(agreed in some_agreed(), receipts in some_receipts(), days in 0_u64..300, more in 1_u64..60) {
        let as_of = day("2027-01-01") + Days::new(days);
        let (now, later) = (follow(&agreed, &receipts, as_of), follow(&agreed, &receipts, as_of + Days::new(more)));
        for (now, later) in now.iter().zip(&later) {
            if now.outcome.is_some() {
                prop_assert_eq!(now, later);
            }
        }
    }

    #[test]
    fn receipts_are_what_came_in_less_what_was_taken_back(
        rows in prop::collection::vec((0_u64..40, -300_i64..500, prop::option::of(0_usize..12), prop::bool::weighted(0.2)), 0..12),
    ) {
        let names: Vec<String> = (0..12).map(|place| format!("p{place}")).collect();
        let all: Vec<ReceiptRow<'_>> = rows
            .iter()
            .enumerate()
            .map(|(place, (days, minor, of, is_fee))| ReceiptRow {
                paid_on: day("2027-01-01") + Days::new(*days),
                amount: usd(*minor),
                kind: if *is_fee { PaymentKind::Fee } else { PaymentKind::Instalment },
                payment_ref: &names[place],
                reversal_of: of.filter(|_| *minor < 0).map(|of| names[of].as_str()),
            })
            .collect();
        let found = net_receipts(&all, day("2027-03-01"));
        let gross: Money = all.iter().filter(|row| row.amount > Money::ZERO && row.kind != PaymentKind::Fee).map(|row| row.amount).sum();
        prop_assert!(found.iter().map(|receipt| receipt.amount).sum::<Money>() <= gross);
        prop_assert!(found.iter().all(|receipt| receipt.amount > Money::ZERO));
        prop_assert!(found.windows(2).all(|pair| pair[0].paid_on <= pair[1].paid_on));
    }
}
