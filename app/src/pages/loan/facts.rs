//! What is known of a loan, its borrower and its outcome. What a file did not say is a dash.

use crate::format;
use domain::arrears::Arrears;
use domain::borrower::{BorrowerRecord, ContactPoint};
use domain::loan::{LoanOutcome, LoanRecord, RecoveryStatus};
use domain::money::{Currency, Money};
use leptos::prelude::*;

pub type Fact = (&'static str, String);

/// The headline figures. `differing` are arrears that payments tell, where the file says others.
#[component]
pub fn Strip(record: LoanRecord, differing: Option<Arrears>, currency: Currency) -> impl IntoView {
    let money = |amount| format::known(amount, |amount| format::amount_with_mark(amount, currency));
    let notes = [
        record.loan_amount.map(|amount| format!("of {} lent", money(Some(amount)))),
        match differing {
            Some(told) => Some(format!(
                "{}. By its payments: {}, {} missed",
                format::known(record.missed_payments, |missed| format::counted(missed, "missed payment")),
                format::counted(told.days_past_due, "day"),
                told.missed_payments
            )),
            None => record.missed_payments.map(|missed| format::counted(missed, "missed payment")),
        },
        record
            .monthly_instalment
            .zip(record.borrower.monthly_income)
            .map(|(of, income)| format!("{} of monthly income", format::percent(of.minor as f64, income.minor as f64))),
        record.payment_history.map(|history| format!("paid {}", history.label().to_lowercase())),
    ];
    let figures = [
        ("Outstanding", money(record.outstanding_amount)),
        ("Days past due", format::known(record.days_past_due, format::count)),
        ("Monthly instalment", money(record.monthly_instalment)),
        ("Status", record.recovery_status.label().to_owned()),
    ];
    view! {
        <section class="card" aria-label="Headline figures">
            <dl class="strip" style="--cols:4">
                {figures
                    .into_iter()
                    .zip(notes)
                    .map(|((label, value), note)| {
                        view! {
                            <div>
                                <dt>{label}</dt>
                                <dd class="value value--long">{value}</dd>
                                {note.map(|note| view! { <dd>{note}</dd> })}
                            </div>
                        }
                    })
                    .collect_view()}
            </dl>
        </section>
    }
}

#[component]
pub fn Facts(title: &'static str, facts: Vec<(String, String)>) -> impl IntoView {
    view! {
        <section class="card" aria-label=title>
            <div class="card-header"><h2 class="card-title">{title}</h2></div>
            <div class="card-body">
                <dl class="facts">
                    {facts.into_iter().map(|(label, value)| view! { <div><dt>{label}</dt><dd>{value}</dd></div> }).collect_view()}
                </dl>
            </div>
        </section>
    }
}

pub fn of_loan(record: &LoanRecord, currency: Currency) -> Vec<Fact> {
    let money = |amount| format::amount_with_mark(amount, currency);
    let collateral = |value| if value == Money::ZERO { "None, unsecured".to_owned() } else { money(value) };
    vec![
        ("Amount lent", format::known(record.loan_amount, money)),
        ("Lent on", format::known(record.originated_on, format::day)),
        ("Term", format::known(record.tenure_months, |months| format::counted(months, "month"))),
        (
            "Interest rate",
            format::known(record.interest_rate, |rate| format!("{}\u{a0}% a year", format::number(rate, 2))),
        ),
        ("Type", format::word(&record.loan_type)),
        ("Collateral", format::known(record.collateral_value, collateral)),
    ]
}

pub fn of_borrower(borrower: &BorrowerRecord, currency: Currency) -> Vec<Fact> {
    let protected = &borrower.protected;
    let word = |text: &Option<String>| format::word(text.as_deref().unwrap_or_default());
    let mut facts = vec![
        ("Reference", format::word(&borrower.borrower_ref)),
        ("Monthly income", format::known(borrower.monthly_income, |income| format::amount_with_mark(income, currency))),
        ("Employment", word(&borrower.employment_type)),
        ("Age", format::known(protected.age, |age| format::counted(age, "year"))),
        ("Gender", word(&protected.gender)),
        ("Dependants", format::known(protected.dependants, format::count)),
    ];
    // Few files have these; no dashes for the others.
    facts.extend(borrower.name.clone().map(|name| ("Name", name)));
    facts.extend(protected.birth_date.map(|date| ("Born on", format::day(date))));
    facts.extend(protected.marital_status.clone().map(|status| ("Marital status", status)));
    facts.extend(borrower.contacts.iter().map(contact));
    facts
}

fn contact(point: &ContactPoint) -> Fact {
    let consent = match point.has_consent {
        Some(true) => "agreed to be reached here",
        Some(false) => "not to be used",
        None => "no consent known",
    };
    let address = if point.value.is_empty() { "Every address" } else { &point.value };
    (point.channel.label(), format!("{address}, {consent}"))
}

pub fn of_outcome(outcome: &LoanOutcome, currency: Currency) -> Vec<Fact> {
    let money = |amount| format::amount_with_mark(amount, currency);
    let taken = |is_taken| if is_taken { "Taken" } else { "Not taken" }.to_owned();
    let mut facts = vec![
        ("Attempts", format::known(outcome.collection_attempts, format::count)),
        ("Last method", format::word(&outcome.collection_method)),
        ("Legal action", format::known(outcome.legal_action_taken, taken)),
    ];
    facts.extend(outcome.recovered_amount.map(|amount| ("Recovered", money(amount))));
    facts.extend(outcome.charged_off_amount.map(|amount| (RecoveryStatus::WrittenOff.label(), money(amount))));
    facts.extend(outcome.charged_off_on.map(|date| ("Written off on", format::day(date))));
    facts
}
