//! What a file seems to be, and its first rows as they stand.

use super::draft::{Draft, Origin};
use crate::components::icon::{Icon, IconMark};
use crate::components::table::{Column, Table};
use crate::format;
use domain::preview::Preview;
use leptos::prelude::*;

/// Wider files are cut here; their mapping has all columns.
const COLUMNS_SHOWN: usize = 200;
const LETTERS_SHOWN: usize = 60;

#[component]
pub fn FileFacts(draft: Draft) -> impl IntoView {
    let preview = draft.preview;
    let told = match (draft.origin, draft.kind) {
        (_, None) => "Left out".to_owned(),
        (Origin::Profile, Some(kind)) => format!("{}, by the profile", kind.label()),
        (Origin::Said, Some(kind)) => format!("{}, as said before", kind.label()),
        (Origin::Suggested, Some(kind)) => {
            let sure = preview.kinds.iter().find(|(known, _)| *known == kind).map_or(0, |(_, sure)| *sure);
            if sure == 0 { kind.label().to_owned() } else { format!("{}, {sure}\u{a0}% sure", kind.label()) }
        }
    };
    let is_read = draft.kind.is_some();
    let almost = preview.almost.clone().filter(|_| draft.origin == Origin::Suggested);
    let almost = almost.map(|almost| {
        view! {
            <div class="alert alert--warn" role="note">
                <IconMark icon=Icon::AlertTriangle/>
                <div>
                    <h2>{almost}</h2>
                    <p>"Mend the file and send it again, or go on without: figures that need it stay empty."</p>
                </div>
            </div>
        }
    });
    let header = if preview.has_header {
        format!("On line {}", format::count(preview.header_line as i64))
    } else {
        "None".to_owned()
    };
    let links: Vec<&str> = draft.links.iter().map(|link| link.name.as_str()).collect();
    let links = (!links.is_empty()).then(|| format!("Also read for the links \"{}\".", links.join("\", \"")));
    view! {
        <div class="stack stack--tight">
            <div class="actions">
                <strong>{draft.name.clone()}</strong>
                <span class=if is_read { "badge badge--ok" } else { "badge" }>
                    {is_read.then(|| view! { <IconMark icon=Icon::CircleCheck/> })}
                    {told}
                </span>
            </div>
            {almost}
            <dl class="facts">
                {(!preview.format.is_empty()).then(|| view! { <div><dt>"Format"</dt><dd>{preview.format.clone()}</dd></div> })}
                <div><dt>"Columns"</dt><dd>{format::count(preview.header.len() as i64)}</dd></div>
                <div><dt>"Header"</dt><dd>{header}</dd></div>
            </dl>
            {links.map(|links| view! { <p class="note">{links}</p> })}
            <FirstRows name=draft.name preview/>
        </div>
    }
}

#[component]
fn FirstRows(name: String, preview: Preview) -> impl IntoView {
    let shown = preview.header.len().min(COLUMNS_SHOWN);
    let columns = preview.header.iter().take(shown).map(Column::text).collect();
    let count = preview.rows.len();
    view! {
        <details class="more">
            <summary>{format!("First {}", format::counted(count, "row"))}</summary>
            <Table caption=format!("First rows of {name}") columns small=true one_line=true>
                {preview
                    .rows
                    .into_iter()
                    .map(|row| {
                        let cells = row.into_iter().take(shown).map(|cell| view! { <td class="samples">{shorten(&cell)}</td> });
                        view! { <tr>{cells.collect_view()}</tr> }
                    })
                    .collect_view()}
            </Table>
        </details>
    }
}

/// A cell on one line of a table.
pub fn shorten(cell: &str) -> String {
    if cell.chars().count() <= LETTERS_SHOWN {
        cell.to_owned()
    } else {
        format!("{}…", cell.chars().take(LETTERS_SHOWN).collect::<String>())
    }
}
