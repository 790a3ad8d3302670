//! A sidecar without sockets: every route over a SQLite file, and a bus that writes down what it is told.

use std::{
    convert::Infallible,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, HeaderValue, Request, StatusCode, header},
    response::Response,
};
use outrigger_api_compat::{
    ClientAddress, CommerceState, Entrance, InternalApi, InternalState, Lifecycle, MailState,
    PublicSettings, PublicState, QuizState, internal_routes, public_router,
};
use outrigger_domain::{
    accounts::Accounts,
    actor::Role,
    chats::Chats,
    commerce::{
        AuditLog, Bulletins, Crowd, DebugCounters, EventMap, Marketplace, MarketplaceParts,
        Throttle,
    },
    connections::{Connections, Gathered, OpenSocket, Totals},
    email::{
        Address, MailLimits, MailTemplate, Mails, MailsParts, RenderFault, Rendered, Unsubscribe,
        Variables,
    },
    events::{Audience, DomainEvent, Published, Reach, Secret},
    identity::{ClaimNames, Identity, Minter, NewToken, Verifier},
    ids::{ChatId, DeviceId, TokenId, UserId},
    limits::{Allowance, RateLimits},
    messaging::{MessageLimits, MessagePolicy, Messaging},
    naming::{Ids, Uuids},
    notifications::Notifications,
    outreach::Outreach,
    ports::{Bus, MailRenderer, NoLookup, NoWebhooks, Store, UserLookup},
    presence::Presence,
    push::{Push, PushWhen},
    quiz::{
        Counted, Counters, Quizzes, QuizzesParts, Roster, RosterParts, StatsTeller,
        StatsTellerParts,
    },
    selftest::{Check, SelfTest, SocketChecks, Verdict},
    sessions::Sessions,
    statuses::{StatusAudience, StatusParts, Statuses},
    support::{SupportDesk, SupportParts, SupportSettings},
    time::{Clock, Timestamp},
    tracking::{Figures, FiguresParts, Progress, ProgressParts, Tracking, TrackingParts},
    webhooks::Webhooks,
};
use outrigger_sqlite::{Options, SqliteStore};
use serde_json::Value;
use tower::{Service, ServiceExt};

use crate::push_service::PushService;

pub(crate) const SECRET: &str = "internal-secret-of-32-bytes-or-more";
const JWT_SECRET: &[u8] = b"jwt-secret-of-32-bytes-or-more-....";
const START_MS: i64 = 1_750_000_000_000;

/// Writes down every event; each reaches two sockets of one device, unless it is for Gone.
#[derive(Default)]
pub(crate) struct Recorder(Mutex<Vec<Published>>);

#[async_trait]
impl Bus for Recorder {
    async fn publish(&self, event: Published) {
        let gone = matches!(&event.audience, Audience::User(user) if user.as_str() == "gone");
        let reach = if gone { Reach::default() } else { Reach { sockets: 2, devices: 1 } };
        event.receipt.answer(reach);
        self.0.lock().unwrap().push(event);
    }
}

/// A clock that stands still until told.
struct Watch(AtomicI64);

impl Clock for Watch {
    fn now(&self) -> Timestamp {
        Timestamp::from_ms(self.0.load(Ordering::Relaxed))
    }
}

/// Ann has a browser with one socket.
struct OneBrowser;

impl Connections for OneBrowser {
    fn totals(&self) -> Totals {
        Totals { connections: 1, sockets: 1 }
    }

    fn of_user(&self, user: &UserId) -> Vec<OpenSocket> {
        let socket = OpenSocket {
            key: 7,
            user: user.clone(),
            device: DeviceId::new("browser").unwrap(),
            role: Role::User,
            token: TokenId::new("t").unwrap(),
            path: "/api/socket",
            namespace: "/",
            transport: "websocket",
        };
        if user.as_str() == "ann" { vec![socket] } else { Vec::new() }
    }

    fn in_chat(&self, _: &ChatId) -> Vec<UserId> {
        vec![user("ann")]
    }

    fn gathered(&self, audience: &Audience) -> Gathered {
        match audience {
            Audience::Chat(_) => Gathered { users: 1, sockets: 3 },
            Audience::Role(_) => Gathered { users: 2, sockets: 2 },
            Audience::User(user) => {
                let sockets = self.of_user(user).len();
                Gathered { users: sockets, sockets }
            }
            _ => Gathered::default(),
        }
    }
}

struct Passing;

#[async_trait]
impl SelfTest for Passing {
    async fn run(&self) -> SocketChecks {
        let check = |status| Check { status, message: "seen".into(), details: None };
        SocketChecks {
            socket_server: check(Verdict::Pass),
            connection_tracking: check(Verdict::Pass),
            messaging: check(Verdict::Warn),
            broadcast: check(Verdict::Pass),
        }
    }
}

/// Seven connections since the start.
struct Seven;

impl Counters for Seven {
    fn counted(&self) -> Counted {
        Counted { total_connections: 7, current_connections: 2, active_rooms: 3 }
    }

    fn resident_bytes(&self) -> Option<u64> {
        Some(4096)
    }
}

/// Templates that show what they are filled with, and escape nothing.
pub(crate) struct Bare;

impl MailRenderer for Bare {
    fn render(&self, template: MailTemplate, vars: &Variables) -> Result<Rendered, RenderFault> {
        let filled = Value::Object(template.fill(vars)?);
        let subject = template.as_str().to_owned();
        Ok(Rendered { subject, html: format!("<p>{filled}</p>"), text: filled.to_string() })
    }
}

/// How the sidecar is set up.
pub(crate) struct Setup {
    /// Whether the app wants webhooks.
    pub(crate) webhooks: bool,
    /// `ROOT_CONTRACT`.
    pub(crate) root: &'static str,
    /// Whether there is a key for web push.
    pub(crate) push: bool,
    /// Whether there is a mail server.
    pub(crate) mail: bool,
    /// The app, if it can be asked for users.
    pub(crate) lookup: Option<Arc<dyn UserLookup>>,
    /// What is limited.
    pub(crate) limits: Vec<(&'static str, Allowance)>,
}

impl Default for Setup {
    fn default() -> Self {
        let limits = vec![("online_check", Allowance::per_secs(2, 60))];
        Self { webhooks: true, root: "rooms", push: true, mail: true, lookup: None, limits }
    }
}

pub(crate) struct World {
    pub(crate) public: Router,
    pub(crate) internal: Entrance,
    pub(crate) store: Arc<SqliteStore>,
    pub(crate) presence: Arc<Presence>,
    pub(crate) lifecycle: Arc<Lifecycle>,
    pub(crate) webhooks: Arc<Webhooks>,
    pub(crate) push: Arc<Push>,
    pub(crate) push_service: Arc<PushService>,
    pub(crate) commerce: CommerceState,
    pub(crate) quiz: QuizState,
    pub(crate) support: Arc<SupportDesk>,
    unsubscribe: Arc<Unsubscribe>,
    minter: Arc<Minter>,
    recorder: Arc<Recorder>,
    watch: Arc<Watch>,
    _dir: tempfile::TempDir,
}

impl World {
    /// An app that wants webhooks.
    pub(crate) async fn new() -> Self {
        Self::set_up(Setup::default()).await
    }

    /// An app that named no address for webhooks.
    pub(crate) async fn without_webhooks() -> Self {
        Self::set_up(Setup { webhooks: false, ..Setup::default() }).await
    }

    pub(crate) async fn set_up(setup: Setup) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let recorder = Arc::new(Recorder::default());
        let bus: Arc<dyn Bus> = recorder.clone();
        let watch = Arc::new(Watch(AtomicI64::new(START_MS)));
        let clock: Arc<dyn Clock> = watch.clone();
        let ids: Arc<dyn Ids> = Arc::new(Uuids);
        let file = dir.path().join("it.db");
        let options = Options {
            synchronous_full: false,
            ..Options::new(format!("sqlite:{}", file.display()))
        };
        let outbox = Arc::new(NoWebhooks);
        let sqlite = SqliteStore::open(&options, bus.clone(), outbox).await.unwrap();
        let store: Arc<dyn Store> = sqlite.clone();

        let verifier = Verifier::hs256(JWT_SECRET, ClaimNames::default());
        let identity =
            Identity::load(verifier, store.clone(), bus.clone(), clock.clone()).await.unwrap();
        let identity = Arc::new(match setup.lookup {
            Some(lookup) => identity.asking(lookup),
            None => identity,
        });
        let presence = Arc::new(Presence::new(bus.clone(), clock.clone()));
        let chats = Arc::new(Chats::new(store.clone(), bus.clone(), clock.clone()));
        let sessions =
            Arc::new(Sessions::new(store.clone(), bus.clone(), clock.clone(), identity.clone()));
        let accounts = Arc::new(Accounts::new(
            store.clone(),
            bus.clone(),
            clock.clone(),
            identity.clone(),
            sessions.clone(),
            Duration::from_secs(5),
        ));
        let messaging = Arc::new(Messaging::new(
            store.clone(),
            bus.clone(),
            clock.clone(),
            ids.clone(),
            presence.clone(),
            chats.clone(),
            Arc::new(NoLookup),
            MessagePolicy {
                limits: MessageLimits { text_bytes: 4000, image_bytes: 3000 },
                ..MessagePolicy::default()
            },
        ));
        let notifications =
            Arc::new(Notifications::new(store.clone(), bus.clone(), clock.clone(), ids.clone()));
        let outreach = Arc::new(Outreach::new(bus.clone(), sqlite.clone(), clock.clone(), 4096));
        let connections: Arc<dyn Connections> = Arc::new(OneBrowser);
        let lifecycle = Arc::new(Lifecycle::new(clock.now()));
        let minter = Arc::new(Minter::hs256(JWT_SECRET, ClaimNames::default()));

        let webhooks = Arc::new(Webhooks::new(sqlite.clone(), ids.clone(), clock.clone()));
        let statuses = Statuses::load(StatusParts {
            store: sqlite.clone(),
            users: store.clone(),
            presence: presence.clone(),
            bus: bus.clone(),
            clock: clock.clone(),
            audience: StatusAudience::Followers,
        });
        let statuses = Arc::new(statuses.await.unwrap());
        let push_service = Arc::new(PushService::default());
        let push = Arc::new(Push::new(
            sqlite.clone(),
            store.clone(),
            presence.clone(),
            push_service.clone(),
            clock.clone(),
            PushWhen::Away,
        ));
        let progress = Arc::new(Progress::new(ProgressParts {
            store: sqlite.clone(),
            presence: presence.clone(),
            bus: bus.clone(),
            clock: clock.clone(),
        }));
        let figures = Arc::new(Figures::new(FiguresParts {
            store: sqlite.clone(),
            bus: bus.clone(),
            clock: clock.clone(),
        }));
        let tracking = Arc::new(Tracking::new(TrackingParts {
            store: sqlite.clone(),
            bus: bus.clone(),
            clock: clock.clone(),
            ids: ids.clone(),
            progress,
            figures: figures.clone(),
        }));
        let crowd = Arc::new(Crowd::new());
        let audit = Arc::new(AuditLog::new(sqlite.clone(), clock.clone()));
        let map = EventMap::load(sqlite.clone(), bus.clone(), clock.clone()).await.unwrap();
        let market = Marketplace::new(MarketplaceParts {
            store: sqlite.clone(),
            users: store.clone(),
            notifications: notifications.clone(),
            outreach: outreach.clone(),
            crowd: crowd.clone(),
            audit: audit.clone(),
            bus: bus.clone(),
            clock: clock.clone(),
            ids: ids.clone(),
        });
        let commerce = CommerceState {
            market: Arc::new(market),
            map: Arc::new(map),
            audit,
            debug: Arc::new(DebugCounters::new()),
            throttle: Arc::new(Throttle::new(outreach.clone())),
            bulletins: Arc::new(Bulletins::new(crowd.clone(), bus.clone(), clock.clone())),
            crowd,
        };
        let quizzes = Arc::new(Quizzes::new(QuizzesParts {
            store: sqlite.clone(),
            bus: bus.clone(),
            clock: clock.clone(),
            ids: ids.clone(),
        }));
        let roster = Arc::new(Roster::new(RosterParts { bus: bus.clone(), clock: clock.clone() }));
        let stats = Arc::new(StatsTeller::new(StatsTellerParts {
            counters: Arc::new(Seven),
            quizzes: quizzes.clone(),
            roster: roster.clone(),
            bus: bus.clone(),
            clock: clock.clone(),
        }));
        let quiz = QuizState { quizzes, roster, stats };
        let unsubscribe = Arc::new(Unsubscribe::new(JWT_SECRET, "https://rt.example.com").unwrap());
        let mails = setup.mail.then(|| {
            Arc::new(Mails::new(MailsParts {
                store: sqlite.clone(),
                renderer: Arc::new(Bare),
                ids: ids.clone(),
                clock: clock.clone(),
                limits: MailLimits { most_waiting: 3 },
                wake: Arc::default(),
            }))
        });
        let support = Arc::new(SupportDesk::new(SupportParts {
            store: sqlite.clone(),
            mails: mails.clone(),
            bus: bus.clone(),
            clock: clock.clone(),
            ids: ids.clone(),
            settings: SupportSettings::default(),
        }));
        let mails = MailState {
            unsubscribe: mails.is_some().then(|| unsubscribe.clone()),
            mails,
            previews: Arc::new(Bare),
        };
        let with_push = setup.push.then(|| push.clone());
        let internal_api = InternalApi::new(InternalState {
            identity: identity.clone(),
            accounts: accounts.clone(),
            chats,
            messaging: messaging.clone(),
            notifications: notifications.clone(),
            outreach: outreach.clone(),
            presence: presence.clone(),
            statuses: statuses.clone(),
            tracking: tracking.clone(),
            figures: figures.clone(),
            commerce: commerce.clone(),
            quiz: quiz.clone(),
            support: support.clone(),
            mails: mails.clone(),
            push: with_push.clone(),
            sessions: sessions.clone(),
            connections: connections.clone(),
            store: store.clone(),
            webhooks: setup.webhooks.then(|| webhooks.clone()),
            clock: clock.clone(),
            lifecycle: lifecycle.clone(),
            secret: Secret::new(SECRET),
            metrics: Arc::new(|| "outrigger_up 1\n".to_owned()),
        });
        let internal = internal_routes(&internal_api);
        let public = public_router(PublicState {
            identity,
            accounts,
            messaging,
            notifications,
            outreach,
            presence: presence.clone(),
            statuses,
            tracking,
            figures,
            commerce: commerce.clone(),
            quiz: quiz.clone(),
            support: support.clone(),
            mails,
            push: with_push,
            sessions,
            connections,
            self_test: Arc::new(Passing),
            store,
            clock,
            ids,
            minter: Some(minter.clone()),
            rate_limits: Arc::new(RateLimits::new(setup.limits)),
            lifecycle: lifecycle.clone(),
            internal_api,
            settings: Arc::new(PublicSettings { root: setup.root, ..PublicSettings::default() }),
        });
        Self {
            public,
            internal,
            store: sqlite,
            presence,
            lifecycle,
            webhooks,
            push,
            push_service,
            commerce,
            quiz,
            support,
            unsubscribe,
            minter,
            recorder,
            watch,
            _dir: dir,
        }
    }

    /// Ann and Bob are users, Root is an admin; each logged in once.
    pub(crate) async fn with_people() -> Self {
        Self::with_people_and(Setup::default()).await
    }

    pub(crate) async fn with_people_and(setup: Setup) -> Self {
        let world = Self::set_up(setup).await;
        for name in ["ann", "bob", "root"] {
            let seen = world.get(name, "/rooms/api/notifications").await;
            assert_eq!(seen.status, StatusCode::OK);
        }
        world.events();
        world
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.watch.now()
    }

    pub(crate) fn pass(&self, time: Duration) {
        self.watch.0.fetch_add(i64::try_from(time.as_millis()).unwrap(), Ordering::Relaxed);
    }

    /// A token as the app makes it: one hour, `root` is an admin.
    pub(crate) fn token(&self, name: &str) -> String {
        self.token_for(name, None, Duration::from_secs(3600))
    }

    pub(crate) fn token_for(
        &self,
        name: &str,
        purpose: Option<&str>,
        lifetime: Duration,
    ) -> String {
        self.minted(name, &format!("{name}@example.com"), purpose, lifetime)
    }

    fn minted(&self, name: &str, email: &str, purpose: Option<&str>, lifetime: Duration) -> String {
        let now = self.now();
        self.minter
            .mint(&NewToken {
                user: &user(name),
                email,
                role: if name == "root" { Role::Admin } else { Role::User },
                id: &Uuids.token(),
                issued_at: now,
                expires_at: now.plus(lifetime),
                purpose,
                device: None,
            })
            .unwrap()
    }

    /// What the bus was told since the last time.
    fn published(&self) -> Vec<Published> {
        std::mem::take(&mut *self.recorder.0.lock().unwrap())
    }

    /// The same as text.
    pub(crate) fn events(&self) -> Vec<String> {
        let name = |event: &DomainEvent| format!("{event:?}");
        let events = self.published();
        events.iter().map(|event| format!("{:?}: {}", event.audience, name(&event.event))).collect()
    }

    /// The same in brief: for whom, and what kind of event.
    pub(crate) fn told(&self) -> Vec<String> {
        let brief = |event: &Published| {
            let whole = format!("{:?}", event.event);
            let kind = whole.split([' ', '(']).next().unwrap_or_default();
            format!("{:?} {kind}", event.audience)
        };
        self.published().iter().map(brief).collect()
    }

    /// The path and query of the link that ends list mail to this address.
    pub(crate) fn unsubscribe_path(&self, address: &str) -> String {
        let link = self.unsubscribe.link(&Address::new(address).unwrap());
        link.strip_prefix("https://rt.example.com").unwrap().to_owned()
    }

    /// A public call with these headers, from where that address is.
    pub(crate) async fn from(
        &self,
        address: &str,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Value,
    ) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .extension(ClientAddress(Some(address.to_owned())));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        send(&self.public, request.body(body).unwrap()).await
    }

    /// A token that names no address, as apps of `contracts/social.md` make them.
    pub(crate) fn bare_token(&self, name: &str) -> String {
        self.minted(name, "", None, Duration::from_secs(3600))
    }

    pub(crate) async fn patch(&self, name: &str, path: &str, body: Value) -> Answer {
        self.call(name, "PATCH", path, Some(body)).await
    }

    pub(crate) async fn delete(&self, name: &str, path: &str) -> Answer {
        self.call(name, "DELETE", path, None).await
    }

    pub(crate) async fn get(&self, name: &str, path: &str) -> Answer {
        self.call(name, "GET", path, None).await
    }

    pub(crate) async fn post(&self, name: &str, path: &str, body: Value) -> Answer {
        self.call(name, "POST", path, Some(body)).await
    }

    /// A public call with the user's token in the header, where clients of `contracts/tracking.md` have it.
    pub(crate) async fn ask(&self, name: &str, method: &str, path: &str, body: Value) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token(name)));
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        send(&self.public, request.body(body).unwrap()).await
    }

    /// A public call with the user's token in the cookie.
    pub(crate) async fn call(
        &self,
        name: &str,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::COOKIE, format!("theme=dark; authToken={}", self.token(name)))
            .header(header::USER_AGENT, "browser")
            .extension(ClientAddress(Some("192.0.2.1".into())));
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        send(&self.public, request.body(body).unwrap()).await
    }

    /// An internal call with the secret.
    pub(crate) async fn app(&self, method: &str, path: &str, body: Value) -> Answer {
        self.app_with_key(method, path, body, None).await
    }

    pub(crate) async fn app_with_key(
        &self,
        method: &str,
        path: &str,
        body: Value,
        key: Option<&str>,
    ) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::AUTHORIZATION, format!("Bearer {SECRET}"));
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        send(&self.internal, request.body(body).unwrap()).await
    }
}

impl World {
    /// A call the short way, if there is one for it.
    pub(crate) async fn short(
        &self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Option<Answer> {
        let header = |name: &str| {
            headers.iter().find(|(of, _)| *of == name).map(|(_, value)| value.as_bytes())
        };
        let answer = self.internal.shortcut(method, target, header, body.as_bytes())?.await;
        Some(match answer {
            Ok(bytes) => {
                let json = HeaderValue::from_static("application/json");
                let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, json)]);
                Answer { status: StatusCode::OK, headers, bytes }
            }
            Err(response) => answer_of(*response).await,
        })
    }

    /// The same call as a request.
    pub(crate) async fn long(
        &self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(target);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        send(&self.internal, request.body(Body::from(body.to_owned())).unwrap()).await
    }
}

pub(crate) fn user(name: &str) -> UserId {
    UserId::new(name).unwrap()
}

pub(crate) fn get(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes)
            .unwrap_or_else(|_| panic!("no JSON: {:?}", String::from_utf8_lossy(&self.bytes)))
    }

    /// Status and body in one, for one comparison.
    pub(crate) fn both(&self) -> (u16, Value) {
        (self.status.as_u16(), self.json())
    }
}

pub(crate) async fn send<R>(router: &R, request: Request<Body>) -> Answer
where
    R: Service<Request<Body>, Response = Response, Error = Infallible> + Clone,
{
    let Ok(response) = router.clone().oneshot(request).await;
    answer_of(response).await
}

async fn answer_of(response: Response) -> Answer {
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap().to_vec();
    Answer { status: parts.status, headers: parts.headers, bytes }
}
