//! Which roles may send which events (`contracts/commerce.md` sections 2 and 4).

use std::{borrow::Cow, collections::BTreeMap};

use axum::{Json, extract::State, http::StatusCode};
use outrigger_domain::{
    actor::Role,
    commerce::{EventMap, MapError, role_named, role_word},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    answer::{Answer, bad, done, failure, found, unavailable},
    body::Body,
    caller::{Act, Allowed, Inspect},
};
use crate::{error::Refusal, input::Segment, state::CommerceState};

/// The whole map.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MappingsDocument {
    /// By name of the event: `admin`, `seller`, `user`.
    #[schema(value_type = BTreeMap<String, Vec<String>>)]
    mappings: BTreeMap<String, Vec<&'static str>>,
    /// How many events.
    total_events: usize,
}

impl MappingsDocument {
    /// As it is now.
    pub(crate) fn of(map: &EventMap) -> Self {
        let mappings = map.mappings().into_iter().map(|(event, roles)| (event, words(&roles)));
        let mappings: BTreeMap<_, _> = mappings.collect();
        let total_events = mappings.len();
        Self { mappings, total_events }
    }
}

fn words(roles: &[Role]) -> Vec<&'static str> {
    roles.iter().copied().map(role_word).collect()
}

/// The roles of these names, each once, in the order given. Guests send nothing of an event map's.
///
/// # Errors
/// The words that are no such roles.
pub(crate) fn roles_named<W: AsRef<str>>(
    given: impl IntoIterator<Item = W>,
) -> Result<Vec<Role>, Vec<String>> {
    let (mut roles, mut wrong) = (Vec::new(), Vec::new());
    for word in given {
        let word = word.as_ref();
        match role_named(word).filter(|role| *role != Role::Guest) {
            Some(role) if roles.contains(&role) => {}
            Some(role) => roles.push(role),
            None => wrong.push(word.to_owned()),
        }
    }
    if wrong.is_empty() { Ok(roles) } else { Err(wrong) }
}

/// `GET /api/socket/events`.
pub(super) async fn list(
    _: Allowed<Inspect>,
    State(CommerceState { map, .. }): State<CommerceState>,
) -> Json<Answer<MappingsDocument>> {
    found(MappingsDocument::of(&map))
}

/// What a role may send.
#[derive(Serialize)]
pub(super) struct RoleEvents {
    role: &'static str,
    events: Vec<String>,
    count: usize,
}

/// `GET /api/socket/events/role/{role}`.
pub(super) async fn of_role(
    _: Allowed<Inspect>,
    State(CommerceState { map, .. }): State<CommerceState>,
    Segment(word): Segment,
) -> Result<Json<Answer<RoleEvents>>, Refusal> {
    let role = match word.as_str() {
        "admin" => Role::Admin,
        "seller" => Role::Staff,
        "user" => Role::User,
        _ => return Err(bad("Invalid role. Must be: admin, seller, or user")),
    };
    let events = map.events_for(role);
    let count = events.len();
    Ok(found(RoleEvents { role: role_word(role), events, count }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewMapping {
    event_name: Option<Value>,
    roles: Option<Value>,
}

impl NewMapping {
    fn check(&self) -> Result<(&str, Vec<Role>), Refusal> {
        let needed = || bad("Event name and roles are required");
        let name = self.event_name.as_ref().and_then(Value::as_str).unwrap_or_default();
        let given = self.roles.as_ref().and_then(Value::as_array).ok_or_else(needed)?;
        if name.is_empty() || given.is_empty() {
            return Err(needed());
        }
        let given = given.iter().map(|role| match role.as_str() {
            Some(word) => Cow::Borrowed(word),
            // What is no text is no role either; it is shown as it came.
            None => Cow::Owned(role.to_string()),
        });
        let roles = roles_named(given)
            .map_err(|wrong| bad(format!("Invalid roles: {}", wrong.join(", "))))?;
        Ok((name, roles))
    }
}

/// Who may send an event from now on.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Mapped {
    event_name: String,
    roles: Vec<&'static str>,
}

fn refuse(error: MapError) -> Refusal {
    match error {
        MapError::BadName | MapError::NoRoles | MapError::Full => bad(error.to_string()),
        MapError::Store(error) => unavailable(error),
    }
}

/// `POST /api/socket/events/mapping`: replaces the roles of an event, or adds it to the map. It counts at once.
pub(super) async fn set(
    Allowed { actor, .. }: Allowed<Act>,
    State(CommerceState { map, .. }): State<CommerceState>,
    Body(new): Body<NewMapping>,
) -> Result<Json<Answer<Mapped>>, Refusal> {
    let (name, roles) = new.check()?;
    map.set(Some(&actor.user), name, &roles).await.map_err(refuse)?;
    let mapped = Mapped { event_name: name.to_owned(), roles: words(&roles) };
    Ok(done("Event mapping added successfully", mapped))
}

/// Which event nobody may send any more.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Unmapped {
    event_name: String,
}

/// `DELETE /api/socket/events/mapping/{eventName}`. It counts at once.
pub(super) async fn remove(
    Allowed { actor, .. }: Allowed<Act>,
    State(CommerceState { map, .. }): State<CommerceState>,
    Segment(event_name): Segment,
) -> Result<Json<Answer<Unmapped>>, Refusal> {
    if !map.remove(Some(&actor.user), &event_name).await.map_err(refuse)? {
        return Err(failure(StatusCode::NOT_FOUND, "Event mapping not found"));
    }
    Ok(done("Event mapping removed successfully", Unmapped { event_name }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_read_each_once_and_wrong_words_are_named() {
        let roles = |given: &[&str]| roles_named(given);
        assert_eq!(roles(&["user", "super_admin", "admin"]), Ok(vec![Role::User, Role::Admin]));
        assert_eq!(roles(&[]), Ok(vec![]));
        assert_eq!(
            roles(&["user", "boss", "guest"]),
            Err(vec!["boss".to_owned(), "guest".to_owned()])
        );
    }
}
