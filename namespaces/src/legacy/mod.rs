//! Contract `legacy`: `/api/socket-namespaces` with `/auth`, `/messenger` and `/notifications`
//! (`contracts/legacy.md`).

mod inbound;
mod outbound;
mod wire;

pub use inbound::{Anteroom, Legacy, LegacyDesk};
pub use outbound::LegacyVoice;

use self::wire::{Notification, NotificationRead, UnreadCount};
use crate::{
    contract::WireEvent,
    registry::{EventSpec, From},
    rooms::wire::{
        AuthError, Authenticated, DesignationsUpdated, ForceLogout, MessageReadReceipt,
        MessageSent, NewMessage, OnlineUsers, Ping, ServerShutdown, TestResponse, TokenUpdated,
        UserOnlineStatus, UserStatusChanged, UserTyping,
    },
};

/// The contract's name.
pub const CONTRACT: &str = "legacy";
/// Tokens, account changes, logouts.
pub const AUTH: &str = "/auth";
/// Messages, typing, presence.
pub const MESSENGER: &str = "/messenger";
/// Notifications and alerts.
pub const NOTIFICATIONS: &str = "/notifications";

/// Events that this contract's server sends, by namespace; where a name stands twice, its first place is its
/// home.
const OUTBOUND: [(&str, &[&str]); 3] = [
    (
        AUTH,
        &[
            AuthError::NAME,
            Authenticated::NAME,
            DesignationsUpdated::NAME,
            ForceLogout::NAME,
            Ping::NAME,
            ServerShutdown::NAME,
            TokenUpdated::NAME,
            UserStatusChanged::NAME,
        ],
    ),
    (
        MESSENGER,
        &[
            OnlineUsers::NAME,
            MessageReadReceipt::NAME,
            MessageSent::NAME,
            NewMessage::NAME,
            Ping::NAME,
            ServerShutdown::NAME,
            TestResponse::NAME,
            UserOnlineStatus::NAME,
            UserTyping::NAME,
        ],
    ),
    (
        NOTIFICATIONS,
        &[
            ForceLogout::NAME,
            NewMessage::NAME,
            Notification::NAME,
            NotificationRead::NAME,
            Ping::NAME,
            ServerShutdown::NAME,
            UnreadCount::NAME,
        ],
    ),
];

/// Whether this contract has a namespace of that name.
fn is_ours(namespace: &str) -> bool {
    OUTBOUND.iter().any(|(ours, _)| *ours == namespace)
}

/// The contract's part of the registry.
pub(crate) fn events() -> Vec<EventSpec> {
    let inbound = inbound::TABLE.iter().map(|row| (row.namespace, From::Client, row.event));
    let outbound = OUTBOUND.iter().flat_map(|(namespace, events)| {
        events.iter().map(|event| (*namespace, From::Server, *event))
    });
    inbound
        .chain(outbound)
        .map(|(namespace, from, event)| EventSpec { contract: CONTRACT, namespace, from, event })
        .collect()
}
