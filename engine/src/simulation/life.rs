//! The life of a loan after the snapshot, day by day.

use super::account::{Account, money, portion};
use super::behaviour::{Behaviour, Standing};
use super::draws::block;
use super::history::{self, AGAIN_AFTER, BOUNCING, RETURNED_AFTER};
use super::product::balance;
use super::treatment::{Treatment, response};
use super::{AGE_MAX, LoanEnd};
use crate::random::{Stream, member_generator};
use chrono::{Datelike, NaiveDate, TimeDelta};
use domain::loan::RecoveryStatus;
use domain::money::Money;
use domain::payment::{PaymentKind, PaymentRecord};

/// One of so many borrowers who miss an instalment pays a part of it.
const PARTLY: f64 = 0.2;
/// So many instalments that are not behind are paid on their day.
const ON_THE_DAY: f64 = 0.6;
/// The latest days after a due day on which a payment comes, fewer than any month has.
const LATEST_DAYS: f64 = 26.0;
/// Words of the generator that a block of draws takes.
const BLOCK_WORDS: u128 = 16;

/// What has become of a loan so far.
#[derive(Clone)]
pub(super) struct Life {
    pub(super) standing: Standing,
    pub(super) paid: Money,
    /// Part of the oldest open instalment that is paid or on its way.
    credit: Money,
    next_due: NaiveDate,
    /// Payments on their way.
    coming: Vec<Coming>,
    /// Reversals on their way.
    returning: Vec<PaymentRecord>,
    /// How often each treatment was tried on these arrears.
    tries: [u8; Treatment::ALL.len()],
    pub(super) tries_in_all: u16,
    /// What the loan ends as when the last payment on its way has come.
    closing: Option<RecoveryStatus>,
    pub(super) status: RecoveryStatus,
    pub(super) ended_on: Option<NaiveDate>,
}

#[derive(Clone, Copy)]
struct Coming {
    paid_on: NaiveDate,
    amount: Money,
    kind: PaymentKind,
    bounces: bool,
}

/// What life needs to go on for a day.
pub(super) struct Around<'a> {
    pub(super) seed: u64,
    pub(super) account: &'a Account,
    pub(super) behaviour: &'a Behaviour,
    pub(super) day: NaiveDate,
    /// Of the loan's borrower on the day, in major units.
    pub(super) income: f64,
}

impl Life {
    pub(super) fn new(account: &Account, status: RecoveryStatus) -> Self {
        Self {
            standing: Standing { due_days: account.due, unpaid: account.missed },
            paid: account.paid(),
            credit: account.credit,
            next_due: account.schedule.due_on(account.due + 1),
            coming: Vec::new(),
            returning: Vec::new(),
            tries: [0; Treatment::ALL.len()],
            tries_in_all: 0,
            closing: None,
            status,
            ended_on: None,
        }
    }

    /// How often a treatment was tried on the arrears that are open now.
    pub(super) fn tries(&self, treatment: Treatment) -> u8 {
        self.tries[treatment as usize]
    }

    pub(super) fn is_open(&self) -> bool {
        self.status == RecoveryStatus::Open
    }

    /// Whether something can happen on a day without a treatment.
    pub(super) fn is_eventful(&self, day: NaiveDate) -> bool {
        let is_coming = || self.coming.iter().any(|coming| coming.paid_on == day);
        let is_returning = || self.returning.iter().any(|reversal| reversal.paid_on == day);
        self.is_open() && (day == self.next_due || is_coming() || is_returning())
    }

    /// Lives through one day: what falls due, what is done about it, and which payments come.
    pub(super) fn live(
        &mut self,
        around: &Around<'_>,
        treatments: impl Iterator<Item = Treatment>,
        payments: &mut Vec<PaymentRecord>,
    ) -> Option<LoanEnd> {
        if !self.is_open() {
            return None;
        }
        if around.day == self.next_due && self.closing.is_none() {
            self.fall_due(around);
        }
        for treatment in treatments {
            self.treat(around, treatment);
        }
        self.receive(around, payments);
        let (status, day) = (self.status, around.day);
        (!self.is_open()).then(|| {
            self.ended_on = Some(day);
            LoanEnd { loan: around.account.number - 1, day, status }
        })
    }

    /// The borrower misses the instalment that falls due, pays one, or catches up.
    fn fall_due(&mut self, around: &Around<'_>) {
        let Around { account, day, .. } = *around;
        let is_instalment = self.standing.due_days < account.tenure;
        let chances = around.behaviour.chances(self.standing.age(account.tenure).into(), day);
        self.standing.due_days += 1;
        self.standing.unpaid += u16::from(is_instalment);
        self.next_due = account.schedule.due_on(self.standing.due_days + 1);
        let draws = &mut around.draws(Stream::SimulatedMonths, u128::from(self.standing.due_days));
        let [choice, lag, is_part, part, bounces, ..] = block(draws);
        let bounces = bounces < BOUNCING;
        let late = |from: f64| TimeDelta::days(((lag - from) / (1.0 - from) * LATEST_DAYS) as i64);
        if choice < chances.missing {
            if self.standing.age(account.tenure) > AGE_MAX {
                self.status = RecoveryStatus::WrittenOff;
                (self.coming, self.returning) = (Vec::new(), Vec::new());
            } else if is_part < PARTLY && self.credit == Money::ZERO {
                self.credit = portion(account.instalment, 0.2 + 0.5 * part);
                self.come(day + late(0.0), self.credit, bounces);
            }
        } else if choice < chances.missing + chances.curing {
            self.catch_up(account, day + late(0.0), bounces);
        } else if self.standing.unpaid <= 1 {
            let days = if lag < ON_THE_DAY { TimeDelta::zero() } else { late(ON_THE_DAY) };
            self.catch_up(account, day + days, bounces);
        } else {
            self.standing.unpaid -= 1;
            self.come(day + late(0.0), account.instalment, bounces);
        }
    }

    fn treat(&mut self, around: &Around<'_>, treatment: Treatment) {
        let account = around.account;
        let age = self.standing.age(account.tenure);
        if self.closing.is_some() || !self.is_open() || age == 0 {
            return;
        }
        let chance = response(account, around.income, treatment, age, self.tries(treatment));
        self.tries[treatment as usize] = self.tries(treatment).saturating_add(1);
        self.tries_in_all = self.tries_in_all.saturating_add(1);
        let place = around.day.num_days_from_ce().unsigned_abs() * Treatment::ALL.len() as u32 + treatment as u32;
        let draws = &mut around.draws(Stream::SimulatedTreatments, place.into());
        let [answer, lag, share, ..] = block(draws);
        let day = around.day + TimeDelta::days(1 + (lag * 9.0) as i64);
        if answer >= chance {
            return;
        }
        if treatment == Treatment::SettlementOffer {
            let owed = money(outstanding(account, self.standing)) - self.credit;
            let amount = portion(owed, 0.55 + 0.25 * share);
            self.coming.push(Coming { paid_on: day, amount, kind: PaymentKind::Recovery, bounces: false });
            self.closing = Some(RecoveryStatus::PartiallyRecovered);
        } else {
            self.catch_up(account, day, false);
        }
    }

    fn come(&mut self, paid_on: NaiveDate, amount: Money, bounces: bool) {
        self.coming.push(Coming { paid_on, amount, kind: PaymentKind::Instalment, bounces });
    }

    /// Pays all that is open on a day.
    fn catch_up(&mut self, account: &Account, day: NaiveDate, bounces: bool) {
        let open = Money::from_minor(account.instalment.minor * i64::from(self.standing.unpaid));
        self.come(day, open - self.credit, bounces);
        (self.standing.unpaid, self.credit) = (0, Money::ZERO);
        self.tries = [0; Treatment::ALL.len()];
        if self.standing.due_days >= account.tenure {
            self.closing = Some(RecoveryStatus::FullyRecovered);
        }
    }

    /// Takes the payments and reversals of the day in. The last payment ends a loan that is to be closed.
    fn receive(&mut self, around: &Around<'_>, payments: &mut Vec<PaymentRecord>) {
        let Around { account, day, .. } = *around;
        let mut today: Vec<PaymentRecord> = self.returning.extract_if(.., |back| back.paid_on == day).collect();
        let coming: Vec<Coming> = self.coming.extract_if(.., |coming| coming.paid_on == day).collect();
        if today.is_empty() && coming.is_empty() {
            return;
        }
        for (place, Coming { paid_on, amount, kind, bounces }) in (1..).zip(coming) {
            let payment = history::payment(account, paid_on, place, amount, kind);
            if bounces {
                self.returning.push(history::reversal(&payment, day + RETURNED_AFTER));
                self.come(day + AGAIN_AFTER, amount, false);
            }
            today.push(payment);
        }
        self.paid = self.paid + today.iter().map(|payment| payment.amount).sum();
        payments.append(&mut today);
        if self.coming.is_empty()
            && let Some(status) = self.closing
        {
            self.status = status;
        }
    }
}

impl Around<'_> {
    fn draws(&self, stream: Stream, place: u128) -> rand_chacha::ChaCha8Rng {
        let mut draws = member_generator(self.seed, stream, self.account.number as u64);
        draws.set_word_pos(place * BLOCK_WORDS);
        draws
    }
}

/// What is left of a loan, in major units, before part payments.
fn outstanding(account: &Account, standing: Standing) -> f64 {
    let covered = standing.due_days.min(account.tenure) - standing.unpaid;
    balance(account.amount, account.rate, account.tenure, covered)
}
