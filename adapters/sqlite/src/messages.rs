//! Storing and reading single messages.

use std::sync::Arc;

use outrigger_domain::{
    events::Published,
    ids::{ChatId, ClientMessageId, ImageId, MessageId, UserId},
    messaging::{Message, NewMessage, Recipient, Stored, StoredImage},
    ports::Tells as _,
    time::Timestamp,
};
use sqlx::{SqliteConnection, SqliteExecutor, SqlitePool};

use crate::{failure::unsound, writer::Write};

/// A message as its row has it.
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) sender: String,
    pub(crate) receiver: Option<String>,
    pub(crate) chat: Option<String>,
    pub(crate) text: Option<String>,
    pub(crate) image: Option<String>,
    pub(crate) client_id: Option<String>,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
    pub(crate) delivered_at: Option<i64>,
    pub(crate) read_at: Option<i64>,
}

/// The table holds exactly one of the two.
#[derive(Debug, thiserror::Error)]
#[error("a message without a recipient")]
struct NoRecipient;

fn recipient(receiver: Option<String>, chat: Option<String>) -> sqlx::Result<Recipient> {
    match (receiver, chat) {
        (Some(user), _) => Ok(Recipient::User(UserId::try_from(user).map_err(unsound)?)),
        (None, Some(chat)) => Ok(Recipient::Chat(ChatId::try_from(chat).map_err(unsound)?)),
        (None, None) => Err(unsound(NoRecipient)),
    }
}

fn columns(recipient: &Recipient) -> (Option<&str>, Option<&str>) {
    match recipient {
        Recipient::User(user) => (Some(user.as_str()), None),
        Recipient::Chat(chat) => (None, Some(chat.as_str())),
    }
}

impl TryFrom<Row> for Message {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: MessageId::try_from(row.id).map_err(unsound)?,
            sender: UserId::try_from(row.sender).map_err(unsound)?,
            recipient: recipient(row.receiver, row.chat)?,
            text: row.text,
            image: row.image,
            client_id: row.client_id.map(ClientMessageId::try_from).transpose().map_err(unsound)?,
            created_at: Timestamp::from_ms(row.created_at),
            updated_at: Timestamp::from_ms(row.updated_at),
            delivered_at: row.delivered_at.map(Timestamp::from_ms),
            read_at: row.read_at.map(Timestamp::from_ms),
        })
    }
}

/// One message.
pub(crate) async fn find(
    db: impl SqliteExecutor<'_>,
    id: &MessageId,
) -> sqlx::Result<Option<Message>> {
    let id = id.as_str();
    sqlx::query_as!(
        Row,
        "SELECT id, sender, receiver, chat, text, image, client_id, created_at, updated_at, delivered_at,
             read_at
         FROM messages WHERE id = ?",
        id
    )
    .fetch_optional(db)
    .await?
    .map(Message::try_from)
    .transpose()
}

/// One image, with who may see it.
pub(crate) async fn image(db: &SqlitePool, id: &ImageId) -> sqlx::Result<Option<StoredImage>> {
    let id = id.as_str();
    let row = sqlx::query!(
        "SELECT i.media_type, i.bytes, m.sender, m.receiver, m.chat
         FROM images i JOIN messages m ON m.position = i.message WHERE i.id = ?",
        id
    )
    .fetch_optional(db)
    .await?;
    row.map(|row| {
        Ok(StoredImage {
            media_type: row.media_type,
            bytes: row.bytes,
            sender: UserId::try_from(row.sender).map_err(unsound)?,
            recipient: recipient(row.receiver, row.chat)?,
        })
    })
    .transpose()
}

/// Stores a message, unless it is there already by its client's name or by its content.
pub(crate) struct Insert(pub(crate) NewMessage);

impl Write for Insert {
    type Outcome = Stored;

    fn is_one_statement(&self) -> bool {
        // What follows for a duplicate only reads.
        self.0.upload.is_none()
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
            .execute(db)
            .await?;
        }
        Ok(Stored::New(Arc::new(self.0.message.clone())))
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
            "SELECT id, sender, receiver, chat, text, image, client_id, created_at, updated_at, delivered_at,
             read_at
             FROM messages WHERE sender = ? AND client_id = ?",
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
               created_at AS "created_at!", updated_at AS "updated_at!", delivered_at, read_at
           FROM (SELECT * FROM messages
                 WHERE sender = ?1 AND receiver = ?2 AND created_at >= ?5 AND digest = ?4
                 UNION ALL
                 SELECT * FROM messages
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
