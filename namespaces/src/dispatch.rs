//! From the bus to the sockets: one event after the other, each in every contract's words.

use std::sync::{Arc, OnceLock};

use outrigger_domain::{
    actor::{Actor, Role},
    events::{DomainEvent, Published, Reach, Seqs},
    local_bus::{Deliver, Events},
    messaging::Deliveries,
    push::Push,
    quiz::QuizEvent,
};
use outrigger_transport::{Conn, ConnKey, Frame, Hub, MountSockets, Tally};
use tracing::debug;

use crate::{
    audience::{chat_room, left_out, selection},
    contract::Hearer,
    follower::become_role,
    lists::{Lists, Socket},
    monitor::{Place, Recorder},
    mount::Mounted,
    reached::Reached,
    resume::{Gate, Passing},
    standing::{DeviceMark, Standing},
};

/// Hands events to sockets until the bus is closed.
///
/// There is one of it, so that events reach each socket in the order in which they were published.
pub struct Dispatcher {
    hub: Hub,
    mounted: Arc<[Mounted]>,
    /// Those of each of them, once they were looked for.
    sockets: Box<[OnceLock<MountSockets>]>,
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
        let sockets = mounted.iter().map(|_| OnceLock::new()).collect();
        Self { hub, mounted, sockets, recorder, deliveries, passing, push }
    }

    /// Runs until the last publisher is gone.
    pub async fn run(self, events: Events) {
        events.deliver_by(self).await;
        debug!("the bus is closed");
    }

    /// Also when nobody is connected: then most of all.
    fn push(&self, event: &DomainEvent) {
        if let (Some(push), DomainEvent::Notification(notification)) = (&self.push, event) {
            push.note(notification);
        }
    }

    /// The sockets of a mount, if there are any: most contracts have none on most paths.
    fn there<'a>(
        &self,
        mounted: &Mounted,
        found: &'a OnceLock<MountSockets>,
    ) -> Option<&'a MountSockets> {
        let sockets = match found.get() {
            Some(sockets) => sockets,
            None => {
                let sockets = self.hub.sockets_of(&mounted.id())?;
                found.get_or_init(|| sockets)
            }
        };
        (!sockets.is_empty()).then_some(sockets)
    }

    /// Hands an event to the sockets it is for.
    pub(crate) fn tell(&self, published: &Published) -> Reach {
        let Some(everywhere) = selection(&published.audience) else { return Reach::default() };
        let left_out = left_out(&published.audience);
        let (closes, changes) = (published.event.closes(), changes_sockets(&published.event));
        let counted = published.receipt.is_requested();
        let mut reached = Reached::default();
        let mut arrived = false;
        for (mounted, sockets) in self.mounted.iter().zip(&self.sockets) {
            // There are dozens of mounts, and most have no sockets.
            let Some(sockets) = self.there(mounted, sockets) else { continue };
            if mounted.voice.is_silent_on(&published.event) || is_for_others(mounted, published) {
                continue;
            }
            let narrowed = mounted.voice.narrowed(published);
            let narrowed = narrowed.as_ref().and_then(selection);
            let there = sockets.to(narrowed.as_ref().unwrap_or(&everywhere));
            let conns = Meant { conns: there.conns(), left_out };
            if conns.iter().next().is_none() {
                continue;
            }
            if is_list(&published.event)
                && let Some(lists) = &mounted.lists
                && !counted
            {
                self.hand_out(lists, conns, mounted, published);
                continue;
            }
            let mut words = Words::of(mounted, published);
            // Then nothing has to be known of whoever hears it.
            let plain = !changes && words.is_one();
            let hearers = hearers(conns);
            if counted {
                reached.expect(hearers.len());
            }
            for Listener { conn, standing, device, connected } in hearers {
                let gate = standing.gate();
                if plain && gate.is_none() {
                    let taken = connected && words.everyone.say(conn);
                    arrived |= taken;
                    if counted && taken {
                        reached.count(device);
                    }
                    continue;
                }
                let Some(actor) = standing.actor() else { continue };
                let said = words.to(&actor);
                let taken = match gate {
                    None => said.say(conn),
                    Some(gate) => {
                        said.spoken_to += 1;
                        // Whoever comes back asks anew for the state of a message, once its gate is open.
                        let anew = is_asked_for_anew(&published.event) && !gate.is_open();
                        let seq = published.seqs.for_user(&actor.user);
                        !anew && gate.deliver(conn, &said.frames, seq, closes)
                    }
                };
                if changes {
                    self.follow(conn, standing, &actor, mounted, &published.event);
                }
                // What is left to the store for a gate that is closed arrives when it is read from there.
                arrived |= taken && gate.is_none_or(Gate::is_open);
                if counted && (taken || closes) {
                    reached.count(device);
                }
            }
            let place = Place { contract: mounted.contract, namespace: mounted.namespace };
            for Said { frames, spoken_to, .. } in words.all() {
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

    /// A list of everyone, which is long: each socket hears it in its turn.
    fn hand_out(
        &self,
        lists: &Arc<Lists>,
        conns: Meant<'_>,
        mounted: &Mounted,
        published: &Published,
    ) {
        let aside = |hearer| mounted.voice.aside(mounted.namespace, published, hearer);
        // As far as some are told it otherwise, they are not told it at all.
        let deaf = Hearer::ALL.map(|hearer| aside(hearer).is_some());
        let some_are = deaf.contains(&true);
        let hears = |conn: &&Arc<Conn>| {
            let Some(standing) = Standing::of(conn) else { return false };
            if some_are {
                standing.actor().is_some_and(|actor| !deaf[Hearer::of(&actor) as usize])
            } else {
                standing.is_someones()
            }
        };
        let hearers: Vec<_> = conns.iter().filter(hears).map(Socket::of).collect();
        let place = Place { contract: mounted.contract, namespace: mounted.namespace };
        if self.recorder.is_watched() {
            for frame in mounted.voice.render(mounted.namespace, published) {
                self.recorder.outgoing(place, &frame, &published.audience, hearers.len());
            }
        }
        lists.tell_all(hearers);
    }

    /// What an event changes at the socket itself.
    fn follow(
        &self,
        conn: &Arc<Conn>,
        standing: &Standing,
        actor: &Actor,
        mounted: &Mounted,
        event: &DomainEvent,
    ) {
        let follower = mounted.follower.as_ref();
        let by_record = follower.is_some_and(|follower| follower.goes_by_record());
        if event.closes() {
            conn.disconnect();
        } else if let DomainEvent::ChatLeft(chat) = event {
            self.hub.leave(conn.key(), &chat_room(chat));
            if let Some(followed) = standing.followed_if_any() {
                followed.leave(chat);
            }
            if let Some(follower) = follower {
                follower.left(standing, actor, chat);
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

impl Deliver for Dispatcher {
    fn deliver(&mut self, published: Published) {
        let reach = self.tell(&published);
        published.receipt.answer(reach);
        self.push(&published.event);
        self.passing.note(&published);
    }
}

/// Sockets, without the one that is left out.
#[derive(Clone, Copy)]
struct Meant<'a> {
    conns: &'a [Arc<Conn>],
    left_out: Option<ConnKey>,
}

impl<'a> Meant<'a> {
    fn iter(self) -> impl Iterator<Item = &'a Arc<Conn>> {
        self.conns.iter().filter(move |conn| self.left_out != Some(conn.key()))
    }
}

/// A socket of someone.
struct Listener<'a> {
    conn: &'a Arc<Conn>,
    standing: &'a Standing,
    device: DeviceMark,
    /// Asked when it is looked at, which fetches what sending needs.
    connected: bool,
}

/// Those of somebody: a socket of nobody hears nothing, even what is for all. They are looked at before the first is sent
/// anything: with thousands of them each look waits for memory, and without the locks of sending in between many wait at once.
fn hearers(conns: Meant<'_>) -> Vec<Listener<'_>> {
    fn someones(conn: &Arc<Conn>) -> Option<Listener<'_>> {
        let standing = Standing::of(conn)?;
        let connected = conn.connected();
        Some(Listener { conn, standing, device: standing.device()?, connected })
    }
    let mut hearers = Vec::with_capacity(conns.conns.len());
    hearers.extend(conns.iter().filter_map(someones));
    hearers
}

/// Frames, and how many sockets were told so.
struct Said {
    frames: Vec<Frame>,
    spoken_to: usize,
    tally: Tally,
}

impl Said {
    /// Says it to one more; whether the socket takes any of it.
    fn say(&mut self, conn: &Conn) -> bool {
        self.spoken_to += 1;
        let Self { frames, tally, .. } = self;
        frames.iter().filter(|frame| conn.send_counted(frame, tally)).count() > 0
    }
}

/// An event in a contract's words: for everyone, and for those to whom it is said otherwise.
struct Words {
    everyone: Said,
    asides: [Option<Said>; Hearer::ALL.len()],
}

impl Words {
    fn of(mounted: &Mounted, published: &Published) -> Self {
        let said = |frames| Said { frames, spoken_to: 0, tally: Tally::default() };
        let (voice, namespace) = (&mounted.voice, mounted.namespace);
        let everyone = said(voice.render(namespace, published));
        let aside = |hearer| voice.aside(namespace, published, hearer).map(said);
        Self { everyone, asides: Hearer::ALL.map(aside) }
    }

    /// Whether everybody is told the same.
    fn is_one(&self) -> bool {
        self.asides.iter().all(Option::is_none)
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

/// Whether anything follows at the sockets themselves ([`Dispatcher::follow`]).
fn changes_sockets(event: &DomainEvent) -> bool {
    event.closes()
        || matches!(
            event,
            DomainEvent::ChatLeft(_)
                | DomainEvent::Support(_)
                | DomainEvent::AccountStatus { active: false, .. }
                | DomainEvent::TokenReplaced { .. }
                | DomainEvent::RoleChanged { .. }
        )
}

/// Whether it is an event of the app for another contract than this mount's. Which namespaces it is for each contract
/// decides. One that stands in feeds moves the place of every socket that follows its feed, told or not.
fn is_for_others(mounted: &Mounted, published: &Published) -> bool {
    let (DomainEvent::Custom(custom), Seqs::None) = (&published.event, &published.seqs) else {
        return false;
    };
    custom.contract.as_deref().is_some_and(|contract| contract != mounted.contract)
}

/// Whether it is the list of everyone who is there.
pub(crate) fn is_list(event: &DomainEvent) -> bool {
    matches!(event, DomainEvent::OnlineUsers(_) | DomainEvent::Quiz(QuizEvent::Everyone(_)))
}

/// Of how recipients get on there is more than a socket can hold back while it takes up its feed.
fn is_asked_for_anew(event: &DomainEvent) -> bool {
    matches!(event, DomainEvent::Recipients { .. })
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
