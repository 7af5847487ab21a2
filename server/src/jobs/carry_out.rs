//! Carry out: the steps of cases that are due. What the program can do itself goes into the outbox, if the contact gate
//! allows it; the rest waits for a person.

mod settlement;

use super::{JobError, Run};
use crate::clock;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::access::Scope;
use domain::borrower::ContactChannel;
use domain::contact::{ActionKind, Channel, Consent, OptOut, Purpose, Recipient};
use domain::contact_history::{GRACE_DAYS, next_due};
use domain::contact_rules::ContactRules;
use domain::count::count;
use domain::gate::{Action, Ask, Event, Happening, History, Loan, NextDue, Paid, Person, Verdict, gate};
use domain::hold::{Hold, HoldRecord};
use domain::id::{PolicyId, PortfolioId};
use domain::money::Currency;
use domain::policy::plan::{Step, StepLoan, TreatmentKind};
use domain::policy::version::PolicyBody;
use domain::team::Portfolio;
use domain::template::{LoanFacts, Template, Values, fill};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use store::Store;
use store::cases::{CaseStep, Contact, Done, DueCase, GateCheck, carried_out, due};

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
            let segment = case.segment.and_then(|number| segments.get(&number)).map(String::as_str);
            let with = With { portfolio: &portfolio, rules: &rules, token: token(), public_url: &run.public_url, now };
            steps.push(decide(case, body, segment, &with));
        }
        carried_out(store, &run.lease, id, &steps, now).await?;
        steps_done += steps.len() as u64;
    }
    let emails = settlement::emails(store, run, &portfolio, &rules, now).await?;
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
        template: step.and_then(|step| step.template.clone()),
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
        TreatmentKind::EmailReminder => email(case, step, with, checks),
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
    let Some(template) = step.template.as_deref().and_then(Template::find) else {
        return Done::Skipped { reason: "The template of the step is not there any more.".to_owned() };
    };
    let link = with.opt_out_link();
    let values = Values::of(facts(case, with, Some(&link)));
    match (fill(template.subject, &values), fill(template.body, &values)) {
        (Ok(subject), Ok(body)) => send(case, subject, body, with, checks),
        (Err(fault), _) | (_, Err(fault)) => Done::Skipped { reason: format!("{}: {fault}.", template.title) },
    }
}

/// Queues an e-mail to the first address that may be used.
fn send(case: &DueCase, subject: String, body: String, with: &With<'_>, checks: &mut Vec<GateCheck>) -> Done {
    let mut refused = None;
    let is_address = |contact: &&Contact| contact.channel == ContactChannel::Email && !contact.value.is_empty();
    for contact in case.contacts.iter().filter(is_address) {
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
    refused.unwrap_or_else(|| Done::Skipped { reason: "No e-mail address is known.".to_owned() })
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
        // A no without an address is meant for all of them.
        address: Some(contact.value.as_str()).filter(|address| !address.is_empty()),
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
        promises: &case.promises,
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
