//! Figures of the process (`contracts/quiz.md` section 4).

use axum::{Json, extract::State};

use super::{caller::Inspector, documents::StatsDocument};
use crate::state::QuizState;

/// `GET /api/metrics`.
pub(super) async fn show(
    _: Inspector,
    State(QuizState { stats, .. }): State<QuizState>,
) -> Json<StatsDocument> {
    Json(stats.stats().into())
}
