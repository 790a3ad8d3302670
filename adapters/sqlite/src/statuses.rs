//! What users say of themselves, and when they were last there.

use async_trait::async_trait;
use outrigger_domain::{
    ids::UserId,
    ports::{StatusStore, StoreResult},
    statuses::{KnownStatus, StatusPatch},
    time::Timestamp,
};
use sqlx::{SqliteConnection, SqlitePool};

use crate::{
    failure::{lookup, unsound},
    followers,
    open::SqliteStore,
    writer::Write,
};

#[async_trait]
impl StatusStore for SqliteStore {
    async fn statuses(&self, users: &[UserId]) -> StoreResult<Vec<KnownStatus>> {
        lookup(of(&self.readers.pool(), users).await)
    }

    async fn save_status(&self, user: &UserId, patch: &StatusPatch) -> StoreResult<KnownStatus> {
        self.writer.write(Save { user: user.clone(), patch: patch.clone() }).await
    }

    async fn note_seen(&self, users: &[UserId], at: Timestamp) -> StoreResult<()> {
        self.writer.write(Seen { users: users.to_vec(), at }).await
    }

    async fn users_with_status(&self, words: &[&str]) -> StoreResult<Vec<UserId>> {
        lookup(with(&self.readers.pool(), words).await)
    }

    async fn set_followers(&self, user: &UserId, followers: &[UserId]) -> StoreResult<()> {
        let set = followers::Set { user: user.clone(), followers: followers.to_vec() };
        self.writer.write(set).await
    }

    async fn followers(&self, user: &UserId) -> StoreResult<Option<Vec<UserId>>> {
        lookup(followers::of(&self.readers.pool(), user).await)
    }

    async fn followers_and_partners(&self, user: &UserId) -> StoreResult<Option<Vec<UserId>>> {
        lookup(followers::and_partners(&self.readers.pool(), user).await)
    }
}

struct Row {
    user: String,
    status: Option<String>,
    custom: Option<String>,
    last_seen: Option<i64>,
}

impl TryFrom<Row> for KnownStatus {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self, sqlx::Error> {
        Ok(Self {
            user: UserId::try_from(row.user).map_err(unsound)?,
            status: row.status,
            custom: row.custom,
            last_seen: row.last_seen.map(Timestamp::from_ms),
        })
    }
}

/// What is known of each of these users, in their order.
async fn of(db: &SqlitePool, users: &[UserId]) -> sqlx::Result<Vec<KnownStatus>> {
    let users = serde_json::to_string(users).map_err(unsound)?;
    sqlx::query_as!(
        Row,
        r#"SELECT CAST(asked.value AS TEXT) AS "user!: String", s.status, s.custom, s.last_seen
           FROM json_each(?) AS asked LEFT JOIN statuses AS s ON s.user = asked.value
           ORDER BY asked.key"#,
        users
    )
    .fetch_all(db)
    .await?
    .into_iter()
    .map(KnownStatus::try_from)
    .collect()
}

/// Users whose status is one of these words, in capitals or not.
async fn with(db: &SqlitePool, words: &[&str]) -> sqlx::Result<Vec<UserId>> {
    let words = serde_json::to_string(words).map_err(unsound)?;
    sqlx::query_scalar!(
        "SELECT user FROM statuses
         WHERE status COLLATE NOCASE IN (SELECT value FROM json_each(?)) AND status IS NOT NULL",
        words
    )
    .fetch_all(db)
    .await?
    .into_iter()
    .map(|user| UserId::try_from(user).map_err(unsound))
    .collect()
}

/// Changes what a user says.
struct Save {
    user: UserId,
    patch: StatusPatch,
}

impl Write for Save {
    type Outcome = KnownStatus;

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<KnownStatus> {
        let user = self.user.as_str();
        sqlx::query_as!(
            Row,
            r#"INSERT INTO statuses (user, status, custom) VALUES (?1, ?2, nullif(?3, ''))
               ON CONFLICT (user) DO UPDATE SET
                   status = coalesce(?2, status), custom = iif(?3 IS NULL, custom, nullif(?3, ''))
               RETURNING user AS "user!", status AS "status?", custom AS "custom?", last_seen AS "last_seen?""#,
            user,
            self.patch.status,
            self.patch.custom
        )
        .fetch_one(db)
        .await?
        .try_into()
    }
}

/// Users were there.
struct Seen {
    users: Vec<UserId>,
    at: Timestamp,
}

impl Write for Seen {
    type Outcome = ();

    fn is_one_statement(&self) -> bool {
        true
    }

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<()> {
        let users = serde_json::to_string(&self.users).map_err(unsound)?;
        let at = self.at.ms();
        sqlx::query!(
            "INSERT INTO statuses (user, last_seen) SELECT value, ?1 FROM json_each(?2) WHERE true
             ON CONFLICT (user) DO UPDATE SET last_seen = excluded.last_seen
             WHERE last_seen IS NULL OR last_seen < excluded.last_seen",
            at,
            users
        )
        .execute(db)
        .await?;
        Ok(())
    }
}
