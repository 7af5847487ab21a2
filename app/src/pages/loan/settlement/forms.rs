//! The forms of new terms. They are plain forms: one button shows what the terms come to, with the terms in the address, the
//! other sends them.

use super::asked::Asked;
use super::board::{Board, Preview};
use crate::components::icon::{Icon, IconMark};
use crate::components::table::{Column, Table};
use crate::format;
use domain::money::Currency;
use domain::settlement::{BURDEN_MAX_PERCENT, Instalment, Interval, SettlementKind};
use leptos::prelude::*;

#[component]
pub fn Forms(board: Board) -> impl IntoView {
    let Board { loan, currency, fields, preview, band_percent, .. } = board;
    let is_plan = preview.as_ref().is_some_and(|preview| preview.kind == SettlementKind::Plan);
    let (of_offer, of_plan) = if is_plan { (None, preview) } else { (preview, None) };
    let (offers, plans) = (of_offer.is_some(), of_plan.is_some());
    let shown = move |preview: Option<Preview>| preview.map(|preview| view! { <Shown preview currency/> });
    view! {
        <div class="card-body stack">
            <details class="more" open=offers>
                <summary>"Make an offer"</summary>
                <OfferForm loan fields=fields.clone() band_percent/>
                {shown(of_offer)}
            </details>
            <details class="more" open=plans>
                <summary>"Make a repayment plan"</summary>
                <PlanForm loan fields/>
                {shown(of_plan)}
            </details>
        </div>
    }
}

/// A field of either form.
#[component]
fn Input(
    #[prop(into)] label: String,
    /// Its place among the fields of the form.
    name: &'static str,
    #[prop(default = "text")] kind: &'static str,
    value: String,
    #[prop(default = true)] required: bool,
) -> impl IntoView {
    let id = format!("settle-{name}");
    let is_number = kind != "date";
    view! {
        <div>
            <label class="form-label" for=id.clone()>{label}</label>
            <input
                class="form-control"
                class:num=is_number
                type=kind
                id=id
                name=format!("asked[{name}]")
                value=value
                required=required
                maxlength=is_number.then_some("20")
                inputmode=is_number.then_some("decimal")
            />
        </div>
    }
}

#[component]
fn Buttons(loan: i64, send: &'static str, #[prop(optional)] draft: Option<&'static str>) -> impl IntoView {
    let page = format!("/loans/{loan}#settlement");
    view! {
        <div class="actions">
            <button class="btn" type="submit" formmethod="get" formaction=page>"Show what it comes to"</button>
            <button class="btn btn-primary" type="submit" name="then" value="offer">{send}</button>
            {draft.map(|draft| view! { <button class="btn" type="submit" name="then" value="draft">{draft}</button> })}
        </div>
    }
}

#[component]
fn OfferForm(loan: i64, fields: Asked, band_percent: u8) -> impl IntoView {
    view! {
        <form class="stack stack--tight" method="post" action="/fn/make_offer" aria-label="Make an offer">
            <input type="hidden" name="loan" value=loan/>
            <input type="hidden" name="asked[kind]" value="offer"/>
            <div class="filters">
                <Input label="Haircut, percent" name="haircut" kind="number" value=fields.haircut/>
                <Input label="First payment, by the last day of the offer" name="first_payment" value=fields.first_payment/>
                <Input label="Open until" name="expires_on" kind="date" value=fields.expires_on/>
                <Input label="All of it paid by" name="pay_by" kind="date" value=fields.pay_by/>
            </div>
            <p class="form-hint">{format!("You may let go up to {band_percent} % of what is owed. What is more can be saved as a draft, for somebody who may send it.")}</p>
            <Buttons loan send="Make the offer" draft="Save as a draft"/>
        </form>
    }
}

#[component]
fn PlanForm(loan: i64, fields: Asked) -> impl IntoView {
    let intervals = Interval::ALL.map(|interval| {
        let selected = interval.code() == fields.interval;
        view! { <option value=interval.code() selected=selected>{interval.label()}</option> }
    });
    view! {
        <form class="stack stack--tight" method="post" action="/fn/make_plan" aria-label="Make a repayment plan">
            <input type="hidden" name="loan" value=loan/>
            <input type="hidden" name="asked[kind]" value="plan"/>
            <div class="filters">
                <Input label="Amount in all" name="amount" value=fields.amount/>
                <Input label="Instalments" name="count" kind="number" value=fields.count/>
                <Input label="First instalment" name="start_on" kind="date" value=fields.start_on/>
                <div>
                    <label class="form-label" for="settle-interval">"How often"</label>
                    <select class="form-select" id="settle-interval" name="asked[interval]">{intervals.collect_view()}</select>
                </div>
                <Input label="Limitation date, if known" name="limitation_on" kind="date" value=fields.limitation_on required=false/>
            </div>
            <div>
                <label class="form-label" for="settle-reason">"Why it can be paid, where the income does not say so"</label>
                <textarea class="form-control" id="settle-reason" name="asked[reason]" rows="2" maxlength="1000">{fields.reason}</textarea>
            </div>
            <Buttons loan send="Make the plan"/>
        </form>
    }
}

/// What the terms of a form come to.
#[component]
fn Shown(preview: Preview, currency: Currency) -> impl IntoView {
    let money = move |amount| format::amount_with_mark(amount, currency);
    let what = format!("{} in all; {} % of what is owed is let go.", money(preview.amount), preview.haircut_percent);
    let burden = preview.affordability.map(|found| match found.burden_percent() {
        None => "The borrower's income is not known, so nobody can tell whether this can be paid.".to_owned(),
        Some(percent) => format!(
            "{} a month beside {} for other loans: {percent} % of a monthly income of {}. Up to {BURDEN_MAX_PERCENT} % needs no reason.",
            money(found.proposed),
            money(found.others),
            format::known(found.income, money)
        ),
    });
    let faults = preview.faults.into_iter().map(|fault| {
        view! {
            <p class="alert alert--warn"><IconMark icon=Icon::AlertTriangle/><span>{fault}</span></p>
        }
    });
    let can_be = !preview.instalments.is_empty();
    view! {
        <div class="stack stack--tight" role="group" aria-label="What it comes to">
            {faults.collect_view()}
            {can_be.then(|| view! { <p>{what}</p> })}
            {burden.map(|burden| view! { <p>{burden}</p> })}
            {can_be.then(|| view! { <Schedule instalments=preview.instalments currency/> })}
        </div>
    }
}

#[component]
fn Schedule(instalments: Vec<Instalment>, currency: Currency) -> impl IntoView {
    let mark = format::currency_mark(currency);
    let columns =
        vec![Column::number("Number"), Column::text("Due"), Column::number(format!("Amount, {}", mark.trim_end()))];
    let row = move |instalment: Instalment| {
        view! {
            <tr>
                <th scope="row" class="num">{instalment.number}</th>
                <td>{format::day(instalment.due_on)}</td>
                <td class="num">{format::amount(instalment.amount, currency)}</td>
            </tr>
        }
    };
    view! {
        <Table caption="Payments as they would be agreed on" columns small=true>
            {instalments.into_iter().map(row).collect_view()}
        </Table>
    }
}
