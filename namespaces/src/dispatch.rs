//! From the bus to the sockets: one event after the other, each in every contract's words.

use std::{collections::HashSet, sync::Arc};

use outrigger_domain::{
    actor::{Actor, Role},
    events::{DomainEvent, Published, Reach},
    messaging::Deliveries,
    push::Push,
};
use outrigger_transport::{Conn, Frame, Hub};
use tokio::sync::mpsc;
use tracing::debug;

use crate::{
    audience::{chat_room, left_out, selection},
    contract::Hearer,
    follower::become_role,
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
        let Some(everywhere) = selection(&published.audience) else { return Reach::default() };
        let left_out = left_out(&published.audience);
        let mut reached = Reached::default();
        let mut arrived = false;
        for mounted in self.mounted.iter() {
            if mounted.voice.is_silent_on(&published.event) {
                continue;
            }
            let mount = mounted.id();
            let narrowed = mounted.voice.narrowed(published);
            let narrowed = narrowed.as_ref().and_then(selection);
            let mut conns = self.hub.to(&mount, narrowed.as_ref().unwrap_or(&everywhere)).conns();
            if let Some(left_out) = left_out {
                conns.retain(|conn| conn.key() != left_out);
            }
            if conns.is_empty() {
                continue;
            }
            let mut words = Words::of(mounted, published);
            for conn in &conns {
                // A socket of nobody hears nothing, even what is for all.
                let Some(standing) = Standing::of(conn) else { continue };
                let Some(actor) = standing.actor() else { continue };
                let Said { frames, spoken_to } = words.to(&actor);
                let taken = match standing.gate() {
                    None => frames.iter().filter(|frame| conn.send(frame)).count() > 0,
                    // Whoever comes back asks anew for the state of a message, once its gate is open.
                    Some(gate) if is_asked_for_anew(&published.event) && !gate.is_open() => false,
                    Some(gate) => {
                        let seq = published.seqs.for_user(&actor.user);
                        gate.deliver(conn, frames, seq, published.event.closes())
                    }
                };
                *spoken_to += 1;
                self.follow(conn, &actor, mounted, &published.event);
                // What is left to the store for a gate that is closed arrives when it is read from there.
                arrived |= taken && standing.gate().is_none_or(Gate::is_open);
                if taken || published.event.closes() {
                    reached.count(&actor, &published.receipt);
                }
            }
            let place = Place { contract: mounted.contract, namespace: mounted.namespace };
            for Said { frames, spoken_to } in words.all() {
                for frame in frames {
                    self.recorder.outgoing(place, frame, &published.audience, *spoken_to);
                }
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
    fn follow(&self, conn: &Arc<Conn>, actor: &Actor, mounted: &Mounted, event: &DomainEvent) {
        let follower = mounted.follower.as_ref();
        let by_record = follower.is_some_and(|follower| follower.goes_by_record());
        if event.closes() {
            conn.disconnect();
        } else if let DomainEvent::ChatLeft(chat) = event {
            self.hub.leave(conn.key(), &chat_room(chat));
            let Some(standing) = Standing::of(conn) else { return };
            if let Some(followed) = standing.followed_if_any() {
                followed.leave(chat);
            }
            if let Some(follower) = follower {
                follower.left(&standing, actor, chat);
            }
        } else if let DomainEvent::Support(event) = event {
            if let Some(follower) = follower {
                follower.told(conn, actor, event);
            }
        } else if let DomainEvent::AccountStatus { active: false, .. } = event
            && let Some(follower) = follower
        {
            follower.deactivated(conn);
            conn.disconnect();
        } else if let Some(role) = new_role(event, by_record)
            && actor.role != role
        {
            let promoted = become_role(&self.hub, conn, actor, role);
            let may_stay = role >= mounted.least_role;
            if let Some(follower) = follower {
                follower.became(conn, &promoted, may_stay);
            }
            if !may_stay {
                conn.disconnect();
            }
        }
    }
}

/// Frames, and how many sockets were told so.
struct Said {
    frames: Vec<Frame>,
    spoken_to: usize,
}

/// An event in a contract's words: for everyone, and for those to whom it is said otherwise.
struct Words {
    everyone: Said,
    asides: [Option<Said>; Hearer::ALL.len()],
}

impl Words {
    fn of(mounted: &Mounted, published: &Published) -> Self {
        let said = |frames| Said { frames, spoken_to: 0 };
        let (voice, namespace) = (&mounted.voice, mounted.namespace);
        let everyone = said(voice.render(namespace, published));
        let aside = |hearer| voice.aside(namespace, published, hearer).map(said);
        Self { everyone, asides: Hearer::ALL.map(aside) }
    }

    fn to(&mut self, actor: &Actor) -> &mut Said {
        self.asides[Hearer::of(actor) as usize].as_mut().unwrap_or(&mut self.everyone)
    }

    fn all(&self) -> impl Iterator<Item = &Said> {
        self.asides.iter().flatten().chain([&self.everyone])
    }
}

/// The role that a user has from now on, where the app's record of the user counts more than a token, or elsewhere.
fn new_role(event: &DomainEvent, by_record: bool) -> Option<Role> {
    if let DomainEvent::TokenReplaced { role, told_role, .. } = event {
        Some(told_role.filter(|_| by_record).unwrap_or(*role))
    } else if let DomainEvent::RoleChanged { role } = event {
        by_record.then_some(*role)
    } else {
        None
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

#[cfg(test)]
mod tests {
    use outrigger_domain::events::Secret;

    use super::*;

    #[test]
    fn a_record_counts_more_than_a_token_only_where_it_does() {
        let token = |told_role| {
            let (token, reason) = (Secret::new("t"), String::new());
            DomainEvent::TokenReplaced { token, role: Role::User, told_role, reason }
        };
        assert_eq!(new_role(&token(Some(Role::Staff)), true), Some(Role::Staff));
        assert_eq!(new_role(&token(Some(Role::Staff)), false), Some(Role::User));
        assert_eq!(new_role(&token(None), true), Some(Role::User));
        let changed = DomainEvent::RoleChanged { role: Role::Admin };
        assert_eq!(new_role(&changed, true), Some(Role::Admin));
        assert_eq!(new_role(&changed, false), None);
        assert_eq!(new_role(&DomainEvent::PingAll, true), None);
    }
}
