//! Conversations and unread counts under whatever order of calls, beside a model of what they should be; and names as
//! the view of users and the domain have them.

use std::collections::BTreeMap;

use outrigger_domain::{
    accounts::{Profile, UserPatch},
    messaging::{Deleted, Reading, Unread},
    notifications::NotificationFilter,
    paging::Slice,
    ports::Store as _,
};
use outrigger_sqlite::SqliteStore;
use outrigger_store_story::{at, hello, message, notification, notification_id, user};
use proptest::{prelude::*, test_runner::TestCaseError};

use crate::cases::{config, open, run};

const USERS: [&str; 3] = ["ann", "ben", "eve"];
const ALL: Slice = Slice { offset: 0, limit: 1000 };

#[derive(Debug, Clone)]
enum Step {
    /// A message from one to another, or to oneself, at a time.
    Say(usize, usize, i64),
    Read(usize),
    ReadFrom(usize, usize, u32),
    ReadThese(usize, Vec<usize>),
    Delete(usize),
    Notify(usize),
    ReadNotification(usize),
    DeleteNotification(usize),
    DeleteNotifications(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let (who, any) = (0..3_usize, 0..64_usize);
    prop_oneof![
        8 => (who.clone(), who.clone(), 0..20_i64).prop_map(|(a, b, ms)| Step::Say(a, b, ms)),
        2 => any.clone().prop_map(Step::Read),
        1 => (who.clone(), who.clone(), 0..4_u32).prop_map(|(a, b, n)| Step::ReadFrom(a, b, n)),
        1 => (who.clone(), prop::collection::vec(any.clone(), 0..5))
            .prop_map(|(who, these)| Step::ReadThese(who, these)),
        4 => any.clone().prop_map(Step::Delete),
        3 => who.clone().prop_map(Step::Notify),
        1 => any.clone().prop_map(Step::ReadNotification),
        1 => any.prop_map(Step::DeleteNotification),
        1 => who.prop_map(Step::DeleteNotifications),
    ]
}

/// A message: `n` is the order in which it was stored, which breaks ties of time.
#[derive(Debug, Clone)]
struct Said {
    n: usize,
    id: String,
    from: usize,
    to: usize,
    ms: i64,
    read: bool,
}

#[derive(Default)]
struct Model {
    said: Vec<Said>,
    /// Whose, and whether it was read.
    notifications: BTreeMap<String, (usize, bool)>,
}

impl Model {
    fn between(&self, a: usize, b: usize) -> Vec<&Said> {
        let mut all: Vec<_> = self
            .said
            .iter()
            .filter(|m| (m.from, m.to) == (a, b) || (m.from, m.to) == (b, a))
            .collect();
        all.sort_by_key(|m| (m.ms, m.n));
        all
    }

    fn unread(&self, from: usize, to: usize) -> Vec<String> {
        let all = self.between(from, to);
        all.iter().filter(|m| m.from == from && !m.read).map(|m| m.id.clone()).collect()
    }

    fn mark(&mut self, ids: &[String]) {
        self.said.iter_mut().filter(|m| ids.contains(&m.id)).for_each(|m| m.read = true);
    }
}

async fn take(store: &SqliteStore, model: &mut Model, n: usize, step: Step) {
    let nth = |nth: usize, of: usize| (of > 0).then(|| nth % of);
    let name = |model: &Model, pick: usize| {
        let pick = nth(pick, model.notifications.len())?;
        model.notifications.keys().nth(pick).cloned()
    };
    let now = at(100);
    match step {
        Step::Say(from, to, ms) => {
            let id = format!("m{n}");
            let new = hello(&id, USERS[from], USERS[to], ms);
            store.insert_message(new).await.unwrap();
            model.said.push(Said { n, id, from, to, ms, read: false });
        }
        Step::Read(pick) => {
            let Some(pick) = nth(pick, model.said.len()) else { return };
            let said = &mut model.said[pick];
            let (id, reader) = (message(&said.id), user(USERS[said.to]));
            store.mark_read(&id, &reader, Reading::Read, now).await.unwrap();
            said.read = true;
        }
        Step::ReadFrom(from, to, limit) => {
            let which = Unread::From(user(USERS[from]), limit);
            let reader = user(USERS[to]);
            let read = store.mark_many_read(&reader, &which, Reading::Seen, now).await.unwrap();
            let read: Vec<_> = read.0.iter().map(|m| m.id.to_string()).collect();
            let mut expected = model.unread(from, to);
            expected.truncate(limit as usize);
            assert_eq!(read, expected);
            model.mark(&read);
        }
        Step::ReadThese(reader, picks) => {
            let picks = picks.into_iter().filter_map(|pick| nth(pick, model.said.len()));
            let ids: Vec<_> = picks.map(|pick| model.said[pick].id.clone()).collect();
            let which = Unread::These(ids.iter().map(|id| message(id)).collect());
            let name = user(USERS[reader]);
            store.mark_many_read(&name, &which, Reading::Seen, now).await.unwrap();
            let to_reader = model.said.iter().filter(|m| m.to == reader && ids.contains(&m.id));
            let ids: Vec<_> = to_reader.map(|m| m.id.clone()).collect();
            model.mark(&ids);
        }
        Step::Delete(pick) => {
            let Some(pick) = nth(pick, model.said.len()) else { return };
            let said = model.said.remove(pick);
            let (id, sender) = (message(&said.id), user(USERS[said.from]));
            let deleted = store.delete_message(&id, &sender, now).await.unwrap();
            assert!(matches!(deleted, Deleted::Now(..)));
        }
        Step::Notify(whose) => {
            let id = format!("n{n}");
            store.insert_notification(notification(&id, USERS[whose], 0)).await.unwrap();
            model.notifications.insert(id, (whose, false));
        }
        Step::ReadNotification(pick) => {
            let Some(id) = name(model, pick) else { return };
            let (whose, read) = model.notifications.get_mut(&id).unwrap();
            *read = true;
            let id = notification_id(&id);
            store.read_notifications(&user(USERS[*whose]), None, Some(&id), now).await.unwrap();
        }
        Step::DeleteNotification(pick) => {
            let Some(id) = name(model, pick) else { return };
            let (whose, _) = model.notifications.remove(&id).unwrap();
            let id = notification_id(&id);
            let whose = user(USERS[whose]);
            store.delete_notifications(&whose, None, Some(&id), now).await.unwrap();
        }
        Step::DeleteNotifications(whose) => {
            store.delete_notifications(&user(USERS[whose]), None, None, now).await.unwrap();
            model.notifications.retain(|_, (other, _)| *other != whose);
        }
    }
}

async fn conversations(steps: Vec<Step>) -> Result<(), TestCaseError> {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let mut model = Model::default();
    for (n, step) in steps.into_iter().enumerate() {
        take(&store, &mut model, n, step).await;
        for (a, whose) in USERS.iter().enumerate() {
            let whose = user(whose);
            let mut expected: Vec<_> = (0..3)
                .filter_map(|b| {
                    let last = (*model.between(a, b).last()?).clone();
                    Some((last.ms, last.n, USERS[b], last.id, model.unread(b, a).len() as u64))
                })
                .collect();
            expected.sort_by_key(|(ms, n, ..)| std::cmp::Reverse((*ms, *n)));
            let found = store.conversations(&whose, ALL).await.unwrap();
            prop_assert_eq!(found.total, expected.len() as u64);
            let found =
                found.items.iter().map(|c| (c.partner.as_str(), c.last.id.as_str(), c.unread));
            let wanted = expected
                .iter()
                .map(|(_, _, partner, last, unread)| (*partner, last.as_str(), *unread));
            prop_assert!(found.eq(wanted), "{:?}", expected);
            let partners = store.partners(&whose, 10).await.unwrap();
            let partners = partners.iter().map(|p| (p.user.as_str(), p.last_at, p.unread));
            let wanted = expected.iter().map(|(ms, _, name, _, unread)| (*name, at(*ms), *unread));
            prop_assert!(partners.eq(wanted), "{:?}", expected);

            let unread = model.notifications.values().filter(|of| **of == (a, false)).count();
            prop_assert_eq!(store.unread_notifications(&whose).await.unwrap(), unread as u64);
            let filter = NotificationFilter { kind: None, read: Some(false) };
            let slice = store.notification_slice(&whose, &filter, ALL).await.unwrap();
            prop_assert_eq!((slice.total, slice.items.len()), (unread as u64, unread));
        }
    }
    for (a, b) in [(0, 1), (1, 2), (0, 0)] {
        let slice = store.conversation_slice(&user(USERS[a]), &user(USERS[b]), ALL).await.unwrap();
        let found: Vec<_> = slice.items.iter().map(|m| m.id.to_string()).collect();
        let expected: Vec<_> = model.between(a, b).iter().map(|m| m.id.clone()).collect();
        prop_assert_eq!(found, expected);
    }
    store.close().await;
    Ok(())
}

/// Names and addresses with white space of all kinds around and within.
fn text() -> impl Strategy<Value = Option<String>> {
    prop::option::of("[\\sA-c\u{feff}\u{200b}é🛶]{0,4}")
}

async fn shown(them: Vec<[Option<String>; 4]>) -> Result<(), TestCaseError> {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    for (n, [first_name, last_name, name, email]) in them.into_iter().enumerate() {
        let patch = UserPatch { first_name, last_name, name, email, ..UserPatch::default() };
        let who = format!("u{n}");
        let known = store.upsert_user(&user(&who), &patch, at(0), None).await.unwrap();
        let id = format!("m{n}");
        store.insert_message(hello(&id, &who, "ben", 0)).await.unwrap();
        let found = store.message(&message(&id)).await.unwrap().unwrap();
        prop_assert_eq!(found.sender_profile, Profile::from(&known));
    }
    store.close().await;
    Ok(())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn conversations_are_what_is_left(steps in prop::collection::vec(step(), 0..40)) {
        run(conversations(steps))?;
    }

    #[test]
    fn senders_are_shown_as_the_domain_has_them(
        them in prop::collection::vec([text(), text(), text(), text()], 1..30)
    ) {
        run(shown(them))?;
    }
}
