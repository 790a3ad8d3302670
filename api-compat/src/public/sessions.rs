//! A user's sessions, for the user and for admins (`contracts/rooms.md` sections 4 and 6).

use std::{sync::Arc, time::Duration};

use axum::{Json, extract::State, http::StatusCode};
use outrigger_domain::{
    actor::Actor,
    identity::{Identity, device_id},
    ids::{DeviceId, TokenId, UserId},
    sessions::{DEFAULT_LOGOUT_REASON, Ending, Origin, SessionFilter, Sessions},
    time::{Clock, Timestamp},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::session_document::{SessionDocument, session_id};
use crate::{
    auth::{Caller, RequestOrigin},
    error::Refusal,
    input::{PublicJson, SoundQuery},
};

/// How long a session lasts when nobody says (`contracts/rooms.md` section 6).
const LIFETIME: Duration = Duration::from_secs(7 * 24 * 3600);

/// Active sessions of a user that are noted at the user's own word; sockets open theirs without this limit.
const MOST_SESSIONS: usize = 200;

/// Longest text taken for a program or an address, in bytes.
const MAX_TEXT_BYTES: usize = 512;

fn bad(text: &str) -> Refusal {
    Refusal::error(StatusCode::BAD_REQUEST, text)
}

/// The user meant, if the caller may act for them.
fn owner(actor: &Actor, named: Option<&str>) -> Result<UserId, Refusal> {
    let user = match named {
        Some(id) => UserId::new(id).map_err(|_| bad("Invalid user ID"))?,
        None => actor.user.clone(),
    };
    if actor.may_act_for(&user) { Ok(user) } else { Err(Refusal::forbidden()) }
}

fn device(named: Option<&str>) -> Result<Option<DeviceId>, Refusal> {
    named.map(DeviceId::new).transpose().map_err(|_| bad("Invalid device ID"))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SessionQuery {
    user_id: Option<String>,
    device_id: Option<String>,
    active_only: Option<String>,
    all_devices: Option<String>,
}

/// `GET /api/auth/sessions?userId&deviceId&activeOnly`: last seen first.
pub(super) async fn list(
    Caller(actor): Caller,
    State(sessions): State<Arc<Sessions>>,
    SoundQuery(query): SoundQuery<SessionQuery>,
) -> Result<Json<Value>, Refusal> {
    let user = owner(&actor, query.user_id.as_deref())?;
    let filter = SessionFilter {
        device: device(query.device_id.as_deref())?,
        active_only: query.active_only.as_deref() == Some("true"),
    };
    let found = sessions.list(&user, &filter).await?;
    let found: Vec<_> =
        found.into_iter().map(|session| SessionDocument::new(session, &actor)).collect();
    Ok(Json(json!({ "success": true, "sessions": found })))
}

/// What the app tells of a login.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SessionBody {
    user_id: Option<String>,
    device_id: Option<String>,
    token: Option<String>,
    user_agent: Option<String>,
    ip_address: Option<String>,
    expires_at: Option<Timestamp>,
}

impl SessionBody {
    fn check_lengths(&self) -> Result<(), Refusal> {
        let too_long =
            |text: &Option<String>| text.as_ref().is_some_and(|text| text.len() > MAX_TEXT_BYTES);
        if too_long(&self.user_agent) || too_long(&self.ip_address) {
            return Err(bad("userAgent or ipAddress is too long"));
        }
        Ok(())
    }

    /// The token's id and end, if one is given; it must be that user's, or it would end up revoking another's.
    fn token(
        &self,
        identity: &Identity,
        user: &UserId,
    ) -> Result<Option<(TokenId, Timestamp)>, Refusal> {
        let Some(token) = &self.token else {
            return Ok(None);
        };
        let claims = identity.read(token).map_err(|_| bad("Invalid or expired token"))?;
        if claims.user != *user {
            return Err(bad("The token belongs to another user"));
        }
        Ok(Some((claims.token, claims.expires_at)))
    }
}

/// `POST /api/auth/sessions`: notes a login before any socket is open.
pub(super) async fn open(
    Caller(actor): Caller,
    RequestOrigin(request): RequestOrigin,
    State(sessions): State<Arc<Sessions>>,
    State(identity): State<Arc<Identity>>,
    State(clock): State<Arc<dyn Clock>>,
    PublicJson(body): PublicJson<SessionBody>,
) -> Result<Json<Value>, Refusal> {
    let user = owner(&actor, body.user_id.as_deref())?;
    body.check_lengths()?;
    let token = body.token(&identity, &user)?;
    let described = body.user_agent.is_some() || body.ip_address.is_some();
    let origin = Origin {
        user_agent: body.user_agent.unwrap_or(request.user_agent),
        address: body.ip_address.unwrap_or(request.address),
    };
    let device = match device(body.device_id.as_deref())? {
        Some(device) => device,
        None if described || user != actor.user => device_id(&origin.user_agent, &origin.address),
        None => actor.device.clone(),
    };
    let active = sessions.list(&user, &SessionFilter { device: None, active_only: true }).await?;
    let known = active.iter().find(|session| session.device == device);
    if known.is_none() && active.len() >= MOST_SESSIONS {
        return Err(Refusal::error(StatusCode::CONFLICT, "Too many active sessions"));
    }
    // A session of the caller's own device goes on with the token that it just showed.
    let own = user == actor.user && device == actor.device;
    let token = token.or_else(|| own.then(|| (actor.token.clone(), actor.expires_at)));
    let until = token.as_ref().map(|(_, until)| *until).or(body.expires_at);
    let until = until.unwrap_or_else(|| clock.now().plus(LIFETIME));
    let token = token.map(|(id, _)| id).or_else(|| known?.token.clone());
    sessions.open(&user, &device, token, &origin, until).await?;
    Ok(Json(json!({
        "success": true,
        "sessionId": session_id(&user, &device),
        "message": "Session created successfully",
    })))
}

/// `PATCH /api/auth/sessions`: a new token for the active sessions of a user, or of one device; without one,
/// only their last activity.
pub(super) async fn update(
    Caller(actor): Caller,
    State(sessions): State<Arc<Sessions>>,
    State(identity): State<Arc<Identity>>,
    PublicJson(body): PublicJson<SessionBody>,
) -> Result<Json<Value>, Refusal> {
    let user = owner(&actor, body.user_id.as_deref())?;
    body.check_lengths()?;
    let token = body.token(&identity, &user)?;
    let filter = SessionFilter { device: device(body.device_id.as_deref())?, active_only: true };
    let found = sessions.list(&user, &filter).await?;
    let updated = found.len();
    for session in found {
        let until = token
            .as_ref()
            .map(|(_, until)| *until)
            .or(body.expires_at)
            .unwrap_or(session.expires_at);
        let origin = Origin {
            user_agent: body.user_agent.clone().unwrap_or(session.user_agent),
            address: body.ip_address.clone().unwrap_or(session.ip_address),
        };
        let id = token.as_ref().map(|(id, _)| id.clone()).or(session.token);
        sessions.open(&session.user, &session.device, id, &origin, until).await?;
    }
    Ok(Json(json!({
        "success": true,
        "updatedSessions": updated,
        "message": format!("{updated} session(s) updated"),
    })))
}

/// `DELETE /api/auth/sessions?userId&(deviceId|allDevices=true)`: logs out; the sockets close and the tokens in
/// use no longer hold.
pub(super) async fn end(
    Caller(actor): Caller,
    State(sessions): State<Arc<Sessions>>,
    SoundQuery(query): SoundQuery<SessionQuery>,
) -> Result<Json<Value>, Refusal> {
    let user = owner(&actor, query.user_id.as_deref())?;
    let ending = match device(query.device_id.as_deref())? {
        Some(device) => Ending::Device(user, device),
        None if query.all_devices.as_deref() == Some("true") => Ending::User(user),
        None => return Err(bad("deviceId or allDevices is required")),
    };
    let (ended, _) = sessions.end(&ending, DEFAULT_LOGOUT_REASON, true).await?;
    Ok(Json(json!({
        "success": true,
        "deactivatedSessions": ended,
        "message": format!("{ended} session(s) deactivated"),
    })))
}
