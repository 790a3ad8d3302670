//! A user's messages sent to many, and their recipients: whole lists in pages, where sockets show what changes.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use outrigger_domain::{
    actor::Actor,
    ids::TrackedId,
    tracking::{Found, RecipientFilter, RecipientStatus, Tracked, Tracking},
};
use serde::Deserialize;
use serde_json::Value;

use super::{
    caller::{Allowed, Look},
    documents::{RecipientDocument, TrackedDocument},
    query::{Page, bad},
};
use crate::{
    error::Refusal,
    input::{Segment, SoundQuery},
};

/// Messages of a page at most, and if nothing is said.
const MOST_MESSAGES: u32 = 100;
const USUAL_MESSAGES: u32 = 20;

/// Recipients of a page at most, and if nothing is said.
const MOST_RECIPIENTS: u32 = 500;
const USUAL_RECIPIENTS: u32 = 100;

#[derive(Deserialize)]
pub(super) struct MessagesQuery {
    page: Option<String>,
    limit: Option<String>,
}

/// `GET /api/socket/messages?page=1&limit=20`: the one told of last first.
pub(super) async fn list(
    Allowed { actor, .. }: Allowed<Look>,
    State(tracking): State<Arc<Tracking>>,
    SoundQuery(query): SoundQuery<MessagesQuery>,
) -> Result<Json<Value>, Refusal> {
    let (page, limit) = (query.page.as_deref(), query.limit.as_deref());
    let page = Page::asked(page, limit, USUAL_MESSAGES, MOST_MESSAGES)?;
    let part = tracking.list(&actor.user, page.slice()).await?;
    Ok(Json(page.document::<_, TrackedDocument>("messages", &part)))
}

/// A message of this user. What belongs to others, be the user an admin, is as unknown as what does not exist.
async fn own(tracking: &Tracking, actor: &Actor, id: String) -> Result<Tracked, Refusal> {
    let unknown = || Refusal::error(StatusCode::NOT_FOUND, "Message not found");
    let id = TrackedId::new(id).map_err(|_| unknown())?;
    match tracking.find(&actor.user, &id).await? {
        Found::Yes(tracked) => Ok(*tracked),
        Found::NotYours | Found::Unknown => Err(unknown()),
    }
}

/// `GET /api/socket/messages/{id}`.
pub(super) async fn show(
    Allowed { actor, .. }: Allowed<Look>,
    State(tracking): State<Arc<Tracking>>,
    Segment(id): Segment,
) -> Result<Json<TrackedDocument>, Refusal> {
    let tracked = own(&tracking, &actor, id).await?;
    Ok(Json((&tracked).into()))
}

#[derive(Deserialize)]
pub(super) struct RecipientsQuery {
    status: Option<String>,
    page: Option<String>,
    limit: Option<String>,
}

/// `GET /api/socket/messages/{id}/recipients?status&page=1&limit=100`: in order of their ids.
pub(super) async fn recipients(
    Allowed { actor, .. }: Allowed<Look>,
    State(tracking): State<Arc<Tracking>>,
    Segment(id): Segment,
    SoundQuery(query): SoundQuery<RecipientsQuery>,
) -> Result<Json<Value>, Refusal> {
    let (page, limit) = (query.page.as_deref(), query.limit.as_deref());
    let page = Page::asked(page, limit, USUAL_RECIPIENTS, MOST_RECIPIENTS)?;
    let named = |word: &str| RecipientStatus::named(word).ok_or_else(|| bad(bad_status()));
    let status = query.status.as_deref().map(named).transpose()?;
    let tracked = own(&tracking, &actor, id).await?;
    let part = tracking.recipients(&tracked.id, RecipientFilter { status }, page.slice()).await?;
    Ok(Json(page.document::<_, RecipientDocument>("recipients", &part)))
}

fn bad_status() -> String {
    let words: Vec<_> = RecipientStatus::ALL.iter().map(|status| status.as_str()).collect();
    format!("status must be one of {}", words.join(", "))
}
