//! What this contract says when something cannot be (`contracts/commerce.md` sections 1 and 2); clients compare those of
//! the handshake.

use std::borrow::Cow;

use outrigger_domain::{actor::Role, events::CredentialEnd, identity::TokenFault};

use crate::entry::Manner;

/// How sockets are let in: an id is enough for a token, which may also stand in the header, and what the app's record of
/// the user says counts more than what the token does.
pub(super) const MANNER: Manner = Manner {
    header: true,
    cookie: false,
    needs_email: false,
    by_record: true,
    named_by_token: false,
    guests: false,
    text: refusal_text,
    unavailable: UNDECIDED,
};

fn refusal_text(fault: TokenFault) -> &'static str {
    match fault {
        TokenFault::Missing => "Authentication token required",
        TokenFault::Expired => EXPIRED,
        TokenFault::Unknown => "User not found",
        TokenFault::Inactive => INACTIVE,
        TokenFault::Undecided => UNDECIDED,
        TokenFault::BadSignature
        | TokenFault::Malformed
        | TokenFault::Revoked
        | TokenFault::IncompleteClaims
        | TokenFault::Refused => "Invalid authentication token",
    }
}

const EXPIRED: &str = "Authentication token expired";
const UNDECIDED: &str = "Authentication failed";
/// Said to whoever is deactivated, also on open sockets.
pub(super) const INACTIVE: &str = "User account is inactive";
/// Said to whoever may not enter a namespace, or not any more.
pub(super) const ADMINS_ONLY: &str = "Insufficient permissions";

/// Why a socket closes although it was let in.
pub(super) const fn credential_ended(end: CredentialEnd) -> &'static str {
    match end {
        CredentialEnd::Expired => EXPIRED,
        CredentialEnd::Revoked => "Authentication token revoked",
    }
}

/// Why an event is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    /// It is not what it should be.
    Invalid(Cow<'static, str>),
    /// Only these may do that.
    Unauthorized(Vec<Role>),
    /// A broadcast needs a name.
    NoEventName,
    /// Something of ours failed; the log says what.
    Internal,
}

impl Fault {
    /// It is not what it should be, in these words.
    pub(super) const fn invalid(message: &'static str) -> Self {
        Self::Invalid(Cow::Borrowed(message))
    }

    /// Something is not there.
    pub(super) fn missing(field: &str) -> Self {
        Self::Invalid(format!("Missing required field: {field}").into())
    }

    /// Something is of another type.
    pub(super) fn mistyped(field: &str) -> Self {
        Self::Invalid(format!("Invalid field: {field}").into())
    }
}

pub(super) const RATE_LIMITED: &str = "RATE_LIMITED";
pub(super) const TOO_OFTEN: &str = "Rate limit exceeded";
pub(super) const NO_EVENT_NAME: &str = "Event name required";

pub(super) const TOO_LARGE: Fault = Fault::invalid("Payload too large");
pub(super) const TEXT_TOO_LONG: Fault = Fault::invalid("Message is too long");
pub(super) const NO_RECIPIENT: Fault = Fault::invalid("Recipient not found");
pub(super) const TO_YOURSELF: Fault = Fault::invalid("You cannot send a message to yourself");
pub(super) const NO_MESSAGE: Fault = Fault::invalid("Message not found");
pub(super) const NO_NOTIFICATION: Fault = Fault::invalid("Notification not found");
pub(super) const NOT_A_MEMBER: Fault = Fault::invalid("You are not a member of this room");
pub(super) const NOT_JOINABLE: Fault = Fault::invalid("You cannot join this room");
pub(super) const NOT_LEAVABLE: Fault = Fault::invalid("You cannot leave this room");
pub(super) const TOO_MANY_ROOMS: Fault = Fault::invalid("You are in too many rooms");
pub(super) const YOURSELF: Fault = Fault::invalid("Cannot disconnect yourself");
pub(super) const NOT_CONNECTED: Fault = Fault::invalid("User is not currently connected");
