//! Who follows whom, as the app says.

use outrigger_domain::ids::UserId;
use sqlx::{SqliteConnection, SqlitePool};

use crate::{failure::unsound, writer::Write};

/// Without a row the app never gave any; a row without a user says that there are none.
fn listed(rows: Vec<Option<String>>) -> sqlx::Result<Option<Vec<UserId>>> {
    if rows.is_empty() {
        return Ok(None);
    }
    let users = rows.into_iter().flatten().map(|user| UserId::try_from(user).map_err(unsound));
    users.collect::<sqlx::Result<_>>().map(Some)
}

/// A user's followers, in order of their ids.
pub(crate) async fn of(db: &SqlitePool, user: &UserId) -> sqlx::Result<Option<Vec<UserId>>> {
    let user = user.as_str();
    let rows = sqlx::query_scalar!(
        r#"SELECT f.follower AS "follower?: String"
           FROM followed AS d LEFT JOIN followers AS f ON f.user = d.user
           WHERE d.user = ? ORDER BY f.follower"#,
        user
    )
    .fetch_all(db)
    .await?;
    listed(rows)
}

/// The same with everyone the user has exchanged messages with.
pub(crate) async fn and_partners(
    db: &SqlitePool,
    user: &UserId,
) -> sqlx::Result<Option<Vec<UserId>>> {
    let user = user.as_str();
    let rows = sqlx::query_scalar!(
        r#"SELECT o.other AS "other?: String"
           FROM followed AS d
           LEFT JOIN (SELECT follower AS other FROM followers WHERE user = ?1 AND follower <> ?1
                      UNION
                      SELECT partner FROM conversations WHERE user = ?1 AND partner <> ?1) AS o
           WHERE d.user = ?1 ORDER BY o.other"#,
        user
    )
    .fetch_all(db)
    .await?;
    listed(rows)
}

/// Replaces a user's followers. Those who stay are not written again: the app gives the whole list with every change.
pub(crate) struct Set {
    pub(crate) user: UserId,
    pub(crate) followers: Vec<UserId>,
}

impl Write for Set {
    type Outcome = ();

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<()> {
        let user = self.user.as_str();
        let followers = serde_json::to_string(&self.followers).map_err(unsound)?;
        sqlx::query!("INSERT INTO followed (user) VALUES (?) ON CONFLICT (user) DO NOTHING", user)
            .execute(&mut *db)
            .await?;
        sqlx::query!(
            "DELETE FROM followers
             WHERE user = ? AND follower NOT IN (SELECT value FROM json_each(?))",
            user,
            followers
        )
        .execute(&mut *db)
        .await?;
        sqlx::query!(
            "INSERT INTO followers (user, follower) SELECT ?, value FROM json_each(?) WHERE true
             ON CONFLICT (user, follower) DO NOTHING",
            user,
            followers
        )
        .execute(db)
        .await?;
        Ok(())
    }
}
