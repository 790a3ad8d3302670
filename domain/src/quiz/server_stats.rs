//! Figures of this process, told every 30 s (`contracts/quiz.md` section 3, `serverStats`).

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::time::{Instant, MissedTickBehavior, interval};

use super::{
    event::{QuizEvent, ServerStats},
    quizzes::Quizzes,
    roster::Roster,
};
use crate::{
    events::{Audience, DomainEvent, Published},
    ports::Bus,
    time::{Clock, Timestamp},
};

/// From one telling to the next (`contracts/quiz.md` section 6).
const EVERY: Duration = Duration::from_secs(30);

/// How often it is looked how many connections there are, for the most at once.
const LOOK: Duration = Duration::from_secs(1);

/// What the process knows of itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counted {
    /// Connections since the start.
    pub total_connections: u64,
    /// Connections now.
    pub current_connections: usize,
    /// Rooms with anybody in them.
    pub active_rooms: usize,
}

/// Whoever counts that.
pub trait Counters: Send + Sync + 'static {
    /// As it is now; asked every second, so it must be cheap.
    fn counted(&self) -> Counted;
    /// Resident bytes of the process, if the system says.
    fn resident_bytes(&self) -> Option<u64>;
}

/// What [`StatsTeller`] works with.
pub struct StatsTellerParts {
    /// Who counts connections and rooms.
    pub counters: Arc<dyn Counters>,
    /// How many quizzes are held.
    pub quizzes: Arc<Quizzes>,
    /// How many users are there.
    pub roster: Arc<Roster>,
    /// Where news goes.
    pub bus: Arc<dyn Bus>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// Tells everyone the figures every 30 s; each contract shows to whom what. The most connections at once are those that
/// were found by looking every second.
pub struct StatsTeller {
    parts: StatsTellerParts,
    began: Instant,
    peak: Mutex<(usize, Timestamp)>,
}

impl StatsTeller {
    /// The process starts now.
    #[must_use]
    pub fn new(parts: StatsTellerParts) -> Self {
        let peak = Mutex::new((0, parts.clock.now()));
        Self { parts, began: Instant::now(), peak }
    }

    fn look(&self) -> (Counted, (usize, Timestamp)) {
        let counted = self.parts.counters.counted();
        let mut peak = self.peak.lock().unwrap_or_else(PoisonError::into_inner);
        if counted.current_connections > peak.0 {
            *peak = (counted.current_connections, self.parts.clock.now());
        }
        (counted, *peak)
    }

    /// The figures of now.
    #[must_use]
    pub fn stats(&self) -> ServerStats {
        let (counted, (peak_connections, last_peak)) = self.look();
        ServerStats {
            total_connections: counted.total_connections,
            current_connections: counted.current_connections,
            peak_connections,
            last_peak,
            uptime_secs: self.began.elapsed().as_secs(),
            resident_bytes: self.parts.counters.resident_bytes(),
            online_users: self.parts.roster.count(),
            active_rooms: counted.active_rooms,
            quiz_sessions: self.parts.quizzes.count(),
            at: self.parts.clock.now(),
        }
    }

    /// Tells for ever. Run it once, as a task of its own, and drop it to end it.
    pub async fn run(&self) {
        let mut looks = interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut told = Instant::now();
        loop {
            looks.tick().await;
            self.look();
            if told.elapsed() >= EVERY {
                told = Instant::now();
                let event = DomainEvent::Quiz(QuizEvent::Stats(Arc::new(self.stats())));
                let now = self.parts.clock.now();
                self.parts.bus.publish(Published::new(now, Audience::All, event)).await;
            }
        }
    }
}

#[cfg(test)]
mod tests;
