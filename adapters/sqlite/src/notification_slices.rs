//! Notifications by numbered pages. A page and the length of the whole are of the same moment.

use outrigger_domain::{
    ids::UserId,
    notifications::{Notification, NotificationFilter},
    paging::{Slice, Sliced},
};
use sqlx::SqlitePool;

use crate::{notifications::Row, slices::offset};

/// How many there are, and those on the page. Each condition has an index that it walks in order.
macro_rules! part {
    ($moment:expr, $slice:expr, $offset:expr, $condition:literal, $($argument:expr),+) => {(
        sqlx::query_scalar!("SELECT count(*) FROM notifications WHERE " + $condition, $($argument),+)
            .fetch_one(&mut *$moment)
            .await?,
        sqlx::query_as!(
            Row,
            r#"SELECT id, user, kind, title, message, data, from_user,
                 from_name AS "from_name?: String", from_image AS "from_image?: String",
                 post, created_at, read_at
             FROM shown_notifications WHERE "# + $condition +
            " ORDER BY created_at DESC, position DESC LIMIT ? OFFSET ?",
            $($argument),+,
            $slice.limit,
            $offset
        )
        .fetch_all(&mut *$moment)
        .await?,
    )};
}

/// Those that the filter lets through, newest first.
pub(crate) async fn slice(
    db: &SqlitePool,
    user: &UserId,
    filter: &NotificationFilter,
    slice: Slice,
) -> sqlx::Result<Sliced<Notification>> {
    let (user, offset) = (user.as_str(), offset(slice));
    let mut moment = db.begin().await?;
    let (total, rows) = match (&filter.kind, filter.read) {
        (None, None) => part!(moment, slice, offset, "user = ?", user),
        (None, Some(false)) => part!(moment, slice, offset, "user = ? AND read_at IS NULL", user),
        (None, Some(true)) => {
            part!(moment, slice, offset, "user = ? AND read_at IS NOT NULL", user)
        }
        (Some(kind), None) => part!(moment, slice, offset, "user = ? AND kind = ?", user, kind),
        // Walks all of the kind, as counting them does.
        (Some(kind), Some(read)) => part!(
            moment,
            slice,
            offset,
            "user = ? AND kind = ? AND (read_at IS NOT NULL) = ?",
            user,
            kind,
            read
        ),
    };
    moment.commit().await?;
    let items = rows.into_iter().map(Notification::try_from).collect::<sqlx::Result<_>>()?;
    Ok(Sliced { items, total: total.unsigned_abs() })
}
