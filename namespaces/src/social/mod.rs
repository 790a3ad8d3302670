//! Contract `social`: private messages with receipts, notifications with preferences, statuses
//! (`contracts/social.md`). Namespace `/social` of every path, and `/` of `/socket.io` where it is the root contract.

mod arguments;
mod desk;
mod inbound;
mod outbound;
mod requests;
#[cfg(test)]
mod spoken;
mod texts;
mod wire;

pub use desk::{SocialDesk, SocialParts};
pub(crate) use inbound::Row;
pub use inbound::Social;
pub use outbound::SocialVoice;
#[cfg(test)]
pub(crate) use spoken::said_to_the_asking;

use self::wire::{
    SocialAllNotificationsUpdated, SocialDeletionConfirmed, SocialError, SocialMessageDeleted,
    SocialMessageSeen, SocialMessageSent, SocialNewNotification, SocialNotificationDeleted,
    SocialNotificationUpdated, SocialPreferencesUpdated, SocialReadConfirmed, SocialReceiveMessage,
    SocialStatusChange, SocialStoppedTyping, SocialTyping,
};
use crate::{
    registry::{Dialogue, Incoming},
    shape::Outgoing,
};

/// The contract's name.
pub const CONTRACT: &str = "social";
/// The namespace that it has on every path.
pub const SOCIAL: &str = "/social";

/// Events that this contract's server sends.
const OUTBOUND: [Outgoing; 15] = [
    Outgoing::of::<SocialAllNotificationsUpdated>(),
    Outgoing::of::<SocialError>(),
    Outgoing::of::<SocialMessageDeleted>(),
    Outgoing::of::<SocialDeletionConfirmed>(),
    Outgoing::of::<SocialReadConfirmed>(),
    Outgoing::of::<SocialMessageSeen>(),
    Outgoing::of::<SocialMessageSent>(),
    Outgoing::of::<SocialNewNotification>(),
    Outgoing::of::<SocialNotificationDeleted>(),
    Outgoing::of::<SocialNotificationUpdated>(),
    Outgoing::of::<SocialPreferencesUpdated>(),
    Outgoing::of::<SocialReceiveMessage>(),
    Outgoing::of::<SocialStatusChange>(),
    Outgoing::of::<SocialStoppedTyping>(),
    Outgoing::of::<SocialTyping>(),
];

/// The contract's part of the registry. Its namespace is the one that its own clients know; [`SOCIAL`] says the same.
pub(crate) fn dialogue() -> Vec<Dialogue> {
    vec![Dialogue {
        contract: CONTRACT,
        namespace: "/",
        incoming: inbound::TABLE.iter().map(Incoming::from).collect(),
        outgoing: OUTBOUND.to_vec(),
    }]
}
