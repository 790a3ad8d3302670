//! Users come, a thousand a second, stay for a while, and go.

use std::{
    sync::{
        Arc, OnceLock, Weak,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use async_trait::async_trait;
use outrigger_domain::{
    events::{Audience, DomainEvent, Published},
    ids::DeviceId,
    ports::Bus,
    presence::Presence,
    quiz::{Roster, RosterParts},
    time::Clock,
};
use outrigger_transport::Frame;
use tokio::time::sleep;

use super::{Still, actor, user};
use crate::{
    contract::{Voice, frame},
    dispatch::is_list,
    lists::{Ear, Lists},
    quiz::{QuizVoice, wire::QuizOnlineUsers},
    rooms::{RoomsVoice, wire::OnlineUsers},
};

/// Renders what is told, and counts what it would cost those who are there.
#[derive(Default)]
struct Sink {
    listeners: AtomicUsize,
    events: AtomicU64,
    frames: AtomicU64,
    bytes: AtomicU64,
    lists: OnceLock<Arc<Lists<Listener>>>,
    /// Itself, for those who listen.
    me: OnceLock<Weak<Sink>>,
}

/// One of those who are there.
struct Listener {
    key: u64,
    sink: Arc<Sink>,
}

impl Ear for Listener {
    fn key(&self) -> u64 {
        self.key
    }

    fn is_there(&self) -> bool {
        true
    }

    fn hear(&self, frame: &Frame, _newcomer: bool) {
        self.sink.frames.fetch_add(1, Ordering::Relaxed);
        self.sink.bytes.fetch_add(frame.bytes() as u64, Ordering::Relaxed);
    }
}

#[async_trait]
impl Bus for Sink {
    async fn publish(&self, published: Published) {
        self.events.fetch_add(1, Ordering::Relaxed);
        if is_list(&published.event) {
            let listeners = self.listeners.load(Ordering::Relaxed) as u64;
            let sink = self.me.get().and_then(Weak::upgrade).unwrap();
            let listener = |key| Listener { key, sink: Arc::clone(&sink) };
            self.lists.get().unwrap().tell_all((0..listeners).map(listener));
            return;
        }
        let frames = if matches!(published.event, DomainEvent::Quiz(_)) {
            QuizVoice.render("/", &published)
        } else {
            RoomsVoice::new(Arc::new(Still)).render("/", &published)
        };
        let left_out = usize::from(matches!(published.audience, Audience::Except { .. }));
        let heard = self.listeners.load(Ordering::Relaxed).saturating_sub(left_out) as u64;
        let bytes: usize = frames.iter().map(Frame::bytes).sum();
        self.frames.fetch_add(heard * frames.len() as u64, Ordering::Relaxed);
        self.bytes.fetch_add(heard * bytes as u64, Ordering::Relaxed);
    }
}

impl Sink {
    fn new(list: impl Fn() -> Option<Frame> + Send + Sync + 'static, sink: Arc<Self>) -> Arc<Self> {
        let _first = sink.lists.set(Lists::new(list));
        let _first = sink.me.set(Arc::downgrade(&sink));
        sink
    }

    fn greet(self: &Arc<Self>, number: usize) {
        let listener = Listener { key: number as u64, sink: Arc::clone(self) };
        self.lists.get().unwrap().greet(listener);
    }

    fn take(&self) -> (u64, u64, u64) {
        let take = |count: &AtomicU64| count.swap(0, Ordering::Relaxed);
        (take(&self.events), take(&self.frames), take(&self.bytes))
    }
}

/// What is measured: somebody comes, somebody goes.
trait There {
    fn come(&self, number: usize);
    fn go(&self, number: usize);
}

struct InRooms {
    presence: Arc<Presence>,
    sink: Arc<Sink>,
    device: DeviceId,
}

impl There for InRooms {
    fn come(&self, number: usize) {
        self.presence.enter(&user(number), &self.device);
        self.sink.greet(number);
    }

    fn go(&self, number: usize) {
        self.presence.leave(&user(number), &self.device);
    }
}

struct InQuiz {
    roster: Arc<Roster>,
    sink: Arc<Sink>,
}

impl There for InQuiz {
    fn come(&self, number: usize) {
        let actor = actor(number, 0);
        self.roster.enter(&actor, actor.profile.name.as_deref().unwrap());
        self.sink.greet(number);
    }

    fn go(&self, number: usize) {
        self.roster.leave(&user(number));
    }
}

const AT_ONCE: usize = 10;

async fn run(name: &str, users: usize, sink: &Sink, there: &dyn There) {
    for phase in ["come", "stay", "go"] {
        sink.take();
        let began = Instant::now();
        let mut inside = Duration::ZERO;
        let mut most = 0;
        let mut before = 0;
        let steps = if phase == "stay" { 12_000 } else { users / AT_ONCE };
        for step in 0..steps {
            let entered = Instant::now();
            for number in step * AT_ONCE..(step + 1) * AT_ONCE {
                match phase {
                    "come" => {
                        sink.listeners.fetch_add(1, Ordering::Relaxed);
                        there.come(number);
                    }
                    "go" => {
                        there.go(number);
                        sink.listeners.fetch_sub(1, Ordering::Relaxed);
                    }
                    _ => {}
                }
            }
            inside += entered.elapsed();
            sleep(Duration::from_millis(10)).await;
            if step % 100 == 99 {
                let bytes = sink.bytes.load(Ordering::Relaxed);
                most = most.max(bytes - before);
                before = bytes;
            }
        }
        let took = began.elapsed();
        let (events, frames, bytes) = sink.take();
        let each = |figure: f64| figure / users as f64;
        println!(
            "{name:6} {users:6} {phase:5}: {:8.1} us/user ({:7.1} in the call), {events:6} events, {:7.1} frames/user, {:9.1} kB/user, most in a second {:7.1} MB",
            each(took.as_secs_f64() * 1e6),
            each(inside.as_secs_f64() * 1e6),
            each(frames as f64),
            each(bytes as f64 / 1e3),
            most as f64 / 1e6,
        );
    }
}

#[tokio::test(start_paused = true)]
#[ignore = "a measurement"]
async fn users_of_rooms() {
    for users in [1_000, 2_000, 5_000, 10_000] {
        let sink = Arc::<Sink>::default();
        let presence = Arc::new(Presence::new(sink.clone(), Arc::new(Still)));
        let list = Arc::clone(&presence);
        let sink = Sink::new(move || frame(&OnlineUsers(list.online())), sink);
        let announcer = Arc::clone(&presence);
        let announcing = tokio::spawn(async move { announcer.announce_changes().await });
        let device = DeviceId::new("d").unwrap();
        let there = InRooms { presence, sink: Arc::clone(&sink), device };
        run("rooms", users, &sink, &there).await;
        announcing.abort();
    }
}

#[tokio::test(start_paused = true)]
#[ignore = "a measurement"]
async fn users_of_quiz() {
    for users in [1_000, 2_000, 5_000, 10_000] {
        let sink = Arc::<Sink>::default();
        let roster =
            Arc::new(Roster::new(RosterParts { bus: sink.clone(), clock: Arc::new(Still) }));
        let list = Arc::clone(&roster);
        let sink = Sink::new(move || frame(&QuizOnlineUsers::new(&list.list(), Still.now())), sink);
        let runs = Arc::clone(&roster);
        let running = tokio::spawn(async move { runs.run().await });
        let there = InQuiz { roster, sink: Arc::clone(&sink) };
        run("quiz", users, &sink, &there).await;
        running.abort();
    }
}
