//! Contract `tracking`: messages sent to many, followed recipient by recipient, with figures and notifications
//! (`contracts/tracking.md`). Namespace `/tracking` of every path, and `/` of `/socket.io` where it is the root contract.

mod arguments;
mod desk;
mod followed;
mod following;
mod inbound;
mod notices;
mod outbound;
mod requests;
mod rooms;
#[cfg(test)]
mod spoken;
mod texts;
mod wire;

pub use desk::{TrackingDesk, TrackingParts};
pub(crate) use followed::Followed;
pub(crate) use inbound::Row;
pub use inbound::Tracking;
pub use outbound::TrackingVoice;
#[cfg(test)]
pub(crate) use spoken::said_to_the_asking;

use self::wire::{
    TrackingAnalyticsUpdate, TrackingGlobalAnalyticsUpdate, TrackingMessageUpdate,
    TrackingNotification, TrackingPing, TrackingPong, TrackingRecipientUpdate,
};
use crate::{
    registry::{Dialogue, Incoming},
    shape::Outgoing,
};

/// The contract's name.
pub const CONTRACT: &str = "tracking";
/// The namespace that it has on every path.
pub const TRACKING: &str = "/tracking";

/// Events that this contract's server sends.
const OUTBOUND: [Outgoing; 7] = [
    Outgoing::of::<TrackingAnalyticsUpdate>(),
    Outgoing::of::<TrackingGlobalAnalyticsUpdate>(),
    Outgoing::of::<TrackingMessageUpdate>(),
    Outgoing::of::<TrackingNotification>(),
    Outgoing::of::<TrackingPing>(),
    Outgoing::of::<TrackingPong>(),
    Outgoing::of::<TrackingRecipientUpdate>(),
];

/// The contract's part of the registry. Its namespace is the one that its own clients know; [`TRACKING`] says the same.
pub(crate) fn dialogue() -> Vec<Dialogue> {
    vec![Dialogue {
        contract: CONTRACT,
        namespace: "/",
        incoming: inbound::TABLE.iter().map(Incoming::from).collect(),
        outgoing: OUTBOUND.to_vec(),
    }]
}
