//! How the app is called.

use std::{error::Error, time::Duration};

use reqwest::{Client, redirect::Policy};

/// As the app sees us.
const USER_AGENT: &str = concat!("Outrigger/", env!("CARGO_PKG_VERSION"));

/// A Node server closes connections that were idle for 5 s; before that they are closed here, so that none is used
/// while it is being closed.
const IDLE_CONNECTION: Duration = Duration::from_secs(4);

/// Calls go straight to the app: proxies in the environment, redirects and cookies are not heeded.
pub(crate) fn client(timeout: Duration) -> reqwest::Result<Client> {
    Client::builder()
        .user_agent(USER_AGENT)
        .timeout(timeout)
        .redirect(Policy::none())
        .no_proxy()
        .pool_idle_timeout(IDLE_CONNECTION)
        .build()
}

/// What was at the bottom of it: the errors above say where they happened, with the whole address.
pub(crate) fn root(error: &reqwest::Error) -> String {
    let mut cause: Option<&(dyn Error + 'static)> = error.source();
    while let Some(deeper) = cause.and_then(Error::source) {
        cause = Some(deeper);
    }
    cause.map_or_else(|| "no reason given".to_owned(), ToString::to_string)
}
