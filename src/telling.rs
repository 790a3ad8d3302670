//! Puts together what tells the app of what happens, if the app wants to be told.

use std::{collections::HashSet, error::Error, sync::Arc, time::Duration};

use outrigger_domain::{
    messaging::Deliveries,
    naming::Ids,
    ports::{NoLookup, NoWebhooks, Outbox, UserLookup},
    presence::{LeaseGraces, LeaseParts, Leases, Presence},
    time::Clock,
    webhooks::{Rules, Sender, SenderParts, SendingLimits, WebhookKind, Webhooks},
};
use outrigger_namespaces::Actions;
use outrigger_sqlite::SqliteStore;
use outrigger_webhook::{HttpEndpoint, HttpLookup, LookupLimits};

use crate::config::{Config, LookupSettings, WebhookSettings};

/// Someone who reloads a page is back within this.
const RELOAD: Duration = Duration::from_secs(5);
/// Clients of a process that was killed are back within this.
const RECONNECT: Duration = Duration::from_secs(30);

/// What decides which events are told; asked by the store.
pub(crate) fn outbox(rules: Option<&Arc<Rules>>) -> Arc<dyn Outbox> {
    match rules {
        Some(rules) => Arc::clone(rules) as _,
        None => Arc::new(NoWebhooks),
    }
}

/// The rules, if there is anyone to tell.
pub(crate) fn rules(
    config: &Config,
    presence: &Arc<Presence>,
    ids: &Arc<dyn Ids>,
) -> Option<Arc<Rules>> {
    let settings = config.webhooks.as_ref()?;
    let (kinds, delay) = (settings.kinds.clone(), settings.offline_delay);
    Some(Arc::new(Rules::new(kinds, delay, Arc::clone(presence), Arc::clone(ids))))
}

/// What asks the app for users, if it can be asked.
pub(crate) fn lookup(
    config: &Config,
    clock: &Arc<dyn Clock>,
) -> Result<Arc<dyn UserLookup>, Box<dyn Error>> {
    Ok(match &config.user_lookup {
        None => Arc::new(NoLookup),
        Some(LookupSettings { url, secret }) => Arc::new(HttpLookup::new(
            url.expose(),
            secret,
            LookupLimits::default(),
            Arc::clone(clock),
        )?),
    })
}

/// Everything that tells the app.
pub(crate) struct Telling {
    pub(crate) webhooks: Arc<Webhooks>,
    pub(crate) sender: Sender,
    /// Only if the app wants to know who comes and goes.
    pub(crate) leases: Option<Leases>,
    /// Only if the app wants to know which messages arrived.
    pub(crate) deliveries: Option<Arc<Deliveries>>,
    /// Only if the app decides about something.
    pub(crate) actions: Option<Actions>,
    /// Only if the app wants to hear of what clients send.
    pub(crate) forward: Option<Arc<Webhooks>>,
}

impl Telling {
    pub(crate) fn new(
        settings: &WebhookSettings,
        grace: Option<Duration>,
        rules: &Rules,
        store: &Arc<SqliteStore>,
        presence: &Arc<Presence>,
        ids: &Arc<dyn Ids>,
        clock: &Arc<dyn Clock>,
    ) -> Result<Self, Box<dyn Error>> {
        let wants = |kind| settings.kinds.contains(&kind);
        let graces =
            LeaseGraces { left: grace.unwrap_or(RELOAD), lost: grace.unwrap_or(RECONNECT) };
        let endpoint = HttpEndpoint::new(
            settings.url.expose(),
            &settings.secret,
            settings.timeout,
            Arc::clone(clock),
        )?;
        let sender = Sender::new(SenderParts {
            store: store.clone(),
            endpoint: Arc::new(endpoint),
            presence: presence.clone(),
            clock: clock.clone(),
            wake: rules.wake(),
            limits: SendingLimits {
                attempts: settings.attempts,
                concurrency: settings.concurrency,
                settling: graces.lost,
            },
        });
        let told_of_presence =
            wants(WebhookKind::UserConnected) || wants(WebhookKind::UserDisconnected);
        let leases = told_of_presence.then(|| {
            Leases::new(LeaseParts {
                store: store.clone(),
                presence: presence.clone(),
                wanted: settings.kinds.clone(),
                ids: ids.clone(),
                clock: clock.clone(),
                node: ids.token(),
                graces,
            })
        });
        let deliveries = wants(WebhookKind::MessageDelivered)
            .then(|| Arc::new(Deliveries::new(store.clone(), clock.clone())));
        let webhooks = Arc::new(Webhooks::new(store.clone(), ids.clone(), clock.clone()));
        let forward = wants(WebhookKind::ClientEvent).then(|| Arc::clone(&webhooks));
        let named = !settings.actions.is_empty() && forward.is_some();
        let actions = named.then(|| Actions {
            names: Arc::new(settings.actions.iter().cloned().collect::<HashSet<_>>()),
            webhooks: webhooks.clone(),
        });
        Ok(Self { webhooks, sender, leases, deliveries, actions, forward })
    }
}
