//! The document around the application, and the files that it loads.

use crate::root::App;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::MetaTags;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Where the browser finds each file of the site, by its logical name (`app.js`).
#[derive(Clone, Debug, Default)]
pub struct Assets(Arc<BTreeMap<String, String>>);

impl Assets {
    pub fn new(paths: BTreeMap<String, String>) -> Self {
        Self(Arc::new(paths))
    }

    /// The address of a file; an address that answers "not found" where the site was built without it.
    fn path(&self, name: &str) -> String {
        self.0.get(name).cloned().unwrap_or_else(|| format!("/pkg/{name}"))
    }
}

/// The HTML document. Scripts carry the request's nonce, which the content security policy names.
pub fn shell(assets: &Assets) -> impl IntoView + use<> {
    let nonce = use_nonce();
    let wasm = assets.path("app.wasm");
    let script = assets.path("app.js");
    let start =
        format!("import init, {{ hydrate }} from {script:?}; init({{ module_or_path: {wasm:?} }}).then(hydrate);");
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <script src=assets.path("theme.js") nonce=nonce.clone()></script>
                <link rel="icon" href=assets.path("favicon.svg") type="image/svg+xml"/>
                <link rel="preload" href=assets.path("inter.woff2") r#as="font" r#type="font/woff2" crossorigin="anonymous"/>
                <link rel="stylesheet" href=assets.path("app.css")/>
                <link rel="modulepreload" href=script.clone() nonce=nonce.clone()/>
                <link rel="preload" href=wasm.clone() r#as="fetch" r#type="application/wasm" crossorigin="anonymous"/>
                <script type="module" src=assets.path("charts.js") data-plotly=assets.path("plotly.js") nonce=nonce.clone()></script>
                <MetaTags/>
            </head>
            <body>
                <App/>
                <script type="module" nonce=nonce inner_html=start></script>
            </body>
        </html>
    }
}
