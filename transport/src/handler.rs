//! What whoever mounts a namespace has to bring.

use std::{any::Any, borrow::Cow, sync::Arc};

use async_trait::async_trait;
use serde::Serialize;

use crate::{Args, Conn, Handshake, Room};

/// Handles one namespace of one path.
#[async_trait]
pub trait NamespaceHandler: Send + Sync + 'static {
    /// Decides about a CONNECT before it is answered. A refusal is answered with CONNECT_ERROR and its text
    /// (Socket.IO protocol, "connection to a namespace"); nothing else happens.
    async fn admit(
        &self,
        handshake: &Handshake,
        auth: Option<&serde_json::Value>,
    ) -> Result<Admission, Refusal>;

    /// The text of the CONNECT_ERROR for an owner with too many sockets, or an address with too many failures, if the
    /// contract has one of its own.
    fn crowded(&self) -> Option<&'static str> {
        None
    }

    /// The socket is in the hub. Runs at once when CONNECT is answered, so that whoever hears of the socket from
    /// its client finds it counted; must not wait for anything.
    fn entered(&self, conn: &Arc<Conn>);

    /// The first thing in the socket's queue: runs before any event that the client sent.
    async fn connected(&self, conn: &Arc<Conn>);

    /// One event; the next one of this socket waits for it. The reply answers the acknowledgement, if one waits.
    async fn event(&self, conn: &Arc<Conn>, event: &str, args: Args) -> Reply;

    /// The last thing in the socket's queue: the socket is out of every room. Runs once for every `connected`.
    async fn disconnected(&self, conn: &Arc<Conn>, reason: Gone);
}

/// A socket that is let in.
pub struct Admission {
    /// Rooms it is in because of who it is; clients can neither join nor leave them.
    pub rooms: Vec<Room>,
    /// Whatever the handler wants to find at the socket.
    pub state: Arc<dyn Any + Send + Sync>,
    /// Whose it is, for counting.
    pub owner: Option<Arc<str>>,
    /// Sockets that the owner may have.
    pub owner_limit: usize,
}

/// A socket that is not let in.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// The text of the CONNECT_ERROR.
    pub message: Cow<'static, str>,
    /// Whether it counts against the client's address.
    pub counts_as_failure: bool,
}

/// What becomes of an event.
#[derive(Debug)]
pub enum Reply {
    /// Done; an acknowledgement that waits gets `{"ok":true}`.
    None,
    /// Done; the acknowledgement gets this JSON.
    Value(String),
    /// Not done; an acknowledgement that waits gets `{"ok":false,"error":…}`.
    Refused {
        /// Why, in the contract's words.
        error: String,
    },
    /// The socket is closed from the server's side, behind everything already sent.
    Disconnect,
}

impl Reply {
    /// What its acknowledgement says, as JSON.
    pub(crate) fn body(&self) -> Cow<'_, str> {
        match self {
            Self::None => r#"{"ok":true}"#.into(),
            Self::Disconnect => r#"{"error":"Disconnected","ok":false}"#.into(),
            Self::Refused { error } => {
                let error = serde_json::Value::from(error.as_str());
                format!(r#"{{"error":{error},"ok":false}}"#).into()
            }
            Self::Value(value) => value.into(),
        }
    }

    /// Answers with this.
    #[must_use]
    pub fn json<T: Serialize + ?Sized>(value: &T) -> Self {
        match serde_json::to_string(value) {
            Ok(value) => Self::Value(value),
            Err(fault) => {
                tracing::error!(%fault, "an acknowledgement could not be encoded");
                Self::Refused { error: "Internal error".to_owned() }
            }
        }
    }
}

/// Why a socket is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gone {
    /// The client left the namespace.
    Client,
    /// The connection broke, or broke a rule.
    Transport,
    /// The client no longer answered.
    Timeout,
    /// We closed the socket.
    Server,
    /// The process ends.
    Shutdown,
}
