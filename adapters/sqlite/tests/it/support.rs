//! Requests for help under whatever order of calls, beside a model that counts from its own rows.

use std::{cmp::Reverse, collections::BTreeMap};

use futures_util::future::join_all;
use outrigger_domain::{
    ids::UserId,
    paging::Slice,
    ports::{Store as _, SupportStore as _},
    support::{
        Claimed, Contact, ContactPriority, ContactStatus, Released, Resolved, SupportCounts,
    },
    time::Timestamp,
};
use outrigger_sqlite::SqliteStore;
use outrigger_store_story::{admin, at, contact, contact_id, resolver, support_text, user};
use proptest::{prelude::*, test_runner::TestCaseError};

use crate::cases::{config, open, run};

const ADMINS: [&str; 3] = ["ann", "ben", "eve"];

#[derive(Debug, Clone)]
enum Step {
    Ask(usize, usize),
    /// Which, by whom at the same time, and who is lost.
    Claim(usize, Vec<usize>, Vec<usize>),
    Release(usize, usize),
    Resolve(usize, usize),
    Say(usize),
    PutOff(usize, i64),
    Delete(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let which = || 0..5_usize;
    let admins = |least| prop::collection::vec(0..ADMINS.len(), least..4);
    prop_oneof![
        3 => (which(), 0..4_usize).prop_map(|(c, p)| Step::Ask(c, p)),
        4 => (which(), admins(1), admins(0)).prop_map(|(c, a, l)| Step::Claim(c, a, l)),
        2 => (which(), 0..ADMINS.len()).prop_map(|(c, a)| Step::Release(c, a)),
        2 => (which(), 0..ADMINS.len()).prop_map(|(c, a)| Step::Resolve(c, a)),
        2 => which().prop_map(Step::Say),
        1 => (which(), 0..40_i64).prop_map(|(c, ms)| Step::PutOff(c, ms)),
        1 => which().prop_map(Step::Delete),
    ]
}

/// Requests by their ids, each with a number that says when it came.
#[derive(Default)]
struct Model {
    rows: BTreeMap<String, (u32, Contact)>,
    total: u32,
    messages: u64,
    took: Vec<u64>,
}

impl Model {
    fn select(&self, wanted: impl Fn(&Contact) -> bool) -> Vec<&(u32, Contact)> {
        self.rows.values().filter(|(_, contact)| wanted(contact)).collect()
    }

    fn count(&self, status: ContactStatus) -> u64 {
        self.select(|contact| contact.status == status).len() as u64
    }

    /// What becomes of one claim after the others.
    fn claim(&mut self, id: &str, who: &str, lost: &[UserId], ms: i64) -> Claimed {
        let Some((_, contact)) = self.rows.get_mut(id) else { return Claimed::Missing };
        let admin = admin(who, ms);
        match (contact.status, &contact.assigned_admin) {
            (ContactStatus::Resolved, _) => Claimed::Resolved,
            (_, Some(has)) if has.id == admin.id => Claimed::Before(contact.clone()),
            (_, Some(has)) if !lost.contains(&has.id) => Claimed::By(has.clone()),
            _ => {
                contact.status = ContactStatus::InProgress;
                contact.assigned_admin = Some(admin);
                Claimed::Now(contact.clone())
            }
        }
    }
}

fn ids<'a>(contacts: impl IntoIterator<Item = &'a Contact>) -> Vec<&'a str> {
    contacts.into_iter().map(|contact| contact.id.as_str()).collect()
}

async fn check(store: &SqliteStore, model: &Model, now: Timestamp) -> Result<(), TestCaseError> {
    let took: u64 = model.took.iter().sum();
    let counts = SupportCounts {
        total: model.total.into(),
        pending: model.count(ContactStatus::Pending),
        in_progress: model.count(ContactStatus::InProgress),
        messages: model.messages,
        resolved: model.took.len() as u64,
        average_response_ms: took.checked_div(model.took.len() as u64).unwrap_or_default(),
    };
    prop_assert_eq!(store.support_counts().await.unwrap(), counts);
    let all = Slice { offset: 0, limit: 99 };
    let found = store.contacts(None, all).await.unwrap();
    prop_assert_eq!(found.total, model.rows.len() as u64);
    for contact in &found.items {
        prop_assert_eq!(Some(contact), model.rows.get(contact.id.as_str()).map(|(_, row)| row));
    }
    let mut waiting = model.select(|contact| contact.status == ContactStatus::Pending);
    waiting.sort_by_key(|(n, contact)| (Reverse(contact.priority), Reverse(*n)));
    let pending = store.contacts(Some(ContactStatus::Pending), all).await.unwrap().items;
    prop_assert_eq!(ids(&pending), ids(waiting.iter().map(|(_, contact)| contact)));
    waiting.retain(|(_, contact)| contact.assign_at <= now);
    waiting.sort_by_key(|(n, contact)| (Reverse(contact.priority), *n));
    let due = store.contacts_due(now, 99).await.unwrap();
    prop_assert_eq!(ids(&due), ids(waiting.iter().map(|(_, contact)| contact)));
    let mut open = BTreeMap::new();
    for name in ADMINS {
        let has = |one: &Contact| one.assigned_admin.as_ref().is_some_and(|a| a.id == user(name));
        let theirs = |one: &Contact| one.status == ContactStatus::InProgress && has(one);
        let mut chats = model.select(theirs);
        chats.sort_by_key(|(n, _)| *n);
        let found = store.chats_of(&user(name)).await.unwrap();
        prop_assert_eq!(ids(&found), ids(chats.iter().map(|(_, contact)| contact)));
        if !chats.is_empty() {
            open.insert(user(name), chats.len() as u64);
        }
    }
    prop_assert_eq!(store.open_chats().await.unwrap(), open.into_iter().collect::<Vec<_>>());
    Ok(())
}

async fn take(
    store: &SqliteStore,
    model: &mut Model,
    step: Step,
    ms: i64,
) -> Result<(), TestCaseError> {
    let name = |c: usize| format!("c{c}");
    match step {
        Step::Ask(c, priority) => {
            let mut new = contact(&name(c), ContactPriority::ALL[priority], ms);
            new.assign_at = at(ms + 10);
            let added = store.add_contact(&new).await;
            prop_assert_eq!(added.is_err(), model.rows.contains_key(&name(c)));
            if added.is_ok() {
                model.total += 1;
                model.rows.insert(name(c), (model.total, new));
            }
        }
        Step::Claim(c, who, lost) => {
            let (id, lost) =
                (contact_id(&name(c)), lost.iter().map(|n| user(ADMINS[*n])).collect::<Vec<_>>());
            let admins: Vec<_> = who.iter().map(|n| admin(ADMINS[*n], ms)).collect();
            let claims = admins.iter().map(|admin| store.claim_contact(&id, admin, &lost));
            let claimed = join_all(claims).await;
            for (who, claimed) in who.iter().zip(claimed) {
                prop_assert_eq!(
                    claimed.unwrap(),
                    model.claim(id.as_str(), ADMINS[*who], &lost, ms)
                );
            }
        }
        Step::Release(c, who) => {
            let id = contact_id(&name(c));
            let released =
                store.release_contact(&id, &user(ADMINS[who]), at(ms + 5)).await.unwrap();
            let expected = match model.rows.get_mut(id.as_str()) {
                None => Released::Missing,
                Some((_, row)) => {
                    let has = row.assigned_admin.as_ref().map(|admin| admin.id.as_str());
                    if row.status == ContactStatus::InProgress && has == Some(ADMINS[who]) {
                        (row.status, row.assigned_admin) = (ContactStatus::Pending, None);
                        row.assign_at = at(ms + 5);
                        Released::Now(row.clone())
                    } else {
                        Released::NotYours
                    }
                }
            };
            prop_assert_eq!(released, expected);
        }
        Step::Resolve(c, who) => {
            let id = contact_id(&name(c));
            let resolved =
                store.resolve_contact(&id, &resolver(ADMINS[who]), at(ms)).await.unwrap();
            let expected = match model.rows.get_mut(id.as_str()) {
                None => Resolved::Missing,
                Some((_, row)) if row.status == ContactStatus::Resolved => {
                    Resolved::Before(row.clone())
                }
                Some((_, row)) => {
                    row.status = ContactStatus::Resolved;
                    row.resolved_at = Some(at(ms));
                    row.resolved_by = Some(resolver(ADMINS[who]));
                    model.took.push((at(ms).ms() - row.submitted_at.ms()).unsigned_abs());
                    Resolved::Now(row.clone())
                }
            };
            prop_assert_eq!(resolved, expected);
        }
        Step::Say(c) => {
            let said = support_text(&name(c), "ann", "x");
            let kept = store.add_support_message(format!("m{ms}"), said, at(ms)).await;
            prop_assert_eq!(kept.is_ok(), model.rows.contains_key(&name(c)));
            model.messages += u64::from(kept.is_ok());
        }
        Step::PutOff(c, later) => {
            store.put_off_contact(&contact_id(&name(c)), at(ms + later)).await.unwrap();
            if let Some((_, row)) = model.rows.get_mut(&name(c))
                && row.status == ContactStatus::Pending
            {
                row.assign_at = at(ms + later);
            }
        }
        Step::Delete(c) => {
            let there = store.delete_contact(&contact_id(&name(c))).await.unwrap();
            prop_assert_eq!(there, model.rows.remove(&name(c)).is_some());
        }
    }
    Ok(())
}

async fn whatever_happens(steps: Vec<Step>) -> Result<(), TestCaseError> {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let mut model = Model::default();
    for (ms, step) in (0..).zip(steps) {
        take(&store, &mut model, step, ms).await?;
        check(&store, &model, at(ms)).await?;
    }
    store.close().await;
    Ok(())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn one_claim_wins_and_figures_are_those_of_the_rows(steps in prop::collection::vec(step(), 0..40)) {
        run(whatever_happens(steps))?;
    }
}
