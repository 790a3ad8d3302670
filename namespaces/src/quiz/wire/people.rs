//! Who is there, private messages, what was refused.

use std::collections::BTreeMap;

use outrigger_domain::{
    quiz::{Directory, ServerStats},
    time::Timestamp,
};
use serde::Serialize;
use serde_json::{Map, Value};
use ts_rs::TS;

use crate::{contract::WireEvent, rooms::wire::wire};

/// Answers `ping`.
#[derive(Serialize, TS)]
#[ts(type = "{ serverTime: string; timestamp?: number; [more: string]: unknown }")]
pub struct QuizPong {
    /// What the client sent, as it came.
    #[serde(flatten)]
    pub echo: Map<String, Value>,
    /// When, by the sidecar's clock.
    #[serde(rename = "serverTime")]
    pub server_time: Timestamp,
}

impl WireEvent for QuizPong {
    const NAME: &'static str = "pong";
}

wire! {
    /// Someone is there, on a first device; for all others with a token.
    "userOnline" state => QuizUserOnline {
        /// Who.
        user_id: String,
        /// The name to show.
        name: String,
        /// When.
        timestamp: Timestamp,
    }
}
wire! {
    /// Someone is there no more, on any device; for all others with a token.
    "userOffline" state => QuizUserOffline {
        /// Who.
        user_id: String,
        /// The name to show.
        name: String,
        /// When.
        timestamp: Timestamp,
    }
}

/// Someone who is there.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct QuizOnlineUser {
    /// Who.
    pub user_id: String,
    /// The name to show.
    pub name: String,
    /// How they want to be shown.
    #[ts(type = "'online' | 'away' | 'busy'")]
    pub status: String,
    /// When they last sent anything.
    pub last_activity: Timestamp,
}

/// The same in older words.
#[derive(Serialize, TS)]
pub struct QuizOnlineSocket {
    /// Always empty: a socket's id is nobody else's business.
    #[serde(rename = "socketID")]
    pub socket_id: &'static str,
    /// Who.
    #[serde(rename = "_id")]
    pub id: String,
    /// The name to show.
    pub name: String,
    /// Always `null`: addresses are nobody else's business.
    #[ts(type = "null")]
    pub email: Option<&'static str>,
}

wire! {
    /// Who is there, in order of names, at most 1,000; for everyone with a token.
    "onlineUsers" state => QuizOnlineUsers {
        /// Who.
        users: Vec<QuizOnlineUser>,
        /// The same in older words.
        online_users: Vec<QuizOnlineSocket>,
        /// How many these are.
        count: usize,
        /// When.
        timestamp: Timestamp,
    }
}

impl QuizOnlineUsers {
    /// These, at that time.
    pub(crate) fn new(list: &[Directory], timestamp: Timestamp) -> Self {
        let user = |one: &Directory| QuizOnlineUser {
            user_id: one.user.to_string(),
            name: one.name.clone(),
            status: one.status.clone(),
            last_activity: one.last_activity,
        };
        let socket = |one: &Directory| QuizOnlineSocket {
            socket_id: "",
            id: one.user.to_string(),
            name: one.name.clone(),
            email: None,
        };
        Self {
            users: list.iter().map(user).collect(),
            online_users: list.iter().map(socket).collect(),
            count: list.len(),
            timestamp,
        }
    }
}

wire! {
    /// A message for this user.
    "privateMessage" => QuizPrivateMessage {
        /// Our id.
        message_id: String,
        /// Who sent it.
        sender_id: String,
        /// What they are called.
        sender_name: String,
        /// The text, or where the picture is.
        message: String,
        /// What it is.
        #[serde(rename = "type")]
        #[ts(type = "'text' | 'image'")]
        kind: &'static str,
        /// When it was stored.
        timestamp: Timestamp,
    }
}
wire! {
    /// A message of this client is stored, and whoever it is for is there.
    "messageDelivered" => QuizMessageDelivered {
        /// Our id.
        message_id: String,
        /// For whom.
        recipient_id: String,
        /// When.
        timestamp: Timestamp,
    }
}
wire! {
    /// Something was refused, or the socket closes behind this.
    "messageError" => QuizError {
        /// Why, in the contract's words.
        error: String,
        /// Which event was refused.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        event: Option<String>,
        /// Who is not there.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        recipient_id: Option<String>,
        /// Which room is not available.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        room_id: Option<String>,
        /// When it may be tried again, in seconds.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        retry_after: Option<u64>,
    }
}

impl QuizError {
    /// Why, and nothing else.
    pub(in crate::quiz) fn new(error: &str) -> Self {
        let error = error.to_owned();
        Self { error, event: None, recipient_id: None, room_id: None, retry_after: None }
    }
}

/// Connections of this process.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct QuizConnections {
    /// Since the start.
    pub total_connections: u64,
    /// Now.
    pub current_connections: usize,
    /// The most at once.
    pub peak_connections: usize,
    /// When that was.
    pub last_peak: Timestamp,
}

wire! {
    /// Figures of this process, every 30 s; for admins.
    "serverStats" state => QuizServerStats {
        /// Connections.
        connections: QuizConnections,
        /// Users who are there.
        online_users: usize,
        /// Rooms with anybody in them.
        active_rooms: usize,
        /// Quizzes that are held.
        quiz_sessions: usize,
        /// Since the start, in seconds.
        uptime: u64,
        /// Bytes, by what they are: `rss`, if the system says.
        #[ts(type = "{ rss?: number }")]
        memory_usage: BTreeMap<&'static str, u64>,
        /// When they were counted.
        timestamp: Timestamp,
    }
}
wire! {
    /// The same for everyone else.
    "serverStats" state => QuizShortStats {
        /// Users who are there.
        online_users: usize,
        /// Rooms with anybody in them.
        active_rooms: usize,
        /// Quizzes that are held.
        quiz_sessions: usize,
        /// When they were counted.
        timestamp: Timestamp,
    }
}

impl From<&ServerStats> for QuizServerStats {
    fn from(stats: &ServerStats) -> Self {
        Self {
            connections: QuizConnections {
                total_connections: stats.total_connections,
                current_connections: stats.current_connections,
                peak_connections: stats.peak_connections,
                last_peak: stats.last_peak,
            },
            online_users: stats.online_users,
            active_rooms: stats.active_rooms,
            quiz_sessions: stats.quiz_sessions,
            uptime: stats.uptime_secs,
            memory_usage: stats.resident_bytes.map(|bytes| ("rss", bytes)).into_iter().collect(),
            timestamp: stats.at,
        }
    }
}

impl From<&ServerStats> for QuizShortStats {
    fn from(stats: &ServerStats) -> Self {
        Self {
            online_users: stats.online_users,
            active_rooms: stats.active_rooms,
            quiz_sessions: stats.quiz_sessions,
            timestamp: stats.at,
        }
    }
}
