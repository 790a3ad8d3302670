//! Quizzes held live.

use outrigger_domain::{
    ids::QuizId,
    quiz::{LeaderboardRow, SessionStatus, Standing},
    time::Timestamp,
};
use serde::Serialize;
use ts_rs::TS;

use crate::{contract::WireEvent, rooms::wire::wire};

/// The question that stands.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct QuizStandingQuestion {
    /// Which.
    pub question_id: String,
    /// From 0.
    pub index: usize,
    /// How many there are.
    pub total: usize,
    /// Seconds to answer from when it was asked, if there is a limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub time_limit: Option<u32>,
    /// Until when it may be answered by the sidecar's clock, if there is a limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub closes_at: Option<Timestamp>,
    /// Whether that is over.
    pub closed: bool,
    /// What the sidecar's clock says now.
    pub server_time: Timestamp,
}

impl QuizStandingQuestion {
    /// As it stands at that time.
    pub(in crate::quiz) fn new(standing: &Standing, server_time: Timestamp) -> Self {
        Self {
            question_id: standing.asked.question.to_string(),
            index: standing.asked.index,
            total: standing.total,
            time_limit: standing.time_limit,
            closes_at: standing.asked.closes_at,
            closed: standing.asked.closed,
            server_time,
        }
    }
}

wire! {
    /// This socket takes part in a quiz.
    "quizJoined" => QuizJoined {
        /// In which.
        quiz_id: String,
        /// Participants by now.
        participant_count: usize,
        /// How far it is.
        #[ts(type = "'waiting' | 'active' | 'completed'")]
        status: SessionStatus,
        /// The question that stands, if a host asked one.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        question: Option<QuizStandingQuestion>,
        /// Questions that this participant has answered already.
        answered: u32,
    }
}
wire! {
    /// Someone takes part from now on.
    "participantJoined" => QuizParticipantJoined {
        /// Who.
        user_id: String,
        /// What they are called.
        user_name: String,
        /// Participants by now.
        participant_count: usize,
    }
}
wire! {
    /// Someone takes part no longer.
    "participantLeft" => QuizParticipantLeft {
        /// Who.
        user_id: String,
        /// What they are called.
        user_name: String,
        /// Participants by now.
        participant_count: usize,
    }
}
wire! {
    /// Someone answered; never what.
    "participantProgress" state => QuizParticipantProgress {
        /// Who.
        user_id: String,
        /// What they are called.
        user_name: String,
        /// Questions with an answer.
        questions_answered: u32,
    }
}
wire! {
    /// Someone has nothing more to say.
    "participantFinished" => QuizParticipantFinished {
        /// In which quiz.
        quiz_id: String,
        /// Who.
        user_id: String,
        /// What they are called.
        user_name: String,
        /// Questions with an answer.
        questions_answered: u32,
    }
}

/// Someone on a leaderboard.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct QuizLeader {
    /// Who.
    pub user_id: String,
    /// What they are called.
    pub user_name: String,
    /// Points.
    pub score: i64,
    /// Questions with an answer.
    pub questions_answered: u32,
    /// Whether they have nothing more to say.
    pub finished: bool,
    /// 1 for whoever leads; no two have the same.
    pub rank: u32,
}

/// Who leads, in order.
pub(in crate::quiz) fn leaders(rows: &[LeaderboardRow]) -> Vec<QuizLeader> {
    let leader = |row: &LeaderboardRow| QuizLeader {
        user_id: row.user.to_string(),
        user_name: row.name.clone(),
        score: row.score,
        questions_answered: row.answered,
        finished: row.finished,
        rank: row.rank,
    };
    rows.iter().map(leader).collect()
}

wire! {
    /// Who leads: at most the first hundred.
    "leaderboardUpdate" state => QuizLeaderboard {
        /// In which quiz.
        quiz_id: String,
        /// In order.
        leaderboard: Vec<QuizLeader>,
    }
}

impl QuizLeaderboard {
    /// Of that quiz.
    pub(in crate::quiz) fn new(quiz: &QuizId, rows: &[LeaderboardRow]) -> Self {
        Self { quiz_id: quiz.to_string(), leaderboard: leaders(rows) }
    }
}

wire! {
    /// A host started a quiz.
    "quizStarted" => QuizStarted {
        /// Which.
        quiz_id: String,
        /// When.
        start_time: Timestamp,
        /// How far it is now.
        #[ts(type = "'waiting' | 'active' | 'completed'")]
        status: SessionStatus,
    }
}
wire! {
    /// A question was asked.
    "quizQuestion" => QuizQuestion {
        /// In which quiz.
        quiz_id: String,
        /// Which.
        question_id: String,
        /// From 0.
        index: usize,
        /// How many there are.
        total: usize,
        /// Seconds to answer, if there is a limit.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        time_limit: Option<u32>,
        /// When these are over, by the sidecar's clock.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        closes_at: Option<Timestamp>,
        /// What the sidecar's clock says now.
        server_time: Timestamp,
    }
}
wire! {
    /// A quiz is over.
    "quizCompleted" => QuizCompleted {
        /// Which.
        quiz_id: String,
        /// Who led: at most the first hundred.
        leaderboard: Vec<QuizLeader>,
    }
}
