//! What was refused, and why.

use serde::Serialize;
use ts_rs::TS;

use crate::{contract::WireEvent, rooms::wire::wire};

wire! {
    /// The form was not taken in.
    "contactFormError" => ContactsFormError {
        /// A sentence for people, always the same.
        error: &'static str,
        /// What is wrong with it.
        details: &'static str,
        /// When it may be tried again, in seconds.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        retry_after: Option<u64>,
    }
}
wire! {
    /// A request was not claimed, or not given back.
    "claimError" => ContactsClaimError {
        /// Why.
        error: &'static str,
        /// The name of the admin who has it.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        assigned_to: Option<String>,
        /// Which event was refused.
        event: &'static str,
        /// When it may be tried again, in seconds.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        retry_after: Option<u64>,
    }
}
wire! {
    /// A request was not resolved.
    "resolveError" => ContactsResolveError {
        /// Why.
        error: &'static str,
        /// Which event was refused.
        event: &'static str,
        /// When it may be tried again, in seconds.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        retry_after: Option<u64>,
    }
}
wire! {
    /// Anything else was refused, or the socket closes behind this; then no event was.
    "messageError" => ContactsMessageError {
        /// Why.
        error: String,
        /// Which event was refused.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        event: Option<&'static str>,
        /// When it may be tried again, in seconds.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        retry_after: Option<u64>,
    }
}
