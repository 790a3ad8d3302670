//! Coming, going, and what was refused.

use outrigger_domain::{
    commerce::{ConnectionStats, ManyConnections},
    time::Timestamp,
};
use serde::Serialize;
use serde_json::Number;
use ts_rs::TS;

use crate::{contract::WireEvent, rooms::wire::wire};

wire! {
    /// The first thing a socket is told.
    "connection:success" => CommerceConnectionSuccess {
        /// The client's own socket.
        socket_id: String,
        /// A sentence for people.
        message: &'static str,
        /// Who it is; `null` for a guest.
        user_id: Option<String>,
        /// The name to show.
        user_name: String,
        /// What the user may do.
        #[ts(type = "'admin' | 'seller' | 'user' | 'guest'")]
        user_role: &'static str,
        /// When, in ms.
        timestamp: i64,
        /// Sockets of the marketplace, this one among them.
        active_connections: usize,
        /// Whether a token was shown.
        is_authenticated: bool,
    }
}
wire! {
    /// What this socket may send, whenever that changes.
    "events:available" => CommerceEventsAvailable {
        /// Names, in order.
        events: Vec<String>,
        /// For which role.
        #[ts(type = "'admin' | 'seller' | 'user' | 'guest'")]
        role: &'static str,
    }
}
wire! {
    /// A client that was here before is back and takes up its feed.
    "connection:reconnected" => CommerceReconnected {
        /// The client's own socket.
        socket_id: String,
        /// A sentence for people.
        message: &'static str,
        /// Who it is.
        user_id: Option<String>,
        /// The name to show.
        user_name: String,
        /// When, in ms.
        timestamp: i64,
    }
}
wire! {
    /// A socket of someone who is no admin opened; for admins.
    "user:connected" state => CommerceUserConnected {
        /// Who.
        user_id: String,
        /// The name to show.
        user_name: String,
        /// The address.
        user_email: String,
        /// With which standing.
        #[ts(type = "'admin' | 'seller' | 'user'")]
        user_role: &'static str,
        /// On which socket, by a name that is no credential.
        socket_id: String,
        /// When, in ms.
        timestamp: i64,
    }
}
wire! {
    /// The last socket of someone closed; for admins.
    "user:disconnected" state => CommerceUserDisconnected {
        /// Who.
        user_id: String,
        /// The name to show.
        user_name: String,
        /// The address.
        user_email: String,
        /// With which standing.
        #[ts(type = "'admin' | 'seller' | 'user'")]
        user_role: &'static str,
        /// Why, in Socket.IO's words.
        reason: &'static str,
        /// When, in ms.
        timestamp: i64,
    }
}

/// How many sockets a user has in the mean: with two decimals, or nought.
#[derive(Serialize, TS)]
#[serde(untagged)]
pub enum CommerceMean {
    /// With two decimals.
    Mean(String),
    /// Nobody is there.
    Nobody(#[ts(type = "0")] u8),
}

wire! {
    /// How many are there; for admins, every 30 seconds and when they ask.
    "connection:stats" state => CommerceConnectionStats {
        /// Users, each once.
        total_users: usize,
        /// Sockets of the marketplace.
        total_connections: usize,
        /// Sockets of one user in the mean.
        average_connections_per_user: CommerceMean,
        /// Users with more than one, at most a hundred.
        #[ts(type = "{ userId: string; connectionCount: number }[]")]
        multiple_connection_users: Vec<ManyConnections>,
        /// When.
        timestamp: Timestamp,
    }
}

impl From<&ConnectionStats> for CommerceConnectionStats {
    #[expect(clippy::cast_precision_loss, reason = "nobody has 2^52 sockets")]
    fn from(stats: &ConnectionStats) -> Self {
        let average_connections_per_user = match stats.users {
            0 => CommerceMean::Nobody(0),
            users => CommerceMean::Mean(format!("{:.2}", stats.connections as f64 / users as f64)),
        };
        Self {
            total_users: stats.users,
            total_connections: stats.connections,
            average_connections_per_user,
            multiple_connection_users: stats.several.clone(),
            timestamp: stats.at,
        }
    }
}

wire! {
    /// Answers `ping`.
    "pong" => CommercePong {
        /// When, in ms.
        timestamp: i64,
        /// When the client asked, as it said.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional, type = "number")]
        client_timestamp: Option<Number>,
        /// The difference, in ms; `null` if the client did not say when it asked.
        latency: Option<i64>,
        /// The client's own socket.
        socket_id: String,
    }
}
wire! {
    /// The socket is closed from the server's side behind this.
    "force_disconnect" => CommerceForceDisconnect {
        /// Why, for people.
        reason: String,
        /// A sentence for people.
        message: &'static str,
        /// When, in ms.
        timestamp: i64,
    }
}
wire! {
    /// The token or the account no longer holds; the socket closes behind this.
    "auth:error" => CommerceAuthError {
        /// Why, in the contract's words.
        message: &'static str,
        /// Always `AUTH_ERROR`.
        #[ts(type = "'AUTH_ERROR'")]
        code: &'static str,
        /// When, in ms.
        timestamp: i64,
    }
}
wire! {
    /// Something about this socket went wrong.
    "connection:error" => CommerceConnectionError {
        /// A sentence for people.
        message: &'static str,
        /// Always `SOCKET_ERROR`.
        #[ts(type = "'SOCKET_ERROR'")]
        code: &'static str,
        /// When, in ms.
        timestamp: i64,
    }
}
wire! {
    /// The same for clients that listen there; always beside `connection:error`.
    "error:message" => CommerceErrorMessage {
        /// A sentence for people.
        message: &'static str,
        /// Always `SOCKET_ERROR`.
        #[ts(type = "'SOCKET_ERROR'")]
        code: &'static str,
    }
}
wire! {
    /// The role does not allow it. Also what acknowledges it.
    "error:unauthorized" => CommerceUnauthorized {
        /// Always `UNAUTHORIZED`.
        #[ts(type = "'UNAUTHORIZED'")]
        code: &'static str,
        /// A sentence for people.
        message: &'static str,
        /// Which event was refused.
        event: String,
        /// Who may send it: none, if nobody may.
        #[ts(type = "('admin' | 'seller' | 'user')[]")]
        required_roles: Vec<&'static str>,
        /// What the user is.
        #[ts(type = "'admin' | 'seller' | 'user' | 'guest'")]
        user_role: &'static str,
    }
}
wire! {
    /// What was sent cannot be taken. Also what acknowledges it.
    "error:validation" => CommerceInvalid {
        /// Why, for programs.
        #[ts(type = "'VALIDATION_ERROR' | 'RATE_LIMITED'")]
        code: &'static str,
        /// Why, in the contract's words.
        message: String,
        /// Which event was refused.
        event: String,
        /// When it may be tried again, in seconds.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        retry_after: Option<u64>,
    }
}
wire! {
    /// Something of ours failed; nothing was done.
    "error:internal" => CommerceInternalError {
        /// Always `INTERNAL_ERROR`.
        #[ts(type = "'INTERNAL_ERROR'")]
        code: &'static str,
        /// A sentence for people.
        message: &'static str,
        /// Which event failed.
        event: String,
    }
}
