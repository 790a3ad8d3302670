//! An app that writes down what it is sent, and answers as it was told to.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::{Request, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use outrigger_domain::{
    events::Secret,
    ids::{UserId, WebhookId},
    time::{Clock, Timestamp},
    webhooks::{AppEndpoint, NotTaken, Webhook, WebhookKind, WebhookState},
};
use outrigger_webhook::{HttpEndpoint, HttpLookup, LookupLimits};
use tokio::net::TcpListener;

pub(crate) const SECRET: &str = "whsec_c2VjcmV0IG9mIHRoaXJ0eS10d28gYnl0ZXMhISEhISE=";
pub(crate) const NOW_MS: i64 = 1_763_700_000_999;

/// What the app was sent.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

type Answer = Arc<dyn Fn() -> Response + Send + Sync>;

#[derive(Clone)]
pub(crate) struct App {
    pub(crate) address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
}

async fn take(
    State((seen, answer)): State<(Arc<Mutex<Vec<Seen>>>, Answer)>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let path = parts.uri.path_and_query().unwrap().to_string();
    seen.lock().unwrap().push(Seen { path, headers: parts.headers, body });
    answer()
}

impl App {
    /// Answers everything with this.
    pub(crate) async fn answering(answer: impl Fn() -> Response + Send + Sync + 'static) -> Self {
        let seen = Arc::<Mutex<Vec<Seen>>>::default();
        let answer: Answer = Arc::new(answer);
        let router = Router::new().fallback(take).with_state((Arc::clone(&seen), answer));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, seen }
    }

    pub(crate) async fn with_status(status: StatusCode) -> Self {
        Self::answering(move || status.into_response()).await
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/hooks", self.address)
    }

    pub(crate) async fn post(&self) -> Result<(), NotTaken> {
        endpoint(&self.url()).post(&webhook()).await
    }
}

struct StoppedClock;

impl Clock for StoppedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_ms(NOW_MS)
    }
}

/// Asks for users, and believes for a fifth of a second that there is none.
pub(crate) fn lookup(url: &str) -> HttpLookup {
    let limits = LookupLimits {
        timeout: Duration::from_millis(500),
        remember_unknown: Duration::from_millis(200),
    };
    HttpLookup::new(url, &Secret::new(SECRET), limits, Arc::new(StoppedClock)).unwrap()
}

/// Waits for an answer for half a second.
pub(crate) fn endpoint(url: &str) -> HttpEndpoint {
    let (secret, timeout) = (Secret::new(SECRET), Duration::from_millis(500));
    HttpEndpoint::new(url, &secret, timeout, Arc::new(StoppedClock)).unwrap()
}

pub(crate) fn webhook() -> Webhook {
    Webhook {
        id: WebhookId::new("0199-w").unwrap(),
        kind: WebhookKind::MessageStored,
        user: UserId::new("bob").unwrap(),
        lane: None,
        body: r#"{"id":"0199-w","text":"żółw"}"#.to_owned(),
        state: WebhookState::Waiting,
        created_at: Timestamp::from_ms(0),
        due_at: None,
        attempts: 0,
        last_error: None,
        unless_online: false,
    }
}
