//! What admins and those who asked are told (`contracts/contacts.md` section 3).

use std::sync::Arc;

use super::{chat::SupportMessage, contact::Contact};
use crate::{
    ids::{ContactId, UserId},
    time::Timestamp,
};

/// Figures for admins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SupportStats {
    /// Requests that ever came.
    pub total: u64,
    /// Chats that are open: those that an admin looks after.
    pub active_chats: u64,
    /// Messages exchanged.
    pub messages: u64,
    /// From coming to being done, in milliseconds.
    pub average_response_ms: u64,
    /// Admins who are there.
    pub online_admins: u64,
    /// Requests that wait.
    pub pending: u64,
}

/// Something of a request for help.
#[derive(Debug, Clone)]
pub enum SupportEvent {
    /// It came; for admins.
    Submitted(Arc<Contact>),
    /// An admin looks after it; for admins.
    Claimed(Arc<Contact>),
    /// The same, in full, for the admin who claimed it.
    ClaimedByYou(Arc<Contact>),
    /// It was given to an admin because nobody took it; for that admin.
    Assigned(Arc<Contact>),
    /// It waits again; for admins.
    Released {
        /// Which.
        contact: ContactId,
        /// Who gave it back.
        admin_name: String,
    },
    /// It is done; for admins and those in its chat.
    Resolved(Arc<Contact>),
    /// The same, in full, for the admin who did it.
    ResolvedByYou(Arc<Contact>),
    /// Something was said; for those in its chat.
    Message(Arc<SupportMessage>),
    /// An admin answered; for whoever asked.
    Response(Arc<SupportMessage>),
    /// Somebody is typing; for the others in its chat.
    Typing {
        /// Where.
        contact: ContactId,
        /// Who.
        user: UserId,
        /// The name to show.
        name: String,
        /// The word for the role.
        role: &'static str,
        /// Typing, or no longer.
        typing: bool,
        /// When.
        at: Timestamp,
    },
    /// The admin who looks after it is gone; for admins.
    AdminLost {
        /// Which.
        contact: ContactId,
        /// Who.
        admin_name: String,
    },
    /// Figures; for admins.
    Stats(SupportStats),
}
