//! Figures of messages sent to many.

use outrigger_domain::{
    time::Timestamp,
    tracking::{
        DailyCount, DailyOutcome, Dashboard, MessageStats, RecipientUpdate, Registration,
        TemplateUse, TrackedStatus, Usage,
    },
};

use crate::{
    notification,
    tracked_words::{registration, said, tracked_id, update},
    user,
    world::World,
};

fn on(day: &str) -> Timestamp {
    Timestamp::parse(&format!("{day}T12:00:00Z")).unwrap()
}

fn outcome(date: &str, sent: u64, delivered: u64, failed: u64) -> DailyOutcome {
    DailyOutcome { date: date.into(), sent, delivered, failed }
}

fn count(date: &str, count: u64) -> DailyCount {
    DailyCount { date: date.into(), count }
}

pub(crate) async fn without_messages_there_is_nothing_to_count(world: &World) {
    let World { store, .. } = world;
    for owner in [None, Some(&user("ann"))] {
        let now = on("2025-06-01");
        assert_eq!(store.dashboard(owner, now).await.unwrap(), Dashboard::default());
        assert_eq!(store.message_stats(owner).await.unwrap(), MessageStats::default());
        assert_eq!(store.usage(owner, now).await.unwrap(), Usage::default());
    }
}

pub(crate) async fn days_count_what_happened_on_them(world: &World) {
    let World { store, .. } = world;
    let (m1, ann) = (tracked_id("m1"), user("ann"));
    let tell = async |day: &str, updates: Vec<RecipientUpdate>| {
        store.update_recipients(&m1, &ann, updates, on(day)).await.unwrap()
    };
    tell("2025-04-30", vec![said("a", "SENT", "1")]).await;
    tell("2025-05-30", vec![said("b", "SENT", "2"), said("c", "FAILED", "3")]).await;
    tell("2025-05-31", vec![said("a", "DELIVERED", ""), said("d", "PENDING", "2")]).await;
    tell("2025-06-01", vec![said("b", "DELIVERED", ""), said("d", "SENT", "")]).await;
    let shown = store.dashboard(Some(&ann), on("2025-06-01")).await.unwrap();
    assert_eq!(
        shown.message_stats,
        [
            outcome("2025-05-30", 1, 0, 1),
            outcome("2025-05-31", 0, 1, 0),
            outcome("2025-06-01", 1, 1, 0)
        ],
        "30 days, those without anything left out"
    );
    assert_eq!(shown.contact_growth, [count("2025-05-30", 2)]);
    assert_eq!((shown.total_contacts, shown.messages_sent_today), (3, 1), "b and d are one");
    assert!((shown.delivery_rate - 50.0).abs() < 1e-9, "{}", shown.delivery_rate);

    // It has arrived after all, so it did not fail.
    tell("2025-06-02", vec![said("c", "DELIVERED", "")]).await;
    let shown = store.dashboard(Some(&ann), on("2025-06-02")).await.unwrap();
    assert_eq!(shown.message_stats[0], outcome("2025-05-30", 1, 0, 0));
    assert_eq!(shown.message_stats[3], outcome("2025-06-02", 1, 1, 0));
    // Two who were one contact are two, and one of them the same as another.
    tell("2025-06-03", vec![said("d", "SENT", "9"), said("c", "DELIVERED", "1")]).await;
    let shown = store.dashboard(Some(&ann), on("2025-06-03")).await.unwrap();
    assert_eq!(shown.contact_growth, [count("2025-05-30", 1), count("2025-06-03", 1)]);
    assert_eq!(shown.total_contacts, 3);
    let old = store.dashboard(Some(&ann), on("2026-06-03")).await.unwrap();
    assert_eq!((old.message_stats, old.messages_sent_today), (vec![], 0));
}

pub(crate) async fn sums_are_of_one_user_or_of_everyone(world: &World) {
    let World { store, .. } = world;
    let register = async |id: &str, owner: &str, template: &str, total, day: &str| {
        let new = Registration {
            template: Some(template.into()),
            total: Some(total),
            content: Some(format!("text of {id}")),
            ..registration(id, owner)
        };
        store.register(&new, on(day)).await.unwrap();
    };
    register("m1", "ann", "old", 100, "2025-05-31").await;
    register("m2", "ann", "t1", 10, "2025-06-01").await;
    register("m3", "ann", "t2", 1, "2025-06-02").await;
    register("m4", "ann", "t2", 1, "2025-06-03").await;
    register("m5", "ben", "t1", 4, "2025-06-04").await;
    let sent = outrigger_domain::tracking::MessageUpdate {
        success: Some(7),
        failed: Some(3),
        cost: Some(0.7),
        ..update("m2", "ann", TrackedStatus::Sent)
    };
    let notice = notification("n1", "ann", 0);
    store.update_tracked(&sent, notice, on("2025-06-03")).await.unwrap();
    let priced =
        |id: &str, status: &str| RecipientUpdate { cost: Some(0.1), ..said(id, status, "+1") };
    for (id, owner) in [("m3", "ann"), ("m5", "ben")] {
        let updates = vec![priced("a", "SENT"), priced("b", "FAILED"), priced("c", "DELIVERED")];
        store
            .update_recipients(&tracked_id(id), &user(owner), updates, on("2025-06-05"))
            .await
            .unwrap();
    }
    let stats = |messages, recipients, success, failed, cost| MessageStats {
        total_messages: messages,
        total_recipients: recipients,
        total_success: success,
        total_failed: failed,
        total_cost: cost,
    };
    let (ann, ben, now) = (user("ann"), user("ben"), on("2025-06-05"));
    let of = async |owner| store.message_stats(owner).await.unwrap();
    assert_eq!(of(Some(&ann)).await, stats(4, 114, 9, 4, 1.0));
    assert_eq!(of(Some(&ben)).await, stats(1, 4, 2, 1, 0.3));
    assert_eq!(of(None).await, stats(5, 118, 11, 5, 1.3));

    let used = |id: &str, usage_count| TemplateUse {
        id: id.into(),
        name: id.into(),
        usage_count,
        category: None,
    };
    let usage = store.usage(Some(&ann), now).await.unwrap();
    assert_eq!((usage.monthly_messages, usage.monthly_contacts), (14, 1));
    assert_eq!(usage.top_templates, [used("t2", 2), used("t1", 1)]);
    assert!((usage.monthly_spend - 1.0).abs() < 1e-9);
    let usage = store.usage(None, now).await.unwrap();
    assert_eq!((usage.monthly_messages, usage.monthly_contacts), (18, 2), "one of each owner");
    assert_eq!(usage.top_templates, [used("t1", 2), used("t2", 2)]);
    let other = Registration { template: Some("t3".into()), ..registration("m4", "ann") };
    store.register(&other, now).await.unwrap();
    let usage = store.usage(Some(&ann), now).await.unwrap();
    assert_eq!(usage.top_templates, [used("t1", 1), used("t2", 1), used("t3", 1)]);

    let shown = store.dashboard(Some(&ann), now).await.unwrap();
    let recent: Vec<_> = shown.recent_messages.iter().map(|recent| recent.id.as_str()).collect();
    assert_eq!(recent, ["m4", "m3", "m2", "m1"]);
    let second = &shown.recent_messages[2];
    assert_eq!(
        (second.content.as_str(), second.status, second.total_recipients),
        ("text of m2", "SENT", 10)
    );
    assert_eq!((second.sent_at, second.created_at), (Some(on("2025-06-03")), on("2025-06-01")));
    assert!((shown.delivery_rate - 33.33).abs() < 1e-9, "{}", shown.delivery_rate);
    let all = store.dashboard(None, now).await.unwrap();
    let recent: Vec<_> = all.recent_messages.iter().map(|recent| recent.id.as_str()).collect();
    assert_eq!(recent, ["m5", "m4", "m3", "m2", "m1"]);
    assert_eq!((all.total_messages, all.total_contacts, all.messages_sent_today), (5, 2, 4));
}
