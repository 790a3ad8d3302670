//! Who is in the marketplace now, socket by socket (`contracts/commerce.md` section 3).

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::event::{ConnectionStats, ManyConnections, Visitor};
use crate::{
    actor::{Actor, Role},
    events::SocketKey,
    ids::UserId,
    presence::hidden,
    time::Timestamp,
};

/// Users with several sockets that are shown at most, those with most of them first.
pub const MOST_SEVERAL_SHOWN: usize = 100;

/// A socket went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// Whose it was.
    pub visitor: Arc<Visitor>,
    /// Whether it was the user's last one.
    pub last: bool,
}

/// Someone who is there (`contracts/commerce.md` section 2, `admin:user_list`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Who.
    pub user: UserId,
    /// The name to show.
    pub name: Option<String>,
    /// The address; empty if it is not known.
    pub email: String,
    /// With which standing.
    pub role: Role,
    /// On how many sockets.
    pub connections: usize,
}

type Sockets = BTreeMap<SocketKey, Arc<Visitor>>;

/// Sockets of users, and of those who are none: guests and the sidecar's own.
#[derive(Default)]
struct Present {
    users: BTreeMap<UserId, Sockets>,
    nobodies: BTreeMap<UserId, Sockets>,
    /// All of them.
    connections: usize,
    /// Sockets of admins among them.
    admins: usize,
    /// Users with more than one socket, those with most of them first.
    several: BTreeSet<(Reverse<usize>, UserId)>,
}

impl Present {
    fn side(&mut self, user: &UserId) -> &mut BTreeMap<UserId, Sockets> {
        if hidden(user) { &mut self.nobodies } else { &mut self.users }
    }

    fn sockets(&self, user: &UserId) -> Option<&Sockets> {
        self.users.get(user).or_else(|| self.nobodies.get(user))
    }

    /// A user has that many sockets, and had so many.
    fn count(&mut self, user: &UserId, had: usize, has: usize) {
        self.connections = (self.connections + has).saturating_sub(had);
        if hidden(user) || had == has {
            return;
        }
        if had > 1 {
            self.several.remove(&(Reverse(had), user.clone()));
        }
        if has > 1 {
            self.several.insert((Reverse(has), user.clone()));
        }
    }
}

/// The sockets of the marketplace on this node. A guest is nobody: counted among the connections only. What is remembered
/// is bounded by the sockets that are open.
#[derive(Default)]
pub struct Crowd {
    present: Mutex<Present>,
}

impl Crowd {
    /// Nobody yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn present(&self) -> MutexGuard<'_, Present> {
        self.present.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A socket opened. Call it once for each, and [`Self::leave`] when it is gone.
    pub fn enter(&self, actor: &Actor, socket: SocketKey) -> Arc<Visitor> {
        let visitor = Arc::new(Visitor {
            user: actor.user.clone(),
            name: actor.profile.name.clone(),
            // The app's own word for it counts more than a token's.
            email: actor.profile.email.clone().unwrap_or_else(|| actor.email.clone()),
            role: actor.role,
            socket,
        });
        let mut present = self.present();
        let sockets = present.side(&actor.user).entry(actor.user.clone()).or_default();
        let had = sockets.len();
        let before = sockets.insert(socket, Arc::clone(&visitor));
        let has = sockets.len();
        let was_admin = before.is_some_and(|before| before.role == Role::Admin);
        present.admins += usize::from(actor.is_admin());
        present.admins = present.admins.saturating_sub(usize::from(was_admin));
        present.count(&actor.user, had, has);
        visitor
    }

    /// A socket is gone; `None` if it never came.
    pub fn leave(&self, user: &UserId, socket: SocketKey) -> Option<Left> {
        let mut present = self.present();
        let side = present.side(user);
        let sockets = side.get_mut(user)?;
        let had = sockets.len();
        let visitor = sockets.remove(&socket)?;
        let has = sockets.len();
        if has == 0 {
            side.remove(user);
        }
        present.admins = present.admins.saturating_sub(usize::from(visitor.role == Role::Admin));
        present.count(user, had, has);
        Some(Left { visitor, last: has == 0 })
    }

    /// A user's sockets have another standing from now on.
    pub fn became(&self, user: &UserId, role: Role) {
        let mut present = self.present();
        let Some(sockets) = present.side(user).get_mut(user) else { return };
        let (mut were, mut are) = (0, 0);
        for visitor in sockets.values_mut() {
            were += usize::from(visitor.role == Role::Admin);
            are += usize::from(role == Role::Admin);
            // Said for each of the user's sockets: the first time changes them all.
            if visitor.role != role {
                Arc::make_mut(visitor).role = role;
            }
        }
        present.admins = (present.admins + are).saturating_sub(were);
    }

    /// How many are there.
    #[must_use]
    pub fn stats(&self, now: Timestamp) -> ConnectionStats {
        let present = self.present();
        let several = present.several.iter().take(MOST_SEVERAL_SHOWN);
        let several = several
            .map(|(Reverse(count), user)| ManyConnections {
                user_id: user.clone(),
                connection_count: *count,
            })
            .collect();
        let (users, connections) = (present.users.len(), present.connections);
        ConnectionStats { users, connections, several, at: now }
    }

    /// How many sockets there are, those of guests too.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.present().connections
    }

    /// A user's sockets, in the order in which they opened.
    #[must_use]
    pub fn of(&self, user: &UserId) -> Vec<SocketKey> {
        let present = self.present();
        present.sockets(user).map(|sockets| sockets.keys().copied().collect()).unwrap_or_default()
    }

    /// With which standing a user is there; `None` if the user is not.
    #[must_use]
    pub fn role_of(&self, user: &UserId) -> Option<Role> {
        let present = self.present();
        let (_, visitor) = present.sockets(user)?.last_key_value()?;
        Some(visitor.role)
    }

    /// Users who are there, in order of their ids, at most `limit`. Each as the socket that opened last shows the user.
    #[must_use]
    pub fn list(&self, limit: usize) -> Vec<Listed> {
        let present = self.present();
        let each = present.users.values().take(limit);
        each.filter_map(|sockets| {
            let (_, visitor) = sockets.last_key_value()?;
            Some(Listed {
                user: visitor.user.clone(),
                name: visitor.name.clone(),
                email: visitor.email.clone(),
                role: visitor.role,
                connections: sockets.len(),
            })
        })
        .collect()
    }

    /// Whether an admin is there.
    #[must_use]
    pub fn has_admin(&self) -> bool {
        self.present().admins > 0
    }
}

#[cfg(test)]
mod tests;
