//! How events are acknowledged (`contracts/commerce.md` section 2).

use outrigger_domain::commerce::{Listed, role_word};
use outrigger_transport::Reply;
use serde::Serialize;
use ts_rs::TS;

use super::wire::{CommerceConnectionStats, CommerceInvalid, CommerceUnauthorized};

/// It was done.
#[derive(Serialize, TS)]
pub struct CommerceDone {
    /// Always `true`.
    #[ts(type = "true")]
    pub success: bool,
}

/// It was done, and here is a sentence for people.
#[derive(Serialize, TS)]
pub struct CommerceSaid {
    /// Always `true`.
    #[ts(type = "true")]
    pub success: bool,
    /// The sentence.
    pub message: &'static str,
}

/// A message is stored.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CommerceSent {
    /// Always `true`.
    #[ts(type = "true")]
    pub success: bool,
    /// Our id.
    pub message_id: String,
}

/// How many are there.
#[derive(Serialize, TS)]
pub struct CommerceCounted {
    /// Always `true`.
    #[ts(type = "true")]
    pub success: bool,
    /// As in `connection:stats`.
    pub data: CommerceConnectionStats,
}

/// Someone who is there.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CommerceListedUser {
    /// Who.
    pub user_id: String,
    /// The name to show.
    pub user_name: String,
    /// The address.
    pub user_email: String,
    /// With which standing.
    #[ts(type = "'admin' | 'seller' | 'user'")]
    pub user_role: &'static str,
    /// On how many sockets.
    pub connections: usize,
}

impl From<Listed> for CommerceListedUser {
    fn from(listed: Listed) -> Self {
        Self {
            user_name: listed.name.unwrap_or_else(|| listed.user.to_string()),
            user_id: listed.user.to_string(),
            user_email: listed.email,
            user_role: role_word(listed.role),
            connections: listed.connections,
        }
    }
}

/// Who is there: in order of their ids, at most 1,000.
#[derive(Serialize, TS)]
pub struct CommerceListedUsers {
    /// Always `true`.
    #[ts(type = "true")]
    pub success: bool,
    /// Who.
    pub data: Vec<CommerceListedUser>,
}

/// Something of ours failed, or the event is none of this contract.
#[derive(Serialize, TS)]
pub struct CommerceFailed {
    /// Why, for programs.
    #[ts(type = "'INTERNAL_ERROR' | 'UNKNOWN_EVENT'")]
    pub code: &'static str,
    /// A sentence for people.
    pub message: &'static str,
}

/// A broadcast had no name.
#[derive(Serialize, TS)]
pub struct CommerceNameless {
    /// What is missing.
    pub error: &'static str,
}

/// Why something was not done.
#[derive(TS)]
#[ts(untagged)]
#[expect(dead_code, reason = "the type for clients; each arm is encoded by itself")]
pub(crate) enum CommerceRefusal {
    /// The role does not allow it.
    Unauthorized(CommerceUnauthorized),
    /// What was sent cannot be taken.
    Invalid(CommerceInvalid),
    /// Something of ours failed, or nobody knows the event.
    Failed(CommerceFailed),
}

macro_rules! answers {
    ($($(#[$doc:meta])* $name:ident => $done:ident $(| $other:ident($refused:ident))?;)+) => {$(
        $(#[$doc])*
        #[derive(TS)]
        #[ts(untagged)]
        #[expect(dead_code, reason = "the type for clients; each arm is encoded by itself")]
        pub(crate) enum $name {
            /// It was done.
            Done($done),
            $(#[doc = "It was not, in words that only this event has."] $other($refused),)?
            /// It was not.
            Refused(CommerceRefusal),
        }
    )+};
}

answers! {
    /// Whether something was done.
    CommerceAck => CommerceDone;
    /// Acknowledgement of `seller:product_create` and `user:order_create`.
    CommerceSaidAck => CommerceSaid;
    /// Acknowledgement of `chat:message`.
    CommerceSentAck => CommerceSent;
    /// Acknowledgement of `admin:stats`.
    CommerceStatsAck => CommerceCounted;
    /// Acknowledgement of `admin:user_list`.
    CommerceUsersAck => CommerceListedUsers;
    /// Acknowledgement of `admin:broadcast`.
    CommerceBroadcastAck => CommerceDone | Nameless(CommerceNameless);
}

/// It was done.
pub(super) fn done() -> Reply {
    Reply::json(&CommerceDone { success: true })
}

/// It was done, in these words.
pub(super) fn said(message: &'static str) -> Reply {
    Reply::json(&CommerceSaid { success: true, message })
}

/// Something of ours failed.
pub(super) fn failed() -> Reply {
    Reply::json(&CommerceFailed { code: "INTERNAL_ERROR", message: "An error occurred" })
}

/// Nobody knows such an event.
pub(super) fn unknown() -> Reply {
    Reply::json(&CommerceFailed { code: "UNKNOWN_EVENT", message: "Unknown event" })
}
