//! What this contract says when something cannot be (`contracts/tracking.md` sections 1 and 2); clients compare those of
//! the handshake.

use outrigger_domain::{events::CredentialEnd, identity::TokenFault};

use crate::entry::{Manner, ROOMS};

/// How sockets are let in: an id is enough for a token, which may also stand in the header.
pub(super) const MANNER: Manner =
    Manner { header: true, cookie: false, needs_email: false, text: refusal_text, ..ROOMS };

fn refusal_text(fault: TokenFault) -> &'static str {
    match fault {
        TokenFault::Missing => "Authentication token required",
        TokenFault::Expired
        | TokenFault::BadSignature
        | TokenFault::Malformed
        | TokenFault::Revoked
        | TokenFault::IncompleteClaims
        | TokenFault::Inactive
        | TokenFault::Unknown
        | TokenFault::Undecided
        | TokenFault::Refused => "Invalid authentication token",
    }
}

/// Stands in `data.event` where no event was refused but the connection ends.
pub(super) const CONNECTION: &str = "connection";
/// Acknowledged to whoever sends an event that this contract does not have.
pub(super) const UNKNOWN_EVENT: &str = "Unknown event";

/// Why an event is refused, in words for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fault(pub(super) &'static str);

pub(super) const TOO_OFTEN: Fault = Fault("Too many requests, please slow down");
pub(super) const NO_ROOM_NAME: Fault = Fault("Room name is required");
pub(super) const NOT_YOUR_ROOM: Fault = Fault("You cannot join this room");
pub(super) const YOUR_OWN_ROOM: Fault = Fault("You cannot leave your own room");
pub(super) const TOO_MANY_ROOMS: Fault = Fault("You are in too many rooms");
pub(super) const NO_MESSAGE_ID: Fault = Fault("Message ID is required");
/// Also said of one that does not exist: nobody learns which ids of others do.
pub(super) const NOT_YOUR_MESSAGE: Fault = Fault("You can only track your own messages");
pub(super) const TOO_MANY_TRACKED: Fault = Fault("You can track at most 100 messages at once");
pub(super) const NO_NOTIFICATION_ID: Fault = Fault("Notification ID is required");
pub(super) const NO_NOTIFICATION: Fault = Fault("Notification not found");
pub(super) const INTERNAL: Fault = Fault("Something went wrong, please try again");

/// Why a socket closes although it was let in.
pub(super) const fn credential_ended(end: CredentialEnd) -> &'static str {
    match end {
        CredentialEnd::Expired => "Your session has expired",
        CredentialEnd::Revoked => "Your session has ended",
    }
}
