//! Contract `commerce`: a marketplace in which each role may send its own events; chats, carts, orders, notices
//! (`contracts/commerce.md`). Namespace `/commerce` of every path; where it is the root contract also `/` of `/socket.io`,
//! and beside it `/admin`, `/chat` and `/notifications`, which say the same.

mod admin;
mod answers;
mod arguments;
mod chat;
mod coming;
mod desk;
mod forwarding;
mod inbound;
mod market;
mod outbound;
#[cfg(test)]
mod roles;
mod rooms;
#[cfg(test)]
mod spoken;
mod stay;
mod texts;
mod wire;

pub use desk::{CommerceDesk, CommerceParts, CommerceServices};
pub use inbound::Commerce;
pub(crate) use inbound::Row;
pub use outbound::CommerceVoice;
#[cfg(test)]
pub(crate) use spoken::{said_by_the_app, said_to_the_asking};
pub(crate) use stay::{Stay, Visits};

use crate::{
    registry::{Dialogue, Incoming},
    shape::Outgoing,
};

/// The contract's name.
pub const CONTRACT: &str = "commerce";
/// The namespace that it has on every path.
pub const COMMERCE: &str = "/commerce";
/// A namespace for admins only, where it is the root contract.
pub const ADMIN: &str = "/admin";
/// A namespace for those who chat, where it is the root contract.
pub const CHAT: &str = "/chat";
/// A namespace for those who wait for notifications, where it is the root contract.
pub const NOTIFICATIONS: &str = "/notifications";

/// The namespaces that it has beside `/` where it is the root contract.
pub(crate) const BESIDE_ROOT: [&str; 3] = [ADMIN, CHAT, NOTIFICATIONS];

/// Events that this contract's server sends, and those that only the app says.
const OUTBOUND: [Outgoing; 61] = {
    use wire::*;
    [
        Outgoing::of::<CommerceCraftViewed>(),
        Outgoing::of::<CommerceLiveStats>(),
        Outgoing::of::<CommerceSearched>(),
        Outgoing::of::<CommerceAuthError>(),
        Outgoing::of::<CommerceCartSynced>(),
        Outgoing::of::<CommerceChatMessage>(),
        Outgoing::of::<CommerceMessageRead>(),
        Outgoing::of::<CommerceTypingStatus>(),
        Outgoing::of::<CommerceUserJoined>(),
        Outgoing::of::<CommerceUserLeft>(),
        Outgoing::of::<CommerceChatbotCompleted>(),
        Outgoing::of::<CommerceChatbotError>(),
        Outgoing::of::<CommerceChatbotStarted>(),
        Outgoing::of::<CommerceChatbotToken>(),
        Outgoing::of::<CommerceConnectionError>(),
        Outgoing::of::<CommerceReconnected>(),
        Outgoing::of::<CommerceReconnecting>(),
        Outgoing::of::<CommerceConnectionStats>(),
        Outgoing::of::<CommerceConnectionSuccess>(),
        Outgoing::of::<CommerceConnectionTimeout>(),
        Outgoing::of::<CommerceDashboardStats>(),
        Outgoing::of::<CommerceInternalError>(),
        Outgoing::of::<CommerceErrorMessage>(),
        Outgoing::of::<CommerceUnauthorized>(),
        Outgoing::of::<CommerceInvalid>(),
        Outgoing::of::<CommerceEventsAvailable>(),
        Outgoing::of::<CommerceForceDisconnect>(),
        Outgoing::of::<CommerceProductModerated>(),
        Outgoing::of::<CommerceProductRejected>(),
        Outgoing::of::<CommerceProductStatusChanged>(),
        Outgoing::of::<CommerceSellerModerated>(),
        Outgoing::of::<CommerceSellerRejected>(),
        Outgoing::of::<CommerceSellerStatusChanged>(),
        Outgoing::of::<CommerceNotification>(),
        Outgoing::of::<CommerceNotificationNew>(),
        Outgoing::of::<CommerceOrderCreated>(),
        Outgoing::of::<CommerceOrderNew>(),
        Outgoing::of::<CommerceOrderReceived>(),
        Outgoing::of::<CommerceOrderStatus>(),
        Outgoing::of::<CommercePong>(),
        Outgoing::of::<CommerceProductApproved>(),
        Outgoing::of::<CommercePolicyUpdated>(),
        Outgoing::of::<CommerceProductUpdated>(),
        Outgoing::of::<CommerceProfileSynced>(),
        Outgoing::of::<CommerceRecognitionCompleted>(),
        Outgoing::of::<CommerceRecognitionFailed>(),
        Outgoing::of::<CommerceRecognitionStarted>(),
        Outgoing::of::<CommerceApplicationApproved>(),
        Outgoing::of::<CommerceApplicationNew>(),
        Outgoing::of::<CommerceProductOffered>(),
        Outgoing::of::<CommerceAnnouncement>(),
        Outgoing::of::<CommerceUserConnected>(),
        Outgoing::of::<CommerceUserDisconnected>(),
        Outgoing::of::<CommerceRecordingCompleted>(),
        Outgoing::of::<CommerceRecordingFailed>(),
        Outgoing::of::<CommerceRecordingStarted>(),
        Outgoing::of::<CommerceVoiceSearchCompleted>(),
        Outgoing::of::<CommerceVoiceSearchFailed>(),
        Outgoing::of::<CommerceVoiceSearchResults>(),
        Outgoing::of::<CommerceVoiceSearchStarted>(),
        Outgoing::of::<CommerceWishlistSynced>(),
    ]
};

/// The contract's part of the registry. Its namespace is the one that its own clients know; the others say the same.
pub(crate) fn dialogue() -> Vec<Dialogue> {
    vec![Dialogue {
        contract: CONTRACT,
        namespace: "/",
        incoming: inbound::TABLE.iter().map(Incoming::from).collect(),
        outgoing: OUTBOUND.to_vec(),
    }]
}
