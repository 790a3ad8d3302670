//! Receipts: what reached its receiver, and what was read.

use std::sync::Arc;

use outrigger_domain::{
    events::Published,
    ids::{MessageId, UserId},
    messaging::{Delivered, Message, Read, ReadMany, Reading, Recipient},
    ports::Tells as _,
    time::Timestamp,
};
use sqlx::{SqliteConnection, SqlitePool};

use crate::{
    failure::unsound,
    messages::{Row, find},
    writer::Write,
};

/// Marks a message as read by the user it was sent to.
pub(crate) struct MarkRead {
    pub(crate) id: MessageId,
    pub(crate) reader: UserId,
    pub(crate) reading: Reading,
    pub(crate) at: Timestamp,
}

impl Write for MarkRead {
    type Outcome = Read;

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<Read> {
        let (id, reader, at) = (self.id.as_str(), self.reader.as_str(), self.at.ms());
        let changed = sqlx::query!(
            "UPDATE messages SET read_at = ?1, updated_at = ?1
             WHERE id = ?2 AND receiver = ?3 AND read_at IS NULL",
            at,
            id,
            reader
        )
        .execute(&mut *db)
        .await?
        .rows_affected();
        Ok(match find(db, &self.id).await? {
            Some(message) if message.recipient == Recipient::User(self.reader.clone()) => {
                if changed == 0 {
                    Read::Before(Arc::new(message))
                } else {
                    Read::Now(Arc::new(message), self.reading)
                }
            }
            Some(_) => Read::NotYours,
            None => Read::Missing,
        })
    }

    fn tells(outcome: &Read) -> Vec<Published> {
        outcome.tells()
    }
}

/// The oldest unread messages from one user to another.
///
/// Looks for as many as there are, from the newest back, so that it ends at the oldest of them: those that were read
/// long ago are not touched, and no index of unread messages is kept up with every message and its reading.
pub(crate) async fn unread_from(
    db: &SqlitePool,
    sender: &UserId,
    reader: &UserId,
    limit: u32,
) -> sqlx::Result<Vec<MessageId>> {
    let (sender, reader) = (sender.as_str(), reader.as_str());
    sqlx::query_scalar!(
        r#"SELECT id AS "id!" FROM
               (SELECT id, created_at, position FROM messages
                WHERE sender = ?1 AND receiver = ?2 AND read_at IS NULL
                ORDER BY created_at DESC, position DESC
                LIMIT coalesce((SELECT unread FROM conversations WHERE user = ?2 AND partner = ?1), 0))
           ORDER BY created_at, position LIMIT ?3"#,
        sender,
        reader,
        limit
    )
    .fetch_all(db)
    .await?
    .into_iter()
    .map(|id| MessageId::try_from(id).map_err(unsound))
    .collect()
}

/// Marks those of these messages as read that were sent to the reader.
pub(crate) struct MarkManyRead {
    pub(crate) ids: Vec<MessageId>,
    pub(crate) reader: UserId,
    pub(crate) reading: Reading,
    pub(crate) at: Timestamp,
}

impl Write for MarkManyRead {
    type Outcome = ReadMany;

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<ReadMany> {
        let ids = serde_json::to_string(&self.ids).map_err(unsound)?;
        let (reader, at) = (self.reader.as_str(), self.at.ms());
        let changed = sqlx::query_scalar!(
            r#"UPDATE messages SET read_at = ?1, updated_at = ?1
               WHERE id IN (SELECT value FROM json_each(?2)) AND receiver = ?3 AND read_at IS NULL
               RETURNING position AS "position!""#,
            at,
            ids,
            reader
        )
        .fetch_all(&mut *db)
        .await?;
        let positions = serde_json::to_string(&changed).map_err(unsound)?;
        let rows = sqlx::query_as!(
            Row,
            r#"SELECT id, sender, receiver, chat, text, image, client_id,
                   created_at, updated_at, delivered_at, read_at,
                   sender_name AS "sender_name?: String", sender_image AS "sender_image?: String",
                   sender_email AS "sender_email?: String", receiver_name AS "receiver_name?: String",
                   receiver_image AS "receiver_image?: String", receiver_email AS "receiver_email?: String"
               FROM shown_messages WHERE position IN (SELECT value FROM json_each(?))
               ORDER BY created_at, position"#,
            positions
        )
        .fetch_all(db)
        .await?;
        let read = rows.into_iter().map(|row| Message::try_from(row).map(Arc::new));
        Ok(ReadMany(read.collect::<sqlx::Result<_>>()?, self.reading))
    }

    fn tells(outcome: &ReadMany) -> Vec<Published> {
        outcome.tells()
    }
}

/// Notes which messages reached a device of their receiver. A chat's has no one receiver, and one that was read
/// has been there.
pub(crate) struct MarkDelivered {
    pub(crate) ids: Vec<MessageId>,
    pub(crate) at: Timestamp,
}

impl Write for MarkDelivered {
    type Outcome = Delivered;

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<Delivered> {
        let ids = serde_json::to_string(&self.ids).map_err(unsound)?;
        let at = self.at.ms();
        let rows = sqlx::query_as!(
            Row,
            r#"UPDATE messages SET delivered_at = ?1
               WHERE id IN (SELECT value FROM json_each(?2))
                   AND receiver IS NOT NULL AND delivered_at IS NULL AND read_at IS NULL
               RETURNING id AS "id!", sender AS "sender!", receiver AS "receiver?", chat AS "chat?",
                   text AS "text?", image AS "image?", client_id AS "client_id?",
                   created_at AS "created_at!", updated_at AS "updated_at!",
                   delivered_at AS "delivered_at?", read_at AS "read_at?",
                   (SELECT name FROM profiles WHERE id = sender) AS "sender_name?: String",
                   (SELECT image FROM profiles WHERE id = sender) AS "sender_image?: String",
                   (SELECT email FROM profiles WHERE id = sender) AS "sender_email?: String",
                   (SELECT name FROM profiles WHERE id = receiver) AS "receiver_name?: String",
                   (SELECT image FROM profiles WHERE id = receiver) AS "receiver_image?: String",
                   (SELECT email FROM profiles WHERE id = receiver) AS "receiver_email?: String""#,
            at,
            ids
        )
        .fetch_all(db)
        .await?;
        let mut now = rows
            .into_iter()
            .map(|row| Message::try_from(row).map(Arc::new))
            .collect::<sqlx::Result<Vec<_>>>()?;
        // `RETURNING` promises no order.
        now.sort_by_key(|message| self.ids.iter().position(|id| *id == message.id));
        Ok(Delivered(now))
    }

    fn tells(outcome: &Delivered) -> Vec<Published> {
        outcome.tells()
    }
}
