//! Deleting messages.

use std::sync::Arc;

use outrigger_domain::{
    events::Published,
    ids::{MessageId, UserId},
    messaging::{Deleted, Message},
    ports::Tells as _,
    time::Timestamp,
};
use sqlx::SqliteConnection;

use crate::{messages::Row, writer::Write};

/// Deletes a message of this sender. Its image goes with it, and what `conversations` says of it.
pub(crate) struct Delete {
    pub(crate) id: MessageId,
    pub(crate) sender: UserId,
    pub(crate) at: Timestamp,
}

impl Write for Delete {
    type Outcome = Deleted;

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<Deleted> {
        let (id, sender, at) = (self.id.as_str(), self.sender.as_str(), self.at.ms());
        sqlx::query!(
            "INSERT INTO deleted_messages (id, created_at, position, at)
             SELECT id, created_at, position, ?3 FROM messages WHERE id = ?1 AND sender = ?2
             ON CONFLICT (id) DO UPDATE SET created_at = excluded.created_at, position = excluded.position,
                 at = excluded.at",
            id,
            sender,
            at
        )
        .execute(&mut *db)
        .await?;
        let deleted = sqlx::query_as!(
            Row,
            r#"DELETE FROM messages WHERE id = ? AND sender = ?
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
            id,
            sender
        )
        .fetch_optional(&mut *db)
        .await?;
        if let Some(row) = deleted {
            return Ok(Deleted::Now(Arc::new(Message::try_from(row)?), self.at));
        }
        let exists = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT 1 FROM messages WHERE id = ?) AS "exists!: bool""#,
            id
        )
        .fetch_one(db)
        .await?;
        Ok(if exists { Deleted::NotYours } else { Deleted::Missing })
    }

    fn tells(outcome: &Deleted) -> Vec<Published> {
        outcome.tells()
    }
}
