//! A request, as the app sees it.

use axum::http::StatusCode;
use outrigger_domain::{
    ids::ContactId,
    support::{Assigned, Contact, Resolver},
    time::Timestamp,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{error::Refusal, internal::shapes::missing};

/// The admin who looks after a request.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::internal) struct AssignedAdmin {
    /// Who.
    id: String,
    /// The name to show.
    name: String,
    /// The address; empty if not known.
    email: String,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    claimed_at: Timestamp,
}

impl From<Assigned> for AssignedAdmin {
    fn from(Assigned { id, name, email, claimed_at }: Assigned) -> Self {
        Self { id: id.to_string(), name, email, claimed_at }
    }
}

/// The admin who was done with it.
#[derive(Serialize, ToSchema)]
pub(in crate::internal) struct ResolvedBy {
    /// Who.
    id: String,
    /// The name to show.
    name: String,
}

/// A request for help (`contracts/contacts.md` section 3, `Contact`).
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::internal) struct ContactDocument {
    /// Our id.
    id: String,
    /// Who asks, as they said.
    name: String,
    /// Their address, as they said: it proves nothing.
    email: String,
    /// What about.
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    /// The text.
    message: String,
    /// `low`, `normal`, `high` or `urgent`.
    priority: &'static str,
    /// Their telephone, as they said.
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
    /// `pending`, `in_progress` or `resolved`.
    status: &'static str,
    /// When it came.
    #[schema(value_type = String, format = DateTime)]
    submitted_at: Timestamp,
    /// Who looks after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    assigned_admin: Option<AssignedAdmin>,
    /// When it was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    resolved_at: Option<Timestamp>,
    /// By whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(inline)]
    resolved_by: Option<ResolvedBy>,
    /// Which user asks, if a token or the app said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<String>,
}

impl From<Contact> for ContactDocument {
    fn from(contact: Contact) -> Self {
        let resolver = |Resolver { id, name }| ResolvedBy { id: ToString::to_string(&id), name };
        Self {
            id: contact.id.to_string(),
            name: contact.name,
            email: contact.email,
            subject: contact.subject,
            message: contact.message,
            priority: contact.priority.as_str(),
            phone: contact.phone,
            status: contact.status.as_str(),
            submitted_at: contact.submitted_at,
            assigned_admin: contact.assigned_admin.map(Into::into),
            resolved_at: contact.resolved_at,
            resolved_by: contact.resolved_by.map(resolver),
            user_id: contact.user.map(|user| user.to_string()),
        }
    }
}

/// 404.
pub(super) fn no_contact() -> Refusal {
    missing("Contact not found")
}

/// 409.
pub(super) fn conflict(text: &str) -> Refusal {
    Refusal::error(StatusCode::CONFLICT, text)
}

/// A request in a path; what is no id is the id of none.
pub(super) fn contact_in_path(id: &str) -> Result<ContactId, Refusal> {
    ContactId::new(id).map_err(|_| no_contact())
}
