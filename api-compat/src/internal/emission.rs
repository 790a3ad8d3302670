//! An event of the app on its way out.

use axum::{Extension, http::StatusCode};
use outrigger_domain::{
    events::Audience,
    outreach::{Keeping, Outreach, OutreachError},
};
use serde_json::value::RawValue;

use super::{idempotency::RequestKey, shapes::Emitted};
use crate::error::Refusal;

/// Longest name of a namespace or contract, in bytes.
const MAX_SCOPE_BYTES: usize = 64;

/// The argument of an event that was given none.
pub(super) fn null() -> Box<RawValue> {
    RawValue::NULL.to_owned()
}

/// What becomes of it for those who are away. A call that is repeated under its key is the same event, even if
/// the process died before it was answered.
pub(super) fn keeping(durable: bool, key: Option<Extension<RequestKey>>) -> Keeping {
    if durable {
        Keeping::Durable { key: key.map(|Extension(key)| key.as_id().to_owned()) }
    } else {
        Keeping::Passing
    }
}

/// What is sent and where; the same in every call. (Not one flattened struct: raw JSON cannot be flattened.)
pub(super) struct Emission {
    pub(super) event: String,
    pub(super) data: Box<RawValue>,
    pub(super) contract: Option<String>,
    pub(super) namespace: Option<String>,
    pub(super) keeping: Keeping,
}

impl Emission {
    /// Sends it.
    pub(super) async fn send(self, outreach: &Outreach, to: Audience) -> Result<Emitted, Refusal> {
        if self
            .namespace
            .as_ref()
            .is_some_and(|name| !name.starts_with('/') || name.len() > MAX_SCOPE_BYTES)
        {
            return Err(Refusal::field(
                "namespace",
                "namespace must be written as clients write it: /name",
            ));
        }
        if self
            .contract
            .as_ref()
            .is_some_and(|name| name.is_empty() || name.len() > MAX_SCOPE_BYTES)
        {
            return Err(Refusal::field("contract", "contract must be the name of a contract"));
        }
        let sent = outreach
            .send(to, &self.event, self.data, self.contract, self.namespace, self.keeping)
            .await;
        Ok(sent.map_err(refuse)?.into())
    }
}

/// Why an event was not sent.
pub(super) fn refuse(error: OutreachError) -> Refusal {
    match error {
        OutreachError::BadName | OutreachError::ReservedName => {
            Refusal::field("event", error.to_string())
        }
        OutreachError::TooLarge => {
            Refusal::field("data", error.to_string()).with_status(StatusCode::PAYLOAD_TOO_LARGE)
        }
        OutreachError::NotForUsers => Refusal::field("durable", error.to_string()),
        OutreachError::Store(error) => error.into(),
    }
}
