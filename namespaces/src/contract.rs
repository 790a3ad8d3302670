//! What a contract brings: handlers for what clients send, and words for what happens.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use outrigger_domain::{
    actor::Actor,
    events::{Audience, DomainEvent, Published},
    ids::NotificationId,
};
use outrigger_transport::{Args, Conn, Frame, Reply};
use serde::Serialize;
use tracing::error;

use crate::{shape::Shape, standing::Standing};

/// An event as it stands on the wire: its name, declared once, beside its payload.
pub trait WireEvent: Serialize {
    /// The name.
    const NAME: &'static str;
    /// Whether only its latest value matters, so that a slow reader may miss one.
    const STATE: bool = false;
}

/// Encodes an event; a payload that cannot be encoded is a defect, told in the log and to nobody else.
pub fn frame<E: WireEvent>(event: &E) -> Option<Frame> {
    match Frame::new(E::NAME, event) {
        Ok(frame) if E::STATE => Some(frame.state()),
        Ok(frame) => Some(frame),
        Err(fault) => {
            error!(event = E::NAME, %fault, "an event could not be encoded");
            None
        }
    }
}

/// Notifications that are named when something was done with all of a user's: a connection's queue has room for more.
pub const MOST_NAMED: usize = 100;

/// Those that are named, of all of a user's or of some, oldest first.
#[must_use]
pub fn newest(ids: &[NotificationId], all: bool) -> &[NotificationId] {
    let unnamed = if all { ids.len().saturating_sub(MOST_NAMED) } else { 0 };
    ids.get(unnamed..).unwrap_or_default()
}

/// Whether only contract `tracking` has words for it.
#[must_use]
pub fn is_only_tracked(event: &DomainEvent) -> bool {
    matches!(
        event,
        DomainEvent::TrackedMessage(_)
            | DomainEvent::Recipients { .. }
            | DomainEvent::Analytics(_)
            | DomainEvent::Announcement(_)
            | DomainEvent::PingAll
    )
}

/// Whether only contract `commerce` has words for it, and contract `quiz`, whose rooms are the same.
#[must_use]
pub fn is_only_commerce(event: &DomainEvent) -> bool {
    matches!(
        event,
        DomainEvent::Commerce(_) | DomainEvent::ChatVisit { .. } | DomainEvent::RoleChanged { .. }
    )
}

/// Whether only contract `quiz` has words for it.
#[must_use]
pub fn is_only_quiz(event: &DomainEvent) -> bool {
    matches!(
        event,
        DomainEvent::Quiz(_) | DomainEvent::ChatTyping { .. } | DomainEvent::ChatRelay { .. }
    )
}

/// Whether only contract `contacts` has words for it.
#[must_use]
pub fn is_only_contacts(event: &DomainEvent) -> bool {
    matches!(event, DomainEvent::Support(_))
}

/// Who hears an event, as far as a contract tells it to some otherwise than to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hearer {
    /// Somebody without a token.
    Guest,
    /// Somebody with one.
    User,
    /// Somebody who may act on others.
    Admin,
}

impl Hearer {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Guest, Self::User, Self::Admin];

    /// Which one this is.
    #[must_use]
    pub fn of(actor: &Actor) -> Self {
        match actor {
            guest if guest.is_guest() => Self::Guest,
            admin if admin.is_admin() => Self::Admin,
            _ => Self::User,
        }
    }
}

/// One event that a client sent.
pub struct Call<'a> {
    /// The socket it came on.
    pub conn: &'a Arc<Conn>,
    /// That socket's state.
    pub standing: &'a Standing,
    /// Who sent it.
    pub actor: Arc<Actor>,
    /// Its arguments.
    pub args: Args,
}

/// How an event is handled.
pub type Handler<C> = for<'a> fn(&'a C, Call<'a>) -> BoxFuture<'a, Reply>;

/// A row of a contract's table of events that clients send.
pub struct Inbound<C: 'static> {
    /// The event's name.
    pub event: &'static str,
    /// Its argument, if it has one.
    pub argument: Option<Shape>,
    /// Its acknowledgement, if that is more than whether it was done.
    pub ack: Option<Shape>,
    /// How it is handled.
    pub handle: Handler<C>,
}

/// A contract's words for what happens.
pub trait Voice: Send + Sync + 'static {
    /// The frames that say `published` in this namespace; none if it is not spoken of here.
    fn render(&self, namespace: &str, published: &Published) -> Vec<Frame>;
    /// Whether nothing of this kind is ever said in this contract: then nobody looks for its sockets. For what is told often
    /// and to everybody.
    fn is_silent_on(&self, event: &DomainEvent) -> bool;
    /// Who is told in this contract, if that is fewer than are told in others.
    fn narrowed(&self, _published: &Published) -> Option<Audience> {
        None
    }
    /// The frames that say it to those hearers, if they are not what [`Self::render`] gives: none, if these are not told of
    /// it at all. Never of what is kept in feeds.
    fn aside(
        &self,
        _namespace: &str,
        _published: &Published,
        _hearer: Hearer,
    ) -> Option<Vec<Frame>> {
        None
    }
    /// The application's own heartbeat, if the contract has one here.
    fn heartbeat(&self, namespace: &str) -> Option<Frame>;
    /// What is said before the process ends, if anything is.
    fn farewell(&self, namespace: &str) -> Option<Frame>;
}
