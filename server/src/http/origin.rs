//! Requests that change something must come from this site's own pages.
//!
//! Session cookies are `SameSite=Lax`, which lets sister sites through; browsers always say where a
//! change comes from, so that it can be held against the host that was asked.

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Refuses changes whose `Origin` is not this host. Programs send none and carry no cookies.
pub async fn refuse_foreign(request: Request, next: Next) -> Response {
    if request.method().is_safe() || is_own(request.headers()) {
        next.run(request).await
    } else {
        (StatusCode::FORBIDDEN, "This request comes from another site.").into_response()
    }
}

fn is_own(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    match (text(header::ORIGIN), text(header::HOST)) {
        (Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, origin)| origin == host),
        (Some(_), None) => false,
        (None, _) => headers.get("sec-fetch-site").is_none_or(|site| site == "same-origin" || site == "none"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pairs: &[(&'static str, &'static str)], own: bool) {
        let headers = pairs
            .iter()
            .map(|(name, value)| (name.parse().expect("a name"), value.parse().expect("a value")))
            .collect();
        assert_eq!(is_own(&headers), own, "{pairs:?}");
    }

    #[test]
    fn only_this_hosts_pages_may_change_things() {
        check(&[("host", "a.test:3000"), ("origin", "http://a.test:3000")], true);
        check(&[("host", "a.test"), ("origin", "https://b.a.test")], false);
        check(&[("host", "a.test"), ("origin", "null")], false);
        check(&[("host", "a.test"), ("sec-fetch-site", "cross-site")], false);
        check(&[("host", "a.test"), ("sec-fetch-site", "same-origin")], true);
        check(&[("host", "a.test")], true);
        check(&[("origin", "http://a.test")], false);
    }
}
