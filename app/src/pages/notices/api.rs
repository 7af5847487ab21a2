//! What the list of notices reads.

use crate::error::AppError;
use domain::notice::{NoticeList, NoticeState};
use leptos::server;

/// A page of the notices of one's scope in a state.
#[server(prefix = "/fn", endpoint = "notices")]
pub async fn get_notices(state: NoticeState, page: u32) -> Result<NoticeList, AppError> {
    use crate::guard::{authorise, explain, store};
    let person = authorise(domain::access::Permission::WorkNotices).await?;
    store::notices::list(&store(), person.scope(), state, page).await.map_err(explain)
}
