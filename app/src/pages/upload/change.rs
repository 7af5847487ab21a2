//! How the text of a column becomes a value: what the field asks for in sight, the rest behind "More".

use super::column_answer::{SAYS_NOTHING, follows_links, must_choose_date};
use super::conversions::{Conversions, DateOrder};
use crate::format;
use domain::field::{Field, Shape};
use domain::loan::{PaymentHistory, RecoveryStatus};
use domain::payment::PaymentKind;
use domain::preview::{SeenWord, SuggestedColumn};
use leptos::prelude::*;

/// Words of a column that becomes no list of ours are renamed by hand, unless there are many.
const RENAMED_MAX: usize = 12;

/// The controls of one column. All of them are there at any time, so that they can be used without scripts.
#[component]
pub fn Change(
    number: usize,
    column: SuggestedColumn,
    field: RwSignal<Option<Field>>,
    /// What its id may follow.
    links: Vec<String>,
    is_open: bool,
) -> impl IntoView {
    let name = move |part: &str| format!("columns[{number}][{part}]");
    let shape = Memo::new(move |_| field.get().map(Field::shape));
    let is_date = move || shape.get() == Some(Shape::Date);
    let (title, suggested) = (column.column.clone(), column.field);
    // As it is read for the field that stands there now.
    let taken = {
        let column = column.clone();
        Memo::new(move |_| field.get().map_or_else(|| column.clone(), |field| column.taken_for(field)))
    };
    let date = {
        let (column, title) = (column.clone(), title.clone());
        move |in_sight: bool| {
            let must_choose = in_sight && must_choose_date(&column, &taken.get(), is_open);
            (is_date() == in_sight).then(
                || view! { <DateOrder name=name("date") title=title.clone() column=taken.get() in_sight must_choose/> },
            )
        }
    };
    let words = {
        let title = title.clone();
        move |in_sight: bool| {
            let column = taken.get();
            let codes = field.get().and_then(|field| codes(field).map(|codes| (field, codes)));
            match (codes, in_sight) {
                (Some((field, codes)), true) => {
                    let is_suggested = suggested == Some(field);
                    Some(
                        view! { <Meanings name=name("words") title=title.clone() column field codes is_suggested/> }
                            .into_any(),
                    )
                }
                (None, false) if column.words.len() <= RENAMED_MAX => {
                    Some(view! { <Renamed name=name("words") column/> }.into_any())
                }
                _ => None,
            }
        }
    };
    let follows = {
        let (via, title) = (column.reading.via.clone().unwrap_or_default(), title.clone());
        move || {
            let may_follow = field.get().is_some_and(follows_links) && !links.is_empty();
            may_follow
                .then(|| view! { <Follows name=name("via") title=title.clone() via=via.clone() links=links.clone()/> })
        }
    };
    let in_sight = move || shape.get().is_some_and(|shape| shape != Shape::Date && shape.codes().is_none());
    let (date_in_sight, words_in_sight) = (date.clone(), words.clone());
    view! {
        <div class="change">
            {move || date_in_sight(true)}
            {move || words_in_sight(true)}
            {follows}
            {move || in_sight().then(|| summary(&taken.get()))}
            <details class="more">
                <summary>"More"<span class="visually-hidden">{format!(" about {title}")}</span></summary>
                <div class="stack stack--tight">
                    {move || date(false)}
                    {move || view! { <Conversions number column=taken.get() field=field.get()/> }}
                    {move || words(false)}
                </div>
            </details>
        </div>
    }
}

/// What is done to numbers and words, in words.
fn summary(column: &SuggestedColumn) -> String {
    let reading = &column.reading;
    let mut parts = Vec::new();
    if reading.decimal_comma {
        parts.push("Decimal comma".to_owned());
    }
    if let Some(times) = reading.times {
        parts.push(format!("× {times}"));
    }
    if !reading.words.is_empty() {
        parts.push(format!("{} replaced", format::counted(reading.words.len(), "word")));
    }
    if !reading.missing.is_empty() {
        parts.push(format!("{} as unknown", reading.missing.join(", ")));
    }
    if reading.negative_as_zero {
        parts.push("Negative as 0".to_owned());
    }
    if let Some(via) = &reading.via {
        parts.push(format!("Linked by {via}"));
    }
    if parts.is_empty() { "As it stands".to_owned() } else { parts.join(" · ") }
}

/// Which links turn an id into the one that is meant.
#[component]
fn Follows(name: String, title: String, via: String, mut links: Vec<String>) -> impl IntoView {
    if !via.is_empty() && !links.contains(&via) {
        links.insert(0, via.clone());
    }
    view! {
        <select class="form-select mapping__field" name=name aria-label=format!("Links that {title} follows")>
            <option value="" selected=via.is_empty()>"Is the id itself"</option>
            {links
                .into_iter()
                .map(|link| view! { <option value=link.clone() selected=link == via>{format!("Follows the links of {link}")}</option> })
                .collect_view()}
        </select>
    }
}

type Codes = Vec<(&'static str, &'static str)>;

/// The codes that words of a field become, with their labels.
fn codes(field: Field) -> Option<Codes> {
    let label = |code| match field.shape() {
        Shape::RecoveryStatus => RecoveryStatus::find(code).map(RecoveryStatus::label),
        Shape::PaymentHistory => PaymentHistory::find(code).map(PaymentHistory::label),
        Shape::PaymentKind => PaymentKind::find(code).map(PaymentKind::label),
        _ => Some(if code == "yes" { "Yes" } else { "No" }),
    };
    let codes = field.shape().codes()?;
    Some(codes.into_iter().map(|code| (code, label(code).unwrap_or(code))).collect())
}

/// What a word of a column stands for, as far as it was said or its letters say it.
fn meaning(column: &SuggestedColumn, seen: &SeenWord, field: Field, is_suggested: bool) -> String {
    let is_word = |word: &str| word.eq_ignore_ascii_case(&seen.word);
    if column.reading.missing.iter().any(|text| is_word(text)) {
        return SAYS_NOTHING.to_owned();
    }
    let said = column.reading.words.iter().find(|(word, _)| is_word(word)).map(|(_, meaning)| meaning.clone());
    let read = || match field.shape() {
        Shape::RecoveryStatus => RecoveryStatus::read(&seen.word).map(RecoveryStatus::code),
        Shape::PaymentHistory => PaymentHistory::read(&seen.word).map(PaymentHistory::code),
        Shape::YesNo => ["yes", "no"].into_iter().find(|code| is_word(code) || is_word(&code[..1])),
        // Kinds are read by what their words mean, also where nobody says so.
        Shape::PaymentKind => {
            let by_code = PaymentKind::ALL.into_iter().map(PaymentKind::code).find(|code| is_word(code));
            by_code.or_else(|| seen.meaning.as_deref().and_then(PaymentKind::find).map(PaymentKind::code))
        }
        _ => None,
    };
    let suggested = seen.meaning.clone().filter(|_| is_suggested);
    said.or(suggested).or_else(|| read().map(str::to_owned)).unwrap_or_default()
}

/// The words of a column that must become one of a list: confirmed by a person.
#[component]
fn Meanings(
    name: String,
    title: String,
    column: SuggestedColumn,
    field: Field,
    codes: Codes,
    is_suggested: bool,
) -> impl IntoView {
    let row = |(place, seen): (usize, &SeenWord)| {
        let chosen = meaning(&column, seen, field, is_suggested);
        let options = codes.iter().copied().chain([(SAYS_NOTHING, "Says nothing")]);
        view! {
            <li>
                <span><code>{seen.word.clone()}</code>" means"</span>
                <select
                    class="form-select"
                    name=format!("{name}[{place}]")
                    aria-label=format!("Meaning of {} in {title}", seen.word)
                    required
                >
                    <option value="" selected=chosen.is_empty()>"Choose its meaning"</option>
                    {options.map(|(code, label)| view! { <option value=code selected=chosen == code>{label}</option> }).collect_view()}
                </select>
            </li>
        }
    };
    let rows = column.words.iter().enumerate().map(row).collect_view();
    view! { <ul class="meanings">{rows}</ul> }
}

/// Words that may be replaced by others.
#[component]
fn Renamed(name: String, column: SuggestedColumn) -> impl IntoView {
    let of = |seen: &SeenWord| {
        let is_word = |word: &str| word.eq_ignore_ascii_case(&seen.word);
        column.reading.words.iter().find(|(word, _)| is_word(word)).map(|(_, meaning)| meaning.clone())
    };
    column
        .words
        .iter()
        .enumerate()
        .map(|(place, seen)| {
            view! {
                <label class="form-label">
                    {format!("In place of \"{}\"", seen.word)}
                    <input class="form-control" type="text" maxlength="200" name=format!("{name}[{place}]") value=of(seen)/>
                </label>
            }
        })
        .collect_view()
}
