//! Contract `monitor`: live state for admins, in namespace `/monitor` of every path. It belongs to none of the
//! apps' contracts: the console and the client package's monitor speak it.

mod feed;
mod fields;
mod inbound;
mod outbound;
mod picture;
mod rates;
mod recorded;
mod recorder;
mod wire;

pub use feed::{Feed, FeedParts};
pub use inbound::Monitor;
pub use outbound::MonitorVoice;
pub(crate) use recorded::Recorded;
pub(crate) use recorder::Place;
pub use recorder::Recorder;
pub use wire::MonitorLimits;

use self::wire::{MonitorEvents, MonitorState, MonitorUpdate};
use crate::{
    registry::{Dialogue, Incoming},
    rooms::wire::{AuthError, ForceLogout, ServerShutdown},
    shape::Outgoing,
};

/// The contract's name.
pub const CONTRACT: &str = "monitor";
/// The namespace, on every path.
pub const MONITOR: &str = "/monitor";

/// Events that this contract's server sends.
const OUTBOUND: [Outgoing; 6] = [
    Outgoing::of::<AuthError>(),
    Outgoing::of::<ForceLogout>(),
    Outgoing::of::<MonitorEvents>(),
    Outgoing::of::<MonitorState>(),
    Outgoing::of::<MonitorUpdate>(),
    Outgoing::of::<ServerShutdown>(),
];

/// The contract's part of the registry.
pub(crate) fn dialogue() -> Vec<Dialogue> {
    vec![Dialogue {
        contract: CONTRACT,
        namespace: MONITOR,
        incoming: inbound::TABLE.iter().map(Incoming::from).collect(),
        outgoing: OUTBOUND.to_vec(),
    }]
}
