//! Users.

use outrigger_domain::{
    accounts::{User, UserPatch},
    actor::Role,
    events::Published,
    ids::UserId,
    time::Timestamp,
};
use sqlx::{SqliteConnection, SqliteExecutor, SqlitePool};

use crate::{failure::unsound, writer::Write};

struct Row {
    id: String,
    email: String,
    first_name: Option<String>,
    last_name: Option<String>,
    name: Option<String>,
    profile_image: Option<String>,
    bio: Option<String>,
    role: String,
    told_role: Option<String>,
    active: bool,
    designations: String,
    created_at: i64,
    updated_at: i64,
}

impl TryFrom<Row> for User {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: UserId::try_from(row.id).map_err(unsound)?,
            email: row.email,
            first_name: row.first_name,
            last_name: row.last_name,
            name: row.name,
            profile_image: row.profile_image,
            bio: row.bio,
            role: Role::from_word(&row.role),
            told_role: row.told_role.as_deref().map(Role::from_word),
            active: row.active,
            designations: serde_json::from_str(&row.designations).map_err(unsound)?,
            created_at: Timestamp::from_ms(row.created_at),
            updated_at: Timestamp::from_ms(row.updated_at),
        })
    }
}

/// One user.
pub(crate) async fn find(db: &SqlitePool, id: &UserId) -> sqlx::Result<Option<User>> {
    let id = id.as_str();
    sqlx::query_as!(
        Row,
        r#"SELECT id, email, first_name, last_name, name, profile_image, bio, role,
               told_role AS "told_role?", active AS "active: bool", designations, created_at, updated_at
           FROM users WHERE id = ?"#,
        id
    )
    .fetch_optional(db)
    .await?
    .map(User::try_from)
    .transpose()
}

/// Several users, in order of their ids; unknown ones are left out.
pub(crate) async fn find_all(
    db: impl SqliteExecutor<'_>,
    ids: &[UserId],
) -> sqlx::Result<Vec<User>> {
    let ids = serde_json::to_string(ids).map_err(unsound)?;
    sqlx::query_as!(
        Row,
        r#"SELECT id, email, first_name, last_name, name, profile_image, bio, role,
               told_role AS "told_role?", active AS "active: bool", designations, created_at, updated_at
           FROM users WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id"#,
        ids
    )
    .fetch_all(db)
    .await?
    .into_iter()
    .map(User::try_from)
    .collect()
}

/// Active users in order of their ids.
pub(crate) async fn active(
    db: &SqlitePool,
    after: Option<&UserId>,
    limit: u32,
) -> sqlx::Result<Vec<User>> {
    // No id is empty, so every one comes after "".
    let after = after.map_or("", UserId::as_str);
    sqlx::query_as!(
        Row,
        r#"SELECT id, email, first_name, last_name, name, profile_image, bio, role,
               told_role AS "told_role?", active AS "active: bool", designations, created_at, updated_at
           FROM users WHERE id > ? AND active = 1 ORDER BY id LIMIT ?"#,
        after,
        limit
    )
    .fetch_all(db)
    .await?
    .into_iter()
    .map(User::try_from)
    .collect()
}

/// Makes or changes a user; a new one is an active plain user where the patch does not say otherwise.
pub(crate) struct Upsert {
    pub(crate) id: UserId,
    pub(crate) patch: UserPatch,
    pub(crate) at: Timestamp,
    pub(crate) news: Option<Published>,
}

/// A user as changed, and what is told of it.
pub(crate) struct Upserted {
    pub(crate) user: User,
    news: Option<Published>,
}

impl Write for Upsert {
    type Outcome = Upserted;

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<Upserted> {
        let (id, at, patch) = (self.id.as_str(), self.at.ms(), &self.patch);
        let role = patch.role.map(Role::as_str);
        let designations =
            patch.designations.as_ref().map(serde_json::to_string).transpose().map_err(unsound)?;
        let user = sqlx::query_as!(
            Row,
            r#"INSERT INTO users (id, email, first_name, last_name, name, profile_image, bio, role, active,
                   designations, created_at, updated_at, told_role)
               VALUES (?1, coalesce(?2, ''), ?3, ?4, ?5, ?6, ?7, coalesce(?8, 'user'), coalesce(?9, 1),
                   coalesce(?10, '[]'), ?11, ?11, ?8)
               ON CONFLICT (id) DO UPDATE SET
                   email = coalesce(?2, email), first_name = coalesce(?3, first_name),
                   last_name = coalesce(?4, last_name), name = coalesce(?5, name),
                   profile_image = coalesce(?6, profile_image), bio = coalesce(?7, bio),
                   role = coalesce(?8, role), told_role = coalesce(?8, told_role), active = coalesce(?9, active),
                   designations = coalesce(?10, designations), updated_at = ?11
               RETURNING id AS "id!", email AS "email!", first_name, last_name, name, profile_image, bio,
                   role AS "role!", told_role AS "told_role?", active AS "active!: bool", designations AS "designations!",
                   created_at AS "created_at!", updated_at AS "updated_at!""#,
            id,
            patch.email,
            patch.first_name,
            patch.last_name,
            patch.name,
            patch.profile_image,
            patch.bio,
            role,
            patch.active,
            designations,
            at
        )
        .fetch_one(db)
        .await?
        .try_into()?;
        Ok(Upserted { user, news: self.news.clone() })
    }

    fn tells(outcome: &Upserted) -> Vec<Published> {
        outcome.news.iter().cloned().collect()
    }
}
