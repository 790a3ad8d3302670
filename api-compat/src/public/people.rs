//! Whom one can write to, whom one has written with, and what is unread.

use std::{collections::HashMap, sync::Arc};

use axum::{Json, extract::State, http::StatusCode};
use outrigger_domain::{
    accounts::{Accounts, User},
    actor::Role,
    ids::UserId,
    messaging::Messaging,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{auth::Caller, error::Refusal, input::SoundQuery};

/// Someone to write to (`contracts/rooms.md` section 4).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Contact {
    #[serde(rename = "_id")]
    id: UserId,
    email: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    profile_image: Option<String>,
    is_admin: bool,
    /// Guests are no users here (`contracts/rooms.md` section 1).
    is_guest: bool,
}

impl From<User> for Contact {
    fn from(user: User) -> Self {
        Self {
            id: user.id,
            email: user.email,
            first_name: user.first_name,
            last_name: user.last_name,
            profile_image: user.profile_image,
            is_admin: user.role == Role::Admin,
            is_guest: false,
        }
    }
}

/// Someone one has written with.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Chat {
    #[serde(flatten)]
    contact: Contact,
    last_message_at: Timestamp,
    unread_count: u64,
}

#[derive(Deserialize)]
pub(super) struct ContactsQuery {
    after: Option<String>,
}

/// `GET /api/messages/contacts?after=<_id>`: other active users in order of their ids.
pub(super) async fn contacts(
    Caller(actor): Caller,
    State(accounts): State<Arc<Accounts>>,
    SoundQuery(query): SoundQuery<ContactsQuery>,
) -> Result<Json<Vec<Contact>>, Refusal> {
    let after = query
        .after
        .map(UserId::new)
        .transpose()
        .map_err(|_| Refusal::message(StatusCode::BAD_REQUEST, "Invalid user ID."))?;
    let users = accounts.contacts(&actor.user, after.as_ref()).await?;
    Ok(Json(users.into_iter().map(Into::into).collect()))
}

/// `GET /api/messages/chats`: partners, latest first.
pub(super) async fn chats(
    Caller(actor): Caller,
    State(messaging): State<Arc<Messaging>>,
    State(accounts): State<Arc<Accounts>>,
) -> Result<Json<Vec<Chat>>, Refusal> {
    let partners = messaging.partners(&actor.user).await?;
    let ids: Vec<UserId> = partners.iter().map(|partner| partner.user.clone()).collect();
    let users = accounts.find_many(&ids).await?;
    let mut users: HashMap<UserId, User> =
        users.into_iter().map(|user| (user.id.clone(), user)).collect();
    let chats = partners.into_iter().filter_map(|partner| {
        let contact = users.remove(&partner.user)?.into();
        Some(Chat { contact, last_message_at: partner.last_at, unread_count: partner.unread })
    });
    Ok(Json(chats.collect()))
}

/// `GET /api/messages/unread`: how many messages wait, in all and from whom.
pub(super) async fn unread(
    Caller(actor): Caller,
    State(messaging): State<Arc<Messaging>>,
) -> Result<Json<Value>, Refusal> {
    let partners = messaging.partners(&actor.user).await?;
    let total: u64 = partners.iter().map(|partner| partner.unread).sum();
    let by_user: HashMap<&str, u64> = partners
        .iter()
        .filter(|partner| partner.unread > 0)
        .map(|partner| (partner.user.as_str(), partner.unread))
        .collect();
    Ok(Json(json!({ "total": total, "byUser": by_user })))
}
