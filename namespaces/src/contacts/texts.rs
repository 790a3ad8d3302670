//! What this contract says when something cannot be (`contracts/contacts.md` sections 1 and 2); clients compare those of
//! the handshake, and `error` of the form.

use outrigger_domain::{events::CredentialEnd, identity::TokenFault};

use crate::entry::{Manner, UNAVAILABLE};

/// How sockets are let in: a token stands in `auth.token` and nowhere else; whoever shows none is a guest.
pub(super) const MANNER: Manner = Manner {
    header: false,
    cookie: false,
    needs_email: false,
    by_record: false,
    named_by_token: false,
    guests: true,
    text: refusal_text,
    unavailable: UNAVAILABLE,
};

const EXPIRED: &str = "Authentication token expired";
const INVALID: &str = "Invalid authentication token";

fn refusal_text(fault: TokenFault) -> &'static str {
    match fault {
        TokenFault::Expired => EXPIRED,
        // Nobody hears of a missing one: whoever shows none is a guest.
        TokenFault::Missing
        | TokenFault::BadSignature
        | TokenFault::Malformed
        | TokenFault::Revoked
        | TokenFault::IncompleteClaims
        | TokenFault::Inactive
        | TokenFault::Unknown
        | TokenFault::Undecided
        | TokenFault::Refused => INVALID,
    }
}

/// Said to whoever is deactivated while connected.
pub(super) const INACTIVE: &str = "User account is inactive";

/// Why a socket closes although it was let in.
pub(super) const fn credential_ended(end: CredentialEnd) -> &'static str {
    match end {
        CredentialEnd::Expired => EXPIRED,
        CredentialEnd::Revoked => INVALID,
    }
}

/// What whoever submits the form is told (`contracts/contacts.md` section 3, `contactFormSubmitted`).
pub(super) const RECEIPT: &str = "Thank you for contacting us. We will get back to you soon.";
/// Why the form was not taken in, always in these words; what is wrong with it stands beside them.
pub(super) const FORM_FAILED: &str = "Failed to submit contact form. Please try again.";
/// Why a request was given to an admin who did not ask for it.
pub(super) const AUTO_ASSIGNED: &str = "Auto-assigned due to no manual claim";
/// Acknowledged to whoever sends an event that this contract does not have.
pub(super) const UNKNOWN_EVENT: &str = "Unknown event";

/// Why an event is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    /// In the contract's words.
    pub(super) error: &'static str,
    /// The name of the admin who has the request.
    pub(super) assigned_to: Option<String>,
    /// When it may be tried again, in seconds.
    pub(super) retry_after: Option<u64>,
}

impl Fault {
    /// In these words.
    pub(super) const fn new(error: &'static str) -> Self {
        Self { error, assigned_to: None, retry_after: None }
    }

    /// It came too often.
    pub(super) fn too_often(retry_after: u64) -> Self {
        Self { retry_after: Some(retry_after), ..Self::new("Rate limit exceeded") }
    }

    /// Another admin has the request.
    pub(super) fn claimed_by(name: String) -> Self {
        let error = "Contact already claimed by another admin";
        Self { assigned_to: Some(name), ..Self::new(error) }
    }
}

/// Said to whoever is no admin.
pub(super) const UNAUTHORIZED: Fault = Fault::new("Unauthorized");
/// Also said of what somebody may not see: nobody learns which requests of others there are.
pub(super) const NO_CONTACT: Fault = Fault::new("Contact not found");
pub(super) const RESOLVED: Fault = Fault::new("Contact already resolved");
pub(super) const NOT_YOURS: Fault = Fault::new("Contact is not assigned to you");
pub(super) const NO_CHAT: Fault = Fault::new("Chat session not found");
pub(super) const NOT_ALLOWED: Fault = Fault::new("Not allowed in this chat");
pub(super) const TOO_MANY_CHATS: Fault = Fault::new("You are in too many chats");
pub(super) const NO_NAME: Fault = Fault::new("Name is required");
pub(super) const NO_EMAIL: Fault = Fault::new("Email is required");
pub(super) const NO_MESSAGE: Fault = Fault::new("Message is required");
pub(super) const BAD_EMAIL: Fault = Fault::new("Email is invalid");
pub(super) const BAD_SUBJECT: Fault = Fault::new("Subject is invalid");
pub(super) const BAD_PRIORITY: Fault = Fault::new("Priority is invalid");
pub(super) const BAD_PHONE: Fault = Fault::new("Phone is invalid");
pub(super) const NAME_TOO_LONG: Fault = Fault::new("Name is too long");
pub(super) const MESSAGE_TOO_LONG: Fault = Fault::new("Message is too long");
pub(super) const INTERNAL: Fault = Fault::new("Something went wrong, please try again");
