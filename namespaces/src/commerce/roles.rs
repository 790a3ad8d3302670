//! Every role against every event, as the contract has it (`contracts/commerce.md` section 2).

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use outrigger_domain::{
    actor::Role,
    commerce::{
        AuditFilter, EventMap, Notice, Noticed, Order, OrderPatch, Permission, Readers, SocketAudit,
    },
    events::Published,
    ids::OrderId,
    ports::{Bus, CommerceStore, EventRoles, StoreError, StoreResult},
    time::{Clock, Timestamp},
};

use super::{inbound::TABLE, wire::name};

/// Keeps the map and nothing else.
#[derive(Default)]
struct Table(Mutex<Vec<EventRoles>>);

fn none<T>() -> StoreResult<T> {
    Err(StoreError::Overloaded)
}

#[async_trait]
impl CommerceStore for Table {
    async fn event_roles(
        &self,
        defaults: &[EventRoles],
        _at: Timestamp,
    ) -> StoreResult<Vec<EventRoles>> {
        let mut roles = self.0.lock().unwrap();
        roles.extend_from_slice(defaults);
        Ok(roles.clone())
    }

    async fn map_event(
        &self,
        _event: &str,
        _roles: Option<&[Role]>,
        _note: SocketAudit,
    ) -> StoreResult<bool> {
        Ok(true)
    }

    async fn save_order(&self, _: &OrderPatch, _: Timestamp) -> StoreResult<Option<Order>> {
        none()
    }

    async fn order(&self, _: &OrderId) -> StoreResult<Option<Order>> {
        none()
    }

    async fn add_notice(&self, _: Notice) -> StoreResult<Noticed> {
        none()
    }

    async fn notices_since(&self, _: &[Readers], _: Timestamp, _: u32) -> StoreResult<Vec<Notice>> {
        none()
    }

    async fn audit_sockets(&self, _: Vec<SocketAudit>) -> StoreResult<()> {
        none()
    }

    async fn socket_audit(&self, _: &AuditFilter, _: u32) -> StoreResult<Vec<SocketAudit>> {
        none()
    }
}

#[async_trait]
impl Bus for Table {
    async fn publish(&self, _: Published) {}
}

struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp::from_ms(0)
    }
}

async fn map() -> EventMap {
    let table = Arc::new(Table::default());
    EventMap::load(table.clone(), table, Arc::new(Still)).await.unwrap()
}

const ADMIN: &[Role] = &[Role::Admin];
const SELLERS: &[Role] = &[Role::Admin, Role::Staff];
const ALL: &[Role] = &[Role::Admin, Role::Staff, Role::User];

/// The column "Roles" of the contract; guests send what stands in the second.
const CONTRACT: [(&str, &[Role], bool); 27] = [
    ("ping", ALL, true),
    ("disconnect_request", ALL, true),
    ("admin:broadcast", ADMIN, false),
    ("admin:stats", ADMIN, false),
    ("admin:force_disconnect", ADMIN, false),
    ("seller:product_create", SELLERS, false),
    ("seller:product_update", SELLERS, false),
    ("seller:order_status_update", SELLERS, false),
    ("user:cart_update", ALL, false),
    ("user:order_create", ALL, false),
    ("chat:message", ALL, false),
    ("chat:typing", ALL, false),
    ("chat:join_room", ALL, false),
    ("chat:leave_room", ALL, false),
    ("notification:read", ALL, false),
    ("chat:read", ALL, false),
    ("notification:dismiss", ALL, false),
    ("admin:disconnect_user", ADMIN, false),
    ("admin:user_list", ADMIN, false),
    ("admin:system_notification", ADMIN, false),
    ("admin:moderate_product", ADMIN, false),
    ("admin:moderate_seller", ADMIN, false),
    ("seller:product_delete", SELLERS, false),
    ("seller:inventory_update", SELLERS, false),
    ("seller:dashboard", SELLERS, false),
    ("user:profile_update", ALL, false),
    ("user:wishlist_update", ALL, false),
];

const ROLES: [Role; 4] = [Role::Guest, Role::User, Role::Staff, Role::Admin];

#[tokio::test]
async fn every_role_may_send_what_the_contract_says_and_nothing_else() {
    let map = map().await;
    for role in ROLES {
        let mut may: Vec<_> = CONTRACT
            .iter()
            .filter(|(_, roles, guests)| roles.contains(&role) || role == Role::Guest && *guests)
            .map(|(event, ..)| *event)
            .collect();
        may.sort_unstable();
        assert_eq!(map.events_for(role), may, "{role:?}");
        for (event, roles, _) in CONTRACT {
            let expected = match may.contains(&event) {
                true => Permission::Allowed,
                false => Permission::Denied { required: roles.to_vec() },
            };
            assert_eq!(map.permission(event, role), expected, "{event} {role:?}");
        }
    }
}

#[tokio::test]
async fn every_event_with_a_handler_is_in_the_map_and_the_other_way_round() {
    let map = map().await;
    let mut handled: Vec<_> = TABLE.iter().map(|row| row.event).collect();
    // Clients of the original send it, though nothing there ever listened.
    handled.retain(|event| *event != name::JOIN_ROOM);
    handled.sort_unstable();
    let mapped: Vec<_> = map.mappings().into_iter().map(|(event, _)| event).collect();
    assert_eq!(handled, mapped);
}

#[tokio::test]
async fn what_looks_like_an_event_of_the_map_is_nobodys_and_anything_else_is_unknown() {
    let map = map().await;
    for role in ROLES {
        for event in ["admin:made_up", "seller:", "user:x", "chat:x:y", "notification:new"] {
            let nobody = Permission::Denied { required: vec![] };
            assert_eq!(map.permission(event, role), nobody, "{event}");
        }
        for event in ["join_room", "auth_error", "reconnect", "admin", "", "typing", "order:x"] {
            assert_eq!(map.permission(event, role), Permission::Unknown, "{event}");
        }
    }
}
