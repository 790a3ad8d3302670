//! Each time that a quiz was held.

use outrigger_domain::{
    ids::{QuestionId, QuizId, QuizSessionId},
    quiz::{Asked, Participant, QuizSession, SessionStatus},
    time::Timestamp,
};
use sqlx::{SqliteConnection, SqlitePool};

use super::participants;
use crate::{failure::unsound, writer::Write};

/// A row is in a state that this version does not know, or says only a part of the question that stands.
#[derive(Debug, thiserror::Error)]
#[error("unknown state of a quiz session")]
struct UnknownState;

/// A session as it stands in its row, with its position.
pub(super) struct Row {
    pub(super) position: i64,
    pub(super) id: String,
    pub(super) quiz: String,
    pub(super) status: String,
    pub(super) created_at: i64,
    pub(super) started_at: Option<i64>,
    pub(super) asked_index: Option<i64>,
    pub(super) asked_question: Option<String>,
    pub(super) asked_at: Option<i64>,
    pub(super) asked_closed: Option<bool>,
    pub(super) closes_at: Option<i64>,
    pub(super) completed_at: Option<i64>,
}

impl TryFrom<Row> for QuizSession {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self, sqlx::Error> {
        let asked = (row.asked_index, row.asked_question, row.asked_at, row.asked_closed);
        let asked = match asked {
            (None, None, None, None) => None,
            (Some(index), Some(question), Some(at), Some(closed)) => Some(Asked {
                index: usize::try_from(index).map_err(unsound)?,
                question: QuestionId::try_from(question).map_err(unsound)?,
                at: Timestamp::from_ms(at),
                closes_at: row.closes_at.map(Timestamp::from_ms),
                closed,
            }),
            _ => return Err(unsound(UnknownState)),
        };
        Ok(Self {
            id: QuizSessionId::try_from(row.id).map_err(unsound)?,
            quiz: QuizId::try_from(row.quiz).map_err(unsound)?,
            status: SessionStatus::named(&row.status).ok_or_else(|| unsound(UnknownState))?,
            created_at: Timestamp::from_ms(row.created_at),
            started_at: row.started_at.map(Timestamp::from_ms),
            asked,
            completed_at: row.completed_at.map(Timestamp::from_ms),
        })
    }
}

/// Those that are not over, oldest first.
pub(super) async fn open(db: &SqlitePool, limit: u32) -> sqlx::Result<Vec<QuizSession>> {
    sqlx::query_as!(
        Row,
        r#"SELECT position, id, quiz, status, created_at, started_at, asked_index, asked_question, asked_at,
               asked_closed AS "asked_closed: bool", closes_at, completed_at
           FROM quiz_sessions WHERE status <> 'completed' ORDER BY created_at, position LIMIT ?"#,
        limit
    )
    .fetch_all(db)
    .await?
    .into_iter()
    .map(QuizSession::try_from)
    .collect()
}

/// Makes or replaces a session and the rows of some participants.
pub(super) struct Save {
    pub(super) session: QuizSession,
    pub(super) participants: Vec<Participant>,
}

impl Write for Save {
    type Outcome = ();

    fn is_one_statement(&self) -> bool {
        self.participants.is_empty()
    }

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<()> {
        put(db, &self.session).await?;
        participants::put(db, &self.session.id, &self.participants).await
    }
}

async fn put(db: &mut SqliteConnection, session: &QuizSession) -> sqlx::Result<()> {
    let (id, quiz, status) = (session.id.as_str(), session.quiz.as_str(), session.status.as_str());
    let created_at = session.created_at.ms();
    let started_at = session.started_at.map(Timestamp::ms);
    let completed_at = session.completed_at.map(Timestamp::ms);
    let asked = session.asked.as_ref();
    let index = asked.map(|asked| i64::try_from(asked.index)).transpose().map_err(unsound)?;
    let question = asked.map(|asked| asked.question.as_str());
    let at = asked.map(|asked| asked.at.ms());
    let closed = asked.map(|asked| asked.closed);
    let closes_at = asked.and_then(|asked| asked.closes_at).map(Timestamp::ms);
    sqlx::query!(
        "INSERT INTO quiz_sessions (id, quiz, status, created_at, started_at, asked_index, asked_question, asked_at,
             asked_closed, closes_at, completed_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET quiz = excluded.quiz, status = excluded.status,
             created_at = excluded.created_at, started_at = excluded.started_at, asked_index = excluded.asked_index,
             asked_question = excluded.asked_question, asked_at = excluded.asked_at,
             asked_closed = excluded.asked_closed, closes_at = excluded.closes_at,
             completed_at = excluded.completed_at",
        id,
        quiz,
        status,
        created_at,
        started_at,
        index,
        question,
        at,
        closed,
        closes_at,
        completed_at
    )
    .execute(db)
    .await?;
    Ok(())
}
