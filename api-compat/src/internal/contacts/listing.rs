//! Requests, many or one: `getContactById`.

use std::sync::Arc;

use axum::{Json, extract::State};
use outrigger_domain::{
    ids::UserId,
    paging::{Slice, Sliced},
    support::{ContactStatus, MOST_CONTACTS_LISTED, SupportDesk},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::documents::{ContactDocument, contact_in_path, no_contact};
use crate::{
    contacts::MessageDocument,
    error::Refusal,
    input::{Segment, SoundQuery},
    internal::shapes::ErrorBody,
};

/// Requests of a page if nothing is said.
const PAGE: u32 = 50;

/// A part of a list: `?limit&offset`.
pub(super) fn slice(
    limit: Option<&str>,
    offset: Option<&str>,
    most: u32,
) -> Result<Slice, Refusal> {
    let limit = match limit {
        None => Some(PAGE.min(most)),
        Some(text) => text.parse().ok().filter(|limit| (1..=most).contains(limit)),
    };
    let limit = limit.ok_or_else(|| {
        Refusal::field("limit", format!("limit must be a number from 1 to {most}"))
    })?;
    // The store counts in signed numbers.
    let offset = offset.map_or(Some(0), |text| text.parse::<u32>().ok());
    let offset = offset
        .ok_or_else(|| Refusal::field("offset", "offset must be a whole number of at least 0"))?;
    Ok(Slice { offset: offset.into(), limit })
}

/// Which requests.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::internal) struct Which {
    status: Option<String>,
    user_id: Option<String>,
    limit: Option<String>,
    offset: Option<String>,
}

impl Which {
    fn status(&self) -> Result<Option<ContactStatus>, Refusal> {
        let named = self.status.as_deref().map(|word| {
            let text = "status must be pending, in_progress or resolved";
            ContactStatus::named(word).ok_or_else(|| Refusal::field("status", text))
        });
        named.transpose()
    }

    fn user(&self) -> Result<Option<UserId>, Refusal> {
        let user = self.user_id.as_ref().map(UserId::new).transpose();
        user.map_err(|_| Refusal::field("userId", "userId must be a user's id"))
    }
}

/// Requests, and how many there are.
#[derive(Serialize, ToSchema)]
pub(in crate::internal) struct ContactList {
    /// A part of them.
    contacts: Vec<ContactDocument>,
    /// All of them.
    total: u64,
}

/// Requests: those that wait urgent first, then the newest; others the newest first. Those of a user whatever their state.
#[utoipa::path(get, path = "/internal/contacts", tag = "contacts", operation_id = "contacts",
    params(("status" = Option<String>, Query, description = "`pending`, `in_progress` or `resolved`; all if absent"),
        ("userId" = Option<String>, Query, description = "Only those of this user; not together with `status`"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 500, description = "50 if absent"),
        ("offset" = Option<u32>, Query, description = "How many to pass over")),
    responses((status = 200, body = ContactList), (status = 400, body = ErrorBody)))]
pub(in crate::internal) async fn list(
    State(support): State<Arc<SupportDesk>>,
    SoundQuery(which): SoundQuery<Which>,
) -> Result<Json<ContactList>, Refusal> {
    let (status, user) = (which.status()?, which.user()?);
    let slice = slice(which.limit.as_deref(), which.offset.as_deref(), MOST_CONTACTS_LISTED)?;
    let Sliced { items, total } = match (user, status) {
        (None, status) => support.contacts(status, slice).await?,
        (Some(user), None) => support.contacts_of(&user, slice).await?,
        (Some(_), Some(_)) => {
            return Err(Refusal::field("userId", "userId and status cannot be given together"));
        }
    };
    Ok(Json(ContactList { contacts: items.into_iter().map(Into::into).collect(), total }))
}

/// A request, and what was said about it.
#[derive(Serialize, ToSchema)]
pub(in crate::internal) struct WholeContact {
    /// The request.
    contact: ContactDocument,
    /// The last 200 messages, oldest first.
    messages: Vec<MessageDocument>,
}

/// One request (`getContactById`).
#[utoipa::path(get, path = "/internal/contacts/{id}", tag = "contacts", operation_id = "contact",
    params(("id" = String, Path, description = "The request's id")),
    responses((status = 200, body = WholeContact), (status = 404, body = ErrorBody)))]
pub(in crate::internal) async fn show(
    State(support): State<Arc<SupportDesk>>,
    Segment(id): Segment,
) -> Result<Json<WholeContact>, Refusal> {
    let contact = support.contact(&contact_in_path(&id)?).await?.ok_or_else(no_contact)?;
    let messages = support.history(&contact.id).await?;
    let messages = messages.into_iter().map(MessageDocument::from).collect();
    Ok(Json(WholeContact { contact: contact.into(), messages }))
}
