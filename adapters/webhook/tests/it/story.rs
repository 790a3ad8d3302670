//! From a commit in the store to the app, through everything in between.

use std::{sync::Arc, time::Duration};

use axum::{http::StatusCode, response::IntoResponse};
use outrigger_domain::{
    accounts::Profile,
    events::Secret,
    ids::{DeviceId, MessageId, UserId},
    local_bus::LocalBus,
    messaging::{Deliveries, Message, NewMessage, Reading, Recipient},
    naming::{Ids, Uuids},
    ports::{Bus, Store as _, WebhookStore as _},
    presence::{LeaseGraces, LeaseParts, Leases, Presence},
    time::{Clock, SystemClock},
    webhooks::{Rules, Sender, SenderParts, SendingLimits, WebhookKind},
};
use outrigger_sqlite::{Options, SqliteStore};
use outrigger_webhook::HttpEndpoint;
use serde_json::Value;
use tokio::{task::JoinSet, time::sleep};

use crate::app::{App, SECRET};

const MISSED_AFTER: Duration = Duration::from_millis(1_500);

/// A process of the sidecar, without sockets.
struct Process {
    store: Arc<SqliteStore>,
    presence: Arc<Presence>,
    deliveries: Arc<Deliveries>,
    _tasks: JoinSet<()>,
}

async fn process(node: &str, dir: &tempfile::TempDir, app: &App) -> Process {
    let (bus, mut events) = LocalBus::new();
    let (bus, clock): (Arc<dyn Bus>, Arc<dyn Clock>) = (Arc::new(bus), Arc::new(SystemClock));
    let ids: Arc<dyn Ids> = Arc::new(Uuids);
    let presence = Arc::new(Presence::new(bus.clone(), clock.clone()));
    let kinds = || WebhookKind::ALL.into();
    let rules = Arc::new(Rules::new(kinds(), MISSED_AFTER, presence.clone(), ids.clone()));
    let options = Options::new(format!("sqlite:{}", dir.path().join("story.db").display()));
    let store = SqliteStore::open(&options, bus, rules.clone()).await.unwrap();
    let timeout = Duration::from_millis(500);
    let endpoint =
        HttpEndpoint::new(&app.url(), &Secret::new(SECRET), timeout, clock.clone()).unwrap();
    let sender = Sender::new(SenderParts {
        store: store.clone(),
        endpoint: Arc::new(endpoint),
        presence: presence.clone(),
        clock: clock.clone(),
        wake: rules.wake(),
        limits: SendingLimits { attempts: 5, concurrency: 4, settling: Duration::ZERO },
    });
    let leases = Leases::new(LeaseParts {
        store: store.clone(),
        presence: presence.clone(),
        wanted: kinds(),
        ids,
        clock: clock.clone(),
        node: node.to_owned(),
        graces: LeaseGraces { left: Duration::from_millis(50), lost: Duration::from_millis(200) },
    });
    let deliveries = Arc::new(Deliveries::new(store.clone(), clock));
    let mut tasks = JoinSet::new();
    tasks.spawn(async move { sender.run().await });
    tasks.spawn(async move { leases.run().await });
    let recorder = deliveries.clone();
    tasks.spawn(async move { recorder.run().await });
    tasks.spawn(async move { while events.recv().await.is_some() {} });
    Process { store, presence, deliveries, _tasks: tasks }
}

fn user(name: &str) -> UserId {
    UserId::new(name).unwrap()
}

fn device() -> DeviceId {
    DeviceId::new("d").unwrap()
}

impl Process {
    async fn says(&self, id: &str, to: &str) -> Message {
        let now = SystemClock.now();
        let message = Message {
            sender_profile: Profile::default(),
            receiver_profile: Profile::default(),
            id: MessageId::new(id).unwrap(),
            sender: user("ann"),
            recipient: Recipient::User(user(to)),
            text: Some("hi".into()),
            image: None,
            client_id: None,
            created_at: now,
            updated_at: now,
            delivered_at: None,
            read_at: None,
        };
        let mut digest = [0; 32];
        digest.iter_mut().zip(id.bytes()).for_each(|(to, from)| *to = from);
        let new = NewMessage {
            message: message.clone(),
            upload: None,
            digest,
            duplicate_since: None,
            notice: None,
        };
        self.store.insert_message(new).await.unwrap();
        message
    }

    async fn reads(&self, who: &str, id: &str) {
        let id = MessageId::new(id).unwrap();
        self.store.mark_read(&id, &user(who), Reading::Read, SystemClock.now()).await.unwrap();
    }

    async fn waiting(&self) -> u64 {
        self.store.webhook_counts().await.unwrap().waiting
    }
}

/// `type user id`, in the order in which they came.
fn told(app: &App) -> Vec<String> {
    let body = |seen: &crate::app::Seen| -> Value { serde_json::from_slice(&seen.body).unwrap() };
    let words = |body: Value| {
        let data = &body["data"];
        let id = [&data["messageId"], &data["message"]["_id"], &data["reason"]];
        let id = id.iter().find_map(|value| value.as_str()).unwrap_or_default();
        let text = |field: &str| body[field].as_str().unwrap().to_owned();
        format!("{} {} {id}", text("type"), text("userId")).trim_end().to_owned()
    };
    app.seen().iter().map(body).map(words).collect()
}

/// Waits for so many, and a moment longer for one too many.
async fn after(app: &App, count: usize) -> Vec<String> {
    for _ in 0..500 {
        if told(app).len() >= count {
            break;
        }
        sleep(Duration::from_millis(10)).await;
    }
    sleep(Duration::from_millis(50)).await;
    told(app)
}

#[tokio::test]
async fn the_app_is_told_in_the_order_of_the_commits() {
    let (dir, app) = (tempfile::tempdir().unwrap(), App::with_status(StatusCode::OK).await);
    let sidecar = process("one", &dir, &app).await;
    let first = sidecar.says("m1", "bob").await;
    sidecar.deliveries.note(&first);
    sidecar.says("m2", "bob").await;
    assert_eq!(
        after(&app, 3).await,
        ["message.stored bob m1", "message.stored bob m2", "message.delivered bob m1"]
    );
    sidecar.reads("bob", "m1").await;
    let all = after(&app, 5).await;
    assert_eq!(all[3..], ["message.read bob m1", "message.missed bob m2"], "m1 is not missed");
    assert_eq!(sidecar.waiting().await, 0);
}

#[tokio::test]
async fn an_app_that_was_away_is_told_everything_in_order_when_it_is_back() {
    let dir = tempfile::tempdir().unwrap();
    let answers = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let app = App::answering(move || {
        let count = answers.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let status = if count < 1 { StatusCode::BAD_GATEWAY } else { StatusCode::OK };
        status.into_response()
    })
    .await;
    let sidecar = process("one", &dir, &app).await;
    for id in ["m1", "m2", "m3"] {
        sidecar.says(id, "bob").await;
        sidecar.reads("bob", id).await;
    }
    let mut expected = vec!["message.stored bob m1".to_owned()];
    for id in ["m1", "m2", "m3"] {
        expected.extend(["stored", "read"].map(|what| format!("message.{what} bob {id}")));
    }
    assert_eq!(after(&app, 7).await, expected);
    let ids: Vec<_> = app.seen().iter().map(|seen| seen.headers["webhook-id"].clone()).collect();
    assert_eq!(ids[0], ids[1], "the second attempt has the same id");
}

#[tokio::test]
async fn what_a_killed_process_left_undone_the_next_one_does() {
    let (dir, app) = (tempfile::tempdir().unwrap(), App::with_status(StatusCode::OK).await);
    let killed = process("one", &dir, &app).await;
    killed.presence.enter(&user("ann"), &device());
    killed.presence.enter(&user("bob"), &device());
    let mut connected = after(&app, 2).await;
    connected.sort();
    assert_eq!(connected, ["user.connected ann", "user.connected bob"]);
    killed.says("m1", "cid").await;
    after(&app, 3).await;
    assert_eq!(killed.waiting().await, 1, "cid will have missed it");
    killed.store.close().await;
    drop(killed);

    let next = process("two", &dir, &app).await;
    next.presence.enter(&user("bob"), &device());
    let mut since = after(&app, 5).await.split_off(3);
    since.sort();
    assert_eq!(since, ["message.missed cid m1", "user.disconnected ann lost"]);
}
