//! What the app told of its quizzes.

use outrigger_domain::{
    ids::{QuizId, UserId},
    quiz::{NewQuiz, Quiz},
    time::Timestamp,
};
use sqlx::{SqliteConnection, SqlitePool};

use crate::{failure::unsound, writer::Write};

/// One quiz.
pub(super) async fn find(db: &SqlitePool, id: &QuizId) -> sqlx::Result<Option<Quiz>> {
    let key = id.as_str();
    let row =
        sqlx::query!("SELECT title, host, questions, updated_at FROM quizzes WHERE id = ?", key)
            .fetch_optional(db)
            .await?;
    row.map(|row| {
        let told = NewQuiz {
            id: id.clone(),
            title: row.title,
            host: row.host.map(UserId::try_from).transpose().map_err(unsound)?,
            questions: serde_json::from_str(&row.questions).map_err(unsound)?,
        };
        Ok(Quiz { told, updated_at: Timestamp::from_ms(row.updated_at) })
    })
    .transpose()
}

/// Takes in what the app tells of a quiz.
pub(super) struct Save {
    pub(super) quiz: NewQuiz,
    pub(super) at: Timestamp,
}

impl Write for Save {
    type Outcome = ();

    fn is_one_statement(&self) -> bool {
        true
    }

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<()> {
        let NewQuiz { id, title, host, questions } = &self.quiz;
        let (id, host, at) = (id.as_str(), host.as_ref().map(UserId::as_str), self.at.ms());
        let questions = serde_json::to_string(questions).map_err(unsound)?;
        sqlx::query!(
            "INSERT INTO quizzes (id, title, host, questions, updated_at) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT (id) DO UPDATE SET title = excluded.title, host = excluded.host,
                 questions = excluded.questions, updated_at = excluded.updated_at",
            id,
            title,
            host,
            questions,
            at
        )
        .execute(db)
        .await?;
        Ok(())
    }
}
