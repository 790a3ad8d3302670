//! What was decided of products and of those who want to sell: `notifyProductModeration`, `notifySellerApplication`.

use axum::{Json, extract::State};
use outrigger_domain::{
    commerce::{ProductModeration, SellerModeration},
    ids::UserId,
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::fields::{MAX_NAME_BYTES, MAX_TEXT_BYTES, Product, verdict};
use crate::{
    error::Refusal,
    internal::{
        emission::refuse,
        payload::Payload,
        shapes::{Done, ErrorBody, Id, optional_text},
    },
    state::CommerceState,
};

/// What was decided of a product.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::internal) struct ProductVerdict {
    /// Who sells it.
    #[schema(value_type = Id)]
    user_id: UserId,
    /// Which.
    #[schema(inline)]
    product: Product,
    /// `approved` or `rejected`.
    status: String,
    /// Why, for the seller.
    note: Option<String>,
    /// Who decided, for admins.
    moderator: Option<String>,
}

/// Tells a seller what was decided of a product, as an event and as a notification, and admins that it was.
#[utoipa::path(post, path = "/internal/commerce/product-moderation", tag = "commerce",
    operation_id = "moderate_product", request_body = ProductVerdict,
    responses((status = 200, body = Done), (status = 400, body = ErrorBody)))]
pub(in crate::internal) async fn of_product(
    State(CommerceState { market, .. }): State<CommerceState>,
    Payload(decided): Payload<ProductVerdict>,
) -> Result<Json<Done>, Refusal> {
    let ProductVerdict { user_id, product, status, note, moderator } = decided;
    product.check()?;
    let status = verdict(&status)?;
    let moderation = ProductModeration {
        seller: user_id,
        product_id: product.id,
        product_name: product.name,
        status,
        note: optional_text("note", note, MAX_TEXT_BYTES)?,
        moderator: optional_text("moderator", moderator, MAX_NAME_BYTES)?,
    };
    market.product_moderated(moderation).await.map_err(refuse)?;
    Ok(Json(Done::new()))
}

/// What was decided of someone who wants to sell.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::internal) struct SellerVerdict {
    /// Who.
    #[schema(value_type = Id)]
    user_id: UserId,
    /// The app's id of the application.
    application_id: Option<String>,
    /// `approved` or `rejected`.
    status: String,
    /// Why, for the applicant.
    note: Option<String>,
    /// What the applicant is called, for admins.
    user_name: Option<String>,
    /// What the business is called.
    business_name: Option<String>,
    /// Who decided, for admins.
    moderator: Option<String>,
}

/// Tells an applicant what was decided, as an event and as a notification, and admins that it was. What the user may do
/// from now on is another matter (`PUT /internal/users/{id}`).
#[utoipa::path(post, path = "/internal/commerce/seller-application", tag = "commerce",
    operation_id = "moderate_seller", request_body = SellerVerdict,
    responses((status = 200, body = Done), (status = 400, body = ErrorBody)))]
pub(in crate::internal) async fn of_seller(
    State(CommerceState { market, .. }): State<CommerceState>,
    Payload(decided): Payload<SellerVerdict>,
) -> Result<Json<Done>, Refusal> {
    let status = verdict(&decided.status)?;
    let moderation = SellerModeration {
        user: decided.user_id,
        application_id: optional_text("applicationId", decided.application_id, MAX_NAME_BYTES)?,
        status,
        note: optional_text("note", decided.note, MAX_TEXT_BYTES)?,
        user_name: optional_text("userName", decided.user_name, MAX_NAME_BYTES)?,
        business_name: optional_text("businessName", decided.business_name, MAX_NAME_BYTES)?,
        moderator: optional_text("moderator", decided.moderator, MAX_NAME_BYTES)?,
    };
    market.seller_moderated(moderation).await.map_err(refuse)?;
    Ok(Json(Done::new()))
}
