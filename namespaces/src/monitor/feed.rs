//! The live state: taken once a round for all who watch, and not at all while nobody does.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use outrigger_domain::{
    ports::Store,
    time::{Clock, Timestamp},
    webhooks::{WebhookCounts, Webhooks},
};
use outrigger_transport::{Conn, ConnKey, Frame, Hub};
use tokio::{
    sync::watch,
    time::{Instant, sleep, timeout},
};
use tracing::warn;

use super::{
    picture::Picture,
    rates::Window,
    recorder::{Fresh, Recorder},
    wire::{
        MonitorEvents, MonitorHealth, MonitorLimits, MonitorRate, MonitorServer, MonitorState,
        MonitorStore, MonitorTotals, MonitorUpdate, MonitorWebhooks,
    },
};
use crate::{contract::frame, rooms::desk::send};

/// Between two rounds.
const ROUND: Duration = Duration::from_millis(500);
/// Between two questions to the store.
const STORE_EVERY: Duration = Duration::from_secs(5);
/// The store has this long to answer.
const STORE_TIME: Duration = Duration::from_secs(3);

/// What the feed works with.
pub struct FeedParts {
    /// The sockets.
    pub hub: Hub,
    /// Asked for signs of life.
    pub store: Arc<dyn Store>,
    /// Asked how many wait, if the app is told of anything.
    pub webhooks: Option<Arc<Webhooks>>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// What passes.
    pub recorder: Arc<Recorder>,
    /// When the process started.
    pub started_at: Timestamp,
    /// How much there may be.
    pub limits: MonitorLimits,
}

/// Keeps monitors up to date.
pub struct Feed {
    parts: FeedParts,
    state: Mutex<State>,
    health: Mutex<MonitorStore>,
    /// How many watch, for the tasks that sleep while nobody does.
    watchers: watch::Sender<usize>,
}

struct State {
    watchers: HashMap<ConnKey, Watcher>,
    picture: Picture,
    rates: Vec<MonitorRate>,
    health: MonitorStore,
    window: Window,
    /// When the picture was taken; `None` if it is from before somebody watched.
    taken: Option<Instant>,
    seq: u64,
}

struct Watcher {
    conn: Arc<Conn>,
    events: bool,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

const NOT_ASKED: MonitorStore = MonitorStore {
    status: MonitorHealth::Unknown,
    latency_ms: None,
    checked_at: None,
    webhooks: None,
};

impl Feed {
    /// Nobody watches yet.
    #[must_use]
    pub fn new(parts: FeedParts) -> Self {
        let state = State {
            watchers: HashMap::new(),
            picture: Picture::default(),
            rates: Vec::new(),
            health: NOT_ASKED,
            window: Window::default(),
            taken: None,
            seq: 0,
        };
        Self {
            parts,
            state: Mutex::new(state),
            health: Mutex::new(NOT_ASKED),
            watchers: watch::Sender::new(0),
        }
    }

    /// Keeps all who watch up to date, for ever. Run it once, as a task of its own, and drop it to end it.
    pub async fn run(&self) {
        tokio::join!(self.rounds(), self.ask_store());
    }

    async fn rounds(&self) {
        loop {
            self.until_watched().await;
            sleep(ROUND).await;
            self.advance(&mut lock(&self.state), 0);
        }
    }

    async fn ask_store(&self) {
        loop {
            self.until_watched().await;
            let began = Instant::now();
            let answer = timeout(STORE_TIME, self.parts.store.check()).await;
            let status = match answer {
                Ok(Ok(())) => MonitorHealth::Ok,
                Ok(Err(error)) => {
                    warn!(%error, "the store does not do what it should");
                    MonitorHealth::Failing
                }
                Err(_) => MonitorHealth::Failing,
            };
            let latency = (began.elapsed().as_secs_f64() * 100_000.0).round() / 100.0;
            let health = MonitorStore {
                status,
                latency_ms: Some(latency),
                checked_at: Some(self.parts.clock.now()),
                webhooks: self.count_webhooks().await,
            };
            *lock(&self.health) = health;
            sleep(STORE_EVERY).await;
        }
    }

    async fn count_webhooks(&self) -> Option<MonitorWebhooks> {
        let counted = timeout(STORE_TIME, self.parts.webhooks.as_ref()?.counts()).await;
        // A store that fails is told of as such.
        let WebhookCounts { waiting, dead } = counted.ok()?.ok()?;
        Some(MonitorWebhooks { waiting, dead })
    }

    async fn until_watched(&self) {
        // The sender is ours: it is there as long as we are.
        if self.watchers.subscribe().wait_for(|watchers| *watchers > 0).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// A monitor connected: it gets the whole state, then every change.
    pub(super) fn watch(&self, conn: &Arc<Conn>) {
        let mut state = lock(&self.state);
        if state.watchers.is_empty() {
            // What was seen long ago is no news for anyone.
            state.taken = None;
        }
        // Whoever joins is counted in the state, and hears of changes only behind it.
        let whole = self.current(&mut state, 1);
        state.watchers.insert(conn.key(), Watcher { conn: Arc::clone(conn), events: false });
        self.count(&state);
        send(conn, &whole);
    }

    /// A monitor is gone.
    pub(super) fn forget(&self, conn: &Conn) {
        let mut state = lock(&self.state);
        state.watchers.remove(&conn.key());
        self.count(&state);
    }

    /// A monitor wants single events, or no longer; the latest ones come first.
    pub(super) fn subscribe(&self, conn: &Conn, events: bool) {
        let mut state = lock(&self.state);
        let Some(watcher) = state.watchers.get_mut(&conn.key()) else { return };
        let before = std::mem::replace(&mut watcher.events, events);
        self.count(&state);
        if events && !before {
            let past = self.parts.recorder.past();
            send(conn, &MonitorEvents { events: past, replayed: true, skipped: 0 });
        }
    }

    /// The whole state, at most one round old.
    pub(super) fn snapshot(&self) -> MonitorState {
        self.current(&mut lock(&self.state), 0)
    }

    fn count(&self, state: &State) {
        let watchers = state.watchers.len();
        let readers = state.watchers.values().filter(|watcher| watcher.events).count();
        self.parts.recorder.watched_by(watchers, readers);
        self.watchers.send_if_modified(|known| std::mem::replace(known, watchers) != watchers);
    }

    fn current(&self, state: &mut State, joining: usize) -> MonitorState {
        if state.taken.is_none_or(|taken| taken.elapsed() >= ROUND) {
            self.advance(state, joining);
        }
        let now = self.parts.clock.now();
        MonitorState {
            timestamp: now,
            seq: state.seq,
            server: MonitorServer {
                version: env!("CARGO_PKG_VERSION"),
                started_at: self.parts.started_at,
                uptime_seconds: (now.secs() - self.parts.started_at.secs()).max(0),
            },
            limits: self.parts.limits.clone(),
            store: state.health.clone(),
            totals: MonitorTotals {
                watchers: state.watchers.len() + joining,
                ..state.picture.totals
            },
            users: state.picture.users(),
            rooms: state.picture.rooms(),
            rates: state.rates.clone(),
        }
    }

    /// Takes a new picture and tells the difference. All who watch have seen the one before.
    fn advance(&self, state: &mut State, joining: usize) {
        let now = Instant::now();
        match state.taken.replace(now) {
            Some(before) => {
                state.window.push(now - before, self.parts.recorder.take_tallies());
            }
            None => {
                state.window = Window::default();
                drop(self.parts.recorder.take_tallies());
            }
        }
        let picture = Picture::take(&self.parts.hub, state.watchers.len() + joining);
        let rates = state.window.rates();
        let health = lock(&self.health).clone();
        let same = picture == state.picture && rates == state.rates && health == state.health;
        let before = std::mem::replace(&mut state.picture, picture);
        state.rates = rates;
        state.health = health;
        if !same {
            state.seq += 1;
            self.tell(state, &before);
        }
        self.tell_events(state);
    }

    fn tell(&self, state: &State, before: &Picture) {
        let update = frame(&MonitorUpdate {
            timestamp: self.parts.clock.now(),
            seq: state.seq,
            store: state.health.clone(),
            totals: state.picture.totals,
            users: state.picture.user_changes(before),
            rooms: state.picture.room_changes(before),
            rates: state.rates.clone(),
        });
        tell_all(update.as_ref(), state.watchers.values());
    }

    fn tell_events(&self, state: &State) {
        let Fresh { events, skipped } = self.parts.recorder.take_fresh();
        if !events.is_empty() {
            let events = frame(&MonitorEvents { events, replayed: false, skipped });
            tell_all(events.as_ref(), state.watchers.values().filter(|watcher| watcher.events));
        }
    }
}

fn tell_all<'a>(frame: Option<&Frame>, watchers: impl Iterator<Item = &'a Watcher>) {
    if let Some(frame) = frame {
        watchers.for_each(|watcher| {
            watcher.conn.send(frame);
        });
    }
}
