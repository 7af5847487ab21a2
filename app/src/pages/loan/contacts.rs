//! The addresses of the borrower: where they agreed to be reached, and where they want no more messages.

use crate::components::table::{Column, Table};
use domain::contact_history::AddressStanding;
use leptos::prelude::*;

#[component]
pub fn Contacts(contacts: Vec<AddressStanding<String>>) -> impl IntoView {
    let columns = ["Address", "By", "Consent", "Opted out"].map(Column::text).to_vec();
    let is_known = !contacts.is_empty();
    let rows = contacts.into_iter().map(|standing| view! { <Row standing/> }).collect_view();
    view! {
        <section class="card" aria-labelledby="contacts">
            <div class="card-header">
                <div>
                    <h2 class="card-title" id="contacts">"Contacts"</h2>
                    <p class="note">
                        {if is_known {
                            "What files told of consent, and what the borrower said since. The contact gate goes by both."
                        } else {
                            "No address of the borrower is on file: load a file of borrowers."
                        }}
                    </p>
                </div>
            </div>
            {is_known.then(|| view! { <Table caption="Addresses of the borrower" columns>{rows}</Table> })}
        </section>
    }
}

#[component]
fn Row(standing: AddressStanding<String>) -> impl IntoView {
    let AddressStanding { channel, address, consent, opt_outs } = standing;
    let address = if address.is_empty() { "Every address".to_owned() } else { address };
    let consent = match consent {
        Some((true, since)) => format!("Agreed, known since {since}"),
        Some((false, since)) => format!("Refused, known since {since}"),
        None => "Not known".to_owned(),
    };
    let opted_out = opt_outs.into_iter().map(|(channel, since)| {
        view! { <p><span class="badge badge--warn">{channel.label()}</span>{format!(" since {since}")}</p> }
    });
    view! {
        <tr>
            <th scope="row">{address}</th>
            <td>{channel.label()}</td>
            <td>{consent}</td>
            <td>{opted_out.collect_view()}</td>
        </tr>
    }
}
