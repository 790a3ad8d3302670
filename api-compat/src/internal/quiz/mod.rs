//! What the app tells of quizzes, and how it leads them (`contracts/quiz.md` section 5).

mod answers;
mod fields;
mod leading;
mod people;
mod registering;
mod scoring;
mod sessions;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::state::{InternalState, Shared};

/// All of them.
pub(super) fn routes() -> OpenApiRouter<Shared<InternalState>> {
    OpenApiRouter::new()
        .routes(routes!(registering::register))
        .routes(routes!(people::online))
        .routes(routes!(people::stats))
        .routes(routes!(sessions::show))
        .routes(routes!(sessions::leaderboard))
        .routes(routes!(answers::list))
        .routes(routes!(leading::start))
        .routes(routes!(leading::next))
        .routes(routes!(leading::end))
        .routes(routes!(scoring::finish))
        .routes(routes!(scoring::set_score))
}
