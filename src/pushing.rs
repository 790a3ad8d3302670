//! Puts together what reaches browsers that are not connected, if there is a key to sign with.

use std::{error::Error, sync::Arc};

use outrigger_domain::{
    ports::{PushStore, Store},
    presence::Presence,
    push::Push,
    time::Clock,
};
use outrigger_push::WebPush;

use crate::config::PushConfig;

/// Web push; nothing without a key.
pub(crate) fn push(
    config: Option<&PushConfig>,
    subscriptions: Arc<dyn PushStore>,
    store: &Arc<dyn Store>,
    presence: &Arc<Presence>,
    clock: &Arc<dyn Clock>,
) -> Result<Option<Arc<Push>>, Box<dyn Error>> {
    let Some(config) = config else { return Ok(None) };
    let gateway = Arc::new(WebPush::new(&config.settings, Arc::clone(clock))?);
    let (store, presence, clock) = (Arc::clone(store), Arc::clone(presence), Arc::clone(clock));
    Ok(Some(Arc::new(Push::new(subscriptions, store, presence, gateway, clock, config.when))))
}
