use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::{
    naming::Uuids,
    quiz::{
        QuizzesParts, RosterParts,
        testing::{Memory, actor, ear, pass},
    },
};

#[derive(Default)]
struct Counting(AtomicUsize);

impl Counters for Counting {
    fn counted(&self) -> Counted {
        let current_connections = self.0.load(Ordering::Relaxed);
        Counted { total_connections: 9, current_connections, active_rooms: 2 }
    }

    fn resident_bytes(&self) -> Option<u64> {
        None
    }
}

#[tokio::test(start_paused = true)]
async fn figures_are_told_every_thirty_seconds_and_remember_the_most_connections() {
    let (bus, mut ear, clock) = ear();
    let counters = Arc::new(Counting::default());
    let roster = Arc::new(Roster::new(RosterParts { bus: bus.clone(), clock: clock.clone() }));
    roster.enter(&actor("ann"), "Ann");
    let quizzes = Arc::new(Quizzes::new(QuizzesParts {
        store: Arc::new(Memory::default()),
        bus: bus.clone(),
        clock: clock.clone(),
        ids: Arc::new(Uuids),
    }));
    let counts: Arc<dyn Counters> = counters.clone();
    let parts = StatsTellerParts { counters: counts, quizzes, roster, bus, clock };
    let teller = Arc::new(StatsTeller::new(parts));
    let runs = Arc::clone(&teller);
    tokio::spawn(async move { runs.run().await });
    pass(500).await;
    counters.0.store(7, Ordering::Relaxed);
    pass(1_000).await;
    counters.0.store(3, Ordering::Relaxed);
    pass(60_000).await;
    assert_eq!(ear.words(), ["stats", "stats"]);
    let stats = teller.stats();
    assert_eq!((stats.current_connections, stats.peak_connections), (3, 7));
    assert_eq!((stats.online_users, stats.quiz_sessions, stats.uptime_secs), (1, 0, 61));
    assert!(stats.last_peak < stats.at);
}
