//! Figures and chats: `getStats`, `getActiveChats`.

use std::sync::Arc;

use axum::{Json, extract::State};
use outrigger_domain::{
    connections::Connections,
    paging::Sliced,
    presence::Presence,
    support::{ActiveChat, SupportDesk, SupportStats},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::listing::slice;
use crate::{
    contacts::{MessageDocument, chat_room},
    error::Refusal,
    input::SoundQuery,
    internal::shapes::ErrorBody,
};

/// Chats of a page at most: each comes with its last messages.
const MOST_CHATS: u32 = 50;

/// Figures (`contracts/contacts.md` section 3, `contactStats`, and section 5).
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::internal) struct StatsDocument {
    /// Requests that ever came.
    total_contacts: u64,
    /// Those that an admin looks after.
    active_chats: u64,
    /// Messages about all of them.
    messages_exchanged: u64,
    /// From coming to being done, in milliseconds.
    average_response_time: u64,
    /// Admins who are there.
    online_admins: u64,
    /// Requests that wait.
    pending_contacts: u64,
    /// Requests that are not done.
    active_contacts: u64,
    /// Users with a socket, in whichever contract.
    online_users: usize,
    /// Sockets, in whichever contract.
    active_sessions: usize,
}

/// Figures of requests, and of who is there (`getStats`).
#[utoipa::path(get, path = "/internal/contacts/stats", tag = "contacts", operation_id = "contact_stats",
    responses((status = 200, body = StatsDocument)))]
pub(in crate::internal) async fn stats(
    State(support): State<Arc<SupportDesk>>,
    State(presence): State<Arc<Presence>>,
    State(connections): State<Arc<dyn Connections>>,
) -> Result<Json<StatsDocument>, Refusal> {
    let stats = support.stats().await?;
    let SupportStats { total, active_chats, messages, average_response_ms, online_admins, pending } =
        stats;
    Ok(Json(StatsDocument {
        total_contacts: total,
        active_chats,
        messages_exchanged: messages,
        average_response_time: average_response_ms,
        online_admins,
        pending_contacts: pending,
        active_contacts: pending + active_chats,
        online_users: presence.online_count(),
        active_sessions: connections.totals().sockets,
    }))
}

/// A chat that is open.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::internal) struct ChatDocument {
    /// About which request.
    contact_id: String,
    /// As clients call it.
    room_id: String,
    /// Who looks after it.
    admin_id: Option<String>,
    /// Since when.
    #[schema(value_type = Option<String>, format = DateTime)]
    started_at: Option<Timestamp>,
    /// The last 50 messages, oldest first.
    messages: Vec<MessageDocument>,
}

impl From<ActiveChat> for ChatDocument {
    fn from(ActiveChat { contact, messages }: ActiveChat) -> Self {
        let admin = contact.assigned_admin;
        Self {
            contact_id: contact.id.to_string(),
            room_id: chat_room(&contact.id),
            started_at: admin.as_ref().map(|admin| admin.claimed_at),
            admin_id: admin.map(|admin| admin.id.to_string()),
            messages: messages.into_iter().map(Into::into).collect(),
        }
    }
}

/// Chats that are open, and how many there are.
#[derive(Serialize, ToSchema)]
pub(in crate::internal) struct ChatList {
    /// A part of them, the newest request first.
    chats: Vec<ChatDocument>,
    /// All of them.
    total: u64,
}

/// A part of the list.
#[derive(Deserialize)]
pub(in crate::internal) struct Part {
    limit: Option<String>,
    offset: Option<String>,
}

/// Chats that are open (`getActiveChats`).
#[utoipa::path(get, path = "/internal/contacts/chats", tag = "contacts", operation_id = "contact_chats",
    params(("limit" = Option<u32>, Query, minimum = 1, maximum = 50, description = "50 if absent"),
        ("offset" = Option<u32>, Query, description = "How many to pass over")),
    responses((status = 200, body = ChatList), (status = 400, body = ErrorBody)))]
pub(in crate::internal) async fn chats(
    State(support): State<Arc<SupportDesk>>,
    SoundQuery(part): SoundQuery<Part>,
) -> Result<Json<ChatList>, Refusal> {
    let slice = slice(part.limit.as_deref(), part.offset.as_deref(), MOST_CHATS)?;
    let Sliced { items, total } = support.chats(slice).await?;
    Ok(Json(ChatList { chats: items.into_iter().map(Into::into).collect(), total }))
}
