//! The web server: routes, who may take them, and what every answer carries.

mod access;
mod assets;
mod downloads;
mod events;
mod hooks;
mod letters;
mod origin;
mod receive;

pub use assets::read_manifest;

use crate::channels::WebhookSecret;
use crate::clock;
use app::error::AppError;
use app::profiles::BuiltInProfiles;
use app::root::App;
use app::shell::{Assets, shell};
use app::sign_in::{Accounts, RequestTime, SetupToken};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, Request, StatusCode};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Router, body::Body};
use axum_login::AuthManagerLayerBuilder;
use leptos::config::LeptosOptions;
use leptos::nonce::use_nonce;
use leptos::prelude::{expect_context, provide_context};
use leptos::server_fn::error::FromServerFnError;
use leptos_axum::{AxumRouteListing, LeptosRoutes, ResponseOptions, generate_route_list};
use std::path::PathBuf;
use store::Store;
use store::sessions::SessionTable;
use tower_http::compression::CompressionLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::trace::TraceLayer;
use tower_sessions::cookie::SameSite;
use tower_sessions::{Expiry, SessionManagerLayer};

/// All that requests need.
#[derive(Clone, Debug)]
pub struct Site {
    pub store: Store,
    pub assets: Assets,
    /// The folder of what the browser loads.
    pub folder: PathBuf,
    pub setup_token: SetupToken,
    pub uploads: PathBuf,
    pub upload_bytes_max: u64,
    pub secure_cookies: bool,
    /// What the SMS gateway signs with; nothing where there is none.
    pub webhook_secret: Option<WebhookSecret>,
}

/// A session ends when nothing was asked for so long.
const SESSION_IDLE_HOURS: i64 = 12;

/// Errors are a few words.
const ERROR_BYTES_MAX: usize = 64 * 1024;

/// The addresses of all pages.
pub fn pages() -> Vec<AxumRouteListing> {
    generate_route_list(App)
}

/// The whole site.
pub fn router(site: Site) -> Router {
    let options = LeptosOptions::builder().output_name("loan-recovery").build();
    let sessions = SessionManagerLayer::new(SessionTable::new(site.store.clone()))
        .with_name("session")
        .with_secure(site.secure_cookies)
        .with_same_site(SameSite::Lax)
        .with_expiry(Expiry::OnInactivity(time::Duration::hours(SESSION_IDLE_HOURS)));
    let who = AuthManagerLayerBuilder::new(Accounts::new(site.store.clone()), sessions).build();
    let assets = site.assets.clone();
    let context = site.clone();
    Router::new()
        .route("/", get(access::home))
        .route(
            app::pages::uploads::RECEIVE,
            post(receive::receive).layer(DefaultBodyLimit::disable()).with_state(site.clone()),
        )
        .route("/uploads/{id}/files/{file}/rejected", get(downloads::rejected_rows_file).with_state(site.clone()))
        .route("/models/{id}/file", get(downloads::model_file).with_state(site.clone()))
        .route("/notices/{id}/letter", get(letters::notice).with_state(site.clone()))
        .route("/letters/{id}/pdf", get(letters::letter).with_state(site.clone()))
        .route("/letters/{id}/print", post(letters::print).with_state(site.clone()))
        .route("/jobs/{id}/events", get(events::job_events).with_state(site.clone()))
        .leptos_routes_with_context(&options, pages(), move || context.provide(), move || shell(&assets))
        .fallback(leptos_axum::render_app_async_with_context(
            {
                let context = site.clone();
                move || {
                    context.provide();
                    expect_context::<ResponseOptions>().set_status(StatusCode::NOT_FOUND);
                }
            },
            {
                let assets = site.assets.clone();
                move || shell(&assets)
            },
        ))
        .layer(from_fn(blame_bad_arguments))
        .layer(from_fn_with_state(site.setup_token.clone(), access::require_person))
        .layer(from_fn(access::recognise_person))
        .layer(who)
        .layer(from_fn(origin::refuse_foreign))
        .merge(assets::routes(&site.folder))
        .merge(hooks::routes(&site))
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(ready).with_state(site.store.clone()))
        .layer(CompressionLayer::new())
        .layer(SetResponseHeaderLayer::if_not_present(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")))
        .layer(SetResponseHeaderLayer::if_not_present(REFERRER_POLICY, HeaderValue::from_static("same-origin")))
        .layer(TraceLayer::new_for_http())
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
        .with_state(options)
}

impl Site {
    /// Puts what server functions need within their reach.
    fn provide(&self) {
        provide_context(self.store.clone());
        provide_context(self.setup_token.clone());
        provide_context(RequestTime(clock::now()));
        provide_context(BuiltInProfiles(ingest::profile::profiles()));
        if let Some(nonce) = use_nonce() {
            let policy = content_security_policy(&nonce);
            if let Ok(policy) = HeaderValue::from_str(&policy) {
                expect_context::<ResponseOptions>().insert_header(CONTENT_SECURITY_POLICY, policy);
            }
        }
    }
}

/// Scripts and styles come from this site alone. Values of charts and bars stand in style attributes.
fn content_security_policy(nonce: &str) -> String {
    format!(
        "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self' 'nonce-{nonce}'; \
         style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; \
         form-action 'self'; frame-ancestors 'none'"
    )
}

/// Arguments of a server function that cannot be read never reach it, so it cannot say whose fault that is.
async fn blame_bad_arguments(request: Request<Body>, next: Next) -> Response {
    let is_call = request.uri().path().starts_with("/fn/");
    let answer = next.run(request).await;
    if !is_call || answer.status() != StatusCode::INTERNAL_SERVER_ERROR {
        return answer;
    }
    let (mut parts, body) = answer.into_parts();
    let body = axum::body::to_bytes(body, ERROR_BYTES_MAX).await.unwrap_or_default();
    if matches!(AppError::de(body.clone()), AppError::Invalid(_)) {
        parts.status = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Response::from_parts(parts, Body::from(body))
}

/// Whether the database answers.
async fn ready(State(store): State<Store>) -> (StatusCode, &'static str) {
    match store.ping().await {
        Ok(()) => (StatusCode::OK, "ready"),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer")
        }
    }
}
