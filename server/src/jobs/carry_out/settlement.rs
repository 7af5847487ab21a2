//! Offers that a plan of treatments drafts, and the e-mails of offers and plans that people made.

use super::{BATCH, With, Words, facts, send, token};
use crate::jobs::{JobError, Run};
use chrono::{DateTime, Days, Utc};
use domain::contact::Channel;
use domain::contact_rules::ContactRules;
use domain::money::Money;
use domain::policy::version::PolicyBody;
use domain::settlement::OfferTerms;
use domain::settlement::letter::{self, SettlementFacts};
use domain::team::Portfolio;
use domain::template::Texts;
use store::Store;
use store::cases::{Done, DueCase};
use store::settlements::{DueEmail, EmailStep, emailed, emails_due};

/// An offer by the defaults of the policy. Nobody gets it before a person sends it.
pub(super) fn draft(case: &DueCase, policy: &PolicyBody, with: &With<'_>) -> Done {
    let today = with.now.date_naive();
    let after = |days: u16| today.checked_add_days(Days::new(days.into())).unwrap_or(today);
    let offers = policy.offers;
    let terms = OfferTerms {
        balance: case.outstanding.unwrap_or(Money::ZERO),
        haircut_percent: policy.drafted_haircut_percent(),
        first_payment: Money::ZERO,
        expires_on: after(offers.open_days),
        pay_by: after(offers.pay_days.max(offers.open_days)),
    };
    match terms.check(today) {
        Ok(()) => {
            let amount = terms.amount().in_words(with.portfolio.currency);
            Done::Drafted { terms, detail: format!("An offer of {amount} is drafted: send it, or change it first.") }
        }
        Err(fault) => Done::Skipped { reason: fault.to_string() },
    }
}

/// Decides on the e-mails of offers and plans that are due; gives how many.
pub(super) async fn emails(
    store: &Store,
    run: &Run,
    portfolio: &Portfolio,
    (rules, texts): (&ContactRules, &Texts),
    now: DateTime<Utc>,
) -> Result<u64, JobError> {
    let mut count = 0;
    loop {
        let due = emails_due(store, portfolio.id, now, BATCH).await?;
        if due.is_empty() {
            return Ok(count);
        }
        run.go_on()?;
        let step =
            |due| decide(due, &With { portfolio, rules, texts, token: token(), public_url: &run.public_url, now });
        let steps: Vec<EmailStep> = due.into_iter().map(step).collect();
        emailed(store, &run.lease, portfolio.id, &steps, now).await?;
        count += steps.len() as u64;
    }
}

/// What becomes of the e-mail of a settlement. A loan without an open case, or one that is paid, gets none.
pub(super) fn decide(due: DueEmail, with: &With<'_>) -> EmailStep {
    let settlement = SettlementFacts {
        kind: due.kind,
        balance: due.balance,
        amount: due.amount,
        expires_on: due.expires_on,
        instalments: &due.instalments,
    };
    let (mut template, mut checks) = (None, Vec::new());
    let mut write = |case: &DueCase, channel: Channel| {
        let written = if channel == Channel::Post {
            letter::letter(facts(case, with, None), settlement, with.texts)
        } else {
            letter::email(facts(case, with, Some(&with.opt_out_link())), settlement, with.texts)
        };
        match written {
            Ok(None) => Done::Skipped { reason: "Its template is not there any more.".to_owned() },
            Ok(Some(written)) => {
                template = Some((written.template.0.to_owned(), written.template.1));
                let words = Words::new(case, channel, written.template.0, (written.subject, written.body), with);
                send(case, channel, words, with, &mut checks)
            }
            Err(fault) => Done::Skipped { reason: format!("{}: {fault}.", due.kind.label()) },
        }
    };
    let done = match due.case.as_ref().filter(|case| !case.is_recovered) {
        None => Done::Closed,
        Some(case) => match write(case, Channel::Email) {
            // Where no e-mail may go, a letter may; one that is only put off is waited for.
            first @ (Done::Skipped { .. } | Done::Blocked { .. }) => match write(case, Channel::Post) {
                Done::Skipped { reason } => with_reason(first, &reason),
                done => done,
            },
            done => done,
        },
    };
    EmailStep { settlement: due.settlement, kind: due.kind, template, checks, case: due.case, done }
}

/// The same outcome, for one more reason.
fn with_reason(done: Done, other: &str) -> Done {
    match done {
        Done::Skipped { reason } => Done::Skipped { reason: format!("{reason} {other}") },
        Done::Blocked { reason } => Done::Blocked { reason: format!("{reason} {other}") },
        done => done,
    }
}
