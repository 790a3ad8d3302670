//! The app's own events in contract `contacts`: `notifyAdmins`, `broadcastToAdmins`, `sendToUser`.

use std::sync::Arc;

use axum::extract::State;
use outrigger_domain::{
    actor::Role,
    events::Audience,
    ids::UserId,
    outreach::{Keeping, Outreach},
};
use serde::Deserialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::{
    contacts::CONTRACT,
    error::Refusal,
    internal::{
        emission::{Emission, null},
        payload::Payload,
        shapes::{Emitted, ErrorBody, Id},
    },
};

fn emission(event: String, data: Box<RawValue>) -> Emission {
    Emission {
        event,
        data,
        contract: Some(CONTRACT.to_owned()),
        namespace: None,
        keeping: Keeping::Passing,
    }
}

/// An event for admins.
#[derive(Deserialize, ToSchema)]
pub(in crate::internal) struct ToAdmins {
    /// Its name on the wire.
    event: String,
    /// Its one argument; `null` if absent.
    #[serde(default = "null")]
    #[schema(value_type = serde_json::Value)]
    data: Box<RawValue>,
}

/// Sends an event to the admins who are there in contract `contacts` (`notifyAdmins`, `broadcastToAdmins`).
#[utoipa::path(post, path = "/internal/contacts/notify-admins", tag = "contacts", operation_id = "notify_contact_admins",
    request_body = ToAdmins,
    responses((status = 200, body = Emitted), (status = 400, body = ErrorBody)))]
pub(in crate::internal) async fn notify_admins(
    State(outreach): State<Arc<Outreach>>,
    Payload(ToAdmins { event, data }): Payload<ToAdmins>,
) -> Result<Emitted, Refusal> {
    emission(event, data).send(&outreach, Audience::Role(Role::Admin)).await
}

/// An event for one user.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::internal) struct ToOne {
    /// To whom.
    #[schema(value_type = Id)]
    user_id: UserId,
    /// Its name on the wire.
    event: String,
    /// Its one argument; `null` if absent.
    #[serde(default = "null")]
    #[schema(value_type = serde_json::Value)]
    data: Box<RawValue>,
}

/// Sends an event to one user's sockets of contract `contacts` (`sendToUser`).
#[utoipa::path(post, path = "/internal/contacts/send-to-user", tag = "contacts", operation_id = "send_to_contact_user",
    request_body = ToOne,
    responses((status = 200, body = Emitted), (status = 400, body = ErrorBody)))]
pub(in crate::internal) async fn send_to_user(
    State(outreach): State<Arc<Outreach>>,
    Payload(ToOne { user_id, event, data }): Payload<ToOne>,
) -> Result<Emitted, Refusal> {
    emission(event, data).send(&outreach, Audience::User(user_id)).await
}
