//! What those who take part in a quiz, and those who are there, are told (`contracts/quiz.md` section 3).

use std::sync::Arc;

use super::session::{LeaderboardRow, SessionStatus};
use crate::{
    ids::{QuestionId, QuizId, UserId},
    time::Timestamp,
};

/// Someone who is there, as others may know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directory {
    /// Who.
    pub user: UserId,
    /// The name to show.
    pub name: String,
    /// `online`, `away` or `busy`.
    pub status: String,
    /// When the user last sent anything.
    pub last_activity: Timestamp,
}

/// Figures of this process; admins see all of them, others the last three.
#[derive(Debug, Clone, PartialEq)]
pub struct ServerStats {
    /// Connections since the start.
    pub total_connections: u64,
    /// Connections now.
    pub current_connections: usize,
    /// Most connections at once.
    pub peak_connections: usize,
    /// When that was.
    pub last_peak: Timestamp,
    /// Since the start, in seconds.
    pub uptime_secs: u64,
    /// Resident bytes of this process, if the system says.
    pub resident_bytes: Option<u64>,
    /// Users who are there.
    pub online_users: usize,
    /// Rooms with anybody in them.
    pub active_rooms: usize,
    /// Quizzes that are held.
    pub quiz_sessions: usize,
    /// When it was counted.
    pub at: Timestamp,
}

/// Something of a quiz, for those who take part in it.
#[derive(Debug, Clone)]
pub enum QuizEvent {
    /// Someone takes part from now on.
    Joined {
        /// In what.
        quiz: QuizId,
        /// Who.
        user: UserId,
        /// The name to show.
        name: String,
        /// Participants by now.
        count: usize,
    },
    /// Someone no longer does: said so, or was gone for a minute.
    Left {
        /// Of what.
        quiz: QuizId,
        /// Who.
        user: UserId,
        /// The name to show.
        name: String,
        /// Participants by now.
        count: usize,
    },
    /// Someone answered; never what.
    Progress {
        /// In what.
        quiz: QuizId,
        /// Who.
        user: UserId,
        /// The name to show.
        name: String,
        /// Questions with an answer.
        answered: u32,
    },
    /// Someone has nothing more to say.
    Finished {
        /// In what.
        quiz: QuizId,
        /// Who.
        user: UserId,
        /// The name to show.
        name: String,
        /// Questions with an answer.
        answered: u32,
    },
    /// Who leads: at most the first hundred.
    Leaderboard {
        /// In what.
        quiz: QuizId,
        /// In order.
        rows: Arc<[LeaderboardRow]>,
    },
    /// A host started it.
    Started {
        /// What.
        quiz: QuizId,
        /// When.
        at: Timestamp,
        /// How far it is now.
        status: SessionStatus,
    },
    /// A question was asked.
    Question {
        /// In what.
        quiz: QuizId,
        /// Which.
        question: QuestionId,
        /// From 0.
        index: usize,
        /// How many there are.
        total: usize,
        /// Seconds to answer, if there is a limit.
        time_limit: Option<u32>,
        /// When these are over, by the sidecar's clock.
        closes_at: Option<Timestamp>,
    },
    /// It is over.
    Completed {
        /// What.
        quiz: QuizId,
        /// Who led.
        rows: Arc<[LeaderboardRow]>,
    },
    /// Someone is there: on a first device, or shown again. For all others with a token.
    Came {
        /// Who.
        user: UserId,
        /// The name to show.
        name: String,
        /// When.
        at: Timestamp,
    },
    /// Someone is there no more: left with the last device, or hides. For all others with a token.
    Went {
        /// Who.
        user: UserId,
        /// The name to show.
        name: String,
        /// When.
        at: Timestamp,
    },
    /// Everyone who is there, for everyone with a token.
    Everyone(Arc<[Directory]>),
    /// Figures, for everyone with a token: each contract shows to whom what.
    Stats(Arc<ServerStats>),
}
