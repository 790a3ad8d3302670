//! The page behind a link that ends list mail.

use std::sync::LazyLock;

use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

/// What it says.
pub(super) enum Page<'a> {
    /// Whether to end list mail to this address.
    Ask(&'a str),
    /// It was ended.
    Done(&'a str),
    /// The link is none of ours, or was cut short.
    BadLink,
    /// Not now.
    Later,
}

const LAYOUT: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");

/// Its own style and its own form, and nothing else (Content Security Policy Level 3).
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let digest = STANDARD.encode(Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
});

/// The button; where it leads is where the page came from.
const FORM: &str = r#"<form method="post"><input type="hidden" name="List-Unsubscribe" value="One-Click"><button type="submit">Unsubscribe</button></form>"#;

/// A text where HTML would understand some of it.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

/// The page that says so. Where it is reached from, with the token, is told to nobody else.
pub(super) fn page(says: &Page<'_>) -> Response {
    let strong = |address: &str| format!("<strong>{}</strong>", escaped(address));
    let (title, text, form) = match says {
        Page::Ask(address) => (
            "Unsubscribe?",
            format!("No more newsletters and reminders will be sent to {}.", strong(address)),
            FORM,
        ),
        Page::Done(address) => (
            "You are unsubscribed",
            format!(
                "Newsletters and reminders are no longer sent to {}. Mail that you ask for, such as codes and \
                 answers, still reaches you.",
                strong(address)
            ),
            "",
        ),
        Page::BadLink => (
            "This link does not work",
            "Part of it may be missing. Please use the link in the e-mail as it stands there."
                .to_owned(),
            "",
        ),
        Page::Later => ("Please try again", "This cannot be done just now.".to_owned(), ""),
    };
    // The address comes last: nothing in it is looked at again.
    let html = LAYOUT
        .replace("{{style}}", STYLE)
        .replace("{{title}}", title)
        .replace("{{form}}", form)
        .replace("{{text}}", &text);
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY.as_str()),
        // Not `no-referrer`: then the button would come from nowhere, and be refused.
        (header::REFERRER_POLICY, "same-origin"),
    ];
    (headers, html).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_html_would_understand_is_escaped() {
        assert_eq!(
            escaped("a&b<c>\"d\"'e'@x.example"),
            "a&amp;b&lt;c&gt;&quot;d&quot;&#39;e&#39;@x.example"
        );
    }

    #[test]
    fn nothing_is_loaded_from_elsewhere_or_run() {
        assert!(!POLICY.contains("unsafe"));
        for forbidden in ["http://", "https://", "<script", " style=", "url("] {
            assert!(!LAYOUT.contains(forbidden) && !STYLE.contains(forbidden), "{forbidden}");
        }
    }
}
