//! Looking after webhooks (`docs/WEBHOOKS.md`).

use std::sync::Arc;

use axum::{Json, extract::State};
use outrigger_domain::{
    ids::{UserId, WebhookId},
    time::Timestamp,
    webhooks::{MOST_WEBHOOKS, Webhook, WebhookKind, WebhookState, Webhooks},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::shapes::{Done, ErrorBody, missing};
use crate::{
    error::Refusal,
    input::{Segment, SoundQuery},
};

/// Webhooks of a page if the caller does not say.
const PAGE: u32 = 50;

/// Which webhooks.
#[derive(Deserialize)]
pub(super) struct Which {
    state: Option<String>,
    limit: Option<String>,
    after: Option<String>,
}

impl Which {
    fn state(&self) -> Result<WebhookState, Refusal> {
        match self.state.as_deref() {
            None | Some("dead") => Ok(WebhookState::Dead),
            Some("waiting") => Ok(WebhookState::Waiting),
            Some(_) => Err(Refusal::field("state", "state must be dead or waiting")),
        }
    }

    fn limit(&self) -> Result<u32, Refusal> {
        let Some(limit) = &self.limit else { return Ok(PAGE) };
        limit.parse().ok().filter(|limit| (1..=MOST_WEBHOOKS).contains(limit)).ok_or_else(|| {
            Refusal::field("limit", format!("limit must be a number from 1 to {MOST_WEBHOOKS}"))
        })
    }

    fn after(&self) -> Result<Option<WebhookId>, Refusal> {
        let after = self.after.as_ref().map(WebhookId::new).transpose();
        after.map_err(|_| Refusal::field("after", "after must be a webhook's id"))
    }
}

/// A webhook without its body.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct WebhookDocument {
    /// The same in every attempt.
    #[schema(value_type = String)]
    id: WebhookId,
    /// What it tells.
    #[schema(value_type = String)]
    r#type: WebhookKind,
    /// Whom it is about.
    #[schema(value_type = String)]
    user_id: UserId,
    /// `waiting` or `dead`.
    #[schema(value_type = String)]
    state: WebhookState,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When its next attempt is due; null for a dead one, and for one behind another one of its user.
    #[schema(value_type = Option<String>, format = DateTime)]
    due_at: Option<Timestamp>,
    /// Attempts that failed.
    attempts: u32,
    /// Why the last one failed.
    last_error: Option<String>,
}

impl From<Webhook> for WebhookDocument {
    fn from(webhook: Webhook) -> Self {
        Self {
            id: webhook.id,
            r#type: webhook.kind,
            user_id: webhook.user,
            state: webhook.state,
            created_at: webhook.created_at,
            due_at: webhook.due_at,
            attempts: webhook.attempts,
            last_error: webhook.last_error,
        }
    }
}

/// Webhooks, and how many there are.
#[derive(Serialize, ToSchema)]
pub(super) struct WebhookList {
    /// All that wait.
    waiting: u64,
    /// All that nobody took.
    dead: u64,
    /// Those asked for, in the order of their making.
    webhooks: Vec<WebhookDocument>,
}

fn set_up(webhooks: Option<Arc<Webhooks>>) -> Result<Arc<Webhooks>, Refusal> {
    webhooks.ok_or_else(|| missing("There are no webhooks: OUTRIGGER_WEBHOOK_URL is not set"))
}

fn none_such() -> Refusal {
    missing("Webhook not found")
}

/// What is no id is the id of none.
fn webhook_in_path(id: &str) -> Result<WebhookId, Refusal> {
    WebhookId::new(id).map_err(|_| none_such())
}

/// Webhooks that wait or that nobody took, in the order of their making.
#[utoipa::path(get, path = "/internal/webhooks", tag = "webhooks", operation_id = "webhooks",
    params(
        ("state" = Option<String>, Query, description = "`dead` (if absent) or `waiting`"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 500, description = "50 if absent"),
        ("after" = Option<String>, Query, description = "Only those after the one with this id"),
    ),
    responses((status = 200, body = WebhookList), (status = 400, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(super) async fn list(
    State(webhooks): State<Option<Arc<Webhooks>>>,
    SoundQuery(which): SoundQuery<Which>,
) -> Result<Json<WebhookList>, Refusal> {
    let webhooks = set_up(webhooks)?;
    let (state, limit, after) = (which.state()?, which.limit()?, which.after()?);
    let counts = webhooks.counts().await?;
    let page = webhooks.list(state, after.as_ref(), limit).await?;
    Ok(Json(WebhookList {
        waiting: counts.waiting,
        dead: counts.dead,
        webhooks: page.into_iter().map(Into::into).collect(),
    }))
}

/// How many are tried again.
#[derive(Serialize, ToSchema)]
pub(super) struct Retried {
    /// Always true.
    success: bool,
    /// Dead ones there were.
    retried: u64,
}

/// Tries all dead ones again, each from its first attempt.
#[utoipa::path(post, path = "/internal/webhooks/retry", tag = "webhooks", operation_id = "retry_webhooks",
    responses((status = 200, body = Retried), (status = 404, body = ErrorBody)))]
pub(super) async fn retry_all(
    State(webhooks): State<Option<Arc<Webhooks>>>,
) -> Result<Json<Retried>, Refusal> {
    Ok(Json(Retried { success: true, retried: set_up(webhooks)?.retry_all().await? }))
}

/// Tries a dead one again, from its first attempt.
#[utoipa::path(post, path = "/internal/webhooks/{id}/retry", tag = "webhooks", operation_id = "retry_webhook",
    params(("id" = String, Path, description = "The webhook's id")),
    responses((status = 200, body = Done), (status = 404, body = ErrorBody)))]
pub(super) async fn retry(
    State(webhooks): State<Option<Arc<Webhooks>>>,
    Segment(id): Segment,
) -> Result<Json<Done>, Refusal> {
    let found = set_up(webhooks)?.retry(&webhook_in_path(&id)?).await?;
    if found { Ok(Json(Done::new())) } else { Err(none_such()) }
}

/// Gives one up, dead or waiting.
#[utoipa::path(delete, path = "/internal/webhooks/{id}", tag = "webhooks", operation_id = "remove_webhook",
    params(("id" = String, Path, description = "The webhook's id")),
    responses((status = 200, body = Done), (status = 404, body = ErrorBody)))]
pub(super) async fn remove(
    State(webhooks): State<Option<Arc<Webhooks>>>,
    Segment(id): Segment,
) -> Result<Json<Done>, Refusal> {
    let found = set_up(webhooks)?.remove(&webhook_in_path(&id)?).await?;
    if found { Ok(Json(Done::new())) } else { Err(none_such()) }
}
