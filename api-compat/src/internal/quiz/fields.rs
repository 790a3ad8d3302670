//! Fields that several of these calls have.

use outrigger_domain::{
    ids::QuizId,
    quiz::{Asked, Standing},
    time::Timestamp,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{error::Refusal, internal::shapes::missing};

/// A quiz in a path.
pub(super) fn quiz_in_path(id: &str) -> Result<QuizId, Refusal> {
    QuizId::new(id).map_err(|_| Refusal::field("id", "id must be a quiz's id"))
}

/// 404: the quiz is not held, and was not a moment ago.
pub(super) fn no_session() -> Refusal {
    missing("Quiz session not found")
}

/// A question that was asked.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::internal) struct AskedQuestion {
    /// The app's id.
    question_id: String,
    /// From 0.
    index: usize,
    /// How many there are.
    total: usize,
    /// Seconds to answer, if there is a limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    time_limit: Option<u32>,
    /// Since when, by the sidecar's clock.
    #[schema(value_type = String, format = DateTime)]
    asked_at: Timestamp,
    /// When the time to answer is over, by the sidecar's clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    closes_at: Option<Timestamp>,
    /// Whether it can be answered no more.
    closed: bool,
}

impl From<Standing> for AskedQuestion {
    fn from(Standing { asked, total, time_limit }: Standing) -> Self {
        let Asked { index, question, at, closes_at, closed } = asked;
        let question_id = question.to_string();
        Self { question_id, index, total, time_limit, asked_at: at, closes_at, closed }
    }
}
