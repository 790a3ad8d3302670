//! What is in the outbox.

use axum::{Json, extract::State};
use outrigger_domain::{
    email::{MOST_LISTED, MailState as Stage, QueuedMail},
    ids::MailId,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::configured;
use crate::{
    error::Refusal,
    input::{Segment, SoundQuery},
    internal::{
        payload::Payload,
        shapes::{Done, ErrorBody, missing},
    },
    state::MailState,
};

/// Mails of a list if nothing is said.
const PAGE: u32 = 50;

/// Before the app's own keys, so that they are none of those under which the sidecar sends by itself.
const OWN: &str = "app:";
/// Before those that stand for an `Idempotency-Key`.
const OF_CALL: &str = "call:";

/// The key under which a mail is kept: the app's word, else what stands for its call.
pub(super) fn kept_key(said: Option<String>, call: Option<&str>) -> Option<String> {
    match said {
        Some(said) => Some(format!("{OWN}{said}")),
        None => call.map(|call| format!("{OF_CALL}{call}")),
    }
}

/// Which mails.
#[derive(Deserialize)]
pub(in crate::internal) struct Which {
    state: Option<String>,
    limit: Option<String>,
}

impl Which {
    fn stage(&self) -> Result<Stage, Refusal> {
        let Some(word) = &self.state else { return Ok(Stage::Waiting) };
        let text = "state must be waiting, sent or dead";
        Stage::named(word).ok_or_else(|| Refusal::field("state", text))
    }

    fn limit(&self) -> Result<u32, Refusal> {
        let Some(limit) = &self.limit else { return Ok(PAGE) };
        limit.parse().ok().filter(|limit| (1..=MOST_LISTED).contains(limit)).ok_or_else(|| {
            Refusal::field("limit", format!("limit must be a number from 1 to {MOST_LISTED}"))
        })
    }
}

/// A mail without what it is filled with, which may be secret.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::internal) struct MailDocument {
    /// Our id.
    id: String,
    /// Its template.
    template: &'static str,
    /// To whom.
    to: String,
    /// `waiting`, `sent` or `dead`.
    state: &'static str,
    /// Attempts so far.
    attempts: u32,
    /// What the mail server said last.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_error: Option<String>,
    /// When it was asked for.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When its next attempt is due, or was.
    #[schema(value_type = String, format = DateTime)]
    due_at: Timestamp,
    /// When its last attempt was, or when it was sent.
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
    /// Under which key the app asked for it, if it named one.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
}

impl From<QueuedMail> for MailDocument {
    fn from(QueuedMail { mail, state, attempts, last_error, updated_at }: QueuedMail) -> Self {
        let key = mail.key.as_deref().and_then(|key| key.strip_prefix(OWN));
        Self {
            id: mail.id.to_string(),
            template: mail.template.as_str(),
            to: mail.to.as_str().to_owned(),
            state: state.as_str(),
            attempts,
            last_error,
            created_at: mail.created_at,
            due_at: mail.due_at,
            updated_at,
            key: key.map(str::to_owned),
        }
    }
}

/// Mails, and how many there are.
#[derive(Serialize, ToSchema)]
pub(in crate::internal) struct MailList {
    /// All that wait.
    waiting: u64,
    /// All that were given up.
    dead: u64,
    /// Those asked for, newest first.
    mails: Vec<MailDocument>,
}

/// E-mails that wait, that were sent lately, or that were given up.
#[utoipa::path(get, path = "/internal/email", tag = "email", operation_id = "emails",
    params(("state" = Option<String>, Query, description = "`waiting` (if absent), `sent` or `dead`"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 500, description = "50 if absent")),
    responses((status = 200, body = MailList), (status = 400, body = ErrorBody)))]
pub(in crate::internal) async fn list(
    State(mails): State<MailState>,
    SoundQuery(which): SoundQuery<Which>,
) -> Result<Json<MailList>, Refusal> {
    let mails = configured(mails)?;
    let (stage, limit) = (which.stage()?, which.limit()?);
    let (waiting, dead) = mails.counts().await?;
    let listed = mails.list(stage, limit).await?;
    Ok(Json(MailList { waiting, dead, mails: listed.into_iter().map(Into::into).collect() }))
}

/// Nothing needs to be said.
#[derive(Deserialize, ToSchema)]
pub(in crate::internal) struct Again {}

/// Tries an e-mail that was given up again, from its first attempt.
#[utoipa::path(post, path = "/internal/email/{id}/retry", tag = "email", operation_id = "retry_email",
    params(("id" = String, Path, description = "The e-mail's id")), request_body = Again,
    responses((status = 200, body = Done), (status = 404, body = ErrorBody)))]
pub(in crate::internal) async fn retry(
    State(mails): State<MailState>,
    Segment(id): Segment,
    Payload(Again {}): Payload<Again>,
) -> Result<Json<Done>, Refusal> {
    let mails = configured(mails)?;
    let none_such = || missing("No such dead e-mail");
    let id = MailId::new(&id).map_err(|_| none_such())?;
    if mails.retry(&id).await? { Ok(Json(Done::new())) } else { Err(none_such()) }
}
