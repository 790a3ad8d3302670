//! The map of events to the roles that may send them. A row without roles stands for an event that was removed.

use std::cmp::Reverse;

use outrigger_domain::{actor::Role, commerce::SocketAudit, ports::EventRoles, time::Timestamp};
use sqlx::SqliteConnection;

use super::socket_audit;
use crate::{failure::unsound, writer::Write};

/// Removed events that were no defaults and are remembered, the ones removed last.
const MOST_REMOVED: i64 = 1000;

/// Roles as their column has them: one set is one text.
fn column(roles: &[Role]) -> sqlx::Result<String> {
    let mut roles = roles.to_vec();
    roles.sort_unstable_by_key(|role| Reverse(*role));
    roles.dedup();
    serde_json::to_string(&roles).map_err(unsound)
}

/// Takes in those defaults that were never there, and gives the map.
pub(super) struct Load {
    pub(super) defaults: Vec<EventRoles>,
    pub(super) at: Timestamp,
}

impl Write for Load {
    type Outcome = Vec<EventRoles>;

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<Vec<EventRoles>> {
        let row = |(event, roles): &EventRoles| Ok((event.clone(), column(roles)?));
        let rows = self.defaults.iter().map(row).collect::<sqlx::Result<Vec<_>>>()?;
        let (rows, at) = (serde_json::to_string(&rows).map_err(unsound)?, self.at.ms());
        sqlx::query!(
            "INSERT INTO event_roles (event, roles, preset, changed_at)
             SELECT value ->> 0, value ->> 1, 1, ?2 FROM json_each(?1) WHERE true
             ON CONFLICT (event) DO UPDATE SET preset = 1 WHERE preset = 0",
            rows,
            at
        )
        .execute(&mut *db)
        .await?;
        sqlx::query!(
            r#"SELECT event, roles AS "roles!" FROM event_roles WHERE roles IS NOT NULL ORDER BY event"#
        )
        .fetch_all(db)
        .await?
        .into_iter()
        .map(|row| Ok((row.event, serde_json::from_str(&row.roles).map_err(unsound)?)))
        .collect()
    }
}

/// Replaces the roles of an event, or removes it; gives whether anything is different now.
pub(super) struct Map {
    pub(super) event: String,
    /// `None` removes it.
    pub(super) roles: Option<Vec<Role>>,
    /// Goes into the audit log if something is different.
    pub(super) note: SocketAudit,
}

impl Write for Map {
    type Outcome = bool;

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<bool> {
        let at = self.note.at;
        let is_different = match &self.roles {
            Some(roles) => set(db, &self.event, &column(roles)?, at).await?,
            None => remove(db, &self.event, at).await?,
        };
        if is_different {
            socket_audit::insert(db, std::slice::from_ref(&self.note)).await?;
        }
        Ok(is_different)
    }
}

async fn set(
    db: &mut SqliteConnection,
    event: &str,
    roles: &str,
    at: Timestamp,
) -> sqlx::Result<bool> {
    let at = at.ms();
    let changed = sqlx::query!(
        "INSERT INTO event_roles (event, roles, preset, changed_at) VALUES (?1, ?2, 0, ?3)
         ON CONFLICT (event) DO UPDATE SET roles = ?2, changed_at = ?3 WHERE roles IS NOT ?2",
        event,
        roles,
        at
    )
    .execute(db)
    .await?;
    Ok(changed.rows_affected() > 0)
}

async fn remove(db: &mut SqliteConnection, event: &str, at: Timestamp) -> sqlx::Result<bool> {
    let at = at.ms();
    let changed = sqlx::query!(
        "UPDATE event_roles SET roles = NULL, changed_at = ?2 WHERE event = ?1 AND roles IS NOT NULL",
        event,
        at
    )
    .execute(&mut *db)
    .await?;
    if changed.rows_affected() == 0 {
        return Ok(false);
    }
    // Never a default: forgotten, it would be there again after the next start.
    sqlx::query!(
        "DELETE FROM event_roles WHERE roles IS NULL AND preset = 0 AND event NOT IN
             (SELECT event FROM event_roles WHERE roles IS NULL AND preset = 0
              ORDER BY changed_at DESC, event DESC LIMIT ?)",
        MOST_REMOVED
    )
    .execute(db)
    .await?;
    Ok(true)
}
