//! What the page of a loan reads.

use super::LoanView;
use crate::error::AppError;
use leptos::server;

/// Everything that is known of a loan that the person may see.
#[server(prefix = "/fn", endpoint = "loan")]
pub async fn get_loan(id: i64) -> Result<LoanView, AppError> {
    use super::holds::{HoldRow, HoldsView};
    use super::overrides::OverridesView;
    use crate::guard::{authorise, explain, store};
    use domain::access::Permission;
    let person = authorise(Permission::ReadLoans).await?;
    let (store, scope, id) = (store(), person.scope(), domain::id::LoanId(id));
    let loan = store::loans::get(&store, scope, id).await.map_err(explain)?;
    let history = store::loans::history(&store, scope, id).await.map_err(explain)?;
    let (payments, payments_total) = store::loans::payments(&store, scope, id, 100).await.map_err(explain)?;
    let currency = store::portfolios::get(&store, person.portfolio).await.map_err(explain)?.currency;
    let rules = store::portfolios::contact_rules(&store, person.portfolio).await.map_err(explain)?;
    let cases = store::cases::of_loan(&store, scope, id).await.map_err(explain)?;
    let alerts = store::alerts::of_loan(&store, scope, id).await.map_err(explain)?;
    let alerts = alerts.into_iter().map(|alert| alert.told(|at| domain::zone::moment(at, rules.zone))).collect();
    let cases = cases.into_iter().map(|case| case.told(|at| domain::zone::moment(at, rules.zone))).collect();
    let contacts = store::contact_history::of_loan(&store, id).await.map_err(explain)?.standings().into_iter();
    let contacts = contacts.map(|standing| standing.told(|at| domain::zone::moment(at, rules.zone))).collect();
    let holds = store::holds::of_loan(&store, scope, id).await.map_err(explain)?;
    let now = crate::sign_in::now();
    let holds = HoldsView {
        rows: holds.into_iter().map(|hold| HoldRow::of(hold, &rules, now)).collect(),
        addresses: store::holds::addresses(&store, scope, id).await.map_err(explain)?,
        may_set: person.role.may(Permission::SetHolds),
        may_end: person.role.may(Permission::EndHolds),
        zone: rules.zone.name().to_owned(),
    };
    let overrides = store::overrides::of_loan(&store, scope, id).await.map_err(explain)?;
    let overrides = OverridesView {
        rows: overrides.into_iter().map(|row| row.told(|at| domain::zone::moment(at, rules.zone))).collect(),
        may_override: person.role.may(Permission::OverrideTracks),
    };
    Ok(LoanView { loan, history, payments, payments_total, currency, cases, contacts, holds, alerts, overrides })
}

/// Records a hold. `covers` is "person", "loan" or an address of the borrower, `until` its last day, in the lender's zone.
#[server(prefix = "/fn", endpoint = "set_hold")]
pub async fn set_hold(
    loan: i64,
    kind: String,
    covers: String,
    #[server(default)] until: String,
    note: String,
) -> Result<(), AppError> {
    use crate::guard::{answer, authorise, explain, reason, store};
    use domain::hold::{HoldKind, HoldScope};
    let person = authorise(domain::access::Permission::SetHolds).await?;
    let (store, loan) = (store(), domain::id::LoanId(loan));
    let invalid = |message: &str| answer(AppError::Invalid(message.to_owned()));
    let note = reason("Note", &note)?;
    let kind = HoldKind::find(&kind).ok_or_else(|| invalid("Reason: choose one of the list."))?;
    let covers = match covers.as_str() {
        "person" => HoldScope::Person,
        "loan" => HoldScope::Loan(loan),
        address => HoldScope::Address(address),
    };
    let day = Some(until.trim()).filter(|day| !day.is_empty()).map(str::parse::<chrono::NaiveDate>).transpose();
    let day = day.map_err(|_| invalid("Until: choose a day, as 2026-12-31."))?;
    let zone = store::portfolios::contact_rules(&store, person.portfolio).await.map_err(explain)?.zone;
    let until = day.and_then(|day| domain::zone::end_of_day(day, zone));
    let new = store::holds::NewHold { loan, kind, covers, until, note: &note };
    let now = crate::sign_in::now();
    store::holds::set(&store, person.actor(), person.scope(), new, now).await.map_err(explain)?;
    leptos_axum::redirect(&format!("/loans/{loan}#holds"));
    Ok(())
}

/// Ends a hold that stands on the page of a loan.
#[server(prefix = "/fn", endpoint = "end_hold")]
pub async fn end_hold(loan: i64, id: i64, note: String) -> Result<(), AppError> {
    use crate::guard::{authorise, explain, reason, store};
    let person = authorise(domain::access::Permission::EndHolds).await?;
    let note = reason("Why it is over", &note)?;
    let hold = (domain::id::LoanId(loan), domain::id::HoldId(id));
    let now = crate::sign_in::now();
    store::holds::end(&store(), person.actor(), person.scope(), hold, &note, now).await.map_err(explain)?;
    leptos_axum::redirect(&format!("/loans/{loan}#holds"));
    Ok(())
}

/// Puts a loan on another track than the policy does, until somebody ends that.
#[server(prefix = "/fn", endpoint = "override_track")]
pub async fn override_track(loan: i64, track: domain::track::Track, reason: String) -> Result<(), AppError> {
    use crate::guard::{authorise, explain, reason as said, store};
    let person = authorise(domain::access::Permission::OverrideTracks).await?;
    let reason = said("Why another track is right", &reason)?;
    let (wanted, now) = ((domain::id::LoanId(loan), track), crate::sign_in::now());
    store::overrides::set(&store(), person.actor(), person.scope(), wanted, &reason, now).await.map_err(explain)?;
    leptos_axum::redirect(&format!("/loans/{loan}#track"));
    Ok(())
}

/// Lets the policy choose the track of a loan again.
#[server(prefix = "/fn", endpoint = "end_override")]
pub async fn end_override(loan: i64, id: i64, reason: String) -> Result<(), AppError> {
    use crate::guard::{authorise, explain, reason as said, store};
    let person = authorise(domain::access::Permission::OverrideTracks).await?;
    let reason = said("Why the policy is to choose again", &reason)?;
    let (ended, now) = ((domain::id::LoanId(loan), id), crate::sign_in::now());
    store::overrides::end(&store(), person.actor(), person.scope(), ended, &reason, now).await.map_err(explain)?;
    leptos_axum::redirect(&format!("/loans/{loan}#track"));
    Ok(())
}
