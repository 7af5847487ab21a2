//! One template: its words as a borrower gets them, its versions, and a form for other words.

pub mod api;
mod editor;
mod preview;

use crate::components::field::{ErrorSummary, refusal};
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use api::SaveTemplate;
use domain::template::view::TemplateStory;
use domain::template::{Values, Wording};
use editor::Editor;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use preview::{Preview, PreviewOf};
use serde::{Deserialize, Serialize};

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateView {
    pub story: TemplateStory,
    /// When each version was saved, in words.
    pub moments: Vec<String>,
    /// What variables stand for in the preview.
    pub values: Vec<(String, String)>,
    /// The loan that was asked for.
    pub loan: Option<String>,
    /// Whether there is no such loan, so that the borrower is made up.
    pub is_unknown: bool,
    pub may_change: bool,
}

#[component]
pub fn TemplatePage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let code = move || params.with(|params| params.get("code").unwrap_or_default());
    let loan = move || query.with(|query| query.get("loan").filter(|loan| !loan.trim().is_empty()));
    let save = ServerAction::<SaveTemplate>::new();
    let view =
        Resource::new(move || (code(), loan(), save.version().get()), |(code, loan, _)| api::get_template(code, loan));
    view! {
        <Title text="Template"/>
        {move || refusal(save.value().get()).map(|message| view! { <ErrorSummary message/> })}
        <Loaded resource=view let:view>
            <Template view save/>
        </Loaded>
    }
}

#[component]
fn Template(view: TemplateView, save: ServerAction<SaveTemplate>) -> impl IntoView {
    let TemplateView { story, moments, values, loan, is_unknown, may_change } = view;
    let TemplateStory { code, title, kind, channel, versions } = story;
    let words = versions.first().map(|version| version.words.clone());
    let words = words.unwrap_or(Wording { version: 0, subject: String::new(), body: String::new() });
    let scope = format!("{} by {}, version {}", kind.label(), channel.label().to_lowercase(), words.version);
    let values = Values::named(values.iter().map(|(name, value)| (name.as_str(), value.clone())));
    let (subject, body) = (RwSignal::new(words.subject), RwSignal::new(words.body));
    let older = versions.into_iter().zip(moments).map(|(version, at)| {
        let by = version.saved_by.map_or_else(|| "Came with the program".to_owned(), |name| format!("{at}, {name}"));
        let why = if version.note.is_empty() { String::new() } else { format!(": “{}”", version.note) };
        view! {
            <details class="more">
                <summary>{format!("Version {}", version.words.version)}</summary>
                <p class="note">{by}{why}</p>
                <p><strong>{version.words.subject}</strong></p>
                <pre class="words">{version.words.body}</pre>
            </details>
        }
    });
    let older = older.collect_view();
    view! {
        <p class="note">
            <a href="/strategies">"Strategies"</a>" / "<a href="/strategies/templates">"Templates"</a>{format!(" / {title}")}
        </p>
        <PageHead title scope/>
        <div class="grid">
            <div class="c7 c-wide stack">
                {may_change.then(|| view! { <Editor code=code.clone() from=words.version subject body save/> })}
                <section class="card" aria-labelledby="versions">
                    <div class="card-header"><h2 class="card-title" id="versions">"Versions"</h2></div>
                    <div class="card-body stack stack--tight">{older}</div>
                </section>
            </div>
            <div class="c5 stack">
                <Preview code=code.clone() values subject body/>
                <PreviewOf code loan is_unknown/>
            </div>
        </div>
    }
}
