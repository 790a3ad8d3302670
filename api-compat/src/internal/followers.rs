//! Who follows whom, as the app says: who hears how a user is (`contracts/social.md` sections 5 and 7).

use std::sync::Arc;

use axum::{Json, extract::State};
use outrigger_domain::{ids::UserId, statuses::Statuses};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    payload::Payload,
    shapes::{Done, ErrorBody, Id, user_in_path},
};
use crate::{error::Refusal, input::Segment};

/// Followers of one user at most.
const MOST_FOLLOWERS: usize = 50_000;

/// A user's followers.
#[derive(Deserialize, ToSchema)]
pub(super) struct NewFollowers {
    /// The whole list; from now on the app decides who they are, even if it is empty.
    #[schema(value_type = Vec<Id>, max_items = 50000)]
    followers: Vec<UserId>,
}

/// Replaces a user's followers.
#[utoipa::path(put, path = "/internal/users/{id}/followers", tag = "users", operation_id = "put_followers",
    request_body = NewFollowers, params(("id" = String, Path, description = "The user's id")),
    responses((status = 200, body = Done), (status = 400, body = ErrorBody)))]
pub(super) async fn replace(
    State(statuses): State<Arc<Statuses>>,
    Segment(id): Segment,
    Payload(NewFollowers { followers }): Payload<NewFollowers>,
) -> Result<Json<Done>, Refusal> {
    let id = user_in_path(&id)?;
    if followers.len() > MOST_FOLLOWERS {
        let text = format!("followers must have at most {MOST_FOLLOWERS} ids");
        return Err(Refusal::field("followers", text));
    }
    statuses.set_followers(&id, followers).await?;
    Ok(Json(Done::new()))
}

/// A user's followers.
#[derive(Serialize, ToSchema)]
pub(super) struct Followers {
    /// In order of their ids; `null` if the app never gave any.
    #[schema(value_type = Option<Vec<String>>)]
    followers: Option<Vec<UserId>>,
}

/// A user's followers, as the app gave them.
#[utoipa::path(get, path = "/internal/users/{id}/followers", tag = "users", operation_id = "get_followers",
    params(("id" = String, Path, description = "The user's id")),
    responses((status = 200, body = Followers), (status = 400, body = ErrorBody)))]
pub(super) async fn show(
    State(statuses): State<Arc<Statuses>>,
    Segment(id): Segment,
) -> Result<Json<Followers>, Refusal> {
    let followers = statuses.followers(&user_in_path(&id)?).await?;
    Ok(Json(Followers { followers }))
}
