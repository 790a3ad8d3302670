//! Where the fields of a request come from: its body or its query.

use axum::{
    extract::{FromRequest, FromRequestParts, Query, Request},
    http::{StatusCode, request::Parts},
};
use serde_json::{Map, Value};

use super::{answer::Failure, fields::Fields};
use crate::input::read_bytes;

/// The JSON object that a call carries; an empty body is an empty object.
pub(super) struct Body(pub(super) Fields);

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let bytes = read_bytes(request, state).await.map_err(|status| match status {
            StatusCode::PAYLOAD_TOO_LARGE => Failure::new(status, "The request body is too large"),
            _ => Failure::new(status, "The request body broke off"),
        })?;
        let bytes: &[u8] = if bytes.is_empty() { b"{}" } else { &bytes };
        serde_json::from_slice(bytes).map(|values| Self(Fields::new(values))).map_err(|_| {
            let mut fields = Fields::default();
            fields.fault("value", "must be of type object", "object.base");
            fields.refused()
        })
    }
}

/// The query of a call. A name that is given twice is a list, which no field here is.
pub(super) struct Asked(pub(super) Fields);

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let pairs = Query::<Vec<(String, String)>>::from_request_parts(parts, state).await;
        let Query(pairs) =
            pairs.map_err(|_| Failure::new(StatusCode::BAD_REQUEST, "The query cannot be read"))?;
        let mut values = Map::new();
        for (name, value) in pairs {
            let value = Value::String(value);
            values
                .entry(name)
                .and_modify(|first| *first = Value::Array(vec![first.take(), value.clone()]))
                .or_insert(value);
        }
        Ok(Self(Fields::new(values)))
    }
}
