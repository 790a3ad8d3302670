//! Browsers' push subscriptions.

use outrigger_domain::push::{Subscribed, Subscription, Unsubscribed};

use crate::{at, user, world::World};

fn subscription(endpoint: &str, key: &str) -> Subscription {
    let endpoint = format!("https://push.example.com/{endpoint}");
    Subscription { endpoint, p256dh: key.into(), auth: "auth".into() }
}

fn subscribed(duplicate: bool, count: u64) -> Subscribed {
    Subscribed { duplicate, count }
}

pub(crate) async fn an_endpoint_is_one_browsers(world: &World) {
    let World { store, .. } = world;
    let subscribe = async |who: &str, endpoint: &str, key: &str| {
        let subscription = subscription(endpoint, key);
        store.subscribe(&user(who), &subscription, 3, at(0)).await.unwrap()
    };
    let of = async |who: &str| -> Vec<(String, String)> {
        let all = store.subscriptions(&user(who)).await.unwrap();
        let end = |endpoint: &str| endpoint.rsplit('/').next().unwrap().to_owned();
        all.into_iter().map(|one| (end(&one.endpoint), one.p256dh)).collect()
    };
    let pair = |endpoint: &str, key: &str| (endpoint.to_owned(), key.to_owned());
    assert_eq!(of("ann").await, []);
    assert_eq!(subscribe("ann", "1", "a").await, subscribed(false, 1));
    assert_eq!(subscribe("ann", "2", "a").await, subscribed(false, 2));
    assert_eq!(subscribe("ann", "1", "a").await, subscribed(true, 2));
    assert_eq!(of("ann").await, [pair("1", "a"), pair("2", "a")], "nothing changed");
    assert_eq!(subscribe("ann", "1", "b").await, subscribed(false, 2), "other keys replace it");
    assert_eq!(of("ann").await, [pair("2", "a"), pair("1", "b")], "and it is the youngest");

    assert_eq!(subscribe("ben", "2", "a").await, subscribed(false, 1));
    assert_eq!((of("ann").await, of("ben").await), (vec![pair("1", "b")], vec![pair("2", "a")]));

    for endpoint in ["3", "4", "5"] {
        subscribe("ann", endpoint, "a").await;
    }
    assert_eq!(of("ann").await, [pair("3", "a"), pair("4", "a"), pair("5", "a")]);
    assert_eq!(subscribe("ann", "6", "a").await, subscribed(false, 3), "the oldest ends");
    assert_eq!(of("ann").await, [pair("4", "a"), pair("5", "a"), pair("6", "a")]);
    assert_eq!(of("ben").await, [pair("2", "a")]);
}

pub(crate) async fn unsubscribing_ends_ones_own(world: &World) {
    let World { store, .. } = world;
    let one = subscription("1", "a");
    store.subscribe(&user("ann"), &one, 3, at(0)).await.unwrap();
    store.subscribe(&user("ann"), &subscription("2", "a"), 3, at(0)).await.unwrap();
    let end = async |who: &str| store.unsubscribe(&user(who), &one.endpoint).await.unwrap();
    assert_eq!(end("ben").await, Unsubscribed { found: false, count: 0 });
    assert_eq!(end("ann").await, Unsubscribed { found: true, count: 1 });
    assert_eq!(end("ann").await, Unsubscribed { found: false, count: 1 });
    assert_eq!(store.subscriptions(&user("ann")).await.unwrap(), [subscription("2", "a")]);
}
