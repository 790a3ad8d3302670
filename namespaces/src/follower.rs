//! What follows at a socket when something changes of its user.

use std::sync::Arc;

use outrigger_domain::{
    actor::{Actor, Role},
    ids::ChatId,
    support::SupportEvent,
};
use outrigger_transport::{Conn, Hub};

use crate::{audience::own_rooms, standing::Standing};

/// A contract in which something follows at a socket when its user's role changes, when the account ends, and when it is
/// taken out of a chat; without one the role changes and nothing else. Nothing of this may wait: whoever calls it hands
/// out everything that is told.
pub trait Follower: Send + Sync + 'static {
    /// Whether what the app says of a user's role beside tokens counts more than what the token says.
    fn goes_by_record(&self) -> bool {
        false
    }
    /// The user of this socket has another role now. Whoever may not stay is closed behind this.
    fn became(&self, conn: &Conn, actor: &Actor, may_stay: bool);
    /// The user's account is inactive now; the socket is closed behind this.
    fn deactivated(&self, conn: &Conn);
    /// The socket was just told of a request for help.
    fn told(&self, _conn: &Conn, _actor: &Actor, _event: &SupportEvent) {}
    /// The socket was taken out of a chat.
    fn left(&self, standing: &Standing, actor: &Actor, chat: &ChatId);
}

/// Puts a socket where users of that role are. Gives who it is now.
pub(crate) fn become_role(hub: &Hub, conn: &Arc<Conn>, actor: &Actor, role: Role) -> Actor {
    let promoted = Actor { role, ..actor.clone() };
    let owner = promoted.user.as_str().into();
    // The owner stays the same: there is no limit to meet.
    if hub.place(conn.key(), own_rooms(&promoted), &owner, usize::MAX)
        && let Some(standing) = Standing::of(conn)
    {
        standing.become_actor(promoted.clone());
    }
    promoted
}
