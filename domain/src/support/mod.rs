//! People who ask for help, and the admins who answer them (`contracts/contacts.md`).

mod access;
mod assigning;
mod attendance;
mod chat;
mod chatting;
mod claiming;
mod contact;
mod desk;
mod event;
mod figures;
mod letters;
mod losing;
mod naming;
mod submitting;

pub use crate::turns::Turn;
pub use access::Entrant;
pub use attendance::Admin;
pub use chat::{NewSupportMessage, Speaker, SupportMessage};
pub use chatting::{ActiveChat, MOST_HISTORY, NewTyping, SayError};
pub use contact::{
    Assigned, Claimed, Contact, ContactPriority, ContactStatus, NewContact, Released, Resolved,
    Resolver, SupportCounts,
};
pub use desk::{MOST_CONTACTS_LISTED, SupportDesk, SupportParts, SupportSettings};
pub use event::{SupportEvent, SupportStats};
pub use letters::ESTIMATED_RESPONSE;
pub use submitting::{
    MOST_MESSAGE, MOST_NAME, MOST_PHONE, MOST_SUBJECT, SubmitError, SubmittedContact,
};

#[cfg(test)]
mod testing;
