//! What the browser loads: files whose names change with their content.

use anyhow::{Context, Result};
use app::shell::Assets;
use axum::Router;
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use std::path::Path;
use tower::ServiceBuilder;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

/// Reads where the browser finds each file.
///
/// # Errors
/// Where the site was not built.
pub fn read_manifest(folder: &Path) -> Result<Assets> {
    let path = folder.join("manifest.json");
    let missing = || {
        format!(
            "{} cannot be read; build the site with `cargo xtask build` and name its folder with --site",
            path.display()
        )
    };
    let text = std::fs::read_to_string(&path).with_context(missing)?;
    Ok(Assets::new(serde_json::from_str(&text).with_context(missing)?))
}

/// Serves the files, compressed beforehand. A name stands for one content for ever.
pub fn routes<S: Clone + Send + Sync + 'static>(folder: &Path) -> Router<S> {
    let files = ServeDir::new(folder.join("pkg")).precompressed_br().precompressed_gzip();
    let forever = SetResponseHeaderLayer::overriding(CACHE_CONTROL, |response: &axum::http::Response<_>| {
        let is_found = response.status().is_success() || response.status() == axum::http::StatusCode::NOT_MODIFIED;
        Some(HeaderValue::from_static(if is_found { "public, max-age=31536000, immutable" } else { "no-store" }))
    });
    Router::new().nest_service("/pkg", ServiceBuilder::new().layer(forever).service(files))
}
