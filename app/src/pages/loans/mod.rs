//! The list of loans: filtered, sorted and paged, all of it in the address.

mod address;
pub mod api;
mod filter_bar;
pub mod loan_table;

use crate::components::caution_note::CautionNote;
use crate::components::empty::Empty;
use crate::components::icon::Icon;
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::components::pager::Pager;
use crate::components::table::Column;
use crate::format;
use domain::listing::{LoanFilter, LoanPage, LoanSort};
use domain::model::{Caution, ModelCard};
use domain::money::Currency;
use filter_bar::FilterBar;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use loan_table::LoanTable;
use serde::{Deserialize, Serialize};

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoanList {
    pub filter: LoanFilter,
    pub page: LoanPage,
    /// Numbers and names of the champion's segments.
    pub segments: Vec<(i32, String)>,
    pub caution: Option<Caution>,
    pub currency: Currency,
}

impl LoanList {
    pub fn new(filter: LoanFilter, page: LoanPage, champion: Option<ModelCard>, currency: Currency) -> Self {
        let caution = champion.as_ref().and_then(|champion| champion.figures.caution());
        let segments = champion.map(|champion| champion.segmentation.segments).unwrap_or_default();
        let segments = segments.into_iter().map(|segment| (segment.number, segment.name)).collect();
        Self { filter, page, segments, caution, currency }
    }
}

#[component]
pub fn LoansPage() -> impl IntoView {
    let query = use_query_map();
    let loans = Resource::new(move || query.with(address::read), api::list_loans);
    view! {
        <Title text="Loans"/>
        <Loaded resource=loans let:list>
            <List list/>
        </Loaded>
    }
}

#[component]
fn List(list: LoanList) -> impl IntoView {
    let LoanList { filter, page, segments, caution, currency } = list;
    let scope = format!(
        "{} · {} outstanding",
        format::counted(page.total, "loan"),
        format::short_amount(page.total_outstanding, currency)
    );
    let is_filtered =
        address::write(&LoanFilter { page: 1, sort: LoanSort::Score, descending: true, ..filter.clone() }) != "/loans";
    let columns = columns(&filter, currency);
    let pages = filter.clone();
    let first_page = address::write(&LoanFilter { page: 1, ..filter.clone() });
    view! {
        <PageHead title="Loans" scope/>
        <FilterBar filter=filter.clone() segments/>
        {caution.map(|caution| view! { <CautionNote caution/> })}
        <section class="card" aria-label="Loans">
            {if page.rows.is_empty() {
                view! { <Nothing is_filtered total=page.total first_page/> }.into_any()
            } else {
                view! {
                    <LoanTable caption="Loans" columns rows=page.rows currency/>
                    <Pager
                        page=filter.page
                        page_size=filter.page_size
                        total=page.total
                        noun="loan"
                        address=Box::new(move |page| address::write(&LoanFilter { page, ..pages.clone() }))
                    />
                }
                    .into_any()
            }}
        </section>
    }
}

/// The heads of the table; a click on one sorts.
fn columns(filter: &LoanFilter, currency: Currency) -> Vec<Column> {
    let now = |sort| (filter.sort == sort).then_some(if filter.descending { "descending" } else { "ascending" });
    loan_table::columns(currency)
        .into_iter()
        .map(|(column, sort)| match sort {
            Some(sort) => column.sorted_at(address::write(&address::sorted_by(filter, sort)), now(sort)),
            None => column,
        })
        .collect()
}

#[component]
fn Nothing(is_filtered: bool, total: u64, first_page: String) -> impl IntoView {
    if total > 0 {
        view! {
            <Empty icon=Icon::Search title="This page is past the last one" text="The list has become shorter, or the address was changed.">
                <a class="btn" href=first_page>"Go to the first page"</a>
            </Empty>
        }
        .into_any()
    } else if is_filtered {
        view! {
            <Empty icon=Icon::FilterOff title="No loans match these filters" text="Widen the filters, or clear them to see all loans.">
                <a class="btn" href="/loans">"Clear filters"</a>
            </Empty>
        }
        .into_any()
    } else {
        view! {
            <Empty icon=Icon::FileUpload title="No loans yet" text="Loans appear here once an administrator has loaded a loan file."/>
        }
        .into_any()
    }
}
