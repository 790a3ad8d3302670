//! What became of sockets, and what they were refused (`contracts/commerce.md` section 6).

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    commerce::{AuditDocument, AuditQuery},
    error::Refusal,
    input::SoundQuery,
    internal::shapes::ErrorBody,
    state::CommerceState,
};

/// Entries of the audit log.
#[derive(Serialize, ToSchema)]
pub(in crate::internal) struct AuditEntries {
    /// Newest first.
    entries: Vec<AuditDocument>,
}

fn expectation(field: &str) -> &'static str {
    match field {
        "kind" => "a kind of entry, as socket:connected",
        "user" => "a user's id",
        "severity" => "low, medium or high",
        "before" => "an RFC 3339 time",
        _ => "a number from 1 to 500",
    }
}

/// What became of sockets. Entries go when they are 90 days old, or when there are 100,000 newer ones.
#[utoipa::path(get, path = "/internal/commerce/audit", tag = "commerce", operation_id = "socket_audit",
    params(("kind" = Option<String>, Query, description = "Only of this kind, as `socket:auth_failed`"),
        ("user" = Option<String>, Query, description = "Only about this user"),
        ("severity" = Option<String>, Query, description = "`low`, `medium` or `high`: only what matters so much or more"),
        ("before" = Option<String>, Query, description = "Only what is older than this RFC 3339 time"),
        ("limit" = Option<u32>, Query, description = "1 to 500; 100 if absent")),
    responses((status = 200, body = AuditEntries), (status = 400, body = ErrorBody)))]
pub(in crate::internal) async fn list(
    State(CommerceState { audit, .. }): State<CommerceState>,
    SoundQuery(query): SoundQuery<AuditQuery>,
) -> Result<Json<AuditEntries>, Refusal> {
    let (filter, limit) = query.check().map_err(|field| {
        Refusal::field(field, format!("{field} must be {}", expectation(field)))
    })?;
    let entries = audit.find(&filter, limit).await?;
    Ok(Json(AuditEntries { entries: entries.into_iter().map(AuditDocument::from).collect() }))
}
