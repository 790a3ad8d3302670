//! Feeds and lanes under whatever order of calls, beside a model of what they should be.

use std::sync::Arc;

use outrigger_domain::{
    events::{Audience, DomainEvent, Published},
    ids::WebhookId,
    ports::{FeedStore as _, Horizon, NoWebhooks, Outbox, Posting, Store as _, WebhookStore as _},
    time::Timestamp,
    webhooks::{NewWebhook, Settled, WebhookKind, WebhookState},
};
use outrigger_sqlite::SqliteStore;
use outrigger_store_story::{Heard, at, custom, user, webhook};
use proptest::{prelude::*, test_runner::TestCaseError};

use crate::cases::{config, quick, run};

async fn open(
    folder: &tempfile::TempDir,
    webhooks: u64,
    outbox: Arc<dyn Outbox>,
) -> Arc<SqliteStore> {
    let mut options = quick(folder.path());
    options.webhooks = webhooks;
    SqliteStore::open(&options, Arc::new(Heard::default()), outbox).await.unwrap()
}

#[derive(Debug, Clone)]
enum FeedStep {
    /// An event of a user, at a time.
    Event(usize, i64),
    /// One for several.
    Events(Vec<usize>, i64),
    /// Everything before that is too old.
    Prune(i64),
}

fn feed_step() -> impl Strategy<Value = FeedStep> {
    let ms = 0..50_i64;
    prop_oneof![
        6 => (0..3_usize, ms.clone()).prop_map(|(user, ms)| FeedStep::Event(user, ms)),
        1 => (prop::collection::vec(0..3_usize, 0..12), ms.clone())
            .prop_map(|(users, ms)| FeedStep::Events(users, ms)),
        2 => ms.prop_map(FeedStep::Prune),
    ]
}

const USERS: [&str; 3] = ["ann", "ben", "eve"];

async fn feeds(steps: Vec<FeedStep>) -> Result<(), TestCaseError> {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder, 10, Arc::new(NoWebhooks)).await;
    // Of each user: how many there were, and number and time of those that are kept.
    let mut model: [(u64, Vec<(u64, i64)>); 3] = Default::default();
    for step in steps {
        let (of, audience, ms) = match step {
            FeedStep::Event(of, ms) => (vec![of], Audience::User(user(USERS[of])), ms),
            FeedStep::Events(of, ms) => {
                let users = of.iter().map(|of| user(USERS[*of])).collect();
                (of, Audience::Users(users), ms)
            }
            FeedStep::Prune(ms) => {
                let begin = Timestamp::default();
                let horizon = Horizon {
                    now: begin,
                    answers: begin,
                    audit: begin,
                    feed: at(ms),
                    dead_webhooks: begin,
                };
                store.prune(&horizon).await.unwrap();
                for (_, kept) in &mut model {
                    while kept.len() > 1 && kept[0].1 < ms {
                        kept.remove(0);
                    }
                }
                continue;
            }
        };
        for one in (0..3).filter(|one| of.contains(one)) {
            let (count, kept) = &mut model[one];
            *count += 1;
            kept.push((*count, ms));
        }
        store.record(Published::new(at(ms), audience, custom("tick", "1"))).await.unwrap();
    }
    for (name, (head, kept)) in USERS.iter().zip(&model) {
        let page = store.feed_after(&user(name), 0, 1000).await.unwrap();
        prop_assert_eq!(page.head, *head);
        prop_assert_eq!(page.oldest, kept.first().map_or(0, |(seq, _)| *seq));
        let found: Vec<_> =
            page.events.iter().map(|fed| (fed.seq, fed.event.as_ref().unwrap().at)).collect();
        let expected: Vec<_> = kept.iter().map(|(seq, ms)| (*seq, at(*ms))).collect();
        prop_assert_eq!(found, expected);
    }
    store.close().await;
    Ok(())
}

/// Cancels what an event of the app names.
struct Cancels;

impl Outbox for Cancels {
    fn posting(&self, event: &Published) -> Posting {
        let DomainEvent::Custom(custom) = &event.event else { return Posting::default() };
        Posting { add: Vec::new(), cancel: vec![custom.name.to_string()] }
    }

    fn posted(&self) {}

    fn left_out(&self, _: WebhookKind) {}
}

#[derive(Debug, Clone)]
enum LaneStep {
    /// One in a lane, or in none, with a subject.
    Post(Option<usize>, usize),
    /// The outcome of one that is due, or not.
    Done(usize),
    Again(usize),
    Dead(usize),
    Cancel(usize),
    Retry(usize),
    RetryAll,
    Remove(usize),
}

fn lane_step() -> impl Strategy<Value = LaneStep> {
    let any = 0..16_usize;
    prop_oneof![
        8 => (prop::option::weighted(0.8, 0..3_usize), 0..4_usize)
            .prop_map(|(lane, subject)| LaneStep::Post(lane, subject)),
        2 => any.clone().prop_map(LaneStep::Done),
        2 => any.clone().prop_map(LaneStep::Again),
        3 => any.clone().prop_map(LaneStep::Dead),
        1 => (0..4_usize).prop_map(LaneStep::Cancel),
        2 => any.clone().prop_map(LaneStep::Retry),
        1 => Just(LaneStep::RetryAll),
        1 => any.prop_map(LaneStep::Remove),
    ]
}

#[derive(Debug)]
struct Kept {
    id: String,
    lane: Option<usize>,
    subject: usize,
    dead: bool,
}

const MOST: usize = 9;

async fn lanes(steps: Vec<LaneStep>) -> Result<(), TestCaseError> {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder, MOST as u64, Arc::new(Cancels)).await;
    let mut model: Vec<Kept> = Vec::new();
    for (n, step) in steps.into_iter().enumerate() {
        let now = at(i64::try_from(n).unwrap());
        let find = |model: &[Kept], nth: usize| {
            (!model.is_empty()).then(|| nth % model.len()).map(|at| (at, model[at].id.clone()))
        };
        let id = |id: &str| WebhookId::new(id).unwrap();
        let settle = async |id: &str, settled: Settled| {
            store.settle_webhook(&WebhookId::new(id).unwrap(), &settled, now).await.unwrap();
        };
        match step {
            LaneStep::Post(lane, subject) => {
                let name = format!("w{n}");
                let new = webhook(&name, lane.map(|lane| USERS[lane]), now);
                let new = NewWebhook { subject: Some(format!("s{subject}")), ..new };
                let room = model.iter().filter(|kept| !kept.dead).count() < MOST;
                prop_assert_eq!(store.post_webhooks(vec![new]).await.is_ok(), room);
                if room {
                    model.push(Kept { id: name, lane, subject, dead: false });
                }
            }
            LaneStep::Done(nth) => {
                let Some((at, name)) = find(&model, nth) else { continue };
                settle(&name, Settled::Done).await;
                if !model[at].dead {
                    model.remove(at);
                }
            }
            LaneStep::Again(nth) => {
                let Some((_, name)) = find(&model, nth) else { continue };
                settle(&name, Settled::Again { due_at: now, error: "e".into() }).await;
            }
            LaneStep::Dead(nth) => {
                let Some((at, name)) = find(&model, nth) else { continue };
                settle(&name, Settled::Dead { error: "e".into() }).await;
                model[at].dead = true;
            }
            LaneStep::Cancel(subject) => {
                let event = custom(&format!("s{subject}"), "1");
                store.record(Published::new(now, Audience::All, event)).await.unwrap();
                model.retain(|kept| kept.dead || kept.subject != subject);
            }
            LaneStep::Retry(nth) => {
                let Some((at, name)) = find(&model, nth) else { continue };
                let retried = store.retry_webhooks(Some(&id(&name)), now).await.unwrap();
                prop_assert_eq!(retried, u64::from(model[at].dead));
                model[at].dead = false;
            }
            LaneStep::RetryAll => {
                let retried = store.retry_webhooks(None, now).await.unwrap();
                prop_assert_eq!(retried, model.iter().filter(|kept| kept.dead).count() as u64);
                model.iter_mut().for_each(|kept| kept.dead = false);
            }
            LaneStep::Remove(nth) => {
                let Some((at, name)) = find(&model, nth) else { continue };
                prop_assert!(store.remove_webhook(&id(&name), now).await.unwrap());
                model.remove(at);
            }
        }
        for (state, dead) in [(WebhookState::Waiting, false), (WebhookState::Dead, true)] {
            let found = store.webhooks(state, None, 100).await.unwrap();
            let found: Vec<_> =
                found.iter().map(|kept| (kept.id.as_str(), kept.due_at.is_some())).collect();
            let is_due = |kept: &Kept| {
                let first = model.iter().find(|other| !other.dead && other.lane == kept.lane);
                !kept.dead && (kept.lane.is_none() || first.is_some_and(|one| one.id == kept.id))
            };
            let expected = model.iter().filter(|kept| kept.dead == dead);
            let expected: Vec<_> = expected.map(|kept| (kept.id.as_str(), is_due(kept))).collect();
            prop_assert_eq!(found, expected);
        }
    }
    store.close().await;
    Ok(())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_feed_is_a_suffix_of_what_there_was(steps in prop::collection::vec(feed_step(), 0..40)) {
        run(feeds(steps))?;
    }

    #[test]
    fn the_first_of_each_lane_is_due(steps in prop::collection::vec(lane_step(), 0..40)) {
        run(lanes(steps))?;
    }
}
