//! The one table: a caption for those who cannot see it, scoped heads, a body, numbers to the right.

use leptos::prelude::*;

/// A head of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    label: String,
    numeric: bool,
    /// Where a click sorts by this column, and how it is sorted now ("ascending", "descending").
    sort: Option<(String, Option<&'static str>)>,
}

impl Column {
    pub fn text(label: impl Into<String>) -> Self {
        Self { label: label.into(), numeric: false, sort: None }
    }

    pub fn number(label: impl Into<String>) -> Self {
        Self { label: label.into(), numeric: true, sort: None }
    }

    #[must_use]
    pub fn sorted_at(mut self, address: String, now: Option<&'static str>) -> Self {
        self.sort = Some((address, now));
        self
    }
}

/// A table whose rows the children draw.
#[component]
pub fn Table(
    /// Says what the table holds; also names the group that scrolls sideways.
    #[prop(into)]
    caption: String,
    columns: Vec<Column>,
    /// Takes less room.
    #[prop(optional)]
    small: bool,
    /// Keeps each row on one line, however narrow the screen.
    #[prop(optional)]
    one_line: bool,
    /// Puts the cells of a row below each other on a narrow screen; those that name themselves there have a `data-label`.
    #[prop(optional)]
    stacks: bool,
    /// A row of totals.
    #[prop(optional)]
    footer: Option<AnyView>,
    children: Children,
) -> impl IntoView {
    let label = caption.clone();
    view! {
        <div class="scroll-x" role="group" tabindex="0" aria-label=label>
            <table class="table" class:table-sm=small class:nowrap=one_line class:table--stack=stacks>
                <caption class="visually-hidden">{caption}</caption>
                <thead>
                    <tr>{columns.into_iter().map(|column| view! { <Head column/> }).collect_view()}</tr>
                </thead>
                <tbody>{children()}</tbody>
                {footer.map(|footer| view! { <tfoot>{footer}</tfoot> })}
            </table>
        </div>
    }
}

#[component]
fn Head(column: Column) -> impl IntoView {
    let class = if column.numeric { "num" } else { "" };
    match column.sort {
        None => view! { <th scope="col" class=class>{column.label}</th> }.into_any(),
        Some((address, now)) => {
            let arrow = match now {
                Some("ascending") => " ▲",
                Some(_) => " ▼",
                None => "",
            };
            view! {
                <th scope="col" class=class aria-sort=now>
                    <a href=address>{column.label}<span aria-hidden="true">{arrow}</span></a>
                </th>
            }
            .into_any()
        }
    }
}
