//! The bus of a single process: straight to whoever hands events to sockets, or in a line when that one is busy.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;
use tokio::sync::{Mutex, mpsc};

use crate::{
    events::{Published, Reach},
    ports::Bus,
};

/// Events that may wait in line before publishers wait too.
const CAPACITY: usize = 16 * 1024;

/// Hands events to sockets, one after the other.
pub trait Deliver: Send + 'static {
    /// Does so with this one, and answers its receipt.
    fn deliver(&mut self, event: Published);
}

/// Takes events to the one dispatcher of this process.
///
/// Whoever publishes while nothing waits and nobody else does delivers the event itself: a queue and another task would cost
/// more than most events do. Either way there is one at a time, and nobody overtakes.
#[derive(Clone)]
pub struct LocalBus {
    line: mpsc::Sender<Published>,
    desk: Arc<Desk>,
    /// Whether events may be delivered by who publishes them.
    at_once: bool,
}

/// Where events come out.
pub struct Events {
    line: mpsc::Receiver<Published>,
    desk: Arc<Desk>,
}

struct Desk {
    /// Events that are in line, or have left it and are not yet delivered.
    waiting: AtomicUsize,
    /// Who delivers; whoever holds it has the turn.
    turn: Mutex<Option<Box<dyn Deliver>>>,
}

impl LocalBus {
    /// A bus and the place where its events come out.
    #[must_use]
    pub fn new() -> (Self, Events) {
        let (sender, line) = mpsc::channel(CAPACITY);
        let desk = Arc::new(Desk { waiting: AtomicUsize::new(0), turn: Mutex::new(None) });
        let bus = Self { line: sender, desk: Arc::clone(&desk), at_once: true };
        (bus, Events { line, desk })
    }

    /// The same bus for one who has something better to do than to deliver: its events always stand in line.
    #[must_use]
    pub fn for_the_busy(&self) -> Self {
        Self { line: self.line.clone(), desk: Arc::clone(&self.desk), at_once: false }
    }

    /// Delivers an event at once, or gives it back: what waits is first.
    fn at_once(&self, event: Published) -> Option<Published> {
        if !self.at_once {
            return Some(event);
        }
        let Ok(mut turn) = self.desk.turn.try_lock() else { return Some(event) };
        let Some(deliverer) = turn.as_mut() else { return Some(event) };
        if self.desk.waiting.load(Ordering::Acquire) > 0 {
            return Some(event);
        }
        deliverer.deliver(event);
        None
    }
}

#[async_trait]
impl Bus for LocalBus {
    async fn publish(&self, event: Published) {
        let Some(event) = self.at_once(event) else {
            // A large fan-out has kept the executor for a while: let others in between two of them.
            tokio::task::consume_budget().await;
            return;
        };
        let Ok(place) = self.line.reserve().await else {
            // Only while the process ends: the sockets are gone, so nobody was reached.
            tracing::debug!("an event was published after the dispatcher had stopped");
            event.receipt.answer(Reach::default());
            return;
        };
        self.desk.waiting.fetch_add(1, Ordering::Relaxed);
        place.send(event);
    }
}

impl Events {
    /// The next event in line; `None` when the bus is gone. As long as nobody delivers ([`Self::deliver_by`]) all events are.
    pub async fn recv(&mut self) -> Option<Published> {
        let event = self.line.recv().await;
        self.taken(event)
    }

    /// The next event, if one is in line.
    pub fn try_recv(&mut self) -> Option<Published> {
        let event = self.line.try_recv().ok();
        self.taken(event)
    }

    fn taken(&self, event: Option<Published>) -> Option<Published> {
        if event.is_some() {
            self.desk.waiting.fetch_sub(1, Ordering::Release);
        }
        event
    }

    /// Has all events delivered until the bus is gone.
    pub async fn deliver_by(mut self, deliverer: impl Deliver) {
        *self.desk.turn.lock().await = Some(Box::new(deliverer));
        while let Some(event) = self.line.recv().await {
            if let Some(deliverer) = self.desk.turn.lock().await.as_mut() {
                deliverer.deliver(event);
            }
            self.desk.waiting.fetch_sub(1, Ordering::Release);
            tokio::task::consume_budget().await;
        }
    }
}

impl Drop for Events {
    /// Nobody delivers any more.
    fn drop(&mut self) {
        if let Ok(mut turn) = self.desk.turn.try_lock() {
            *turn = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Mutex as StdMutex, time::Duration};

    use tokio::task::JoinHandle;

    use super::*;
    use crate::{
        events::{Audience, DomainEvent, Receipt},
        time::Timestamp,
    };

    /// Who said which number.
    type Heard = Arc<StdMutex<Vec<(usize, usize)>>>;

    /// Notes what it delivers, which takes it a while.
    struct Notes {
        heard: Heard,
        pause: Duration,
    }

    /// Has events delivered, each for as long; gives what will have been heard.
    async fn deliver(events: Events, pause: Duration) -> (Heard, JoinHandle<()>) {
        let heard = Heard::default();
        let delivering = tokio::spawn(events.deliver_by(Notes { heard: heard.clone(), pause }));
        tokio::task::yield_now().await;
        (heard, delivering)
    }

    impl Deliver for Notes {
        fn deliver(&mut self, event: Published) {
            std::thread::sleep(self.pause);
            if let DomainEvent::TestMessage { message, from } = &event.event {
                self.heard.lock().unwrap().push((from.parse().unwrap(), message.parse().unwrap()));
            }
            event.receipt.answer(Reach { sockets: 1, devices: 1 });
        }
    }

    fn said(publisher: usize, number: usize, receipt: Receipt) -> Published {
        let event =
            DomainEvent::TestMessage { message: number.to_string(), from: publisher.to_string() };
        Published::asking(Timestamp::from_ms(0), Audience::All, event, receipt)
    }

    #[tokio::test]
    async fn what_is_published_while_nothing_waits_is_delivered_at_once() {
        let (bus, events) = LocalBus::new();
        let (heard, _) = deliver(events, Duration::ZERO).await;
        bus.publish(said(1, 1, Receipt::default())).await;
        // Nobody else has had a turn of this thread since.
        assert_eq!(*heard.lock().unwrap(), [(1, 1)]);
    }

    #[tokio::test]
    async fn who_is_busy_leaves_an_event_in_line_and_nobody_overtakes_it() {
        let (bus, events) = LocalBus::new();
        let (heard, _) = deliver(events, Duration::ZERO).await;
        bus.for_the_busy().publish(said(1, 1, Receipt::default())).await;
        assert_eq!(*heard.lock().unwrap(), []);
        let (receipt, reached) = Receipt::requested();
        bus.publish(said(2, 1, receipt)).await;
        assert_eq!(reached.await.unwrap().sockets, 1);
        assert_eq!(*heard.lock().unwrap(), [(1, 1), (2, 1)]);
    }

    #[tokio::test]
    async fn what_was_published_before_anyone_delivers_is_first() {
        let (bus, events) = LocalBus::new();
        bus.publish(said(1, 1, Receipt::default())).await;
        bus.publish(said(1, 2, Receipt::default())).await;
        let (heard, _) = deliver(events, Duration::ZERO).await;
        let (receipt, reached) = Receipt::requested();
        bus.publish(said(1, 3, receipt)).await;
        assert_eq!(reached.await.unwrap().sockets, 1);
        assert_eq!(*heard.lock().unwrap(), [(1, 1), (1, 2), (1, 3)]);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn nobody_overtakes_themselves_however_many_publish() {
        const PUBLISHERS: usize = 8;
        const EACH: usize = 200;
        let (bus, events) = LocalBus::new();
        let bus = Arc::new(bus);
        // Long enough that the others find it at work, and stand in line.
        let (heard, _) = deliver(events, Duration::from_micros(20)).await;
        let publishing = (0..PUBLISHERS).map(|publisher| {
            let bus = bus.clone();
            tokio::spawn(async move {
                for number in 0..EACH - 1 {
                    bus.publish(said(publisher, number, Receipt::default())).await;
                }
                let (receipt, reached) = Receipt::requested();
                bus.publish(said(publisher, EACH - 1, receipt)).await;
                reached.await.unwrap()
            })
        });
        for publisher in publishing.collect::<Vec<_>>() {
            publisher.await.unwrap();
        }
        let heard = heard.lock().unwrap();
        for publisher in 0..PUBLISHERS {
            let numbers = heard.iter().filter(|(from, _)| *from == publisher).map(|(_, n)| *n);
            assert!(numbers.eq(0..EACH), "publisher {publisher}");
        }
    }

    #[tokio::test]
    async fn an_event_that_nobody_delivers_any_more_reaches_nobody() {
        let (bus, events) = LocalBus::new();
        let (_, delivering) = deliver(events, Duration::ZERO).await;
        delivering.abort();
        let _aborted = delivering.await;
        let (receipt, reached) = Receipt::requested();
        bus.publish(said(1, 1, receipt)).await;
        assert_eq!(reached.await.unwrap(), Reach::default());
    }
}
