use std::sync::{Mutex, atomic::AtomicUsize, atomic::Ordering};

use async_trait::async_trait;
use tokio::{sync::Semaphore, time::timeout};

use super::*;
use crate::{
    ids::DeviceId,
    local_bus::LocalBus,
    ports::StoreError,
    webhooks::{Due, NewWebhook, WebhookCounts, WebhookKind, WebhookState},
};

/// The clock of tokio, which tests can stop and wind.
struct Wound(Instant);

impl Clock for Wound {
    fn now(&self) -> Timestamp {
        Timestamp::from_ms(i64::try_from(self.0.elapsed().as_millis()).unwrap())
    }
}

/// Those of a lane are due one after the other, as the port says.
#[derive(Default)]
struct Shelf {
    webhooks: Mutex<Vec<Webhook>>,
    failing: AtomicUsize,
    asked: AtomicUsize,
}

impl Shelf {
    fn fails(&self) -> StoreResult<()> {
        let fewer = |left: usize| left.checked_sub(1);
        match self.failing.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fewer) {
            Ok(_) => Err(StoreError::Overloaded),
            Err(_) => Ok(()),
        }
    }
}

#[async_trait]
impl WebhookStore for Shelf {
    async fn post_webhooks(&self, _: Vec<NewWebhook>) -> StoreResult<()> {
        unreachable!("the sender posts none")
    }

    async fn due_webhooks(&self, now: Timestamp, limit: u32) -> StoreResult<Due> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        self.fails()?;
        let (mut due, mut lanes) = (Due::default(), HashSet::new());
        for webhook in self.webhooks.lock().unwrap().iter() {
            let first = webhook.lane.clone().is_none_or(|lane| lanes.insert(lane));
            let (true, Some(at)) = (first, webhook.due_at) else { continue };
            if at > now {
                due.next = Some(due.next.map_or(at, |next: Timestamp| next.min(at)));
            } else if due.webhooks.len() < limit as usize {
                due.webhooks.push(webhook.clone());
            }
        }
        Ok(due)
    }

    async fn settle_webhook(
        &self,
        id: &WebhookId,
        settled: &Settled,
        _: Timestamp,
    ) -> StoreResult<()> {
        self.fails()?;
        let mut webhooks = self.webhooks.lock().unwrap();
        let Some(at) = webhooks.iter().position(|webhook| webhook.id == *id) else {
            return Ok(());
        };
        let webhook = &mut webhooks[at];
        match settled.clone() {
            Settled::Done => drop(webhooks.remove(at)),
            Settled::Again { due_at, error } => {
                webhook.due_at = Some(due_at);
                (webhook.attempts, webhook.last_error) = (webhook.attempts + 1, Some(error));
            }
            Settled::Dead { error } => {
                (webhook.state, webhook.due_at, webhook.lane) = (WebhookState::Dead, None, None);
                webhook.last_error = Some(error);
            }
        }
        Ok(())
    }

    async fn webhooks(
        &self,
        _: WebhookState,
        _: Option<&WebhookId>,
        _: u32,
    ) -> StoreResult<Vec<Webhook>> {
        unreachable!("the sender lists none")
    }

    async fn webhook_counts(&self) -> StoreResult<WebhookCounts> {
        Ok(WebhookCounts::default())
    }

    async fn retry_webhooks(&self, _: Option<&WebhookId>, _: Timestamp) -> StoreResult<u64> {
        unreachable!("the sender revives none")
    }

    async fn remove_webhook(&self, _: &WebhookId, _: Timestamp) -> StoreResult<bool> {
        unreachable!("the sender gives none up")
    }
}

/// Takes what it is sent, slowly, unless it was told otherwise.
struct App {
    /// What came, and when, in ms.
    seen: Mutex<Vec<(String, u128)>>,
    /// In this order, then everything is taken.
    answers: Mutex<Vec<Result<(), NotTaken>>>,
    takes: Duration,
    started: Instant,
    under_way: AtomicUsize,
    most_under_way: AtomicUsize,
    gate: Semaphore,
}

#[async_trait]
impl AppEndpoint for App {
    async fn post(&self, webhook: &Webhook) -> Result<(), NotTaken> {
        let at = self.started.elapsed().as_millis();
        self.seen.lock().unwrap().push((webhook.id.to_string(), at));
        let under_way = self.under_way.fetch_add(1, Ordering::Relaxed) + 1;
        self.most_under_way.fetch_max(under_way, Ordering::Relaxed);
        sleep(self.takes).await;
        drop(self.gate.acquire().await.unwrap());
        self.under_way.fetch_sub(1, Ordering::Relaxed);
        self.answers.lock().unwrap().pop().unwrap_or(Ok(()))
    }
}

struct World {
    shelf: Arc<Shelf>,
    app: Arc<App>,
    presence: Arc<Presence>,
    wake: Arc<Notify>,
    sender: Arc<Sender>,
}

fn world(limits: SendingLimits) -> World {
    let (bus, _events) = LocalBus::new();
    let clock = Arc::new(Wound(Instant::now()));
    let presence = Arc::new(Presence::new(Arc::new(bus), Arc::clone(&clock) as _));
    let app = Arc::new(App {
        seen: Mutex::default(),
        answers: Mutex::default(),
        takes: Duration::from_millis(100),
        started: Instant::now(),
        under_way: AtomicUsize::new(0),
        most_under_way: AtomicUsize::new(0),
        gate: Semaphore::new(100),
    });
    let (shelf, wake) = (Arc::<Shelf>::default(), Arc::<Notify>::default());
    let sender = Sender::new(SenderParts {
        store: Arc::clone(&shelf) as _,
        endpoint: Arc::clone(&app) as _,
        presence: Arc::clone(&presence),
        clock,
        wake: Arc::clone(&wake),
        limits,
    });
    World { shelf, app, presence, wake, sender: Arc::new(sender) }
}

const LIMITS: SendingLimits =
    SendingLimits { attempts: 4, concurrency: 3, settling: Duration::ZERO };

fn user(name: &str) -> UserId {
    UserId::new(name).unwrap()
}

fn webhook(id: &str, lane: Option<&str>) -> Webhook {
    Webhook {
        id: WebhookId::new(id).unwrap(),
        kind: WebhookKind::MessageStored,
        user: user(lane.unwrap_or("bob")),
        lane: lane.map(user),
        body: "{}".into(),
        state: WebhookState::Waiting,
        created_at: Timestamp::from_ms(0),
        due_at: Some(Timestamp::from_ms(0)),
        attempts: 0,
        last_error: None,
        unless_online: false,
    }
}

impl World {
    fn waits(&self, webhook: Webhook) {
        self.shelf.webhooks.lock().unwrap().push(webhook);
    }

    /// The app's answers, in this order.
    fn answers(&self, mut answers: Vec<Result<(), NotTaken>>) {
        answers.reverse();
        *self.app.answers.lock().unwrap() = answers;
    }

    /// Runs for so long, then ends as the process would.
    async fn run_for(&self, seconds: u64) {
        let ended = timeout(Duration::from_secs(seconds), self.sender.run()).await;
        assert!(ended.is_err(), "it runs for ever");
    }

    fn seen(&self) -> Vec<String> {
        self.app.seen.lock().unwrap().iter().map(|(id, _)| id.clone()).collect()
    }

    fn times(&self) -> Vec<u128> {
        self.app.seen.lock().unwrap().iter().map(|(_, at)| *at).collect()
    }

    fn left(&self) -> Vec<Webhook> {
        self.shelf.webhooks.lock().unwrap().clone()
    }
}

fn not_now(retry_after: Option<u64>) -> Result<(), NotTaken> {
    let retry_after = retry_after.map(Duration::from_secs);
    Err(NotTaken::Now { why: "it answered 500".into(), retry_after })
}

#[tokio::test(start_paused = true)]
async fn lanes_keep_their_order_and_go_side_by_side_up_to_the_limit() {
    let world = world(LIMITS);
    for number in 0..5 {
        for lane in ["a", "b", "c", "d", "e"] {
            world.waits(webhook(&format!("{lane}{number}"), Some(lane)));
        }
    }
    world.run_for(10).await;
    assert!(world.left().is_empty());
    assert_eq!(world.app.most_under_way.load(Ordering::Relaxed), 3);
    let seen = world.seen();
    for lane in ["a", "b", "c", "d", "e"] {
        let of_lane: Vec<_> = seen.iter().filter(|id| id.starts_with(lane)).collect();
        assert_eq!(of_lane, [0, 1, 2, 3, 4].map(|n| format!("{lane}{n}")).each_ref());
    }
    let last = *world.times().last().unwrap();
    assert!(last < 1_000, "25 of 100 ms, three at a time, with no pause between them: {last}");
}

#[tokio::test(start_paused = true)]
async fn what_failed_comes_again_later_and_holds_up_its_own_lane_only() {
    let world = world(LIMITS);
    world.waits(webhook("a1", Some("a")));
    world.waits(webhook("a2", Some("a")));
    world.answers(vec![not_now(None), not_now(None)]);
    world.waits(webhook("b1", Some("b")));
    // Both first ones are refused once.
    world.run_for(10).await;
    assert!(world.left().is_empty());
    let seen = world.seen();
    assert_eq!(seen.iter().filter(|id| *id != "b1").collect::<Vec<_>>(), ["a1", "a1", "a2"]);
    let again = world.times()[2];
    assert!((800..1_600).contains(&again), "{again}");
}

#[tokio::test(start_paused = true)]
async fn after_the_last_attempt_it_is_dead_and_the_next_one_goes() {
    let world = world(LIMITS);
    world.waits(webhook("a1", Some("a")));
    world.waits(webhook("a2", Some("a")));
    world.answers(vec![not_now(None); 4]);
    world.run_for(60).await;
    assert_eq!(world.seen(), ["a1", "a1", "a1", "a1", "a2"]);
    let times = world.times();
    for (pair, plain) in times.windows(2).zip([1_000, 2_000, 4_000]) {
        let pause = pair[1] - pair[0];
        assert!((plain * 8 / 10..=plain * 12 / 10 + 150).contains(&pause), "{pause}");
    }
    let [dead] = <[_; 1]>::try_from(world.left()).unwrap();
    assert_eq!(
        (dead.state, dead.last_error.as_deref()),
        (WebhookState::Dead, Some("it answered 500"))
    );
}

#[tokio::test(start_paused = true)]
async fn gone_is_dead_at_once_and_a_wish_is_heeded() {
    let world = world(LIMITS);
    world.waits(webhook("a1", Some("a")));
    world.waits(webhook("a2", Some("a")));
    world.answers(vec![Err(NotTaken::Ever), not_now(Some(120))]);
    world.run_for(300).await;
    assert_eq!(world.seen(), ["a1", "a2", "a2"]);
    let times = world.times();
    assert!(times[2] - times[1] >= 120_000);
    assert_eq!(world.left().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn it_sleeps_until_one_is_due_or_it_is_woken() {
    let world = world(LIMITS);
    let later = Some(Timestamp::from_ms(90_250));
    world.waits(Webhook { due_at: later, ..webhook("later", None) });
    let sender = Arc::clone(&world.sender);
    let running = tokio::spawn(async move { sender.run().await });
    sleep(Duration::from_millis(30_500)).await;
    assert!(world.seen().is_empty());
    assert!(world.shelf.asked.load(Ordering::Relaxed) <= 35, "it looks about once a second");
    world.waits(webhook("new", Some("a")));
    world.wake.notify_one();
    sleep(Duration::from_millis(10)).await;
    assert_eq!(world.seen(), ["new"]);
    sleep(Duration::from_secs(90)).await;
    assert_eq!(world.seen(), ["new", "later"]);
    let late = world.times()[1] - 90_250;
    assert!(late < 10, "{late} ms late");
    running.abort();
}

#[tokio::test(start_paused = true)]
async fn who_is_there_when_it_is_due_missed_nothing() {
    let world = world(LIMITS);
    world.presence.enter(&user("bob"), &DeviceId::new("d").unwrap());
    world.waits(Webhook { unless_online: true, ..webhook("seen", None) });
    world.waits(Webhook { unless_online: true, user: user("cid"), ..webhook("missed", None) });
    world.waits(webhook("was-away", None));
    // The first attempt was weighed: now it is to be sent.
    world.waits(Webhook { unless_online: true, attempts: 1, ..webhook("again", None) });
    world.run_for(5).await;
    assert_eq!(world.seen(), ["missed", "was-away", "again"]);
    assert!(world.left().is_empty());
}

#[tokio::test(start_paused = true)]
async fn after_a_start_users_get_time_to_come_back_before_they_count_as_away() {
    let settling = Duration::from_secs(30);
    let world = world(SendingLimits { settling, ..LIMITS });
    for number in 0..50 {
        let name = if number % 2 == 0 { "bob" } else { "cid" };
        let missed = webhook(&format!("missed-{number}"), None);
        world.waits(Webhook { unless_online: true, user: user(name), ..missed });
    }
    world.waits(webhook("other", Some("a")));
    let sender = Arc::clone(&world.sender);
    let running = tokio::spawn(async move { sender.run().await });
    sleep(Duration::from_secs(5)).await;
    assert_eq!(world.seen(), ["other"], "it is not behind those that wait");
    world.presence.enter(&user("bob"), &DeviceId::new("d").unwrap());
    sleep(Duration::from_secs(30)).await;
    assert_eq!(world.seen().len(), 26, "what cid missed");
    assert!(world.left().is_empty());
    running.abort();
}

#[tokio::test(start_paused = true)]
async fn a_store_that_fails_is_asked_again_and_nothing_is_sent_twice_for_it() {
    let world = world(LIMITS);
    world.waits(webhook("a1", Some("a")));
    world.shelf.failing.store(4, Ordering::Relaxed);
    let sender = Arc::clone(&world.sender);
    let running = tokio::spawn(async move { sender.run().await });
    sleep(Duration::from_millis(3_760)).await;
    assert_eq!(world.seen(), ["a1"], "read at the fifth attempt");
    world.shelf.failing.store(5, Ordering::Relaxed);
    sleep(Duration::from_secs(30)).await;
    assert_eq!(world.seen(), ["a1"], "taken, and noted in the end");
    assert!(world.left().is_empty());
    running.abort();
}

#[tokio::test(start_paused = true)]
async fn ending_in_the_middle_loses_nothing() {
    let world = world(LIMITS);
    world.waits(webhook("a1", Some("a")));
    let shut = world.app.gate.acquire_many(100).await.unwrap();
    world.run_for(5).await;
    drop(shut);
    assert_eq!((world.seen().len(), world.left().len()), (1, 1));
    world.run_for(5).await;
    assert_eq!(world.seen(), ["a1", "a1"], "the same one again");
    assert!(world.left().is_empty());
}

#[tokio::test(start_paused = true)]
async fn one_that_is_given_up_under_way_still_keeps_its_lane_busy() {
    let world = world(LIMITS);
    world.waits(webhook("a1", Some("a")));
    let shut = world.app.gate.acquire_many(100).await.unwrap();
    let sender = Arc::clone(&world.sender);
    let running = tokio::spawn(async move { sender.run().await });
    sleep(Duration::from_secs(1)).await;
    *world.shelf.webhooks.lock().unwrap() = vec![webhook("a2", Some("a"))];
    sleep(Duration::from_secs(5)).await;
    assert_eq!(world.seen(), ["a1"]);
    drop(shut);
    sleep(Duration::from_secs(1)).await;
    assert_eq!(world.seen(), ["a1", "a2"]);
    running.abort();
}
