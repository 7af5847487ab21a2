//! What became of the rows: counts, sums beside the file's, and why rows are not or only half right.

use crate::components::icon::{Icon, IconMark};
use crate::components::table::{Column, Table};
use crate::format;
use domain::field::FileKind;
use domain::money::Currency;
use domain::upload::{ControlTotal, FindingGroup, FindingKind, RowCounts, Upload, UploadFile, UploadState};
use leptos::prelude::*;

#[component]
pub fn Outcome(upload: Upload, groups: Vec<FindingGroup>, disagreeing: u64, currency: Currency) -> impl IntoView {
    let counts = upload.counts();
    let is_stored = upload.state == UploadState::Imported;
    let has_more_files = upload.files.len() > 1;
    view! {
        <Counts counts=counts.clone() is_stored has_more_files/>
        <Disagreeing loans=disagreeing/>
        {has_more_files.then(|| view! { <PerFile files=upload.files/> })}
        <div class="grid">
            <Totals counts currency/>
            {(!groups.is_empty()).then(|| view! { <Groups groups has_more_files/> })}
        </div>
    }
}

#[component]
fn Counts(counts: RowCounts, is_stored: bool, has_more_files: bool) -> impl IntoView {
    let share = |part: i64| Some(format!("{} of rows", format::percent(part as f64, counts.rows as f64)));
    let warned = (counts.warned > 0).then(|| format!("{} with a warning", format::count(counts.warned)));
    let mut figures = vec![
        (if has_more_files { "Rows in the files" } else { "Rows in the file" }, counts.rows, None, None),
        ("Accepted", counts.accepted, share(counts.accepted), warned),
        ("Rejected", counts.rejected, share(counts.rejected), None),
    ];
    if counts.conflicts > 0 {
        figures.push(("Conflicts", counts.conflicts, share(counts.conflicts), Some("left out".to_owned())));
    }
    if counts.passed_over > 0 {
        figures.push(("Passed over", counts.passed_over, share(counts.passed_over), Some("by the mapping".to_owned())));
    }
    let of_accepted = format!(
        "Of the accepted rows {} {} new, {} changed what is on file, and {} left what is known now as it was.",
        format::count(counts.added),
        if counts.added == 1 { "was" } else { "were" },
        format::count(counts.changed),
        format::count(counts.unchanged)
    );
    let style = format!("--cols:{}", figures.len());
    view! {
        <section class="card" aria-label="Result">
            <dl class="strip" style=style>
                {figures
                    .into_iter()
                    .map(|(name, rows, share, note)| {
                        view! {
                            <div>
                                <dt>{name}</dt>
                                <dd class="value">{format::count(rows)}</dd>
                                {share.map(|share| view! { <dd>{share}</dd> })}
                                {note.map(|note| view! { <dd>{note}</dd> })}
                            </div>
                        }
                    })
                    .collect_view()}
            </dl>
            <div class="card-footer">
                <p class="note">{if is_stored { of_accepted } else { "Nothing is stored yet.".to_owned() }}</p>
            </div>
        </section>
    }
}

/// Counts of each file, where there are several.
#[component]
fn PerFile(files: Vec<UploadFile>) -> impl IntoView {
    let columns = vec![
        Column::text("File"),
        Column::text("Kind"),
        Column::number("Rows"),
        Column::number("Accepted"),
        Column::number("With a warning"),
        Column::number("Rejected"),
        Column::number("In conflict"),
        Column::number("Passed over"),
    ];
    let row = |file: UploadFile| {
        let counts = file.counts;
        let figures =
            [counts.rows, counts.accepted, counts.warned, counts.rejected, counts.conflicts, counts.passed_over];
        view! {
            <tr>
                <th scope="row">{file.name}</th>
                <td>{file.kind.map_or("Left out", FileKind::label)}</td>
                {if file.kind.is_none_or(|kind| kind == FileKind::Links) {
                    figures.map(|_| view! { <td class="num">{format::UNKNOWN}</td> }).collect_view()
                } else {
                    figures.map(|rows| view! { <td class="num">{format::count(rows)}</td> }).collect_view()
                }}
            </tr>
        }
    };
    view! {
        <section class="card" aria-labelledby="per-file">
            <div class="card-header"><h2 class="card-title" id="per-file">"Files"</h2></div>
            <Table caption="Counts of each file" columns small=true one_line=true>
                {files.into_iter().map(row).collect_view()}
            </Table>
        </section>
    }
}

/// Loans whose payments tell other arrears than their file.
#[component]
fn Disagreeing(loans: u64) -> impl IntoView {
    (loans > 0).then(|| {
        view! {
            <div class="alert alert--warn" role="note">
                <IconMark icon=Icon::AlertTriangle/>
                <div>
                    <p>
                        {format!("Of {} the payments tell other days past due or missed payments than the file does. ", format::counted(loans, "loan"))}
                        <a href="/loans?payments=disagree">"See the loans that disagree"</a>
                    </p>
                </div>
            </div>
        }
    })
}

/// Control totals: what a file says in all, and what of it is accepted.
#[component]
fn Totals(counts: RowCounts, currency: Currency) -> impl IntoView {
    let columns = vec![
        Column::text("Total"),
        Column::number("In the file"),
        Column::number("Accepted"),
        Column::number("Left out"),
    ];
    let rows = ("Rows".to_owned(), [counts.rows, counts.accepted, counts.rows - counts.accepted].map(format::count));
    let money = move |money| format::amount(money, currency);
    let is_rounded = |total: &&ControlTotal| total.before_rounding() != total.in_file;
    let rounded = counts.totals.iter().filter(is_rounded).map(move |total| {
        let sum = money(total.in_file);
        view! { <p class="card-body note">{format!("{}: stored amounts are rounded one by one, and come to {sum} for the whole file.", total.field.label())}</p> }
    });
    let rounded = rounded.collect_view();
    let amounts = counts.totals.into_iter().map(move |total| {
        let name = format!("{}, {}", total.field.label(), format::currency_mark(currency).trim_end());
        (name, [money(total.before_rounding()), money(total.accepted), money(total.in_file - total.accepted)])
    });
    view! {
        <section class="card c5 c-wide" aria-labelledby="totals">
            <div class="card-header">
                <div>
                    <h2 class="card-title" id="totals">"Control totals"</h2>
                    <p class="note">"Compare these with the sums that the file came with."</p>
                </div>
            </div>
            <Table caption="Control totals" columns small=true one_line=true>
                {std::iter::once(rows)
                    .chain(amounts)
                    .map(|(name, [in_file, accepted, left_out])| {
                        view! {
                            <tr>
                                <th scope="row">{name}</th>
                                <td class="num">{in_file}</td>
                                <td class="num">{accepted}</td>
                                <td class="num">{left_out}</td>
                            </tr>
                        }
                    })
                    .collect_view()}
            </Table>
            {rounded}
        </section>
    }
}

#[component]
fn Groups(groups: Vec<FindingGroup>, has_more_files: bool) -> impl IntoView {
    let mut columns = vec![
        Column::text("Finding"),
        Column::text("Column"),
        Column::text("Value"),
        Column::text("Reason"),
        Column::number("First line"),
        Column::number("Rows"),
    ];
    if has_more_files {
        columns.insert(1, Column::text("File"));
    }
    view! {
        <section class="card c7 c-wide" aria-labelledby="groups">
            <div class="card-header">
                <div>
                    <h2 class="card-title" id="groups">"What was found"</h2>
                    <p class="note">"Rows by reason, the most frequent first. A row can have several."</p>
                </div>
            </div>
            <Table caption="Findings by reason" columns small=true>
                {groups
                    .into_iter()
                    .map(|group| {
                        view! {
                            <tr>
                                <td><KindBadge kind=group.kind/></td>
                                {has_more_files.then(|| view! { <td>{group.file_name}</td> })}
                                <td>{group.column.unwrap_or_else(|| "whole row".to_owned())}</td>
                                <td><code class="samples">{group.first_value}</code></td>
                                <td class="reason">{group.reason}</td>
                                <td class="num">{format::count(group.first_line)}</td>
                                <td class="num">{format::count(group.rows)}</td>
                            </tr>
                        }
                    })
                    .collect_view()}
            </Table>
        </section>
    }
}

#[component]
fn KindBadge(kind: FindingKind) -> impl IntoView {
    let class = match kind {
        FindingKind::Rejected => "badge badge--danger",
        FindingKind::Warned => "badge badge--warn",
        FindingKind::Conflict => "badge badge--brand",
    };
    view! { <span class=class>{kind.label()}</span> }
}
