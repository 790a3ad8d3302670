//! The console: the page that a browser gets at `/`, with its own scripts and styles beside it. It is the test
//! client and, for admins, the live monitor; it works without the app, and loads nothing from elsewhere.

use std::{collections::HashMap, sync::Arc, sync::LazyLock};

use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use sha2::{Digest, Sha256};

use crate::{error::not_found, state::PublicSettings};

/// A file of the console.
struct Asset {
    name: &'static str,
    kind: &'static str,
    bytes: &'static [u8],
}

const SCRIPT: &str = "text/javascript; charset=utf-8";

macro_rules! scripts {
    ($($name:literal),* $(,)?) => {
        [$(Asset { name: $name, kind: SCRIPT, bytes: include_bytes!(concat!("../../assets/console/", $name)) }),*]
    };
}

static SCRIPTS: [Asset; 12] = scripts![
    "connection.js",
    "console.js",
    "dom.js",
    "email-panel.js",
    "emit-panel.js",
    "event-log.js",
    "faults.js",
    "live-state.js",
    "monitor-panel.js",
    "rest.js",
    "self-test-panel.js",
    "tabs.js",
];

static OTHERS: [Asset; 3] = [
    // The Socket.IO client 4.8.4 as published on npm (MIT, see the licence beside it).
    Asset {
        name: "socket.io.esm.min.js",
        kind: SCRIPT,
        bytes: include_bytes!("../../assets/socket.io/socket.io.esm.min.js"),
    },
    Asset {
        name: "console.css",
        kind: "text/css; charset=utf-8",
        bytes: include_bytes!("../../assets/console/console.css"),
    },
    Asset {
        name: "icon.svg",
        kind: "image/svg+xml",
        bytes: include_bytes!("../../assets/console/icon.svg"),
    },
];

static HTML: LazyLock<String> = LazyLock::new(|| {
    include_str!("../../assets/console/index.html")
        .replace("{{version}}", env!("CARGO_PKG_VERSION"))
});

/// Entity tags by name (RFC 9110 section 8.8.3): a new version of the sidecar is seen at once, and nothing is
/// sent twice.
static TAGS: LazyLock<HashMap<&'static str, HeaderValue>> = LazyLock::new(|| {
    let tag = |asset: &Asset| {
        let digest = format!("{:x}", Sha256::digest(asset.bytes));
        HeaderValue::from_str(&format!("\"{digest:.24}\"")).ok().map(|tag| (asset.name, tag))
    };
    SCRIPTS.iter().chain(&OTHERS).filter_map(tag).collect()
});

/// Its own files, its own server, and nothing else (Content Security Policy Level 3). What e-mails look like is posted into
/// a frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
    connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The page.
pub(super) fn page() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        // Not `no-referrer`: then a form's origin would be `null`, which is none that is let in.
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ];
    (headers, HTML.as_str()).into_response()
}

/// `GET /_console/{name}`.
pub(super) async fn asset(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let Some(asset) = SCRIPTS.iter().chain(&OTHERS).find(|asset| asset.name == name) else {
        return not_found().await.into_response();
    };
    let tag = TAGS.get(asset.name);
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|known| Some(known) == tag);
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, asset.kind)], asset.bytes).into_response()
    };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Some(tag) = tag {
        response.headers_mut().insert(header::ETAG, tag.clone());
    }
    response
}

/// `GET /_console/contracts.json`: what can be said in which namespace of which path.
pub(super) async fn contracts(State(settings): State<Arc<PublicSettings>>) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], settings.places.to_string()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(asset: &Asset) -> &'static str {
        std::str::from_utf8(asset.bytes).unwrap()
    }

    #[test]
    fn everything_that_is_named_is_there() {
        let pages = SCRIPTS.iter().map(text).chain([HTML.as_str(), text(&OTHERS[1])]);
        for page in pages {
            for name in page.split(['"', '\'', '(', ')']).filter(|word| {
                (word.starts_with("./") || word.starts_with("/_console/")) && word.contains('.')
            }) {
                let file = name.rsplit('/').next().unwrap();
                let known = file == "contracts.json"
                    || SCRIPTS.iter().chain(&OTHERS).any(|asset| asset.name == file);
                assert!(known, "{name}");
            }
        }
        assert!(!HTML.contains("{{"));
    }

    #[test]
    fn nothing_is_loaded_from_elsewhere_or_written_in_line() {
        assert!(POLICY.starts_with("default-src 'none'") && !POLICY.contains("unsafe"));
        for forbidden in ["https://", "<style", " style=", " onclick", "javascript:"] {
            assert!(!HTML.contains(forbidden), "{forbidden}");
        }
        for script in &SCRIPTS {
            for forbidden in
                ["innerHTML", "eval(", "document.write", "localStorage", "sessionStorage"]
            {
                assert!(!text(script).contains(forbidden), "{forbidden} in {}", script.name);
            }
        }
    }
}
