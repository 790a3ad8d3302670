//! A session as clients see it.

use outrigger_domain::{
    actor::Actor,
    ids::{DeviceId, UserId},
    sessions::Session,
    time::Timestamp,
};
use serde::Serialize;

/// A session has no id of its own: it is the pair of user and device.
pub(super) fn session_id(user: &UserId, device: &DeviceId) -> String {
    format!("{user}:{device}")
}

/// A session: never its token, nor the token's id.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SessionDocument {
    #[serde(rename = "_id")]
    id: String,
    user_id: UserId,
    device_id: DeviceId,
    user_agent: String,
    ip_address: String,
    expires_at: Timestamp,
    created_at: Timestamp,
    updated_at: Timestamp,
    is_active: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    logout_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deactivated_reason: Option<String>,
    /// Whether the call came from it.
    current: bool,
}

impl SessionDocument {
    /// As `actor` sees it.
    pub(super) fn new(session: Session, actor: &Actor) -> Self {
        Self {
            id: session_id(&session.user, &session.device),
            current: session.user == actor.user && session.device == actor.device,
            user_id: session.user,
            device_id: session.device,
            user_agent: session.user_agent,
            ip_address: session.ip_address,
            expires_at: session.expires_at,
            created_at: session.created_at,
            updated_at: session.updated_at,
            is_active: session.active,
            logout_at: session.logout_at,
            deactivated_reason: session.deactivated_reason,
        }
    }
}
