//! One column of a file: what it holds, how sure that is, how it is read, and what to look at.

use super::change::Change;
use super::draft::Origin;
use super::file_facts::shorten;
use crate::components::icon::{Icon, IconMark};
use crate::format;
use domain::field::{Field, FileKind};
use domain::preview::SuggestedColumn;
use leptos::prelude::*;

/// Fields under a heading, as a select lists them.
pub type FieldGroup = (&'static str, Vec<Field>);

/// The fields that a file of a kind can hold.
pub fn field_groups(kind: FileKind) -> Vec<FieldGroup> {
    let group_of = |field: Field| match field {
        Field::Extra => "Other",
        field if field.is_known_after_outcome() => "Known only after the outcome",
        field if field.is_protected() => "Protected, kept apart",
        field if field.belongs_to(FileKind::Borrowers) => "Borrower",
        _ => kind.label(),
    };
    let mut groups: Vec<FieldGroup> = Vec::new();
    for field in Field::ALL.into_iter().filter(|field| field.belongs_to(kind)) {
        match groups.iter_mut().find(|(name, _)| *name == group_of(field)) {
            Some((_, fields)) => fields.push(field),
            None => groups.push((group_of(field), vec![field])),
        }
    }
    groups
}

#[component]
pub fn ColumnRow(
    /// Within the form.
    number: usize,
    groups: Vec<FieldGroup>,
    origin: Origin,
    column: SuggestedColumn,
    /// What its id may follow.
    links: Vec<String>,
    /// Needs no look of a person.
    is_settled: bool,
    /// Cannot be read before a person has answered.
    is_open: bool,
) -> impl IntoView {
    let field = RwSignal::new(column.field);
    let samples = column.samples.iter().take(3).map(|sample| shorten(sample)).collect::<Vec<_>>().join(" · ");
    view! {
        <tr class:is-settled=is_settled>
            <th scope="row"><ColumnName name=column.column.clone()/></th>
            <td class="samples">{samples}</td>
            <td>
                {if is_nameless(&column.column) {
                    view! {
                        <input type="hidden" name=format!("columns[{number}][field]") value=""/>
                        <span class="note">"Kept with the raw rows. To use it, name it in the file."</span>
                    }
                        .into_any()
                } else {
                    view! { <FieldSelect number groups name=column.column.clone() field/> }.into_any()
                }}
            </td>
            <td><Match origin field=column.field confidence=column.confidence/></td>
            <td><Change number column=column.clone() field links is_open/></td>
            <td><Check column field/></td>
        </tr>
    }
}

/// Mappings know columns by name; one without cannot be told from others.
fn is_nameless(name: &str) -> bool {
    name.trim().is_empty()
}

#[component]
fn ColumnName(name: String) -> impl IntoView {
    if is_nameless(&name) {
        view! { <span class="note">"No name"</span> }.into_any()
    } else {
        view! { <code>{name}</code> }.into_any()
    }
}

#[component]
fn FieldSelect(number: usize, groups: Vec<FieldGroup>, name: String, field: RwSignal<Option<Field>>) -> impl IntoView {
    let chosen = field.get_untracked();
    let options = |fields: Vec<Field>| {
        fields
            .into_iter()
            .map(|field| view! { <option value=field.code() selected=chosen == Some(field)>{field.label()}</option> })
            .collect_view()
    };
    view! {
        <select
            class="form-select mapping__field"
            name=format!("columns[{number}][field]")
            aria-label=format!("Field for {name}")
            on:change=move |event| field.set(Field::find(&event_target_value(&event)))
        >
            <option value="" selected=chosen.is_none()>"Not used"</option>
            {groups
                .into_iter()
                .map(|(name, fields)| view! { <optgroup label=name>{options(fields)}</optgroup> })
                .collect_view()}
        </select>
    }
}

/// How sure the suggestion is.
#[component]
fn Match(origin: Origin, field: Option<Field>, confidence: u8) -> impl IntoView {
    match (field, origin) {
        (None, _) => view! { <span class="note">"No match"</span> }.into_any(),
        (_, Origin::Profile) => view! { <span class="note">"By the profile"</span> }.into_any(),
        (_, Origin::Said) => view! { <span class="note">"As said before"</span> }.into_any(),
        (_, Origin::Suggested) => view! {
            <span class="conf">
                <span class="bar bar--thin" style=format!("--v:{confidence}")></span>
                {format!("{confidence}\u{a0}%")}
            </span>
        }
        .into_any(),
    }
}

/// What a person should know before the column is used.
#[component]
fn Check(column: SuggestedColumn, field: RwSignal<Option<Field>>) -> impl IntoView {
    let suggested = column.field;
    let warning = column.warning.as_deref().map(without_outcome).filter(|warning| !warning.is_empty());
    let is_constant = column.is_constant && warning.is_none();
    let missing = column.missing;
    view! {
        <div class="checks">
            {move || {
                let is_outcome = field.get().is_some_and(Field::is_known_after_outcome);
                is_outcome
                    .then(|| {
                        view! {
                            <span class="badge badge--danger">
                                <IconMark icon=Icon::EyeOff/>
                                "Known only after the outcome: not used to score"
                            </span>
                        }
                    })
            }}
            {move || {
                let is_protected = field.get().is_some_and(Field::is_protected);
                is_protected
                    .then(|| view! { <span class="badge badge--brand"><IconMark icon=Icon::Lock/>"Protected: kept apart, not used to score"</span> })
            }}
            {move || {
                let warning = match field.get() {
                    now if now == suggested => warning.clone(),
                    Some(now) => column.taken_for(now).warning,
                    None => None,
                };
                warning.map(|warning| view! { <span class="badge badge--warn"><IconMark icon=Icon::AlertTriangle/>{warning}</span> })
            }}
            {is_constant.then(|| view! { <span class="note">"Same value in every row"</span> })}
            {(missing > 0)
                .then(|| view! { <span class="note">{format!("Blank in {} that {} looked at", format::counted(missing, "row"), if missing == 1 { "was" } else { "were" })}</span> })}
        </div>
    }
}

/// What a warning says besides what the badge of the field says.
fn without_outcome(warning: &str) -> String {
    let others = warning.split(". ").filter(|sentence| !sentence.starts_with("Known only after the outcome"));
    others.collect::<Vec<_>>().join(". ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_field_of_a_kind_stands_in_one_group() {
        for kind in FileKind::ALL {
            let groups = field_groups(kind);
            let listed: Vec<Field> = groups.iter().flat_map(|(_, fields)| fields.clone()).collect();
            let belongs: Vec<Field> = Field::ALL.into_iter().filter(|field| field.belongs_to(kind)).collect();
            assert_eq!(listed.len(), belongs.len(), "{kind:?}");
            assert!(belongs.iter().all(|field| listed.contains(field)), "{kind:?}");
        }
    }
}
