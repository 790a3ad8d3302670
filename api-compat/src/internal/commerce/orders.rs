//! Whose an order is, and how far it has come: `registerOrder`, `notifyOrderStatus`.

use std::sync::Arc;

use axum::{Json, extract::State};
use outrigger_domain::{
    commerce::{Marketplace, Order, OrderPatch, OrderPlaced, Sold},
    ids::{OrderId, UserId},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::fields::{MAX_NAME_BYTES, MAX_STATUS_BYTES, MAX_TEXT_BYTES};
use crate::{
    error::Refusal,
    internal::{
        emission::refuse,
        payload::Payload,
        shapes::{ErrorBody, Id, check_text, missing, optional_text},
    },
    state::CommerceState,
};

/// Sellers of an order at most.
const MOST_SELLERS: usize = 1000;

/// Longest total as JSON, in bytes.
const MAX_TOTAL_BYTES: usize = 1024;

/// Someone who sold part of an order.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::internal) struct Seller {
    /// Who.
    #[schema(value_type = Id)]
    seller_id: UserId,
    /// What was sold.
    product_name: Option<String>,
}

/// What the app tells of an order; what is absent stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::internal) struct NewOrder {
    /// The app's id.
    #[schema(value_type = Id)]
    order_id: OrderId,
    /// What people call it.
    order_number: Option<String>,
    /// Who bought; needed the first time, and the first one named stays so.
    #[schema(value_type = Option<Id>)]
    buyer_id: Option<UserId>,
    /// Who sold: only they and admins may say how far it has come. Nobody named: any seller may.
    #[schema(inline, max_items = 1000)]
    sellers: Option<Vec<Seller>>,
    /// How far it has come.
    status: Option<String>,
    /// What it costs, for the buyer to read.
    total: Option<Value>,
    /// What the buyer is told.
    message: Option<String>,
    /// Whether buyer (`order:created`) and sellers (`order:received`) are told; true if absent.
    tell: Option<bool>,
}

/// An order as far as the sidecar knows it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::internal) struct OrderDocument {
    /// The app's id.
    order_id: String,
    /// What people call it.
    #[serde(skip_serializing_if = "Option::is_none")]
    order_number: Option<String>,
    /// Who bought.
    buyer_id: String,
    /// Who sold.
    seller_ids: Vec<String>,
    /// How far it has come.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<String>,
}

/// How an order stands now.
#[derive(Serialize, ToSchema)]
pub(in crate::internal) struct KnownOrder {
    /// Always true.
    success: bool,
    /// The order.
    order: OrderDocument,
}

impl From<Order> for KnownOrder {
    fn from(order: Order) -> Self {
        let order = OrderDocument {
            order_id: order.id.to_string(),
            order_number: order.number,
            buyer_id: order.buyer.to_string(),
            seller_ids: order.sellers.iter().map(ToString::to_string).collect(),
            status: order.status,
        };
        Self { success: true, order }
    }
}

impl NewOrder {
    fn check(self) -> Result<OrderPlaced, Refusal> {
        let Self { order_id, order_number, buyer_id, sellers, status, total, message, .. } = self;
        if sellers.as_ref().is_some_and(|sellers| sellers.len() > MOST_SELLERS) {
            let text = format!("sellers must have at most {MOST_SELLERS} entries");
            return Err(Refusal::field("sellers", text));
        }
        if total.as_ref().is_some_and(|total| total.to_string().len() > MAX_TOTAL_BYTES) {
            let text = format!("total must have at most {MAX_TOTAL_BYTES} bytes");
            return Err(Refusal::field("total", text));
        }
        let named = sellers.map(|sellers| {
            let mut ids: Vec<_> = sellers.iter().map(|one| one.seller_id.clone()).collect();
            ids.sort_unstable();
            ids.dedup();
            (sellers, ids)
        });
        let (sellers, ids) = named.unzip();
        let sold = sellers.unwrap_or_default().into_iter().enumerate().map(|(index, one)| {
            let field = format!("sellers[{index}].productName");
            let product_name = optional_text(&field, one.product_name, MAX_NAME_BYTES)?;
            Ok(Sold { seller: one.seller_id, product_name: product_name.unwrap_or_default() })
        });
        let sold = sold.collect::<Result<_, Refusal>>()?;
        let patch = OrderPatch {
            id: order_id,
            number: optional_text("orderNumber", order_number, MAX_NAME_BYTES)?,
            buyer: buyer_id,
            sellers: ids,
            status: optional_text("status", status, MAX_STATUS_BYTES)?,
        };
        let message = optional_text("message", message, MAX_TEXT_BYTES)?;
        Ok(OrderPlaced { patch, total, message, sold })
    }
}

async fn take(
    market: &Arc<Marketplace>,
    placed: OrderPlaced,
    tell: bool,
) -> Result<Option<Order>, Refusal> {
    if tell {
        return market.order_placed(placed).await.map_err(refuse);
    }
    Ok(market.save_order(placed.patch).await?)
}

/// Makes known whose an order is, or tells more of it, and tells its buyer and sellers.
#[utoipa::path(post, path = "/internal/commerce/orders", tag = "commerce", operation_id = "register_order",
    request_body = NewOrder,
    responses((status = 200, body = KnownOrder), (status = 400, body = ErrorBody)))]
pub(in crate::internal) async fn register(
    State(CommerceState { market, .. }): State<CommerceState>,
    Payload(new): Payload<NewOrder>,
) -> Result<Json<KnownOrder>, Refusal> {
    let tell = new.tell.unwrap_or(true);
    let order = take(&market, new.check()?, tell).await?;
    let order = order.ok_or_else(|| {
        Refusal::field("buyerId", "buyerId is required for an order that is not known")
    })?;
    Ok(Json(order.into()))
}

/// How far an order has come.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::internal) struct OrderProgress {
    /// The app's id.
    #[schema(value_type = Id)]
    order_id: OrderId,
    /// How far: a word of the app's.
    status: String,
    /// Who bought, of an order that is not known yet.
    #[schema(value_type = Option<Id>)]
    user_id: Option<UserId>,
}

/// Says how far an order has come: its buyer is told (`order:status:changed`) and notified (`notifyOrderStatus`).
#[utoipa::path(post, path = "/internal/commerce/order-status", tag = "commerce", operation_id = "set_order_status",
    request_body = OrderProgress,
    responses((status = 200, body = KnownOrder), (status = 400, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub(in crate::internal) async fn set_status(
    State(CommerceState { market, .. }): State<CommerceState>,
    Payload(progress): Payload<OrderProgress>,
) -> Result<Json<KnownOrder>, Refusal> {
    let OrderProgress { order_id, status, user_id } = progress;
    check_text("status", &status, MAX_STATUS_BYTES)?;
    let order = market.order_status(&order_id, &status, user_id).await?;
    order.map(|order| Json(order.into())).ok_or_else(|| missing("Order not found"))
}
