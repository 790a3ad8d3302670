//! Contract `legacy`: `/api/socket-namespaces` with `/auth`, `/messenger` and `/notifications`
//! (`contracts/legacy.md`).

mod inbound;
mod outbound;
mod wire;

pub(crate) use inbound::Row;
pub use inbound::{Anteroom, Legacy, LegacyDesk};
pub use outbound::LegacyVoice;

use self::wire::{Notification, NotificationRead, UnreadCount};
use crate::{
    registry::{Dialogue, Incoming},
    rooms::wire::{
        AuthError, Authenticated, DesignationsUpdated, ForceLogout, MessageAlert,
        MessageReadReceipt, MessageSent, NewMessage, OnlineUsers, Ping, ServerShutdown,
        TestResponse, TokenUpdated, UserOnlineStatus, UserStatusChanged, UserTyping,
    },
    shape::Outgoing,
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
const OUTBOUND: [(&str, &[Outgoing]); 3] = [
    (
        AUTH,
        &[
            Outgoing::of::<AuthError>(),
            Outgoing::of::<Authenticated>(),
            Outgoing::of::<DesignationsUpdated>(),
            Outgoing::of::<ForceLogout>(),
            Outgoing::of::<Ping>(),
            Outgoing::of::<ServerShutdown>(),
            Outgoing::of::<TokenUpdated>(),
            Outgoing::of::<UserStatusChanged>(),
        ],
    ),
    (
        MESSENGER,
        &[
            Outgoing::of::<OnlineUsers>(),
            Outgoing::of::<MessageReadReceipt>(),
            Outgoing::of::<MessageSent>(),
            Outgoing::of::<NewMessage>(),
            Outgoing::of::<Ping>(),
            Outgoing::of::<ServerShutdown>(),
            Outgoing::of::<TestResponse>(),
            Outgoing::of::<UserOnlineStatus>(),
            Outgoing::of::<UserTyping>(),
        ],
    ),
    (
        NOTIFICATIONS,
        &[
            Outgoing::of::<ForceLogout>(),
            Outgoing::of::<MessageAlert>(),
            Outgoing::of::<Notification>(),
            Outgoing::of::<NotificationRead>(),
            Outgoing::of::<Ping>(),
            Outgoing::of::<ServerShutdown>(),
            Outgoing::of::<UnreadCount>(),
        ],
    ),
];

/// Whether this contract has a namespace of that name.
fn is_ours(namespace: &str) -> bool {
    OUTBOUND.iter().any(|(ours, _)| *ours == namespace)
}

/// The contract's part of the registry.
pub(crate) fn dialogue() -> Vec<Dialogue> {
    let incoming = |namespace: &str| {
        inbound::TABLE.iter().filter(|row| row.namespace == namespace).map(Incoming::from).collect()
    };
    OUTBOUND
        .iter()
        .map(|(namespace, outgoing)| Dialogue {
            contract: CONTRACT,
            namespace,
            incoming: incoming(namespace),
            outgoing: outgoing.to_vec(),
        })
        .collect()
}
