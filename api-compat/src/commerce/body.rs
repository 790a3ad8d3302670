//! JSON bodies: what is wrong with one is said in the contract's words.

use axum::{
    extract::{FromRequest, FromRequestParts, Query, Request},
    http::{StatusCode, request::Parts},
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::answer::{bad, failure, invalid, missing};
use crate::{error::Refusal, input::read_bytes};

/// The JSON object of a call; an empty body is an empty object.
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let bytes = read_bytes(request, state).await.map_err(|status| match status {
            StatusCode::PAYLOAD_TOO_LARGE => failure(status, "Payload too large"),
            _ => failure(status, "The request body broke off"),
        })?;
        let bytes: &[u8] = if bytes.is_empty() { b"{}" } else { &bytes };
        // What is no object must not pass for one whose fields stand in a row.
        let object = bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{');
        let parsed = serde_json::from_slice(bytes).ok().filter(|_| object);
        parsed.map(Self).ok_or_else(|| bad("Invalid request body"))
    }
}

/// The query of a call.
pub(super) struct Asked<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let query = Query::<T>::from_request_parts(parts, state).await;
        query.map(|Query(query)| Self(query)).map_err(|_| bad("Invalid query"))
    }
}

/// A text that may be absent; an empty one, or `null`, counts as absent.
pub(super) fn optional_text(field: &str, value: Option<Value>) -> Result<Option<String>, Refusal> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text).filter(|text| !text.is_empty())),
        Some(_) => Err(invalid(field)),
    }
}

/// `true` or `false`, which must be there.
pub(super) fn flag(field: &str, value: Option<Value>) -> Result<bool, Refusal> {
    match value {
        None | Some(Value::Null) => Err(missing(field)),
        Some(Value::Bool(flag)) => Ok(flag),
        Some(_) => Err(invalid(field)),
    }
}
