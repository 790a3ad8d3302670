//! Notes what passes, for as long as somebody watches.

use std::{
    collections::{HashSet, VecDeque},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use outrigger_domain::{events::Audience, ids::UserId, time::Clock};
use outrigger_transport::{Args, Frame};

use super::{
    fields,
    rates::Tallies,
    wire::{MonitorDirection, MonitorEvent},
};
use crate::registry::{Dialogue, dialogues};

/// The latest events that are kept, and the most that are noted in one round.
pub(super) const MOST_EVENTS: usize = 200;
/// Stands for a name that no contract has: clients can make up any.
const UNKNOWN: &str = "(unknown)";

/// Where an event passes.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    /// The contract's name.
    pub(crate) contract: &'static str,
    /// The namespace.
    pub(crate) namespace: &'static str,
}

/// Costs one atomic load for each event while nobody watches.
pub struct Recorder {
    /// Monitors that are connected.
    watchers: AtomicUsize,
    /// Those of them that want single events.
    readers: AtomicUsize,
    tallies: Mutex<Tallies>,
    recent: Mutex<Recent>,
    /// Names that clients may send, in any contract.
    known: HashSet<&'static str>,
    clock: Arc<dyn Clock>,
}

#[derive(Default)]
struct Recent {
    /// Noted since the last round.
    fresh: Vec<MonitorEvent>,
    skipped: usize,
    /// From before it, oldest first.
    past: VecDeque<MonitorEvent>,
}

/// What was noted in one round.
pub(super) struct Fresh {
    pub(super) events: Vec<MonitorEvent>,
    pub(super) skipped: usize,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Recorder {
    /// Nobody watches yet.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let known = dialogues()
            .into_iter()
            .flat_map(|Dialogue { incoming, .. }| incoming.into_iter().map(|row| row.event));
        Self {
            watchers: AtomicUsize::new(0),
            readers: AtomicUsize::new(0),
            tallies: Mutex::default(),
            recent: Mutex::default(),
            known: known.collect(),
            clock,
        }
    }

    /// So many watch now, and so many of them want single events.
    pub(super) fn watched_by(&self, watchers: usize, readers: usize) {
        self.readers.store(readers, Ordering::Relaxed);
        self.watchers.store(watchers, Ordering::Relaxed);
    }

    /// Whether anybody does.
    pub(crate) fn is_watched(&self) -> bool {
        self.watchers.load(Ordering::Relaxed) > 0
    }

    fn is_read(&self) -> bool {
        self.readers.load(Ordering::Relaxed) > 0
    }

    /// A client sent this.
    pub(crate) fn incoming(
        &self,
        place: Place,
        event: &str,
        user: impl FnOnce() -> Option<UserId>,
        args: &Args,
    ) {
        if !self.is_watched() {
            return;
        }
        let event = self.known.get(event).copied().unwrap_or(UNKNOWN);
        let bytes = (0..).map_while(|index| args.get(index)).map(|value| value.get().len()).sum();
        let kind = (MonitorDirection::In, place.contract);
        lock(&self.tallies).count(kind, event, 1, bytes as u64);
        if self.is_read() {
            self.note(|| MonitorEvent {
                timestamp: self.clock.now(),
                direction: MonitorDirection::In,
                contract: place.contract,
                namespace: place.namespace,
                event: event.to_owned(),
                user_id: user().map(|user| user.to_string()),
                sockets: 1,
                bytes,
                fields: args.get(0).map(|payload| fields::names(payload.get())).unwrap_or_default(),
            });
        }
    }

    /// So many sockets were sent this.
    pub(crate) fn outgoing(
        &self,
        place: Place,
        frame: &Frame,
        audience: &Audience,
        sockets: usize,
    ) {
        if sockets == 0 || !self.is_watched() {
            return;
        }
        let bytes = frame.body().len();
        let kind = (MonitorDirection::Out, place.contract);
        let all = bytes.saturating_mul(sockets);
        lock(&self.tallies).count(kind, frame.event(), sockets as u64, all as u64);
        if self.is_read() {
            self.note(|| MonitorEvent {
                timestamp: self.clock.now(),
                direction: MonitorDirection::Out,
                contract: place.contract,
                namespace: place.namespace,
                event: frame.event().to_owned(),
                user_id: only_user(audience).map(ToString::to_string),
                sockets,
                bytes,
                fields: fields::names(frame.body()),
            });
        }
    }

    /// Beyond what one round may hold, an event is only counted, and costs no more than that.
    fn note(&self, event: impl FnOnce() -> MonitorEvent) {
        if lock(&self.recent).fresh.len() >= MOST_EVENTS {
            lock(&self.recent).skipped += 1;
            return;
        }
        let event = event();
        lock(&self.recent).fresh.push(event);
    }

    /// What passed since the last round.
    pub(super) fn take_tallies(&self) -> Tallies {
        std::mem::take(&mut lock(&self.tallies))
    }

    /// What was noted since the last round.
    pub(super) fn take_fresh(&self) -> Fresh {
        let mut recent = lock(&self.recent);
        let events = std::mem::take(&mut recent.fresh);
        let skipped = std::mem::take(&mut recent.skipped);
        recent.past.extend(events.iter().cloned());
        let old = recent.past.len().saturating_sub(MOST_EVENTS);
        recent.past.drain(..old);
        Fresh { events, skipped }
    }

    /// The latest events from before this round.
    pub(super) fn past(&self) -> Vec<MonitorEvent> {
        lock(&self.recent).past.iter().cloned().collect()
    }
}

/// The one user that an audience is made of.
fn only_user(audience: &Audience) -> Option<&UserId> {
    match audience {
        Audience::User(user)
        | Audience::Device(user, _)
        | Audience::OtherDevices(user, _)
        | Audience::Tracked { owner: user, .. }
        | Audience::Subscribers(user) => Some(user),
        Audience::Users(users) => match users.as_slice() {
            [user] => Some(user),
            _ => None,
        },
        Audience::Except { of, .. } | Audience::ExceptSocket { of, .. } => only_user(of),
        Audience::Role(_)
        | Audience::Chat(_)
        | Audience::Token(_)
        | Audience::Quiz(_)
        | Audience::Support(_)
        | Audience::All => None,
    }
}

#[cfg(test)]
mod tests {
    use outrigger_domain::time::SystemClock;
    use serde_json::json;

    use super::*;
    use crate::rooms;

    const PLACE: Place = Place { contract: rooms::CONTRACT, namespace: "/" };

    fn recorder() -> Recorder {
        Recorder::new(Arc::new(SystemClock))
    }

    fn say(recorder: &Recorder, event: &'static str) {
        let frame = Frame::new(event, &json!({ "text": "secret words" })).unwrap();
        let user = UserId::new("ann").unwrap();
        recorder.outgoing(PLACE, &frame, &Audience::User(user), 2);
    }

    #[test]
    fn nothing_is_noted_while_nobody_watches() {
        let recorder = recorder();
        say(&recorder, "newMessage");
        recorder.incoming(PLACE, "typing", || None, &Args::default());
        recorder.watched_by(1, 0);
        say(&recorder, "newMessage");
        assert!(recorder.take_fresh().events.is_empty());
    }

    #[test]
    fn what_an_event_carried_is_not_noted() {
        let recorder = recorder();
        recorder.watched_by(1, 1);
        say(&recorder, "newMessage");
        let noted = recorder.take_fresh().events;
        assert_eq!(noted[0].fields, ["text"]);
        assert_eq!((noted[0].sockets, noted[0].bytes), (2, 23));
        assert_eq!(noted[0].user_id.as_deref(), Some("ann"));
        assert!(!serde_json::to_string(&noted).unwrap().contains("secret"));
        assert_eq!(recorder.past(), noted);
    }

    #[test]
    fn a_name_that_a_client_made_up_is_not_repeated() {
        let recorder = recorder();
        recorder.watched_by(1, 1);
        for event in ["typing", "<script>"] {
            recorder.incoming(PLACE, event, || None, &Args::default());
        }
        let names: Vec<_> = recorder.take_fresh().events.into_iter().map(|one| one.event).collect();
        assert_eq!(names, ["typing", UNKNOWN]);
    }

    #[test]
    fn a_flood_is_counted_and_not_kept() {
        let recorder = recorder();
        recorder.watched_by(1, 1);
        for _ in 0..3 {
            (0..MOST_EVENTS + 5).for_each(|_| say(&recorder, "newMessage"));
            let fresh = recorder.take_fresh();
            assert_eq!((fresh.events.len(), fresh.skipped), (MOST_EVENTS, 5));
            assert_eq!(recorder.past().len(), MOST_EVENTS);
        }
    }
}
