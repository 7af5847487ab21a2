//! Sending files: a plain form; with scripts it shows how much is sent.

use crate::components::field::{CheckField, ErrorSummary, TextField};
use crate::components::icon::{Icon, IconMark};
use crate::pages::uploads::RECEIVE;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::wasm_bindgen::closure::Closure;
use leptos_router::hooks::{use_navigate, use_query_map};
use leptos_router::params::ParamsMap;
use web_sys::{FormData, HtmlFormElement, ProgressEvent, XmlHttpRequest};

/// What the file chooser proposes; what a file is, is read off its content.
const ACCEPTED: &str = ".csv,.tsv,.txt,.dat,.xlsx,.parquet,.gz,.zip,text/csv,text/plain";

/// How far the sending is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sending {
    Idle,
    Percent(u32),
    Failed(String),
}

/// Nothing is sent at first; but without scripts, the server leads back here with what was wrong.
pub fn use_sending() -> RwSignal<Sending> {
    let refused = use_query_map().with_untracked(refusal);
    RwSignal::new(refused.map_or(Sending::Idle, Sending::Failed))
}

#[component]
pub fn SendForm(sending: RwSignal<Sending>) -> impl IntoView {
    let navigate = use_navigate();
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        let form = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok());
        let navigate = navigate.clone();
        let arrive = move |address: String| navigate(&address, leptos_router::NavigateOptions::default());
        if form.is_none_or(|form| start(&form, sending, arrive).is_none()) {
            sending
                .set(Sending::Failed("This browser cannot send the files. Reload the page and try again.".to_owned()));
        }
    };
    view! {
        {move || match sending.get() {
            Sending::Failed(message) => view! { <ErrorSummary message/> }.into_any(),
            _ => ().into_any(),
        }}
        <form class="stack" method="post" action=RECEIVE enctype="multipart/form-data" on:submit=send>
            <div class="drop">
                <IconMark icon=Icon::FileUpload/>
                <div class="stack stack--tight">
                    <label class="form-label" for="file">"Files"</label>
                    <input class="form-control" id="file" name="file" type="file" accept=ACCEPTED multiple required aria-describedby="file-hint"/>
                    <p class="form-hint" id="file-hint">"CSV, TSV, text, XLSX or Parquet, also in gzip or zip. Choose files that belong together at once."</p>
                </div>
            </div>
            <div class="fields">
                <TextField
                    label="As of"
                    name="as_of"
                    kind="date"
                    hint="The day for which the files speak, where their rows don't say it. Leave empty for today."
                />
                <CheckField
                    label="These files correct earlier ones of the same day"
                    name="corrects"
                    hint="Otherwise rows that differ from a file of the same day are listed as conflicts and left out."
                />
                <CheckField
                    label="Show me the columns before anything is loaded"
                    name="asks_first"
                    hint="Also where a known source or a saved mapping fits. You can then say otherwise what a column holds."
                />
            </div>
            <div class="actions">
                <button class="btn btn-primary" type="submit" prop:disabled=move || matches!(sending.get(), Sending::Percent(_))>"Send files"</button>
                <a class="btn" href="/uploads">"Back"</a>
            </div>
            {move || match sending.get() {
                Sending::Percent(percent) => {
                    view! {
                        <div role="status">
                            <p class="note">{format!("Sending, {percent} %")}</p>
                            <progress class="progress" max="100" value=percent aria-label="Sending"></progress>
                        </div>
                    }
                        .into_any()
                }
                _ => ().into_any(),
            }}
        </form>
    }
}

/// Why the server refused files that were sent without scripts. The address has a code for it and no words, so that
/// no link can make the page say something of its own.
fn refusal(query: &ParamsMap) -> Option<String> {
    let code = query.get("refused")?;
    let limit = || query.get("limit").and_then(|limit| limit.parse::<u64>().ok());
    Some(match code.as_str() {
        "no-file" => "Files: choose a file first.".to_owned(),
        "too-many" => "Files: these are too many at once. Send them in parts, or as a zip.".to_owned(),
        "bad-date" => {
            "As of: write the day as year-month-day, as 2026-01-31; not before 1950, and not in the future.".to_owned()
        }
        "too-large" => format!(
            "Files: the file is larger than the limit{}. Split it, or ask an administrator to raise the limit.",
            limit().map_or_else(String::new, |limit| format!(" of {limit} bytes"))
        ),
        "broken-off" => "Files: the sending broke off. Nothing was stored; send the files again.".to_owned(),
        "disk" => "Files: the server could not store the files. Tell your administrator to look at disk space and \
                   the log."
            .to_owned(),
        "database" => "Files: the database did not take the files. Nothing was stored; try again.".to_owned(),
        _ => "The files were not taken. Send them again.".to_owned(),
    })
}

/// Sends the form's files and leads to their page. Nothing where the browser lacks what it takes.
fn start(form: &HtmlFormElement, sending: RwSignal<Sending>, arrive: impl Fn(String) + 'static) -> Option<()> {
    let content = FormData::new_with_form(form).ok()?;
    let request = XmlHttpRequest::new().ok()?;
    request.open("POST", RECEIVE).ok()?;
    // The answer is then a page's address in plain text, not a redirect.
    request.set_request_header("accept", "text/plain").ok()?;
    let progress = Closure::<dyn Fn(ProgressEvent)>::new(move |event: ProgressEvent| {
        let share = if event.total() > 0.0 { event.loaded() / event.total() } else { 0.0 };
        sending.set(Sending::Percent((share * 100.0) as u32));
    });
    request.upload().ok()?.set_onprogress(Some(progress.as_ref().unchecked_ref()));
    let answered = request.clone();
    let done = Closure::<dyn Fn()>::new(move || {
        let text = answered.response_text().ok().flatten().unwrap_or_default();
        match answered.status() {
            Ok(200 | 201) => arrive(text),
            Ok(0) | Err(_) => {
                sending.set(Sending::Failed("The connection broke. Nothing was stored; try again.".to_owned()));
            }
            Ok(_) => sending.set(Sending::Failed(text)),
        }
    });
    request.set_onloadend(Some(done.as_ref().unchecked_ref()));
    sending.set(Sending::Percent(0));
    request.send_with_opt_form_data(Some(&content)).ok()?;
    // The browser calls these after this function has returned.
    progress.forget();
    done.forget();
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_told_in_our_words_alone() {
        let check = |pairs: &[(&str, &str)], words: Option<&str>| {
            let query: ParamsMap =
                pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            let told = refusal(&query);
            assert_eq!(told.is_some(), words.is_some(), "{pairs:?}");
            let (told, words) = (told.unwrap_or_default(), words.unwrap_or_default());
            assert!(told.contains(words) && !told.contains("mallory"), "{told}");
        };
        check(&[], None);
        check(&[("refused", "no-file")], Some("choose a file first"));
        check(&[("refused", "too-large"), ("limit", "1048576")], Some("the limit of 1048576 bytes."));
        check(&[("refused", "too-large"), ("limit", "mallory")], Some("larger than the limit. Split"));
        check(&[("refused", "Write to mallory")], Some("The files were not taken."));
    }
}
