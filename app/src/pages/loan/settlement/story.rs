//! Settlements that were made: the open one with what can be done, and those that have ended.

use super::Actions;
use crate::components::table::{Column, Table};
use crate::format;
use domain::money::Currency;
use domain::settlement::view::{InstalmentView, SettlementView};
use domain::settlement::{AcceptedBy, KeepingRules, SettlementState, Standing};
use leptos::form::ActionForm;
use leptos::prelude::*;

fn badge(state: SettlementState) -> &'static str {
    match state {
        SettlementState::Kept => "badge badge--ok",
        SettlementState::Offered | SettlementState::Accepted => "badge badge--brand",
        SettlementState::PartlyKept => "badge badge--warn",
        SettlementState::Broken => "badge badge--danger",
        SettlementState::Drafted | SettlementState::Expired | SettlementState::Withdrawn => "badge",
    }
}

#[component]
pub fn Open(
    open: SettlementView,
    loan: i64,
    currency: Currency,
    /// Whether e-mails leave.
    treats: bool,
    actions: Actions,
) -> impl IntoView {
    let id = open.id.0;
    let (is_draft, is_offered) = (open.state == SettlementState::Drafted, open.state == SettlementState::Offered);
    let lines = sentences(&open, currency, treats);
    let instalments = open.instalments.clone();
    view! {
        <div class="card-body stack stack--tight">
            <p>
                <b>{open.kind.label()}</b>
                " "
                <span class=badge(open.state)>{open.state.label()}</span>
                {(open.missed() > 0).then(|| view! { " "<span class="badge badge--warn">{format!("{} missed", open.missed())}</span> })}
            </p>
            {lines.into_iter().map(|line| view! { <p>{line}</p> }).collect_view()}
            <p class="note">{rules(open.rules)}</p>
        </div>
        <Instalments caption="Payments that are agreed on" instalments currency/>
        <div class="card-body stack">
            {is_draft
                .then(|| {
                    view! {
                        <ActionForm action=actions.send>
                            <input type="hidden" name="loan" value=loan/>
                            <input type="hidden" name="id" value=id/>
                            <button class="btn btn-primary" type="submit" prop:disabled=move || actions.send.pending().get()>"Send the offer"</button>
                        </ActionForm>
                    }
                })}
            {is_offered.then(|| view! { <AcceptForm loan id actions/> })}
            <WithdrawForm loan id actions/>
        </div>
    }
}

#[component]
fn AcceptForm(loan: i64, id: i64, actions: Actions) -> impl IntoView {
    let ways = AcceptedBy::ALL.map(|way| view! { <option value=way.code()>{way.label()}</option> });
    view! {
        <ActionForm action=actions.accept attr:class="stack stack--tight">
            <input type="hidden" name="loan" value=loan/>
            <input type="hidden" name="id" value=id/>
            <div class="filters">
                <div>
                    <label class="form-label" for="accept-name">"Who accepts it"</label>
                    <input class="form-control" type="text" id="accept-name" name="name" maxlength="200" autocomplete="off" required/>
                </div>
                <div>
                    <label class="form-label" for="accept-how">"How"</label>
                    <select class="form-select" id="accept-how" name="how">{ways.collect_view()}</select>
                </div>
            </div>
            <div class="actions">
                <button class="btn btn-primary" type="submit" prop:disabled=move || actions.accept.pending().get()>"The borrower accepts"</button>
            </div>
        </ActionForm>
    }
}

#[component]
fn WithdrawForm(loan: i64, id: i64, actions: Actions) -> impl IntoView {
    view! {
        <ActionForm action=actions.withdraw attr:class="stack stack--tight">
            <input type="hidden" name="loan" value=loan/>
            <input type="hidden" name="id" value=id/>
            <label class="form-label" for="withdraw-why">"Why it is withdrawn"</label>
            <input class="form-control" type="text" id="withdraw-why" name="why" maxlength="1000" required/>
            <div class="actions">
                <button class="btn" type="submit" prop:disabled=move || actions.withdraw.pending().get()>"Withdraw it"</button>
            </div>
        </ActionForm>
    }
}

/// What is to be said of a settlement, sentence by sentence.
fn sentences(of: &SettlementView, currency: Currency, treats: bool) -> Vec<String> {
    let money = |amount| format::amount_with_mark(amount, currency);
    let by = |name: &Option<String>| name.as_ref().map(|name| format!(" by {name}")).unwrap_or_default();
    let drafted_by = of.drafted_by.clone().or(Some("the plan of the policy".to_owned()));
    let mut lines =
        vec![format!("{} of {} owed: {} % let go.", money(of.amount), money(of.balance), of.haircut_percent)];
    match (of.times.offered_at, of.times.accepted_at, &of.acceptance) {
        (None, ..) => lines.push(format!(
            "Drafted {}{}. The borrower does not know of it.",
            format::moment(of.drafted_at),
            by(&drafted_by)
        )),
        (Some(at), None, _) => {
            lines.push(format!(
                "Offered {}{}; open until {}.",
                format::moment(at),
                by(&of.offered_by),
                format::day(of.expires_on)
            ));
        }
        (Some(_), Some(at), Some((how, name, recorded_by))) => lines.push(format!(
            "Accepted {} by {name}, {}; written down by {recorded_by}.",
            format::moment(at),
            how.label().to_lowercase()
        )),
        (Some(_), Some(at), None) => lines.push(format!("Accepted {}.", format::moment(at))),
    }
    if of.email_at.is_some() && of.state == SettlementState::Offered {
        lines.push(if treats {
            "Its e-mail, or a letter where none may go, is decided on with the next treatments; the contact gate may put it off.".to_owned()
        } else {
            "No e-mail or letter leaves before somebody begins to carry treatments out.".to_owned()
        });
    }
    if let Some(day) = of.followed_to {
        let next = of.next().map(|next| {
            let left = next.instalment.amount - next.paid;
            format!("; next {} by {}", money(left), format::day(next.instalment.due_on))
        });
        let next = next.unwrap_or_default();
        lines.push(format!("{} paid by {}{next}.", money(of.paid()), format::day(day)));
    }
    if !of.reason.is_empty() {
        lines.push(format!("Why it can be paid: {}", of.reason));
    }
    lines
}

fn rules(rules: KeepingRules) -> String {
    let breaks = match rules.missed_max {
        1 => "One missed payment breaks it.".to_owned(),
        most => format!("It is broken when {most} payments are missed at one time; who catches up before goes on."),
    };
    let enough = match rules.paid_from_percent {
        100 => "in full".to_owned(),
        percent => format!("by {percent} %"),
    };
    format!(
        "A payment is missed when it has not come {enough} within {} days of its due date. {breaks}",
        rules.grace_days
    )
}

#[component]
fn Instalments(caption: &'static str, instalments: Vec<InstalmentView>, currency: Currency) -> impl IntoView {
    let mark = format::currency_mark(currency);
    let money = |label: &str| Column::number(format!("{label}, {}", mark.trim_end()));
    let columns =
        vec![Column::number("Number"), Column::text("Due"), money("Amount"), money("Paid"), Column::text("State")];
    let row = move |line: InstalmentView| {
        let class = match line.standing {
            Standing::Open => "badge",
            Standing::Kept => "badge badge--ok",
            Standing::Broken => "badge badge--warn",
        };
        let since = line.covered_on.map(|day| format!(" {}", format::day(day)));
        view! {
            <tr>
                <th scope="row" class="num">{line.instalment.number}</th>
                <td>{format::day(line.instalment.due_on)}</td>
                <td class="num">{format::amount(line.instalment.amount, currency)}</td>
                <td class="num">{format::amount(line.paid, currency)}</td>
                <td><span class=class>{line.standing.label()}</span>{since}</td>
            </tr>
        }
    };
    view! {
        <Table caption columns small=true>{instalments.into_iter().map(row).collect_view()}</Table>
    }
}

#[component]
pub fn Earlier(closed: Vec<SettlementView>, currency: Currency) -> impl IntoView {
    let mark = format::currency_mark(currency);
    let money = |label: &str| Column::number(format!("{label}, {}", mark.trim_end()));
    let columns = vec![
        Column::text("Earlier"),
        Column::text("State"),
        money("Agreed"),
        money("Paid"),
        Column::text("When and why"),
    ];
    let row = move |one: SettlementView| {
        let times = one.times;
        let ended = times.withdrawn_at.or(times.kept_at).or(times.partly_kept_at).or(times.broken_at);
        let when = match ended {
            Some(at) => format::day(at.date_naive()),
            None => format!("open until {}", format::day(one.expires_on)),
        };
        let why = if one.withdrawn_reason.is_empty() { String::new() } else { format!(": {}", one.withdrawn_reason) };
        view! {
            <tr>
                <th scope="row">{one.kind.label()}</th>
                <td><span class=badge(one.state)>{one.state.label()}</span></td>
                <td class="num">{format::amount(one.amount, currency)}</td>
                <td class="num">{format::amount(one.paid(), currency)}</td>
                <td>{format!("{when}{why}")}</td>
            </tr>
        }
    };
    view! {
        <Table caption="Offers and plans that have ended" columns small=true>{closed.into_iter().map(row).collect_view()}</Table>
    }
}
