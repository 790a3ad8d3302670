//! Puts together quizzes and requests for help.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use outrigger_api_compat::QuizState;
use outrigger_domain::{
    naming::Ids,
    outreach::Outreach,
    ports::{Bus, QuizStore},
    quiz::{
        Counted, Counters, Quizzes, QuizzesParts, Roster, RosterParts, StatsTeller,
        StatsTellerParts,
    },
    time::Clock,
};
use outrigger_namespaces::{OpenSockets, quiz::QuizServices};
use outrigger_transport::Hub;

use crate::config::QuizGuests;

/// What quizzes are made from.
pub(crate) struct QuizParts<'a> {
    pub(crate) guests: QuizGuests,
    pub(crate) store: Arc<dyn QuizStore>,
    pub(crate) hub: &'a Hub,
    pub(crate) outreach: &'a Arc<Outreach>,
    pub(crate) bus: &'a Arc<dyn Bus>,
    pub(crate) clock: &'a Arc<dyn Clock>,
    pub(crate) ids: &'a Arc<dyn Ids>,
}

/// For the sockets and for the routes: the same things.
pub(crate) fn quizzes(parts: QuizParts<'_>) -> (QuizServices, QuizState) {
    let QuizParts { guests, store, hub, outreach, .. } = parts;
    let (bus, clock) = (|| Arc::clone(parts.bus), || Arc::clone(parts.clock));
    let quizzes = Arc::new(Quizzes::new(QuizzesParts {
        store,
        bus: bus(),
        clock: clock(),
        ids: Arc::clone(parts.ids),
    }));
    let roster = Arc::new(Roster::new(RosterParts { bus: bus(), clock: clock() }));
    let stats = Arc::new(StatsTeller::new(StatsTellerParts {
        counters: Arc::new(OfThisProcess::new(hub.clone())),
        quizzes: Arc::clone(&quizzes),
        roster: Arc::clone(&roster),
        bus: bus(),
        clock: clock(),
    }));
    let services = QuizServices {
        quizzes: Arc::clone(&quizzes),
        roster: Arc::clone(&roster),
        outreach: Arc::clone(outreach),
        ids: Arc::clone(parts.ids),
        guests: guests != QuizGuests::Refused,
        guests_speak: guests == QuizGuests::Speaking,
    };
    (services, QuizState { quizzes, roster, stats })
}

/// Rooms are counted no more often than this: it means looking at all of them.
const ROOMS_EVERY: Duration = Duration::from_secs(10);

/// What this process knows of itself.
struct OfThisProcess {
    hub: Hub,
    rooms: Mutex<Option<(Instant, usize)>>,
}

impl OfThisProcess {
    fn new(hub: Hub) -> Self {
        Self { hub, rooms: Mutex::default() }
    }

    fn active_rooms(&self) -> usize {
        let mut rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        match *rooms {
            Some((at, count)) if at.elapsed() < ROOMS_EVERY => count,
            _ => {
                let count = OpenSockets::new(self.hub.clone()).chats();
                *rooms = Some((Instant::now(), count));
                count
            }
        }
    }
}

impl Counters for OfThisProcess {
    fn counted(&self) -> Counted {
        let counts = self.hub.counts();
        Counted {
            total_connections: counts.opened,
            current_connections: counts.engines,
            active_rooms: self.active_rooms(),
        }
    }

    fn resident_bytes(&self) -> Option<u64> {
        resident_bytes()
    }
}

/// The second figure of `/proc/self/statm` is in pages (proc(5)).
fn resident_bytes() -> Option<u64> {
    const PAGE: u64 = 4096;
    let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = statm.split_ascii_whitespace().nth(1)?.parse().ok()?;
    Some(pages * PAGE)
}
