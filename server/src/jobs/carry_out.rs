//! Carry out: the steps of cases that are due. What the program can do itself goes into the outbox, if the contact gate
//! allows it; the rest waits for a person.

mod message;
mod settlement;

use super::{JobError, Run};
use crate::clock;
use chrono::{DateTime, TimeDelta, Utc};
use domain::access::Scope;
use domain::contact::Channel;
use domain::contact_rules::ContactRules;
use domain::count::count;
use domain::id::{PolicyId, PortfolioId};
use domain::money::Currency;
use domain::policy::plan::{Step, StepLoan, TreatmentKind};
use domain::policy::version::PolicyBody;
use domain::team::Portfolio;
use domain::template::{LoanFacts, Texts, Values};
use message::{Words, send};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use store::Store;
use store::cases::{CaseStep, Done, DueCase, GateCheck, carried_out, due};

/// Cases that are decided on in one transaction.
const BATCH: u64 = 500;

pub(super) async fn run(store: &Store, run: &Run, id: PortfolioId) -> Result<(), JobError> {
    let portfolio = store::portfolios::get(store, id).await?;
    let champion = store::models::champion(store, Scope::whole(id)).await?;
    let segments = champion.map(|champion| champion.segmentation.segments).unwrap_or_default();
    let segments: HashMap<i32, String> = segments.into_iter().map(|segment| (segment.number, segment.name)).collect();
    let rules = store::portfolios::contact_rules(store, id).await?;
    let texts = store::templates::in_use(store, id).await?;
    let mut plans: HashMap<PolicyId, PolicyBody> = HashMap::new();
    let mut steps_done: u64 = 0;
    // What becomes due while this runs is left to the next time, so that it ends.
    let now = clock::now();
    loop {
        run.report(store, 50, &format!("{steps_done} steps decided on.")).await?;
        let cases = due(store, id, now, BATCH).await?;
        if cases.is_empty() {
            break;
        }
        let mut steps = Vec::with_capacity(cases.len());
        for case in &cases {
            let body = match plans.entry(case.policy) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(place) => place.insert(store::policies::body(store, case.policy).await?),
            };
            let segment = case.segment.and_then(|number| segments.get(&number)).map(String::as_str);
            let (portfolio, rules, texts) = (&portfolio, &rules, &texts);
            let with = With { portfolio, rules, texts, token: token(), public_url: &run.public_url, now };
            steps.push(decide(case, body, segment, &with));
        }
        carried_out(store, &run.lease, id, &steps, now).await?;
        steps_done += steps.len() as u64;
    }
    let emails = settlement::emails(store, run, &portfolio, (&rules, &texts), now).await?;
    let told = format!("{} and {} of offers and plans decided on.", count(steps_done, "step"), count(emails, "e-mail"));
    store::jobs::complete(store, &run.lease, &told, clock::now()).await?;
    Ok(())
}

/// The secret of a link that only the message holds.
#[expect(clippy::disallowed_methods, reason = "a secret must not be guessed from a seed")]
fn token() -> String {
    format!("{:032x}", rand::random::<u128>())
}

/// What deciding on a step takes besides its case.
struct With<'a> {
    portfolio: &'a Portfolio,
    rules: &'a ContactRules,
    texts: &'a Texts,
    token: String,
    public_url: &'a str,
    now: DateTime<Utc>,
}

impl With<'_> {
    fn opt_out_link(&self) -> String {
        format!("{}/opt-out?message={}", self.public_url.trim_end_matches('/'), self.token)
    }
}

/// What becomes of the step that is due. `segment` is the name of the loan's segment.
fn decide(case: &DueCase, policy: &PolicyBody, segment: Option<&str>, with: &With<'_>) -> CaseStep {
    let plan = policy.plans.of(case.track);
    let place = usize::from(case.step);
    let step = plan.get(place);
    let mut checks = Vec::new();
    let done = match step {
        None => Done::Closed,
        Some(_) if case.is_recovered => Done::Closed,
        Some(step) => match skipped(case, step, segment, with.portfolio.currency) {
            Some(reason) => Done::Skipped { reason },
            None => carry_out(case, step, policy, with, &mut checks),
        },
    };
    // The days between two steps are kept where an earlier one came late.
    let next = step.zip(plan.get(place + 1)).map(|(step, next)| {
        let days = next.on_day.saturating_sub(step.on_day);
        (case.step + 1, with.now + TimeDelta::days(i64::from(days)))
    });
    CaseStep {
        case: case.id,
        loan: case.loan,
        borrower: case.borrower,
        step: case.step,
        kind: step.map_or(TreatmentKind::Review, |step| step.kind),
        template: step.and_then(|step| {
            let (template, words) = with.texts.find(step.template.as_deref()?)?;
            Some((template.code.to_owned(), words.version))
        }),
        checks,
        done,
        next,
    }
}

/// Why a step is not for this loan; nothing where it is.
fn skipped(case: &DueCase, step: &Step, segment: Option<&str>, currency: Currency) -> Option<String> {
    let loan = StepLoan {
        days_past_due: case.days_past_due,
        outstanding: case.outstanding,
        segment,
        loan_type: &case.loan_type,
    };
    let only = step.only.in_words(currency).unwrap_or_default();
    (!step.only.fits(loan)).then(|| format!("It is meant for others: {only}."))
}

fn carry_out(case: &DueCase, step: &Step, policy: &PolicyBody, with: &With<'_>, checks: &mut Vec<GateCheck>) -> Done {
    match step.kind {
        TreatmentKind::EmailReminder => remind(case, step, Channel::Email, with, checks),
        TreatmentKind::SmsReminder => remind(case, step, Channel::Sms, with, checks),
        TreatmentKind::Letter => remind(case, step, Channel::Post, with, checks),
        TreatmentKind::LegalNotice => notice(case, step, with),
        TreatmentKind::SettlementOffer | TreatmentKind::RepaymentPlan if case.has_settlement => {
            Done::Skipped { reason: "An offer or a plan is open on the loan already.".to_owned() }
        }
        TreatmentKind::SettlementOffer => settlement::draft(case, policy, with),
        _ => Done::ToDo,
    }
}

/// Drafts a legal notice. Nothing goes out before a person has approved it.
fn notice(case: &DueCase, step: &Step, with: &With<'_>) -> Done {
    match written(step, with, &Values::of(facts(case, with, None))) {
        Ok((subject, body)) => Done::Notice { subject, body },
        Err(reason) => Done::Skipped { reason },
    }
}

/// Subject and text of a step, or why there are none.
fn written(step: &Step, with: &With<'_>, values: &Values) -> Result<(String, String), String> {
    let found = step.template.as_deref().and_then(|code| with.texts.find(code));
    let (template, words) = found.ok_or_else(|| "The template of the step is not there any more.".to_owned())?;
    words.fill(values).map_err(|fault| format!("{}: {fault}.", template.title))
}

/// What a text may say of the loan.
fn facts<'a>(case: &'a DueCase, with: &With<'a>, opt_out: Option<&'a str>) -> LoanFacts<'a> {
    LoanFacts {
        borrower: case.name.as_deref(),
        loan: &case.loan_ref,
        outstanding: case.outstanding,
        instalment: case.instalment,
        overdue_days: case.days_past_due,
        missed_payments: case.missed_payments,
        lender: &with.portfolio.name,
        currency: with.portfolio.currency,
        today: with.now.date_naive(),
        opt_out,
    }
}

/// Writes a message by the template of the step, and puts it to the gate.
fn remind(case: &DueCase, step: &Step, channel: Channel, with: &With<'_>, checks: &mut Vec<GateCheck>) -> Done {
    let link = with.opt_out_link();
    match written(step, with, &Values::of(facts(case, with, Some(&link)))) {
        Ok(written) => {
            let template = step.template.as_deref().unwrap_or_default();
            send(case, channel, Words::new(case, channel, template, written, with), with, checks)
        }
        Err(reason) => Done::Skipped { reason },
    }
}

#[cfg(test)]
mod tests;
