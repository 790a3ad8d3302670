//! Which roles may send which events: `addEventRoleMapping`, `removeEventRoleMapping`, `getEventsForRole`.

use axum::{Json, extract::State};
use outrigger_domain::commerce::{MapError, role_word};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    commerce::{MappingsDocument, roles_named},
    error::Refusal,
    input::Segment,
    internal::{
        payload::Payload,
        shapes::{Done, ErrorBody, missing},
    },
    state::CommerceState,
};

/// Roles of an event at most: more would name one twice.
const MOST_ROLES: usize = 16;

/// The whole map.
#[utoipa::path(get, path = "/internal/commerce/event-mappings", tag = "commerce", operation_id = "event_mappings",
    responses((status = 200, body = MappingsDocument)))]
pub(in crate::internal) async fn list(
    State(CommerceState { map, .. }): State<CommerceState>,
) -> Json<MappingsDocument> {
    Json(MappingsDocument::of(&map))
}

/// Who may send an event.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::internal) struct NewMapping {
    /// Its name on the wire.
    event_name: String,
    /// `admin`, `seller`, `user`.
    #[schema(max_items = 16)]
    roles: Vec<String>,
}

/// Who may send it from now on.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::internal) struct Mapped {
    /// Always true.
    success: bool,
    /// Whether anything is different now.
    changed: bool,
    /// Its name on the wire.
    event_name: String,
    /// Each once.
    #[schema(value_type = Vec<String>)]
    roles: Vec<&'static str>,
}

fn refuse(error: MapError) -> Refusal {
    match error {
        MapError::BadName => Refusal::field("eventName", error.to_string()),
        MapError::NoRoles => Refusal::field("roles", error.to_string()),
        MapError::Full => Refusal::field("eventName", error.to_string()),
        MapError::Store(error) => error.into(),
    }
}

/// Replaces the roles of an event, or adds it to the map. It counts for the next event, and sockets are told.
#[utoipa::path(post, path = "/internal/commerce/event-mappings", tag = "commerce", operation_id = "map_event",
    request_body = NewMapping,
    responses((status = 200, body = Mapped), (status = 400, body = ErrorBody)))]
pub(in crate::internal) async fn set(
    State(CommerceState { map, .. }): State<CommerceState>,
    Payload(NewMapping { event_name, roles }): Payload<NewMapping>,
) -> Result<Json<Mapped>, Refusal> {
    if roles.len() > MOST_ROLES {
        return Err(Refusal::field(
            "roles",
            format!("roles must have at most {MOST_ROLES} entries"),
        ));
    }
    let roles = roles_named(&roles)
        .map_err(|_| Refusal::field("roles", "roles must be among admin, seller, user"))?;
    let changed = map.set(None, &event_name, &roles).await.map_err(refuse)?;
    let roles = roles.into_iter().map(role_word).collect();
    Ok(Json(Mapped { success: true, changed, event_name, roles }))
}

/// Takes an event out of the map: nobody may send it any more.
#[utoipa::path(delete, path = "/internal/commerce/event-mappings/{event}", tag = "commerce", operation_id = "unmap_event",
    params(("event" = String, Path, description = "Its name on the wire")),
    responses((status = 200, body = Done), (status = 404, body = ErrorBody)))]
pub(in crate::internal) async fn remove(
    State(CommerceState { map, .. }): State<CommerceState>,
    Segment(event): Segment,
) -> Result<Json<Done>, Refusal> {
    if map.remove(None, &event).await.map_err(refuse)? {
        return Ok(Json(Done::new()));
    }
    Err(missing("Event mapping not found"))
}
