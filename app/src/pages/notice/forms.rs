//! What people may do with a notice: change its words, approve it or turn it down, and write down its service.

use super::Actions;
use chrono::NaiveDate;
use domain::notice::{NoticeText, RATIONALE_LENGTH_MIN, ServiceMethod};
use leptos::form::ActionForm;
use leptos::prelude::*;

#[component]
pub fn ApprovalForms(id: i64, actions: Actions) -> impl IntoView {
    let pending = move || actions.approve.pending().get() || actions.turn_down.pending().get();
    let hint = format!("In {RATIONALE_LENGTH_MIN} characters or more: a score alone never starts legal action.");
    view! {
        <section class="card" aria-labelledby="approval">
            <div class="card-header"><h2 class="card-title" id="approval">"Your decision"</h2></div>
            <div class="card-body stack">
                <ActionForm action=actions.approve attr:class="stack stack--tight">
                    <input type="hidden" name="id" value=id/>
                    <label class="form-label" for="rationale">"Why legal action is right"</label>
                    <textarea class="form-control" id="rationale" name="rationale" rows="3" maxlength="2000"
                        minlength=RATIONALE_LENGTH_MIN required aria-describedby="rationale-hint"></textarea>
                    <p class="form-hint" id="rationale-hint">{hint}</p>
                    <label class="form-label" for="limitation-on">"Last day on which a court can be asked, if known"</label>
                    <input class="form-control" type="date" id="limitation-on" name="limitation_on"/>
                    <div class="actions">
                        <button class="btn btn-primary" type="submit" prop:disabled=pending>"Approve this notice"</button>
                    </div>
                </ActionForm>
                <TurnDownForm id actions/>
            </div>
        </section>
    }
}

#[component]
fn TurnDownForm(id: i64, actions: Actions) -> impl IntoView {
    let pending = move || actions.approve.pending().get() || actions.turn_down.pending().get();
    view! {
        <ActionForm action=actions.turn_down attr:class="stack stack--tight">
            <input type="hidden" name="id" value=id/>
            <label class="form-label" for="why-not">"Why not"</label>
            <textarea class="form-control" id="why-not" name="rationale" rows="2" maxlength="2000" minlength=RATIONALE_LENGTH_MIN required></textarea>
            <div class="actions">
                <button class="btn" type="submit" prop:disabled=pending>"Turn it down"</button>
            </div>
        </ActionForm>
    }
}

#[component]
pub fn EditForm(id: i64, text: NoticeText, actions: Actions) -> impl IntoView {
    view! {
        <details class="card">
            <summary class="card-header"><span class="card-title">"Change its words"</span></summary>
            <div class="card-body">
                <ActionForm action=actions.edit attr:class="stack stack--tight">
                    <input type="hidden" name="id" value=id/>
                    <p class="note">"Whoever changes the words may not approve the notice. Amounts and reasons come from the loan's file and stay."</p>
                    <label class="form-label" for="subject">"Subject"</label>
                    <input class="form-control" id="subject" name="subject" value=text.subject maxlength="200" required/>
                    <label class="form-label" for="body">"Text; a blank line parts paragraphs"</label>
                    <textarea class="form-control" id="body" name="body" rows="12" maxlength="8000" required>{text.body}</textarea>
                    <div class="actions">
                        <button class="btn" type="submit" prop:disabled=move || actions.edit.pending().get()>"Save the words"</button>
                    </div>
                </ActionForm>
            </div>
        </details>
    }
}

/// What a reason against the contact rules does.
const BREACH_HINT: &str =
    "Only for what has happened already. It is kept as a breach of the contact rules, with your name.";

#[component]
pub fn ServiceForm(id: i64, today: NaiveDate, may_approve: bool, actions: Actions) -> impl IntoView {
    let today = today.to_string();
    view! {
        <section class="card" aria-labelledby="service">
            <div class="card-header">
                <div>
                    <h2 class="card-title" id="service">"Service"</h2>
                    <p class="note">"Print the letter and serve it. Then write down how, with its proof: the time to answer runs from that day on."</p>
                </div>
            </div>
            <div class="card-body stack">
                <ActionForm action=actions.serve attr:class="stack stack--tight">
                    <input type="hidden" name="id" value=id/>
                    <label class="form-label" for="served-on">"Served on"</label>
                    <input class="form-control" type="date" id="served-on" name="on" value=today.clone() max=today required/>
                    <label class="form-label" for="method">"How"</label>
                    <select class="form-select" id="method" name="method">
                        {ServiceMethod::ALL.map(|method| view! { <option value=method.code()>{method.label()}</option> }).collect_view()}
                    </select>
                    <label class="form-label" for="proof">"Proof, as the number of the registered letter"</label>
                    <input class="form-control" id="proof" name="proof" maxlength="2000" required/>
                    <details class="more">
                        <summary>"The contact rules did not allow it"</summary>
                        <label class="form-label" for="although">"Why it was served all the same"</label>
                        <textarea class="form-control" id="although" name="although" rows="2" maxlength="2000" aria-describedby="although-hint"></textarea>
                        <p class="form-hint" id="although-hint">{BREACH_HINT}</p>
                    </details>
                    <div class="actions">
                        <button class="btn btn-primary" type="submit" prop:disabled=move || actions.serve.pending().get()>"It was served"</button>
                    </div>
                </ActionForm>
                {may_approve.then(|| view! { <TurnDownForm id actions/> })}
            </div>
        </section>
    }
}
