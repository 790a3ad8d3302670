//! Who is there, and figures: `getOnlineUsers`, `getOnlineUserCount`, `getServerStats`.

use std::sync::Arc;

use axum::{Json, extract::State};
use outrigger_domain::time::{Clock, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    quiz::{DirectoryDocument, StatsDocument},
    state::QuizState,
};

/// Those who are there.
#[derive(Serialize, ToSchema)]
pub(in crate::internal) struct Present {
    /// In order of their names, the first thousand.
    users: Vec<DirectoryDocument>,
    /// How many are there, listed or not.
    count: usize,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    timestamp: Timestamp,
}

/// Who is there with a socket of contract `quiz` (`getOnlineUsers`, `getOnlineUserCount`).
#[utoipa::path(get, path = "/internal/quiz/online", tag = "quiz", operation_id = "quiz_online",
    responses((status = 200, body = Present)))]
pub(in crate::internal) async fn online(
    State(QuizState { roster, .. }): State<QuizState>,
    State(clock): State<Arc<dyn Clock>>,
) -> Json<Present> {
    let users = roster.list().iter().map(DirectoryDocument::from).collect();
    Json(Present { users, count: roster.count(), timestamp: clock.now() })
}

/// Figures of this process, as admins are told them every 30 seconds (`getServerStats`).
#[utoipa::path(get, path = "/internal/quiz/stats", tag = "quiz", operation_id = "quiz_stats",
    responses((status = 200, body = StatsDocument)))]
pub(in crate::internal) async fn stats(
    State(QuizState { stats, .. }): State<QuizState>,
) -> Json<StatsDocument> {
    Json(stats.stats().into())
}
