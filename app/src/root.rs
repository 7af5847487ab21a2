//! The application: which page stands at which address.

use crate::pages::{
    alerts::AlertsPage, dashboard::DashboardPage, frame::Frame, letters::LettersPage, loan::LoanPage, loans::LoansPage,
    models::ModelsPage, new_upload::NewUploadPage, not_found::NotFoundPage, notice::NoticePage, notices::NoticesPage,
    opt_out::OptOutPage, policy::PolicyPage, segments::SegmentsPage, settings::SettingsPage, setup::SetupPage,
    sign_in::SignInPage, strategies::StrategiesPage, template::TemplatePage, templates::TemplatesPage,
    upload::UploadPage, uploads::UploadsPage, work_queue::WorkQueuePage,
};
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::{SsrMode, path};

/// Every page is rendered whole before it is sent, so that it works without scripts and its status
/// code is true.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    mark_hydrated();
    let whole = SsrMode::Async;
    view! {
        <Title formatter=|title: String| if title.is_empty() { PRODUCT.to_owned() } else { format!("{title} · {PRODUCT}") }/>
        <Router>
            <Routes fallback=NotFoundPage>
                <Route path=path!("/login") view=SignInPage ssr=whole.clone()/>
                <Route path=path!("/setup") view=SetupPage ssr=whole.clone()/>
                <Route path=path!("/opt-out") view=OptOutPage ssr=whole.clone()/>
                <ParentRoute path=path!("/") view=Frame ssr=whole.clone()>
                    <Route path=path!("dashboard") view=DashboardPage ssr=whole.clone()/>
                    <Route path=path!("strategies") view=StrategiesPage ssr=whole.clone()/>
                    <Route path=path!("strategies/templates") view=TemplatesPage ssr=whole.clone()/>
                    <Route path=path!("strategies/templates/:code") view=TemplatePage ssr=whole.clone()/>
                    <Route path=path!("strategies/:version") view=PolicyPage ssr=whole.clone()/>
                    <Route path=path!("segments") view=SegmentsPage ssr=whole.clone()/>
                    <Route path=path!("models") view=ModelsPage ssr=whole.clone()/>
                    <Route path=path!("loans") view=LoansPage ssr=whole.clone()/>
                    <Route path=path!("loans/:id") view=LoanPage ssr=whole.clone()/>
                    <Route path=path!("alerts") view=AlertsPage ssr=whole.clone()/>
                    <Route path=path!("letters") view=LettersPage ssr=whole.clone()/>
                    <Route path=path!("notices") view=NoticesPage ssr=whole.clone()/>
                    <Route path=path!("notices/:id") view=NoticePage ssr=whole.clone()/>
                    <Route path=path!("queue") view=WorkQueuePage ssr=whole.clone()/>
                    <Route path=path!("uploads") view=UploadsPage ssr=whole.clone()/>
                    <Route path=path!("uploads/new") view=NewUploadPage ssr=whole.clone()/>
                    <Route path=path!("settings") view=SettingsPage ssr=whole.clone()/>
                    <Route path=path!("uploads/:id") view=UploadPage ssr=whole/>
                </ParentRoute>
            </Routes>
        </Router>
    }
}

/// Says on the document that links and forms are taken over; effects run in the browser only.
fn mark_hydrated() {
    Effect::new(|_| {
        if let Some(root) = document().document_element() {
            let _ = root.set_attribute("data-hydrated", "");
        }
    });
}

const PRODUCT: &str = "Loan Recovery Engine";
