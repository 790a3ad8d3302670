//! The socket paths: built once, each a Socket.IO server of its own.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::{
    Router,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use http::{HeaderName, Method, StatusCode, header};
use tokio::sync::watch;
use tower::ServiceExt;
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::{
    Hub, Limits, MountId, NamespaceHandler, OriginPolicy, admission,
    connect::{Entry, Parts},
    engine::Engine,
    failures::Failures,
    flusher::Flusher,
    lane::{Pollers, Pulse},
    sweep,
};

/// Two handlers for one (path, namespace).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("two handlers are mounted at namespace {1} of {0}")]
pub struct DuplicateMount(pub &'static str, pub &'static str);

/// Collects what is mounted where.
pub struct SocketServer {
    hub: Hub,
    limits: Arc<Limits>,
    origins: OriginPolicy,
    mounts: Vec<(MountId, Arc<dyn NamespaceHandler>)>,
}

/// One path's server.
pub(crate) struct PathService {
    pub(crate) path: &'static str,
    entries: Vec<Entry>,
}

impl PathService {
    /// The namespace of that name.
    pub(crate) fn entry(&self, namespace: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.namespace() == namespace)
    }
}

/// What requests need.
pub(crate) struct Shared {
    pub(crate) hub: Hub,
    pub(crate) origins: OriginPolicy,
    pub(crate) paths: BTreeMap<&'static str, PathService>,
    pub(crate) unfinished: Arc<watch::Sender<usize>>,
    pub(crate) pulse: Arc<Pulse>,
    pub(crate) pollers: Pollers,
    flushers: Vec<Arc<Flusher>>,
    closing: AtomicBool,
}

impl Shared {
    pub(crate) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Acquire)
    }

    pub(crate) fn close(&self) {
        self.closing.store(true, Ordering::Release);
    }

    /// Who writes to that connection.
    pub(crate) fn flusher(&self, engine: &Engine) -> Arc<Flusher> {
        Arc::clone(&self.flushers[engine.key as usize % self.flushers.len()])
    }
}

/// The socket paths, ready to serve.
#[derive(Clone)]
pub struct Sockets {
    pub(crate) shared: Arc<Shared>,
}

impl SocketServer {
    /// Nothing is mounted yet.
    #[must_use]
    pub fn builder(hub: Hub, limits: Arc<Limits>, origins: OriginPolicy) -> Self {
        Self { hub, limits, origins, mounts: Vec::new() }
    }

    /// Mounts a handler. `path` has no slash at its end.
    #[must_use]
    pub fn mount(
        mut self,
        path: &'static str,
        namespace: &'static str,
        handler: Arc<dyn NamespaceHandler>,
    ) -> Self {
        self.mounts.push((MountId { path, namespace }, handler));
        self
    }

    /// Builds the servers. Must be called within the runtime: it starts the sweep and the writers.
    ///
    /// # Errors
    /// [`DuplicateMount`]: the second would silently take the first one's place.
    pub fn build(self) -> Result<Sockets, DuplicateMount> {
        let failures = Arc::new(Failures::new(self.limits.failed_handshakes_per_minute));
        let unfinished = Arc::new(watch::Sender::new(0));
        let mut paths = BTreeMap::new();
        let mut seen = std::collections::HashSet::new();
        for (mount, handler) in self.mounts {
            if !seen.insert(mount.clone()) {
                return Err(DuplicateMount(mount.path, mount.namespace));
            }
            let path = mount.path;
            let server =
                paths.entry(path).or_insert_with(|| PathService { path, entries: Vec::new() });
            self.hub.add_mount(mount.clone());
            server.entries.push(Entry::new(Parts {
                mount,
                handler,
                hub: self.hub.clone(),
                limits: Arc::clone(&self.limits),
                failures: Arc::clone(&failures),
                unfinished: Arc::clone(&unfinished),
            }));
        }
        tokio::spawn(sweep::run(self.hub.clone(), self.limits.sweep_interval));
        let shared = Shared {
            hub: self.hub,
            origins: self.origins,
            paths,
            unfinished,
            pulse: Pulse::start(&self.limits),
            pollers: Pollers::default(),
            flushers: Flusher::start(),
            closing: AtomicBool::new(false),
        };
        Ok(Sockets { shared: Arc::new(shared) })
    }
}

impl Sockets {
    /// Socket.IO at exactly the mounted paths, with or without a slash at their end, and only with an `EIO` in the
    /// query; everything else is `rest`'s.
    pub fn router(&self, rest: Router) -> Router {
        let origins = self.shared.origins.clone();
        let cors = CorsLayer::new()
            .allow_origin(AllowOrigin::predicate(move |_, request| {
                let peer =
                    request.extensions.get::<axum::extract::ConnectInfo<std::net::SocketAddr>>();
                peer.is_some_and(|peer| origins.allows(&request.headers, peer.0.ip()))
            }))
            .allow_credentials(true)
            .allow_methods([Method::GET, Method::POST])
            .allow_headers([
                header::CONTENT_TYPE,
                header::AUTHORIZATION,
                HeaderName::from_static("x-requested-with"),
            ])
            .max_age(std::time::Duration::from_secs(600));
        let sockets =
            Router::new().fallback(socket_request).with_state(Arc::clone(&self.shared)).layer(cors);
        let choice = Choice { shared: Arc::clone(&self.shared), sockets, rest };
        Router::new().fallback(choose).with_state(choice)
    }
}

#[derive(Clone)]
struct Choice {
    shared: Arc<Shared>,
    sockets: Router,
    rest: Router,
}

async fn choose(State(choice): State<Choice>, request: Request) -> Response {
    let ours = choice.shared.paths.contains_key(mount_path(&request));
    let router = if ours && admission::parameter(&request, "EIO").is_some() {
        choice.sockets
    } else {
        choice.rest
    };
    router.oneshot(request).await.unwrap_or_else(|never| match never {})
}

async fn socket_request(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    match shared.paths.get(mount_path(&request)) {
        Some(service) => admission::answer(&shared, service, request).await,
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The path of a request, without a slash at its end.
pub(crate) fn mount_path<B>(request: &http::Request<B>) -> &str {
    let path = request.uri().path();
    path.strip_suffix('/').unwrap_or(path)
}
