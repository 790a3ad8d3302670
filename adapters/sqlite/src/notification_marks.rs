//! Notifications that are read, and those that are deleted.

use outrigger_domain::{
    events::Published,
    ids::{DeviceId, NotificationId, UserId},
    notifications::{NotificationsDeleted, NotificationsRead},
    ports::Tells as _,
    time::Timestamp,
};
use sqlx::SqliteConnection;

use crate::{failure::unsound, notifications::unread, writer::Write};

/// A notification that was changed, and its place among the others.
struct Place {
    id: String,
    created_at: i64,
    position: i64,
}

/// `RETURNING` promises no order.
fn oldest_first(mut rows: Vec<Place>) -> sqlx::Result<Vec<NotificationId>> {
    rows.sort_unstable_by_key(|row| (row.created_at, row.position));
    rows.into_iter().map(|row| NotificationId::try_from(row.id).map_err(unsound)).collect()
}

/// Marks one notification of a user, or all, as read.
pub(crate) struct MarkRead {
    pub(crate) user: UserId,
    /// The device that is not told again.
    pub(crate) device: Option<DeviceId>,
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
        Ok(NotificationsRead {
            user: self.user.clone(),
            device: self.device.clone(),
            newly_read,
            all: self.id.is_none(),
            found,
            unread,
            at: self.at,
        })
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
    let rows = sqlx::query_as!(
        Place,
        r#"UPDATE notifications SET read_at = ? WHERE user = ? AND read_at IS NULL
           RETURNING id AS "id!", created_at AS "created_at!", position AS "position!""#,
        at,
        user
    )
    .fetch_all(db)
    .await?;
    oldest_first(rows)
}

/// Deletes one notification of a user, or all.
pub(crate) struct Delete {
    pub(crate) user: UserId,
    /// The device that is not told again.
    pub(crate) device: Option<DeviceId>,
    pub(crate) id: Option<NotificationId>,
    pub(crate) at: Timestamp,
}

impl Write for Delete {
    type Outcome = NotificationsDeleted;

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<NotificationsDeleted> {
        let deleted = match &self.id {
            Some(id) => delete_one(db, &self.user, id).await?,
            None => delete_all(db, &self.user).await?,
        };
        Ok(NotificationsDeleted {
            user: self.user.clone(),
            device: self.device.clone(),
            deleted,
            all: self.id.is_none(),
            unread: unread(db, &self.user).await?,
            at: self.at,
        })
    }

    fn tells(outcome: &NotificationsDeleted) -> Vec<Published> {
        outcome.tells()
    }
}

async fn delete_one(
    db: &mut SqliteConnection,
    user: &UserId,
    id: &NotificationId,
) -> sqlx::Result<Vec<NotificationId>> {
    let (user, key) = (user.as_str(), id.as_str());
    let gone = sqlx::query!("DELETE FROM notifications WHERE id = ? AND user = ?", key, user)
        .execute(db)
        .await?
        .rows_affected();
    Ok(if gone == 1 { vec![id.clone()] } else { Vec::new() })
}

/// Which are gone, oldest first.
async fn delete_all(db: &mut SqliteConnection, user: &UserId) -> sqlx::Result<Vec<NotificationId>> {
    let user = user.as_str();
    let rows = sqlx::query_as!(
        Place,
        r#"DELETE FROM notifications WHERE user = ?
           RETURNING id AS "id!", created_at AS "created_at!", position AS "position!""#,
        user
    )
    .fetch_all(db)
    .await?;
    oldest_first(rows)
}
