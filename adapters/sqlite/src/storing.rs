//! Storing messages, each once.

use std::sync::Arc;

use outrigger_domain::{
    events::Published,
    ids::ClientMessageId,
    messaging::{Message, NewMessage, Stored},
    ports::Tells as _,
    time::Timestamp,
};
use sqlx::SqliteConnection;

use crate::{
    messages::{Row, columns},
    notifications,
    writer::Write,
};

/// Stores a message, unless it is there already by its client's name or by its content.
pub(crate) struct Insert(pub(crate) NewMessage);

impl Write for Insert {
    type Outcome = Stored;

    fn is_one_statement(&self) -> bool {
        // What follows for a duplicate only reads.
        self.message().is_some()
    }

    fn message(&self) -> Option<&NewMessage> {
        (self.0.upload.is_none() && self.0.notice.is_none()).then_some(&self.0)
    }

    fn stored(&self) -> Option<Stored> {
        Some(Stored::New(Arc::new(self.0.message.clone()), None))
    }

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<Stored> {
        let Some(position) = insert(db, &self.0).await? else {
            let existing = existing(db, &self.0).await?.ok_or(sqlx::Error::RowNotFound)?;
            return Ok(Stored::Duplicate(Arc::new(existing)));
        };
        if let Some(image) = &self.0.upload {
            let id = image.id.as_str();
            sqlx::query!(
                "INSERT INTO images (id, message, media_type, bytes) VALUES (?, ?, ?, ?)",
                id,
                position,
                image.media_type,
                image.bytes
            )
            .execute(&mut *db)
            .await?;
        }
        let notified = match &self.0.notice {
            Some(notice) => notifications::insert(db, notice).await?,
            None => None,
        };
        Ok(Stored::New(Arc::new(self.0.message.clone()), notified))
    }

    fn tells(outcome: &Stored) -> Vec<Published> {
        outcome.tells()
    }
}

/// Inserts the row; `None` if it is a duplicate.
async fn insert(db: &mut SqliteConnection, new: &NewMessage) -> sqlx::Result<Option<i64>> {
    let message = &new.message;
    let (id, sender) = (message.id.as_str(), message.sender.as_str());
    let (receiver, chat) = columns(&message.recipient);
    let client_id = message.client_id.as_ref().map(ClientMessageId::as_str);
    let (created_at, updated_at) = (message.created_at.ms(), message.updated_at.ms());
    let delivered_at = message.delivered_at.map(Timestamp::ms);
    let read_at = message.read_at.map(Timestamp::ms);
    let digest = new.digest.as_slice();
    let since = new.duplicate_since.map(Timestamp::ms);
    sqlx::query_scalar!(
        r#"INSERT INTO messages (id, sender, receiver, chat, text, image, client_id, digest,
               created_at, updated_at, delivered_at, read_at)
           SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12
           WHERE ?13 IS NULL OR NOT EXISTS (
                   SELECT 1 FROM messages
                   WHERE sender = ?2 AND receiver = ?3 AND created_at >= ?13 AND digest = ?8
                   UNION ALL
                   SELECT 1 FROM messages
                   WHERE chat = ?4 AND created_at >= ?13 AND sender = ?2 AND digest = ?8)
           ON CONFLICT (sender, client_id) WHERE client_id IS NOT NULL DO NOTHING
           RETURNING position AS "position!""#,
        id,
        sender,
        receiver,
        chat,
        message.text,
        message.image,
        client_id,
        digest,
        created_at,
        updated_at,
        delivered_at,
        read_at,
        since
    )
    .fetch_optional(db)
    .await
}

/// The message that `new` repeats: by its client's name before by its content.
async fn existing(db: &mut SqliteConnection, new: &NewMessage) -> sqlx::Result<Option<Message>> {
    let message = &new.message;
    let sender = message.sender.as_str();
    if let Some(client_id) = message.client_id.as_ref().map(ClientMessageId::as_str) {
        let named = sqlx::query_as!(
            Row,
            r#"SELECT id, sender, receiver, chat, text, image, client_id,
                   created_at, updated_at, delivered_at, read_at,
                   sender_name AS "sender_name?: String", sender_image AS "sender_image?: String",
                   sender_email AS "sender_email?: String", receiver_name AS "receiver_name?: String",
                   receiver_image AS "receiver_image?: String", receiver_email AS "receiver_email?: String"
               FROM shown_messages WHERE sender = ? AND client_id = ?"#,
            sender,
            client_id
        )
        .fetch_optional(&mut *db)
        .await?;
        if let Some(row) = named {
            return row.try_into().map(Some);
        }
    }
    let (receiver, chat) = columns(&message.recipient);
    let digest = new.digest.as_slice();
    let since = new.duplicate_since.map(Timestamp::ms);
    // One half for a user's, one for a chat's message, so that each uses its index.
    sqlx::query_as!(
        Row,
        r#"SELECT id AS "id!", sender AS "sender!", receiver, chat, text, image, client_id,
               created_at AS "created_at!", updated_at AS "updated_at!", delivered_at, read_at,
               sender_name AS "sender_name?: String", sender_image AS "sender_image?: String",
               sender_email AS "sender_email?: String", receiver_name AS "receiver_name?: String",
               receiver_image AS "receiver_image?: String", receiver_email AS "receiver_email?: String"
           FROM (SELECT * FROM shown_messages
                 WHERE sender = ?1 AND receiver = ?2 AND created_at >= ?5 AND digest = ?4
                 UNION ALL
                 SELECT * FROM shown_messages
                 WHERE chat = ?3 AND created_at >= ?5 AND sender = ?1 AND digest = ?4)
           ORDER BY created_at DESC, position DESC LIMIT 1"#,
        sender,
        receiver,
        chat,
        digest,
        since
    )
    .fetch_optional(db)
    .await?
    .map(Message::try_from)
    .transpose()
}
