//! Users who are sent away: `disconnectUser`.

use axum::{Json, extract::State};
use outrigger_domain::ids::UserId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    error::Refusal,
    internal::{
        payload::Payload,
        shapes::{ErrorBody, Id, reason},
    },
    state::CommerceState,
};

/// The reason of an app that gives none (`contracts/commerce.md` section 5).
const USUAL_REASON: &str = "User disconnected by admin";

/// Someone who is sent away.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::internal) struct SendAway {
    /// Who.
    #[schema(value_type = Id)]
    user_id: UserId,
    /// For people; `User disconnected by admin` if absent.
    reason: Option<String>,
}

/// How many sockets are closed.
#[derive(Serialize, ToSchema)]
pub(in crate::internal) struct SentAway {
    /// Always true.
    success: bool,
    /// Sockets on this node; none if the user is not there.
    sockets: usize,
}

/// Closes a user's sockets, of every contract; whoever was sent away may come back (`force_disconnect`).
#[utoipa::path(post, path = "/internal/commerce/disconnect", tag = "commerce", operation_id = "send_away",
    request_body = SendAway,
    responses((status = 200, body = SentAway), (status = 400, body = ErrorBody)))]
pub(in crate::internal) async fn disconnect(
    State(CommerceState { market, .. }): State<CommerceState>,
    Payload(SendAway { user_id, reason: given }): Payload<SendAway>,
) -> Result<Json<SentAway>, Refusal> {
    let reason = reason(given)?;
    let reason = reason.as_deref().unwrap_or(USUAL_REASON);
    let sockets = market.disconnect(None, &user_id, reason).await;
    Ok(Json(SentAway { success: true, sockets }))
}
