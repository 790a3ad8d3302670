//! One request, and what is said about it (`contracts/contacts.md` section 4).

use std::sync::Arc;

use axum::{Json, extract::State};
use outrigger_domain::{
    accounts::Accounts,
    ids::ContactId,
    support::{Contact, NewSupportMessage, SayError, SupportDesk},
};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{
    answer::{bad, no_contact, unavailable},
    caller::{Allowed, Look, Manage, Speak},
    documents::{ContactDocument, MessageDocument},
};
use crate::{
    error::Refusal,
    input::{PublicJson, Segment},
};

async fn document(support: &SupportDesk, contact: Contact) -> Result<ContactDocument, Refusal> {
    let messages = support.history(&contact.id).await.map_err(unavailable)?;
    Ok(ContactDocument::new(contact, messages))
}

/// `GET /api/contacts/{id}`: for admins and whoever asked.
pub(super) async fn show(
    caller: Allowed<Look>,
    State(support): State<Arc<SupportDesk>>,
    State(accounts): State<Arc<Accounts>>,
    Segment(id): Segment,
) -> Result<Json<ContactDocument>, Refusal> {
    let (contact, _) = caller.enter(&support, &accounts, &id).await?;
    Ok(Json(document(&support, contact).await?))
}

/// What was said about a request, as `contactChatHistory` tells it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct History {
    contact_id: String,
    messages: Vec<MessageDocument>,
    status: &'static str,
}

/// `GET /api/contacts/{id}/chat`: for admins and whoever asked.
pub(super) async fn history(
    caller: Allowed<Look>,
    State(support): State<Arc<SupportDesk>>,
    State(accounts): State<Arc<Accounts>>,
    Segment(id): Segment,
) -> Result<Json<History>, Refusal> {
    let (contact, _) = caller.enter(&support, &accounts, &id).await?;
    let messages = support.history(&contact.id).await.map_err(unavailable)?;
    let (contact_id, status) = (contact.id.to_string(), contact.status.as_str());
    let messages = messages.into_iter().map(MessageDocument::from).collect();
    Ok(Json(History { contact_id, messages, status }))
}

/// `PUT /api/contacts/{id}`: a reply, in whichever state the request is. Who replies is what the token says, whatever the
/// body does; what an admin replies goes to whoever asked by e-mail as well.
pub(super) async fn reply(
    caller: Allowed<Speak>,
    State(support): State<Arc<SupportDesk>>,
    State(accounts): State<Arc<Accounts>>,
    Segment(id): Segment,
    PublicJson(mut fields): PublicJson<Map<String, Value>>,
) -> Result<Json<ContactDocument>, Refusal> {
    let (contact, speaker) = caller.enter(&support, &accounts, &id).await?;
    let message = match fields.remove("message") {
        Some(Value::String(message)) => message,
        None | Some(Value::Null) => return Err(bad("Message is required")),
        Some(_) => return Err(bad("Message is invalid")),
    };
    let said = NewSupportMessage {
        contact: contact.id.clone(),
        sender: caller.actor.user.clone(),
        sender_name: caller.shown(&contact, speaker),
        speaker,
        message,
        kind: "text".to_owned(),
    };
    support.reply(said).await.map_err(|error| match error {
        SayError::Empty => bad("Message is required"),
        SayError::TooLong(_) => bad("Message is too long"),
        SayError::NotOpen => no_contact(),
        SayError::Store(error) => unavailable(error),
    })?;
    Ok(Json(document(&support, contact).await?))
}

/// `DELETE /api/contacts/{id}`: for admins; all that was said goes with it.
pub(super) async fn delete(
    _: Allowed<Manage>,
    State(support): State<Arc<SupportDesk>>,
    Segment(id): Segment,
) -> Result<Json<Value>, Refusal> {
    let id = ContactId::new(&id).map_err(|_| no_contact())?;
    if !support.delete(&id).await.map_err(unavailable)? {
        return Err(no_contact());
    }
    Ok(Json(json!({ "success": true, "message": "Contact deleted" })))
}
