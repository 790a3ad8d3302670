//! How the contract answers and refuses (`contracts/social.md` section 4).

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use outrigger_domain::{limits::TooOften, ports::StoreError};
use serde_json::{Value, json};

use super::fields::Fault;
use crate::error::{Refusal, whole_secs};

/// A refusal in this contract's shapes.
#[derive(Debug)]
pub(super) struct Failure(Refusal);

impl Failure {
    /// `{status: "failure", error}`.
    pub(super) fn new(status: StatusCode, text: &str) -> Self {
        Self(Refusal::error(status, text).failed())
    }

    /// There is no such thing, or it is another's.
    pub(super) fn missing(text: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, text)
    }

    /// 400 with everything that is wrong with the fields of a request.
    pub(super) fn validation(faults: &[Fault]) -> Self {
        let body = json!({ "message": "validation error", "errors": faults });
        Self(Refusal::object(StatusCode::BAD_REQUEST, body))
    }

    /// 401 `{error, message}`.
    pub(super) fn unauthorized(text: &str) -> Self {
        let body = json!({ "error": "Unauthorized", "message": text });
        Self(Refusal::object(StatusCode::UNAUTHORIZED, body))
    }

    /// 429, in the words for this kind of call.
    pub(super) fn too_often(text: &str, refused: TooOften) -> Self {
        let wait = refused.retry_after;
        let body = json!({ "status": "failure", "error": text, "retryAfter": whole_secs(wait) });
        Self(Refusal::object(StatusCode::TOO_MANY_REQUESTS, body).after(wait))
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self(Refusal::from(error).failed())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

/// What a route answers.
pub(super) type Answer = Result<Json<Value>, Failure>;

/// Where a page stands in its list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Paging {
    /// Its number, counted from 1; absent where the pages before it were not counted.
    pub(super) page: Option<u64>,
    /// Entries of a page at most.
    pub(super) limit: u32,
    /// Entries of the whole list.
    pub(super) total: u64,
    /// Whether something follows.
    pub(super) has_next: bool,
    /// Whether something comes before.
    pub(super) has_prev: bool,
}

impl Paging {
    /// The page of that number.
    pub(super) fn numbered(page: u32, limit: u32, total: u64) -> Self {
        let page = u64::from(page);
        let has_next = page < total.div_ceil(u64::from(limit));
        Self { page: Some(page), limit, total, has_next, has_prev: page > 1 }
    }

    /// `pagination`; `total` is the contract's name for how many there are.
    pub(super) fn document(self, total: &str) -> Value {
        let mut document = json!({
            "totalPages": self.total.div_ceil(u64::from(self.limit)),
            "hasNext": self.has_next,
            "hasPrev": self.has_prev,
        });
        document[total] = self.total.into();
        if let Some(page) = self.page {
            document["currentPage"] = page.into();
        }
        document
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_knows_its_neighbours() {
        let of = |page, total| {
            let paging = Paging::numbered(page, 20, total);
            (paging.has_prev, paging.has_next)
        };
        assert_eq!(of(1, 0), (false, false));
        assert_eq!(of(1, 20), (false, false));
        assert_eq!(of(1, 21), (false, true));
        assert_eq!(of(2, 21), (true, false));
        assert_eq!(of(9, 21), (true, false));
    }

    #[test]
    fn it_is_written_with_the_contracts_name_for_the_total() {
        assert_eq!(
            Paging::numbered(2, 20, 41).document("totalMessages"),
            json!({ "currentPage": 2, "totalPages": 3, "totalMessages": 41, "hasNext": true, "hasPrev": true })
        );
        assert_eq!(
            Paging::numbered(1, 20, 0).document("totalConversations"),
            json!({ "currentPage": 1, "totalPages": 0, "totalConversations": 0, "hasNext": false, "hasPrev": false })
        );
    }
}
