//! Messages sent to many: who owns them, how far they come, what is told of it.

use outrigger_domain::{
    events::{Audience, DomainEvent},
    notifications::Notification,
    paging::{Slice, Sliced},
    tracking::{
        MessageUpdate, Registered, Registration, Tracked, TrackedStatus as Status, Updated,
    },
};

use crate::{
    at, notification,
    tracked_words::{registration, said, tracked_id, update},
    user,
    world::World,
};

fn notice(id: &str, whose: &str) -> Notification {
    notification(id, whose, 0)
}

fn known(registered: Registered) -> Tracked {
    match registered {
        Registered::Now(tracked) => Tracked::clone(&tracked),
        Registered::OtherOwner => panic!("it belongs to somebody else"),
    }
}

pub(crate) async fn a_message_belongs_to_whom_it_was_first_told_of_for(world: &World) {
    let World { store, heard, .. } = world;
    assert_eq!(store.tracked(&tracked_id("m1")).await.unwrap(), None);
    let first = known(store.register(&registration("m1", "ann"), at(1)).await.unwrap());
    assert_eq!((first.status, first.owner.as_str()), (Status::Draft, "ann"));
    assert_eq!((first.created_at, first.updated_at, first.sent_at), (at(1), at(1), None));
    assert_eq!(store.tracked(&tracked_id("m1")).await.unwrap(), Some(first.clone()));

    let theirs = registration("m1", "ben");
    assert_eq!(store.register(&theirs, at(2)).await.unwrap(), Registered::OtherOwner);
    let sent = update("m1", "ben", Status::Sent);
    let updated = store.update_tracked(&sent, notice("n1", "ben"), at(2)).await.unwrap();
    assert_eq!(updated, Updated::OtherOwner);
    let told = vec![said("r1", "SENT", "+48 1")];
    let taken = store.update_recipients(&tracked_id("m1"), &user("ben"), told, at(2)).await;
    assert_eq!(taken.unwrap(), outrigger_domain::tracking::RecipientsUpdated::OtherOwner);
    assert_eq!(store.tracked(&tracked_id("m1")).await.unwrap(), Some(first));
    assert_eq!(store.recipients_since(&tracked_id("m1"), 0, 9).await.unwrap(), []);
    assert_eq!(store.unread_notifications(&user("ben")).await.unwrap(), 0);
    assert_eq!(store.message_stats(Some(&user("ben"))).await.unwrap().total_messages, 0);
    assert_eq!(heard.lines(), [""; 0]);
}

pub(crate) async fn registering_adds_to_what_is_known(world: &World) {
    let World { store, heard, .. } = world;
    let full = Registration {
        status: Some(Status::Scheduled),
        subject: Some("Żagle".into()),
        content: Some("half the price".into()),
        kind: Some("EMAIL".into()),
        template: Some("t1".into()),
        total: Some(7),
        scheduled_at: Some(at(99)),
        ..registration("m1", "ann")
    };
    let first = known(store.register(&full, at(1)).await.unwrap());
    assert_eq!((first.status, first.total, first.sent_at), (Status::Scheduled, Some(7), None));
    assert_eq!((first.kind.as_deref(), first.scheduled_at), (Some("EMAIL"), Some(at(99))));
    assert_eq!(store.tracked(&first.id).await.unwrap(), Some(first.clone()));

    let again = known(store.register(&full, at(2)).await.unwrap());
    assert_eq!(again, first, "nothing new, so nothing changed");
    let more = Registration {
        status: Some(Status::Draft),
        content: Some("a third".into()),
        ..registration("m1", "ann")
    };
    let now = known(store.register(&more, at(3)).await.unwrap());
    let expected = Tracked { content: Some("a third".into()), updated_at: at(3), ..first.clone() };
    assert_eq!(now, expected, "what is absent stays, and the status does not go backwards");
    let sent = Registration { status: Some(Status::Sent), ..registration("m1", "ann") };
    let now = known(store.register(&sent, at(4)).await.unwrap());
    assert_eq!((now.status, now.sent_at, now.updated_at), (Status::Sent, Some(at(4)), at(4)));
    assert_eq!(store.tracked(&first.id).await.unwrap(), Some(now));
    assert_eq!(heard.lines(), [""; 0], "nobody is told");
}

pub(crate) async fn a_status_goes_forward_and_is_told(world: &World) {
    let World { store, heard, .. } = world;
    let tell = async |update: &MessageUpdate, n: i64| {
        let notice = notice(&format!("n{n}"), "ann");
        store.update_tracked(update, notice, at(n)).await.unwrap()
    };
    let sending = update("m1", "ann", Status::Sending);
    let Updated::Now(first, Some(notified), when) = tell(&sending, 1).await else { panic!() };
    assert_eq!((first.status, first.created_at, when), (Status::Sending, at(1), at(1)));
    assert_eq!((notified.notification.id.as_str(), notified.unread), ("n1", 1));
    let events = heard.all();
    let expected = Audience::Tracked { owner: user("ann"), message: tracked_id("m1") };
    assert_eq!(events[0].audience, expected);
    let DomainEvent::TrackedMessage(told) = &events[0].event else { panic!() };
    assert_eq!(told, &first);
    assert_eq!(events[0].seqs, outrigger_domain::events::Seqs::None, "it has no place in a feed");
    assert_eq!(events.len(), 3, "with the notification and the count of unread ones");

    assert_eq!(tell(&sending, 2).await, Updated::Before(first.clone()), "it is known");
    assert_eq!(tell(&update("m1", "ann", Status::Draft), 3).await, Updated::Before(first));
    assert_eq!(heard.lines(), [""; 0]);

    let sent = MessageUpdate {
        success: Some(5),
        failed: Some(1),
        cost: Some(0.35),
        ..update("m1", "ann", Status::Sent)
    };
    let Updated::Now(now, Some(_), _) = tell(&sent, 4).await else { panic!() };
    assert_eq!((now.success_count(), now.failed_count()), (Some(5), Some(1)));
    assert_eq!((now.total_cost(), now.sent_at), (Some(0.35), Some(at(4))));
    assert_eq!(
        heard.places(),
        ["tracked m1 of ann: m1 SENT []", "user ann: notified n4 [2]", "user ann: 2 unread []"]
    );
    let dearer = MessageUpdate { cost: Some(0.4), ..update("m1", "ann", Status::Sent) };
    let Updated::Now(now, None, _) = tell(&dearer, 5).await else { panic!() };
    assert_eq!((now.success_count(), now.total_cost()), (Some(5), Some(0.4)), "the rest stays");
    assert_eq!(heard.lines(), ["tracked m1 of ann: m1 SENT"], "no notification of that");
    let late = MessageUpdate { cost: Some(9.0), ..update("m1", "ann", Status::Sending) };
    assert!(matches!(tell(&late, 6).await, Updated::Before(..)), "nothing of it is news");
    let failed = update("m1", "ann", Status::Failed);
    let Updated::Now(now, Some(_), _) = tell(&failed, 7).await else { panic!() };
    assert_eq!((now.status, now.sent_at, now.cost), (Status::Failed, Some(at(4)), Some(0.4)));
    assert_eq!(store.tracked(&now.id).await.unwrap().as_ref(), Some(&*now));
}

pub(crate) async fn a_users_messages_come_latest_first(world: &World) {
    let World { store, .. } = world;
    for (id, owner, ms) in
        [("m1", "ann", 1), ("m2", "ann", 3), ("m3", "ann", 2), ("m4", "ben", 9), ("m5", "ann", 3)]
    {
        store.register(&registration(id, owner), at(ms)).await.unwrap();
    }
    let read = async |owner: &str, offset, limit| {
        let slice = Slice { offset, limit };
        let Sliced { items, total } = store.tracked_of(&user(owner), slice).await.unwrap();
        let ids: Vec<_> = items.iter().map(|tracked| tracked.id.as_str()).collect();
        (ids.join(" "), total)
    };
    assert_eq!(read("ann", 0, 9).await, ("m5 m2 m3 m1".into(), 4));
    assert_eq!(read("ann", 1, 2).await, ("m2 m3".into(), 4));
    assert_eq!(read("ann", 4, 2).await, (String::new(), 4));
    assert_eq!(read("ben", 0, 1).await, ("m4".into(), 1));
    assert_eq!(read("eve", 0, 9).await, (String::new(), 0));
}
