//! What users want to be told of.

use outrigger_domain::{ids::UserId, notifications::Preferences};
use sqlx::{SqliteConnection, SqliteExecutor};

use crate::{failure::unsound, writer::Write};

/// What a user wants; nothing in it if the user never said.
pub(crate) async fn find(db: impl SqliteExecutor<'_>, user: &UserId) -> sqlx::Result<Preferences> {
    let user = user.as_str();
    let wanted = sqlx::query_scalar!("SELECT wanted FROM preferences WHERE user = ?", user)
        .fetch_optional(db)
        .await?;
    match wanted {
        Some(wanted) => serde_json::from_str(&wanted).map_err(unsound),
        None => Ok(Preferences::default()),
    }
}

/// Puts some on top of what a user wants already, name by name.
pub(crate) struct Save {
    pub(crate) user: UserId,
    pub(crate) changed: Preferences,
}

impl Write for Save {
    type Outcome = Preferences;

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<Preferences> {
        // Not by `json_patch`: it takes a name away whose value is null, and goes into objects.
        let mut whole = find(&mut *db, &self.user).await?;
        whole.0.extend(self.changed.0.clone());
        let user = self.user.as_str();
        let wanted = serde_json::to_string(&whole).map_err(unsound)?;
        sqlx::query!(
            "INSERT INTO preferences (user, wanted) VALUES (?1, ?2)
             ON CONFLICT (user) DO UPDATE SET wanted = ?2",
            user,
            wanted
        )
        .execute(db)
        .await?;
        Ok(whole)
    }
}
