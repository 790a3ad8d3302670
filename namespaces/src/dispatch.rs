//! From the bus to the sockets: one event after the other, each in every contract's words.

use std::{collections::HashSet, sync::Arc};

use outrigger_domain::{
    actor::{Actor, Role},
    events::{DomainEvent, Published, Reach},
    messaging::Deliveries,
    push::Push,
};
use outrigger_transport::{Conn, Hub};
use tokio::sync::mpsc;
use tracing::debug;

use crate::{
    audience::{chat_room, own_rooms, selection},
    monitor::{Place, Recorder},
    mount::Mounted,
    resume::{Gate, Passing},
    standing::Standing,
};

/// Hands events to sockets until the bus is closed.
///
/// There is one of it, so that events reach each socket in the order in which they were published.
pub struct Dispatcher {
    hub: Hub,
    mounted: Arc<[Mounted]>,
    recorder: Arc<Recorder>,
    deliveries: Option<Arc<Deliveries>>,
    passing: Arc<Passing>,
    push: Option<Arc<Push>>,
}

impl Dispatcher {
    /// Speaks for these mounts, and notes what it says; in `deliveries`, which messages found a device, and in
    /// `passing`, what was not for all of a user's sockets. Notifications are also told `push`, if there is web push.
    #[must_use]
    pub fn new(
        hub: Hub,
        mounted: Arc<[Mounted]>,
        recorder: Arc<Recorder>,
        deliveries: Option<Arc<Deliveries>>,
        passing: Arc<Passing>,
        push: Option<Arc<Push>>,
    ) -> Self {
        Self { hub, mounted, recorder, deliveries, passing, push }
    }

    /// Runs until the last publisher is gone.
    pub async fn run(self, mut events: mpsc::Receiver<Published>) {
        while let Some(published) = events.recv().await {
            let reach = self.deliver(&published);
            published.receipt.answer(reach);
            self.push(&published.event);
            self.passing.note(&published);
            // A large fan-out has kept the executor for a while: let others in between two of them.
            tokio::task::consume_budget().await;
        }
        debug!("the bus is closed");
    }

    /// Also when nobody is connected: then most of all.
    fn push(&self, event: &DomainEvent) {
        if let (Some(push), DomainEvent::Notification(notification)) = (&self.push, event) {
            push.note(notification);
        }
    }

    fn deliver(&self, published: &Published) -> Reach {
        let Some(selection) = selection(&published.audience) else { return Reach::default() };
        let mut reached = Reached::default();
        let mut arrived = false;
        for mounted in self.mounted.iter() {
            if mounted.voice.is_silent_on(&published.event) {
                continue;
            }
            let mount = mounted.id();
            let conns = self.hub.to(&mount, &selection).conns();
            if conns.is_empty() {
                continue;
            }
            let frames = mounted.voice.render(mount.namespace, published);
            let mut spoken_to = 0;
            for conn in &conns {
                // A socket of nobody hears nothing, even what is for all.
                let Some(standing) = Standing::of(conn) else { continue };
                let Some(actor) = standing.actor() else { continue };
                let taken = match standing.gate() {
                    None => frames.iter().filter(|frame| conn.send(frame)).count() > 0,
                    // Whoever comes back asks anew for the state of a message, once its gate is open.
                    Some(gate) if is_asked_for_anew(&published.event) && !gate.is_open() => false,
                    Some(gate) => {
                        let seq = published.seqs.for_user(&actor.user);
                        gate.deliver(conn, &frames, seq, published.event.closes())
                    }
                };
                spoken_to += 1;
                self.follow(conn, &actor, mounted.least_role, &published.event);
                // What is left to the store for a gate that is closed arrives when it is read from there.
                arrived |= taken && standing.gate().is_none_or(Gate::is_open);
                if taken || published.event.closes() {
                    reached.count(&actor, &published.receipt);
                }
            }
            let place = Place { contract: mounted.contract, namespace: mounted.namespace };
            for frame in &frames {
                self.recorder.outgoing(place, frame, &published.audience, spoken_to);
            }
        }
        if arrived
            && let DomainEvent::MessageReceived(message) = &published.event
            && let Some(deliveries) = &self.deliveries
        {
            deliveries.note(message);
        }
        reached.into()
    }

    /// What an event changes at the socket itself.
    fn follow(&self, conn: &Arc<Conn>, actor: &Actor, least: Role, event: &DomainEvent) {
        if event.closes() {
            conn.disconnect();
        } else if let DomainEvent::ChatLeft(chat) = event {
            self.hub.leave(conn.key(), &chat_room(chat));
            if let Some(standing) = Standing::of(conn)
                && let Some(followed) = standing.followed_if_any()
            {
                followed.leave(chat);
            }
        } else if let DomainEvent::TokenReplaced { role, .. } = event
            && actor.role != *role
            && let Some(standing) = Standing::of(conn)
        {
            let promoted = Actor { role: *role, ..actor.clone() };
            let owner = promoted.user.as_str().into();
            // The owner stays the same: there is no limit to meet.
            if self.hub.place(conn.key(), own_rooms(&promoted), &owner, usize::MAX) {
                standing.become_actor(promoted);
            }
            if *role < least {
                conn.disconnect();
            }
        }
    }
}

/// Of how recipients get on there is more than a socket can hold back while it takes up its feed.
fn is_asked_for_anew(event: &DomainEvent) -> bool {
    matches!(event, DomainEvent::Recipients { .. })
}

/// Sockets and devices, counted only for those who ask.
#[derive(Default)]
struct Reached {
    sockets: usize,
    devices: HashSet<(outrigger_domain::ids::UserId, outrigger_domain::ids::DeviceId)>,
}

impl Reached {
    fn count(&mut self, actor: &Actor, receipt: &outrigger_domain::events::Receipt) {
        if receipt.is_requested() {
            self.sockets += 1;
            self.devices.insert((actor.user.clone(), actor.device.clone()));
        }
    }
}

impl From<Reached> for Reach {
    fn from(reached: Reached) -> Self {
        Self { sockets: reached.sockets, devices: reached.devices.len() }
    }
}
