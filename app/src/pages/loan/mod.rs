//! One loan: everything that is known of it, and what was decided about it, by what.

pub mod api;
mod decision;

use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::components::proxy_note::ProxyNote;
use crate::components::track_mark::TrackMark;
use crate::error::AppError;
use crate::format;
use decision::{Decision, Undecided};
use domain::listing::LoanDetail;
use domain::loan::LoanRecord;
use domain::money::{Currency, Money};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use serde::{Deserialize, Serialize};

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoanView {
    pub loan: LoanDetail,
    pub currency: Currency,
}

#[component]
pub fn LoanPage() -> impl IntoView {
    let params = use_params_map();
    let id = move || params.with(|params| params.get("id").and_then(|id| id.parse::<i64>().ok()));
    let loan = Resource::new(id, |id| async move {
        // No loan has the id 0, so an address that is no number is answered as any other wrong one.
        api::get_loan(id.unwrap_or_default()).await as Result<LoanView, AppError>
    });
    view! {
        <Title text="Loan"/>
        <Loaded resource=loan let:view>
            <LoanOf view/>
        </Loaded>
    }
}

#[component]
fn LoanOf(view: LoanView) -> impl IntoView {
    let LoanView { loan, currency } = view;
    let record = loan.record;
    let origin =
        loan.file_name.map_or_else(|| "made up for the demo".to_owned(), |name| format!("from the file {name}"));
    let scope = format!(
        "Borrower {} · {} loan · {origin}, {}",
        record.borrower_ref,
        record.loan_type,
        format::moment(loan.imported_at)
    );
    let target = loan.decision.as_ref().map(|decision| decision.target);
    let track = loan.decision.as_ref().map(|decision| decision.track);
    let facts = [
        ("Loan", loan_facts(&record, currency)),
        ("Borrower", borrower_facts(&record, currency)),
        ("Collection so far", collection_facts(&record)),
    ];
    let decision = match loan.decision {
        Some(decision) => view! { <Decision decision loan_ref=record.loan_ref.clone()/> }.into_any(),
        None => view! { <Undecided/> }.into_any(),
    };
    view! {
        <p class="note"><a href="/loans">"Loans"</a>{format!(" / {}", record.loan_ref)}</p>
        <PageHead title=format!("Loan {}", record.loan_ref) scope>
            {track.map(|track| view! { <TrackMark track/> })}
        </PageHead>
        {target.map(|target| view! { <ProxyNote target/> })}
        <Strip record currency/>
        <div class="grid">
            <div class="c7 c-wide">{decision}</div>
            <div class="c5 stack">
                {facts.map(|(title, facts)| view! { <Facts title facts/> }).collect_view()}
            </div>
        </div>
    }
}

#[component]
fn Strip(record: LoanRecord, currency: Currency) -> impl IntoView {
    let money = |amount: Money| format::amount_with_mark(amount, currency);
    let strain = format::percent(record.monthly_instalment.minor as f64, record.monthly_income.minor as f64);
    let figures = [
        ("Outstanding", money(record.outstanding_amount), format!("of {} lent", money(record.loan_amount))),
        (
            "Days past due",
            format::count(record.days_past_due),
            format::counted(record.missed_payments, "missed payment"),
        ),
        ("Monthly instalment", money(record.monthly_instalment), format!("{strain} of monthly income")),
        (
            "Status",
            record.recovery_status.label().to_owned(),
            format!("paid {}", record.payment_history.label().to_lowercase()),
        ),
    ];
    view! {
        <section class="card" aria-label="Headline figures">
            <dl class="strip" style="--cols:4">
                {figures
                    .map(|(label, value, note)| view! { <div><dt>{label}</dt><dd class="value value--long">{value}</dd><dd>{note}</dd></div> })
                    .collect_view()}
            </dl>
        </section>
    }
}

type Fact = (&'static str, String);

fn loan_facts(record: &LoanRecord, currency: Currency) -> Vec<Fact> {
    let collateral = if record.collateral_value == Money::ZERO {
        "None, unsecured".to_owned()
    } else {
        format::amount_with_mark(record.collateral_value, currency)
    };
    vec![
        ("Amount lent", format::amount_with_mark(record.loan_amount, currency)),
        ("Term", format::counted(record.tenure_months, "month")),
        ("Interest rate", format!("{}\u{a0}% a year", format::number(record.interest_rate, 2))),
        ("Type", record.loan_type.clone()),
        ("Collateral", collateral),
    ]
}

fn borrower_facts(record: &LoanRecord, currency: Currency) -> Vec<Fact> {
    vec![
        ("Reference", record.borrower_ref.clone()),
        ("Monthly income", format::amount_with_mark(record.monthly_income, currency)),
        ("Employment", record.employment_type.clone()),
        ("Age", format::counted(record.age, "year")),
        ("Gender", record.gender.clone()),
        ("Dependants", format::count(record.dependants)),
    ]
}

fn collection_facts(record: &LoanRecord) -> Vec<Fact> {
    vec![
        ("Attempts", format::count(record.collection_attempts)),
        ("Last method", record.collection_method.clone()),
        ("Legal action", if record.legal_action_taken { "Taken" } else { "Not taken" }.to_owned()),
    ]
}

#[component]
fn Facts(title: &'static str, facts: Vec<Fact>) -> impl IntoView {
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
