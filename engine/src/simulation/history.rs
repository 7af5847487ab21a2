//! The payments of a loan up to the day of the snapshot: a way there that fits what is open on that day.

use super::account::{Account, portion};
use super::draws::block;
use super::shift::{month, season};
use crate::random::{Stream, member_generator};
use chrono::{NaiveDate, TimeDelta};
use domain::money::Money;
use domain::payment::{PaymentKind, PaymentRecord};

/// One of so many payments bounces and is made again.
pub(super) const BOUNCING: f64 = 0.012;
/// A payment that bounces is taken back after three days, and made again after eight.
pub(super) const RETURNED_AFTER: TimeDelta = TimeDelta::days(3);
pub(super) const AGAIN_AFTER: TimeDelta = TimeDelta::days(8);
/// One of so many instalments is paid in two parts.
const IN_PARTS: f64 = 0.04;

/// A payment of a loan; `place` tells those of one day apart.
pub(super) fn payment(
    account: &Account,
    paid_on: NaiveDate,
    place: usize,
    amount: Money,
    kind: PaymentKind,
) -> PaymentRecord {
    let payment_ref = format!("PAY-{:06}-{}-{place}", account.number, paid_on.format("%Y%m%d"));
    PaymentRecord {
        loan_ref: account.loan_ref(),
        payment_ref: Some(payment_ref),
        paid_on,
        amount,
        kind,
        reversal_of: None,
        mended_row: None,
        is_unsigned: false,
    }
}

/// The return of a payment that bounced.
pub(super) fn reversal(payment: &PaymentRecord, paid_on: NaiveDate) -> PaymentRecord {
    let reversal_of = payment.payment_ref.clone();
    PaymentRecord {
        loan_ref: payment.loan_ref.clone(),
        payment_ref: reversal_of.as_ref().map(|reference| format!("{reference}-R")),
        paid_on,
        amount: Money::ZERO - payment.amount,
        kind: PaymentKind::Reversal,
        reversal_of,
        mended_row: None,
        is_unsigned: false,
    }
}

/// All payments of a loan from its origination up to the day, in their order.
///
/// What is covered on the day has been paid on time, late, or in two parts, now and then after a payment that bounced;
/// those who owe instalments, and those whose month is a hard one, were late more often.
pub(super) fn payments(account: &Account, seed: u64, as_of: NaiveDate) -> Vec<PaymentRecord> {
    let draws = &mut member_generator(seed, Stream::SimulatedHistory, account.number as u64);
    let mut told = Vec::new();
    let covered = account.due - account.missed;
    let lateness = -1.9 + 0.6 * account.reluctance + 0.25 * f64::from(account.missed);
    for number in 1..=covered {
        let [is_late, lag, parts, part, bounces, ..] = block(draws);
        let due_on = account.schedule.due_on(number);
        let late = season(month(due_on)) * lateness.exp();
        let is_late = is_late * (1.0 + late) < late;
        // A payment in the month of the first instalment shows that no earlier one is lacking.
        let days = match is_late {
            true if lag < 0.8 || number == 1 => 1 + (lag * 27.0) as i64,
            true => 29 + ((lag - 0.8) * 150.0) as i64,
            false => -((lag * 4.0) as i64),
        };
        let paid_on = (due_on + TimeDelta::days(days)).min(as_of);
        if bounces < BOUNCING && paid_on + AGAIN_AFTER <= as_of {
            told.push((paid_on, account.instalment, Some(paid_on + RETURNED_AFTER)));
            told.push((paid_on + AGAIN_AFTER, account.instalment, None));
        } else if parts < IN_PARTS {
            let first = portion(account.instalment, 0.3 + 0.4 * part);
            told.push((paid_on, first, None));
            told.push(((paid_on + TimeDelta::days(9)).min(as_of), account.instalment - first, None));
        } else {
            told.push((paid_on, account.instalment, None));
        }
    }
    if account.credit > Money::ZERO {
        let due_on = account.schedule.due_on(covered + 1);
        let days = ((as_of - due_on).num_days() as f64 * block(draws)[0]) as i64;
        told.push((due_on + TimeDelta::days(days), account.credit, None));
    }
    ledger(account, told)
}

/// Gives payments their references and adds the reversals of those that bounced: (day, amount, day of its reversal).
fn ledger(account: &Account, mut told: Vec<(NaiveDate, Money, Option<NaiveDate>)>) -> Vec<PaymentRecord> {
    told.sort_by_key(|(paid_on, ..)| *paid_on);
    let mut rows: Vec<PaymentRecord> = Vec::with_capacity(told.len());
    let (mut last, mut place) = (None, 0);
    for (paid_on, amount, reversed_on) in told {
        place = if last == Some(paid_on) { place + 1 } else { 1 };
        last = Some(paid_on);
        let payment = payment(account, paid_on, place, amount, PaymentKind::Instalment);
        let back = reversed_on.map(|day| reversal(&payment, day));
        rows.push(payment);
        rows.extend(back);
    }
    rows.sort_by_key(|row| row.paid_on);
    rows
}
