//! A form for other words. What is wrong with them is told while they are written, and again when they are saved.

use super::api::SaveTemplate;
use domain::contact::Channel;
use domain::template::{SUBJECT_LENGTH_MAX, Template, VARIABLES};
use leptos::form::ActionForm;
use leptos::prelude::*;

#[component]
pub fn Editor(
    code: String,
    /// The version that is changed.
    from: i32,
    subject: RwSignal<String>,
    body: RwSignal<String>,
    save: ServerAction<SaveTemplate>,
) -> impl IntoView {
    let template = Template::find(&code);
    let has_subject = template.is_none_or(|template| template.channel != Channel::Sms);
    let (subject_now, body_now) = (subject.get_untracked(), body.get_untracked());
    view! {
        <section class="card" aria-labelledby="editor">
            <div class="card-header">
                <div>
                    <h2 class="card-title" id="editor">"Change its words"</h2>
                    <p class="note">"Saving makes a new version, which is sent from then on. Messages that wait already keep their words."</p>
                </div>
            </div>
            <div class="card-body stack">
                <ActionForm action=save attr:class="stack">
                    <input type="hidden" name="code" value=code/>
                    <input type="hidden" name="from" value=from/>
                    {if has_subject {
                        view! {
                            <div>
                                <label class="form-label" for="subject">"Subject"</label>
                                <input
                                    class="form-control"
                                    id="subject"
                                    name="subject"
                                    value=subject_now
                                    maxlength=SUBJECT_LENGTH_MAX
                                    required
                                    on:input=move |event| subject.set(event_target_value(&event))
                                />
                            </div>
                        }
                            .into_any()
                    } else {
                        view! { <input type="hidden" name="subject" value=""/> }.into_any()
                    }}
                    <div>
                        <label class="form-label" for="body">"Text; a blank line parts paragraphs"</label>
                        <textarea
                            class="form-control"
                            id="body"
                            name="body"
                            rows="14"
                            maxlength="8000"
                            required
                            on:input=move |event| body.set(event_target_value(&event))
                        >
                            {body_now}
                        </textarea>
                    </div>
                    <div>
                        <label class="form-label" for="note">"Why"</label>
                        <input class="form-control" id="note" name="note" maxlength="1000" required/>
                    </div>
                    <div class="actions">
                        <button class="btn btn-primary" type="submit" prop:disabled=move || save.pending().get()>"Save a new version"</button>
                    </div>
                </ActionForm>
                {template.map(|template| view! { <Variables template/> })}
            </div>
        </section>
    }
}

/// What its words may speak of.
#[component]
fn Variables(template: &'static Template) -> impl IntoView {
    let rows = template.variables().map(|name| {
        let about = VARIABLES.iter().find(|(known, _)| *known == name).map_or("", |(_, about)| *about);
        view! { <div><dt><code>{format!("{{{{{name}}}}}")}</code></dt><dd>{about}</dd></div> }
    });
    view! {
        <details class="more">
            <summary>"Variables"</summary>
            <dl class="facts">{rows.collect_view()}</dl>
        </details>
    }
}
