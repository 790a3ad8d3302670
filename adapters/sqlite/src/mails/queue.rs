//! The outbox of e-mail.

use outrigger_domain::{
    email::{Address, MailKind, MailState, MailTemplate, NewMail, QueuedMail},
    ids::MailId,
    time::Timestamp,
};
use sqlx::{SqliteConnection, SqlitePool};

use crate::{failure::unsound, writer::Write};

/// A row is of a template or in a state that this version does not know.
#[derive(Debug, thiserror::Error)]
#[error("unknown template or state of an e-mail")]
struct UnknownWord;

fn word(kind: MailKind) -> &'static str {
    match kind {
        MailKind::Direct => "direct",
        MailKind::List => "list",
    }
}

struct Row {
    id: String,
    template: String,
    recipient: String,
    vars: String,
    key: Option<String>,
    state: String,
    attempts: i64,
    last_error: Option<String>,
    created_at: i64,
    due_at: i64,
    updated_at: i64,
}

impl TryFrom<Row> for QueuedMail {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self, sqlx::Error> {
        let mail = NewMail {
            id: MailId::try_from(row.id).map_err(unsound)?,
            template: MailTemplate::named(&row.template).ok_or_else(|| unsound(UnknownWord))?,
            to: Address::new(&row.recipient).map_err(unsound)?,
            vars: serde_json::from_str(&row.vars).map_err(unsound)?,
            key: row.key,
            created_at: Timestamp::from_ms(row.created_at),
            due_at: Timestamp::from_ms(row.due_at),
        };
        Ok(Self {
            mail,
            state: MailState::named(&row.state).ok_or_else(|| unsound(UnknownWord))?,
            attempts: u32::try_from(row.attempts).map_err(unsound)?,
            last_error: row.last_error,
            updated_at: Timestamp::from_ms(row.updated_at),
        })
    }
}

/// Those of a kind that wait and are due, by when they became due.
pub(super) async fn due(
    db: &SqlitePool,
    kind: MailKind,
    now: Timestamp,
    limit: u32,
) -> sqlx::Result<Vec<QueuedMail>> {
    let (kind, now) = (word(kind), now.ms());
    sqlx::query_as!(
        Row,
        "SELECT id, template, recipient, vars, key, state, attempts, last_error, created_at, due_at, updated_at
         FROM mails WHERE state = 'waiting' AND kind = ? AND due_at <= ? ORDER BY due_at, position LIMIT ?",
        kind,
        now,
        limit
    )
    .fetch_all(db)
    .await?
    .into_iter()
    .map(QueuedMail::try_from)
    .collect()
}

/// Those in a state, newest first.
pub(super) async fn list(
    db: &SqlitePool,
    state: MailState,
    limit: u32,
) -> sqlx::Result<Vec<QueuedMail>> {
    let state = state.as_str();
    sqlx::query_as!(
        Row,
        "SELECT id, template, recipient, vars, key, state, attempts, last_error, created_at, due_at, updated_at
         FROM mails WHERE state = ? ORDER BY position DESC LIMIT ?",
        state,
        limit
    )
    .fetch_all(db)
    .await?
    .into_iter()
    .map(QueuedMail::try_from)
    .collect()
}

/// How many wait, and how many are dead.
pub(super) async fn counts(db: &SqlitePool) -> sqlx::Result<(u64, u64)> {
    let row = sqlx::query!("SELECT waiting, dead FROM mail_figures").fetch_one(db).await?;
    Ok((row.waiting.unsigned_abs(), row.dead.unsigned_abs()))
}

/// Puts one into the outbox if there is room; under a key that is there it gives that one, and `false`.
pub(super) struct Add {
    pub(super) mail: NewMail,
    pub(super) most: u64,
}

impl Write for Add {
    type Outcome = Option<(MailId, bool)>;

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<Option<(MailId, bool)>> {
        let mail = &self.mail;
        if let Some(key) = &mail.key {
            let first = sqlx::query_scalar!("SELECT id FROM mails WHERE key = ?", key)
                .fetch_optional(&mut *db)
                .await?;
            if let Some(first) = first {
                return Ok(Some((MailId::try_from(first).map_err(unsound)?, false)));
            }
        }
        let (id, template, to) = (mail.id.as_str(), mail.template.as_str(), mail.to.as_str());
        let (kind, most) =
            (word(mail.template.kind()), i64::try_from(self.most).unwrap_or(i64::MAX));
        let vars = serde_json::to_string(&mail.vars).map_err(unsound)?;
        let (created_at, due_at) = (mail.created_at.ms(), mail.due_at.ms());
        let added = sqlx::query!(
            "INSERT INTO mails (id, template, kind, recipient, vars, key, state, attempts, created_at, due_at, updated_at)
             SELECT ?1, ?2, ?3, ?4, ?5, ?6, 'waiting', 0, ?7, ?8, ?7
             WHERE (SELECT waiting FROM mail_figures) < ?9",
            id,
            template,
            kind,
            to,
            vars,
            mail.key,
            created_at,
            due_at,
            most
        )
        .execute(db)
        .await?
        .rows_affected();
        Ok((added > 0).then(|| (mail.id.clone(), true)))
    }
}
