//! Notices to many, kept for those whose socket is down for a moment.

use std::sync::Arc;

use outrigger_domain::{
    actor::Role,
    commerce::{Notice, Noticed, Priority, Readers},
    events::Published,
    ids::NotificationId,
    ports::Tells as _,
    time::Timestamp,
};
use sqlx::{SqliteConnection, SqlitePool};

use crate::{failure::unsound, writer::Write};

/// Notices that are kept, the latest ones.
const MOST: i64 = 1000;

/// A row is for readers, or of a priority, that this version does not know.
#[derive(Debug, thiserror::Error)]
#[error("unknown readers or priority of a notice")]
struct UnknownWord;

fn readers_word(readers: Readers) -> &'static str {
    match readers {
        Readers::Everyone => "everyone",
        Readers::Role(role) => role.as_str(),
    }
}

fn readers(word: &str) -> sqlx::Result<Readers> {
    let roles = [Role::Guest, Role::User, Role::Staff, Role::Admin].map(Readers::Role);
    let mut all = std::iter::once(Readers::Everyone).chain(roles);
    all.find(|readers| readers_word(*readers) == word).ok_or_else(|| unsound(UnknownWord))
}

fn priority(word: &str) -> sqlx::Result<Priority> {
    let mut all = [Priority::Normal, Priority::High].into_iter();
    all.find(|priority| priority.as_str() == word).ok_or_else(|| unsound(UnknownWord))
}

struct Row {
    id: String,
    readers: String,
    kind: String,
    title: String,
    message: String,
    data: Option<String>,
    priority: String,
    announced: bool,
    created_at: i64,
}

impl TryFrom<Row> for Notice {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: NotificationId::try_from(row.id).map_err(unsound)?,
            readers: readers(&row.readers)?,
            kind: row.kind,
            title: row.title,
            message: row.message,
            data: row.data.map(|data| serde_json::from_str(&data)).transpose().map_err(unsound)?,
            priority: priority(&row.priority)?,
            announced: row.announced,
            created_at: Timestamp::from_ms(row.created_at),
        })
    }
}

/// Those for any of these readers that are younger than that, newest first.
pub(super) async fn since(
    db: &SqlitePool,
    readers: &[Readers],
    since: Timestamp,
    limit: u32,
) -> sqlx::Result<Vec<Notice>> {
    let words: Vec<_> = readers.iter().map(|readers| readers_word(*readers)).collect();
    let (words, since) = (serde_json::to_string(&words).map_err(unsound)?, since.ms());
    sqlx::query_as!(
        Row,
        r#"SELECT id, readers, kind, title, message, data, priority, announced AS "announced: bool", created_at
           FROM notices WHERE created_at > ? AND readers IN (SELECT value FROM json_each(?))
           ORDER BY created_at DESC, position DESC LIMIT ?"#,
        since,
        words,
        limit
    )
    .fetch_all(db)
    .await?
    .into_iter()
    .map(Notice::try_from)
    .collect()
}

/// Keeps a notice.
pub(super) struct Add(pub(super) Arc<Notice>);

impl Write for Add {
    type Outcome = Noticed;

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<Noticed> {
        let notice = &self.0;
        let (id, readers) = (notice.id.as_str(), readers_word(notice.readers));
        let data = notice.data.as_ref().map(ToString::to_string);
        let (priority, created_at) = (notice.priority.as_str(), notice.created_at.ms());
        sqlx::query!(
            "INSERT INTO notices (id, readers, kind, title, message, data, priority, announced, created_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            id,
            readers,
            notice.kind,
            notice.title,
            notice.message,
            data,
            priority,
            notice.announced,
            created_at
        )
        .execute(&mut *db)
        .await?;
        sqlx::query!(
            "DELETE FROM notices WHERE position <= (SELECT max(position) FROM notices) - ?",
            MOST
        )
        .execute(db)
        .await?;
        Ok(Noticed(Arc::clone(&self.0)))
    }

    fn tells(outcome: &Noticed) -> Vec<Published> {
        outcome.tells()
    }
}
