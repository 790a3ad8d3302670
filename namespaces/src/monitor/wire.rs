//! Names and payloads of contract `monitor`: live state for admins. Tokens, socket ids and what events carry are
//! in none of them.

use outrigger_domain::time::Timestamp;
use outrigger_transport::Limits;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{contract::WireEvent, rooms::wire::wire};

/// Names of the events that clients send.
pub mod name {
    /// Starts or ends the stream of single events.
    pub const SUBSCRIBE: &str = "monitor:subscribe";
    /// Asks for the whole state.
    pub const SNAPSHOT: &str = "monitor:snapshot";
    /// Logs a user or one of their devices out.
    pub const DISCONNECT: &str = "monitor:disconnect";
    /// Asks for an acknowledgement, to measure the way there and back.
    pub const PING: &str = "ping";
}

/// Argument of `monitor:subscribe`.
#[derive(Deserialize, TS)]
pub struct MonitorSubscribe {
    /// Whether single events are wanted; they are if it is absent.
    #[serde(default)]
    #[ts(optional)]
    pub events: Option<bool>,
}

/// Argument of `monitor:disconnect`.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MonitorDisconnect {
    /// Whom.
    pub user_id: String,
    /// Only this device.
    #[serde(default)]
    #[ts(optional)]
    pub device_id: Option<String>,
    /// What the user is told.
    #[serde(default)]
    #[ts(optional)]
    pub reason: Option<String>,
    /// Whether the tokens shown so far no longer hold; they do if it is absent.
    #[serde(default)]
    #[ts(optional)]
    pub revoke: Option<bool>,
}

/// Acknowledgement of `monitor:disconnect`.
#[derive(Serialize, TS)]
pub struct MonitorDisconnected {
    /// Always `true`; a refusal has the form of all refusals.
    pub ok: bool,
    /// Sessions that ended.
    pub sessions: usize,
    /// Sockets that were closed.
    pub sockets: usize,
    /// Devices they were on.
    pub devices: usize,
}

/// What is there in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MonitorTotals {
    /// Users online.
    pub users: usize,
    /// Their devices.
    pub devices: usize,
    /// Engine.IO connections: browser tabs and programs.
    pub connections: usize,
    /// Socket.IO sockets: one for each namespace of a connection.
    pub sockets: usize,
    /// Sockets that are still on long polling.
    pub polling: usize,
    /// Chats that somebody has joined.
    pub rooms: usize,
    /// Sockets that watch this.
    pub watchers: usize,
}

/// Sockets of one device at one place, by transport.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
pub struct MonitorPlace {
    /// The path.
    pub path: &'static str,
    /// The namespace.
    pub namespace: &'static str,
    /// `websocket` or `polling`.
    pub transport: &'static str,
    /// How many.
    pub sockets: usize,
}

/// A device of a user who is online.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MonitorDevice {
    /// Which.
    pub device_id: String,
    /// Its open sockets.
    pub sockets: usize,
    /// Where they are.
    pub places: Vec<MonitorPlace>,
    /// The program's own description, at most 256 characters of it.
    pub user_agent: String,
    /// Where it comes from, or `unknown`.
    pub ip_address: String,
}

/// A user who is online.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MonitorUser {
    /// Who.
    pub user_id: String,
    /// Their address, as their token says.
    pub email: String,
    /// Whether they may act on others.
    pub is_admin: bool,
    /// Their devices, in order of their ids, at most 20.
    pub devices: Vec<MonitorDevice>,
    /// Devices left out.
    pub truncated: usize,
}

/// Users who are online, in order of their ids, at most 500.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct MonitorUsers {
    /// Who.
    pub items: Vec<MonitorUser>,
    /// Users left out.
    pub truncated: usize,
}

/// A chat that somebody has joined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MonitorRoom {
    /// The chat, without `chat_`.
    pub chat_id: String,
    /// Sockets in it.
    pub sockets: usize,
}

/// The fullest chats, at most 200.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct MonitorRooms {
    /// Which.
    pub items: Vec<MonitorRoom>,
    /// Chats left out.
    pub truncated: usize,
}

/// Which way an event goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum MonitorDirection {
    /// From a client.
    In,
    /// To clients.
    Out,
}

/// How often an event passes, over the last five seconds.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MonitorRate {
    /// Which way.
    pub direction: MonitorDirection,
    /// Of which contract.
    pub contract: &'static str,
    /// Its name; `(unknown)` for names that no contract has, `(others)` beyond the names that are counted apart.
    pub event: String,
    /// Events a second; one that goes to ten sockets counts ten.
    pub per_second: f64,
    /// Bytes of payload a second.
    pub bytes_per_second: f64,
}

/// Whether the store answers.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MonitorStore {
    /// `unknown` until it was first asked.
    pub status: MonitorHealth,
    /// How long a write and a read took.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub latency_ms: Option<f64>,
    /// When it was last asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub checked_at: Option<Timestamp>,
    /// What the app has not taken yet; absent if the app is not told of anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub webhooks: Option<MonitorWebhooks>,
}

/// Webhooks on their way to the app (`docs/WEBHOOKS.md`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MonitorWebhooks {
    /// Waiting for their first or next attempt.
    #[ts(type = "number")]
    pub waiting: u64,
    /// Nobody took them.
    #[ts(type = "number")]
    pub dead: u64,
}

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum MonitorHealth {
    /// It was not asked yet.
    Unknown,
    /// It does what it should.
    Ok,
    /// It does not, or not in time.
    Failing,
}

/// The process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MonitorServer {
    /// Of the sidecar.
    pub version: &'static str,
    /// When it started.
    pub started_at: Timestamp,
    /// Since then.
    pub uptime_seconds: i64,
}

/// How much there may be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MonitorLimits {
    /// Open connections.
    pub connections: usize,
    /// Open connections from one address.
    pub connections_per_address: usize,
    /// Open sockets of one user.
    pub sockets_per_user: usize,
    /// Chats that one socket may join.
    pub rooms_per_socket: usize,
    /// Largest packet, in bytes.
    pub payload_bytes: usize,
    /// Between two heartbeats of Engine.IO, in milliseconds.
    pub ping_interval_ms: u64,
    /// Time to answer one, in milliseconds.
    pub ping_timeout_ms: u64,
}

impl MonitorLimits {
    /// What these limits say.
    #[must_use]
    pub fn new(limits: &Limits, sockets_per_user: usize) -> Self {
        let millis =
            |time: std::time::Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        Self {
            connections: limits.max_connections,
            connections_per_address: limits.max_connections_per_address,
            sockets_per_user,
            rooms_per_socket: limits.max_rooms_per_socket,
            payload_bytes: limits.max_payload_bytes,
            ping_interval_ms: millis(limits.ping_interval),
            ping_timeout_ms: millis(limits.ping_timeout),
        }
    }
}

wire! {
    /// The whole state: when a monitor connects, and when it asks.
    "monitor:state" => MonitorState {
        /// When.
        timestamp: Timestamp,
        /// The number of the last update that is in it.
        seq: u64,
        /// The process.
        server: MonitorServer,
        /// How much there may be.
        limits: MonitorLimits,
        /// Whether the store answers.
        store: MonitorStore,
        /// What is there in all.
        totals: MonitorTotals,
        /// Who is online.
        users: MonitorUsers,
        /// Where people talk.
        rooms: MonitorRooms,
        /// What passes.
        rates: Vec<MonitorRate>,
    }
}

/// Changes among the users that are listed.
#[derive(Debug, Default, PartialEq, Serialize, TS)]
pub struct MonitorUserChanges {
    /// Users who are new, or not as before: whole, as they are now.
    pub upserted: Vec<MonitorUser>,
    /// Ids of those no longer listed.
    pub gone: Vec<String>,
    /// Users left out now.
    pub truncated: usize,
}

/// Changes among the chats that are listed.
#[derive(Debug, Default, PartialEq, Serialize, TS)]
pub struct MonitorRoomChanges {
    /// Chats that are new, or not as before.
    pub upserted: Vec<MonitorRoom>,
    /// Ids of those no longer listed.
    pub gone: Vec<String>,
    /// Chats left out now.
    pub truncated: usize,
}

wire! {
    /// What changed: at most twice a second, and not at all if nothing did.
    "monitor:update" => MonitorUpdate {
        /// When.
        timestamp: Timestamp,
        /// Counts updates. A number that does not follow the last one means: ask for a snapshot.
        seq: u64,
        /// Whether the store answers.
        store: MonitorStore,
        /// What is there in all.
        totals: MonitorTotals,
        /// Who came, changed or went.
        users: MonitorUserChanges,
        /// Which chats came, changed or went.
        rooms: MonitorRoomChanges,
        /// What passes: all of it, not the changes.
        rates: Vec<MonitorRate>,
    }
}

/// One event that passed. What it carried is not said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MonitorEvent {
    /// When.
    pub timestamp: Timestamp,
    /// Which way.
    pub direction: MonitorDirection,
    /// Of which contract.
    pub contract: &'static str,
    /// In which namespace.
    pub namespace: &'static str,
    /// Its name; `(unknown)` for names that no contract has.
    pub event: String,
    /// Who sent it, or whom alone it was for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub user_id: Option<String>,
    /// Sockets it went to, or 1 for one that came.
    pub sockets: usize,
    /// Bytes of its payload, for one socket.
    pub bytes: usize,
    /// Names of the payload's own fields, at most 16.
    pub fields: Vec<String>,
}

wire! {
    /// Single events, for those who asked for them.
    "monitor:events" => MonitorEvents {
        /// Oldest first.
        events: Vec<MonitorEvent>,
        /// Whether these are the latest from before the subscription.
        replayed: bool,
        /// Events that passed in this time and are not listed.
        skipped: usize,
    }
}
