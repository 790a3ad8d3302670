//! How users are, and what they say of themselves (`contracts/social.md` section 4).

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use outrigger_domain::{
    ids::UserId,
    statuses::{MOST_STATUS_CHARS, SetStatusError, StatusPatch, Statuses},
    time::{Clock, Timestamp},
};
use serde_json::json;

use super::{
    answer::{Answer, Failure},
    caller::{Allowed, Look, SetStatus},
    request::Body,
};
use crate::input::Segment;

/// `GET /api/users/{userId}/status`: as others may know it; who hides is offline.
pub(super) async fn show(
    Allowed { .. }: Allowed<Look>,
    State(statuses): State<Arc<Statuses>>,
    State(clock): State<Arc<dyn Clock>>,
    Segment(id): Segment,
) -> Answer {
    let unknown = || Failure::missing("User not found");
    let id = UserId::new(id).map_err(|_| unknown())?;
    let shown = statuses.of(&id).await?.ok_or_else(unknown)?;
    let mut status = json!({
        "userId": shown.user,
        "username": shown.profile.name,
        "isOnline": shown.online,
        "lastSeen": shown.last_seen,
        "status": if shown.online { "online" } else { "offline" },
    });
    if let Some(custom) = shown.custom {
        status["customStatus"] = custom.into();
    }
    match (shown.online, shown.status, shown.last_seen) {
        // The user's own word; of someone who is away it says nothing, or that they hide.
        (true, Some(word), _) => status["currentStatus"] = word.into(),
        (false, _, Some(seen)) => status["lastSeenText"] = ago(seen, clock.now()).into(),
        (true, None, _) | (false, _, None) => {}
    }
    Ok(Json(json!({ "status": "success", "userStatus": status })))
}

/// How long ago, for people.
fn ago(then: Timestamp, now: Timestamp) -> String {
    let minutes = (now.secs() - then.secs()).max(0) / 60;
    let (count, unit) = match minutes {
        0 => return "just now".to_owned(),
        1..60 => (minutes, "minute"),
        60..1440 => (minutes / 60, "hour"),
        _ => (minutes / 1440, "day"),
    };
    format!("{count} {unit}{} ago", if count == 1 { "" } else { "s" })
}

/// `PATCH /api/users/status {status?, customStatus?}`: as `set_status`; an empty `customStatus` removes it.
pub(super) async fn set(
    Allowed { actor, .. }: Allowed<SetStatus>,
    State(statuses): State<Arc<Statuses>>,
    Body(mut fields): Body,
) -> Answer {
    if !fields.has("status") && !fields.has("customStatus") {
        let what = "must contain at least one of [status, customStatus]";
        fields.fault("value", what, "object.missing");
    }
    let status = fields.optional_text("status", MOST_STATUS_CHARS);
    let custom = fields.any_text("customStatus", MOST_STATUS_CHARS);
    let patch = fields.finish(Some(StatusPatch { status, custom }))?;
    let known = statuses.set(&actor.user, &patch).await.map_err(|error| match error {
        SetStatusError::Invalid => Failure::new(StatusCode::BAD_REQUEST, "Invalid status"),
        SetStatusError::Store(error) => error.into(),
    })?;
    Ok(Json(json!({
        "status": "success",
        "message": "Status updated successfully",
        "user": {
            "username": actor.profile.name,
            "status": known.status,
            "customStatus": known.custom,
        },
    })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_read_how_long_ago_it_was() {
        let now = Timestamp::from_secs(100_000_000);
        let text = |secs: i64| ago(Timestamp::from_secs(100_000_000 - secs), now);
        assert_eq!(text(-5), "just now");
        assert_eq!(text(59), "just now");
        assert_eq!(text(60), "1 minute ago");
        assert_eq!(text(5 * 60 + 3), "5 minutes ago");
        assert_eq!(text(3600), "1 hour ago");
        assert_eq!(text(23 * 3600), "23 hours ago");
        assert_eq!(text(24 * 3600), "1 day ago");
        assert_eq!(text(400 * 24 * 3600), "400 days ago");
    }
}
