//! Asking the app for a user.

use std::{borrow::Cow, fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use moka::sync::Cache;
use outrigger_domain::{
    accounts::UserPatch,
    events::Secret,
    ids::UserId,
    ports::{LookupError, UserLookup},
    time::Clock,
};
use reqwest::{Client, Response, StatusCode, header::ACCEPT};
use tokio::{sync::Semaphore, time::timeout};

use crate::{
    address::Address,
    client::{client, root},
    endpoint::EndpointError,
    signature::SigningKey,
    user_answer::{self, NotAUser},
};

/// Longest answer.
const MOST_ANSWER_BYTES: usize = 64 * 1024;

/// Questions under way at the same time; others wait for their turn.
const CONCURRENCY: usize = 32;

/// Users of whom it is remembered that there are none, at most; those asked for least are forgotten first.
const MOST_UNKNOWN: u64 = 10_000;

/// How long the app has, and how long its answer counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LookupLimits {
    /// For an answer, the turn included.
    pub timeout: Duration,
    /// So long the app is not asked again for a user it said there is none of.
    pub remember_unknown: Duration,
}

impl Default for LookupLimits {
    fn default() -> Self {
        Self { timeout: Duration::from_secs(5), remember_unknown: Duration::from_secs(30) }
    }
}

/// Why there was no answer. Shows the address without what may be secret in it, and nothing of the answer.
#[derive(Debug, thiserror::Error)]
enum NoAnswer {
    #[error("{0} did not answer in time")]
    Late(String),
    #[error("{0} did not answer: {1}")]
    Failed(String, String),
    #[error("{0} answered {1}")]
    Status(String, u16),
    #[error("{0} answered with more than {MOST_ANSWER_BYTES} bytes")]
    TooLong(String),
    #[error("{0}: {1}")]
    Unreadable(String, NotAUser),
}

/// The app's address for questions about users, over HTTP or HTTPS: `GET <address>?userId=<id>`, signed as a webhook
/// with an empty body, whose id is the user's.
///
/// 200 with the user, bare or as `{ "user": ... }` and with the fields of `PUT /internal/users/{id}`, says that there
/// is one; 404 that there is none.
pub struct HttpLookup {
    client: Client,
    address: Address,
    key: SigningKey,
    clock: Arc<dyn Clock>,
    limits: LookupLimits,
    turns: Semaphore,
    unknown: Cache<UserId, ()>,
}

impl HttpLookup {
    /// Asks at `url`. `secret` signs as in [`crate::HttpEndpoint::new`].
    ///
    /// # Errors
    /// [`EndpointError`]; it shows neither the secret nor what may be secret in the address.
    pub fn new(
        url: &str,
        secret: &Secret,
        limits: LookupLimits,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, EndpointError> {
        let unknown = Cache::builder()
            .max_capacity(MOST_UNKNOWN)
            .time_to_live(limits.remember_unknown)
            .build();
        Ok(Self {
            client: client(limits.timeout).map_err(EndpointError::Client)?,
            address: Address::parse(url)?,
            key: SigningKey::new(secret.expose())?,
            clock,
            limits,
            turns: Semaphore::new(CONCURRENCY),
            unknown,
        })
    }

    async fn ask(&self, id: &UserId) -> Result<Option<UserPatch>, NoAnswer> {
        // Never closed; without a turn the timeout would still hold.
        let _turn = self.turns.acquire().await.ok();
        let mut url = self.address.url();
        url.query_pairs_mut().append_pair("userId", id.as_str());
        let (signed, timestamp) = (in_header(id), self.clock.now().secs());
        let request = self
            .client
            .get(url)
            .header(ACCEPT, "application/json")
            .header("webhook-id", &*signed)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", self.key.sign(&signed, timestamp, ""));
        let answer = request.send().await.map_err(|error| self.failed(&error))?;
        let status = answer.status();
        // A refusal is read as well, so that the connection is free again.
        let body = self.body(answer).await;
        match status {
            StatusCode::NOT_FOUND => Ok(None),
            status if status.is_success() => user_answer::read(&body?)
                .map_err(|error| NoAnswer::Unreadable(self.address.to_string(), error)),
            status => Err(NoAnswer::Status(self.address.to_string(), status.as_u16())),
        }
    }

    async fn body(&self, mut answer: Response) -> Result<Vec<u8>, NoAnswer> {
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| self.failed(&error))? {
            if body.len() + chunk.len() > MOST_ANSWER_BYTES {
                return Err(NoAnswer::TooLong(self.address.to_string()));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    fn failed(&self, error: &reqwest::Error) -> NoAnswer {
        let address = self.address.to_string();
        if error.is_timeout() {
            NoAnswer::Late(address)
        } else {
            NoAnswer::Failed(address, root(error))
        }
    }
}

#[async_trait]
impl UserLookup for HttpLookup {
    async fn look_up(&self, id: &UserId) -> Result<Option<UserPatch>, LookupError> {
        if self.unknown.contains_key(id) {
            return Ok(None);
        }
        let answer = timeout(self.limits.timeout, self.ask(id))
            .await
            .unwrap_or_else(|_| Err(NoAnswer::Late(self.address.to_string())))
            .map_err(|error| LookupError(Arc::new(error)))?;
        if answer.is_none() {
            self.unknown.insert(id.clone(), ());
        }
        Ok(answer)
    }
}

impl fmt::Debug for HttpLookup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpLookup").field("address", &self.address).finish_non_exhaustive()
    }
}

/// An id as a header has it: with anything but ASCII it is written as in the query.
fn in_header(id: &UserId) -> Cow<'_, str> {
    if id.as_str().is_ascii() {
        return Cow::Borrowed(id.as_str());
    }
    let percent = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(byte).to_string()
        }
        byte => format!("%{byte:02X}"),
    };
    Cow::Owned(id.as_str().bytes().map(percent).collect())
}
