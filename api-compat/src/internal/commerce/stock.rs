//! Products that run out: `notifyLowStock`.

use axum::{Json, extract::State};
use outrigger_domain::ids::UserId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::fields::{Noticed, check_product};
use crate::{
    error::Refusal,
    internal::{
        payload::Payload,
        shapes::{ErrorBody, Id},
    },
    state::CommerceState,
};

/// A product, and how much of it is left.
#[derive(Deserialize, ToSchema)]
pub(in crate::internal) struct Stocked {
    /// The app's id.
    id: String,
    /// What it is called.
    name: String,
    /// How much is left; below zero if more was sold than there is.
    stock: i64,
}

/// A product that runs out.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::internal) struct LowStock {
    /// Who sells it.
    #[schema(value_type = Id)]
    seller_id: UserId,
    /// Which.
    #[schema(inline)]
    product: Stocked,
}

/// Notifies a seller that a product runs out.
#[utoipa::path(post, path = "/internal/commerce/low-stock", tag = "commerce", operation_id = "low_stock",
    request_body = LowStock,
    responses((status = 200, body = Noticed), (status = 400, body = ErrorBody)))]
pub(in crate::internal) async fn low(
    State(CommerceState { market, .. }): State<CommerceState>,
    Payload(low): Payload<LowStock>,
) -> Result<Json<Noticed>, Refusal> {
    let Stocked { id, name, stock } = low.product;
    check_product(&id, &name)?;
    let noticed = market.low_stock(low.seller_id, &id, &name, stock).await?;
    Ok(Json(noticed.into()))
}
