//! Walks over the open sockets: heartbeats of the application, and tokens that no longer hold.

use std::{collections::HashMap, sync::Arc, time::Duration};

use outrigger_domain::{
    events::{Audience, DomainEvent, Published},
    identity::Identity,
    ports::Bus,
    time::Clock,
};
use outrigger_transport::{Conn, Frame, Hub, Selection};

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
fn is_caught_up(standing: &Standing) -> bool {
    standing.gate().is_none_or(Gate::is_open)
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
            self.visit(round % slots, slots).await;
            round += 1;
        }
    }

    /// Looks at every socket once. Each round reaches its share of them with heartbeats, so that they are not all woken at
    /// once; the end of a token is told to all its sockets together, however many there are.
    async fn visit(&self, slot: u64, slots: u64) {
        let everyone = Selection::default();
        let mut ended = HashMap::new();
        for mounted in self.mounted.iter() {
            let heartbeat = mounted.voice.heartbeat(mounted.namespace);
            for conn in self.hub.to(&mounted.id(), &everyone).conns() {
                let Some(standing) = Standing::of(conn) else { continue };
                if conn.key() % slots == slot {
                    self.beat(conn, standing, heartbeat.as_ref());
                }
                if let Some(actor) = standing.actor()
                    && let Err(end) = self.identity.standing(&actor)
                {
                    ended.insert(actor.token.clone(), end);
                }
            }
        }
        for (token, end) in ended {
            let event = DomainEvent::CredentialEnded(end);
            let ended = Published::new(self.clock.now(), Audience::Token(token), event);
            self.bus.publish(ended).await;
        }
    }

    fn beat(&self, conn: &Conn, standing: &Standing, heartbeat: Option<&Frame>) {
        if let Some(heartbeat) = heartbeat.filter(|_| is_caught_up(standing)) {
            conn.send(heartbeat);
        }
        self.tell_position(conn, standing);
    }

    /// A client that hears little would fall out of what is kept, though it has missed nothing.
    fn tell_position(&self, conn: &Conn, standing: &Standing) {
        let (Some(gate), Some(actor)) = (standing.gate(), standing.actor()) else { return };
        if let Some(seq) = gate.untold(self.passing.of(&actor.user))
            && let Some(moved) = frame(&Moved { seq })
            && conn.send(&moved)
        {
            gate.tell(seq);
        }
    }
}
