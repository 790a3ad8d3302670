//! The marketplace: who may send what, who is there, orders, notices to roles, and what was refused
//! (`contracts/commerce.md`).

mod audit;
mod audit_log;
mod bulletins;
mod crowd;
mod debug;
mod event;
mod event_map;
mod marketplace;
mod notice;
mod order;
mod room;
mod throttle;
mod words;

pub use audit::{AuditFilter, AuditKind, Severity, SocketAudit};
pub use audit_log::{AuditLog, MOST_AUDIT_WAITING, MOST_FOUND};
pub use bulletins::{BULLETIN_PERIOD, Bulletins};
pub use crowd::{Crowd, Left, Listed, MOST_SEVERAL_SHOWN};
pub use debug::{DebugCounters, DebugStats, MOST_COUNTED_NAMES, OTHER};
pub use event::{CommerceEvent, ConnectionStats, ManyConnections, Synced, Visitor};
pub use event_map::{DEFAULTS, EventMap, GUEST_EVENTS, MOST_EVENTS, MapError, Permission};
pub use marketplace::{
    MOST_UPDATES, Marketplace, MarketplaceParts, NewNotice, NotifyWhom, OrderPlaced, OrderRefused,
    ProductModeration, SellerModeration, Sold, Update, Verdict,
};
pub use notice::{Notice, Noticed, Priority, Readers};
pub use order::{Order, OrderPatch};
pub(crate) use room::ROOM;
pub use room::RoomName;
pub use throttle::{LONGEST_PACE, MOST_THROTTLED, Throttle, Throttled, pace};
pub use words::{role_named, role_word};

/// What is told of the marketplace in events that only the app knows is told on this contract's mounts.
const CONTRACT: &str = "commerce";

#[cfg(test)]
mod testing;
