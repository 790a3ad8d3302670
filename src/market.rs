//! Puts together what the marketplace is made of.

use std::sync::Arc;

use outrigger_api_compat::CommerceState;
use outrigger_domain::{
    commerce::{
        AuditLog, Bulletins, Crowd, DebugCounters, EventMap, Marketplace, MarketplaceParts,
        Throttle,
    },
    naming::Ids,
    notifications::Notifications,
    outreach::Outreach,
    ports::{Bus, CommerceStore, Store, StoreError},
    time::Clock,
    webhooks::Webhooks,
};
use outrigger_namespaces::commerce::CommerceServices;

use crate::config::CommerceConfig;

/// What it is made from.
pub(crate) struct MarketParts<'a> {
    pub(crate) config: CommerceConfig,
    pub(crate) store: Arc<dyn CommerceStore>,
    pub(crate) users: &'a Arc<dyn Store>,
    pub(crate) notifications: &'a Arc<Notifications>,
    pub(crate) outreach: &'a Arc<Outreach>,
    pub(crate) bus: &'a Arc<dyn Bus>,
    pub(crate) clock: &'a Arc<dyn Clock>,
    pub(crate) ids: &'a Arc<dyn Ids>,
    /// The way to the app, if it wants to hear of what clients send.
    pub(crate) forward: Option<Arc<Webhooks>>,
}

/// For the sockets and for the routes: the same things.
pub(crate) async fn market(
    parts: MarketParts<'_>,
) -> Result<(CommerceServices, CommerceState), StoreError> {
    let MarketParts { config, store, forward, .. } = parts;
    let (bus, clock) = (|| Arc::clone(parts.bus), || Arc::clone(parts.clock));
    let outreach = Arc::clone(parts.outreach);
    let map = Arc::new(EventMap::load(Arc::clone(&store), bus(), clock()).await?);
    let crowd = Arc::new(Crowd::new());
    let audit = Arc::new(AuditLog::new(Arc::clone(&store), clock()));
    let debug = Arc::new(DebugCounters::new());
    let market = Arc::new(Marketplace::new(MarketplaceParts {
        store: Arc::clone(&store),
        users: Arc::clone(parts.users),
        notifications: Arc::clone(parts.notifications),
        outreach: Arc::clone(&outreach),
        crowd: Arc::clone(&crowd),
        audit: Arc::clone(&audit),
        bus: bus(),
        clock: clock(),
        ids: Arc::clone(parts.ids),
    }));
    let throttle = Arc::new(Throttle::new(Arc::clone(&outreach)));
    let bulletins = Arc::new(Bulletins::new(Arc::clone(&crowd), bus(), clock()));
    let state = CommerceState {
        market: Arc::clone(&market),
        map: Arc::clone(&map),
        crowd: Arc::clone(&crowd),
        audit: Arc::clone(&audit),
        debug: Arc::clone(&debug),
        throttle,
        bulletins,
    };
    let services = CommerceServices {
        map,
        crowd,
        audit,
        debug,
        market,
        outreach,
        orders: store,
        ids: Arc::clone(parts.ids),
        forward,
        guests: config.guests,
        open_rooms: config.open_rooms,
        chat_from_id: config.chat_from_id,
    };
    Ok((services, state))
}
