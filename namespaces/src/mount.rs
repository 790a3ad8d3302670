//! Where each contract is mounted.

use std::{sync::Arc, time::Duration};

use outrigger_domain::{
    actor::Role,
    feed::Feed as UserFeeds,
    messaging::{Deliveries, TypingTimers},
    notifications::Notifications,
    ports::Bus,
    sessions::Sessions,
    statuses::Statuses,
    time::Clock,
    tracking::{Figures, Progress, Tracking as TrackedMessages},
};
use outrigger_transport::{MountId, NamespaceHandler};

use crate::{
    actions::{Acting, Actions},
    commerce::{
        self, COMMERCE, Commerce, CommerceDesk, CommerceParts, CommerceServices, CommerceVoice,
    },
    contacts::{
        self, CONTACTS, Contacts, ContactsDesk, ContactsParts, ContactsServices, ContactsVoice,
    },
    contract::Voice,
    follower::Follower,
    legacy::{self, AUTH, Anteroom, Legacy, LegacyDesk, LegacyVoice, MESSENGER, NOTIFICATIONS},
    lists::Lists,
    monitor::{self, Feed, MONITOR, Monitor, MonitorVoice, Place, Recorded, Recorder},
    quiz::{self, QUIZ, Quiz, QuizDesk, QuizParts, QuizServices, QuizVoice},
    resume::{Passing, Rejoin, ResumeParts, Resuming},
    rooms::{self, Desk, Rooms, RoomsVoice},
    social::{self, SOCIAL, Social, SocialDesk, SocialParts, SocialVoice},
    tracking::{self, TRACKING, Tracking, TrackingDesk, TrackingParts, TrackingVoice},
};

/// The path of contract `rooms`.
pub const ROOMS_PATH: &str = "/api/socket";
/// The path of contract `legacy`.
pub const LEGACY_PATH: &str = "/api/socket-namespaces";
/// The path where the contract named by `ROOT_CONTRACT` answers.
pub const ROOT_PATH: &str = "/socket.io";

/// Every path, each a Socket.IO server of its own.
const PATHS: [&str; 3] = [ROOMS_PATH, LEGACY_PATH, ROOT_PATH];

/// A contract at a place.
pub struct Mounted {
    /// The path.
    pub path: &'static str,
    /// The namespace.
    pub namespace: &'static str,
    /// The contract's name.
    pub contract: &'static str,
    /// Whoever is less than this has no sockets here.
    pub least_role: Role,
    /// What happens with what clients send.
    pub handler: Arc<dyn NamespaceHandler>,
    /// How what happens is said.
    pub voice: Arc<dyn Voice>,
    /// What follows at its sockets, if anything does.
    pub follower: Option<Arc<dyn Follower>>,
    /// Hands out the list of everyone that this contract shows here, if it shows one.
    pub(crate) lists: Option<Arc<Lists>>,
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
    /// `social`.
    Social,
    /// `tracking`.
    Tracking,
    /// `commerce`.
    Commerce,
    /// `quiz`.
    Quiz,
}

impl RootContract {
    /// The names there are, for people who mistyped one.
    pub const NAMES: [&'static str; 5] =
        [rooms::CONTRACT, social::CONTRACT, tracking::CONTRACT, commerce::CONTRACT, quiz::CONTRACT];

    /// The contract of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let all = [Self::Rooms, Self::Social, Self::Tracking, Self::Commerce, Self::Quiz];
        all.into_iter().find(|root| root.name() == name)
    }

    /// The contract's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Rooms => rooms::CONTRACT,
            Self::Social => social::CONTRACT,
            Self::Tracking => tracking::CONTRACT,
            Self::Commerce => commerce::CONTRACT,
            Self::Quiz => quiz::CONTRACT,
        }
    }
}

/// What the contracts work with.
pub struct MountParts {
    /// What `rooms` and `legacy` share.
    pub desk: Arc<Desk>,
    /// Notifications.
    pub notifications: Arc<Notifications>,
    /// What users say of themselves.
    pub statuses: Arc<Statuses>,
    /// Who is typing to whom.
    pub typing: Arc<TypingTimers>,
    /// Messages sent to many.
    pub tracking: Arc<TrackedMessages>,
    /// Tells what becomes of them.
    pub progress: Arc<Progress>,
    /// Figures of them.
    pub figures: Arc<Figures>,
    /// Whether messages that nobody told of yet can be tracked.
    pub track_unknown: bool,
    /// What only the marketplace works with.
    pub commerce: CommerceServices,
    /// What only contract `quiz` works with.
    pub quiz: QuizServices,
    /// What only contract `contacts` works with.
    pub contacts: ContactsServices,
    /// Where everything that is told passes.
    pub bus: Arc<dyn Bus>,
    /// Ended by monitors.
    pub sessions: Arc<Sessions>,
    /// What each user's clients must not miss.
    pub feeds: Arc<UserFeeds>,
    /// Notes which messages arrived, if anyone wants to know.
    pub deliveries: Option<Arc<Deliveries>>,
    /// Knows how far feeds went past sockets.
    pub passing: Arc<Passing>,
    /// What the app decides, if it is asked.
    pub actions: Option<Actions>,
    /// Keeps monitors up to date.
    pub feed: Arc<Feed>,
    /// Notes what clients send.
    pub recorder: Arc<Recorder>,
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
    let mut mounted = app_contracts(parts);
    mounted.extend(monitors(parts));
    mounted.into()
}

/// The contracts of apps.
fn app_contracts(parts: &MountParts) -> Vec<Mounted> {
    let rooms_voice: Arc<dyn Voice> = Arc::new(RoomsVoice::new(Arc::clone(&parts.clock)));
    let legacy_voice: Arc<dyn Voice> = Arc::new(LegacyVoice::new(Arc::clone(&parts.clock)));
    let rooms = Arc::new(Rooms::new(Arc::clone(&parts.desk), parts.rooms_pending));
    let legacy_desk =
        Arc::new(LegacyDesk::new(Arc::clone(&parts.desk), Arc::clone(&parts.notifications)));
    let resume = ResumeParts {
        feed: Arc::clone(&parts.feeds),
        deliveries: parts.deliveries.clone(),
        passing: Arc::clone(&parts.passing),
    };
    let mount = |contract, path, namespace, handler: Arc<dyn NamespaceHandler>, voice: &Arc<_>| {
        let place = Place { contract, namespace };
        let handler = match parts.actions.clone() {
            None => handler,
            Some(actions) => {
                Arc::new(Acting::new(handler, actions, Arc::clone(&parts.desk), contract))
            }
        };
        let handler = Arc::new(Recorded::new(handler, Arc::clone(&parts.recorder), place));
        let voice: Arc<dyn Voice> = Arc::clone(voice);
        let chats: Arc<dyn Rejoin> = parts.desk.clone();
        let handler = Arc::new(Resuming::new(handler, Arc::clone(&voice), chats, resume.clone()));
        let (least_role, follower, lists) = (Role::Guest, None, None);
        Mounted { path, namespace, contract, least_role, handler, voice, follower, lists }
    };

    let listing = |mounted| Mounted { lists: Some(Arc::clone(parts.desk.lists())), ..mounted };
    let at_root = (parts.root == RootContract::Rooms).then_some(ROOT_PATH);
    let mut mounted: Vec<_> = [ROOMS_PATH]
        .into_iter()
        .chain(at_root)
        .map(|path| listing(mount(rooms::CONTRACT, path, "/", rooms.clone(), &rooms_voice)))
        .collect();
    let anteroom = Arc::new(Anteroom::new(Arc::clone(&parts.desk)));
    mounted.push(mount(legacy::CONTRACT, LEGACY_PATH, "/", anteroom, &legacy_voice));
    mounted.extend([AUTH, MESSENGER, NOTIFICATIONS].map(|namespace| {
        let handler = Legacy::new(Arc::clone(&legacy_desk), namespace, parts.legacy_pending);
        let place =
            mount(legacy::CONTRACT, LEGACY_PATH, namespace, Arc::new(handler), &legacy_voice);
        if namespace == MESSENGER { listing(place) } else { place }
    }));
    let social_places = places(parts.root, RootContract::Social, SOCIAL);
    let social = Arc::new(Social::new(Arc::new(SocialDesk::new(SocialParts {
        desk: Arc::clone(&parts.desk),
        notifications: Arc::clone(&parts.notifications),
        statuses: Arc::clone(&parts.statuses),
        typing: Arc::clone(&parts.typing),
        bus: Arc::clone(&parts.bus),
        places: social_places.clone(),
    }))));
    let social_voice: Arc<dyn Voice> = Arc::new(SocialVoice);
    mounted.extend(social_places.into_iter().map(|MountId { path, namespace }| {
        mount(social::CONTRACT, path, namespace, social.clone(), &social_voice)
    }));
    let tracking = Arc::new(Tracking::new(Arc::new(TrackingDesk::new(TrackingParts {
        desk: Arc::clone(&parts.desk),
        notifications: Arc::clone(&parts.notifications),
        tracking: Arc::clone(&parts.tracking),
        progress: Arc::clone(&parts.progress),
        figures: Arc::clone(&parts.figures),
        track_unknown: parts.track_unknown,
    }))));
    let tracking_voice: Arc<dyn Voice> = Arc::new(TrackingVoice::new(Arc::clone(&parts.clock)));
    let tracking_places = places(parts.root, RootContract::Tracking, TRACKING);
    mounted.extend(tracking_places.into_iter().map(|MountId { path, namespace }| {
        mount(tracking::CONTRACT, path, namespace, tracking.clone(), &tracking_voice)
    }));
    mounted.extend(marketplace(parts, &resume));
    mounted.extend(classroom(parts, &resume));
    mounted.extend(help_desk(parts, &resume));
    mounted
}

/// Contract `commerce`. What the app decides about is handed on by itself, as far as its own map of events lets it.
fn marketplace(parts: &MountParts, resume: &ResumeParts) -> Vec<Mounted> {
    let desk = Arc::new(CommerceDesk::new(CommerceParts {
        desk: Arc::clone(&parts.desk),
        notifications: Arc::clone(&parts.notifications),
        typing: Arc::clone(&parts.typing),
        bus: Arc::clone(&parts.bus),
        actions: parts.actions.clone(),
        services: parts.commerce.clone(),
    }));
    let chat_from_id = parts.commerce.chat_from_id;
    let voice: Arc<dyn Voice> = Arc::new(CommerceVoice { chat_from_id });
    let mount = |MountId { path, namespace }| {
        let contract = commerce::CONTRACT;
        let handler = Arc::new(Commerce::new(Arc::clone(&desk), namespace));
        let place = Place { contract, namespace };
        let handler = Arc::new(Recorded::new(handler, Arc::clone(&parts.recorder), place));
        let chats: Arc<dyn Rejoin> = desk.clone();
        let handler = Arc::new(Resuming::new(handler, Arc::clone(&voice), chats, resume.clone()));
        let follower: Arc<dyn Follower> = desk.clone();
        Mounted {
            path,
            namespace,
            contract,
            least_role: Commerce::least_role(namespace),
            handler,
            voice: Arc::clone(&voice),
            follower: Some(follower),
            lists: None,
        }
    };
    commerce_places(parts.root).into_iter().map(mount).collect()
}

/// Contract `quiz`. Like the marketplace it hands on by itself what the app decides about: everything counts there, and
/// guests ask the app for nothing.
fn classroom(parts: &MountParts, resume: &ResumeParts) -> Vec<Mounted> {
    let desk = Arc::new(QuizDesk::new(QuizParts {
        desk: Arc::clone(&parts.desk),
        statuses: Arc::clone(&parts.statuses),
        support: Arc::clone(&parts.contacts.support),
        bus: Arc::clone(&parts.bus),
        actions: parts.actions.clone(),
        services: parts.quiz.clone(),
    }));
    let voice: Arc<dyn Voice> = Arc::new(QuizVoice);
    let quiz = Arc::new(Quiz::new(Arc::clone(&desk)));
    let mount = |MountId { path, namespace }| {
        let contract = quiz::CONTRACT;
        let place = Place { contract, namespace };
        let handler = Arc::new(Recorded::new(quiz.clone(), Arc::clone(&parts.recorder), place));
        let chats: Arc<dyn Rejoin> = desk.clone();
        let handler = Arc::new(Resuming::new(handler, Arc::clone(&voice), chats, resume.clone()));
        let (least_role, voice) = (Role::Guest, Arc::clone(&voice));
        let follower: Arc<dyn Follower> = desk.clone();
        let (follower, lists) = (Some(follower), Some(Arc::clone(desk.lists())));
        Mounted { path, namespace, contract, least_role, handler, voice, follower, lists }
    };
    places(parts.root, RootContract::Quiz, QUIZ).into_iter().map(mount).collect()
}

/// Contract `contacts`, which stands beside others only (`contracts/contacts.md` section 1).
fn help_desk(parts: &MountParts, resume: &ResumeParts) -> [Mounted; 3] {
    let desk = Arc::new(ContactsDesk::new(ContactsParts {
        desk: Arc::clone(&parts.desk),
        bus: Arc::clone(&parts.bus),
        services: parts.contacts.clone(),
    }));
    let voice: Arc<dyn Voice> = Arc::new(ContactsVoice);
    let handler: Arc<dyn NamespaceHandler> = Arc::new(Contacts::new(Arc::clone(&desk)));
    let (contract, namespace) = (contacts::CONTRACT, CONTACTS);
    let handler = match parts.actions.clone() {
        None => handler,
        Some(actions) => Arc::new(Acting::new(handler, actions, Arc::clone(&parts.desk), contract)),
    };
    PATHS.map(|path| {
        let place = Place { contract, namespace };
        let (handler, recorder) = (Arc::clone(&handler), Arc::clone(&parts.recorder));
        let handler = Arc::new(Recorded::new(handler, recorder, place));
        let chats: Arc<dyn Rejoin> = parts.desk.clone();
        let handler = Arc::new(Resuming::new(handler, Arc::clone(&voice), chats, resume.clone()));
        let (least_role, voice) = (Role::Guest, Arc::clone(&voice));
        let follower: Arc<dyn Follower> = desk.clone();
        let (follower, lists) = (Some(follower), None);
        Mounted { path, namespace, contract, least_role, handler, voice, follower, lists }
    })
}

/// Where contract `commerce` is mounted: as others are, and where it is the root contract in namespaces of its own too.
fn commerce_places(root: RootContract) -> Vec<MountId> {
    let own = commerce::BESIDE_ROOT.map(|namespace| MountId { path: ROOT_PATH, namespace });
    let own = own.into_iter().filter(|_| root == RootContract::Commerce);
    places(root, RootContract::Commerce, COMMERCE).into_iter().chain(own).collect()
}

/// A contract's own namespace of every path, and `/` of the root path if it is the contract there.
fn places(root: RootContract, contract: RootContract, namespace: &'static str) -> Vec<MountId> {
    let beside = PATHS.map(|path| MountId { path, namespace });
    let at_root = MountId { path: ROOT_PATH, namespace: "/" };
    (root == contract).then_some(at_root).into_iter().chain(beside).collect()
}

/// `/monitor`, on every path.
fn monitors(parts: &MountParts) -> [Mounted; 3] {
    let voice: Arc<dyn Voice> = Arc::new(MonitorVoice::new(Arc::clone(&parts.clock)));
    let handler: Arc<dyn NamespaceHandler> = Arc::new(Monitor::new(
        Arc::clone(&parts.desk),
        Arc::clone(&parts.sessions),
        Arc::clone(&parts.feed),
    ));
    PATHS.map(|path| Mounted {
        path,
        namespace: MONITOR,
        contract: monitor::CONTRACT,
        least_role: Role::Admin,
        handler: Arc::clone(&handler),
        voice: Arc::clone(&voice),
        follower: None,
        lists: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_root_contract_is_found_under_its_name() {
        let found =
            RootContract::NAMES.map(|name| RootContract::named(name).map(RootContract::name));
        assert_eq!(found, RootContract::NAMES.map(Some));
        assert_eq!(RootContract::named("legacy"), None);
    }

    #[test]
    fn a_contract_stands_beside_every_other_and_at_the_root_if_it_is_the_one() {
        for (contract, namespace) in [
            (RootContract::Social, SOCIAL),
            (RootContract::Tracking, TRACKING),
            (RootContract::Commerce, COMMERCE),
            (RootContract::Quiz, QUIZ),
        ] {
            let beside = |places: &[MountId]| {
                PATHS.iter().all(|path| places.contains(&MountId { path, namespace }))
            };
            let at_root = MountId { path: ROOT_PATH, namespace: "/" };
            let found = places(contract, contract, namespace);
            assert!(beside(&found) && found.contains(&at_root) && found.len() == 4);
            let found = places(RootContract::Rooms, contract, namespace);
            assert!(beside(&found) && found.len() == 3);
        }
    }

    #[test]
    fn commerce_brings_its_namespaces_to_the_root_and_nowhere_else() {
        let found = commerce_places(RootContract::Commerce);
        let at_root: Vec<_> = found.iter().filter(|place| place.path == ROOT_PATH).collect();
        assert_eq!((found.len(), at_root.len()), (7, 5));
        assert_eq!(commerce_places(RootContract::Rooms).len(), 3);
    }
}
