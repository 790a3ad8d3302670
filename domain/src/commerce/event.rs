//! What clients of the marketplace are told beside messages and notifications (`contracts/commerce.md` section 3).

use std::sync::Arc;

use serde::Serialize;
use serde_json::value::RawValue;

use super::notice::Notice;
use crate::{
    actor::Role,
    events::SocketKey,
    ids::{OrderId, UserId},
    time::Timestamp,
};

/// What of a user's is the same on all of the user's devices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Synced {
    /// What the user is about to buy.
    Cart,
    /// What the user may buy some day.
    Wishlist,
    /// How the user is shown.
    Profile,
}

/// Someone on a socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visitor {
    /// Who.
    pub user: UserId,
    /// The name to show.
    pub name: Option<String>,
    /// The address; only admins are told.
    pub email: String,
    /// With which standing.
    pub role: Role,
    /// On which socket. Its id is a credential and is shown to nobody else.
    pub socket: SocketKey,
}

/// A user with more than one socket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ManyConnections {
    /// Who.
    pub user_id: UserId,
    /// How many.
    pub connection_count: usize,
}

/// How many are there (`contracts/commerce.md` section 3, `connection:stats`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionStats {
    /// Users, each once; guests are nobody.
    pub users: usize,
    /// Sockets of the marketplace, those of guests too.
    pub connections: usize,
    /// Users with more than one socket, at most a hundred, those with most of them first.
    pub several: Vec<ManyConnections>,
    /// When it was counted.
    pub at: Timestamp,
}

/// Something of the marketplace.
#[derive(Debug, Clone)]
pub enum CommerceEvent {
    /// A socket of someone who is no admin opened; for admins.
    Arrived(Arc<Visitor>),
    /// The last socket of someone closed; for admins.
    Departed {
        /// Who.
        visitor: Arc<Visitor>,
        /// Why, in Socket.IO's words.
        reason: &'static str,
    },
    /// How many are there; for admins.
    Stats(Arc<ConnectionStats>),
    /// The app's own figures; for admins.
    Dashboard(Arc<RawValue>),
    /// Something changed on another of the user's sockets.
    Synced {
        /// What.
        what: Synced,
        /// As it is now, in the client's words.
        data: Arc<RawValue>,
    },
    /// A seller has something new; for admins.
    ProductOffered {
        /// Who.
        seller: UserId,
        /// What the seller is called.
        seller_name: Option<String>,
        /// The product in the client's words.
        product: Arc<RawValue>,
    },
    /// A product is different; for those who watch it.
    ProductChanged {
        /// The app's id.
        product: String,
        /// What is different: names or values, in the client's words.
        changes: Arc<RawValue>,
    },
    /// Someone ordered; for admins.
    OrderPlaced {
        /// Who.
        buyer: UserId,
        /// What the buyer is called.
        buyer_name: Option<String>,
        /// The order in the client's words.
        order: Arc<RawValue>,
    },
    /// An order is further; for its buyer and whoever said so.
    OrderStatus {
        /// Which.
        order: OrderId,
        /// How it is now.
        status: String,
    },
    /// What everyone with a role may send from now on; for that role.
    EventsAvailable {
        /// Which.
        role: Role,
        /// The events, in order of their names.
        events: Arc<[String]>,
    },
    /// Something for a role or everyone to read, kept for those who are away for a moment.
    Notice(Arc<Notice>),
}
