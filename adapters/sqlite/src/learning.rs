//! What tokens teach of users.

use outrigger_domain::{accounts::TokenUser, actor::Role, ids::UserId, time::Timestamp};
use sqlx::SqliteConnection;

use crate::{batches::Batch, failure::unsound, writer::Write};

/// Takes in what a token says: makes the user, or changes address and role. Name and picture are taken where there
/// are none: the app's own word for them counts more.
pub(crate) struct Learn {
    id: UserId,
    /// Empty where the token says none.
    email: String,
    role: Role,
    name: Option<String>,
    image: Option<String>,
    at: Timestamp,
}

impl Learn {
    /// What a token says; blank is nothing.
    pub(crate) fn new(said: TokenUser<'_>, at: Timestamp) -> Self {
        let TokenUser { id, email, role, profile } = said;
        let shown = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        let (name, image) = (shown(&profile.name), shown(&profile.image));
        Self { id: id.clone(), email: email.to_owned(), role, name, image, at }
    }
}

/// Several of them.
pub(crate) struct LearnAll(String);

impl Batch for LearnAll {
    type Row = Learn;

    fn of(rows: Vec<Learn>) -> sqlx::Result<Self> {
        let rows: Vec<_> = rows
            .into_iter()
            .map(|Learn { id, email, role, name, image, at }| {
                (id, email, role.as_str(), name, image, at.ms())
            })
            .collect();
        serde_json::to_string(&rows).map(Self).map_err(unsound)
    }
}

impl Write for LearnAll {
    type Outcome = ();

    fn is_one_statement(&self) -> bool {
        true
    }

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<()> {
        // A given or family name is a name.
        sqlx::query!(
            "INSERT INTO users (id, email, name, profile_image, role, active, designations, created_at, updated_at)
             SELECT value ->> '$[0]', value ->> '$[1]', value ->> '$[3]', value ->> '$[4]', value ->> '$[2]', 1, '[]',
                 value ->> '$[5]', value ->> '$[5]'
             FROM json_each(?) WHERE true
             ON CONFLICT (id) DO UPDATE SET
                 email = iif(excluded.email = '', email, excluded.email), role = excluded.role,
                 updated_at = excluded.updated_at,
                 name = iif((SELECT p.name FROM profiles AS p WHERE p.id = users.id) IS NULL,
                     coalesce(excluded.name, name), name),
                 profile_image = coalesce(profile_image, excluded.profile_image)
             WHERE (excluded.email <> '' AND email <> excluded.email) OR role <> excluded.role
                 OR (excluded.name IS NOT NULL
                     AND (SELECT p.name FROM profiles AS p WHERE p.id = users.id) IS NULL)
                 OR (excluded.profile_image IS NOT NULL AND profile_image IS NULL)",
            self.0
        )
        .execute(db)
        .await?;
        Ok(())
    }
}
