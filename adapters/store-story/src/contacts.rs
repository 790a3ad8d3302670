//! Requests for help: as they came, in lists, as they are given away.

use outrigger_domain::{
    paging::{Slice, Sliced},
    ports::Horizon,
    support::{Contact, ContactPriority, ContactStatus, SupportCounts},
};

use crate::{
    at,
    feed_pages::horizon,
    support_words::{admin, contact, contact_id, resolver, support_text},
    user,
    world::World,
};

const DAY: i64 = 24 * 3_600_000;

fn names(contacts: &[Contact]) -> Vec<&str> {
    contacts.iter().map(|contact| contact.id.as_str()).collect()
}

fn part(offset: u64, limit: u32) -> Slice {
    Slice { offset, limit }
}

pub(crate) async fn a_request_is_as_it_came(world: &World) {
    let store = world.store.as_ref();
    let full = Contact {
        name: "Żółw \"x\"".into(),
        subject: Some(String::new()),
        phone: Some("+48 1".into()),
        user: Some(user("eve")),
        access_digest: std::array::from_fn(|n| u8::try_from(n * 8).unwrap()),
        status: ContactStatus::Resolved,
        assigned_admin: Some(admin("ann", 2)),
        resolved_at: Some(at(3)),
        resolved_by: Some(resolver("ben")),
        ..contact("c1", ContactPriority::Urgent, 1)
    };
    store.add_contact(&full).await.unwrap();
    assert_eq!(store.contact(&full.id).await.unwrap().as_ref(), Some(&full));
    let same_name = contact("c1", ContactPriority::Low, 9);
    assert!(store.add_contact(&same_name).await.is_err(), "one id is one request");
    for priority in ContactPriority::ALL {
        let new = contact(priority.as_str(), priority, 1);
        store.add_contact(&new).await.unwrap();
        assert_eq!(store.contact(&new.id).await.unwrap(), Some(new));
    }
    assert_eq!(store.contact(&full.id).await.unwrap(), Some(full));
    assert_eq!(store.contact(&contact_id("c2")).await.unwrap(), None);
    assert_eq!(world.heard.lines(), [""; 0]);
}

pub(crate) async fn those_that_wait_come_urgent_first(world: &World) {
    let store = world.store.as_ref();
    for (id, priority, ms) in [
        ("low", ContactPriority::Low, 9),
        ("old", ContactPriority::Normal, 1),
        ("urgent", ContactPriority::Urgent, 2),
        ("new", ContactPriority::Normal, 5),
        ("twin", ContactPriority::Normal, 5),
        ("high", ContactPriority::High, 3),
        ("taken", ContactPriority::Urgent, 8),
        ("done", ContactPriority::Urgent, 7),
    ] {
        let whose = (id != "low").then(|| user("eve"));
        let new = Contact { user: whose, ..contact(id, priority, ms) };
        store.add_contact(&new).await.unwrap();
    }
    store.claim_contact(&contact_id("taken"), &admin("ann", 9), &[]).await.unwrap();
    store.resolve_contact(&contact_id("done"), &resolver("ann"), at(9)).await.unwrap();
    let list = async |status, slice| store.contacts(status, slice).await.unwrap();
    let Sliced { items, total } = list(Some(ContactStatus::Pending), part(0, 9)).await;
    assert_eq!(names(&items), ["urgent", "high", "twin", "new", "old", "low"], "then the newest");
    assert_eq!(total, 6);
    let middle = list(Some(ContactStatus::Pending), part(2, 2)).await;
    assert_eq!((names(&middle.items), middle.total), (vec!["twin", "new"], 6));
    for (status, name) in [(ContactStatus::InProgress, "taken"), (ContactStatus::Resolved, "done")]
    {
        let found = list(Some(status), part(0, 9)).await;
        assert_eq!((names(&found.items), found.total), (vec![name], 1));
        assert_eq!(list(Some(status), part(1, 9)).await, Sliced { items: vec![], total: 1 });
    }
    let newest = ["low", "taken", "done", "twin", "new", "high", "urgent", "old"];
    let all = list(None, part(0, 9)).await;
    assert_eq!((names(&all.items), all.total), (newest.to_vec(), 8));
    let theirs = store.contacts_of(&user("eve"), part(1, 3)).await.unwrap();
    assert_eq!((names(&theirs.items), theirs.total), (vec!["done", "twin", "new"], 7));
    assert_eq!(store.contacts_of(&user("ann"), part(0, 9)).await.unwrap().total, 0);
}

pub(crate) async fn those_due_are_given_away_oldest_first(world: &World) {
    let store = world.store.as_ref();
    for (id, priority, ms) in [
        ("low", ContactPriority::Low, 0),
        ("second", ContactPriority::Normal, 5),
        ("twin", ContactPriority::Normal, 5),
        ("first", ContactPriority::Normal, 1),
        ("urgent", ContactPriority::Urgent, 9),
        ("taken", ContactPriority::Urgent, 1),
    ] {
        store.add_contact(&contact(id, priority, ms)).await.unwrap();
    }
    store.claim_contact(&contact_id("taken"), &admin("ann", 2), &[]).await.unwrap();
    let due = async |ms: i64, limit| {
        let due = store.contacts_due(at(300_000 + ms), limit).await.unwrap();
        due.into_iter().map(|contact| contact.id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(due(-1, 9).await, [""; 0]);
    assert_eq!(due(1, 9).await, ["first", "low"]);
    assert_eq!(due(9, 9).await, ["urgent", "first", "second", "twin", "low"]);
    assert_eq!(due(9, 2).await, ["urgent", "first"]);
    store.put_off_contact(&contact_id("urgent"), at(300_020)).await.unwrap();
    store.put_off_contact(&contact_id("unknown"), at(300_020)).await.unwrap();
    assert_eq!(due(19, 9).await, ["first", "second", "twin", "low"]);
    assert_eq!(due(20, 1).await, ["urgent"]);
    store.release_contact(&contact_id("taken"), &user("ann"), at(300_030)).await.unwrap();
    assert_eq!(due(29, 1).await, ["urgent"]);
    assert_eq!(due(30, 2).await, ["taken", "urgent"]);
}

pub(crate) async fn an_admins_chats_come_oldest_first(world: &World) {
    let store = world.store.as_ref();
    for (id, ms, who) in [("a", 3, "ann"), ("b", 1, "ann"), ("c", 2, "ben"), ("d", 4, "ann")] {
        store.add_contact(&contact(id, ContactPriority::Normal, ms)).await.unwrap();
        store.claim_contact(&contact_id(id), &admin(who, 10 - ms), &[]).await.unwrap();
    }
    let chats = async |who: &str| {
        let chats = store.chats_of(&user(who)).await.unwrap();
        chats.into_iter().map(|contact| contact.id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(chats("ann").await, ["b", "a", "d"]);
    assert_eq!(store.open_chats().await.unwrap(), [(user("ann"), 3), (user("ben"), 1)]);
    store.resolve_contact(&contact_id("a"), &resolver("ben"), at(20)).await.unwrap();
    store.release_contact(&contact_id("c"), &user("ben"), at(20)).await.unwrap();
    assert_eq!((chats("ann").await, chats("ben").await), (vec!["b".into(), "d".into()], vec![]));
    assert_eq!(store.open_chats().await.unwrap(), [(user("ann"), 2)]);
}

pub(crate) async fn figures_follow_what_happens(world: &World) {
    let store = world.store.as_ref();
    let counts = async || store.support_counts().await.unwrap();
    assert_eq!(counts().await, SupportCounts::default());
    for (id, ms) in [("a", 0), ("b", 100), ("c", 200), ("d", 300), ("e", 5_000)] {
        store.add_contact(&contact(id, ContactPriority::Normal, ms)).await.unwrap();
    }
    for id in ["a", "b", "c"] {
        store.claim_contact(&contact_id(id), &admin("ann", 400), &[]).await.unwrap();
    }
    store.release_contact(&contact_id("c"), &user("ann"), at(500)).await.unwrap();
    store.resolve_contact(&contact_id("a"), &resolver("ann"), at(1_000)).await.unwrap();
    store.resolve_contact(&contact_id("a"), &resolver("ann"), at(9_000)).await.unwrap();
    store.add_support_message("m1".into(), support_text("b", "ann", "x"), at(600)).await.unwrap();
    let first = SupportCounts {
        total: 5,
        pending: 3,
        in_progress: 1,
        messages: 1,
        resolved: 1,
        average_response_ms: 1_000,
    };
    assert_eq!(counts().await, first);
    store.resolve_contact(&contact_id("d"), &resolver("ann"), at(601)).await.unwrap();
    // A clock that was set back does not make the others faster.
    store.resolve_contact(&contact_id("e"), &resolver("ann"), at(4_000)).await.unwrap();
    let second = SupportCounts { pending: 1, resolved: 3, average_response_ms: 433, ..first };
    assert_eq!(counts().await, second);

    // What is forgotten came, was said and was done all the same.
    for id in ["a", "b", "c"] {
        assert!(store.delete_contact(&contact_id(id)).await.unwrap());
        assert!(!store.delete_contact(&contact_id(id)).await.unwrap());
    }
    assert_eq!(counts().await, SupportCounts { pending: 0, in_progress: 0, ..second });
}

pub(crate) async fn a_chat_is_its_last_messages(world: &World) {
    let store = world.store.as_ref();
    for id in ["c1", "c2"] {
        store.add_contact(&contact(id, ContactPriority::Normal, 0)).await.unwrap();
    }
    let mut all = Vec::new();
    for n in 0..5 {
        let mut said = support_text("c1", "ann", &format!("no. {n}"));
        if n % 2 == 0 {
            said.speaker = outrigger_domain::support::Speaker::Submitter;
            said.kind = "żółw".into();
        }
        let kept =
            store.add_support_message(format!("m{n}"), said.clone(), at(9 - n)).await.unwrap();
        assert_eq!((kept.id.clone(), &kept.said, kept.at), (format!("m{n}"), &said, at(9 - n)));
        all.push(kept);
    }
    let id = contact_id("c1");
    assert_eq!(store.support_messages(&id, 9).await.unwrap(), all, "in the order they came in");
    assert_eq!(store.support_messages(&id, 2).await.unwrap(), all[3..]);
    assert_eq!(store.support_messages(&contact_id("c2"), 9).await.unwrap(), []);
    let to_nobody = support_text("unknown", "ann", "x");
    assert!(store.add_support_message("m9".into(), to_nobody, at(1)).await.is_err());
    let twice = support_text("c2", "ann", "x");
    assert!(store.add_support_message("m1".into(), twice, at(1)).await.is_err());
    assert_eq!(store.support_counts().await.unwrap().messages, 5);

    assert!(store.delete_contact(&id).await.unwrap());
    assert_eq!(store.support_messages(&id, 9).await.unwrap(), []);
    store.add_contact(&contact("c1", ContactPriority::Low, 5)).await.unwrap();
    assert_eq!(store.support_messages(&id, 9).await.unwrap(), [], "nor in the next one's chat");
}

pub(crate) async fn requests_are_forgotten_ninety_days_after_they_were_done(world: &World) {
    let store = world.store.as_ref();
    for (id, done) in [("old", Some(10)), ("young", Some(11)), ("waits", None)] {
        store.add_contact(&contact(id, ContactPriority::Normal, 0)).await.unwrap();
        for n in 0..3 {
            let text = support_text(id, "ann", "x");
            store.add_support_message(format!("{id}{n}"), text, at(1)).await.unwrap();
        }
        if let Some(ms) = done {
            store.resolve_contact(&contact_id(id), &resolver("ann"), at(ms)).await.unwrap();
        }
    }
    let prune = async |now| {
        store.prune(&Horizon { now, ..horizon(at(0)) }).await.unwrap();
        names(&store.contacts(None, part(0, 9)).await.unwrap().items).join(" ")
    };
    assert_eq!(prune(at(90 * DAY + 10)).await, "waits young old");
    assert_eq!(prune(at(90 * DAY + 11)).await, "waits young");
    assert_eq!(store.support_messages(&contact_id("young"), 9).await.unwrap().len(), 3);
    assert_eq!(prune(at(999 * DAY)).await, "waits");
    let counts = store.support_counts().await.unwrap();
    assert_eq!((counts.total, counts.pending, counts.resolved, counts.messages), (3, 1, 2, 9));
}
