//! Receipts: what reached its receiver, and what was read.

use std::sync::Arc;

use outrigger_domain::{
    events::Published,
    ids::{MessageId, UserId},
    messaging::{Delivered, Message, Read, Recipient},
    ports::Tells as _,
    time::Timestamp,
};
use sqlx::SqliteConnection;

use crate::{
    failure::unsound,
    messages::{Row, find},
    writer::Write,
};

/// Marks a message as read by the user it was sent to.
pub(crate) struct MarkRead {
    pub(crate) id: MessageId,
    pub(crate) reader: UserId,
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
                    Read::Now(Arc::new(message))
                }
            }
            _ => Read::NotYours,
        })
    }

    fn tells(outcome: &Read) -> Vec<Published> {
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
                   delivered_at AS "delivered_at?", read_at AS "read_at?""#,
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
