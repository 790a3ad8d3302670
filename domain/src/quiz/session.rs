//! A quiz, and one time that it is held (`contracts/quiz.md` section 3, "Quiz session").

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    ids::{QuestionId, QuizId, QuizSessionId, UserId},
    time::Timestamp,
};

/// A question as the app registered it. What is correct is told to no client before the quiz is over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Question {
    /// The app's id.
    pub id: QuestionId,
    /// The right answer, compared as JSON; an array of right answers if `any_of`.
    pub correct: Value,
    /// Whether `correct` is a list of which any one is right.
    #[serde(default)]
    pub any_of: bool,
    /// What a right answer brings.
    #[serde(default = "one_point")]
    pub points: u32,
    /// How long it may be answered once it was asked, in seconds; without it until the next one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_limit: Option<u32>,
}

fn one_point() -> u32 {
    1
}

/// What the app tells of a quiz.
#[derive(Debug, Clone, PartialEq)]
pub struct NewQuiz {
    /// The app's id.
    pub id: QuizId,
    /// What it is called.
    pub title: Option<String>,
    /// Who leads it, beside creators and admins.
    pub host: Option<UserId>,
    /// The questions in their order; each id once.
    pub questions: Vec<Question>,
}

/// A quiz that the app has told of.
#[derive(Debug, Clone, PartialEq)]
pub struct Quiz {
    /// What it told.
    pub told: NewQuiz,
    /// When it was told last.
    pub updated_at: Timestamp,
}

/// How far a session is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SessionStatus {
    /// Participants gather, and may answer at their own pace.
    Waiting,
    /// A host asks one question after the other.
    Active,
    /// It is over.
    Completed,
}

impl SessionStatus {
    /// As it stands in rows and on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Active => "active",
            Self::Completed => "completed",
        }
    }

    /// The one of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Waiting, Self::Active, Self::Completed].into_iter().find(|one| one.as_str() == name)
    }
}

/// The question that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Which, from 0.
    pub index: usize,
    /// Its id.
    pub question: QuestionId,
    /// Since when, by the sidecar's clock.
    pub at: Timestamp,
    /// Until when it may be answered, if there is a limit.
    pub closes_at: Option<Timestamp>,
    /// Whether that is over.
    pub closed: bool,
}

/// One time that a quiz is held.
#[derive(Debug, Clone, PartialEq)]
pub struct QuizSession {
    /// Our id.
    pub id: QuizSessionId,
    /// Of which quiz.
    pub quiz: QuizId,
    /// How far it is.
    pub status: SessionStatus,
    /// When somebody first joined.
    pub created_at: Timestamp,
    /// When a host started it.
    pub started_at: Option<Timestamp>,
    /// The question that stands, if a host asked one.
    pub asked: Option<Asked>,
    /// When it was over.
    pub completed_at: Option<Timestamp>,
}

/// Who takes part: a user on however many devices, or a guest on one socket.
#[derive(Debug, Clone, PartialEq)]
pub struct Participant {
    /// Who; a guest has an id of the sidecar's own.
    pub user: UserId,
    /// The name to show.
    pub name: String,
    /// Since when.
    pub joined_at: Timestamp,
    /// Points for answers that can no longer be changed; or what the app set.
    pub score: i64,
    /// Whether the app set the score: then answers no longer change it.
    pub score_set: bool,
    /// Questions with an answer, right or wrong.
    pub answered: u32,
    /// When the answer came that last raised the score, or when the app did: of two with the same score the one who had
    /// it first leads.
    pub scored_at: Option<Timestamp>,
    /// Whether the participant has nothing more to say.
    pub finished: bool,
    /// Whether the participant left without having finished: counted and shown no more, until back.
    pub left: bool,
}

/// A row of the leaderboard (`contracts/quiz.md` section 3, `leaderboardUpdate`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaderboardRow {
    /// Who.
    pub user: UserId,
    /// The name to show.
    pub name: String,
    /// Points.
    pub score: i64,
    /// Questions with an answer.
    pub answered: u32,
    /// Whether the participant is done.
    pub finished: bool,
    /// 1 for whoever leads. Same score: who had it first, then who joined first, then by id; so no two have one rank.
    pub rank: u32,
}
