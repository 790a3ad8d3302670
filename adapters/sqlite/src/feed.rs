//! Feeds as they are read: pages, subjects, and what is too old.

use std::sync::Arc;

use async_trait::async_trait;
use outrigger_domain::{
    events::{Published, Seqs},
    feed::{Entry, EntryKind, Fed, FeedPage, Subject, Unreadable},
    ids::{DeviceId, UserId},
    messaging::Message,
    notifications::Notification,
    ports::{FeedStore, StoreResult},
    time::Timestamp,
};
use sqlx::{SqliteConnection, SqlitePool};

use crate::{
    failure::{lookup, unsound},
    messages, notifications,
    open::SqliteStore,
    writer::Write,
};

#[async_trait]
impl FeedStore for SqliteStore {
    async fn feed_origin(&self) -> StoreResult<String> {
        lookup(sqlx::query_scalar!("SELECT name FROM origin").fetch_one(&self.readers.pool()).await)
    }

    async fn feed_after(&self, user: &UserId, after: u64, limit: u32) -> StoreResult<FeedPage> {
        lookup(page(&self.readers.pool(), user, after, limit).await)
    }

    async fn record(&self, event: Published) -> StoreResult<()> {
        self.writer.write(Record { key: None, event }).await.map(drop)
    }

    async fn record_once(&self, key: &str, event: Published) -> StoreResult<()> {
        self.writer.write(Record { key: Some(key.to_owned()), event }).await.map(drop)
    }
}

/// Tells an event that changes nothing else, unless one was told under the same key.
struct Record {
    key: Option<String>,
    event: Published,
}

impl Write for Record {
    type Outcome = Option<Published>;

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<Option<Published>> {
        let Some(key) = &self.key else { return Ok(Some(self.event.clone())) };
        let at = self.event.at.ms();
        let new = sqlx::query!(
            "INSERT INTO recorded (key, at) VALUES (?, ?) ON CONFLICT (key) DO NOTHING",
            key,
            at
        )
        .execute(db)
        .await?;
        Ok((new.rows_affected() > 0).then(|| self.event.clone()))
    }

    fn tells(outcome: &Option<Published>) -> Vec<Published> {
        outcome.iter().cloned().collect()
    }
}

/// A row of a page. The first three columns are there without any event, too.
struct Row {
    oldest: i64,
    head: i64,
    seq: Option<i64>,
    at: Option<i64>,
    kind: Option<String>,
    subject: Option<String>,
    detail: Option<String>,
    except_device: Option<String>,
    m_id: Option<String>,
    m_sender: Option<String>,
    m_receiver: Option<String>,
    m_chat: Option<String>,
    m_text: Option<String>,
    m_image: Option<String>,
    m_client_id: Option<String>,
    m_created_at: Option<i64>,
    m_updated_at: Option<i64>,
    m_delivered_at: Option<i64>,
    m_read_at: Option<i64>,
    m_sender_name: Option<String>,
    m_sender_image: Option<String>,
    m_sender_email: Option<String>,
    m_receiver_name: Option<String>,
    m_receiver_image: Option<String>,
    m_receiver_email: Option<String>,
    n_id: Option<String>,
    n_user: Option<String>,
    n_kind: Option<String>,
    n_title: Option<String>,
    n_message: Option<String>,
    n_data: Option<String>,
    n_from_user: Option<String>,
    n_from_name: Option<String>,
    n_from_image: Option<String>,
    n_post: Option<String>,
    n_created_at: Option<i64>,
    n_read_at: Option<i64>,
}

impl Row {
    fn message(&mut self) -> Option<messages::Row> {
        Some(messages::Row {
            id: self.m_id.take()?,
            sender: self.m_sender.take()?,
            receiver: self.m_receiver.take(),
            chat: self.m_chat.take(),
            text: self.m_text.take(),
            image: self.m_image.take(),
            client_id: self.m_client_id.take(),
            created_at: self.m_created_at?,
            updated_at: self.m_updated_at?,
            delivered_at: self.m_delivered_at,
            read_at: self.m_read_at,
            sender_name: self.m_sender_name.take(),
            sender_image: self.m_sender_image.take(),
            sender_email: self.m_sender_email.take(),
            receiver_name: self.m_receiver_name.take(),
            receiver_image: self.m_receiver_image.take(),
            receiver_email: self.m_receiver_email.take(),
        })
    }

    fn notification(&mut self) -> Option<notifications::Row> {
        Some(notifications::Row {
            id: self.n_id.take()?,
            user: self.n_user.take()?,
            kind: self.n_kind.take()?,
            title: self.n_title.take()?,
            message: self.n_message.take()?,
            data: self.n_data.take(),
            from_user: self.n_from_user.take(),
            from_name: self.n_from_name.take(),
            from_image: self.n_from_image.take(),
            post: self.n_post.take(),
            created_at: self.n_created_at?,
            read_at: self.n_read_at,
        })
    }

    /// What an entry of this kind is about.
    fn subject(&mut self, kind: EntryKind) -> sqlx::Result<Subject> {
        Ok(match kind {
            EntryKind::MessageReceived | EntryKind::MessageSent | EntryKind::ChatMessage => {
                match self.message() {
                    Some(row) => Subject::Message(Arc::new(Message::try_from(row)?)),
                    None => Subject::Gone,
                }
            }
            EntryKind::Notification => match self.notification() {
                Some(row) => Subject::Notification(Arc::new(Notification::try_from(row)?)),
                None => Subject::Gone,
            },
            EntryKind::MessageRead
            | EntryKind::MessageDeleted
            | EntryKind::NotificationRead
            | EntryKind::NotificationsRead
            | EntryKind::NotificationsDeleted
            | EntryKind::AccountStatus
            | EntryKind::Designations
            | EntryKind::Custom => Subject::None,
        })
    }

    /// The event, for the user whose feed it is; `None` if what it was about is gone.
    fn event(mut self, user: &UserId, seq: u64) -> sqlx::Result<Option<Published>> {
        let kind = self.kind.as_deref().and_then(EntryKind::named);
        let kind = kind.ok_or_else(|| unsound(Unreadable))?;
        let subject = self.subject(kind)?;
        let at = Timestamp::from_ms(self.at.unwrap_or_default());
        let except = self.except_device.map(DeviceId::try_from).transpose().map_err(unsound)?;
        let entry = Entry { kind, subject: self.subject, detail: self.detail, except };
        let event = entry.event(user, at, subject).map_err(unsound)?;
        Ok(event.map(|event| Published { seqs: Seqs::One(seq), ..event }))
    }
}

/// One statement, so that the ends and the events are of the same moment.
async fn page(db: &SqlitePool, user: &UserId, after: u64, limit: u32) -> sqlx::Result<FeedPage> {
    let name = user.as_str();
    let after = i64::try_from(after).unwrap_or(i64::MAX);
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT ends.oldest AS "oldest!: i64", ends.head AS "head!: i64",
               f.seq AS "seq?", f.at AS "at?", f.kind AS "kind?", f.subject AS "subject?",
               f.detail AS "detail?", f.except_device AS "except_device?",
               m.id AS "m_id?", m.sender AS "m_sender?", m.receiver AS "m_receiver?", m.chat AS "m_chat?",
               m.text AS "m_text?", m.image AS "m_image?", m.client_id AS "m_client_id?",
               m.created_at AS "m_created_at?", m.updated_at AS "m_updated_at?",
               m.delivered_at AS "m_delivered_at?", m.read_at AS "m_read_at?",
               s.name AS "m_sender_name?: String", s.image AS "m_sender_image?: String",
               s.email AS "m_sender_email?: String",
               r.name AS "m_receiver_name?: String", r.image AS "m_receiver_image?: String",
               r.email AS "m_receiver_email?: String",
               n.id AS "n_id?", n.user AS "n_user?", n.kind AS "n_kind?", n.title AS "n_title?",
               n.message AS "n_message?", n.data AS "n_data?", n.from_user AS "n_from_user?",
               c.name AS "n_from_name?: String", c.image AS "n_from_image?: String", n.post AS "n_post?",
               n.created_at AS "n_created_at?", n.read_at AS "n_read_at?"
           FROM (SELECT coalesce((SELECT min(seq) FROM feed WHERE user = ?1), 0) AS oldest,
                     coalesce((SELECT max(seq) FROM feed WHERE user = ?1), 0) AS head) AS ends
           LEFT JOIN (SELECT * FROM feed WHERE user = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3) AS f
           LEFT JOIN messages AS m
               ON m.id = f.subject AND f.kind IN ('message_received', 'message_sent', 'chat_message')
           LEFT JOIN profiles AS s ON s.id = m.sender
           LEFT JOIN profiles AS r ON r.id = m.receiver
           LEFT JOIN notifications AS n ON n.id = f.subject AND f.kind = 'notification'
           LEFT JOIN profiles AS c ON c.id = n.from_user
           ORDER BY f.seq"#,
        name,
        after,
        limit
    )
    .fetch_all(db)
    .await?;
    let ends = rows.first().map(|row| (row.oldest.unsigned_abs(), row.head.unsigned_abs()));
    let (oldest, head) = ends.unwrap_or_default();
    let events = rows.into_iter().filter_map(|row| {
        let seq = row.seq?.unsigned_abs();
        // Without its event the place stays: others are counted from it.
        let event = row.event(user, seq).unwrap_or_else(|error| {
            tracing::error!(%error, seq, "an event of a feed cannot be read");
            None
        });
        Some(Fed { seq, event })
    });
    Ok(FeedPage { oldest, head, events: events.collect() })
}
