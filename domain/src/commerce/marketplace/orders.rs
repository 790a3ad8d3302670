//! Whose orders are, and who is told of them (`contracts/commerce.md` sections 2, 3 and 5).

use std::{collections::BTreeSet, fmt::Write as _, sync::Arc};

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{Marketplace, MarketplaceParts};
use crate::{
    actor::Actor,
    commerce::{CommerceEvent, Order, OrderPatch},
    events::{Audience, DomainEvent, Published, SocketKey},
    finishing::finished,
    ids::{OrderId, UserId},
    notifications::NewNotification,
    outreach::OutreachError,
    ports::StoreError,
};

/// The app tells of a new order, or of more about one.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderPlaced {
    /// What is kept of it. Who sold need not be said here if [`Self::sold`] says it.
    pub patch: OrderPatch,
    /// What it costs, in the app's words; for the buyer.
    pub total: Option<Value>,
    /// A text for the buyer.
    pub message: Option<String>,
    /// What was sold by whom; each is told. That there are not too many is the caller's business.
    pub sold: Vec<Sold>,
}

/// Something of an order, for whoever sold it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sold {
    /// Who.
    pub seller: UserId,
    /// What.
    pub product_name: String,
}

/// Why the word about an order does not count.
#[derive(Debug, Clone, thiserror::Error)]
pub enum OrderRefused {
    /// Others sold it.
    #[error("the order is of other sellers")]
    NotYours,
    /// The store failed; nobody was told.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Marketplace {
    /// Takes in what the app tells of an order and tells nobody. `None` if it is new and no buyer is named.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn save_order(&self, patch: OrderPatch) -> Result<Option<Order>, StoreError> {
        self.parts.store.save_order(&patch, self.parts.clock.now()).await
    }

    /// Takes in an order and tells its buyer (`order:created`) and those who sold (`order:received`), at once or as soon
    /// as they are back; each of them once, however often the app says it. `None` if it is new and no buyer is named:
    /// then nobody is told.
    ///
    /// # Errors
    /// If the store failed, or what is to be told is too large; some may have been told, and saying it again tells the others.
    pub async fn order_placed(&self, placed: OrderPlaced) -> Result<Option<Order>, OutreachError> {
        let parts = Arc::clone(&self.parts);
        finished(async move { parts.order_placed(placed).await }).await
    }

    /// The app says how an order is now: kept, told to the buyer's sockets, and a notification of the buyer's. `None` if
    /// nobody ever told of the order and no buyer is named: then nobody is told. The buyer of a known order stays who it was.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn order_status(
        &self,
        order: &OrderId,
        status: &str,
        buyer: Option<UserId>,
    ) -> Result<Option<Order>, StoreError> {
        let (parts, status) = (Arc::clone(&self.parts), status.to_owned());
        let patch = OrderPatch { buyer, ..patch(order.clone(), Some(status.clone())) };
        finished(async move { parts.order_status(patch, status).await }).await
    }

    /// Someone who sells, or an admin, says on a socket how an order is now. A known order keeps it, and its buyer's other
    /// sockets are told; that socket is told by whoever calls this. Of an order nobody ever told of nothing is kept.
    ///
    /// # Errors
    /// [`OrderRefused`]; nobody was told.
    pub async fn status_told(
        &self,
        actor: &Actor,
        socket: SocketKey,
        order: OrderId,
        status: String,
    ) -> Result<(), OrderRefused> {
        let (parts, actor) = (Arc::clone(&self.parts), actor.clone());
        finished(async move { parts.status_told(&actor, socket, order, status).await }).await
    }
}

impl MarketplaceParts {
    async fn order_placed(&self, placed: OrderPlaced) -> Result<Option<Order>, OutreachError> {
        let OrderPlaced { mut patch, total, message, sold } = placed;
        if patch.sellers.is_none() && !sold.is_empty() {
            let sellers: BTreeSet<_> = sold.iter().map(|sold| sold.seller.clone()).collect();
            patch.sellers = Some(sellers.into_iter().collect());
        }
        let Some(order) = self.store.save_order(&patch, self.clock.now()).await? else {
            return Ok(None);
        };
        let mut created = Map::new();
        created.insert("orderId".to_owned(), json!(order.id));
        created.insert("orderNumber".to_owned(), json!(called(&order)));
        created.extend(total.map(|total| ("total".to_owned(), total)));
        created.extend(message.map(|message| ("message".to_owned(), json!(message))));
        let key = format!("order:created:{}", order.id);
        self.tell_user(&order.buyer, "order:created", &Value::Object(created), Some(key)).await?;
        for (place, Sold { seller, product_name }) in sold.iter().enumerate() {
            let received = json!({ "orderId": order.id, "productName": product_name });
            // The same product twice is two of them; the same call twice is not.
            let same = sold[..place]
                .iter()
                .filter(|other| other.seller == *seller && other.product_name == *product_name);
            let key = received_key(&order.id, seller, product_name, same.count());
            self.tell_user(seller, "order:received", &received, Some(key)).await?;
        }
        Ok(Some(order))
    }

    async fn order_status(
        &self,
        patch: OrderPatch,
        status: String,
    ) -> Result<Option<Order>, StoreError> {
        let now = self.clock.now();
        let Some(order) = self.store.save_order(&patch, now).await? else { return Ok(None) };
        let audience = Audience::User(order.buyer.clone());
        let changed = changed(&order.id, &status);
        self.bus.publish(Published::new(now, audience, changed)).await;
        self.notifications
            .notify(NewNotification {
                user: order.buyer.clone(),
                kind: "order_status".to_owned(),
                title: "Order Update".to_owned(),
                message: format!("Order {} is now {status}", called(&order)),
                data: Some(json!({ "orderId": order.id, "status": status })),
                from: None,
                post: None,
                id: None,
            })
            .await?;
        Ok(Some(order))
    }

    async fn status_told(
        &self,
        actor: &Actor,
        socket: SocketKey,
        order: OrderId,
        status: String,
    ) -> Result<(), OrderRefused> {
        let Some(known) = self.store.order(&order).await? else { return Ok(()) };
        let of_others = !known.sellers.is_empty() && !known.sellers.contains(&actor.user);
        if of_others && !actor.is_admin() {
            return Err(OrderRefused::NotYours);
        }
        let now = self.clock.now();
        let patch = patch(order, Some(status.clone()));
        self.store.save_order(&patch, now).await?;
        let buyer = Box::new(Audience::User(known.buyer));
        let audience = Audience::ExceptSocket { of: buyer, socket };
        let changed = changed(&known.id, &status);
        self.bus.publish(Published::new(now, audience, changed)).await;
        Ok(())
    }
}

fn patch(id: OrderId, status: Option<String>) -> OrderPatch {
    OrderPatch { id, number: None, buyer: None, sellers: None, status }
}

fn changed(order: &OrderId, status: &str) -> DomainEvent {
    let (order, status) = (order.clone(), status.to_owned());
    DomainEvent::Commerce(CommerceEvent::OrderStatus { order, status })
}

/// What people call an order: its number, or else its id.
fn called(order: &Order) -> &str {
    order.number.as_deref().unwrap_or_else(|| order.id.as_str())
}

/// Names of products can be long: a key that is not.
fn received_key(order: &OrderId, seller: &UserId, product: &str, same: usize) -> String {
    let mut digest = Sha256::new();
    for part in [order.as_str(), seller.as_str(), &same.to_string(), product] {
        digest.update(part);
        digest.update([0]);
    }
    let mut key = "order:received:".to_owned();
    for byte in digest.finalize() {
        // Writing into a text does not fail.
        let _ = write!(key, "{byte:02x}");
    }
    key
}
