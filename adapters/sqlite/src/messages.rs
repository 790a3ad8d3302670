//! Reading single messages.

use outrigger_domain::{
    accounts::Profile,
    ids::{ChatId, ClientMessageId, ImageId, MessageId, UserId},
    messaging::{Message, Recipient, StoredImage},
    time::Timestamp,
};
use sqlx::{SqliteExecutor, SqlitePool};

use crate::failure::unsound;

/// A message as `shown_messages` has it.
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
    pub(crate) sender_name: Option<String>,
    pub(crate) sender_image: Option<String>,
    pub(crate) sender_email: Option<String>,
    pub(crate) receiver_name: Option<String>,
    pub(crate) receiver_image: Option<String>,
    pub(crate) receiver_email: Option<String>,
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

/// Its receiver and its chat, of which there is one.
pub(crate) fn columns(recipient: &Recipient) -> (Option<&str>, Option<&str>) {
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
            sender_profile: Profile {
                name: row.sender_name,
                image: row.sender_image,
                email: row.sender_email,
            },
            recipient: recipient(row.receiver, row.chat)?,
            receiver_profile: Profile {
                name: row.receiver_name,
                image: row.receiver_image,
                email: row.receiver_email,
            },
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
        r#"SELECT id, sender, receiver, chat, text, image, client_id,
               created_at, updated_at, delivered_at, read_at,
               sender_name AS "sender_name?: String", sender_image AS "sender_image?: String",
               sender_email AS "sender_email?: String", receiver_name AS "receiver_name?: String",
               receiver_image AS "receiver_image?: String", receiver_email AS "receiver_email?: String"
           FROM shown_messages WHERE id = ?"#,
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
