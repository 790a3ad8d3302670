//! What the contract shows of quizzes and of those who are there, the same to its clients and to the app.

use outrigger_domain::{
    quiz::{Directory, LeaderboardRow, ServerStats},
    time::Timestamp,
};
use serde::Serialize;
use utoipa::ToSchema;

/// Connections of this process.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConnectionFigures {
    /// Since the start.
    total_connections: u64,
    /// Now.
    current_connections: usize,
    /// Most at once.
    peak_connections: usize,
    /// When that was.
    #[schema(value_type = String, format = DateTime)]
    last_peak: Timestamp,
}

/// Memory of this process.
#[derive(Serialize, ToSchema)]
pub(crate) struct MemoryUsage {
    /// Resident bytes, if the system says.
    #[serde(skip_serializing_if = "Option::is_none")]
    rss: Option<u64>,
}

/// Figures of this process (`contracts/quiz.md` section 3, `serverStats`).
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StatsDocument {
    /// Connections.
    #[schema(inline)]
    connections: ConnectionFigures,
    /// Users who are there, in contract `quiz`.
    online_users: usize,
    /// Rooms with anybody in them.
    active_rooms: usize,
    /// Quizzes that are held.
    quiz_sessions: usize,
    /// Since the start, in seconds.
    uptime: u64,
    /// Memory.
    #[schema(inline)]
    memory_usage: MemoryUsage,
    /// When it was counted.
    #[schema(value_type = String, format = DateTime)]
    timestamp: Timestamp,
}

impl From<ServerStats> for StatsDocument {
    fn from(stats: ServerStats) -> Self {
        Self {
            connections: ConnectionFigures {
                total_connections: stats.total_connections,
                current_connections: stats.current_connections,
                peak_connections: stats.peak_connections,
                last_peak: stats.last_peak,
            },
            online_users: stats.online_users,
            active_rooms: stats.active_rooms,
            quiz_sessions: stats.quiz_sessions,
            uptime: stats.uptime_secs,
            memory_usage: MemoryUsage { rss: stats.resident_bytes },
            timestamp: stats.at,
        }
    }
}

/// Someone who is there (`contracts/quiz.md` section 3, `onlineUsers`).
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DirectoryDocument {
    /// Who.
    user_id: String,
    /// The name to show.
    name: String,
    /// `online`, `away` or `busy`.
    status: String,
    /// When the user last sent anything.
    #[schema(value_type = String, format = DateTime)]
    last_activity: Timestamp,
}

impl From<&Directory> for DirectoryDocument {
    fn from(one: &Directory) -> Self {
        Self {
            user_id: one.user.to_string(),
            name: one.name.clone(),
            status: one.status.clone(),
            last_activity: one.last_activity,
        }
    }
}

/// A row of the leaderboard (`contracts/quiz.md` section 3, `leaderboardUpdate`).
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RowDocument {
    /// Who.
    user_id: String,
    /// The name to show.
    user_name: String,
    /// Points.
    score: i64,
    /// Questions with an answer.
    questions_answered: u32,
    /// Whether the participant is done.
    finished: bool,
    /// 1 for whoever leads; no two have one.
    rank: u32,
}

/// Who leads, in order.
pub(crate) fn rows(rows: &[LeaderboardRow]) -> Vec<RowDocument> {
    let row = |row: &LeaderboardRow| RowDocument {
        user_id: row.user.to_string(),
        user_name: row.name.clone(),
        score: row.score,
        questions_answered: row.answered,
        finished: row.finished,
        rank: row.rank,
    };
    rows.iter().map(row).collect()
}
