//! Reading paths, queries and JSON bodies, with refusals in words of our own: what a parser says never reaches
//! a client.

use std::convert::Infallible;

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Path, Query, Request},
    http::{StatusCode, request::Parts},
    response::IntoResponse,
};
use serde::de::DeserializeOwned;

use crate::error::Refusal;

/// The JSON body of a public call.
pub(crate) struct PublicJson<T>(pub(crate) T);

/// The bytes of a body within the route's limit.
pub(crate) async fn read_bytes<S: Send + Sync>(
    request: Request,
    state: &S,
) -> Result<Bytes, StatusCode> {
    Bytes::from_request(request, state).await.map_err(|rejection| {
        match rejection.into_response().status() {
            StatusCode::PAYLOAD_TOO_LARGE => StatusCode::PAYLOAD_TOO_LARGE,
            _ => StatusCode::BAD_REQUEST,
        }
    })
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for PublicJson<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let invalid = || Refusal::message(StatusCode::BAD_REQUEST, "Invalid request body.");
        let bytes = read_bytes(request, state).await.map_err(|status| match status {
            StatusCode::PAYLOAD_TOO_LARGE => {
                Refusal::message(status, "The request body is too large.")
            }
            _ => invalid(),
        })?;
        serde_json::from_slice(&bytes).map(Self).map_err(|_| invalid())
    }
}

/// The one parameter of a path. What cannot be decoded is given as an empty text, which is no id of anything:
/// the route refuses it in its own words.
pub(crate) struct Segment(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Segment {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let segment = Path::<String>::from_request_parts(parts, state).await;
        Ok(Self(segment.map_or_else(|_| String::new(), |Path(segment)| segment)))
    }
}

/// The query of a call.
pub(crate) struct SoundQuery<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for SoundQuery<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let query = Query::<T>::from_request_parts(parts, state).await;
        query
            .map(|Query(query)| Self(query))
            .map_err(|_| Refusal::error(StatusCode::BAD_REQUEST, "Invalid query"))
    }
}
