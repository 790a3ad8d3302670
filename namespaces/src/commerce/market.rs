//! What buyers and sellers do (`contracts/commerce.md` section 2, `user:*`, `seller:*`, `notification:*`).

use std::sync::Arc;

use outrigger_domain::{
    actor::Role,
    commerce::{CommerceEvent, OrderRefused, RoomName, Synced, role_word},
    events::Audience,
    ids::{NotificationId, OrderId},
};
use outrigger_transport::Reply;
use serde_json::{Number, Value, value::RawValue};

use super::{
    answers::{done, said},
    arguments::{
        CommerceCartUpdate, CommerceOneNotification, CommerceOrderCreate,
        CommerceOrderStatusUpdate, CommercePing, CommerceProductCreate, CommerceProductUpdate,
        CommerceProfileUpdate, CommerceWishlistUpdate, instant, number, read, required, text,
    },
    desk::{CommerceDesk, broken},
    outbound::order_status,
    texts::{self, Fault},
    wire::{CommercePong, name},
};
use crate::{contract::Call, rooms::desk::send};

/// What a seller may ask for a product at most (`contracts/commerce.md` section 2, `seller:product_create`).
const MOST_PRICE: f64 = 10_000.0;

/// How orders can be, in the order in which they become so.
const STATUSES: [&str; 6] =
    ["pending", "processing", "shipped", "delivered", "cancelled", "refunded"];
/// Of these, what a seller may say.
const STATUSES_OF_SELLERS: &[&str] = &["processing", "shipped", "delivered"];

/// Of a word that is none, so many characters are repeated.
const MOST_REPEATED: usize = 100;

/// What `role` may say of an order, and whether this is of it.
fn check_status(status: &str, role: Role) -> Result<(), Fault> {
    let allowed = if role == Role::Admin { &STATUSES[..] } else { STATUSES_OF_SELLERS };
    if allowed.contains(&status) {
        return Ok(());
    }
    let (status, role) = (status.chars().take(MOST_REPEATED).collect::<String>(), role_word(role));
    let allowed = allowed.join(", ");
    let message = format!("Status '{status}' not allowed for {role}. Allowed: {allowed}");
    Err(Fault::Invalid(message.into()))
}

/// How long a packet was on its way, as far as both clocks agree.
fn latency(now: i64, asked: &Number) -> Option<i64> {
    #[expect(clippy::cast_precision_loss, reason = "instants in ms are less than 2^53")]
    let passed = now as f64 - asked.as_f64()?;
    #[expect(clippy::cast_possible_truncation, reason = "a cast of a float stays within bounds")]
    passed.is_finite().then(|| passed.round() as i64)
}

fn shared(value: &RawValue) -> Arc<RawValue> {
    value.to_owned().into()
}

/// The whole argument; one with required fields is there.
fn whole(call: &Call<'_>) -> Result<Arc<RawValue>, Fault> {
    call.args.get(0).map(shared).ok_or(Fault::Internal)
}

impl CommerceDesk {
    /// `ping`.
    pub(super) fn ping(&self, call: &Call<'_>) -> Reply {
        let said: CommercePing = read(&call.args);
        let (now, client_timestamp) = (self.now().ms(), instant(&said.timestamp));
        let latency = client_timestamp.as_ref().and_then(|asked| latency(now, asked));
        let socket_id = call.conn.id();
        send(call.conn, &CommercePong { timestamp: now, client_timestamp, latency, socket_id });
        done()
    }

    /// All sockets with that role but the one that speaks.
    fn others(call: &Call<'_>, of: Audience) -> Audience {
        Audience::ExceptSocket { of: Box::new(of), socket: call.conn.key() }
    }

    /// `seller:product_create`.
    pub(super) async fn product_create(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let said_of: CommerceProductCreate = read(&call.args);
        text(&said_of.name, "name")?;
        let price = number(&said_of.price, "price")?;
        text(&said_of.description, "description")?;
        let role = call.actor.role;
        if role != Role::Admin && price > MOST_PRICE {
            let message =
                format!("Price exceeds maximum allowed for {}: {MOST_PRICE}", role_word(role));
            return Err(Fault::Invalid(message.into()));
        }
        self.tell_app(&call, name::SELLER_PRODUCT_CREATE).await?;
        let offered = CommerceEvent::ProductOffered {
            seller: call.actor.user.clone(),
            seller_name: call.actor.profile.name.clone(),
            product: whole(&call)?,
        };
        self.tell(Self::others(&call, Audience::Role(Role::Admin)), offered).await;
        Ok(said("Product creation initiated"))
    }

    /// `seller:product_update`.
    pub(super) async fn product_update(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let said: CommerceProductUpdate = read(&call.args);
        let product = text(&said.product_id, "productId")?;
        let changes = required(&said.changes, "changes")?;
        let Some(RoomName::Product(watched)) = RoomName::read(&format!("product:{product}")) else {
            return Err(Fault::mistyped("productId"));
        };
        self.tell_app(&call, name::SELLER_PRODUCT_UPDATE).await?;
        let changed = CommerceEvent::ProductChanged { product, changes: shared(changes) };
        self.tell(Self::others(&call, Audience::Chat(watched)), changed).await;
        Ok(done())
    }

    /// `seller:order_status_update`. Of an order that the app never told of, only whoever says it is told.
    pub(super) async fn order_status_update(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let event = name::SELLER_ORDER_STATUS_UPDATE;
        let said: CommerceOrderStatusUpdate = read(&call.args);
        let order = text(&said.order_id, "orderId")?;
        let status = text(&said.status, "status")?;
        check_status(&status, call.actor.role)?;
        let order = OrderId::new(order).map_err(|_| Fault::mistyped("orderId"))?;
        self.check_order(&call, &order).await?;
        self.tell_app(&call, event).await?;
        let (id, word, key) = (order.clone(), status.clone(), call.conn.key());
        let told = self.services().market.status_told(&call.actor, key, id, word).await;
        told.map_err(|refused| match refused {
            OrderRefused::NotYours => Fault::Unauthorized(vec![Role::Admin]),
            OrderRefused::Store(error) => broken(event)(error),
        })?;
        send(call.conn, &order_status(&order, &status, self.now()));
        Ok(done())
    }

    /// The app hears nothing of what somebody says of others' orders.
    async fn check_order(&self, call: &Call<'_>, order: &OrderId) -> Result<(), Fault> {
        let known = self.services().orders.order(order).await;
        let known = known.map_err(broken(name::SELLER_ORDER_STATUS_UPDATE))?;
        let of_others = known.is_some_and(|known| {
            !known.sellers.is_empty() && !known.sellers.contains(&call.actor.user)
        });
        if of_others && !call.actor.is_admin() {
            return Err(Fault::Unauthorized(vec![Role::Admin]));
        }
        Ok(())
    }

    /// `user:order_create`.
    pub(super) async fn order_create(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let said_of: CommerceOrderCreate = read(&call.args);
        let number = required(&said_of.order_number, "orderNumber")?;
        match serde_json::from_str(number.get()) {
            Ok(Value::String(_) | Value::Number(_)) => {}
            _ => return Err(Fault::mistyped("orderNumber")),
        }
        self.tell_app(&call, name::USER_ORDER_CREATE).await?;
        let placed = CommerceEvent::OrderPlaced {
            buyer: call.actor.user.clone(),
            buyer_name: call.actor.profile.name.clone(),
            order: whole(&call)?,
        };
        self.tell(Self::others(&call, Audience::Role(Role::Admin)), placed).await;
        Ok(said("Order created successfully"))
    }

    /// `user:cart_update`. Carts are not kept.
    pub(super) async fn cart_update(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let said: CommerceCartUpdate = read(&call.args);
        let cart = shared(required(&said.cart, "cart")?);
        self.sync(&call, Synced::Cart, cart).await;
        Ok(done())
    }

    /// `user:wishlist_update`.
    pub(super) async fn wishlist_update(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let said: CommerceWishlistUpdate = read(&call.args);
        let wishlist = shared(required(&said.wishlist, "wishlist")?);
        self.tell_app(&call, name::USER_WISHLIST_UPDATE).await?;
        self.sync(&call, Synced::Wishlist, wishlist).await;
        Ok(done())
    }

    /// `user:profile_update`.
    pub(super) async fn profile_update(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let said: CommerceProfileUpdate = read(&call.args);
        let profile = shared(required(&said.profile, "profile")?);
        self.tell_app(&call, name::USER_PROFILE_UPDATE).await?;
        self.sync(&call, Synced::Profile, profile).await;
        Ok(done())
    }

    async fn sync(&self, call: &Call<'_>, what: Synced, data: Arc<RawValue>) {
        let own = Self::others(call, Audience::User(call.actor.user.clone()));
        self.tell(own, CommerceEvent::Synced { what, data }).await;
    }

    /// `notification:read`.
    pub(super) async fn notification_read(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let id = notification(&call)?;
        let user = &call.actor.user;
        let read = self.parts.notifications.mark_read(user, None, Some(&id)).await;
        let read = read.map_err(broken(name::NOTIFICATION_READ))?;
        if read.found { Ok(done()) } else { Err(texts::NO_NOTIFICATION) }
    }

    /// `notification:dismiss`.
    pub(super) async fn notification_dismiss(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let id = notification(&call)?;
        let user = &call.actor.user;
        let gone = self.parts.notifications.delete(user, None, Some(&id)).await;
        let gone = gone.map_err(broken(name::NOTIFICATION_DISMISS))?;
        if gone.deleted.is_empty() { Err(texts::NO_NOTIFICATION) } else { Ok(done()) }
    }
}

fn notification(call: &Call<'_>) -> Result<NotificationId, Fault> {
    let said: CommerceOneNotification = read(&call.args);
    let id = text(&said.notification_id, "notificationId")?;
    NotificationId::new(id).map_err(|_| texts::NO_NOTIFICATION)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(status: &str, role: Role) -> String {
        match check_status(status, role) {
            Err(Fault::Invalid(message)) => message.into_owned(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_status_is_allowed_by_role() {
        for status in STATUSES {
            assert_eq!(check_status(status, Role::Admin), Ok(()));
            let of_sellers = STATUSES_OF_SELLERS.contains(&status);
            assert_eq!(check_status(status, Role::Staff).is_ok(), of_sellers, "{status}");
        }
        assert_eq!(
            refused("refunded", Role::Staff),
            "Status 'refunded' not allowed for seller. Allowed: processing, shipped, delivered"
        );
        assert_eq!(
            refused("lost", Role::Admin),
            "Status 'lost' not allowed for admin. Allowed: pending, processing, shipped, delivered, cancelled, refunded"
        );
        assert!(refused(&"x".repeat(100_000), Role::Staff).len() < 200);
    }

    #[test]
    fn a_latency_is_what_passed_by_the_clients_clock() {
        assert_eq!(latency(1_000, &990.into()), Some(10));
        assert_eq!(latency(1_000, &1_010.into()), Some(-10), "which may be ahead");
        assert_eq!(latency(1_000, &Number::from_f64(999.6).unwrap()), Some(0));
        assert_eq!(latency(0, &Number::from_f64(-1e300).unwrap()), Some(i64::MAX));
    }
}
