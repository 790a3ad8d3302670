//! Several calls in one request: in order, each answered as if it had come alone.

use axum::{
    Extension, Json, Router,
    body::{Body, to_bytes},
    extract::State,
    http::{Method, Request, StatusCode, header},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json, value::RawValue};
use tower::ServiceExt;
use utoipa::ToSchema;

use super::{idempotency::RequestKey, payload::Payload, shapes::ErrorBody};
use crate::error::Refusal;

/// Calls of a batch at most.
const MOST_CALLS: usize = 100;

/// Longest answer to one call, in bytes.
const MAX_ANSWER_BYTES: usize = 1024 * 1024;

/// The routes that a batch may call: all but batches.
#[derive(Clone)]
pub(super) struct Calls(Router);

impl Calls {
    pub(super) fn new(router: Router) -> Self {
        Self(router)
    }
}

/// Calls to carry out.
#[derive(Deserialize, ToSchema)]
pub(super) struct Batch {
    /// In this order.
    #[schema(max_items = 100)]
    calls: Vec<Call>,
}

/// One call.
#[derive(Deserialize, ToSchema)]
pub(super) struct Call {
    /// `GET`, `POST`, `PUT` or `DELETE`; `POST` if absent.
    method: Option<String>,
    /// `/internal/...`.
    path: String,
    /// Its body; none if absent.
    #[schema(value_type = Option<serde_json::Value>)]
    body: Option<Box<RawValue>>,
}

/// What the calls were answered.
#[derive(Serialize, ToSchema)]
pub(super) struct Results {
    /// In the order of the calls.
    results: Vec<CallResult>,
}

/// What one call was answered.
#[derive(Serialize, ToSchema)]
pub(super) struct CallResult {
    /// HTTP status.
    status: u16,
    /// JSON.
    body: Value,
}

impl CallResult {
    fn refused(status: StatusCode, text: &str) -> Self {
        Self { status: status.as_u16(), body: json!({ "error": text }) }
    }
}

/// Carries out up to 100 calls in order. A call that is refused does not hold up the next. One
/// `Idempotency-Key` covers the batch.
#[utoipa::path(post, path = "/internal/batch", tag = "batch", operation_id = "batch", request_body = Batch,
    responses((status = 200, body = Results), (status = 400, body = ErrorBody)))]
pub(super) async fn run(
    State(Calls(router)): State<Calls>,
    key: Option<Extension<RequestKey>>,
    Payload(batch): Payload<Batch>,
) -> Result<Json<Results>, Refusal> {
    if batch.calls.len() > MOST_CALLS {
        return Err(Refusal::field("calls", format!("calls must be at most {MOST_CALLS}")));
    }
    let mut results = Vec::with_capacity(batch.calls.len());
    for (index, call) in batch.calls.into_iter().enumerate() {
        let key = key.as_ref().map(|Extension(key)| key.of_call(index));
        results.push(answer(router.clone(), call, key).await);
    }
    Ok(Json(Results { results }))
}

async fn answer(router: Router, call: Call, key: Option<RequestKey>) -> CallResult {
    let method = match call.method.as_deref().unwrap_or("POST") {
        "POST" => Method::POST,
        "PUT" => Method::PUT,
        "GET" => Method::GET,
        "DELETE" => Method::DELETE,
        _ => {
            return CallResult::refused(
                StatusCode::BAD_REQUEST,
                "method must be GET, POST, PUT or DELETE",
            );
        }
    };
    let body = call.body.map_or_else(Body::empty, |body| Body::from(body.get().to_owned()));
    let request = Request::builder().method(method).uri(&call.path);
    let request = request.header(header::CONTENT_TYPE, "application/json").body(body);
    let (Ok(mut request), true) = (request, call.path.starts_with('/')) else {
        return CallResult::refused(StatusCode::BAD_REQUEST, "path must be one of this API");
    };
    if let Some(key) = key {
        request.extensions_mut().insert(key);
    }
    let Ok(response) = router.oneshot(request).await;
    let status = response.status().as_u16();
    let Ok(body) = to_bytes(response.into_body(), MAX_ANSWER_BYTES).await else {
        return CallResult::refused(
            StatusCode::INTERNAL_SERVER_ERROR,
            "The answer is too large for a batch",
        );
    };
    // Figures are text; everything else is JSON already.
    let body =
        serde_json::from_slice(&body).unwrap_or_else(|_| json!(String::from_utf8_lossy(&body)));
    CallResult { status, body }
}
