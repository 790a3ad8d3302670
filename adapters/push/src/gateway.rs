//! One message to one push service.

use std::{error::Error, fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use outrigger_domain::{
    events::Secret,
    ports::PushGateway,
    push::{PushFault, Subscription},
    time::Clock,
};
use reqwest::{
    Client, Response, StatusCode, Url,
    header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, RETRY_AFTER},
    redirect::Policy,
};

use crate::{
    encryption::Receiver,
    origins::{BadOrigin, Origins},
    vapid::{BadKey, BadSubject, Vapid, VapidError},
};

/// As push services see us.
const USER_AGENT: &str = concat!("Outrigger/", env!("CARGO_PKG_VERSION"));

/// For all of one attempt.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Of that, for reaching the push service: one that cannot be reached holds up the others for less long.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(4);

/// A browser that was off for longer gets nothing of it, in seconds (RFC 8030 section 5.2).
const TTL: u32 = 24 * 3600;

/// RFC 8030 section 5.3.
const URGENCY: &str = "normal";

/// Of an answer no more is read. None of it is used: a connection is free again when its answer was read.
const MOST_ANSWER_BYTES: usize = 64 * 1024;

/// How this application server is known to push services, and to which.
#[derive(Debug, Clone)]
pub struct PushSettings {
    /// The private key: 32 bytes as base64url ([`crate::KeyPair`]).
    pub private_key: Secret,
    /// Whom a push service can write to: `mailto:` or an `https:` URL (RFC 8292 section 2.1).
    pub subject: String,
    /// Origins that may be talked to, or none for [`crate::DEFAULT_ORIGINS`]: `https://host[:port]`, where the host may
    /// begin with `*.`, and `http://` with a loopback address.
    pub origins: Vec<String>,
}

/// Why there can be no web push.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The private key is none.
    #[error(transparent)]
    Key(#[from] BadKey),
    /// The subject is none.
    #[error(transparent)]
    Subject(#[from] BadSubject),
    /// An origin is none.
    #[error(transparent)]
    Origin(#[from] BadOrigin),
    /// The machine's certificates cannot be used.
    #[error("no HTTP client for web push: {0}")]
    Client(#[source] reqwest::Error),
}

impl From<VapidError> for SettingsError {
    fn from(error: VapidError) -> Self {
        match error {
            VapidError::Key(error) => Self::Key(error),
            VapidError::Subject(error) => Self::Subject(error),
        }
    }
}

/// The push services of browsers, over HTTPS.
///
/// Calls go straight there: proxies in the environment, redirects and cookies are not heeded.
pub struct WebPush {
    client: Client,
    vapid: Vapid,
    origins: Origins,
    clock: Arc<dyn Clock>,
}

impl WebPush {
    /// Sends as `settings` say; `clock` dates the signatures.
    ///
    /// # Errors
    /// [`SettingsError`]; it does not show the key.
    pub fn new(settings: &PushSettings, clock: Arc<dyn Clock>) -> Result<Self, SettingsError> {
        let vapid = Vapid::new(&settings.private_key, &settings.subject)?;
        let origins = Origins::new(&settings.origins)?;
        let client = Client::builder()
            .user_agent(USER_AGENT)
            .timeout(TIMEOUT)
            .connect_timeout(CONNECT_TIMEOUT)
            .redirect(Policy::none())
            .no_proxy()
            .build()
            .map_err(SettingsError::Client)?;
        Ok(Self { client, vapid, origins, clock })
    }

    /// Where it goes and for whom it is encrypted, if both can be.
    fn target(&self, subscription: &Subscription) -> Option<(Url, Receiver)> {
        Some((self.origins.endpoint(&subscription.endpoint)?, Receiver::of(subscription)?))
    }
}

#[async_trait]
impl PushGateway for WebPush {
    fn public_key(&self) -> &str {
        self.vapid.public_key()
    }

    fn accepts(&self, subscription: &Subscription) -> bool {
        self.target(subscription).is_some()
    }

    async fn push(&self, to: &Subscription, payload: &[u8]) -> Result<(), PushFault> {
        let (endpoint, receiver) = self.target(to).ok_or(PushFault::Unusable)?;
        // What a push service would say of a payload that is too long.
        let body = receiver
            .encrypt(payload)
            .ok_or(PushFault::Refused(StatusCode::PAYLOAD_TOO_LARGE.as_u16()))?;
        let authorization = self
            .vapid
            .authorization(&endpoint, self.clock.now())
            .map_err(|error| later(format!("it could not be signed: {error}")))?;
        let answer = self
            .client
            .post(endpoint)
            .header(AUTHORIZATION, authorization)
            .header(CONTENT_ENCODING, "aes128gcm")
            .header(CONTENT_TYPE, "application/octet-stream")
            .header("TTL", TTL)
            .header("Urgency", URGENCY)
            .body(body)
            .send()
            .await
            .map_err(|error| unanswered(&error))?;
        let judged = judge(answer.status(), answer.headers());
        read_off(answer).await;
        judged
    }
}

impl fmt::Debug for WebPush {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebPush").field("origins", &self.origins).finish_non_exhaustive()
    }
}

fn later(cause: String) -> PushFault {
    PushFault::Later { cause: cause.into(), after: None }
}

/// Without the endpoint, which the error itself would show.
fn unanswered(error: &reqwest::Error) -> PushFault {
    later(if error.is_timeout() {
        "no answer in time".to_owned()
    } else if error.is_connect() {
        format!("it cannot be reached: {}", root(error))
    } else {
        format!("no answer: {}", root(error))
    })
}

/// RFC 8030 sections 5 and 7.3, RFC 8292 section 4.2.
fn judge(status: StatusCode, headers: &HeaderMap) -> Result<(), PushFault> {
    match status {
        status if status.is_success() => Ok(()),
        StatusCode::NOT_FOUND | StatusCode::GONE => Err(PushFault::Gone),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => {
            Err(not_now(status, headers))
        }
        status if status.is_server_error() => Err(not_now(status, headers)),
        status => Err(PushFault::Refused(status.as_u16())),
    }
}

fn not_now(status: StatusCode, headers: &HeaderMap) -> PushFault {
    let cause = format!("status {}", status.as_u16()).into();
    PushFault::Later { cause, after: retry_after(headers) }
}

/// Seconds only; RFC 9110 section 10.2.3 also has dates.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
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
                tracing::debug!(error = %error.without_url(), "an answer of a push service broke off");
                return;
            }
        }
    }
}

/// What was at the bottom of it: the errors above say where they happened, with the whole address.
fn root(error: &reqwest::Error) -> String {
    let mut cause: Option<&(dyn Error + 'static)> = error.source();
    while let Some(deeper) = cause.and_then(Error::source) {
        cause = Some(deeper);
    }
    cause.map_or_else(|| "no reason given".to_owned(), ToString::to_string)
}
