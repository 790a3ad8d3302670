//! A push service that writes down what it is sent, and answers as it was told to.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Bytes,
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode},
    response::{IntoResponse, Response},
};
use outrigger_domain::{
    events::Secret,
    time::{Clock, Timestamp},
};
use outrigger_push::{KeyPair, PushSettings, WebPush};
use tokio::net::TcpListener;

pub(crate) const NOW_MS: i64 = 1_763_700_000_999;
pub(crate) const SUBJECT: &str = "mailto:ops@example.com";

/// What the push service was sent.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

type Answer = Arc<dyn Fn(&str) -> Response + Send + Sync>;

#[derive(Clone)]
pub(crate) struct PushService {
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
    let answer = answer(&path);
    seen.lock().unwrap().push(Seen { method: parts.method, path, headers: parts.headers, body });
    answer
}

impl PushService {
    /// Answers as the path says.
    pub(crate) async fn answering(
        answer: impl Fn(&str) -> Response + Send + Sync + 'static,
    ) -> Self {
        let seen = Arc::<Mutex<Vec<Seen>>>::default();
        let answer: Answer = Arc::new(answer);
        let router = Router::new().fallback(take).with_state((Arc::clone(&seen), answer));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, seen }
    }

    pub(crate) async fn with_status(status: u16) -> Self {
        let status = StatusCode::from_u16(status).unwrap();
        Self::answering(move |_| status.into_response()).await
    }

    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("{}/push/s3cret-name", self.origin())
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// What may talk to this one only.
    pub(crate) fn gateway(&self) -> WebPush {
        gateway(vec![self.origin()])
    }
}

pub(crate) struct StoppedClock;

impl Clock for StoppedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_ms(NOW_MS)
    }
}

pub(crate) fn settings(private_key: Secret, origins: Vec<String>) -> PushSettings {
    PushSettings { private_key, subject: SUBJECT.to_owned(), origins }
}

pub(crate) fn gateway(origins: Vec<String>) -> WebPush {
    let settings = settings(KeyPair::generate().private, origins);
    WebPush::new(&settings, Arc::new(StoppedClock)).unwrap()
}
