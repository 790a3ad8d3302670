//! Who was made a member of which chat.

use outrigger_domain::{
    ids::{ChatId, UserId},
    time::Timestamp,
};
use sqlx::{SqliteConnection, SqliteExecutor, SqlitePool};

use crate::{failure::unsound, writer::Write};

/// Whether a user was made a member.
pub(crate) async fn is_member(db: &SqlitePool, chat: &ChatId, user: &UserId) -> sqlx::Result<bool> {
    let (chat, user) = (chat.as_str(), user.as_str());
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM chat_members WHERE chat = ? AND user = ?) AS "member!: bool""#,
        chat,
        user
    )
    .fetch_one(db)
    .await
}

/// Everyone who was made a member, in order of their ids.
pub(crate) async fn members(
    db: impl SqliteExecutor<'_>,
    chat: &ChatId,
) -> sqlx::Result<Vec<UserId>> {
    let chat = chat.as_str();
    sqlx::query_scalar!("SELECT user FROM chat_members WHERE chat = ? ORDER BY user", chat)
        .fetch_all(db)
        .await?
        .into_iter()
        .map(|user| UserId::try_from(user).map_err(unsound))
        .collect()
}

/// The first of them, so many at most.
pub(crate) async fn some_members(
    db: &SqlitePool,
    chat: &ChatId,
    most: usize,
) -> sqlx::Result<Vec<UserId>> {
    let (chat, most) = (chat.as_str(), i64::try_from(most).unwrap_or(i64::MAX));
    sqlx::query_scalar!(
        "SELECT user FROM chat_members WHERE chat = ? ORDER BY user LIMIT ?",
        chat,
        most
    )
    .fetch_all(db)
    .await?
    .into_iter()
    .map(|user| UserId::try_from(user).map_err(unsound))
    .collect()
}

/// Makes users members.
pub(crate) struct Grant {
    pub(crate) chat: ChatId,
    pub(crate) users: Vec<UserId>,
    pub(crate) at: Timestamp,
}

impl Write for Grant {
    type Outcome = ();

    fn is_one_statement(&self) -> bool {
        true
    }

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<()> {
        let (chat, at) = (self.chat.as_str(), self.at.ms());
        let users = serde_json::to_string(&self.users).map_err(unsound)?;
        sqlx::query!(
            "INSERT INTO chat_members (chat, user, since)
             SELECT ?1, value, ?2 FROM json_each(?3) WHERE true
             ON CONFLICT (chat, user) DO NOTHING",
            chat,
            at,
            users
        )
        .execute(db)
        .await?;
        Ok(())
    }
}

/// Ends memberships; gives how many there were.
pub(crate) struct Revoke {
    pub(crate) chat: ChatId,
    pub(crate) users: Vec<UserId>,
}

impl Write for Revoke {
    type Outcome = u64;

    fn is_one_statement(&self) -> bool {
        true
    }

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<u64> {
        let chat = self.chat.as_str();
        let users = serde_json::to_string(&self.users).map_err(unsound)?;
        let ended = sqlx::query!(
            "DELETE FROM chat_members WHERE chat = ? AND user IN (SELECT value FROM json_each(?))",
            chat,
            users
        )
        .execute(db)
        .await?
        .rows_affected();
        Ok(ended)
    }
}
