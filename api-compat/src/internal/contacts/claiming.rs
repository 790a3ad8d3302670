//! Who looks after a request, as the app decides: `assignContact`, `resolveContact`.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use outrigger_domain::{
    accounts::{Accounts, Profile},
    ids::UserId,
    support::{Admin, Claimed, Contact, Released, Resolved, SupportDesk},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::documents::{ContactDocument, conflict, contact_in_path, no_contact};
use crate::{
    error::Refusal,
    input::Segment,
    internal::{
        payload::Payload,
        shapes::{ErrorBody, Id},
    },
};

/// For whom the app acts. Whether the user is an admin is the app's word.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::internal) struct ForAdmin {
    /// Which admin.
    #[schema(value_type = Id)]
    admin_id: UserId,
}

/// The admin with the name and address that the app told, or that the admin's own token does.
async fn admin(accounts: &Accounts, support: &SupportDesk, id: UserId) -> Result<Admin, Refusal> {
    let known = accounts.find(&id).await?;
    let there = support.online_admins().into_iter().find(|admin| admin.id == id);
    let (told_name, told_email) = match &known {
        Some(user) => (Profile::from(user).name, Some(user.email.clone())),
        None => (None, None),
    };
    let (own_name, own_email) = there.map(|admin| (admin.name, admin.email)).unzip();
    let name = told_name.or(own_name).unwrap_or_else(|| id.to_string());
    let email = told_email.filter(|email| !email.is_empty()).or(own_email).unwrap_or_default();
    Ok(Admin { id, name, email })
}

/// A request that an admin looks after.
#[derive(Serialize, ToSchema)]
pub(in crate::internal) struct AssignedContact {
    /// Always true.
    success: bool,
    /// The request.
    contact: ContactDocument,
    /// Whether that is news: not if it was this admin's before.
    assigned: bool,
}

/// A request that is done.
#[derive(Serialize, ToSchema)]
pub(in crate::internal) struct ResolvedContact {
    /// Always true.
    success: bool,
    /// The request.
    contact: ContactDocument,
    /// Whether that is news: not if it was done before.
    resolved: bool,
}

/// A request that waits again.
#[derive(Serialize, ToSchema)]
pub(in crate::internal) struct ReleasedContact {
    /// Always true.
    success: bool,
    /// The request.
    contact: ContactDocument,
}

/// Gives a request to an admin, as if that admin had claimed it (`assignContact`). One that another admin looks after stays
/// theirs: release it first.
#[utoipa::path(post, path = "/internal/contacts/{id}/assign", tag = "contacts", operation_id = "assign_contact",
    params(("id" = String, Path, description = "The request's id")), request_body = ForAdmin,
    responses((status = 200, body = AssignedContact), (status = 400, body = ErrorBody), (status = 404, body = ErrorBody),
        (status = 409, body = ErrorBody)))]
pub(in crate::internal) async fn assign(
    State(support): State<Arc<SupportDesk>>,
    State(accounts): State<Arc<Accounts>>,
    Segment(id): Segment,
    Payload(ForAdmin { admin_id }): Payload<ForAdmin>,
) -> Result<Json<AssignedContact>, Refusal> {
    let id = contact_in_path(&id)?;
    let admin = admin(&accounts, &support, admin_id).await?;
    let answer = |contact: Contact, assigned| {
        Ok(Json(AssignedContact { success: true, contact: contact.into(), assigned }))
    };
    match support.claim(&admin, &id).await? {
        Claimed::Now(contact) => answer(contact, true),
        Claimed::Before(contact) => answer(contact, false),
        Claimed::By(other) => {
            let text = "Contact already claimed by another admin";
            let body = json!({ "error": text, "assignedTo": other.name });
            Err(Refusal::object(StatusCode::CONFLICT, body))
        }
        Claimed::Resolved => Err(conflict("Contact already resolved")),
        Claimed::Missing => Err(no_contact()),
    }
}

/// Takes a request from the admin who looks after it: it waits again.
#[utoipa::path(post, path = "/internal/contacts/{id}/release", tag = "contacts", operation_id = "release_contact",
    params(("id" = String, Path, description = "The request's id")), request_body = ForAdmin,
    responses((status = 200, body = ReleasedContact), (status = 400, body = ErrorBody), (status = 404, body = ErrorBody),
        (status = 409, body = ErrorBody)))]
pub(in crate::internal) async fn release(
    State(support): State<Arc<SupportDesk>>,
    State(accounts): State<Arc<Accounts>>,
    Segment(id): Segment,
    Payload(ForAdmin { admin_id }): Payload<ForAdmin>,
) -> Result<Json<ReleasedContact>, Refusal> {
    let id = contact_in_path(&id)?;
    let admin = admin(&accounts, &support, admin_id).await?;
    match support.release(&admin, &id).await? {
        Released::Now(contact) => {
            Ok(Json(ReleasedContact { success: true, contact: contact.into() }))
        }
        Released::NotYours => Err(conflict("Contact is not assigned to this admin")),
        Released::Missing => Err(no_contact()),
    }
}

/// Is done with a request for an admin, whoever looks after it (`resolveContact`).
#[utoipa::path(post, path = "/internal/contacts/{id}/resolve", tag = "contacts", operation_id = "resolve_contact",
    params(("id" = String, Path, description = "The request's id")), request_body = ForAdmin,
    responses((status = 200, body = ResolvedContact), (status = 400, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(in crate::internal) async fn resolve(
    State(support): State<Arc<SupportDesk>>,
    State(accounts): State<Arc<Accounts>>,
    Segment(id): Segment,
    Payload(ForAdmin { admin_id }): Payload<ForAdmin>,
) -> Result<Json<ResolvedContact>, Refusal> {
    let id = contact_in_path(&id)?;
    let admin = admin(&accounts, &support, admin_id).await?;
    let answer = |contact: Contact, resolved| {
        Ok(Json(ResolvedContact { success: true, contact: contact.into(), resolved }))
    };
    match support.resolve(&admin, &id).await? {
        Resolved::Now(contact) => answer(contact, true),
        Resolved::Before(contact) => answer(contact, false),
        Resolved::Missing => Err(no_contact()),
    }
}
