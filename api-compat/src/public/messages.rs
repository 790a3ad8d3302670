//! Reading messages.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use outrigger_domain::{
    accounts::Accounts,
    ids::{MessageId, UserId},
    messaging::{MOST_MESSAGES, MessageDocument, Messaging, Page, Read, Reading},
};
use serde::Deserialize;

use crate::{
    auth::Caller,
    error::Refusal,
    input::{Segment, SoundQuery},
};

#[derive(Deserialize)]
pub(super) struct PageQuery {
    before: Option<String>,
    limit: Option<String>,
}

fn bad(text: &str) -> Refusal {
    Refusal::message(StatusCode::BAD_REQUEST, text)
}

impl PageQuery {
    fn page(self) -> Result<Page, Refusal> {
        let limit = self.limit.map(|limit| limit.parse::<u32>()).transpose();
        let limit = limit.map_err(|_| bad("Invalid limit."))?.unwrap_or(MOST_MESSAGES);
        let before = self.before.map(MessageId::new).transpose();
        let before = before.map_err(|_| bad("Invalid message ID."))?;
        Ok(Page { before, limit: limit.clamp(1, MOST_MESSAGES) })
    }
}

/// `GET /api/messages/{userId}?before=<_id>&limit=n`: the newest messages with a user, oldest first
/// (`contracts/rooms.md` section 4).
pub(super) async fn conversation(
    Caller(actor): Caller,
    State(accounts): State<Arc<Accounts>>,
    State(messaging): State<Arc<Messaging>>,
    Segment(with): Segment,
    SoundQuery(query): SoundQuery<PageQuery>,
) -> Result<Json<Vec<MessageDocument>>, Refusal> {
    let with = UserId::new(with).map_err(|_| bad("Invalid user ID."))?;
    let page = query.page()?;
    if accounts.find(&with).await?.is_none() {
        return Err(Refusal::message(StatusCode::NOT_FOUND, "User not found."));
    }
    let messages = messaging.conversation(&actor.user, &with, &page).await?;
    Ok(Json(messages.iter().map(MessageDocument::from).collect()))
}

/// `PATCH /api/messages/{messageId}/read`: as the `messageRead` event; only by whom it was sent to.
pub(super) async fn mark_read(
    Caller(actor): Caller,
    State(messaging): State<Arc<Messaging>>,
    Segment(id): Segment,
) -> Result<Json<MessageDocument>, Refusal> {
    let unknown = || Refusal::message(StatusCode::NOT_FOUND, "Message not found.");
    let id = MessageId::new(id).map_err(|_| unknown())?;
    match messaging.mark_read(&actor.user, &id, Reading::Read).await? {
        Read::Now(message, _) | Read::Before(message) => {
            Ok(Json(MessageDocument::from(message.as_ref())))
        }
        Read::NotYours | Read::Missing => Err(unknown()),
    }
}
