//! Alerts: what has changed of loans and matters, the newest first.

pub mod alert_table;
pub mod api;

use crate::components::empty::Empty;
use crate::components::field::SelectField;
use crate::components::icon::Icon;
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::components::pager::Pager;
use crate::format;
use alert_table::AlertTable;
use domain::money::Currency;
use domain::watch::{AlertKind, AlertView, PAGE_SIZE};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlertList {
    /// The kind that is asked for; nothing means all.
    pub kind: Option<AlertKind>,
    /// From 1.
    pub page: u32,
    pub rows: Vec<AlertView<String>>,
    pub total: u64,
    pub currency: Currency,
}

#[component]
pub fn AlertsPage() -> impl IntoView {
    let query = use_query_map();
    let asked = move || {
        query.with(|query| {
            let kind = query.get("kind").and_then(|code| AlertKind::find(&code));
            (kind, query.get("page").and_then(|page| page.parse().ok()).unwrap_or(1))
        })
    };
    let alerts = Resource::new(asked, |(kind, page)| api::list_alerts(kind, page));
    view! {
        <Title text="Alerts"/>
        <Loaded resource=alerts let:list>
            <List list/>
        </Loaded>
    }
}

fn address(kind: Option<AlertKind>, page: u32) -> String {
    match (kind, page) {
        (None, 1) => "/alerts".to_owned(),
        (None, page) => format!("/alerts?page={page}"),
        (Some(kind), 1) => format!("/alerts?kind={}", kind.code()),
        (Some(kind), page) => format!("/alerts?kind={}&page={page}", kind.code()),
    }
}

#[component]
fn List(list: AlertList) -> impl IntoView {
    let AlertList { kind, page, rows, total, currency } = list;
    let scope = format!(
        "{} · after each import, loans are compared with what was last seen, and decided on again where something matters",
        format::counted(total, "alert")
    );
    let all = (String::new(), "All kinds".to_owned());
    let kinds = [all].into_iter().chain(AlertKind::ALL.map(|of| (of.code().to_owned(), of.label().to_owned())));
    view! {
        <PageHead title="Alerts" scope/>
        <form class="filters" method="get" action="/alerts" aria-label="Filters">
            <SelectField label="What" name="kind" options=kinds.collect() value=kind.map_or("", AlertKind::code)/>
            <div class="actions">
                <button class="btn" type="submit">"Apply"</button>
                <a class="btn btn-ghost" href="/alerts">"Clear filters"</a>
            </div>
        </form>
        <section class="card" aria-label="Alerts">
            {if rows.is_empty() {
                view! { <Nothing kind total/> }.into_any()
            } else {
                view! {
                    <AlertTable caption="Alerts, the newest first" rows currency with_loan=true/>
                    <Pager page page_size=PAGE_SIZE total noun="alert" address=Box::new(move |page| address(kind, page))/>
                }
                    .into_any()
            }}
        </section>
    }
}

#[component]
fn Nothing(kind: Option<AlertKind>, total: u64) -> impl IntoView {
    if total > 0 {
        view! {
            <Empty icon=Icon::Search title="This page is past the last one" text="The list has become shorter, or the address was changed.">
                <a class="btn" href=address(kind, 1)>"Go to the first page"</a>
            </Empty>
        }
        .into_any()
    } else if kind.is_some() {
        view! {
            <Empty icon=Icon::FilterOff title="No alerts of this kind" text="Nothing of the kind has been noticed on the loans that you may see.">
                <a class="btn" href="/alerts">"See all alerts"</a>
            </Empty>
        }
        .into_any()
    } else {
        view! {
            <Empty
                icon=Icon::AlertCircle
                title="No alerts yet"
                text="Alerts appear here when a later file or payment tells of a missed instalment, new arrears, a balance that changed a lot or a promise that was broken, when a score jumps, and when somebody sets a hold."
            />
        }
        .into_any()
    }
}
