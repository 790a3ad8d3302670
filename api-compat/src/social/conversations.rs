//! What was said with whom (`contracts/social.md` section 4).

use std::{collections::HashMap, sync::Arc};

use axum::{Json, extract::State};
use outrigger_domain::{
    ids::{MessageId, UserId},
    messaging::{Message, Messaging, Page, Recipient},
    paging::Slice,
    ports::StoreError,
    social_documents::SocialMessage,
};
use serde_json::json;

use super::{
    answer::{Answer, Failure, Paging},
    caller::{Allowed, Look, Seen},
    documents::ConversationDocument,
    fields::Fields,
    request::Asked,
};
use crate::input::Segment;

/// Messages and conversations of a page at most.
const MOST_ON_PAGE: u32 = 100;

/// `GET /api/messages?page=1&limit=20`: conversations, the one spoken in last first.
pub(super) async fn list(
    Allowed { actor, .. }: Allowed<Look>,
    State(messaging): State<Arc<Messaging>>,
    Asked(mut fields): Asked,
) -> Answer {
    let page = fields.whole("page", 1, 1..=u32::MAX);
    let limit = fields.whole("limit", 20, 1..=MOST_ON_PAGE);
    let (page, limit) = fields.finish(Some((page, limit)))?;
    let part = messaging.conversations(&actor.user, Slice::page(page, limit)).await?;
    let conversations: Vec<_> = part.items.iter().map(ConversationDocument::from).collect();
    Ok(Json(json!({
        "status": "success",
        "conversations": conversations,
        "pagination": Paging::numbered(page, limit, part.total).document("totalConversations"),
    })))
}

/// Which part of a conversation is asked for.
enum Part {
    /// The page of that number; the first one is the oldest.
    Page(u32),
    /// The newest messages.
    Latest,
    /// The newest ones before this one.
    Before(MessageId),
}

/// `GET /api/messages/{userId}?page=1&limit=50&markAsSeen=true`: a page of a conversation, oldest message first. With
/// `latest=true` or `before=<_id>` it is the newest part, or the newest before that message.
pub(super) async fn history(
    Allowed { actor, .. }: Allowed<Look>,
    State(messaging): State<Arc<Messaging>>,
    Segment(with): Segment,
    Asked(mut fields): Asked,
) -> Answer {
    let with = fields.id_in_path::<UserId>("userId", with);
    let limit = fields.whole("limit", 50, 1..=MOST_ON_PAGE);
    let marking = fields.one_of("markAsSeen", &["true", "false"]) != Some("false");
    let part = part(&mut fields);
    let with = fields.finish(with)?;

    let (mut messages, paging) = read(&messaging, &actor.user, &with, part, limit).await?;
    if marking {
        mark_shown(&messaging, &actor.user, &mut messages).await?;
    }
    let messages: Vec<_> = messages.iter().filter_map(SocialMessage::new).collect();
    Ok(Json(json!({
        "status": "success",
        "messages": messages,
        "pagination": paging.document("totalMessages"),
    })))
}

fn part(fields: &mut Fields) -> Part {
    let page = fields.whole("page", 1, 1..=u32::MAX);
    let latest = fields.flag("latest");
    match fields.optional_id("before") {
        Some(before) => Part::Before(before),
        None if latest == Some(true) => Part::Latest,
        None => Part::Page(page),
    }
}

async fn read(
    messaging: &Messaging,
    user: &UserId,
    with: &UserId,
    part: Part,
    limit: u32,
) -> Result<(Vec<Message>, Paging), Failure> {
    let before = match part {
        Part::Page(page) => {
            let slice = Slice::page(page, limit);
            let part = messaging.conversation_slice(user, with, slice).await?;
            return Ok((part.items, Paging::numbered(page, limit, part.total)));
        }
        Part::Latest => None,
        // What came before a message that was deleted meanwhile cannot be told; an empty page would end the history.
        Part::Before(before) if messaging.find(user, &before).await?.is_none() => {
            return Err(Failure::missing("Message not found"));
        }
        Part::Before(before) => Some(before),
    };
    let nothing = Slice { offset: 0, limit: 0 };
    let total = messaging.conversation_slice(user, with, nothing).await?.total;
    let has_next = before.is_some();
    // One more than asked for tells whether there are older ones.
    let page = Page { before, limit: limit + 1 };
    let mut messages = messaging.conversation(user, with, &page).await?;
    let has_prev = messages.len() > limit as usize;
    if has_prev {
        messages.remove(0);
    }
    let last = total.div_ceil(u64::from(limit)).max(1);
    let page = (!has_next).then_some(last);
    Ok((messages, Paging { page, limit, total, has_next, has_prev }))
}

/// Marks what the page shows, and shows it as it is then.
async fn mark_shown(
    messaging: &Messaging,
    reader: &UserId,
    messages: &mut [Message],
) -> Result<(), StoreError> {
    let to_reader = Recipient::User(reader.clone());
    let unread = messages
        .iter()
        .filter(|message| message.recipient == to_reader && message.read_at.is_none())
        .map(|message| message.id.clone());
    let unread: Vec<MessageId> = unread.collect();
    if unread.is_empty() {
        return Ok(());
    }
    let marked = messaging.mark_shown(reader, unread).await?;
    let mut marked: HashMap<MessageId, Arc<Message>> =
        marked.into_iter().map(|message| (message.id.clone(), message)).collect();
    for message in messages {
        if let Some(now) = marked.remove(&message.id) {
            *message = Arc::unwrap_or_clone(now);
        }
    }
    Ok(())
}

/// `PATCH /api/messages/conversation/{userId}/seen`: everything from that user.
pub(super) async fn mark_seen(
    Allowed { actor, .. }: Allowed<Seen>,
    State(messaging): State<Arc<Messaging>>,
    Segment(with): Segment,
) -> Answer {
    let mut fields = Fields::default();
    let with = fields.id_in_path::<UserId>("userId", with);
    let with = fields.finish(with)?;
    let marked = messaging.mark_conversation_seen(&actor.user, &with).await?;
    Ok(Json(json!({
        "status": "success",
        "message": "Conversation marked as seen",
        "updatedCount": marked,
    })))
}
