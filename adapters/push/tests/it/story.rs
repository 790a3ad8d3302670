//! From a notification to the browsers of its user, through everything in between.

use std::sync::atomic::{AtomicBool, Ordering};

use axum::{http::StatusCode, response::IntoResponse};
use metrics_exporter_prometheus::PrometheusBuilder;
use outrigger_domain::{
    accounts::UserPatch,
    ports::Store as _,
    push::{MOST_SUBSCRIPTIONS, PushMessage, PushWhen, SubscribeError, Subscription},
    time::Timestamp,
};
use serde_json::{Value, json};
use tokio::time::{Duration, Instant, sleep};

use crate::{
    browser::Browser,
    push_service::{NOW_MS, PushService},
    sidecar::{Sidecar, message, notification, user},
};

async fn answering(statuses: &'static [(&'static str, u16)]) -> PushService {
    PushService::answering(move |path| {
        let status = statuses.iter().find(|(of, _)| *of == path).map_or(201, |(_, status)| *status);
        StatusCode::from_u16(status).unwrap().into_response()
    })
    .await
}

#[tokio::test]
async fn who_is_away_is_reached_in_every_browser_and_who_is_there_is_not() {
    let sidecar = Sidecar::new(answering(&[]).await, PushWhen::Away).await.running();
    let bob = UserPatch { name: Some("Bob".to_owned()), ..UserPatch::default() };
    let at = Timestamp::from_ms(NOW_MS);
    sidecar.store.upsert_user(&user("bob"), &bob, at, None).await.unwrap();
    let browsers = [sidecar.subscribe("ann", "/1").await, sidecar.subscribe("ann", "/2").await];
    sidecar.subscribe("eve", "/eve").await;
    sidecar.comes("eve");
    for name in ["eve", "ann", "nobody"] {
        sidecar.push.note(&notification(name));
    }
    let mut came = sidecar.came(2).await;
    came.sort();
    for ((path, body), (browser, expected)) in came.iter().zip(browsers.iter().zip(["/1", "/2"])) {
        assert_eq!(path, expected);
        let payload: Value = serde_json::from_slice(&browser.decrypt(body)).unwrap();
        assert_eq!(
            payload,
            json!({
                "title": "New Follower",
                "body": "Bob started following you",
                "type": "new_follow",
                "fromUser": { "_id": "bob", "username": "Bob", "profileImage": null },
                "data": { "followerId": "bob" },
                "timestamp": at.to_string(),
            })
        );
    }
}

#[tokio::test]
async fn everyone_is_reached_if_that_is_wanted() {
    let sidecar = Sidecar::new(answering(&[]).await, PushWhen::Always).await.running();
    sidecar.subscribe("eve", "/eve").await;
    sidecar.comes("eve");
    sidecar.push.note(&notification("eve"));
    assert_eq!(sidecar.paths(1).await, ["/eve"]);
}

#[tokio::test]
async fn who_came_while_it_waited_is_not_reached() {
    let sidecar = Sidecar::new(answering(&[]).await, PushWhen::Away).await;
    for name in ["ann", "eve"] {
        sidecar.subscribe(name, &format!("/{name}")).await;
        sidecar.push.note(&notification(name));
    }
    sidecar.comes("eve");
    assert_eq!(sidecar.running().paths(1).await, ["/ann"]);
}

#[tokio::test]
async fn what_the_app_asks_for_is_pushed_to_who_is_there_as_well() {
    let sidecar = Sidecar::new(answering(&[]).await, PushWhen::Away).await.running();
    sidecar.subscribe("eve", "/eve").await;
    sidecar.comes("eve");
    assert!(sidecar.push.send(user("eve"), message("system")));
    assert_eq!(sidecar.paths(1).await, ["/eve"]);
}

#[tokio::test]
async fn who_wants_no_push_gets_none() {
    let sidecar = Sidecar::new(answering(&[]).await, PushWhen::Away).await.running();
    for (name, preferences) in [
        ("ann", json!({ "push": false })),
        ("eve", json!({ "push": { "new_follow": false } })),
        ("ivy", json!({ "push": { "mention": false } })),
    ] {
        sidecar.subscribe(name, &format!("/{name}")).await;
        sidecar.prefers(name, preferences).await;
        sidecar.push.note(&notification(name));
        assert!(sidecar.push.send(user(name), message("new_follow")));
    }
    assert_eq!(sidecar.paths(2).await, ["/ivy", "/ivy"]);
}

#[tokio::test]
async fn a_subscription_that_ended_is_removed_and_no_other() {
    let service = answering(&[("/gone", 410), ("/unknown", 404), ("/refused", 403)]).await;
    let sidecar = Sidecar::new(service, PushWhen::Away).await.running();
    for path in ["/gone", "/unknown", "/refused", "/fine"] {
        sidecar.subscribe("ann", path).await;
    }
    sidecar.push.note(&notification("ann"));
    sidecar.came(4).await;
    while sidecar.endpoints("ann").await.len() > 2 {
        sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(sidecar.endpoints("ann").await, ["/refused", "/fine"]);
    sidecar.push.note(&notification("ann"));
    sidecar.came(6).await;
}

#[tokio::test]
async fn a_service_that_cannot_now_is_asked_again_when_it_wants() {
    let first = AtomicBool::new(true);
    let service = PushService::answering(move |_| {
        if first.swap(false, Ordering::Relaxed) {
            (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "3")]).into_response()
        } else {
            StatusCode::CREATED.into_response()
        }
    })
    .await;
    let sidecar = Sidecar::new(service, PushWhen::Away).await.running();
    let browser = sidecar.subscribe("ann", "/ann").await;
    let started = Instant::now();
    sidecar.push.note(&notification("ann"));
    let came = sidecar.came(2).await;
    assert!(started.elapsed() >= Duration::from_secs(3));
    let payloads: Vec<_> = came.iter().map(|(_, body)| browser.decrypt(body)).collect();
    assert_eq!(payloads[0], payloads[1]);
    assert_ne!(came[0].1, came[1].1, "encrypted afresh");
}

#[tokio::test]
async fn only_what_can_be_used_is_kept_and_not_without_end() {
    let sidecar = Sidecar::new(answering(&[]).await, PushWhen::Away).await;
    let ann = user("ann");
    let good = Browser::new().subscription(&sidecar.service.endpoint());
    let elsewhere = |endpoint: &str| Subscription { endpoint: endpoint.to_owned(), ..good.clone() };
    for bad in [
        elsewhere("https://fcm.googleapis.com.evil.example/x"),
        elsewhere("http://127.0.0.1:1/x"),
        elsewhere(&format!("{}/{}", sidecar.service.origin(), "x".repeat(3_000))),
        Subscription { p256dh: "A".repeat(87), ..good.clone() },
        Subscription { auth: "A".repeat(1_000), ..good.clone() },
    ] {
        let refused = sidecar.push.subscribe(&ann, bad).await;
        assert!(matches!(refused, Err(SubscribeError::Unusable)), "{refused:?}");
    }
    assert!(sidecar.endpoints("ann").await.is_empty());

    let kept = sidecar.push.subscribe(&ann, good.clone()).await.unwrap();
    assert!(!kept.duplicate && kept.count == 1);
    assert!(sidecar.push.subscribe(&ann, good.clone()).await.unwrap().duplicate);
    for number in 0..MOST_SUBSCRIPTIONS {
        sidecar.subscribe("ann", &format!("/{number}")).await;
    }
    let endpoints = sidecar.endpoints("ann").await;
    assert_eq!(endpoints.len(), MOST_SUBSCRIPTIONS as usize);
    assert_eq!(endpoints[0], "/0", "the oldest ended");
    let ended = sidecar.push.unsubscribe(&ann, &good.endpoint).await.unwrap();
    assert!(!ended.found);
    assert_eq!(ended.count, u64::from(MOST_SUBSCRIPTIONS));
}

#[tokio::test]
async fn no_more_waits_than_there_is_room_for() {
    let sidecar = Sidecar::new(answering(&[]).await, PushWhen::Away).await;
    let send = |sidecar: &Sidecar| sidecar.push.send(user("ann"), message("system"));
    assert_eq!((0..10_000).take_while(|_| send(&sidecar)).count(), 8 * 1024);
    // Noting never waits, nor does it fail.
    sidecar.push.note(&notification("ann"));
    let sidecar = sidecar.running();
    while !send(&sidecar) {
        sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_message_of_any_size_becomes_one_that_fits() {
    let sidecar = Sidecar::new(answering(&[]).await, PushWhen::Away).await.running();
    let browser = sidecar.subscribe("ann", "/ann").await;
    let huge = || "ż".repeat(100_000);
    let data = Some(json!({ "more": huge() }));
    let message =
        PushMessage { title: huge(), body: huge(), post: Some(huge()), data, ..message("system") };
    assert!(sidecar.push.send(user("ann"), message));
    let came = sidecar.came(1).await;
    let payload: Value = serde_json::from_slice(&browser.decrypt(&came[0].1)).unwrap();
    assert!(payload["body"].as_str().unwrap().len() > 2_000);
    assert!(payload["title"].as_str().unwrap().len() > 500);
    assert_eq!((&payload["data"], payload.get("postId")), (&json!({}), None));
}

#[test]
fn what_became_of_it_is_counted() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let metrics = recorder.handle();
    let counted = |result| {
        let line = format!("outrigger_push_total{{result=\"{result}\"}} 1");
        metrics.render().contains(&line)
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    metrics::with_local_recorder(&recorder, || {
        runtime.block_on(async {
            let service = PushService::answering(|path| {
                let status = StatusCode::from_u16(path[1..].parse().unwrap()).unwrap();
                // Nobody waits for as long as that.
                (status, [("retry-after", "86400")]).into_response()
            })
            .await;
            let sidecar = Sidecar::new(service, PushWhen::Away).await.running();
            for path in ["/201", "/410", "/403", "/503"] {
                sidecar.subscribe("ann", path).await;
            }
            sidecar.push.note(&notification("ann"));
            sidecar.came(4).await;
            for result in ["sent", "gone", "refused", "given_up"] {
                while !counted(result) {
                    sleep(Duration::from_millis(10)).await;
                }
            }
        });
    });
}
