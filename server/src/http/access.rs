//! Who asks, and what strangers may see: nothing but the short list below.
//!
//! What each role may do is decided by the server functions themselves, on their first line.

use app::error::AppError;
use app::sign_in::{Accounts, SetupToken};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use axum_login::AuthSession;
use domain::access::SignedIn;
use leptos::server_fn::error::FromServerFnError;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// The addresses that need nobody to be signed in.
pub const PUBLIC: [&str; 8] =
    ["/login", "/setup", "/opt-out", "/fn/sign_in", "/fn/sign_out", "/fn/set_up", "/fn/opt_out_address", "/fn/opt_out"];

/// Puts the person of the session into the request.
pub async fn recognise_person(session: AuthSession<Accounts>, mut request: Request, next: Next) -> Response {
    if let Some(account) = session.user {
        request.extensions_mut().insert(account.person);
    }
    next.run(request).await
}

/// Sends strangers to sign in: pages by redirect, programs by 401. As long as nobody can, the first page explains the
/// first start.
pub async fn require_person(State(setup): State<SetupToken>, request: Request, next: Next) -> Response {
    let is_known = request.extensions().get::<SignedIn>().is_some();
    if is_known || PUBLIC.contains(&request.uri().path()) {
        return next.run(request).await;
    }
    let accept = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    let wants_page = request.method() == Method::GET && accept.is_some_and(|accept| accept.contains("text/html"));
    if wants_page {
        let asked = request.uri().path_and_query().map_or("/", |asked| asked.as_str());
        let login = if asked == "/" {
            if setup.is_unspent() { "/setup" } else { "/login" }.to_owned()
        } else {
            format!("/login?next={}", utf8_percent_encode(asked, NON_ALPHANUMERIC))
        };
        Redirect::to(&login).into_response()
    } else if request.uri().path().starts_with("/fn/") {
        let headers = [(header::CONTENT_TYPE, "application/json")];
        (StatusCode::UNAUTHORIZED, headers, AppError::SignedOut.ser()).into_response()
    } else {
        (StatusCode::UNAUTHORIZED, "Sign in to go on.").into_response()
    }
}

/// Leads to the first page of the person's role.
pub async fn home(request: Request<Body>) -> Redirect {
    let person = request.extensions().get::<SignedIn>();
    Redirect::to(person.map_or("/login", |person| person.role.home()))
}
