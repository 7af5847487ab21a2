//! The words that are sent to borrowers, by what sends them.

pub mod api;

use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::components::table::{Column, Table};
use domain::template::view::TemplateRow;
use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub fn TemplatesPage() -> impl IntoView {
    let rows = Resource::new(|| (), |()| api::get_templates());
    view! {
        <Title text="Templates"/>
        <p class="note"><a href="/strategies">"Strategies"</a>" / Templates"</p>
        <Loaded resource=rows let:rows>
            <PageHead title="Templates" scope="The words that are sent to borrowers. The latest version of each is sent"/>
            <section class="card" aria-label="Templates">
                <Table caption="Templates" columns=["Template", "Sent by", "For", "Subject", "Version", "Saved"].map(Column::text).to_vec()>
                    {rows.into_iter().map(|(row, at)| view! { <Row row at/> }).collect_view()}
                </Table>
            </section>
        </Loaded>
    }
}

#[component]
fn Row(row: TemplateRow, at: String) -> impl IntoView {
    let saved = match row.saved_by {
        Some(name) => format!("{at}, {name}"),
        None => "Came with the program".to_owned(),
    };
    view! {
        <tr>
            <th scope="row"><a href=format!("/strategies/templates/{}", row.code)>{row.title}</a></th>
            <td>{row.channel.label()}</td>
            <td>{row.kind.label()}</td>
            <td>{if row.subject.is_empty() { "–".to_owned() } else { row.subject }}</td>
            <td>{row.version}</td>
            <td>{saved}</td>
        </tr>
    }
}
