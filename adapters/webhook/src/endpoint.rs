//! One post.

use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use outrigger_domain::{
    events::Secret,
    time::Clock,
    webhooks::{AppEndpoint, NotTaken, Webhook},
};
use reqwest::{
    Client, Response, StatusCode,
    header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER},
};

use crate::{
    address::{Address, BadAddress},
    client::{client, root},
    signature::{BadSecret, SigningKey},
};

/// Of an answer no more is read. None of it is used: a connection is free again when its answer was read.
const MOST_ANSWER_BYTES: usize = 64 * 1024;

/// Why there can be no endpoint.
#[derive(Debug, thiserror::Error)]
pub enum EndpointError {
    /// The address is none.
    #[error(transparent)]
    Address(#[from] BadAddress),
    /// The secret is none.
    #[error(transparent)]
    Secret(#[from] BadSecret),
    /// The machine's certificates cannot be used.
    #[error("no HTTP client for the app: {0}")]
    Client(#[source] reqwest::Error),
}

/// The app's address for webhooks, over HTTP or HTTPS.
///
/// Calls go straight there: proxies in the environment, redirects and cookies are not heeded.
pub struct HttpEndpoint {
    client: Client,
    address: Address,
    key: SigningKey,
    clock: Arc<dyn Clock>,
}

impl HttpEndpoint {
    /// Posts to `url`, and waits for `timeout` at most. `secret` signs with its bytes, or, with `whsec_` before it, with
    /// what the rest of it is base64 of.
    ///
    /// # Errors
    /// [`EndpointError`]; it shows neither the secret nor what may be secret in the address.
    pub fn new(
        url: &str,
        secret: &Secret,
        timeout: Duration,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, EndpointError> {
        let address = Address::parse(url)?;
        let key = SigningKey::new(secret.expose())?;
        let client = client(timeout).map_err(EndpointError::Client)?;
        Ok(Self { client, address, key, clock })
    }

    fn failed(&self, error: &reqwest::Error) -> NotTaken {
        let Self { address, .. } = self;
        let why = if error.is_timeout() {
            format!("{address} did not answer in time")
        } else if error.is_connect() {
            format!("{address} cannot be reached: {}", root(error))
        } else {
            format!("{address} did not answer: {}", root(error))
        };
        NotTaken::Now { why, retry_after: None }
    }
}

#[async_trait]
impl AppEndpoint for HttpEndpoint {
    async fn post(&self, webhook: &Webhook) -> Result<(), NotTaken> {
        let id = webhook.id.as_str();
        let timestamp = self.clock.now().secs();
        let request = self
            .client
            .post(self.address.url())
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", self.key.sign(id, timestamp, &webhook.body))
            .body(webhook.body.clone());
        let answer = request.send().await.map_err(|error| self.failed(&error))?;
        let (status, retry_after) =
            (answer.status(), retry_after(answer.status(), answer.headers()));
        read_off(answer).await;
        match status {
            status if status.is_success() => Ok(()),
            StatusCode::GONE => Err(NotTaken::Ever),
            status => {
                let why = format!("{} answered {}", self.address, status.as_u16());
                Err(NotTaken::Now { why, retry_after })
            }
        }
    }
}

impl fmt::Debug for HttpEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpEndpoint").field("address", &self.address).finish_non_exhaustive()
    }
}

/// Seconds only (RFC 9110 section 10.2.3 also has dates), and only where the app says that it is overloaded.
fn retry_after(status: StatusCode, headers: &HeaderMap) -> Option<Duration> {
    if !matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
        return None;
    }
    headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}

/// The status is the answer; whether the rest of it arrives does not matter.
async fn read_off(mut answer: Response) {
    let mut read = 0;
    while read < MOST_ANSWER_BYTES {
        match answer.chunk().await {
            Ok(Some(chunk)) => read += chunk.len(),
            Ok(None) => return,
            Err(error) => {
                tracing::debug!(error = %error.without_url(), "an answer to a webhook broke off");
                return;
            }
        }
    }
}
