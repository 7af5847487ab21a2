//! Carry out: the steps of cases that are due. What the program can do itself goes into the outbox, if the contact gate
//! allows it; the rest waits for a person.

use super::{JobError, Run};
use crate::clock;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::access::Scope;
use domain::borrower::ContactChannel;
use domain::contact::{ActionKind, Channel, Consent, OptOut, Purpose, Recipient};
use domain::contact_history::{GRACE_DAYS, next_due};
use domain::contact_rules::ContactRules;
use domain::gate::{Action, Ask, Event, Happening, History, Loan, NextDue, Paid, Person, Verdict, gate};
use domain::hold::{Hold, HoldRecord};
use domain::id::{PolicyId, PortfolioId};
use domain::policy::plan::{Step, StepLoan, TreatmentKind};
use domain::policy::version::PolicyBody;
use domain::team::Portfolio;
use domain::template::{LoanFacts, Template, Values, fill};
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
            let plan = body.plans.of(case.track);
            let segment = case.segment.and_then(|number| segments.get(&number)).map(String::as_str);
            let with = With {
                portfolio: &portfolio,
                rules: &rules,
                segment,
                token: token(),
                public_url: &run.public_url,
                now,
            };
            steps.push(decide(case, plan, &with));
        }
        carried_out(store, &run.lease, id, &steps, now).await?;
        steps_done += steps.len() as u64;
    }
    let told = format!("{} decided on.", domain::count::count(steps_done, "step"));
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
    /// The name of the loan's segment.
    segment: Option<&'a str>,
    token: String,
    public_url: &'a str,
    now: DateTime<Utc>,
}

/// What becomes of the step that is due.
fn decide(case: &DueCase, plan: &[Step], with: &With<'_>) -> CaseStep {
    let place = usize::from(case.step);
    let step = plan.get(place);
    let mut checks = Vec::new();
    let done = match step {
        None => Done::Closed,
        Some(_) if case.is_recovered => Done::Closed,
        Some(step) => carry_out(case, step, with, &mut checks),
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
        template: step.and_then(|step| step.template.clone()),
        checks,
        done,
        next,
    }
}

fn carry_out(case: &DueCase, step: &Step, with: &With<'_>, checks: &mut Vec<GateCheck>) -> Done {
    let loan = StepLoan {
        days_past_due: case.days_past_due,
        outstanding: case.outstanding,
        segment: with.segment,
        loan_type: &case.loan_type,
    };
    if !step.only.fits(loan) {
        let only = step.only.in_words(with.portfolio.currency).unwrap_or_default();
        return Done::Skipped { reason: format!("It is meant for others: {only}.") };
    }
    match step.kind {
        TreatmentKind::EmailReminder => email(case, step, with, checks),
        TreatmentKind::LegalNotice => notice(case, step, with),
        _ => Done::ToDo,
    }
}

/// Drafts a legal notice. Nothing goes out before a person has approved it.
fn notice(case: &DueCase, step: &Step, with: &With<'_>) -> Done {
    let Some(template) = step.template.as_deref().and_then(Template::find) else {
        return Done::Skipped { reason: "The template of the step is not there any more.".to_owned() };
    };
    let values = Values::of(facts(case, with, None));
    match (fill(template.subject, &values), fill(template.body, &values)) {
        (Ok(subject), Ok(body)) => Done::Notice { subject, body },
        (Err(fault), _) | (_, Err(fault)) => Done::Skipped { reason: format!("{}: {fault}.", template.title) },
    }
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

fn email(case: &DueCase, step: &Step, with: &With<'_>, checks: &mut Vec<GateCheck>) -> Done {
    let skipped = |reason: String| Done::Skipped { reason };
    let Some(template) = step.template.as_deref().and_then(Template::find) else {
        return skipped("The template of the step is not there any more.".to_owned());
    };
    let addresses = case.contacts.iter().filter(|contact| contact.channel == ContactChannel::Email);
    let link = format!("{}/opt-out?message={}", with.public_url.trim_end_matches('/'), with.token);
    let values = Values::of(facts(case, with, Some(&link)));
    let (subject, body) = match (fill(template.subject, &values), fill(template.body, &values)) {
        (Ok(subject), Ok(body)) => (subject, body),
        (Err(fault), _) | (_, Err(fault)) => return skipped(format!("{}: {fault}.", template.title)),
    };
    let mut refused = None;
    // The first address that may be used is.
    for contact in addresses {
        let answer = ask(case, &contact.value, with);
        checks.push(GateCheck::new(ActionKind::Email, Channel::Email, &contact.value, with.rules.pack, answer.clone()));
        let why: Vec<String> = answer.reasons.iter().map(|reason| reason.sentence(with.rules.zone)).collect();
        match answer.verdict {
            Verdict::Allow => {
                let (recipient, opt_out_token) = (contact.value.clone(), with.token.clone());
                return Done::Queued { channel: Channel::Email, recipient, subject, body, opt_out_token };
            }
            Verdict::Defer { until } => refused = Some(Done::Deferred { until }),
            Verdict::Block => {
                refused = refused.or(Some(Done::Blocked { reason: why.join(" ") }));
            }
        }
    }
    refused.unwrap_or_else(|| skipped("No e-mail address is known.".to_owned()))
}

fn ask(case: &DueCase, address: &str, with: &With<'_>) -> domain::gate::Answer {
    let start_of = |day: NaiveDate| day.and_hms_opt(0, 0, 0).unwrap_or_default().and_utc();
    let mails = || case.contacts.iter().filter(|contact| contact.channel == ContactChannel::Email);
    let said = |wanted: bool| mails().filter(move |contact| contact.has_consent == Some(wanted));
    let consents: Vec<Consent<'_>> = said(true)
        .map(|contact| Consent {
            channel: Channel::Email,
            address: Some(&contact.value),
            from: start_of(contact.as_of),
            until: None,
        })
        .collect();
    let refusals = said(false).map(|contact| OptOut {
        channel: Channel::Email,
        address: Some(&contact.value),
        from: start_of(contact.as_of),
    });
    let wishes = case.opt_outs.iter();
    let wishes =
        wishes.map(|(channel, address, from)| OptOut { channel: *channel, address: Some(address), from: *from });
    let opt_outs: Vec<OptOut<'_>> = refusals.chain(wishes).collect();
    let action = email_to(address);
    let mut events: Vec<Event<'_>> = case
        .sent
        .iter()
        .map(|(at, loan, _, address)| Event {
            at: *at,
            loan: *loan,
            happening: Happening::Attempt { action: email_to(address), executed: true },
        })
        .collect();
    if let Some(paid_on) = case.paid_on {
        let happening =
            Happening::Payment { next_due: NextDue::On(next_due(case.originated_on, paid_on)), grace_days: GRACE_DAYS };
        events.push(Event { at: start_of(paid_on), loan: case.loan, happening });
    }
    events.sort_by_key(|event| event.at);
    let history = History::new(&events).unwrap_or_default();
    let holds: Vec<Hold<'_>> = case.holds.iter().map(HoldRecord::as_asked).collect();
    let person = Person {
        zones: &with.rules.borrower_zones,
        holds: &holds,
        opt_outs: &opt_outs,
        consents: &consents,
        ..Person::default()
    };
    let loan = Loan {
        id: case.loan,
        paid: if case.is_recovered { Paid::Unknown } else { Paid::No },
        limitation_on: None,
        promises: &[],
        pending_payment: None,
        validation_sent_at: None,
    };
    gate(&Ask { action: &action, person: &person, loan: &loan, history, now: with.now }, with.rules.pack)
}

fn email_to(address: &str) -> Action<'_> {
    Action {
        kind: ActionKind::Email,
        channel: Channel::Email,
        address,
        recipient: Some(Recipient::Borrower),
        purpose: Purpose::Outreach,
        carries_opt_out: true,
        carries_validation: false,
        approval: None,
    }
}

#[cfg(test)]
mod tests;
