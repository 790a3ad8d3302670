//! Notifications and how many of them are unread.

use std::sync::Arc;

use outrigger_domain::{
    events::Published,
    ids::{DeviceId, NotificationId, UserId},
    notifications::{Notification, NotificationsRead, Notified},
    ports::Tells as _,
    time::Timestamp,
};
use sqlx::{SqliteConnection, SqliteExecutor, SqlitePool};

use crate::{failure::unsound, writer::Write};

/// A notification as its row has it.
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) user: String,
    pub(crate) kind: String,
    pub(crate) title: String,
    pub(crate) message: String,
    pub(crate) data: Option<String>,
    pub(crate) created_at: i64,
    pub(crate) read_at: Option<i64>,
}

impl TryFrom<Row> for Notification {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: NotificationId::try_from(row.id).map_err(unsound)?,
            user: UserId::try_from(row.user).map_err(unsound)?,
            kind: row.kind,
            title: row.title,
            message: row.message,
            data: row.data.map(|data| serde_json::from_str(&data)).transpose().map_err(unsound)?,
            created_at: Timestamp::from_ms(row.created_at),
            read_at: row.read_at.map(Timestamp::from_ms),
        })
    }
}

/// A user's notifications, newest first. An unknown `before`, or one of another user, gives none.
pub(crate) async fn list(
    db: &SqlitePool,
    user: &UserId,
    limit: u32,
    before: Option<&NotificationId>,
    unread_only: bool,
) -> sqlx::Result<Vec<Notification>> {
    let user = user.as_str();
    let (created_at, position) = match before {
        None => (i64::MAX, i64::MAX),
        Some(before) => {
            let before = before.as_str();
            let place = sqlx::query!(
                "SELECT created_at, position FROM notifications WHERE id = ? AND user = ?",
                before,
                user
            )
            .fetch_optional(db)
            .await?;
            let Some(place) = place else { return Ok(Vec::new()) };
            (place.created_at, place.position)
        }
    };
    // Two queries, so that each one walks the index made for it.
    let rows = if unread_only {
        sqlx::query_as!(
            Row,
            "SELECT id, user, kind, title, message, data, created_at, read_at
             FROM notifications WHERE user = ? AND read_at IS NULL AND (created_at, position) < (?, ?)
             ORDER BY created_at DESC, position DESC LIMIT ?",
            user,
            created_at,
            position,
            limit
        )
        .fetch_all(db)
        .await?
    } else {
        sqlx::query_as!(
            Row,
            "SELECT id, user, kind, title, message, data, created_at, read_at
             FROM notifications WHERE user = ? AND (created_at, position) < (?, ?)
             ORDER BY created_at DESC, position DESC LIMIT ?",
            user,
            created_at,
            position,
            limit
        )
        .fetch_all(db)
        .await?
    };
    rows.into_iter().map(Notification::try_from).collect()
}

/// How many notifications of a user are unread.
pub(crate) async fn unread(db: impl SqliteExecutor<'_>, user: &UserId) -> sqlx::Result<u64> {
    let user = user.as_str();
    let unread =
        sqlx::query_scalar!("SELECT unread FROM unread_notifications WHERE user = ?", user)
            .fetch_optional(db)
            .await?
            .unwrap_or_default();
    u64::try_from(unread).map_err(unsound)
}

/// Stores a notification, unless one with its id is there.
pub(crate) struct Insert(pub(crate) Notification);

/// What became of it, and whether anyone is to be told.
pub(crate) struct Inserted {
    pub(crate) notified: Notified,
    is_new: bool,
}

impl Write for Insert {
    type Outcome = Inserted;

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<Inserted> {
        let new = &self.0;
        let (id, user) = (new.id.as_str(), new.user.as_str());
        let data = new.data.as_ref().map(ToString::to_string);
        let (created_at, read_at) = (new.created_at.ms(), new.read_at.map(Timestamp::ms));
        let is_new = sqlx::query!(
            "INSERT INTO notifications (id, user, kind, title, message, data, created_at, read_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
            id,
            user,
            new.kind,
            new.title,
            new.message,
            data,
            created_at,
            read_at
        )
        .execute(&mut *db)
        .await?
        .rows_affected()
            == 1;
        let notification = if is_new { new.clone() } else { find(db, &new.id).await? };
        let unread = unread(db, &notification.user).await?;
        let notified = Notified { notification: Arc::new(notification), unread };
        Ok(Inserted { notified, is_new })
    }

    fn tells(outcome: &Inserted) -> Vec<Published> {
        // Everyone was told of the first one.
        if outcome.is_new { outcome.notified.tells() } else { Vec::new() }
    }
}

async fn find(db: &mut SqliteConnection, id: &NotificationId) -> sqlx::Result<Notification> {
    let id = id.as_str();
    sqlx::query_as!(
        Row,
        "SELECT id, user, kind, title, message, data, created_at, read_at
         FROM notifications WHERE id = ?",
        id
    )
    .fetch_one(db)
    .await?
    .try_into()
}

/// Marks one notification of a user, or all, as read.
pub(crate) struct MarkRead {
    pub(crate) user: UserId,
    pub(crate) device: DeviceId,
    pub(crate) id: Option<NotificationId>,
    pub(crate) at: Timestamp,
}

impl Write for MarkRead {
    type Outcome = NotificationsRead;

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<NotificationsRead> {
        let (newly_read, found) = match &self.id {
            Some(id) => mark_one(db, &self.user, id, self.at).await?,
            None => (mark_all(db, &self.user, self.at).await?, true),
        };
        let unread = unread(db, &self.user).await?;
        let (user, device) = (self.user.clone(), self.device.clone());
        Ok(NotificationsRead { user, device, newly_read, found, unread, at: self.at })
    }

    fn tells(outcome: &NotificationsRead) -> Vec<Published> {
        outcome.tells()
    }
}

/// Which were unread until now, and whether the user has such a notification at all.
async fn mark_one(
    db: &mut SqliteConnection,
    user: &UserId,
    id: &NotificationId,
    at: Timestamp,
) -> sqlx::Result<(Vec<NotificationId>, bool)> {
    let (user, key, at) = (user.as_str(), id.as_str(), at.ms());
    let changed = sqlx::query!(
        "UPDATE notifications SET read_at = ? WHERE id = ? AND user = ? AND read_at IS NULL",
        at,
        key,
        user
    )
    .execute(&mut *db)
    .await?
    .rows_affected();
    if changed == 1 {
        return Ok((vec![id.clone()], true));
    }
    let found = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM notifications WHERE id = ? AND user = ?) AS "found!: bool""#,
        key,
        user
    )
    .fetch_one(db)
    .await?;
    Ok((Vec::new(), found))
}

/// Which were unread until now, oldest first.
async fn mark_all(
    db: &mut SqliteConnection,
    user: &UserId,
    at: Timestamp,
) -> sqlx::Result<Vec<NotificationId>> {
    let (user, at) = (user.as_str(), at.ms());
    let mut rows = sqlx::query!(
        r#"UPDATE notifications SET read_at = ? WHERE user = ? AND read_at IS NULL
           RETURNING id AS "id!", created_at AS "created_at!", position AS "position!""#,
        at,
        user
    )
    .fetch_all(db)
    .await?;
    // `RETURNING` promises no order.
    rows.sort_unstable_by_key(|row| (row.created_at, row.position));
    rows.into_iter().map(|row| NotificationId::try_from(row.id).map_err(unsound)).collect()
}
