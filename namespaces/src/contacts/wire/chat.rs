//! What is said about a request.

use outrigger_domain::{
    actor::is_guest,
    ids::UserId,
    support::{Speaker, SupportMessage},
    time::Timestamp,
};
use serde::Serialize;
use ts_rs::TS;

use crate::{contract::WireEvent, rooms::wire::wire};

/// This contract's word for what somebody in a chat is.
pub(crate) fn role_word(user: &UserId, speaker: Speaker) -> &'static str {
    match speaker {
        Speaker::Admin => "admin",
        Speaker::Submitter if is_guest(user) => "guest",
        Speaker::Submitter => "user",
    }
}

wire! {
    /// Something was said; for everybody in the chat. Also a row of `contactChatHistory`.
    "contactMessage" => ContactsMessage {
        /// Our id.
        id: String,
        /// About which request.
        contact_id: String,
        /// Who; a guest has an id of the sidecar's own.
        sender_id: String,
        /// The name to show.
        sender_name: String,
        /// With which standing.
        #[ts(type = "'admin' | 'user' | 'guest'")]
        sender_role: &'static str,
        /// The text.
        message: String,
        /// The client's word for its kind, e.g. `text`.
        #[serde(rename = "type")]
        kind: String,
        /// When.
        timestamp: Timestamp,
    }
}

impl From<&SupportMessage> for ContactsMessage {
    fn from(message: &SupportMessage) -> Self {
        let said = &message.said;
        Self {
            id: message.id.clone(),
            contact_id: said.contact.to_string(),
            sender_id: said.sender.to_string(),
            sender_name: said.sender_name.clone(),
            sender_role: role_word(&said.sender, said.speaker),
            message: said.message.clone(),
            kind: said.kind.clone(),
            timestamp: message.at,
        }
    }
}

wire! {
    /// An admin answered; for whoever asked, beside `contactMessage`.
    "adminResponse" => ContactsAdminResponse {
        /// About which request.
        contact_id: String,
        /// The admin's name.
        admin_name: String,
        /// The text.
        message: String,
        /// When.
        timestamp: Timestamp,
    }
}

impl From<&SupportMessage> for ContactsAdminResponse {
    fn from(message: &SupportMessage) -> Self {
        Self {
            contact_id: message.said.contact.to_string(),
            admin_name: message.said.sender_name.clone(),
            message: message.said.message.clone(),
            timestamp: message.at,
        }
    }
}

wire! {
    /// What was said before, oldest first, at most the last 200; for whoever enters a chat. Nothing of it comes again.
    "contactChatHistory" => ContactsHistory {
        /// About which request.
        contact_id: String,
        /// What was said.
        messages: Vec<ContactsMessage>,
        /// How far the request is.
        #[ts(type = "'pending' | 'in_progress' | 'resolved'")]
        status: &'static str,
    }
}
wire! {
    /// Somebody is typing, or no longer; for the others in the chat.
    "contactUserTyping" state => ContactsUserTyping {
        /// About which request.
        contact_id: String,
        /// The name to show.
        user_name: String,
        /// With which standing.
        #[ts(type = "'admin' | 'user' | 'guest'")]
        user_role: &'static str,
        /// Typing, or no longer.
        is_typing: bool,
        /// When.
        timestamp: Timestamp,
    }
}
wire! {
    /// Answers `newReply` of older clients; for admins and whoever asked.
    "replyReceived" => ContactsReplyReceived {
        /// Which request.
        #[serde(rename = "_id")]
        id: String,
        /// The same.
        contact_id: String,
        /// Who replies.
        #[serde(rename = "reply_name")]
        reply_name: String,
        /// Their address; empty if not known.
        email: String,
        /// The text.
        message: String,
        /// When.
        #[serde(rename = "reply_date")]
        reply_date: Timestamp,
    }
}
