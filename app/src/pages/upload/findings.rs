//! The rows that something was found in, by line.

use super::Found;
use crate::components::table::{Column, Table};
use crate::format;
use domain::upload::{Finding, Upload, UploadState};
use leptos::prelude::*;

#[component]
pub fn FoundRows(upload: Upload, found: Found) -> impl IntoView {
    let counts = upload.counts();
    let rejected = if upload.state == UploadState::Imported {
        "Mend them in the file and load it again; what is stored stays as it is."
    } else {
        "Mend them in the file and send it again, or load the others without them."
    };
    let lists = [
        (
            Listed { id: "rejected", title: "Rejected rows", folded: false, help: rejected, total: counts.rejected },
            found.rejected,
        ),
        (
            Listed {
                id: "conflicts",
                title: "Conflicts",
                folded: false,
                help: "Another file says something else of the same day. Its rows are kept, these are left out.",
                total: counts.conflicts,
            },
            found.conflicts,
        ),
        (
            Listed {
                id: "warnings",
                title: "Warnings",
                folded: true,
                help: "These rows are accepted; look at what is odd about them.",
                total: counts.warned,
            },
            found.warned,
        ),
    ];
    lists
        .into_iter()
        .filter(|(_, findings)| !findings.is_empty())
        .map(|(of, findings)| view! { <List of findings/> })
        .collect_view()
}

/// What a list of rows is called, what can be done about it, and how many rows there are in all.
struct Listed {
    id: &'static str,
    title: &'static str,
    /// Not in sight at first.
    folded: bool,
    help: &'static str,
    total: i64,
}

#[component]
fn List(of: Listed, findings: Vec<Finding>) -> impl IntoView {
    let shown = findings.len() as i64;
    // A row may have more than one warning.
    let note = if shown < of.total {
        format!("The first {} of {}. {}", format::count(shown), format::count(of.total), of.help)
    } else {
        format!("All {}. {}", format::count(shown), of.help)
    };
    let columns = vec![Column::number("Line"), Column::text("Column"), Column::text("Value"), Column::text("Reason")];
    let table = view! {
            <Table caption=of.title columns small=true>
                {findings
                    .into_iter()
                    .map(|row| {
                        view! {
                            <tr>
                                <td class="num">{format::count(row.line as i64)}</td>
                                <td>{row.column.unwrap_or_else(|| "whole row".to_owned())}</td>
                                <td><code class="samples">{row.value}</code></td>
                                <td class="reason">{row.reason}</td>
                            </tr>
                        }
                    })
                    .collect_view()}
            </Table>
    };
    let rows = if of.folded {
        view! {
            <details class="more folded">
                <summary>{format!("Show the {}", format::counted(shown as u64, "finding"))}</summary>
                {table}
            </details>
        }
        .into_any()
    } else {
        table.into_any()
    };
    view! {
        <section class="card" aria-labelledby=of.id>
            <div class="card-header">
                <div>
                    <h2 class="card-title" id=of.id>{of.title}</h2>
                    <p class="note">{note}</p>
                </div>
            </div>
            {rows}
        </section>
    }
}
