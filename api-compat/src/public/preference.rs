//! Whether a client would rather read a page than a line.

use axum::http::{HeaderMap, header};

/// Whether the client names HTML and likes plain text no better (RFC 9110 section 12.5.1). `*/*`, which
/// programs send, names nothing.
pub(super) fn is_html(headers: &HeaderMap) -> bool {
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
        is_html(&HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(accept))]))
    }

    #[test]
    fn browsers_get_the_page_and_programs_the_line() {
        assert!(prefers_html("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"));
        assert!(!prefers_html("*/*"));
        assert!(!prefers_html("application/json, text/plain, */*"));
        assert!(!prefers_html("text/plain, text/html;q=0.5"));
        assert!(!prefers_html("text/html;q=0"));
        assert!(!is_html(&HeaderMap::new()));
    }
}
