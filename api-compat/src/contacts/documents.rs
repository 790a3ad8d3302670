//! Requests and what is said about them, in the shapes of this contract's HTTP and of its sockets.

use outrigger_domain::{
    actor::is_guest,
    ids::{ContactId, UserId},
    support::{Assigned, Contact, Resolver, Speaker, SupportMessage},
    time::Timestamp,
};
use serde::Serialize;
use utoipa::ToSchema;

/// The chat about a request, as clients call it (`contracts/contacts.md` section 3, `chatRoomId`).
pub(crate) fn chat_room(contact: &ContactId) -> String {
    format!("contact-{contact}")
}

fn role_word(user: &UserId, speaker: Speaker) -> &'static str {
    match speaker {
        Speaker::Admin => "admin",
        Speaker::Submitter if is_guest(user) => "guest",
        Speaker::Submitter => "user",
    }
}

/// Something said about a request (`contracts/contacts.md` section 3, `contactMessage`).
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MessageDocument {
    /// Our id.
    id: String,
    /// About which request.
    contact_id: String,
    /// Who; a guest has an id of the sidecar's own.
    sender_id: String,
    /// The name to show.
    sender_name: String,
    /// `admin`, `user` or `guest`.
    sender_role: &'static str,
    /// The text.
    message: String,
    /// The client's word for its kind, e.g. `text`.
    #[serde(rename = "type")]
    kind: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    timestamp: Timestamp,
}

impl From<SupportMessage> for MessageDocument {
    fn from(message: SupportMessage) -> Self {
        let SupportMessage { id, said, at } = message;
        Self {
            id,
            contact_id: said.contact.to_string(),
            sender_id: said.sender.to_string(),
            sender_name: said.sender_name,
            sender_role: role_word(&said.sender, said.speaker),
            message: said.message,
            kind: said.kind,
            timestamp: at,
        }
    }
}

/// Something said about a request, as this contract's HTTP calls it. Whoever asked gave an address; that of an admin is
/// nobody's business.
#[derive(Serialize)]
pub(super) struct ReplyDocument {
    #[serde(rename = "_id")]
    id: String,
    reply_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    message: String,
    reply_date: Timestamp,
}

/// The admin who looks after a request, without an address.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AssignedDocument {
    id: String,
    name: String,
    claimed_at: Timestamp,
}

/// A request (`contracts/contacts.md` section 4). The fields behind `replies` are more than the contract has.
#[derive(Serialize)]
pub(super) struct ContactDocument {
    #[serde(rename = "_id")]
    id: String,
    contact_name: String,
    email: String,
    message: String,
    contact_date: Timestamp,
    replies: Vec<ReplyDocument>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    priority: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
    status: &'static str,
    #[serde(rename = "assignedAdmin", skip_serializing_if = "Option::is_none")]
    assigned_admin: Option<AssignedDocument>,
    #[serde(rename = "resolvedAt", skip_serializing_if = "Option::is_none")]
    resolved_at: Option<Timestamp>,
    #[serde(rename = "resolvedBy", skip_serializing_if = "Option::is_none")]
    resolved_by: Option<Resolver>,
}

impl ContactDocument {
    /// A request with these messages, oldest first.
    pub(super) fn new(contact: Contact, messages: Vec<SupportMessage>) -> Self {
        let asked = |speaker| (speaker == Speaker::Submitter).then(|| contact.email.clone());
        let reply = |message: SupportMessage| ReplyDocument {
            id: message.id,
            email: asked(message.said.speaker),
            reply_name: message.said.sender_name,
            message: message.said.message,
            reply_date: message.at,
        };
        let replies = messages.into_iter().map(reply).collect();
        let assigned = |Assigned { id, name, claimed_at, .. }| AssignedDocument {
            id: UserId::to_string(&id),
            name,
            claimed_at,
        };
        Self {
            id: contact.id.to_string(),
            contact_name: contact.name,
            email: contact.email,
            message: contact.message,
            contact_date: contact.submitted_at,
            replies,
            subject: contact.subject,
            priority: contact.priority.as_str(),
            phone: contact.phone,
            status: contact.status.as_str(),
            assigned_admin: contact.assigned_admin.map(assigned),
            resolved_at: contact.resolved_at,
            resolved_by: contact.resolved_by,
        }
    }
}
