//! The marketplace in memory, a clock that moves with the test's timers, and an ear on the bus.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use serde_json::Value;
use tokio::{
    sync::mpsc,
    time::{Instant, sleep},
};

use super::*;
use crate::{
    accounts::Profile,
    actor::{Actor, Role},
    events::{Audience, DomainEvent, Published},
    feed::FeedPage,
    ids::{DeviceId, OrderId, TokenId, UserId},
    naming::Uuids,
    notifications::Notifications,
    outreach::Outreach,
    ports::{
        Bus, CommerceStore, EventRoles, FeedStore, Store, StoreError, StoreResult, Tells,
        testing::{Registry, Wire, Wound},
    },
    time::{Clock, Timestamp},
};

/// What the marketplace keeps, in memory.
pub(crate) struct Shelf {
    bus: Arc<dyn Bus>,
    /// `None` for events that were removed.
    pub(crate) map: Mutex<BTreeMap<String, Option<Vec<Role>>>>,
    orders: Mutex<HashMap<OrderId, Order>>,
    notices: Mutex<Vec<Notice>>,
    /// One after the other.
    pub(crate) audit: Mutex<Vec<SocketAudit>>,
    /// How large each batch was.
    pub(crate) batches: Mutex<Vec<usize>>,
    told_once: Mutex<HashSet<String>>,
    pub(crate) failing: AtomicBool,
    /// How long each read and write takes.
    pub(crate) slowness: Mutex<Duration>,
}

impl Shelf {
    pub(crate) fn new(bus: Arc<dyn Bus>) -> Arc<Self> {
        Arc::new(Self {
            bus,
            map: Mutex::default(),
            orders: Mutex::default(),
            notices: Mutex::default(),
            audit: Mutex::default(),
            batches: Mutex::default(),
            told_once: Mutex::default(),
            failing: AtomicBool::new(false),
            slowness: Mutex::default(),
        })
    }

    async fn work(&self) -> StoreResult<()> {
        let slowness = *self.slowness.lock().unwrap();
        if !slowness.is_zero() {
            sleep(slowness).await;
        }
        if self.failing.load(Ordering::Relaxed) { Err(StoreError::Overloaded) } else { Ok(()) }
    }
}

#[async_trait]
impl CommerceStore for Shelf {
    async fn event_roles(
        &self,
        defaults: &[EventRoles],
        _: Timestamp,
    ) -> StoreResult<Vec<EventRoles>> {
        self.work().await?;
        let mut map = self.map.lock().unwrap();
        for (event, roles) in defaults {
            map.entry(event.clone()).or_insert_with(|| Some(roles.clone()));
        }
        let known = map.iter().filter_map(|(event, roles)| Some((event.clone(), roles.clone()?)));
        Ok(known.collect())
    }

    async fn map_event(
        &self,
        event: &str,
        roles: Option<&[Role]>,
        note: SocketAudit,
    ) -> StoreResult<bool> {
        self.work().await?;
        let roles = roles.map(<[Role]>::to_vec);
        let before = self.map.lock().unwrap().insert(event.to_owned(), roles.clone());
        let changed = before.flatten() != roles;
        if changed {
            self.audit.lock().unwrap().push(note);
        }
        Ok(changed)
    }

    async fn save_order(&self, patch: &OrderPatch, at: Timestamp) -> StoreResult<Option<Order>> {
        self.work().await?;
        let mut orders = self.orders.lock().unwrap();
        if !orders.contains_key(&patch.id) {
            let Some(buyer) = patch.buyer.clone() else { return Ok(None) };
            let (id, sellers) = (patch.id.clone(), Vec::new());
            let new = Order { id, number: None, buyer, sellers, status: None, updated_at: at };
            orders.insert(patch.id.clone(), new);
        }
        let order = orders.get_mut(&patch.id).unwrap();
        order.number = patch.number.clone().or(order.number.take());
        order.sellers = patch.sellers.clone().unwrap_or_else(|| order.sellers.clone());
        order.status = patch.status.clone().or(order.status.take());
        order.updated_at = at;
        Ok(Some(order.clone()))
    }

    async fn order(&self, id: &OrderId) -> StoreResult<Option<Order>> {
        self.work().await?;
        Ok(self.orders.lock().unwrap().get(id).cloned())
    }

    async fn add_notice(&self, notice: Notice) -> StoreResult<Noticed> {
        self.work().await?;
        self.notices.lock().unwrap().push(notice.clone());
        let noticed = Noticed(Arc::new(notice));
        for told in noticed.tells() {
            self.bus.publish(told).await;
        }
        Ok(noticed)
    }

    async fn notices_since(
        &self,
        readers: &[Readers],
        since: Timestamp,
        limit: u32,
    ) -> StoreResult<Vec<Notice>> {
        self.work().await?;
        let notices = self.notices.lock().unwrap();
        let seen = notices.iter().rev();
        let seen = seen.filter(|one| one.created_at > since && readers.contains(&one.readers));
        Ok(seen.take(limit as usize).cloned().collect())
    }

    async fn audit_sockets(&self, entries: Vec<SocketAudit>) -> StoreResult<()> {
        self.work().await?;
        self.batches.lock().unwrap().push(entries.len());
        self.audit.lock().unwrap().extend(entries);
        Ok(())
    }

    async fn socket_audit(
        &self,
        filter: &AuditFilter,
        limit: u32,
    ) -> StoreResult<Vec<SocketAudit>> {
        self.work().await?;
        let audit = self.audit.lock().unwrap();
        let found = audit.iter().rev().filter(|entry| {
            filter.kind.is_none_or(|kind| kind == entry.kind)
                && (filter.user.is_none() || filter.user == entry.user)
                && filter.least.is_none_or(|least| least <= entry.kind.severity())
                && filter.before.is_none_or(|before| entry.at < before)
        });
        Ok(found.take(limit as usize).cloned().collect())
    }
}

/// Feeds that only know what was told once.
#[async_trait]
impl FeedStore for Shelf {
    async fn feed_origin(&self) -> StoreResult<String> {
        Ok("shelf".to_owned())
    }

    async fn feed_after(&self, _: &UserId, _: u64, _: u32) -> StoreResult<FeedPage> {
        Ok(FeedPage { oldest: 0, head: 0, events: Vec::new() })
    }

    async fn record(&self, event: Published) -> StoreResult<()> {
        self.work().await?;
        self.bus.publish(event).await;
        Ok(())
    }

    async fn record_once(&self, key: &str, event: Published) -> StoreResult<()> {
        self.work().await?;
        if self.told_once.lock().unwrap().insert(key.to_owned()) {
            self.bus.publish(event).await;
        }
        Ok(())
    }
}

/// Something that was told, and after how many ms.
#[derive(Debug)]
pub(crate) struct Heard {
    pub(crate) ms: u128,
    pub(crate) audience: Audience,
    pub(crate) event: DomainEvent,
}

impl Heard {
    /// The name and data of an event that only the app knows.
    pub(crate) fn custom(&self) -> Option<(&str, Value)> {
        let DomainEvent::Custom(custom) = &self.event else { return None };
        assert_eq!(custom.contract.as_deref(), Some("commerce"));
        Some((&custom.name, serde_json::from_str(custom.data.get()).unwrap()))
    }
}

/// All of it together; nothing runs by itself.
pub(crate) struct World {
    pub(crate) shelf: Arc<Shelf>,
    pub(crate) registry: Arc<Registry>,
    pub(crate) wire: Arc<Wire>,
    pub(crate) bus: Arc<dyn Bus>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) crowd: Arc<Crowd>,
    pub(crate) audit: Arc<AuditLog>,
    pub(crate) outreach: Arc<Outreach>,
    pub(crate) market: Marketplace,
    began: Instant,
    heard: mpsc::UnboundedReceiver<(Instant, Published)>,
}

/// Data of events is no larger.
pub(crate) const MOST_BYTES: usize = 10_000;

pub(crate) fn world() -> World {
    let (wire, heard) = Wire::new();
    let bus: Arc<dyn Bus> = Arc::clone(&wire) as Arc<dyn Bus>;
    let began = Instant::now();
    let clock: Arc<dyn Clock> = Arc::new(Wound(began));
    let shelf = Shelf::new(Arc::clone(&bus));
    let store: Arc<dyn CommerceStore> = Arc::clone(&shelf) as Arc<dyn CommerceStore>;
    let registry = Registry::new(Arc::clone(&bus));
    let users: Arc<dyn Store> = Arc::clone(&registry) as Arc<dyn Store>;
    let crowd = Arc::new(Crowd::new());
    let audit = Arc::new(AuditLog::new(Arc::clone(&store), Arc::clone(&clock)));
    let feeds: Arc<dyn FeedStore> = Arc::clone(&shelf) as Arc<dyn FeedStore>;
    let outreach = Arc::new(Outreach::new(Arc::clone(&bus), feeds, Arc::clone(&clock), MOST_BYTES));
    let notifications = Arc::new(Notifications::new(
        Arc::clone(&users),
        Arc::clone(&bus),
        Arc::clone(&clock),
        Arc::new(Uuids),
    ));
    let market = Marketplace::new(MarketplaceParts {
        store,
        users,
        notifications,
        outreach: Arc::clone(&outreach),
        crowd: Arc::clone(&crowd),
        audit: Arc::clone(&audit),
        bus: Arc::clone(&bus),
        clock: Arc::clone(&clock),
        ids: Arc::new(Uuids),
    });
    World { shelf, registry, wire, bus, clock, crowd, audit, outreach, market, began, heard }
}

impl World {
    /// What was told since it was last asked.
    pub(crate) fn heard(&mut self) -> Vec<Heard> {
        let mut heard = Vec::new();
        while let Ok((at, Published { audience, event, .. })) = self.heard.try_recv() {
            heard.push(Heard { ms: at.duration_since(self.began).as_millis(), audience, event });
        }
        heard
    }

    pub(crate) async fn map(&self) -> Result<EventMap, StoreError> {
        let store: Arc<dyn CommerceStore> = Arc::clone(&self.shelf) as Arc<dyn CommerceStore>;
        EventMap::load(store, Arc::clone(&self.bus), Arc::clone(&self.clock)).await
    }
}

pub(crate) fn user(name: &str) -> UserId {
    UserId::new(name).unwrap()
}

pub(crate) fn order(id: &str) -> OrderId {
    OrderId::new(id).unwrap()
}

pub(crate) fn actor(name: &str, role: Role) -> Actor {
    Actor {
        user: user(name),
        profile: Profile { name: Some(name.to_uppercase()), ..Profile::default() },
        email: format!("{name}@example.com"),
        role,
        device: DeviceId::new("d").unwrap(),
        token: TokenId::new("t").unwrap(),
        issued_at: None,
        expires_at: Timestamp::from_ms(i64::MAX),
    }
}

pub(crate) async fn pass(ms: u64) {
    sleep(Duration::from_millis(ms)).await;
}
