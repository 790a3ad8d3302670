use std::{sync::atomic::Ordering, time::Duration};

use serde_json::json;
use tokio::time::timeout;

use super::*;
use crate::{
    accounts::UserPatch,
    commerce::{
        AuditFilter, CommerceEvent, OrderPatch, Priority, Readers,
        testing::{Heard, World, actor, order, pass, user, world},
    },
    notifications::{Notification, Preferences},
    time::Timestamp,
};

fn patch(id: &str) -> OrderPatch {
    OrderPatch { id: order(id), number: None, buyer: None, sellers: None, status: None }
}

fn bought(id: &str, by: &str, sold_by: &[&str]) -> OrderPatch {
    let sellers = Some(sold_by.iter().map(|name| user(name)).collect());
    OrderPatch { buyer: Some(user(by)), sellers, ..patch(id) }
}

fn sold(seller: &str, product: &str) -> Sold {
    Sold { seller: user(seller), product_name: product.to_owned() }
}

/// Events that only the app knows, as whom they are for, their names and data.
fn customs(heard: &[Heard]) -> Vec<(Audience, String, Value)> {
    let custom = |heard: &Heard| {
        let (name, data) = heard.custom()?;
        Some((heard.audience.clone(), name.to_owned(), data))
    };
    heard.iter().filter_map(custom).collect()
}

fn notification(heard: &[Heard]) -> Option<&Notification> {
    let mut told = heard.iter().filter_map(|heard| match &heard.event {
        DomainEvent::Notification(notification) => Some(&**notification),
        _ => None,
    });
    let first = told.next();
    assert!(told.next().is_none(), "one at most");
    first
}

/// Which status was told to whom.
fn statuses(world: &mut World) -> Vec<(Audience, String)> {
    let status = |heard: Heard| match heard.event {
        DomainEvent::Commerce(CommerceEvent::OrderStatus { order, status }) => {
            Some((heard.audience, format!("{order} {status}")))
        }
        _ => None,
    };
    world.heard().into_iter().filter_map(status).collect()
}

#[tokio::test(start_paused = true)]
async fn an_order_is_told_once_to_its_buyer_and_to_each_who_sold() {
    let mut world = world();
    let placed = OrderPlaced {
        patch: OrderPatch {
            number: Some("A-7".to_owned()),
            buyer: Some(user("ann")),
            ..patch("7")
        },
        total: Some(json!(12.5)),
        message: Some("Thank you".to_owned()),
        sold: vec![sold("sue", "Cup"), sold("sid", "Cup"), sold("sue", "Cup"), sold("sue", "Pot")],
    };
    let order = world.market.order_placed(placed.clone()).await.unwrap().unwrap();
    assert_eq!(order.sellers, ["sid", "sue"].map(user));
    let to = |name: &str| Audience::User(user(name));
    let received = |name: &str, product: &str| {
        let data = json!({ "orderId": "7", "productName": product });
        (to(name), "order:received".to_owned(), data)
    };
    let created = json!({
        "orderId": "7", "orderNumber": "A-7", "total": 12.5, "message": "Thank you",
    });
    let expected = [
        (to("ann"), "order:created".to_owned(), created),
        received("sue", "Cup"),
        received("sid", "Cup"),
        received("sue", "Cup"),
        received("sue", "Pot"),
    ];
    assert_eq!(customs(&world.heard()), expected);
    // Once more, and with one more.
    let mut again = placed;
    again.sold.push(sold("sid", "Pot"));
    world.market.order_placed(again).await.unwrap().unwrap();
    assert_eq!(customs(&world.heard()), [received("sid", "Pot")]);
}

#[tokio::test(start_paused = true)]
async fn an_order_without_a_number_goes_by_its_id_and_without_a_buyer_is_none() {
    let mut world = world();
    let placed = |patch| OrderPlaced { patch, total: None, message: None, sold: Vec::new() };
    assert_eq!(world.market.order_placed(placed(patch("7"))).await.unwrap(), None);
    assert!(world.heard().is_empty());
    world.market.order_placed(placed(bought("7", "ann", &[]))).await.unwrap().unwrap();
    let created = json!({ "orderId": "7", "orderNumber": "7" });
    assert_eq!(customs(&world.heard())[0].2, created);
    let mut later = patch("7");
    later.number = Some("A-7".to_owned());
    let saved = world.market.save_order(later).await.unwrap().unwrap();
    assert_eq!((saved.number.as_deref(), saved.buyer), (Some("A-7"), user("ann")));
    assert!(world.heard().is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_is_too_large_to_be_told_is_refused() {
    let world = world();
    let placed = OrderPlaced {
        patch: bought("7", "ann", &[]),
        total: Some(json!("x".repeat(20_000))),
        message: None,
        sold: Vec::new(),
    };
    assert!(matches!(world.market.order_placed(placed).await, Err(OutreachError::TooLarge)));
}

#[tokio::test(start_paused = true)]
async fn the_app_says_how_an_order_is_and_the_buyer_is_told_and_notified() {
    let mut world = world();
    assert_eq!(world.market.order_status(&order("7"), "shipped", None).await.unwrap(), None);
    assert!(world.heard().is_empty());
    let known = world.market.order_status(&order("7"), "shipped", Some(user("ann"))).await;
    assert_eq!(known.unwrap().unwrap().status.as_deref(), Some("shipped"));
    let heard = world.heard();
    let told = notification(&heard).unwrap();
    assert_eq!((told.kind.as_str(), told.title.as_str()), ("order_status", "Order Update"));
    assert_eq!((&told.user, told.message.as_str()), (&user("ann"), "Order 7 is now shipped"));
    assert_eq!(told.data, Some(json!({ "orderId": "7", "status": "shipped" })));
    // The buyer of a known order stays who it was.
    world.market.save_order(OrderPatch { number: Some("A-7".into()), ..patch("7") }).await.unwrap();
    world.market.order_status(&order("7"), "delivered", Some(user("bob"))).await.unwrap();
    let heard = world.heard();
    assert_eq!(heard[0].audience, Audience::User(user("ann")));
    assert_eq!(notification(&heard).unwrap().message, "Order A-7 is now delivered");
}

#[tokio::test(start_paused = true)]
async fn only_those_who_sold_an_order_and_admins_say_how_it_is() {
    let mut world = world();
    world.market.save_order(bought("7", "ann", &["sue"])).await.unwrap();
    world.market.save_order(bought("8", "ann", &[])).await.unwrap();
    let say = async |name: &str, role, id: &str, status: &str| {
        let actor = actor(name, role);
        world.market.status_told(&actor, 5, order(id), status.to_owned()).await
    };
    say("sue", Role::Staff, "7", "shipped").await.unwrap();
    let refused = say("sid", Role::Staff, "7", "delivered").await;
    assert!(matches!(refused, Err(OrderRefused::NotYours)));
    let refused = say("ann", Role::User, "7", "delivered").await;
    assert!(matches!(refused, Err(OrderRefused::NotYours)));
    say("root", Role::Admin, "7", "refunded").await.unwrap();
    say("sid", Role::Staff, "8", "shipped").await.unwrap();
    say("sid", Role::Staff, "unheard-of", "shipped").await.unwrap();
    let ann = Audience::ExceptSocket { of: Box::new(Audience::User(user("ann"))), socket: 5 };
    let told = ["7 shipped", "7 refunded", "8 shipped"].map(|told| (ann.clone(), told.to_owned()));
    assert_eq!(statuses(&mut world), told);
    assert_eq!(world.market.save_order(patch("unheard-of")).await.unwrap(), None);
    world.shelf.failing.store(true, Ordering::Relaxed);
    let actor = actor("sue", Role::Staff);
    let failed = world.market.status_told(&actor, 5, order("7"), "shipped".to_owned()).await;
    assert!(matches!(failed, Err(OrderRefused::Store(_))));
    assert!(statuses(&mut world).is_empty());
}

fn product(status: Verdict, note: Option<&str>) -> ProductModeration {
    ProductModeration {
        seller: user("sue"),
        product_id: "p".to_owned(),
        product_name: "Cup".to_owned(),
        status,
        note: note.map(str::to_owned),
        moderator: Some("Root".to_owned()),
    }
}

#[tokio::test(start_paused = true)]
async fn a_verdict_on_a_product_reaches_its_seller_and_admins() {
    let mut world = world();
    pass(7).await;
    world.market.product_moderated(product(Verdict::Approved, None)).await.unwrap();
    let heard = world.heard();
    let at = Timestamp::from_ms(7);
    let sue = Audience::User(user("sue"));
    let approved = json!({
        "productId": "p", "productName": "Cup", "status": "approved", "note": null, "timestamp": at,
    });
    let message = "Your product has been approved";
    let shown = json!({ "productId": "p", "productName": "Cup", "message": message });
    let changed = json!({
        "productId": "p", "productName": "Cup", "status": "approved", "moderator": "Root", "timestamp": at,
    });
    assert_eq!(
        customs(&heard),
        [
            (sue.clone(), "moderation:product_approved".to_owned(), approved),
            (sue, "product:approved".to_owned(), shown),
            (Audience::Role(Role::Admin), "moderation:product_status_changed".to_owned(), changed),
        ]
    );
    let told = notification(&heard).unwrap();
    let (kind, title, text) = (&*told.kind, &*told.title, &*told.message);
    assert_eq!((kind, title), ("product_moderation", "Product Approved"));
    assert_eq!(text, "Your product \"Cup\" has been approved");

    world.market.product_moderated(product(Verdict::Rejected, Some("Blurred"))).await.unwrap();
    let heard = world.heard();
    let names: Vec<_> = customs(&heard).into_iter().map(|(_, name, _)| name).collect();
    assert_eq!(names, ["moderation:product_rejected", "moderation:product_status_changed"]);
    assert_eq!(customs(&heard)[0].2["note"], "Blurred");
    let text = &notification(&heard).unwrap().message;
    assert_eq!(text, "Your product \"Cup\" has been rejected: Blurred");
}

#[tokio::test(start_paused = true)]
async fn a_verdict_on_a_seller_names_the_user_to_admins() {
    let mut world = world();
    world
        .registry
        .told(&user("sid"), &UserPatch { name: Some("Sid".into()), ..UserPatch::default() });
    let seller = SellerModeration {
        user: user("sid"),
        application_id: Some("a".to_owned()),
        status: Verdict::Approved,
        note: None,
        user_name: None,
        business_name: Some("Pots".to_owned()),
        moderator: None,
    };
    world.market.seller_moderated(seller.clone()).await.unwrap();
    let heard = world.heard();
    let sid = Audience::User(user("sid"));
    let at = Timestamp::from_ms(0);
    let verdict =
        json!({ "applicationId": "a", "status": "approved", "note": null, "timestamp": at });
    let welcome =
        json!({ "message": "Your seller application has been approved!", "businessName": "Pots" });
    let changed = json!({
        "applicationId": "a", "userName": "Sid", "status": "approved", "moderator": null, "timestamp": at,
    });
    assert_eq!(
        customs(&heard),
        [
            (sid.clone(), "moderation:seller_approved".to_owned(), verdict),
            (sid, "seller:application:approved".to_owned(), welcome),
            (Audience::Role(Role::Admin), "moderation:seller_status_changed".to_owned(), changed),
        ]
    );
    assert_eq!(notification(&heard).unwrap().kind, "seller_application");
    let (user_name, note) = (Some("Sidney".to_owned()), Some("No papers".to_owned()));
    let rejected = SellerModeration { status: Verdict::Rejected, user_name, note, ..seller };
    world.market.seller_moderated(rejected).await.unwrap();
    let heard = world.heard();
    let told = customs(&heard);
    assert_eq!(told.len(), 2);
    assert_eq!(
        (&*told[0].1, &told[1].2["userName"]),
        ("moderation:seller_rejected", &json!("Sidney"))
    );
    let text = &notification(&heard).unwrap().message;
    assert_eq!(text, "Your seller application has been rejected: No papers");
}

#[test]
fn verdicts_are_read_back() {
    for verdict in [Verdict::Approved, Verdict::Rejected] {
        assert_eq!(Verdict::named(verdict.as_str()), Some(verdict));
    }
    assert_eq!(Verdict::named("pending"), None);
}

#[tokio::test(start_paused = true)]
async fn low_stock_wants_to_be_seen_unless_the_seller_wants_none_of_it() {
    let mut world = world();
    let id = world.market.low_stock(user("sue"), "p", "Cup", 3).await.unwrap();
    let heard = world.heard();
    let told = notification(&heard).unwrap();
    assert_eq!(id.as_ref(), Some(&told.id));
    assert_eq!((&*told.kind, &*told.title), ("low_stock", "Low Stock Alert"));
    assert_eq!(told.message, "Cup is running low (3 left)");
    let data = json!({ "productId": "p", "productName": "Cup", "stock": 3, "priority": "high" });
    assert_eq!(told.data, Some(data));
    let none: Preferences = serde_json::from_value(json!({ "low_stock": false })).unwrap();
    world.registry.preferences.lock().unwrap().insert(user("sue"), none);
    assert_eq!(world.market.low_stock(user("sue"), "p", "Cup", 2).await.unwrap(), None);
    assert!(world.heard().is_empty());
}

fn notice(title: &str, data: Option<Value>, priority: Priority) -> NewNotice {
    let (kind, title) = ("news".to_owned(), title.to_owned());
    NewNotice { kind, title, message: "…".to_owned(), data, priority }
}

#[tokio::test(start_paused = true)]
async fn a_priority_stands_in_the_data_of_a_notification() {
    let mut world = world();
    let whole = [
        (None, Priority::Normal, None),
        (None, Priority::High, Some(json!({ "priority": "high" }))),
        (Some(json!({ "a": 1 })), Priority::Normal, Some(json!({ "a": 1 }))),
        (Some(json!({ "a": 1 })), Priority::High, Some(json!({ "a": 1, "priority": "high" }))),
        (Some(json!([1])), Priority::High, Some(json!({ "value": [1], "priority": "high" }))),
    ];
    for (data, priority, expected) in whole {
        let new = notice("x", data, priority);
        world.market.notify(NotifyWhom::User(user("ann")), new).await.unwrap().unwrap();
        let heard = world.heard();
        assert_eq!(notification(&heard).unwrap().data, expected);
    }
}

#[tokio::test(start_paused = true)]
async fn notices_reach_a_role_or_everyone_and_announcements_say_so() {
    let mut world = world();
    let sellers = NotifyWhom::Role(Role::Staff);
    let id = world.market.notify(sellers, notice("x", None, Priority::High)).await.unwrap();
    world.market.notify(NotifyWhom::Everyone, notice("y", None, Priority::Normal)).await.unwrap();
    let (title, text) = ("Tonight".to_owned(), "We close".to_owned());
    world.market.announce(title, text, Priority::High).await.unwrap();
    let told: Vec<_> = world
        .heard()
        .into_iter()
        .map(|heard| match heard.event {
            DomainEvent::Commerce(CommerceEvent::Notice(notice)) => (heard.audience, notice),
            other => panic!("no notice: {other:?}"),
        })
        .collect();
    let audiences: Vec<_> = told.iter().map(|(audience, _)| audience.clone()).collect();
    assert_eq!(audiences, [Audience::Role(Role::Staff), Audience::All, Audience::All]);
    assert_eq!(Some(&told[0].1.id), id.as_ref());
    assert_eq!(told[0].1.readers, Readers::Role(Role::Staff));
    let announced: Vec<_> = told.iter().map(|(_, notice)| notice.announced).collect();
    assert_eq!(announced, [false, false, true]);
    let last = &told[2].1;
    assert_eq!((&*last.kind, &*last.title, last.priority), ("system", "Tonight", Priority::High));
}

#[tokio::test(start_paused = true)]
async fn whoever_was_away_gets_own_notifications_and_notices_newest_first() {
    let world = world();
    let ann = || NotifyWhom::User(user("ann"));
    let all = [
        (ann(), "before"),
        (NotifyWhom::Everyone, "to all before"),
        (ann(), "to ann"),
        (NotifyWhom::Role(Role::User), "to users"),
        (NotifyWhom::Role(Role::Admin), "to admins"),
        (NotifyWhom::User(user("bob")), "to bob"),
        (NotifyWhom::Everyone, "to all"),
    ];
    for (whom, title) in all {
        pass(10).await;
        world.market.notify(whom, notice(title, None, Priority::High)).await.unwrap();
    }
    let updates = world.market.updates(&user("ann"), Role::User, Timestamp::from_ms(20)).await;
    let updates = updates.unwrap();
    let titles: Vec<_> = updates.iter().map(|update| (update.at.ms(), &*update.title)).collect();
    assert_eq!(titles, [(70, "to all"), (40, "to users"), (30, "to ann")]);
    assert!(updates.iter().all(|update| update.priority == Priority::High));
    for _ in 0..60 {
        for whom in [ann(), NotifyWhom::Everyone] {
            pass(10).await;
            world.market.notify(whom, notice("more", None, Priority::Normal)).await.unwrap();
        }
    }
    let since = Timestamp::default();
    let updates = world.market.updates(&user("ann"), Role::User, since).await.unwrap();
    assert_eq!(updates.len(), MOST_UPDATES as usize);
    assert!(updates.is_sorted_by(|a, b| a.at >= b.at) && updates[0].at.ms() == 70 + 1_200);
    world.shelf.failing.store(true, Ordering::Relaxed);
    assert!(world.market.updates(&user("ann"), Role::User, since).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn sockets_are_closed_behind_a_word_and_that_is_noted() {
    let mut world = world();
    world.crowd.enter(&actor("ann", Role::User), 1);
    let root = user("root");
    assert_eq!(world.market.disconnect(Some(&root), &user("ann"), "Spam").await, 2);
    let heard = world.heard();
    assert_eq!(heard[0].audience, Audience::User(user("ann")));
    assert!(heard[0].event.closes());
    assert!(matches!(&heard[0].event, DomainEvent::Disconnected { reason } if reason == "Spam"));
    // Whoever is not there is not noted.
    world.wire.sockets.store(0, Ordering::Relaxed);
    assert_eq!(world.market.disconnect(None, &user("bob"), "Spam").await, 0);
    let noted = world.audit.find(&AuditFilter::default(), 10).await.unwrap();
    assert_eq!(noted.len(), 1);
    assert_eq!((noted[0].kind, &noted[0].user), (AuditKind::ForceDisconnect, &Some(user("ann"))));
    assert_eq!(noted[0].detail, json!({ "role": "user", "reason": "Spam", "by": "root" }));
}

#[tokio::test(start_paused = true)]
async fn what_was_begun_is_finished_even_if_the_caller_gives_up() {
    let mut world = world();
    *world.shelf.slowness.lock().unwrap() = Duration::from_millis(50);
    let order = order("7");
    let status = world.market.order_status(&order, "shipped", Some(user("ann")));
    assert!(timeout(Duration::from_millis(10), status).await.is_err());
    pass(1_000).await;
    assert!(notification(&world.heard()).is_some());
}
