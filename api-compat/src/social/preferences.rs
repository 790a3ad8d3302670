//! What a user wants to be told of (`contracts/social.md` section 2, `update_notification_preferences`).

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use outrigger_domain::notifications::{Notifications, Preferences, PreferencesError};
use serde_json::json;

use super::{
    answer::{Answer, Failure},
    caller::{Allowed, ChangePreferences, Look},
    request::Body,
};

/// `GET /api/notifications/preferences`.
pub(super) async fn show(
    Allowed { actor, .. }: Allowed<Look>,
    State(notifications): State<Arc<Notifications>>,
) -> Answer {
    let preferences = notifications.preferences(&actor.user).await?;
    Ok(Json(json!({ "status": "success", "preferences": preferences })))
}

/// `PATCH /api/notifications/preferences {preferences}`: these on top of what is wanted already, name by name.
pub(super) async fn change(
    Allowed { actor, .. }: Allowed<ChangePreferences>,
    State(notifications): State<Arc<Notifications>>,
    Body(mut fields): Body,
) -> Answer {
    let changed = fields.object("preferences");
    let changed = Preferences(fields.finish(changed)?);
    let whole = notifications.prefer(&actor.user, &changed).await.map_err(|error| match error {
        PreferencesError::TooLarge => {
            Failure::new(StatusCode::BAD_REQUEST, "Invalid preferences data")
        }
        PreferencesError::Store(error) => error.into(),
    })?;
    Ok(Json(json!({
        "status": "success",
        "message": "Notification preferences updated",
        "preferences": whole,
    })))
}
