//! Sessions.

use outrigger_domain::{
    ids::{DeviceId, TokenId, UserId},
    sessions::{Session, SessionFilter},
    time::Timestamp,
};
use sqlx::{SqliteConnection, SqlitePool};

use crate::{batches::Batch, failure::unsound, writer::Write};

struct Row {
    user: String,
    device: String,
    token: Option<String>,
    user_agent: String,
    ip_address: String,
    expires_at: i64,
    created_at: i64,
    updated_at: i64,
    active: bool,
    logout_at: Option<i64>,
    deactivated_reason: Option<String>,
}

impl TryFrom<Row> for Session {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self, sqlx::Error> {
        Ok(Self {
            user: UserId::try_from(row.user).map_err(unsound)?,
            device: DeviceId::try_from(row.device).map_err(unsound)?,
            token: row.token.map(TokenId::try_from).transpose().map_err(unsound)?,
            user_agent: row.user_agent,
            ip_address: row.ip_address,
            expires_at: Timestamp::from_ms(row.expires_at),
            created_at: Timestamp::from_ms(row.created_at),
            updated_at: Timestamp::from_ms(row.updated_at),
            active: row.active,
            logout_at: row.logout_at.map(Timestamp::from_ms),
            deactivated_reason: row.deactivated_reason,
        })
    }
}

/// A user's sessions, last seen first.
pub(crate) async fn list(
    db: &SqlitePool,
    user: &UserId,
    filter: &SessionFilter,
) -> sqlx::Result<Vec<Session>> {
    let user = user.as_str();
    let device = filter.device.as_ref().map(DeviceId::as_str);
    sqlx::query_as!(
        Row,
        r#"SELECT user, device, token, user_agent, ip_address, expires_at, created_at, updated_at,
               active AS "active: bool", logout_at, deactivated_reason
           FROM sessions
           WHERE user = ?1 AND (?2 IS NULL OR device = ?2) AND (active = 1 OR NOT ?3)
           ORDER BY updated_at DESC, device"#,
        user,
        device,
        filter.active_only
    )
    .fetch_all(db)
    .await?
    .into_iter()
    .map(Session::try_from)
    .collect()
}

/// Makes or replaces sessions; when one was first seen stays.
pub(crate) struct SaveAll(String);

impl Batch for SaveAll {
    type Row = Session;

    fn of(rows: Vec<Session>) -> sqlx::Result<Self> {
        let rows: Vec<_> = rows
            .into_iter()
            .map(|session| {
                (
                    session.user,
                    session.device,
                    session.token,
                    session.user_agent,
                    session.ip_address,
                    session.expires_at.ms(),
                    (session.created_at.ms(), session.updated_at.ms()),
                    session.active,
                    session.logout_at.map(Timestamp::ms),
                    session.deactivated_reason,
                )
            })
            .collect();
        serde_json::to_string(&rows).map(Self).map_err(unsound)
    }
}

impl Write for SaveAll {
    type Outcome = ();

    fn is_one_statement(&self) -> bool {
        true
    }

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<()> {
        sqlx::query!(
            "INSERT INTO sessions (user, device, token, user_agent, ip_address, expires_at, created_at,
                 updated_at, active, logout_at, deactivated_reason)
             SELECT value ->> '$[0]', value ->> '$[1]', value ->> '$[2]', value ->> '$[3]', value ->> '$[4]',
                 value ->> '$[5]', value ->> '$[6][0]', value ->> '$[6][1]', value ->> '$[7]',
                 value ->> '$[8]', value ->> '$[9]'
             FROM json_each(?) WHERE true
             ON CONFLICT (user, device) DO UPDATE SET
                 token = excluded.token, user_agent = excluded.user_agent,
                 ip_address = excluded.ip_address, expires_at = excluded.expires_at,
                 updated_at = excluded.updated_at, active = excluded.active,
                 logout_at = excluded.logout_at, deactivated_reason = excluded.deactivated_reason",
            self.0
        )
        .execute(db)
        .await?;
        Ok(())
    }
}

/// Ends active sessions of a user; gives them as they were.
pub(crate) struct End {
    pub(crate) user: UserId,
    pub(crate) device: Option<DeviceId>,
    pub(crate) reason: String,
    pub(crate) at: Timestamp,
}

impl Write for End {
    type Outcome = Vec<Session>;

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<Vec<Session>> {
        let user = self.user.as_str();
        let device = self.device.as_ref().map(DeviceId::as_str);
        let ended = sqlx::query_as!(
            Row,
            r#"SELECT user, device, token, user_agent, ip_address, expires_at, created_at, updated_at,
                   active AS "active: bool", logout_at, deactivated_reason
               FROM sessions WHERE user = ?1 AND (?2 IS NULL OR device = ?2) AND active = 1
               ORDER BY updated_at DESC, device"#,
            user,
            device
        )
        .fetch_all(&mut *db)
        .await?
        .into_iter()
        .map(Session::try_from)
        .collect::<sqlx::Result<_>>()?;
        let at = self.at.ms();
        sqlx::query!(
            "UPDATE sessions SET active = 0, logout_at = ?3, updated_at = ?3, deactivated_reason = ?4
             WHERE user = ?1 AND (?2 IS NULL OR device = ?2) AND active = 1",
            user,
            device,
            at,
            self.reason
        )
        .execute(db)
        .await?;
        Ok(ended)
    }
}
