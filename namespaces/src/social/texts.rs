//! What this contract says when something cannot be (`contracts/social.md` sections 1 and 2); clients compare these.

use outrigger_domain::{events::CredentialEnd, identity::TokenFault};

use crate::entry::{Manner, ROOMS};

/// How sockets are let in: an id is enough for a token, which may also stand in the header.
pub(super) const MANNER: Manner =
    Manner { header: true, cookie: true, needs_email: false, text: refusal_text, ..ROOMS };

fn refusal_text(fault: TokenFault) -> &'static str {
    match fault {
        TokenFault::Missing => "Authentication error: No token provided",
        TokenFault::Expired => EXPIRED,
        TokenFault::BadSignature | TokenFault::Undecided => {
            "Authentication error: invalid signature"
        }
        TokenFault::Malformed => "Authentication error: jwt malformed",
        TokenFault::Revoked => REVOKED,
        TokenFault::IncompleteClaims
        | TokenFault::Inactive
        | TokenFault::Unknown
        | TokenFault::Refused => "Authentication error: Invalid token",
    }
}

const EXPIRED: &str = "Authentication error: jwt expired";
const REVOKED: &str = "Authentication error: Token has been revoked";

/// Stands in `error.event` where no event was refused but the connection ends.
pub(super) const CONNECTION: &str = "connection";
/// The code of a logout.
pub(super) const FORCE_LOGOUT: &str = "FORCE_LOGOUT";
/// The code of what comes too often.
pub(super) const RATE_LIMITED: &str = "RATE_LIMITED";
/// Acknowledged to whoever sends an event that this contract does not have.
pub(super) const UNKNOWN_EVENT: &str = "Unknown event";

/// Why an event is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fault {
    /// For programs.
    pub(super) code: &'static str,
    /// The contract's text.
    pub(super) message: &'static str,
}

impl Fault {
    /// The argument is not what it should be.
    pub(super) const fn invalid(message: &'static str) -> Self {
        Self { code: "INVALID", message }
    }

    /// There is no such thing.
    pub(super) const fn not_found(message: &'static str) -> Self {
        Self { code: "NOT_FOUND", message }
    }

    /// It is somebody else's.
    pub(super) const fn forbidden(message: &'static str) -> Self {
        Self { code: "FORBIDDEN", message }
    }

    /// Something of ours failed; the log says what.
    pub(super) const fn internal(message: &'static str) -> Self {
        Self { code: "INTERNAL", message }
    }
}

/// Why a socket closes although it was let in.
pub(super) const fn credential_ended(end: CredentialEnd) -> Fault {
    match end {
        CredentialEnd::Expired => Fault { code: "TOKEN_EXPIRED", message: EXPIRED },
        CredentialEnd::Revoked => Fault { code: "TOKEN_REVOKED", message: REVOKED },
    }
}

pub(super) const INVALID_MESSAGE: Fault = Fault::invalid("Invalid message data");
pub(super) const TO_YOURSELF: Fault = Fault::invalid("You cannot send a message to yourself");
pub(super) const NO_RECEIVER: Fault = Fault::not_found("Receiver not found");
pub(super) const NOT_SENT: Fault = Fault::internal("Failed to send message");

pub(super) const NO_MESSAGE_ID: Fault = Fault::invalid("Message ID is required");
pub(super) const NO_MESSAGE: Fault = Fault::not_found("Message not found");
pub(super) const NOT_TO_YOU: Fault =
    Fault::forbidden("You can only mark messages sent to you as read");
pub(super) const NOT_MARKED: Fault = Fault::internal("Failed to mark message as read");
pub(super) const NOT_YOURS: Fault = Fault::forbidden("You can only delete your own messages");
pub(super) const NOT_DELETED: Fault = Fault::internal("Failed to delete message");

pub(super) const INVALID_STATUS: Fault = Fault::invalid("Invalid status");
pub(super) const STATUS_NOT_SET: Fault = Fault::internal("Failed to update status");

pub(super) const NO_NOTIFICATION_ID: Fault = Fault::invalid("Notification ID is required");
pub(super) const NO_NOTIFICATION: Fault = Fault::not_found("Notification not found");
pub(super) const NOTIFICATION_NOT_MARKED: Fault =
    Fault::internal("Failed to mark notification as read");
pub(super) const NOTIFICATION_NOT_DELETED: Fault = Fault::internal("Failed to delete notification");
pub(super) const NOTIFICATIONS_NOT_MARKED: Fault =
    Fault::internal("Failed to update all notifications");
pub(super) const INVALID_PREFERENCES: Fault = Fault::invalid("Invalid preferences data");
pub(super) const PREFERENCES_NOT_KEPT: Fault =
    Fault::internal("Failed to update notification preferences");
