//! Requests for help, many at a time.

use outrigger_domain::{
    ids::UserId,
    paging::{Slice, Sliced},
    support::{Contact, ContactStatus},
    time::Timestamp,
};
use sqlx::SqlitePool;

use super::contacts::Row;
use crate::slices::offset;

/// Requests on a condition in an order, which an index has.
macro_rules! requests {
    ($db:expr, $rest:literal $(, $argument:expr)*) => {
        sqlx::query_as!(
            Row,
            r#"SELECT id AS "id!", name AS "name!", email AS "email!", subject, message AS "message!", phone,
                   priority AS "priority!", status AS "status!", user, access_digest AS "access_digest!",
                   submitted_at AS "submitted_at!", assign_at AS "assign_at!", admin, admin_name, admin_email,
                   claimed_at, resolver, resolver_name, resolved_at
               FROM contacts "# + $rest
            $(, $argument)*
        )
        .fetch_all($db)
        .await?
    };
}

fn contacts(rows: Vec<Row>) -> sqlx::Result<Vec<Contact>> {
    rows.into_iter().map(Contact::try_from).collect()
}

/// How many there are on a condition, and a part of them in an order.
macro_rules! part {
    ($moment:expr, $slice:expr, $condition:literal, $order:literal $(, $argument:expr)*) => {{
        let (limit, offset) = ($slice.limit, offset($slice));
        let total = sqlx::query_scalar!("SELECT count(*) FROM contacts " + $condition $(, $argument)*)
            .fetch_one(&mut *$moment)
            .await?;
        let rows = sqlx::query_as!(
            Row,
            r#"SELECT id AS "id!", name AS "name!", email AS "email!", subject, message AS "message!", phone,
                   priority AS "priority!", status AS "status!", user, access_digest AS "access_digest!",
                   submitted_at AS "submitted_at!", assign_at AS "assign_at!", admin, admin_name, admin_email,
                   claimed_at, resolver, resolver_name, resolved_at
               FROM contacts "# + $condition + " ORDER BY " + $order + " LIMIT ? OFFSET ?"
            $(, $argument)*,
            limit,
            offset
        )
        .fetch_all(&mut *$moment)
        .await?;
        (total, rows)
    }};
}

/// Those in a state, or all; a part and the length of the whole are of the same moment. Each state stands in the
/// statement itself, as in the condition of its index.
pub(super) async fn slice(
    db: &SqlitePool,
    status: Option<ContactStatus>,
    slice: Slice,
) -> sqlx::Result<Sliced<Contact>> {
    let mut moment = db.begin().await?;
    let (total, rows) = match status {
        None => part!(moment, slice, "", "submitted_at DESC, position DESC"),
        Some(ContactStatus::Pending) => part!(
            moment,
            slice,
            "WHERE status = 'pending'",
            "urgency DESC, submitted_at DESC, position DESC"
        ),
        Some(ContactStatus::InProgress) => {
            part!(moment, slice, "WHERE status = 'in_progress'", "submitted_at DESC, position DESC")
        }
        Some(ContactStatus::Resolved) => {
            part!(moment, slice, "WHERE status = 'resolved'", "submitted_at DESC, position DESC")
        }
    };
    moment.commit().await?;
    Ok(Sliced { items: contacts(rows)?, total: total.unsigned_abs() })
}

/// Those of a user, the newest first.
pub(super) async fn of(
    db: &SqlitePool,
    user: &UserId,
    slice: Slice,
) -> sqlx::Result<Sliced<Contact>> {
    let user = user.as_str();
    let mut moment = db.begin().await?;
    let (total, rows) =
        part!(moment, slice, "WHERE user = ?", "submitted_at DESC, position DESC", user);
    moment.commit().await?;
    Ok(Sliced { items: contacts(rows)?, total: total.unsigned_abs() })
}

/// Those that wait and are due, urgent first, then the oldest.
pub(super) async fn due(db: &SqlitePool, now: Timestamp, limit: u32) -> sqlx::Result<Vec<Contact>> {
    let now = now.ms();
    // Asked again and again, and mostly there is none: then what waits is not walked through.
    let is_any = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM contacts WHERE status = 'pending' AND assign_at <= ?) AS "is_any!: bool""#,
        now
    )
    .fetch_one(db)
    .await?;
    if !is_any {
        return Ok(Vec::new());
    }
    // The plus sign keeps SQLite from gathering all that is due and sorting it.
    contacts(requests!(
        db,
        "WHERE status = 'pending' AND +assign_at <= ? ORDER BY urgency DESC, submitted_at, position LIMIT ?",
        now,
        limit
    ))
}

/// Those an admin looks after, the oldest first.
pub(super) async fn chats_of(db: &SqlitePool, admin: &UserId) -> sqlx::Result<Vec<Contact>> {
    let admin = admin.as_str();
    contacts(requests!(
        db,
        "WHERE status = 'in_progress' AND admin = ? ORDER BY submitted_at, position",
        admin
    ))
}
