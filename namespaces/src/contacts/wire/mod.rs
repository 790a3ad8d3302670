//! Names of this contract's events and what the server sends with them (`contracts/contacts.md` sections 2 and 3).

mod chat;
mod faults;
mod queue;

pub use chat::*;
pub use faults::*;
pub use queue::*;

/// Names of the events that clients send.
pub(crate) mod name {
    /// Asks for help.
    pub const SUBMIT_CONTACT_FORM: &str = "submitContactForm";
    /// An admin takes a request.
    pub const CLAIM_CONTACT: &str = "claimContact";
    /// An admin gives one back.
    pub const RELEASE_CONTACT: &str = "releaseContact";
    /// An admin is done with one.
    pub const RESOLVE_CONTACT: &str = "resolveContact";
    /// An admin asks for figures.
    pub const GET_CONTACT_STATS: &str = "getContactStats";
    /// An admin asks for what waits.
    pub const GET_PENDING_CONTACTS: &str = "getPendingContacts";
    /// Enters the chat about a request.
    pub const JOIN_CONTACT_CHAT: &str = "joinContactChat";
    /// Leaves it.
    pub const LEAVE_CONTACT_CHAT: &str = "leaveContactChat";
    /// Says something in it.
    pub const SEND_CONTACT_MESSAGE: &str = "sendContactMessage";
    /// Typing, or no longer.
    pub const CONTACT_TYPING: &str = "contactTyping";
    /// Older clients say that a reply was stored.
    pub const NEW_REPLY: &str = "newReply";
    /// Older clients say that a request was stored.
    pub const CONTACT_MSG_CLIENT: &str = "contactMsgClient";
}
