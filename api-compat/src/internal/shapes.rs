//! Parts of requests and answers that several routes share.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use outrigger_domain::{
    actor::Role,
    events::Reach,
    ids::{MAX_ID_BYTES, UserId},
};
use serde::Serialize;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr, Schema,
        schema::{ObjectBuilder, Type},
    },
};

use crate::error::Refusal;

/// Users named in one call at most.
pub(super) const MOST_USERS: usize = 10_000;

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Longest reason, in bytes.
const MAX_REASON_BYTES: usize = 1024;

/// An id as it is documented (`outrigger_domain::ids`).
pub(super) struct Id;

impl PartialSchema for Id {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .min_length(Some(1))
            .max_length(Some(MAX_ID_BYTES))
            .description(Some("1 to 128 bytes without white space or control characters"))
            .into()
    }
}

impl ToSchema for Id {}

/// What an emit reached on this node.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Reached {
    /// Socket.IO sockets it was queued for.
    sockets: usize,
    /// Devices among them.
    devices: usize,
}

/// An emit was carried out; nobody reached is a success too.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Emitted {
    /// Always true.
    success: bool,
    /// Whom it reached.
    reached: Reached,
}

impl From<Reach> for Reached {
    fn from(reach: Reach) -> Self {
        Self { sockets: reach.sockets, devices: reach.devices }
    }
}

impl From<Reach> for Emitted {
    fn from(reach: Reach) -> Self {
        Self { success: true, reached: reach.into() }
    }
}

impl Emitted {
    /// What is answered. (`axum::Json` takes three times as long to write so short a text.)
    pub(super) fn json(&self) -> Result<Vec<u8>, Refusal> {
        serde_json::to_vec(self).map_err(|error| {
            tracing::error!(%error, "an answer could not be written");
            Refusal::internal()
        })
    }
}

impl IntoResponse for Emitted {
    fn into_response(self) -> Response {
        self.json().map(|json| ([(header::CONTENT_TYPE, JSON)], json)).into_response()
    }
}

/// Done.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Done {
    /// Always true.
    success: bool,
}

impl Done {
    pub(super) const fn new() -> Self {
        Self { success: true }
    }
}

/// Why a call was refused.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ErrorBody {
    /// What is wrong, for people.
    error: String,
    /// The field it is about, if it is about one.
    field: Option<String>,
}

/// A reason that may be absent; an empty one counts as absent.
pub(super) fn reason(text: Option<String>) -> Result<Option<String>, Refusal> {
    let text = text.filter(|text| !text.trim().is_empty());
    if text.as_ref().is_some_and(|text| text.len() > MAX_REASON_BYTES) {
        return Err(Refusal::field(
            "reason",
            format!("reason must have at most {MAX_REASON_BYTES} bytes"),
        ));
    }
    Ok(text)
}

/// Refuses longer lists than [`MOST_USERS`].
pub(super) fn check_users(field: &str, users: &[UserId]) -> Result<(), Refusal> {
    if users.len() <= MOST_USERS {
        return Ok(());
    }
    Err(Refusal::field(field, format!("{field} must have at most {MOST_USERS} ids")))
}

/// Refuses an empty or longer text.
pub(super) fn check_text(field: &str, text: &str, most_bytes: usize) -> Result<(), Refusal> {
    if (1..=most_bytes).contains(&text.len()) {
        return Ok(());
    }
    Err(Refusal::field(field, format!("{field} must have 1 to {most_bytes} bytes")))
}

/// A text within its bounds; an empty one counts as absent.
pub(super) fn optional_text(
    field: &str,
    text: Option<String>,
    most_bytes: usize,
) -> Result<Option<String>, Refusal> {
    if text.as_ref().is_some_and(|text| text.len() > most_bytes) {
        return Err(Refusal::field(field, format!("{field} must have at most {most_bytes} bytes")));
    }
    Ok(text.filter(|text| !text.is_empty()))
}

/// A role under any of the words that apps have for it (`contracts/OVERVIEW.md` section 3). A misspelt one must
/// not silently mean all users.
pub(super) fn role(word: &str) -> Result<Role, Refusal> {
    match (Role::from_word(word), word.to_ascii_lowercase().as_str()) {
        (role @ (Role::Guest | Role::Staff | Role::Admin), _) | (role, "user") => Ok(role),
        _ => Err(Refusal::field(
            "role",
            "role must be guest, user, staff or admin, or an app's word for one",
        )),
    }
}

/// A user in a path.
pub(super) fn user_in_path(id: &str) -> Result<UserId, Refusal> {
    UserId::new(id).map_err(|_| Refusal::field("id", "id must be a user's id"))
}

/// `{error}` with status 404.
pub(super) fn missing(text: &str) -> Refusal {
    Refusal::error(StatusCode::NOT_FOUND, text)
}
