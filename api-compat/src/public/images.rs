//! Images that came with messages, for those who wrote and received them.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderMap, HeaderName, StatusCode, header},
    response::{IntoResponse, Response},
};
use outrigger_domain::{ids::ImageId, messaging::Messaging};

use crate::{auth::Holder, error::Refusal, input::Segment};

/// An image never changes under its id; shared caches must not have it.
const CACHE_CONTROL: &str = "private, max-age=31536000, immutable";

/// Whatever the bytes are, opened as a page they can do nothing.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; sandbox";

/// `GET /api/messages/images/{id}`: participants only; to others it does not exist.
pub(super) async fn show(
    Holder(actor): Holder,
    State(messaging): State<Arc<Messaging>>,
    Segment(id): Segment,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let unknown = || Refusal::message(StatusCode::NOT_FOUND, "Image not found.");
    let id = ImageId::new(id).map_err(|_| unknown())?;
    let image = messaging.image(&actor, &id).await?.ok_or_else(unknown)?;
    let tag = format!("\"{id}\"");
    let lasting: [(HeaderName, &str); 4] = [
        (header::ETAG, &tag),
        (header::CACHE_CONTROL, CACHE_CONTROL),
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    if is_known(&headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, lasting).into_response());
    }
    Ok((lasting, [(header::CONTENT_TYPE, image.media_type)], image.bytes).into_response())
}

/// Whether the client has it already (RFC 9110 section 13.1.2, weak comparison).
fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn a_tag_is_found_in_any_of_its_spellings() {
        let known = |value: &'static str| {
            let headers =
                HeaderMap::from_iter([(header::IF_NONE_MATCH, HeaderValue::from_static(value))]);
            is_known(&headers, "\"a\"")
        };
        assert!(known("\"a\"") && known("W/\"a\"") && known("\"b\", \"a\"") && known("*"));
        assert!(!known("\"b\"") && !known("a"));
    }
}
