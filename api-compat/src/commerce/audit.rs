//! What became of sockets, and what they were refused (`contracts/commerce.md` section 6).

use axum::{Json, extract::State};
use outrigger_domain::{
    commerce::{AuditFilter, AuditKind, MOST_FOUND, Severity, SocketAudit},
    ids::UserId,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{
    answer::{invalid, unavailable},
    body::Asked,
    caller::{Allowed, Inspect},
};
use crate::{error::Refusal, state::CommerceState};

/// Entries of an answer if nothing is said.
const USUAL_ENTRIES: u32 = 100;

/// Which entries: `?kind&user&severity&before&limit`, each of which may be absent.
#[derive(Deserialize)]
pub(crate) struct AuditQuery {
    kind: Option<String>,
    user: Option<String>,
    severity: Option<String>,
    before: Option<String>,
    limit: Option<String>,
}

impl AuditQuery {
    /// What is asked for, and how many at most.
    ///
    /// # Errors
    /// The name of a parameter that is wrong.
    pub(crate) fn check(&self) -> Result<(AuditFilter, u32), &'static str> {
        fn read<T>(
            name: &'static str,
            given: Option<&str>,
            read: impl Fn(&str) -> Option<T>,
        ) -> Result<Option<T>, &'static str> {
            given.map(|text| read(text).ok_or(name)).transpose()
        }
        let filter = AuditFilter {
            kind: read("kind", self.kind.as_deref(), AuditKind::named)?,
            user: read("user", self.user.as_deref(), |id| UserId::new(id).ok())?,
            least: read("severity", self.severity.as_deref(), Severity::named)?,
            before: read("before", self.before.as_deref(), Timestamp::parse)?,
        };
        let limit = read("limit", self.limit.as_deref(), |text| {
            text.parse().ok().filter(|limit| (1..=MOST_FOUND).contains(limit))
        })?;
        Ok((filter, limit.unwrap_or(USUAL_ENTRIES)))
    }
}

/// An entry.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuditDocument {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    timestamp: Timestamp,
    /// `socket:connected`, `socket:disconnected`, `socket:error`, `socket:connection_failed`, `socket:reconnected`,
    /// `socket:auth_failed`, `socket:force_disconnect`, `socket:unauthorized_event` or `socket:mapping_changed`.
    kind: &'static str,
    /// `low`, `medium` or `high`.
    severity: &'static str,
    /// Whom it is about; `null` if nobody was recognised.
    #[schema(value_type = Option<String>)]
    user_id: Option<UserId>,
    /// More, without secrets.
    #[schema(value_type = Object)]
    details: Value,
}

impl From<SocketAudit> for AuditDocument {
    fn from(entry: SocketAudit) -> Self {
        Self {
            timestamp: entry.at,
            kind: entry.kind.as_str(),
            severity: entry.kind.severity().as_str(),
            user_id: entry.user,
            details: entry.detail,
        }
    }
}

/// `GET /api/socket/audit?kind&user&severity&before&limit=100`: newest first.
pub(super) async fn list(
    _: Allowed<Inspect>,
    State(CommerceState { audit, .. }): State<CommerceState>,
    Asked(query): Asked<AuditQuery>,
) -> Result<Json<Value>, Refusal> {
    let (filter, limit) = query.check().map_err(invalid)?;
    let entries = audit.find(&filter, limit).await.map_err(unavailable)?;
    let data: Vec<_> = entries.into_iter().map(AuditDocument::from).collect();
    Ok(Json(json!({ "success": true, "count": data.len(), "data": data })))
}
