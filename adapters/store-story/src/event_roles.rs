//! The map of events to the roles that may send them.

use futures_util::future::join_all;
use outrigger_domain::{
    actor::Role::{Admin, Staff, User},
    commerce::{AuditFilter, AuditKind, SocketAudit},
    ports::EventRoles,
};

use crate::{
    at,
    commerce_words::{entry, event_roles},
    world::{AnyStore, World},
};

fn note(ms: i64) -> SocketAudit {
    entry(AuditKind::MappingChanged, "boss", ms)
}

async fn load(store: &dyn AnyStore, defaults: &[EventRoles]) -> Vec<EventRoles> {
    store.event_roles(defaults, at(0)).await.unwrap()
}

/// Gives whether anything changed.
async fn remove(store: &dyn AnyStore, event: &str, ms: i64) -> bool {
    store.map_event(event, None, note(ms)).await.unwrap()
}

pub(crate) async fn the_map_begins_with_its_defaults(world: &World) {
    let store = world.store.as_ref();
    assert_eq!(load(store, &[]).await, []);
    let first = [
        event_roles("user:cart", &[User, Admin, User, Staff]),
        event_roles("admin:stats", &[Admin]),
    ];
    let map =
        [event_roles("admin:stats", &[Admin]), event_roles("user:cart", &[Admin, Staff, User])];
    assert_eq!(load(store, &first).await, map, "by name, with the highest role first");
    assert_eq!(load(store, &[]).await, map, "what was a default stays");

    // Of a later version only what is new comes in.
    let later = [event_roles("admin:stats", &[Admin, Staff]), event_roles("ping", &[])];
    let map = [map[0].clone(), event_roles("ping", &[]), map[1].clone()];
    assert_eq!(load(store, &later).await, map);
    let noted = store.socket_audit(&AuditFilter::default(), 10).await.unwrap();
    assert_eq!(noted, [], "a default is no change");
    assert_eq!(world.heard.lines(), [""; 0]);
}

pub(crate) async fn what_was_removed_does_not_come_back_by_itself(world: &World) {
    let store = world.store.as_ref();
    let defaults = [event_roles("chat:message", &[User]), event_roles("ping", &[User])];
    load(store, &defaults).await;
    assert!(remove(store, "ping", 1).await);
    assert_eq!(load(store, &defaults).await, defaults[..1]);
    assert!(!remove(store, "ping", 2).await, "it is not there");
    assert!(!remove(store, "pong", 2).await, "it never was");
    assert!(!remove(store, "Chat:message", 2).await, "names are as they are spelled");

    assert!(store.map_event("ping", Some(&[Admin]), note(3)).await.unwrap());
    let map = [defaults[0].clone(), event_roles("ping", &[Admin])];
    assert_eq!(load(store, &defaults).await, map);

    // Removed before it became a default.
    assert!(store.map_event("extra", Some(&[User]), note(4)).await.unwrap());
    assert!(remove(store, "extra", 5).await);
    assert_eq!(load(store, &[event_roles("extra", &[User])]).await, map);
}

pub(crate) async fn a_change_is_noted_and_what_changes_nothing_is_not(world: &World) {
    let store = world.store.as_ref();
    load(store, &[event_roles("a", &[Admin, User])]).await;
    assert!(!store.map_event("a", Some(&[User, Admin, User]), note(1)).await.unwrap());
    assert!(store.map_event("a", Some(&[User]), note(2)).await.unwrap());
    assert!(!store.map_event("a", Some(&[User]), note(3)).await.unwrap());
    assert!(store.map_event("b", Some(&[Staff]), note(4)).await.unwrap());
    assert!(remove(store, "a", 5).await);
    assert!(!remove(store, "a", 6).await);
    assert_eq!(load(store, &[]).await, [event_roles("b", &[Staff])]);
    let noted = store.socket_audit(&AuditFilter::default(), 10).await.unwrap();
    assert_eq!(noted, [note(5), note(4), note(2)]);
}

pub(crate) async fn a_removed_default_outlives_any_number_of_other_removals(world: &World) {
    let store = world.store.as_ref();
    let defaults = [event_roles("late", &[User]), event_roles("ping", &[User])];
    load(store, &defaults[1..]).await;
    assert!(remove(store, "ping", 1).await);
    // This one is a default only after it was removed.
    assert!(store.map_event("late", Some(&[User]), note(2)).await.unwrap());
    assert!(remove(store, "late", 3).await);
    load(store, &defaults).await;
    join_all((0..1_100).map(async |n| {
        let name = format!("extra:{n}");
        assert!(store.map_event(&name, Some(&[User]), note(4)).await.unwrap());
        assert!(remove(store, &name, 5).await);
    }))
    .await;
    assert_eq!(load(store, &defaults).await, []);
}
