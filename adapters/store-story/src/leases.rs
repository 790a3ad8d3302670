//! Who is connected, as far as a process said.

use outrigger_domain::{
    ports::{Lease, LeaseChange},
    webhooks::WebhookKind,
};

use crate::{
    at, user, webhook,
    world::{WEBHOOKS, World},
};

fn change(node: &str, came: &[&str], left: &[&str], ms: i64) -> LeaseChange {
    LeaseChange {
        node: node.into(),
        came: came.iter().map(|name| user(name)).collect(),
        left: left.iter().map(|name| user(name)).collect(),
        at: at(ms),
        until: at(ms + 100),
        webhooks: Vec::new(),
    }
}

/// All leases, by user.
async fn leases(world: &World) -> Vec<Lease> {
    let mut leases = world.store.leases().await.unwrap();
    leases.sort_by(|a, b| a.user.cmp(&b.user));
    leases
}

fn lease(name: &str, node: &str, since: i64, until: i64) -> Lease {
    Lease { user: user(name), node: node.into(), since: at(since), until: at(until) }
}

pub(crate) async fn leases_come_and_go(world: &World) {
    let World { store, .. } = world;
    assert_eq!(leases(world).await, []);
    store.change_leases(change("a", &["ann", "ben", "eve"], &[], 0)).await.unwrap();
    let first = [lease("ann", "a", 0, 100), lease("ben", "a", 0, 100), lease("eve", "a", 0, 100)];
    assert_eq!(leases(world).await, first);

    // The process is alive, so all of its leases go further.
    store.renew_leases("a", at(150)).await.unwrap();
    store.renew_leases("nobody", at(900)).await.unwrap();
    let renewed = [lease("ann", "a", 0, 150), lease("ben", "a", 0, 150), lease("eve", "a", 0, 150)];
    assert_eq!(leases(world).await, renewed);

    // The next one takes some over; they were never away. Who left has left, whoever held the lease.
    store.change_leases(change("b", &["ann", "zoe"], &["eve", "nobody"], 60)).await.unwrap();
    let moved = [lease("ann", "b", 0, 160), lease("ben", "a", 0, 150), lease("zoe", "b", 60, 160)];
    assert_eq!(leases(world).await, moved);
    store.renew_leases("b", at(300)).await.unwrap();
    store.change_leases(change("b", &[], &["ben"], 200)).await.unwrap();
    assert_eq!(leases(world).await, [lease("ann", "b", 0, 300), lease("zoe", "b", 60, 300)]);

    // Gone and back is a new stay.
    store.change_leases(change("b", &[], &["ann"], 210)).await.unwrap();
    store.change_leases(change("b", &["ann"], &[], 220)).await.unwrap();
    let back = [lease("ann", "b", 220, 320), lease("zoe", "b", 60, 320)];
    assert_eq!(leases(world).await, back);
    store.prune(&crate::feed_pages::horizon(at(0))).await.unwrap();
    assert_eq!(leases(world).await, back);
}

pub(crate) async fn leases_take_their_webhooks_along_as_far_as_there_is_room(world: &World) {
    let World { store, told, .. } = world;
    let mut connected = change("a", &["ann"], &[], 0);
    connected.webhooks = (0..WEBHOOKS)
        .map(|n| {
            let mut new = webhook(&format!("w{n}"), Some("ann"), at(0));
            new.kind = WebhookKind::UserConnected;
            new
        })
        .collect();
    store.change_leases(connected).await.unwrap();
    assert_eq!(leases(world).await.len(), 1, "the leases stand anyway");
    assert_eq!(store.webhook_counts().await.unwrap().waiting, WEBHOOKS * 4 / 5);
    let yielded = usize::try_from(WEBHOOKS / 5).unwrap();
    assert_eq!(told.left_out(), vec![WebhookKind::UserConnected; yielded]);
    assert_eq!(told.posted(), 1);
}
