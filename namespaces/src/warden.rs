//! Walks over the open sockets: heartbeats of the application, and tokens that no longer hold.

use std::{sync::Arc, time::Duration};

use outrigger_domain::{
    events::{Audience, DomainEvent, Published},
    identity::Identity,
    ports::Bus,
    time::Clock,
};
use outrigger_transport::{Conn, Hub, Selection};

use crate::{
    contract::frame,
    mount::Mounted,
    resume::{Gate, Moved, Passing},
    standing::Standing,
};

/// A socket outlives its token by this at most.
const ROUND: Duration = Duration::from_secs(1);

/// Looks after open sockets.
pub struct Warden {
    /// The sockets.
    pub hub: Hub,
    /// Where contracts are mounted.
    pub mounted: Arc<[Mounted]>,
    /// Knows whose token holds.
    pub identity: Arc<Identity>,
    /// Knows how far feeds went past sockets.
    pub passing: Arc<Passing>,
    /// Where the end of a token is told.
    pub bus: Arc<dyn Bus>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Between two heartbeats of one socket (`contracts/rooms.md` section 7).
    pub heartbeat: Duration,
}

/// Whether the socket has what its client missed: until then nothing else is told (`docs/RESUME.md`).
fn is_caught_up(conn: &Conn) -> bool {
    Standing::of(conn).is_none_or(|standing| standing.gate().is_none_or(Gate::is_open))
}

impl Warden {
    /// Walks for ever. Run it once, as a task of its own, and drop it to end it.
    pub async fn walk(self) {
        let slots = self.heartbeat.as_secs().max(1);
        let mut rounds =
            tokio::time::interval(if self.heartbeat < ROUND { self.heartbeat } else { ROUND });
        rounds.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut round = 0;
        loop {
            rounds.tick().await;
            self.beat(round % slots, slots);
            self.check().await;
            round += 1;
        }
    }

    /// Each round reaches its share of the sockets, so that they are not all woken at once.
    fn beat(&self, slot: u64, slots: u64) {
        let everyone = Selection::default();
        for mounted in self.mounted.iter() {
            let heartbeat = mounted.voice.heartbeat(mounted.namespace);
            for conn in self.hub.to(&mounted.id(), &everyone).conns() {
                if conn.key() % slots != slot {
                    continue;
                }
                if let Some(heartbeat) = heartbeat.as_ref().filter(|_| is_caught_up(&conn)) {
                    conn.send(heartbeat);
                }
                self.tell_position(&conn);
            }
        }
    }

    /// A client that hears little would fall out of what is kept, though it has missed nothing.
    fn tell_position(&self, conn: &Conn) {
        let Some(standing) = Standing::of(conn) else { return };
        let (Some(gate), Some(actor)) = (standing.gate(), standing.actor()) else { return };
        if let Some(seq) = gate.untold(self.passing.of(&actor.user))
            && let Some(moved) = frame(&Moved { seq })
            && conn.send(&moved)
        {
            gate.tell(seq);
        }
    }

    async fn check(&self) {
        let everyone = Selection::default();
        for mounted in self.mounted.iter() {
            for conn in self.hub.to(&mounted.id(), &everyone).conns() {
                let Some(actor) = Standing::of(&conn).and_then(|standing| standing.actor()) else {
                    continue;
                };
                let Err(end) = self.identity.standing(&actor) else { continue };
                let audience = Audience::Token(actor.token.clone());
                let event = DomainEvent::CredentialEnded(end);
                self.bus.publish(Published::new(self.clock.now(), audience, event)).await;
            }
        }
    }
}
