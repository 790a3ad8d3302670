//! Reading many messages: conversations, chats, partners.
//!
//! Order is (`created_at`, `position`): messages of one millisecond stand as they were committed.

use outrigger_domain::{
    ids::{ChatId, UserId},
    messaging::{Message, Page, Partner},
    time::Timestamp,
};
use sqlx::SqlitePool;

use crate::{failure::unsound, messages::Row};

/// Where a page ends: nothing at or after it is on the page.
struct End {
    created_at: i64,
    position: i64,
}

/// The place of `page.before`; `None` if there never was such a message, or long ago. Without `before` the end of time.
async fn end(db: &SqlitePool, page: &Page) -> sqlx::Result<Option<End>> {
    let Some(before) = &page.before else {
        return Ok(Some(End { created_at: i64::MAX, position: i64::MAX }));
    };
    let before = before.as_str();
    sqlx::query_as!(
        End,
        r#"SELECT created_at AS "created_at!", position AS "position!" FROM messages WHERE id = ?1
           UNION ALL
           SELECT created_at, position FROM deleted_messages WHERE id = ?1
           LIMIT 1"#,
        before
    )
    .fetch_optional(db)
    .await
}

/// Rows came newest first, as the limit needs it.
fn oldest_first(rows: Vec<Row>) -> sqlx::Result<Vec<Message>> {
    rows.into_iter().rev().map(Message::try_from).collect()
}

/// What two users wrote to each other.
pub(crate) async fn between(
    db: &SqlitePool,
    a: &UserId,
    b: &UserId,
    page: &Page,
) -> sqlx::Result<Vec<Message>> {
    let Some(end) = end(db, page).await? else { return Ok(Vec::new()) };
    let (a, b) = (a.as_str(), b.as_str());
    // Two walks down the same index, one for each direction, merged: costs what the page holds. The second
    // is left out where someone talks to themselves.
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT id AS "id!", sender AS "sender!", receiver, chat, text, image, client_id,
               created_at AS "created_at!", updated_at AS "updated_at!", delivered_at, read_at,
               sender_name AS "sender_name?: String", sender_image AS "sender_image?: String",
               sender_email AS "sender_email?: String", receiver_name AS "receiver_name?: String",
               receiver_image AS "receiver_image?: String", receiver_email AS "receiver_email?: String"
           FROM (SELECT * FROM shown_messages
                 WHERE sender = ?1 AND receiver = ?2 AND (created_at, position) < (?3, ?4)
                 UNION ALL
                 SELECT * FROM shown_messages
                 WHERE sender = ?2 AND receiver = ?1 AND (created_at, position) < (?3, ?4) AND ?1 <> ?2
                 ORDER BY created_at DESC, position DESC LIMIT ?5)
           ORDER BY created_at DESC, position DESC"#,
        a,
        b,
        end.created_at,
        end.position,
        page.limit
    )
    .fetch_all(db)
    .await?;
    oldest_first(rows)
}

/// What was said in a chat.
pub(crate) async fn in_chat(
    db: &SqlitePool,
    chat: &ChatId,
    page: &Page,
) -> sqlx::Result<Vec<Message>> {
    let Some(end) = end(db, page).await? else { return Ok(Vec::new()) };
    let chat = chat.as_str();
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT id, sender, receiver, chat, text, image, client_id,
               created_at, updated_at, delivered_at, read_at,
               sender_name AS "sender_name?: String", sender_image AS "sender_image?: String",
               sender_email AS "sender_email?: String", receiver_name AS "receiver_name?: String",
               receiver_image AS "receiver_image?: String", receiver_email AS "receiver_email?: String"
           FROM shown_messages WHERE chat = ? AND (created_at, position) < (?, ?)
           ORDER BY created_at DESC, position DESC LIMIT ?"#,
        chat,
        end.created_at,
        end.position,
        page.limit
    )
    .fetch_all(db)
    .await?;
    oldest_first(rows)
}

/// Whom a user has exchanged messages with, latest first.
pub(crate) async fn partners(
    db: &SqlitePool,
    user: &UserId,
    limit: u32,
) -> sqlx::Result<Vec<Partner>> {
    let user = user.as_str();
    let rows = sqlx::query!(
        "SELECT partner, last_at, unread FROM conversations WHERE user = ?
         ORDER BY last_at DESC, last_position DESC LIMIT ?",
        user,
        limit
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Partner {
                user: UserId::try_from(row.partner).map_err(unsound)?,
                last_at: Timestamp::from_ms(row.last_at),
                unread: u64::try_from(row.unread).map_err(unsound)?,
            })
        })
        .collect()
}
