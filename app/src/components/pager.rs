//! Pages of a long list, as links.

use crate::format;
use leptos::prelude::*;

/// "51–100 of 500" with links to the pages before and after.
#[component]
pub fn Pager(
    /// From 1.
    page: u32,
    page_size: u32,
    total: u64,
    /// What is counted: "loan".
    noun: &'static str,
    /// The address of a page.
    address: Box<dyn Fn(u32) -> String>,
) -> impl IntoView {
    let first = u64::from(page - 1) * u64::from(page_size) + 1;
    let last = (first + u64::from(page_size) - 1).min(total);
    let has_next = last < total;
    view! {
        <nav class="pager" aria-label="Pages">
            <span class="note">
                {format!("{}–{} of {}", format::count(first as i64), format::count(last as i64), format::counted(total, noun))}
            </span>
            <span class="actions push">
                {(page > 1).then(|| view! { <a class="btn btn-sm" rel="prev" href=address(page - 1)>"Previous"</a> })}
                {has_next.then(|| view! { <a class="btn btn-sm" rel="next" href=address(page + 1)>"Next"</a> })}
            </span>
        </nav>
    }
}
