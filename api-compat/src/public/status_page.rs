//! The page that a browser gets at `/`: one document, its style inside, nothing loaded from elsewhere.

use std::sync::LazyLock;

use axum::http::{HeaderMap, header};
use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

const STYLE: &str = include_str!("status.css");

static HTML: LazyLock<String> = LazyLock::new(|| {
    include_str!("status.html")
        .replace("{{style}}", STYLE)
        .replace("{{version}}", env!("CARGO_PKG_VERSION"))
});

/// Nothing but the one style, by its digest (Content Security Policy Level 3, section 2.3.1).
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let digest = STANDARD.encode(Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'"
    )
});

/// The page.
pub(super) fn html() -> &'static str {
    &HTML
}

/// What the page may do.
pub(super) fn content_security_policy() -> &'static str {
    &POLICY
}

/// Whether the client names HTML and likes plain text no better (RFC 9110 section 12.5.1). `*/*`, which
/// programs send, names nothing.
pub(super) fn is_preferred(headers: &HeaderMap) -> bool {
    let accept = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let (mut html, mut plain) = (0.0_f32, 0.0_f32);
    for range in accept.flat_map(|value| value.split(',')) {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default();
        let quality = parts
            .find_map(|parameter| parameter.strip_prefix("q="))
            .map_or(1.0, |quality| quality.parse().unwrap_or(0.0));
        if name.eq_ignore_ascii_case("text/html") {
            html = html.max(quality);
        } else if name.eq_ignore_ascii_case("text/plain") {
            plain = plain.max(quality);
        }
    }
    html > 0.0 && html >= plain
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn prefers_html(accept: &'static str) -> bool {
        is_preferred(&HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(accept))]))
    }

    #[test]
    fn browsers_get_the_page_and_programs_the_line() {
        assert!(prefers_html("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"));
        assert!(!prefers_html("*/*"));
        assert!(!prefers_html("application/json, text/plain, */*"));
        assert!(!prefers_html("text/plain, text/html;q=0.5"));
        assert!(!prefers_html("text/html;q=0"));
        assert!(!is_preferred(&HeaderMap::new()));
    }

    #[test]
    fn the_page_is_whole_and_loads_nothing() {
        assert!(!html().contains("{{"));
        assert!(html().contains(STYLE));
        for loader in ["src=", "<script", "@import", "url("] {
            assert!(!html().contains(loader), "{loader}");
        }
        assert!(content_security_policy().starts_with("default-src 'none'"));
    }
}
