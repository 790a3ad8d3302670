//! Who takes part in a quiz, or did.

use outrigger_domain::{
    ids::{QuizSessionId, UserId},
    quiz::Participant,
    time::Timestamp,
};
use sqlx::{SqliteConnection, SqliteExecutor};

use crate::{failure::unsound, writer::Write};

struct Row {
    user: String,
    name: String,
    joined_at: i64,
    score: i64,
    score_set: bool,
    answered: i64,
    scored_at: Option<i64>,
    finished: bool,
    gone: bool,
}

impl TryFrom<Row> for Participant {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self, sqlx::Error> {
        Ok(Self {
            user: UserId::try_from(row.user).map_err(unsound)?,
            name: row.name,
            joined_at: Timestamp::from_ms(row.joined_at),
            score: row.score,
            score_set: row.score_set,
            answered: u32::try_from(row.answered).map_err(unsound)?,
            scored_at: row.scored_at.map(Timestamp::from_ms),
            finished: row.finished,
            left: row.gone,
        })
    }
}

/// Those of the session at this position in the order of joining; of the same moment in the order of their ids.
pub(super) async fn of(
    db: impl SqliteExecutor<'_>,
    session: i64,
) -> sqlx::Result<Vec<Participant>> {
    sqlx::query_as!(
        Row,
        r#"SELECT user, name, joined_at, score, score_set AS "score_set: bool", answered, scored_at,
               finished AS "finished: bool", gone AS "gone: bool"
           FROM quiz_participants WHERE session = ? ORDER BY joined_at, user"#,
        session
    )
    .fetch_all(db)
    .await?
    .into_iter()
    .map(Participant::try_from)
    .collect()
}

/// Makes or replaces rows, in one statement however many there are. Of a session that is not there it fails.
pub(super) async fn put(
    db: &mut SqliteConnection,
    session: &QuizSessionId,
    participants: &[Participant],
) -> sqlx::Result<()> {
    if participants.is_empty() {
        return Ok(());
    }
    let row = |one: &Participant| {
        let (joined_at, scored_at) = (one.joined_at.ms(), one.scored_at.map(Timestamp::ms));
        let Participant { user, name, score, score_set, answered, finished, left, .. } =
            one.clone();
        (user, name, joined_at, score, score_set, answered, scored_at, finished, left)
    };
    let rows: Vec<_> = participants.iter().map(row).collect();
    let (session, rows) = (session.as_str(), serde_json::to_string(&rows).map_err(unsound)?);
    sqlx::query!(
        "INSERT INTO quiz_participants (session, user, name, joined_at, score, score_set, answered, scored_at, finished,
             gone)
         SELECT (SELECT position FROM quiz_sessions WHERE id = ?1), value ->> 0, value ->> 1, value ->> 2, value ->> 3,
             value ->> 4, value ->> 5, value ->> 6, value ->> 7, value ->> 8
         FROM json_each(?2) WHERE true
         ON CONFLICT (session, user) DO UPDATE SET name = excluded.name, joined_at = excluded.joined_at,
             score = excluded.score, score_set = excluded.score_set, answered = excluded.answered,
             scored_at = excluded.scored_at, finished = excluded.finished, gone = excluded.gone",
        session,
        rows
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Makes or replaces rows.
pub(super) struct Save {
    pub(super) session: QuizSessionId,
    pub(super) participants: Vec<Participant>,
}

impl Write for Save {
    type Outcome = ();

    fn is_one_statement(&self) -> bool {
        true
    }

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<()> {
        put(db, &self.session, &self.participants).await
    }
}

/// Forgets participants; what they answered stays.
pub(super) struct Remove {
    pub(super) session: QuizSessionId,
    pub(super) users: Vec<UserId>,
}

impl Write for Remove {
    type Outcome = ();

    fn is_one_statement(&self) -> bool {
        true
    }

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<()> {
        let users = serde_json::to_string(&self.users).map_err(unsound)?;
        let session = self.session.as_str();
        sqlx::query!(
            "DELETE FROM quiz_participants
             WHERE session = (SELECT position FROM quiz_sessions WHERE id = ?)
                 AND user IN (SELECT value FROM json_each(?))",
            session,
            users
        )
        .execute(db)
        .await?;
        Ok(())
    }
}
