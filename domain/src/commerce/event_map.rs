//! Which role may send which event, changeable while it runs (`contracts/commerce.md` sections 2 and 5).

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, PoisonError, RwLock},
};

use serde_json::json;

use super::{
    audit::{AuditKind, SocketAudit},
    audit_log,
    event::CommerceEvent,
    words::role_word,
};
use crate::{
    actor::Role,
    events::{Audience, DomainEvent, Published},
    finishing::finished,
    ids::UserId,
    outreach::check_name,
    ports::{Bus, CommerceStore, EventRoles, StoreError},
    time::Clock,
};

/// Events in the map at most.
pub const MOST_EVENTS: usize = 1_000;

/// What somebody without a token may send, as long as the map lets users send it.
pub const GUEST_EVENTS: [&str; 2] = ["disconnect_request", "ping"];

const ALL: &[Role] = &[Role::Admin, Role::Staff, Role::User];
const SELLERS: &[Role] = &[Role::Admin, Role::Staff];
const ADMINS: &[Role] = &[Role::Admin];

/// The contract's own map (`contracts/commerce.md` section 2).
pub const DEFAULTS: [(&str, &[Role]); 27] = [
    ("ping", ALL),
    ("disconnect_request", ALL),
    ("admin:broadcast", ADMINS),
    ("admin:stats", ADMINS),
    ("admin:force_disconnect", ADMINS),
    ("admin:disconnect_user", ADMINS),
    ("admin:user_list", ADMINS),
    ("admin:system_notification", ADMINS),
    ("admin:moderate_product", ADMINS),
    ("admin:moderate_seller", ADMINS),
    ("seller:product_create", SELLERS),
    ("seller:product_update", SELLERS),
    ("seller:product_delete", SELLERS),
    ("seller:inventory_update", SELLERS),
    ("seller:order_status_update", SELLERS),
    ("seller:dashboard", SELLERS),
    ("user:cart_update", ALL),
    ("user:wishlist_update", ALL),
    ("user:profile_update", ALL),
    ("user:order_create", ALL),
    ("chat:message", ALL),
    ("chat:typing", ALL),
    ("chat:join_room", ALL),
    ("chat:leave_room", ALL),
    ("chat:read", ALL),
    ("notification:read", ALL),
    ("notification:dismiss", ALL),
];

/// Whether someone may send an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Permission {
    /// Yes.
    Allowed,
    /// No.
    Denied {
        /// Who may: admins first, then sellers, then users; empty if nobody may.
        required: Vec<Role>,
    },
    /// Nobody ever heard of such an event.
    Unknown,
}

/// Why the map was not changed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum MapError {
    /// No event can be called so ([`check_name`]).
    #[error("no event can be called so")]
    BadName,
    /// Nobody may send it: remove it instead. Guests do not count, they send nothing of the map.
    #[error("no role was named")]
    NoRoles,
    /// There are [`MOST_EVENTS`] already.
    #[error("the map is full")]
    Full,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The map of events to roles: in the store, so that changes outlive the process, and in memory, where each event is
/// looked up. At most [`MOST_EVENTS`] events.
pub struct EventMap {
    desk: Arc<Desk>,
}

struct Desk {
    store: Arc<dyn CommerceStore>,
    bus: Arc<dyn Bus>,
    clock: Arc<dyn Clock>,
    roles: RwLock<BTreeMap<String, Vec<Role>>>,
    /// Changes are stored, take effect and are told one after the other.
    changing: tokio::sync::Mutex<()>,
}

impl EventMap {
    /// Reads the map. [`DEFAULTS`] that were never in it come into it; those that were removed stay removed.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn load(
        store: Arc<dyn CommerceStore>,
        bus: Arc<dyn Bus>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, StoreError> {
        let defaults: Vec<EventRoles> =
            DEFAULTS.iter().map(|(event, roles)| ((*event).to_owned(), roles.to_vec())).collect();
        let stored = store.event_roles(&defaults, clock.now()).await?;
        let roles = stored.into_iter().map(|(event, roles)| (event, sorted(&roles))).collect();
        let (roles, changing) = (RwLock::new(roles), tokio::sync::Mutex::default());
        Ok(Self { desk: Arc::new(Desk { store, bus, clock, roles, changing }) })
    }

    /// Whether someone with that role may send an event.
    #[must_use]
    pub fn permission(&self, event: &str, role: Role) -> Permission {
        self.desk.read(|map| match map.get(event) {
            Some(roles) if may_send(event, roles, role) => Permission::Allowed,
            Some(roles) => Permission::Denied { required: roles.clone() },
            None if is_default(event) || has_known_prefix(map, event) => {
                Permission::Denied { required: Vec::new() }
            }
            None => Permission::Unknown,
        })
    }

    /// What someone with that role may send, in order of the names.
    #[must_use]
    pub fn events_for(&self, role: Role) -> Vec<String> {
        self.desk.events_for(role)
    }

    /// The whole map, in order of the names; roles as in [`Permission::Denied`].
    #[must_use]
    pub fn mappings(&self) -> Vec<EventRoles> {
        self.desk
            .read(|map| map.iter().map(|(event, roles)| (event.clone(), roles.clone())).collect())
    }

    /// Lets exactly these roles send an event from now on; `by` is the admin who wants it, `None` the app. Noted in the
    /// audit log, and every socket of the marketplace is told what it may send now. Whether anything is different.
    ///
    /// # Errors
    /// [`MapError`]; nothing was changed.
    pub async fn set(
        &self,
        by: Option<&UserId>,
        event: &str,
        roles: &[Role],
    ) -> Result<bool, MapError> {
        check_name(event).map_err(|_| MapError::BadName)?;
        let roles = sorted(roles);
        if roles.is_empty() {
            return Err(MapError::NoRoles);
        }
        self.change(by, event, Some(roles)).await
    }

    /// Takes an event out of the map: nobody may send it any more. Noted and told as by [`Self::set`]. Whether it was in it.
    ///
    /// # Errors
    /// [`MapError::Store`]; nothing was changed.
    pub async fn remove(&self, by: Option<&UserId>, event: &str) -> Result<bool, MapError> {
        self.change(by, event, None).await
    }

    async fn change(
        &self,
        by: Option<&UserId>,
        event: &str,
        roles: Option<Vec<Role>>,
    ) -> Result<bool, MapError> {
        let (desk, by, event) = (Arc::clone(&self.desk), by.cloned(), event.to_owned());
        finished(async move { desk.change(by, event, roles).await }).await
    }
}

impl Desk {
    fn read<T>(&self, look: impl FnOnce(&BTreeMap<String, Vec<Role>>) -> T) -> T {
        look(&self.roles.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn events_for(&self, role: Role) -> Vec<String> {
        let may = |(event, roles): &(&String, &Vec<Role>)| may_send(event, roles, role);
        self.read(|map| map.iter().filter(may).map(|(event, _)| event.clone()).collect())
    }

    async fn change(
        &self,
        by: Option<UserId>,
        event: String,
        roles: Option<Vec<Role>>,
    ) -> Result<bool, MapError> {
        let _turn = self.changing.lock().await;
        let (is_same, is_full) = self.read(|map| {
            let known = map.get(&event);
            (known == roles.as_ref(), known.is_none() && map.len() >= MOST_EVENTS)
        });
        if is_same {
            return Ok(false);
        }
        if is_full {
            return Err(MapError::Full);
        }
        let at = self.clock.now();
        let words: Vec<_> = roles.iter().flatten().map(|role| role_word(*role)).collect();
        let detail = json!({ "event": event, "requiredRoles": words });
        let note = SocketAudit { at, kind: AuditKind::MappingChanged, user: by, detail };
        let changed = self.store.map_event(&event, roles.as_deref(), note.clone()).await?;
        {
            let mut map = self.roles.write().unwrap_or_else(PoisonError::into_inner);
            match roles {
                Some(roles) => map.insert(event, roles),
                None => map.remove(&event),
            };
        }
        if changed {
            audit_log::log(&note);
        }
        for role in [Role::Admin, Role::Staff, Role::User, Role::Guest] {
            let events = self.events_for(role).into();
            let news = CommerceEvent::EventsAvailable { role, events };
            let audience = Audience::Role(role);
            self.bus.publish(Published::new(at, audience, DomainEvent::Commerce(news))).await;
        }
        Ok(true)
    }
}

/// Each once, those with more rights first; guests are nobody here.
fn sorted(roles: &[Role]) -> Vec<Role> {
    let roles: BTreeSet<_> = roles.iter().copied().filter(|role| *role != Role::Guest).collect();
    roles.into_iter().rev().collect()
}

fn may_send(event: &str, roles: &[Role], role: Role) -> bool {
    match role {
        Role::Guest => GUEST_EVENTS.contains(&event) && roles.contains(&Role::User),
        role => roles.contains(&role),
    }
}

fn is_default(event: &str) -> bool {
    DEFAULTS.iter().any(|(default, _)| *default == event)
}

/// Whether names that begin so are the map's business, e.g. `admin:`.
fn has_known_prefix(map: &BTreeMap<String, Vec<Role>>, event: &str) -> bool {
    let Some(colon) = event.find(':') else { return false };
    let prefix = &event[..=colon];
    let next =
        map.range::<str, _>((std::ops::Bound::Included(prefix), std::ops::Bound::Unbounded)).next();
    next.is_some_and(|(known, _)| known.starts_with(prefix))
        || DEFAULTS.iter().any(|(default, _)| default.starts_with(prefix))
}

#[cfg(test)]
mod tests;
