//! What this contract says when something cannot be (`contracts/quiz.md` sections 1 and 2); clients compare those of the
//! handshake.

use std::time::Duration;

use outrigger_domain::{events::CredentialEnd, identity::TokenFault};

use crate::entry::{Manner, UNAVAILABLE};

/// How sockets are let in: an id is enough for a token, which may also stand in the header.
pub(super) const MANNER: Manner = Manner {
    header: true,
    cookie: false,
    needs_email: false,
    by_record: false,
    named_by_token: true,
    guests: false,
    text: refusal_text,
    unavailable: UNAVAILABLE,
};

fn refusal_text(fault: TokenFault) -> &'static str {
    match fault {
        TokenFault::Missing => "Authentication token required",
        TokenFault::Expired => EXPIRED,
        TokenFault::BadSignature
        | TokenFault::Malformed
        | TokenFault::Revoked
        | TokenFault::IncompleteClaims
        | TokenFault::Inactive
        | TokenFault::Unknown
        | TokenFault::Undecided
        | TokenFault::Refused => "Invalid authentication token",
    }
}

const EXPIRED: &str = "Authentication token expired";

/// Why a socket closes although it was let in.
pub(super) const fn credential_ended(end: CredentialEnd) -> &'static str {
    match end {
        CredentialEnd::Expired => EXPIRED,
        CredentialEnd::Revoked => "Authentication token revoked",
    }
}

/// Said to whoever is deactivated while connected.
pub(super) const INACTIVE: &str = "User account is inactive";

/// The name to show of somebody without a token.
pub(super) const GUEST: &str = "Guest";

/// Why an event is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    /// Why, in the contract's words.
    pub(super) error: &'static str,
    /// Whether only whoever waits for an acknowledgement is told: the original passed it over.
    pub(super) quiet: bool,
    /// Which room it was about.
    pub(super) room: Option<String>,
    /// When it may be tried again.
    pub(super) retry_after: Option<Duration>,
}

impl Fault {
    /// Told to whoever sent it.
    pub(super) const fn told(error: &'static str) -> Self {
        Self { error, quiet: false, room: None, retry_after: None }
    }

    /// Told to those only who wait for an acknowledgement.
    pub(super) const fn quiet(error: &'static str) -> Self {
        Self { error, quiet: true, room: None, retry_after: None }
    }

    /// No such room, or not for this one: nobody learns which.
    pub(super) fn no_room(name: &str) -> Self {
        // Of a name that is none, so much is repeated.
        let room = Some(name.chars().take(128).collect());
        Self { room, ..Self::told(ROOM_NOT_AVAILABLE) }
    }

    /// When it may be tried again: whole seconds, rounded up, so that whoever waits so long is let through.
    pub(super) fn seconds_to_wait(&self) -> Option<u64> {
        let millis = self.retry_after?.as_millis();
        Some(u64::try_from(millis).unwrap_or(u64::MAX).div_ceil(1000).max(1))
    }
}

pub(super) const ROOM_NOT_AVAILABLE: &str = "Room not available";
/// Told of an event that guests may not send.
pub(super) const NOT_FOR_GUESTS: Fault = Fault::told("Authentication required");
/// Told of events that come too often.
/// Said to whoever opens too many sockets, or shows too many tokens that do not hold.
pub(super) const CROWDED: &str = "Rate limit exceeded";
pub(super) const TOO_OFTEN: Fault = Fault::told("Rate limit exceeded");
/// Told to the sender of a message whose recipient is not there; it is stored.
pub(super) const NOT_ONLINE: &str = "User not online";

pub(super) const UNKNOWN_EVENT: Fault = Fault::quiet("Unknown event");
pub(super) const INVALID_PAYLOAD: Fault = Fault::told("Invalid payload");
pub(super) const TOO_LARGE: Fault = Fault::told("Payload too large");
pub(super) const INTERNAL: Fault = Fault::told("Internal error");
pub(super) const OVERLOADED: Fault = Fault::told(UNAVAILABLE);
pub(super) const NOT_A_STATUS: Fault = Fault::quiet("Invalid status");

pub(super) const NO_MESSAGE: Fault = Fault::told("Message is required");
pub(super) const MESSAGE_TOO_LONG: Fault = Fault::told("Message is too long");
pub(super) const INVALID_MESSAGE: Fault = Fault::told("Invalid message");
pub(super) const NO_RECIPIENT: Fault = Fault::told("Recipient not found");
pub(super) const TO_YOURSELF: Fault = Fault::told("You cannot send a message to yourself");

pub(super) const NO_ROOM_NAME: Fault = Fault::told("Room name is required");
pub(super) const TOO_MANY_ROOMS: Fault = Fault::told("You are in too many rooms");
pub(super) const NOT_IN_ROOM: Fault = Fault::told("You are not in this room");
/// Typing goes on for a while where nobody hears it any more.
pub(super) const TYPING_ELSEWHERE: Fault = Fault::quiet("You are not in this room");

pub(super) const NO_QUIZ_ID: Fault = Fault::told("Quiz ID is required");
pub(super) const NO_QUESTION_ID: Fault = Fault::told("Question ID is required");
pub(super) const NO_ANSWER: Fault = Fault::told("Answer is required");
pub(super) const NO_SUCH_QUIZ: Fault = Fault::quiet("Quiz not found");
/// The original passed over what somebody sends who takes no part.
pub(super) const NOT_IN_QUIZ: Fault = Fault::quiet("You have not joined this quiz");
pub(super) const QUIZ_FULL: Fault = Fault::told("This quiz is full");
pub(super) const TOO_MANY_QUIZZES: Fault = Fault::told("You are in too many quizzes");
pub(super) const TOO_MANY_SESSIONS: Fault = Fault::told("Too many quizzes are being held");
pub(super) const QUIZ_OVER: Fault = Fault::told("This quiz is over");
pub(super) const NO_SUCH_QUESTION: Fault = Fault::told("Question not found");
pub(super) const QUESTION_CLOSED: Fault = Fault::told("This question is closed");
pub(super) const ANSWER_TOO_LONG: Fault = Fault::told("Answer is too long");
pub(super) const TOO_MANY_ANSWERS: Fault = Fault::told("Too many answers");
pub(super) const NOT_THE_HOST: Fault = Fault::told("Only the host can do this");
pub(super) const NO_SESSION: Fault = Fault::told("Quiz not found");
pub(super) const NO_QUESTIONS: Fault = Fault::told("This quiz has no questions");

/// Also said of one that is somebody else's.
pub(super) const NO_CONTACT: Fault = Fault::told("Contact not found");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handshake_is_refused_in_the_contracts_words() {
        let said = |fault| (MANNER.text)(fault);
        assert_eq!(said(TokenFault::Missing), "Authentication token required");
        assert_eq!(said(TokenFault::Expired), "Authentication token expired");
        for fault in [
            TokenFault::BadSignature,
            TokenFault::Malformed,
            TokenFault::Revoked,
            TokenFault::IncompleteClaims,
            TokenFault::Inactive,
            TokenFault::Unknown,
            TokenFault::Undecided,
            TokenFault::Refused,
        ] {
            assert_eq!(said(fault), "Invalid authentication token");
        }
    }

    #[test]
    fn of_a_long_name_only_the_beginning_is_repeated() {
        let fault = Fault::no_room(&"x".repeat(100_000));
        assert_eq!(fault.room.map(|name| name.len()), Some(128));
    }
}
