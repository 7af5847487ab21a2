//! What was noticed about a loan.

use crate::pages::alerts::alert_table::AlertTable;
use domain::money::Currency;
use domain::watch::AlertView;
use leptos::prelude::*;

#[component]
pub fn Alerts(alerts: Vec<AlertView<String>>, currency: Currency) -> impl IntoView {
    (!alerts.is_empty()).then(|| {
        view! {
            <section class="card" aria-labelledby="alerts">
                <div class="card-header">
                    <div>
                        <h2 class="card-title" id="alerts">"Alerts"</h2>
                        <p class="note">
                            "What has changed and matters, the newest first. Each makes the loan be decided on again. "<a href="/alerts">"Alerts of all loans"</a>
                        </p>
                    </div>
                </div>
                <AlertTable caption="Alerts of the loan" rows=alerts currency/>
            </section>
        }
    })
}
