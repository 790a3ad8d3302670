//! Messages of one group are what they would be one at a time.

use std::sync::Arc;

use futures_util::future::join_all;
use outrigger_domain::{
    events::{Audience, Published, Seqs},
    ids::{ChatId, ImageId},
    messaging::{NewImage, NewMessage, Reading, Stored},
    ports::{FeedStore as _, Store as _},
};
use outrigger_store_story::{Heard, Told, at, custom, new_message, notification, user};
use proptest::{prelude::*, test_runner::TestCaseError};
use sqlx::Row as _;

use super::{counted, open};
use crate::{Options, SqliteStore, chats};

const NAMES: [&str; 3] = ["ann", "ben", "eve"];
const TO: [&str; 6] = ["ann", "ben", "eve", "#room", "#ann_ben", "#a_n_n"];
const TEXTS: [&str; 4] = ["hi", "ho", "", "Zażółć '\"\\ \u{0} 🛶"];

#[derive(Debug, Clone)]
struct Said {
    from: usize,
    to: usize,
    text: usize,
    client_id: Option<usize>,
    window: Option<i64>,
    ms: i64,
    /// Instead of an id of its own.
    id: Option<usize>,
    /// With a picture, with a notification: it cannot be stored together with others.
    more: usize,
}

#[derive(Debug, Clone)]
enum Step {
    Say(Said),
    Grant(usize),
    Revoke(usize),
    Tell(usize),
    TellAll,
    /// Cancels a webhook, and makes another one.
    Read(usize, usize),
}

fn said() -> impl Strategy<Value = Said> {
    (
        (0..NAMES.len(), 0..TO.len(), 0..TEXTS.len()),
        prop::option::weighted(0.4, 0..3_usize),
        prop::option::weighted(0.3, 1..40_i64),
        0..60_i64,
        prop::option::weighted(0.05, 0..2_usize),
        prop_oneof![8 => Just(0_usize), 1 => 1..4_usize],
    )
        .prop_map(|((from, to, text), client_id, window, ms, id, more)| Said {
            from,
            to,
            text,
            client_id,
            window,
            ms,
            id,
            more,
        })
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        20 => said().prop_map(Step::Say),
        1 => (0..NAMES.len()).prop_map(Step::Grant),
        1 => (0..NAMES.len()).prop_map(Step::Revoke),
        1 => (0..NAMES.len()).prop_map(Step::Tell),
        1 => Just(Step::TellAll),
        3 => (1..30_usize, 0..NAMES.len()).prop_map(|(n, who)| Step::Read(n, who)),
    ]
}

fn message(n: usize, said: &Said) -> NewMessage {
    let id = said.id.map_or_else(|| format!("m{n}"), |id| format!("again{id}"));
    let client_id = said.client_id.map(|name| format!("c{name}"));
    let (from, to, text) = (NAMES[said.from], TO[said.to], TEXTS[said.text]);
    let mut new = new_message(&id, from, to, said.ms, client_id.as_deref(), text);
    new.duplicate_since = said.window.map(|ms| at(said.ms - ms));
    if said.more & 1 > 0 {
        let id = ImageId::new(format!("i{n}")).unwrap();
        new.upload = Some(NewImage { id, media_type: "image/png", bytes: vec![1] });
    }
    if said.more & 2 > 0 {
        new.notice = Some(notification(&format!("n{n}"), "eve", said.ms));
    }
    new
}

/// One store, and what was heard of it.
struct Side {
    store: Arc<SqliteStore>,
    heard: Arc<Heard>,
    _folder: tempfile::TempDir,
}

impl Side {
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut options = Options::new(format!("sqlite:{}/test.db", folder.path().display()));
        options.synchronous_full = false;
        options.readers = 1;
        options.webhooks = 20;
        let (heard, told) = (Arc::new(Heard::default()), Arc::new(Told::default()));
        told.listen();
        let store = SqliteStore::open(&options, heard.clone(), told).await.unwrap();
        for name in ["a", "n_n", "ann"] {
            store
                .upsert_user(
                    &user(name),
                    &outrigger_domain::accounts::UserPatch::default(),
                    at(0),
                    None,
                )
                .await
                .unwrap();
        }
        Self { store, heard, _folder: folder }
    }

    /// Does it, and tells what became of it.
    async fn run(&self, n: usize, step: &Step) -> String {
        let room = ChatId::new("room").unwrap();
        let tell =
            |audience| self.store.record(Published::new(at(0), audience, custom("tick", "1")));
        match step {
            Step::Say(said) => match self.store.insert_message(message(n, said)).await {
                Ok(Stored::New(message, notified)) => {
                    format!("{n} new {message:?} {}", notified.is_some())
                }
                Ok(Stored::Duplicate(message)) => format!("{n} duplicate {message:?}"),
                Err(error) => format!("{n} {error}"),
            },
            // Queued at once, unlike those of the port.
            Step::Grant(who) => {
                let change = self.store.memberships.change(&room);
                let users = vec![user(NAMES[*who])];
                let done =
                    self.store.writer.write(chats::Grant { chat: room, users, at: at(0) }).await;
                drop(change);
                format!("{n} {}", done.is_ok())
            }
            Step::Revoke(who) => {
                let change = self.store.memberships.change(&room);
                let users = vec![user(NAMES[*who])];
                let done = self.store.writer.write(chats::Revoke { chat: room, users }).await;
                drop(change);
                format!("{n} {done:?}")
            }
            Step::Read(read, who) => {
                let (id, reader) =
                    (outrigger_store_story::message(&format!("m{read}")), user(NAMES[*who]));
                let read = self.store.mark_read(&id, &reader, Reading::Read, at(99)).await;
                format!("{n} {read:?}")
            }
            Step::Tell(who) => format!("{:?}", tell(Audience::User(user(NAMES[*who]))).await),
            Step::TellAll => {
                let crowd = (0..12).map(|n| user(&format!("u{n}")));
                let all = crowd.chain(NAMES.map(user)).collect();
                format!("{:?}", tell(Audience::Users(all)).await)
            }
        }
    }

    /// All rows that messages make.
    async fn rows(&self) -> Vec<String> {
        let mut rows = Vec::new();
        for query in [
            "SELECT json_array(position, id, sender, receiver, chat, text, image, client_id, hex(digest), created_at,
                 updated_at, delivered_at, read_at) FROM messages ORDER BY position",
            "SELECT json_array(user, seq, at, kind, subject, detail, except_device) FROM feed ORDER BY user, seq",
            "SELECT json_array(user, partner, last_at, last_position, unread) FROM conversations ORDER BY user, partner",
            "SELECT json_array(position, id, kind, user, lane, subject, due_at) FROM webhooks ORDER BY position",
            "SELECT json_array(id, message) FROM images ORDER BY id",
            "SELECT json_array(id, user) FROM notifications ORDER BY position",
        ] {
            let found = sqlx::query(query).fetch_all(&self.store.readers.pool()).await.unwrap();
            rows.extend(found.iter().map(|row| row.get::<String, _>(0)));
        }
        rows
    }
}

async fn same(groups: Vec<Vec<Step>>) -> Result<(), TestCaseError> {
    let (together, alone) = (Side::open().await, Side::open().await);
    let mut n = 0;
    for group in groups {
        let steps: Vec<_> = group
            .iter()
            .map(|step| {
                n += 1;
                (n, step)
            })
            .collect();
        let outcomes = join_all(steps.iter().map(|(n, step)| together.run(*n, step))).await;
        let mut expected = Vec::new();
        for (n, step) in &steps {
            expected.push(alone.run(*n, step).await);
        }
        prop_assert_eq!(outcomes, expected);
        prop_assert_eq!(together.heard.places(), alone.heard.places());
    }
    prop_assert_eq!(together.rows().await, alone.rows().await);
    together.store.close().await;
    alone.store.close().await;
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    #[test]
    fn a_group_is_what_its_messages_are_one_at_a_time(
        groups in prop::collection::vec(prop::collection::vec(step(), 0..24), 1..4)
    ) {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(same(groups))?;
    }
}

/// More than one statement takes, of which some fail, are there already, or are the same.
#[tokio::test]
async fn a_large_group_is_stored_in_a_few_statements() {
    let recorder = metrics_util::debugging::DebuggingRecorder::new();
    let counters = recorder.snapshotter();
    let _guard = metrics::set_default_local_recorder(&recorder);
    let side = Side::open().await;
    let first = new_message("m7", "ann", "ben", 0, None, "taken");
    side.store.insert_message(first).await.unwrap();
    counted(&counters, "outrigger_store_commits_total");
    side.heard.all();
    let new = (0..400).map(|n| {
        let name = format!("c{}", n % 390);
        new_message(&format!("m{n}"), "ann", "ben", n, Some(&name), &format!("text {n}"))
    });
    let stored = join_all(new.map(|new| side.store.insert_message(new))).await;
    assert_eq!(counted(&counters, "outrigger_store_commits_total"), 1, "they were one group");
    for (n, stored) in stored.iter().enumerate() {
        match stored {
            Ok(Stored::New(message, None)) => {
                assert!((n < 390 && n != 7) || n == 397, "{n}");
                assert_eq!(message.id.as_str(), format!("m{n}"));
            }
            Ok(Stored::Duplicate(message)) => {
                assert_eq!(message.id.as_str(), format!("m{}", n - 390));
            }
            Err(_) => assert_eq!(n, 7),
            Ok(other) => panic!("{other:?}"),
        }
    }
    let to_ben = Audience::User(user("ben"));
    let heard = side.heard.all();
    let heard = heard.iter().filter(|event| event.audience == to_ben);
    assert!(heard.map(|event| event.seqs.clone()).eq((2..=391).map(Seqs::One)));
    side.store.close().await;
}

#[tokio::test]
async fn repeated_messages_are_looked_for_where_they_lie() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = open(&folder).await;
    for rows in [2, crate::many::AT_ONCE] {
        let (insert, _) = crate::together::INSERT.for_rows(rows).unwrap();
        let plan = sqlx::query(&format!("EXPLAIN QUERY PLAN {insert}"))
            .fetch_all(&store.readers.pool())
            .await
            .unwrap();
        let plan: Vec<String> = plan.iter().map(|row| row.get("detail")).collect();
        let plan = plan.join("; ");
        for step in [
            "SEARCH messages USING INDEX messages_conversation (sender=? AND receiver=? AND created_at>?)",
            "SEARCH messages USING INDEX messages_chat (chat=? AND created_at>?)",
        ] {
            assert!(plan.contains(step), "{plan}");
        }
        assert!(!plan.contains("SCAN messages"), "{plan}");
    }
    store.close().await;
}
