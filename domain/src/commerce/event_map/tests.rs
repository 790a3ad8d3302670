use std::sync::atomic::Ordering;

use super::*;
use crate::commerce::testing::{World, user, world};

const ROLES: [Role; 4] = [Role::Guest, Role::User, Role::Staff, Role::Admin];

fn denied(required: &[Role]) -> Permission {
    Permission::Denied { required: required.to_vec() }
}

/// What each role was told that it may send, in the order in which it was told.
fn lists(world: &mut World) -> Vec<(Role, Vec<String>)> {
    let told = world.heard().into_iter().map(|heard| match heard.event {
        DomainEvent::Commerce(CommerceEvent::EventsAvailable { role, events }) => {
            assert_eq!(heard.audience, Audience::Role(role));
            (role, events.to_vec())
        }
        other => panic!("a map tells nothing but lists: {other:?}"),
    });
    told.collect()
}

#[tokio::test]
async fn every_event_of_the_contract_is_for_the_roles_of_the_contract() {
    let map = world().map().await.unwrap();
    for (event, roles) in DEFAULTS {
        for role in ROLES {
            let allowed = match role {
                Role::Guest => GUEST_EVENTS.contains(&event),
                role => roles.contains(&role),
            };
            let expected = if allowed { Permission::Allowed } else { denied(roles) };
            assert_eq!(map.permission(event, role), expected, "{event} {role:?}");
            assert_eq!(map.events_for(role).iter().any(|one| one == event), allowed);
        }
    }
    assert_eq!(map.mappings().len(), DEFAULTS.len(), "each once");
    let counts = ROLES.map(|role| map.events_for(role).len());
    assert_eq!(counts, [2, 13, 19, 27]);
    assert_eq!(map.events_for(Role::Guest), GUEST_EVENTS);
    assert!(map.events_for(Role::Admin).is_sorted());
}

#[tokio::test]
async fn what_looks_like_an_event_of_the_map_is_refused_and_anything_else_unheard_of() {
    let map = world().map().await.unwrap();
    for event in ["admin:x", "seller:", "user:order", "chat:message:new", "notification:new"] {
        for role in ROLES {
            assert_eq!(map.permission(event, role), denied(&[]), "{event} {role:?}");
        }
    }
    for event in ["", "join_room", "reconnect", "auth_error", "order:new", "admin", ":x", "chat"] {
        assert_eq!(map.permission(event, Role::Admin), Permission::Unknown, "{event}");
    }
}

#[tokio::test]
async fn a_change_holds_for_the_next_event_and_everyone_is_told() {
    let mut world = world();
    let map = world.map().await.unwrap();
    let root = user("root");
    let roles = [Role::User, Role::Admin, Role::User, Role::Guest];
    assert!(map.set(Some(&root), "auction:bid", &roles).await.unwrap());
    assert_eq!(map.permission("auction:bid", Role::User), Permission::Allowed);
    let required = [Role::Admin, Role::User];
    assert_eq!(map.permission("auction:bid", Role::Staff), denied(&required));
    assert_eq!(map.permission("auction:bid", Role::Guest), denied(&required));
    assert_eq!(map.permission("auction:close", Role::Admin), denied(&[]));
    let told = lists(&mut world);
    assert_eq!(told.len(), 4);
    for (role, events) in told {
        assert_eq!(events, map.events_for(role));
    }
    // The same once more is no change.
    assert!(!map.set(Some(&root), "auction:bid", &required).await.unwrap());
    assert!(lists(&mut world).is_empty());
    let audit = world.shelf.audit.lock().unwrap();
    let [noted] = &audit[..] else { panic!("one change, one entry") };
    assert_eq!((noted.kind, noted.user.as_ref()), (AuditKind::MappingChanged, Some(&root)));
    assert_eq!(noted.detail, json!({ "event": "auction:bid", "requiredRoles": ["admin", "user"] }));
}

#[tokio::test]
async fn what_was_removed_nobody_may_send_and_it_stays_removed() {
    let mut world = world();
    let map = world.map().await.unwrap();
    assert!(map.remove(None, "chat:message").await.unwrap());
    assert!(!map.remove(None, "chat:message").await.unwrap());
    assert!(!map.remove(None, "never:heard").await.unwrap());
    assert!(map.remove(None, "ping").await.unwrap());
    for role in ROLES {
        assert_eq!(map.permission("chat:message", role), denied(&[]));
        assert_eq!(map.permission("ping", role), denied(&[]));
    }
    assert_eq!(map.events_for(Role::Guest), ["disconnect_request"]);
    assert_eq!(lists(&mut world).len(), 8);
    map.set(None, "disconnect_request", &[Role::Admin]).await.unwrap();
    assert!(map.events_for(Role::Guest).is_empty(), "guests may no more than users");

    let again = world.map().await.unwrap();
    assert_eq!(again.mappings(), map.mappings());
    assert_eq!(again.permission("chat:message", Role::Admin), denied(&[]));
    again.set(None, "chat:message", ALL).await.unwrap();
    assert_eq!(again.permission("chat:message", Role::User), Permission::Allowed);
}

#[tokio::test]
async fn a_prefix_of_the_contract_stays_one_when_all_its_events_are_gone() {
    let map = world().map().await.unwrap();
    for event in ["notification:read", "notification:dismiss"] {
        map.remove(None, event).await.unwrap();
    }
    assert_eq!(map.permission("notification:x", Role::User), denied(&[]));
}

#[tokio::test]
async fn what_cannot_be_an_event_or_is_for_nobody_does_not_come_in() {
    let mut world = world();
    let map = world.map().await.unwrap();
    let long = "x".repeat(129);
    for name in ["", "connect", "disconnect", &long] {
        assert!(matches!(map.set(None, name, ALL).await, Err(MapError::BadName)), "{name}");
    }
    for nobody in [&[][..], &[Role::Guest][..]] {
        assert!(matches!(map.set(None, "x", nobody).await, Err(MapError::NoRoles)));
    }
    for number in DEFAULTS.len()..MOST_EVENTS {
        assert!(map.set(None, &format!("e{number}"), ALL).await.unwrap());
    }
    assert!(matches!(map.set(None, "one_more", ALL).await, Err(MapError::Full)));
    assert!(map.set(None, "e500", ADMINS).await.unwrap(), "a known one can be changed");
    lists(&mut world);
}

#[tokio::test]
async fn what_the_store_does_not_take_does_not_hold() {
    let mut world = world();
    let map = world.map().await.unwrap();
    world.shelf.failing.store(true, Ordering::Relaxed);
    assert!(matches!(map.set(None, "ping", ADMINS).await, Err(MapError::Store(_))));
    assert!(matches!(map.remove(None, "ping").await, Err(MapError::Store(_))));
    assert_eq!(map.permission("ping", Role::Guest), Permission::Allowed);
    assert!(lists(&mut world).is_empty());
    assert!(world.map().await.is_err());
}
