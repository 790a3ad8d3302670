//! Puts the parts together: the one place that knows all of them.

use std::{error::Error, net::SocketAddr, sync::Arc};

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use outrigger_api_compat::{
    Entrance, InternalApi, InternalState, Lifecycle, MailState, PublicSettings, PublicState,
    internal_routes, public_router,
};
use outrigger_domain::{
    accounts::Accounts,
    chats::Chats,
    connections::Connections,
    feed::Feed as UserFeeds,
    identity::{Identity, Minter, Verifier},
    limits::RateLimits,
    local_bus::{Events, LocalBus},
    messaging::{MessagePolicy, Messaging, TypingTimers},
    naming::{Ids, Uuids},
    notifications::Notifications,
    outreach::Outreach,
    ports::{Bus, Store},
    presence::Presence,
    sessions::Sessions,
    statuses::{StatusParts, Statuses},
    support::{SupportDesk, SupportParts},
    time::{Clock, SystemClock},
};
use outrigger_namespaces::{
    Dispatcher, OpenSockets, Passing, Probe, Warden, catalogue,
    contacts::ContactsServices,
    entry::Door,
    monitor::{Feed, FeedParts, MonitorLimits, Recorder},
    mount::{MountParts, Mounted, RootContract, table},
    rooms::{Desk, DeskParts},
};
use outrigger_sqlite::SqliteStore;
use outrigger_transport::{Hub, OriginPolicy, SocketServer, Sockets};

use crate::{
    background::Background,
    config::Config,
    live::{self, QuizParts},
    mails::Mailing,
    market::{MarketParts, market},
    pushing,
    telling::{self, Telling},
    tracked::Tracked,
};

/// A sidecar that is ready to serve.
pub(crate) struct Sidecar {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) accounts: Arc<Accounts>,
    pub(crate) lifecycle: Arc<Lifecycle>,
    pub(crate) sockets: Sockets,
    pub(crate) mounted: Arc<[Mounted]>,
    pub(crate) dispatcher: Dispatcher,
    pub(crate) events: Events,
    pub(crate) background: Background,
    pub(crate) public: axum::Router,
    pub(crate) internal: Entrance,
}

/// Opens the store and builds everything on it. `probe` is where the self test connects to.
pub(crate) async fn compose(config: &Config, probe: SocketAddr) -> Result<Sidecar, Box<dyn Error>> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let ids: Arc<dyn Ids> = Arc::new(Uuids);
    let (bus, events) = LocalBus::new();
    // What is to be written or read next must not wait for sockets: of what many clients say at once, more goes out in one
    // write if it stands in line. The app's own events are delivered by the call that brings them.
    let at_once: Arc<dyn Bus> = Arc::new(bus.clone());
    let bus: Arc<dyn Bus> = Arc::new(bus.for_the_busy());
    let presence = Arc::new(Presence::new(bus.clone(), clock.clone()));
    let rules = telling::rules(config, &presence, &ids);
    let options = outrigger_sqlite::Options {
        feed_events: config.feed_events,
        webhooks: config.webhook_queue,
        ..outrigger_sqlite::Options::new(&config.database_url)
    };
    let outbox = telling::outbox(rules.as_ref());
    let database = SqliteStore::open(&options, Arc::clone(&bus), outbox).await?;
    let store: Arc<dyn Store> = database.clone();
    let telling = match (&config.webhooks, &rules) {
        (Some(settings), Some(rules)) => Some(Telling::new(
            settings,
            config.presence_grace,
            rules,
            &database,
            &presence,
            &ids,
            &clock,
        )?),
        _ => None,
    };
    let webhooks = telling.as_ref().map(|telling| telling.webhooks.clone());
    let deliveries = telling.as_ref().and_then(|telling| telling.deliveries.clone());
    let actions = telling.as_ref().and_then(|telling| telling.actions.clone());
    let feeds = Arc::new(UserFeeds::load(database.clone(), clock.clone(), config.feed_age).await?);

    let secret = config.jwt_secret.expose().as_bytes();
    let verifier = Verifier::hs256(secret, config.claims.clone());
    let minter = Arc::new(Minter::hs256(secret, config.claims.clone()));
    let lookup = telling::lookup(config, &clock)?;
    let identity = Identity::load(verifier, store.clone(), bus.clone(), clock.clone()).await?;
    let identity = Arc::new(match &config.user_lookup {
        Some(_) => identity.asking(lookup.clone()),
        None => identity,
    });
    let chats = Arc::new(Chats::new(store.clone(), bus.clone(), clock.clone()));
    let sessions =
        Arc::new(Sessions::new(store.clone(), bus.clone(), clock.clone(), identity.clone()));
    let accounts = Arc::new(Accounts::new(
        store.clone(),
        bus.clone(),
        clock.clone(),
        identity.clone(),
        sessions.clone(),
        config.deactivation_grace,
    ));
    let notifications =
        Arc::new(Notifications::new(store.clone(), bus.clone(), clock.clone(), ids.clone()));
    let messaging = Arc::new(Messaging::new(
        store.clone(),
        bus.clone(),
        clock.clone(),
        ids.clone(),
        presence.clone(),
        chats.clone(),
        lookup,
        MessagePolicy {
            limits: config.messages,
            image_base: config.public_url.clone(),
            strict_receiver: config.strict_receiver,
            always_notify: config.root == RootContract::Social,
        },
    ));
    let typing = Arc::new(TypingTimers::new(messaging.clone()));
    let statuses = Arc::new(
        Statuses::load(StatusParts {
            store: database.clone(),
            users: store.clone(),
            presence: presence.clone(),
            bus: bus.clone(),
            clock: clock.clone(),
            audience: config.status_audience,
        })
        .await?,
    );
    let Tracked { tracking, progress, figures } =
        Tracked::new(database.clone(), &presence, &bus, &clock, &ids);
    let push = pushing::push(config.push.as_ref(), database.clone(), &store, &presence, &clock)?;
    let outreach = Arc::new(Outreach::new(
        at_once,
        database.clone(),
        clock.clone(),
        config.limits.max_payload_bytes,
    ));
    let limits = Arc::new(RateLimits::new(config.rate_limits.clone()));
    let (commerce_services, commerce) = market(MarketParts {
        config: config.commerce,
        store: database.clone(),
        users: &store,
        notifications: &notifications,
        outreach: &outreach,
        bus: &bus,
        clock: &clock,
        ids: &ids,
        forward: telling.as_ref().and_then(|telling| telling.forward.clone()),
    })
    .await?;

    let Mailing { renderer, mails, sender: mail_sender, unsubscribe } =
        Mailing::new(config, database.clone(), &ids, &clock)?;
    let support = Arc::new(SupportDesk::new(SupportParts {
        store: database.clone(),
        mails: mails.clone(),
        bus: bus.clone(),
        clock: clock.clone(),
        ids: ids.clone(),
        settings: config.support.clone(),
    }));
    let mails = MailState { mails, previews: renderer, unsubscribe };

    let transport_limits = Arc::new(config.limits.clone());
    let hub = Hub::new(transport_limits.clone());
    let (quiz_services, quiz) = live::quizzes(QuizParts {
        guests: config.quiz_guests,
        store: database,
        hub: &hub,
        outreach: &outreach,
        bus: &bus,
        clock: &clock,
        ids: &ids,
    });
    let connections: Arc<dyn Connections> = Arc::new(OpenSockets::new(hub.clone()));
    let door = Arc::new(Door::new(
        identity.clone(),
        config.auth_cookie.clone(),
        config.sockets_per_user,
        ids.clone(),
    ));
    let desk = Arc::new(Desk::new(DeskParts {
        door,
        messaging: messaging.clone(),
        chats: chats.clone(),
        presence: presence.clone(),
        sessions: sessions.clone(),
        store: store.clone(),
        limits: limits.clone(),
        clock: clock.clone(),
        hub: hub.clone(),
    }));
    let recorder = Arc::new(Recorder::new(clock.clone()));
    let started_at = clock.now();
    let feed = Arc::new(Feed::new(FeedParts {
        hub: hub.clone(),
        store: store.clone(),
        webhooks: webhooks.clone(),
        clock: clock.clone(),
        recorder: recorder.clone(),
        started_at,
        limits: MonitorLimits::new(&config.limits, config.sockets_per_user),
    }));
    let passing = Arc::new(Passing::default());
    let mounted = table(&MountParts {
        desk,
        notifications: notifications.clone(),
        sessions: sessions.clone(),
        feeds,
        passing: passing.clone(),
        deliveries: deliveries.clone(),
        statuses: statuses.clone(),
        typing: typing.clone(),
        bus: bus.clone(),
        tracking: tracking.clone(),
        progress: progress.clone(),
        figures: figures.clone(),
        track_unknown: config.track_unknown,
        actions,
        commerce: commerce_services,
        quiz: quiz_services,
        contacts: ContactsServices { support: support.clone() },
        feed: feed.clone(),
        recorder: recorder.clone(),
        clock: clock.clone(),
        root: config.root,
        rooms_pending: config.rooms_pending,
        legacy_pending: config.legacy_pending,
    });
    let origins = OriginPolicy::new(config.allowed_origins.clone(), config.trusted_proxies.clone());
    let mut server = SocketServer::builder(hub.clone(), transport_limits, origins.clone());
    for mount in mounted.iter() {
        server = server.mount(mount.path, mount.namespace, mount.handler.clone());
    }
    let sockets = server.build()?;

    let lifecycle = Arc::new(Lifecycle::new(started_at));
    let prometheus = metrics_recorder()?;
    let internal_api = InternalApi::new(InternalState {
        identity: identity.clone(),
        accounts: accounts.clone(),
        chats: chats.clone(),
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
        push: push.clone(),
        sessions: sessions.clone(),
        connections: connections.clone(),
        store: store.clone(),
        webhooks,
        clock: clock.clone(),
        lifecycle: lifecycle.clone(),
        secret: config.internal_secret.clone(),
        metrics: Arc::new(move || prometheus.render()),
    });
    let self_test = Arc::new(Probe {
        address: probe,
        minter: minter.clone(),
        ids: ids.clone(),
        clock: clock.clone(),
        presence: presence.clone(),
        connections: connections.clone(),
        outreach: outreach.clone(),
    });
    let rest = public_router(PublicState {
        identity: identity.clone(),
        accounts: accounts.clone(),
        messaging,
        notifications,
        outreach,
        presence: presence.clone(),
        statuses: statuses.clone(),
        tracking,
        figures: figures.clone(),
        commerce: commerce.clone(),
        quiz: quiz.clone(),
        support: support.clone(),
        mails: mails.clone(),
        push: push.clone(),
        sessions,
        connections: connections.clone(),
        self_test,
        store: store.clone(),
        clock: clock.clone(),
        ids,
        minter: Some(minter),
        rate_limits: limits.clone(),
        lifecycle: lifecycle.clone(),
        internal_api: internal_api.clone(),
        settings: Arc::new(PublicSettings {
            auth_cookie: config.auth_cookie.clone(),
            places: serde_json::to_string(&catalogue::places(&mounted))?.into(),
            root: config.root.name(),
        }),
    });
    let public =
        sockets.router(crate::serve::guard_rest(rest, origins, config.trusted_proxies.clone()));
    let internal = internal_routes(&internal_api);

    let warden = Warden {
        passing: passing.clone(),
        hub: hub.clone(),
        mounted: mounted.clone(),
        identity: identity.clone(),
        bus,
        clock: clock.clone(),
        heartbeat: config.heartbeat,
    };
    let (sender, leases) =
        telling.map_or((None, None), |telling| (Some(telling.sender), telling.leases));
    let background = Background {
        feed_age: config.feed_age,
        sender,
        deliveries: deliveries.clone(),
        statuses,
        typing,
        progress,
        figures,
        commerce,
        quiz,
        support,
        mail_sender,
        push: push.clone(),
        leases,
        presence,
        warden,
        feed,
        identity,
        limits,
        store: store.clone(),
        connections,
        clock,
    };
    Ok(Sidecar {
        store,
        accounts,
        lifecycle,
        sockets,
        dispatcher: Dispatcher::new(hub, mounted.clone(), recorder, deliveries, passing, push),
        mounted,
        events,
        background,
        public,
        internal,
    })
}

fn metrics_recorder() -> Result<PrometheusHandle, Box<dyn Error>> {
    Ok(PrometheusBuilder::new().install_recorder()?)
}
