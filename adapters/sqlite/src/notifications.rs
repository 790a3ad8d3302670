//! Notifications and how many of them are unread.

use std::sync::Arc;

use outrigger_domain::{
    accounts::Profile,
    events::Published,
    ids::{NotificationId, UserId},
    notifications::{Notification, Notified},
    ports::Tells as _,
    time::Timestamp,
};
use sqlx::{SqliteConnection, SqliteExecutor, SqlitePool};

use crate::{failure::unsound, writer::Write};

/// A notification as `shown_notifications` has it.
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) user: String,
    pub(crate) kind: String,
    pub(crate) title: String,
    pub(crate) message: String,
    pub(crate) data: Option<String>,
    pub(crate) from_user: Option<String>,
    pub(crate) from_name: Option<String>,
    pub(crate) from_image: Option<String>,
    pub(crate) post: Option<String>,
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
            from: row.from_user.map(UserId::try_from).transpose().map_err(unsound)?,
            from_profile: Profile { name: row.from_name, image: row.from_image, email: None },
            post: row.post,
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
            r#"SELECT id, user, kind, title, message, data, from_user,
                   from_name AS "from_name?: String", from_image AS "from_image?: String",
                   post, created_at, read_at
               FROM shown_notifications WHERE user = ? AND read_at IS NULL AND (created_at, position) < (?, ?)
               ORDER BY created_at DESC, position DESC LIMIT ?"#,
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
            r#"SELECT id, user, kind, title, message, data, from_user,
                   from_name AS "from_name?: String", from_image AS "from_image?: String",
                   post, created_at, read_at
               FROM shown_notifications WHERE user = ? AND (created_at, position) < (?, ?)
               ORDER BY created_at DESC, position DESC LIMIT ?"#,
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

/// One notification of a user.
pub(crate) async fn find(
    db: impl SqliteExecutor<'_>,
    user: &UserId,
    id: &NotificationId,
) -> sqlx::Result<Option<Notification>> {
    let found = named(db, id).await?;
    Ok(found.filter(|notification| notification.user == *user))
}

/// One notification, whosever it is.
async fn named(
    db: impl SqliteExecutor<'_>,
    id: &NotificationId,
) -> sqlx::Result<Option<Notification>> {
    let id = id.as_str();
    sqlx::query_as!(
        Row,
        r#"SELECT id, user, kind, title, message, data, from_user,
               from_name AS "from_name?: String", from_image AS "from_image?: String",
               post, created_at, read_at
           FROM shown_notifications WHERE id = ?"#,
        id
    )
    .fetch_optional(db)
    .await?
    .map(Notification::try_from)
    .transpose()
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
        if let Some(notified) = insert(db, &self.0).await? {
            return Ok(Inserted { notified, is_new: true });
        }
        let first = named(&mut *db, &self.0.id).await?.ok_or(sqlx::Error::RowNotFound)?;
        let unread = unread(db, &first.user).await?;
        Ok(Inserted { notified: Notified { notification: Arc::new(first), unread }, is_new: false })
    }

    fn tells(outcome: &Inserted) -> Vec<Published> {
        // Everyone was told of the first one.
        if outcome.is_new { outcome.notified.tells() } else { Vec::new() }
    }
}

/// Stores a notification; nothing if there is one with its id.
pub(crate) async fn insert(
    db: &mut SqliteConnection,
    new: &Notification,
) -> sqlx::Result<Option<Notified>> {
    let (id, user) = (new.id.as_str(), new.user.as_str());
    let data = new.data.as_ref().map(ToString::to_string);
    let from = new.from.as_ref().map(UserId::as_str);
    let (created_at, read_at) = (new.created_at.ms(), new.read_at.map(Timestamp::ms));
    let inserted = sqlx::query!(
        "INSERT INTO notifications (id, user, kind, title, message, data, from_user, post, created_at, read_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
        id,
        user,
        new.kind,
        new.title,
        new.message,
        data,
        from,
        new.post,
        created_at,
        read_at
    )
    .execute(&mut *db)
    .await?
    .rows_affected();
    if inserted == 0 {
        return Ok(None);
    }
    let unread = unread(db, &new.user).await?;
    Ok(Some(Notified { notification: Arc::new(new.clone()), unread }))
}
