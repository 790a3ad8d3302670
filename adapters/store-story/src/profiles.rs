//! How users are shown, wherever they are met.

use outrigger_domain::{
    accounts::{Profile, UserPatch},
    events::DomainEvent,
    messaging::{Deleted, Message, Page, Read, Reading, Stored, Unread},
    notifications::NotificationFilter,
    paging::Slice,
};

use crate::{
    at, chat, hello, message, new_message, notification, notification_id, profile, user,
    world::World,
};

fn ann() -> Profile {
    profile(Some("Ann Lee"), Some("/ann.png"))
}

fn ben() -> Profile {
    profile(Some(" Ben "), None)
}

/// Ann with her address; nobody knows one of ben.
fn ann_with_address() -> Profile {
    Profile { email: Some("ann@example.com".into()), ..ann() }
}

fn shown(message: &Message) {
    assert_eq!((&message.sender_profile, &message.receiver_profile), (&ann_with_address(), &ben()));
}

async fn know_them(world: &World) {
    let anns = UserPatch {
        email: Some("ann@example.com".into()),
        first_name: Some("\u{2003}Ann ".into()),
        last_name: Some("Lee\t".into()),
        name: Some(" \n".into()),
        profile_image: Some("/ann.png".into()),
        ..UserPatch::default()
    };
    let bens = UserPatch {
        first_name: Some("Benjamin".into()),
        name: Some(" Ben ".into()),
        ..UserPatch::default()
    };
    for (name, patch) in [("ann", anns), ("ben", bens)] {
        let known = world.store.upsert_user(&user(name), &patch, at(0), None).await.unwrap();
        let expected = if name == "ann" { ann_with_address() } else { ben() };
        assert_eq!(Profile::from(&known), expected);
    }
}

pub(crate) async fn messages_come_with_both_sides(world: &World) {
    let World { store, heard, .. } = world;
    know_them(world).await;
    store.insert_message(hello("m1", "ann", "ben", 0)).await.unwrap();
    shown(&store.message(&message("m1")).await.unwrap().unwrap());
    let page = Page { before: None, limit: 10 };
    shown(&store.conversation(&user("ben"), &user("ann"), &page).await.unwrap()[0]);
    let part = Slice { offset: 0, limit: 10 };
    shown(&store.conversation_slice(&user("ben"), &user("ann"), part).await.unwrap().items[0]);
    let briefs = store.conversations(&user("ben"), part).await.unwrap();
    assert_eq!(briefs.items[0].profile, ann(), "addresses come with messages alone");
    shown(&briefs.items[0].last);
    for mut again in [
        new_message("m2", "ann", "ben", 1, Some("c1"), "x"),
        new_message("m3", "ann", "ben", 1, Some("c1"), "y"),
        new_message("m4", "ann", "ben", 1, None, "x"),
    ] {
        again.duplicate_since = again.message.client_id.is_none().then_some(at(0));
        if let Stored::Duplicate(message) = store.insert_message(again).await.unwrap() {
            shown(&message);
        }
    }
    shown(&store.mark_delivered(&[message("m1")], at(2)).await.unwrap().0[0]);
    let read = async |ms| {
        store.mark_read(&message("m1"), &user("ben"), Reading::Read, at(ms)).await.unwrap()
    };
    let Read::Now(now, _) = read(3).await else { panic!("it was unread") };
    let Read::Before(before) = read(4).await else { panic!("it was read") };
    shown(&now);
    shown(&before);
    let these = Unread::These(vec![message("m2")]);
    shown(&store.mark_many_read(&user("ben"), &these, Reading::Seen, at(5)).await.unwrap().0[0]);
    let fed = store.feed_after(&user("ben"), 0, 10).await.unwrap();
    let first = fed.events[0].event.as_ref().unwrap();
    let DomainEvent::MessageReceived(message_of_feed) = &first.event else { panic!("{first:?}") };
    shown(message_of_feed);
    let deleted = store.delete_message(&message("m1"), &user("ann"), at(6)).await.unwrap();
    let Deleted::Now(deleted, _) = deleted else { panic!("{deleted:?}") };
    shown(&deleted);

    // A chat is shown in no way, and whoever is unknown neither.
    store.insert_message(hello("c1", "ann", "#room", 7)).await.unwrap();
    store.insert_message(hello("z1", "zoe", "ben", 7)).await.unwrap();
    let said = &store.chat_history(&chat("room"), &page).await.unwrap()[0];
    assert_eq!(
        (&said.sender_profile, &said.receiver_profile),
        (&ann_with_address(), &Profile::default())
    );
    let zoes = store.message(&message("z1")).await.unwrap().unwrap();
    assert_eq!((zoes.sender_profile, zoes.receiver_profile), (Profile::default(), ben()));
    // The other way round.
    store.insert_message(hello("m9", "ben", "ann", 8)).await.unwrap();
    let bens = store.message(&message("m9")).await.unwrap().unwrap();
    assert_eq!((bens.sender_profile, bens.receiver_profile), (ben(), ann_with_address()));
    let deleted = store.delete_message(&message("m9"), &user("ben"), at(9)).await.unwrap();
    let Deleted::Now(deleted, _) = deleted else { panic!("{deleted:?}") };
    assert_eq!(deleted.receiver_profile, ann_with_address());
    heard.lines();
}

pub(crate) async fn notifications_come_with_who_caused_them(world: &World) {
    let World { store, .. } = world;
    know_them(world).await;
    let mut new = notification("n1", "ben", 0);
    new.from = Some(user("ann"));
    new.post = Some("post 7".into());
    let stored = store.insert_notification(new.clone()).await.unwrap();
    assert_eq!(*stored.notification, new, "a new one is as it was handed in");
    let expected = outrigger_domain::notifications::Notification { from_profile: ann(), ..new };
    let again = store.insert_notification(notification("n1", "ben", 1)).await.unwrap();
    assert_eq!(*again.notification, expected);
    let (ben, id) = (user("ben"), notification_id("n1"));
    let filter = NotificationFilter::default();
    let part = Slice { offset: 0, limit: 10 };
    for list in [
        store.notifications(&ben, 10, None, false).await.unwrap(),
        store.notifications(&ben, 10, None, true).await.unwrap(),
        store.notification_slice(&ben, &filter, part).await.unwrap().items,
        store.notification(&ben, &id).await.unwrap().into_iter().collect(),
    ] {
        assert_eq!(list, std::slice::from_ref(&expected));
    }
    assert_eq!(store.notification(&user("eve"), &id).await.unwrap(), None, "it is not hers");
    let fed = store.feed_after(&ben, 0, 10).await.unwrap();
    let first = fed.events[0].event.as_ref().unwrap();
    let DomainEvent::Notification(found) = &first.event else { panic!("{first:?}") };
    assert_eq!(**found, expected);
}
