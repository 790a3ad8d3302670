//! Somebody asks by way of the app: `createContact`.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use outrigger_domain::{
    ids::UserId,
    support::{SubmitError, SupportDesk},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::documents::ContactDocument;
use crate::{
    contacts::{Form, said_of},
    error::Refusal,
    internal::{
        payload::Payload,
        shapes::{ErrorBody, Id},
    },
};

/// What somebody asks.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::internal) struct NewRequest {
    /// Who asks; at most 100 characters.
    name: Option<String>,
    /// The same, as forms over HTTP call it.
    #[serde(rename = "contact_name")]
    contact_name: Option<String>,
    /// Their address.
    email: Option<String>,
    /// What about; at most 200 characters.
    subject: Option<String>,
    /// The text; at most 5000 characters.
    message: Option<String>,
    /// `low`, `normal`, `high` or `urgent`; `normal` if absent.
    priority: Option<String>,
    /// Their telephone.
    phone: Option<String>,
    /// Which user asks; may then see the request without the access token.
    #[schema(value_type = Option<Id>)]
    user_id: Option<UserId>,
}

/// A request that was taken in.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::internal) struct CreatedContact {
    /// Always true.
    success: bool,
    /// The request.
    contact: ContactDocument,
    /// Lets whoever has it into the chat about the request. The sidecar itself keeps only its digest; under an
    /// `Idempotency-Key` this answer is kept as it is for as long as such answers are.
    access_token: String,
}

fn refuse(text: &str) -> Refusal {
    Refusal::field(said_of(text), text)
}

/// Takes in a request for help: it enters the live queue, and is confirmed by e-mail (`createContact`).
#[utoipa::path(post, path = "/internal/contacts", tag = "contacts", operation_id = "create_contact",
    request_body = NewRequest,
    responses((status = 201, body = CreatedContact), (status = 400, body = ErrorBody)))]
pub(in crate::internal) async fn create(
    State(support): State<Arc<SupportDesk>>,
    Payload(new): Payload<NewRequest>,
) -> Result<(StatusCode, Json<CreatedContact>), Refusal> {
    let NewRequest { name, contact_name, email, subject, message, priority, phone, user_id } = new;
    let name = name.filter(|name| !name.trim().is_empty()).or(contact_name);
    let form = Form { name, email, subject, message, priority, phone };
    let new = form.into_contact().map_err(refuse)?;
    let submitted = support.submit(new, user_id.as_ref()).await.map_err(|error| match error {
        SubmitError::Invalid(text) => refuse(text),
        SubmitError::Store(error) => error.into(),
    })?;
    let contact = Arc::unwrap_or_clone(submitted.contact).into();
    let access_token = submitted.access_token;
    Ok((StatusCode::CREATED, Json(CreatedContact { success: true, contact, access_token })))
}
