//! Where each contract is mounted.

use std::{sync::Arc, time::Duration};

use outrigger_domain::{notifications::Notifications, time::Clock};
use outrigger_transport::{MountId, NamespaceHandler};

use crate::{
    contract::Voice,
    legacy::{AUTH, Anteroom, Legacy, LegacyDesk, LegacyVoice, MESSENGER, NOTIFICATIONS},
    rooms::{Desk, Rooms, RoomsVoice},
};

/// The path of contract `rooms`.
pub const ROOMS_PATH: &str = "/api/socket";
/// The path of contract `legacy`.
pub const LEGACY_PATH: &str = "/api/socket-namespaces";
/// The path where the contract named by `ROOT_CONTRACT` answers.
pub const ROOT_PATH: &str = "/socket.io";

/// A contract at a place.
pub struct Mounted {
    /// The path.
    pub path: &'static str,
    /// The namespace.
    pub namespace: &'static str,
    /// What happens with what clients send.
    pub handler: Arc<dyn NamespaceHandler>,
    /// How what happens is said.
    pub voice: Arc<dyn Voice>,
}

impl Mounted {
    /// The place.
    #[must_use]
    pub fn id(&self) -> MountId {
        MountId { path: self.path, namespace: self.namespace }
    }
}

/// Contracts that `/socket.io` can carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RootContract {
    /// `rooms`.
    #[default]
    Rooms,
}

impl RootContract {
    /// The names there are, for people who mistyped one.
    pub const NAMES: [&'static str; 1] = [crate::rooms::CONTRACT];

    /// The contract of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        (name == crate::rooms::CONTRACT).then_some(Self::Rooms)
    }
}

/// What the contracts work with.
pub struct MountParts {
    /// What `rooms` and `legacy` share.
    pub desk: Arc<Desk>,
    /// Notifications.
    pub notifications: Arc<Notifications>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The contract at [`ROOT_PATH`].
    pub root: RootContract,
    /// How long a socket of `rooms` may stay without a token; zero refuses it.
    pub rooms_pending: Duration,
    /// The same for `/auth` of `legacy`.
    pub legacy_pending: Duration,
}

/// The mount table.
#[must_use]
pub fn table(parts: &MountParts) -> Arc<[Mounted]> {
    let rooms_voice: Arc<dyn Voice> = Arc::new(RoomsVoice::new(Arc::clone(&parts.clock)));
    let legacy_voice: Arc<dyn Voice> = Arc::new(LegacyVoice::new(Arc::clone(&parts.clock)));
    let rooms: Arc<dyn NamespaceHandler> =
        Arc::new(Rooms::new(Arc::clone(&parts.desk), parts.rooms_pending));
    let legacy_desk =
        Arc::new(LegacyDesk::new(Arc::clone(&parts.desk), Arc::clone(&parts.notifications)));

    let RootContract::Rooms = parts.root;
    let at_root = Mounted {
        path: ROOT_PATH,
        namespace: "/",
        handler: Arc::clone(&rooms),
        voice: Arc::clone(&rooms_voice),
    };
    let main = Mounted { path: ROOMS_PATH, namespace: "/", handler: rooms, voice: rooms_voice };
    let anteroom = Mounted {
        path: LEGACY_PATH,
        namespace: "/",
        handler: Arc::new(Anteroom::new(Arc::clone(&parts.desk))),
        voice: Arc::clone(&legacy_voice),
    };
    let legacy = [AUTH, MESSENGER, NOTIFICATIONS].map(|namespace| Mounted {
        path: LEGACY_PATH,
        namespace,
        handler: Arc::new(Legacy::new(Arc::clone(&legacy_desk), namespace, parts.legacy_pending)),
        voice: Arc::clone(&legacy_voice),
    });
    [main, at_root, anteroom].into_iter().chain(legacy).collect()
}
