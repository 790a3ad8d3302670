//! `Idempotency-Key`: a call that is repeated because its answer was lost is carried out once and answered
//! twice (draft-ietf-httpapi-idempotency-key-header).

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use outrigger_domain::{
    ports::{KeptAnswer, Store},
    time::Clock,
};
use sha2::{Digest, Sha256};

use super::{auth::Principal, entrance::carry_out, payload, running::Running};
use crate::error::Refusal;

pub(super) static KEY_HEADER: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// Longest key, in bytes.
const MAX_KEY_BYTES: usize = 255;

/// Longest answer that is kept, in bytes.
const MAX_ANSWER_BYTES: usize = 16 * 1024 * 1024;

/// Stands for the key of the call, for rows that must be stored once even if the process dies between storing
/// and answering. A request extension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RequestKey(String);

impl RequestKey {
    fn new(scoped: &str) -> Self {
        Self(format!("{:x}", Sha256::digest(scoped)))
    }

    /// The key of one call of a batch.
    pub(super) fn of_call(&self, index: usize) -> Self {
        Self::new(&format!("{} {index}", self.0))
    }

    /// 32 hexadecimal digits: the same for the same key, and nothing of the key in it.
    pub(super) fn as_id(&self) -> &str {
        self.0.get(..32).unwrap_or(&self.0)
    }
}

/// Keeps answers.
pub(super) struct Keeper {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    running: Running,
}

impl Keeper {
    pub(super) fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock, running: Running::default() }
    }

    async fn answer(
        self: Arc<Self>,
        key: String,
        request: Request,
        routes: Router,
    ) -> Result<Response, Refusal> {
        let (parts, body) = request.into_parts();
        let body = payload::read(body).await?;
        let target = parts.uri.path_and_query().map_or("", |target| target.as_str());
        let digest = request_digest(&parts.method, target, &body);

        let turn = self.running.turn(&key).await.map_err(|_| Refusal::unavailable())?;
        if let Some(kept) = self.store.kept_answer(&key).await? {
            return if kept.request == digest { Ok(replay(kept)) } else { Err(other_request()) };
        }
        let mut request = Request::from_parts(parts, Body::from(body));
        request.extensions_mut().insert(RequestKey::new(&key));
        let answer = self.keep(&key, digest, carry_out(&routes, request).await).await;
        drop(turn);
        answer
    }

    /// A failure of ours is not kept: the next try may succeed.
    async fn keep(
        &self,
        key: &str,
        request: [u8; 32],
        response: Response,
    ) -> Result<Response, Refusal> {
        if response.status().is_server_error() {
            return Ok(response);
        }
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, MAX_ANSWER_BYTES).await.map_err(|error| {
            tracing::error!(%error, "an answer could not be kept");
            Refusal::internal()
        })?;
        let answer = KeptAnswer {
            request,
            status: parts.status.as_u16(),
            body: String::from_utf8_lossy(&body).into_owned(),
            at: self.clock.now(),
        };
        if let Err(error) = self.store.keep_answer(key, &answer).await {
            // What was asked is done; refusing now would make the caller ask again.
            tracing::error!(%error, "an answer could not be kept: a repeated call would be carried out again");
        }
        Ok(Response::from_parts(parts, Body::from(body)))
    }
}

/// Answers a call from what is kept, or carries it out and keeps its answer.
pub(super) async fn answer_once(
    keeper: Arc<Keeper>,
    key: String,
    request: Request,
    routes: Router,
) -> Response {
    // A task of its own: what was begun is finished and kept although the caller hangs up.
    match tokio::spawn(keeper.answer(key, request, routes)).await {
        Ok(answer) => answer.into_response(),
        Err(error) => {
            tracing::error!(%error, "a call with an idempotency key died");
            Refusal::internal().into_response()
        }
    }
}

/// The key, apart for each who may call; `None` where there is none or the method needs none.
pub(super) fn scoped_key(request: &Request, caller: &Principal) -> Result<Option<String>, Refusal> {
    if !matches!(*request.method(), Method::POST | Method::PUT) {
        return Ok(None);
    }
    let Some(key) = key_of(request.headers())? else {
        return Ok(None);
    };
    Ok(Some(match caller {
        Principal::Admin(user) => format!("{user} {key}"),
        Principal::App => key.to_owned(),
    }))
}

fn key_of(headers: &HeaderMap) -> Result<Option<&str>, Refusal> {
    let Some(value) = headers.get(&KEY_HEADER) else {
        return Ok(None);
    };
    let sound = |key: &&str| {
        (1..=MAX_KEY_BYTES).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic())
    };
    value.to_str().ok().filter(sound).map(Some).ok_or_else(|| {
        Refusal::error(
            StatusCode::BAD_REQUEST,
            format!("Idempotency-Key must have 1 to {MAX_KEY_BYTES} visible ASCII characters"),
        )
    })
}

/// Of method, target and body, told apart by their lengths.
fn request_digest(method: &Method, target: &str, body: &[u8]) -> [u8; 32] {
    let mut digest = Sha256::new();
    for part in [method.as_str().as_bytes(), target.as_bytes(), body] {
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part);
    }
    digest.finalize().into()
}

fn replay(kept: KeptAnswer) -> Response {
    let status = StatusCode::from_u16(kept.status).unwrap_or(StatusCode::OK);
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (REPLAYED, HeaderValue::from_static("true")),
    ];
    (status, headers, kept.body).into_response()
}

fn other_request() -> Refusal {
    Refusal::error(
        StatusCode::UNPROCESSABLE_ENTITY,
        "The Idempotency-Key was used for another request",
    )
}
