//! What the app wants to be told, and where (`docs/WEBHOOKS.md`).
//!
//! The names begin with the project's: an app's own `.env`, which is read too, may well have a `WEBHOOK_URL` that leads
//! somewhere else, and what is said here is not for there.

use std::{collections::HashSet, time::Duration};

use outrigger_domain::{events::Secret, outreach::RESERVED_EVENTS, webhooks::WebhookKind};
use outrigger_namespaces::registry;

use super::{DAY, reader::Reader};

/// How the app is told.
#[derive(Debug, Clone)]
pub(crate) struct WebhookSettings {
    pub(crate) url: Secret,
    pub(crate) secret: Secret,
    pub(crate) kinds: HashSet<WebhookKind>,
    pub(crate) actions: Vec<String>,
    pub(crate) offline_delay: Duration,
    pub(crate) timeout: Duration,
    pub(crate) attempts: u32,
    pub(crate) concurrency: usize,
}

/// Where the app is asked for users.
#[derive(Debug, Clone)]
pub(crate) struct LookupSettings {
    pub(crate) url: Secret,
    pub(crate) secret: Secret,
}

/// Nothing, if there is no address.
pub(super) fn read(reader: &mut Reader<'_>) -> Option<WebhookSettings> {
    let kinds = kinds(reader);
    let actions = actions(reader);
    let offline_delay =
        reader.millis("OUTRIGGER_WEBHOOK_OFFLINE_DELAY_MS", Duration::from_secs(30), 30 * DAY);
    let timeout = reader.millis("OUTRIGGER_WEBHOOK_TIMEOUT_MS", Duration::from_secs(10), DAY);
    let attempts = reader.number("OUTRIGGER_WEBHOOK_ATTEMPTS", 20, 1, 1000);
    let concurrency = reader.size("OUTRIGGER_WEBHOOK_CONCURRENCY", 16, 1, 1024);
    let Some(url) = reader.text("OUTRIGGER_WEBHOOK_URL") else {
        if !actions.is_empty() {
            reader.fault("OUTRIGGER_WEBHOOK_ACTIONS needs OUTRIGGER_WEBHOOK_URL: there is nobody to decide about them".to_owned());
        }
        return None;
    };
    if !url.starts_with("http://") && !url.starts_with("https://") {
        reader.fault("OUTRIGGER_WEBHOOK_URL must start with http:// or https://".to_owned());
    }
    let secret = reader.secret("OUTRIGGER_WEBHOOK_SECRET");
    if timeout < Duration::from_millis(100) {
        reader.fault("OUTRIGGER_WEBHOOK_TIMEOUT_MS must be at least 100".to_owned());
    }
    Some(WebhookSettings {
        url: Secret::new(url),
        secret: Secret::new(secret),
        kinds,
        actions,
        offline_delay,
        timeout,
        attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
        concurrency,
    })
}

/// Where the app is asked for users, signed like webhooks.
pub(super) fn user_lookup(reader: &mut Reader<'_>) -> Option<LookupSettings> {
    let url = reader.text("OUTRIGGER_USER_LOOKUP_URL")?;
    if !url.starts_with("http://") && !url.starts_with("https://") {
        reader.fault("OUTRIGGER_USER_LOOKUP_URL must start with http:// or https://".to_owned());
    }
    let secret = match reader.text("OUTRIGGER_WEBHOOK_URL") {
        // Whatever is wrong with it is told once.
        Some(_) => reader.text("OUTRIGGER_WEBHOOK_SECRET").unwrap_or_default().to_owned(),
        None => reader.secret("OUTRIGGER_WEBHOOK_SECRET"),
    };
    Some(LookupSettings { url: Secret::new(url), secret: Secret::new(secret) })
}

fn kinds(reader: &mut Reader<'_>) -> HashSet<WebhookKind> {
    let named = reader.list("OUTRIGGER_WEBHOOK_EVENTS");
    if named.is_empty() {
        return WebhookKind::ALL.into();
    }
    let mut kinds = HashSet::new();
    for name in named {
        match WebhookKind::named(&name) {
            Some(kind) => drop(kinds.insert(kind)),
            None => {
                let known = WebhookKind::ALL.map(WebhookKind::as_str).join(", ");
                reader.fault(format!(
                    "OUTRIGGER_WEBHOOK_EVENTS takes some of: {known}; not {name:?}"
                ));
            }
        }
    }
    kinds
}

/// Events that no contract knows, for the app to decide about.
fn actions(reader: &mut Reader<'_>) -> Vec<String> {
    let actions = reader.list("OUTRIGGER_WEBHOOK_ACTIONS");
    let known = registry::all_events();
    for action in &actions {
        if RESERVED_EVENTS.contains(&action.as_str()) {
            reader.fault(format!(
                "OUTRIGGER_WEBHOOK_ACTIONS cannot have {action}: Socket.IO keeps that name for itself"
            ));
        }
        if let Some(taken) = known.iter().find(|event| event.event == action) {
            reader.fault(format!(
                "OUTRIGGER_WEBHOOK_ACTIONS cannot have {action}: it is an event of contract {}",
                taken.contract
            ));
        }
    }
    actions
}
