//! What the two routers are given, once, by the process that composes them. Each handler takes only its part
//! (axum's `FromRef`), out of the one [`Shared`] whole that a router carries.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use axum::extract::FromRef;
use outrigger_domain::{
    accounts::Accounts,
    chats::Chats,
    commerce::{AuditLog, Bulletins, Crowd, DebugCounters, EventMap, Marketplace, Throttle},
    connections::Connections,
    email::{Mails, Unsubscribe},
    events::Secret,
    identity::{Identity, Minter},
    limits::RateLimits,
    messaging::Messaging,
    naming::Ids,
    notifications::Notifications,
    outreach::Outreach,
    ports::{MailRenderer, Store},
    presence::Presence,
    push::Push,
    quiz::{Quizzes, Roster, StatsTeller},
    selftest::SelfTest,
    sessions::Sessions,
    statuses::Statuses,
    support::SupportDesk,
    time::{Clock, Timestamp},
    tracking::{Figures, Tracking},
    webhooks::Webhooks,
};

use crate::internal::InternalApi;

/// The figures of `/metrics` in the Prometheus text format (version 0.0.4), as they are now.
pub type MetricsText = Arc<dyn Fn() -> String + Send + Sync>;

/// When the process started and whether it is about to end.
#[derive(Debug)]
pub struct Lifecycle {
    started_at: Timestamp,
    draining: AtomicBool,
}

impl Lifecycle {
    /// A process that started now and serves.
    #[must_use]
    pub fn new(started_at: Timestamp) -> Self {
        Self { started_at, draining: AtomicBool::new(false) }
    }

    /// From now on `/ready` answers 503, so that a load balancer sends nobody new.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// Whether [`Self::drain`] was called.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    /// Whole seconds since the start.
    #[must_use]
    pub fn uptime_secs(&self, now: Timestamp) -> i64 {
        (now.secs() - self.started_at.secs()).max(0)
    }
}

/// What the public routes need to be told.
#[derive(Debug, Clone)]
pub struct PublicSettings {
    /// The cookie with the app's token, also looked for with the `__Host-` and `__Secure-` prefixes
    /// (RFC 6265bis section 4.1.3). `authToken` in `contracts/rooms.md` section 1.
    pub auth_cookie: String,
    /// What can be said in which namespace of which path, as JSON, for the console.
    pub places: Arc<str>,
    /// Whose REST has the bare path where several contracts claim one (`ROOT_CONTRACT`).
    pub root: &'static str,
}

impl Default for PublicSettings {
    fn default() -> Self {
        Self { auth_cookie: "authToken".to_owned(), places: "[]".into(), root: "rooms" }
    }
}

/// What of the marketplace stands behind routes (`contracts/commerce.md` sections 4 and 5).
#[derive(Clone)]
pub struct CommerceState {
    /// Orders, decisions, notices, and users who are sent away.
    pub market: Arc<Marketplace>,
    /// Who may send what.
    pub map: Arc<EventMap>,
    /// Who is there on this node.
    pub crowd: Arc<Crowd>,
    /// What became of sockets.
    pub audit: Arc<AuditLog>,
    /// Events and errors counted.
    pub debug: Arc<DebugCounters>,
    /// Events of which the last one in a while counts.
    pub throttle: Arc<Throttle>,
    /// The app's own figures for admins.
    pub bulletins: Arc<Bulletins>,
}

/// What of quizzes stands behind routes (`contracts/quiz.md` sections 4 and 5).
#[derive(Clone)]
pub struct QuizState {
    /// Those held live.
    pub quizzes: Arc<Quizzes>,
    /// Who is there.
    pub roster: Arc<Roster>,
    /// Figures of this process.
    pub stats: Arc<StatsTeller>,
}

/// What of e-mail stands behind routes (`contracts/quiz.md` section 7).
#[derive(Clone)]
pub struct MailState {
    /// The outbox; absent if there is no mail server.
    pub mails: Option<Arc<Mails>>,
    /// Shows what mail looks like, whether or not there is a mail server.
    pub previews: Arc<dyn MailRenderer>,
    /// Reads the links that end list mail; absent if the sidecar does not know where it is reached from outside.
    pub unsubscribe: Option<Arc<Unsubscribe>>,
}

/// State as a router carries it: one pointer, however many parts there are, since axum clones it several times for every
/// request (for each layer around a route, and for the handler).
pub(crate) struct Shared<S>(Arc<S>);

impl<S> Shared<S> {
    pub(crate) fn new(state: S) -> Self {
        Self(Arc::new(state))
    }
}

impl<S> Clone for Shared<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

/// A struct, each field of which can be taken out of the [`Shared`] whole by a handler that names its type. axum's own
/// derive would take them out of the bare struct only.
macro_rules! parts {
    (
        $(#[$about:meta])*
        pub struct $state:ident { $($(#[$meaning:meta])* pub $field:ident: $part:ty,)* }
    ) => {
        $(#[$about])*
        pub struct $state { $($(#[$meaning])* pub $field: $part,)* }

        $(impl FromRef<Shared<$state>> for $part {
            fn from_ref(state: &Shared<$state>) -> Self {
                state.0.$field.clone()
            }
        })*
    };
}

parts! {
    /// What stands behind the public routes.
    pub struct PublicState {
        /// Who a token speaks for.
        pub identity: Arc<Identity>,
        /// Users.
        pub accounts: Arc<Accounts>,
        /// Messages.
        pub messaging: Arc<Messaging>,
        /// Notifications.
        pub notifications: Arc<Notifications>,
        /// The self test's messages.
        pub outreach: Arc<Outreach>,
        /// Who is online.
        pub presence: Arc<Presence>,
        /// What users say of themselves, and when they were there.
        pub statuses: Arc<Statuses>,
        /// Messages sent to many.
        pub tracking: Arc<Tracking>,
        /// Figures of them.
        pub figures: Arc<Figures>,
        /// The marketplace.
        pub commerce: CommerceState,
        /// Quizzes.
        pub quiz: QuizState,
        /// Requests for help.
        pub support: Arc<SupportDesk>,
        /// E-mail.
        pub mails: MailState,
        /// Web push; absent if there is no key for it.
        pub push: Option<Arc<Push>>,
        /// Devices.
        pub sessions: Arc<Sessions>,
        /// What is open on this node.
        pub connections: Arc<dyn Connections>,
        /// The checks of `/api/socket-test` that need a socket.
        pub self_test: Arc<dyn SelfTest>,
        /// For signs of life.
        pub store: Arc<dyn Store>,
        /// The time.
        pub clock: Arc<dyn Clock>,
        /// Ids of tokens.
        pub ids: Arc<dyn Ids>,
        /// Makes socket tokens; absent where the app signs with a key that the sidecar does not have.
        pub minter: Option<Arc<Minter>>,
        /// How often a user may ask (`online_check`).
        pub rate_limits: Arc<RateLimits>,
        /// Start and end of the process.
        pub lifecycle: Arc<Lifecycle>,
        /// The internal API, for the self test's call to it.
        pub internal_api: InternalApi,
        /// Settings.
        pub settings: Arc<PublicSettings>,
    }
}

parts! {
    /// What stands behind the internal routes.
    pub struct InternalState {
        /// Who a token speaks for; revocation.
        pub identity: Arc<Identity>,
        /// Users.
        pub accounts: Arc<Accounts>,
        /// Members of chats.
        pub chats: Arc<Chats>,
        /// Messages.
        pub messaging: Arc<Messaging>,
        /// Notifications.
        pub notifications: Arc<Notifications>,
        /// The app's own events.
        pub outreach: Arc<Outreach>,
        /// Who is online.
        pub presence: Arc<Presence>,
        /// What users say of themselves, and when they were there.
        pub statuses: Arc<Statuses>,
        /// Messages sent to many.
        pub tracking: Arc<Tracking>,
        /// Figures of them.
        pub figures: Arc<Figures>,
        /// The marketplace.
        pub commerce: CommerceState,
        /// Quizzes.
        pub quiz: QuizState,
        /// Requests for help.
        pub support: Arc<SupportDesk>,
        /// E-mail.
        pub mails: MailState,
        /// Web push; absent if there is no key for it.
        pub push: Option<Arc<Push>>,
        /// Devices.
        pub sessions: Arc<Sessions>,
        /// What is open on this node.
        pub connections: Arc<dyn Connections>,
        /// Kept answers.
        pub store: Arc<dyn Store>,
        /// Webhooks; absent if the app named no address for them.
        pub webhooks: Option<Arc<Webhooks>>,
        /// The time.
        pub clock: Arc<dyn Clock>,
        /// Start and end of the process.
        pub lifecycle: Arc<Lifecycle>,
        /// What the app shows to be let in; compared in constant time, never logged.
        pub secret: Secret,
        /// The text of `/metrics`.
        pub metrics: MetricsText,
    }
}
