//! Addresses that nothing goes to: their servers refused it for ever, or whoever reads there wants no list mail.

use axum::{Json, extract::State};
use outrigger_domain::{
    email::{Address, Suppressed},
    time::Timestamp,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::configured;
use crate::{error::Refusal, input::Segment, internal::shapes::ErrorBody, state::MailState};

fn address_in_path(address: &str) -> Result<Address, Refusal> {
    Address::new(address)
        .map_err(|_| Refusal::field("address", "address must be an e-mail address"))
}

/// Whether mail goes to an address.
#[derive(Serialize, ToSchema)]
pub(in crate::internal) struct SuppressionDocument {
    /// Which.
    address: String,
    /// Whether something does not.
    suppressed: bool,
    /// `bounced`: nothing does; `unsubscribed`: no list mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    /// Since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
}

/// Whether mail goes to an address.
#[utoipa::path(get, path = "/internal/email/suppressions/{address}", tag = "email", operation_id = "email_suppression",
    params(("address" = String, Path, description = "The address")),
    responses((status = 200, body = SuppressionDocument), (status = 400, body = ErrorBody)))]
pub(in crate::internal) async fn show(
    State(mails): State<MailState>,
    Segment(address): Segment,
) -> Result<Json<SuppressionDocument>, Refusal> {
    let mails = configured(mails)?;
    let address = address_in_path(&address)?;
    let found = mails.suppressed(&address).await?;
    let (reason, since) = found.map(|Suppressed { why, at, .. }| (why.as_str(), at)).unzip();
    let address = address.as_str().to_owned();
    Ok(Json(SuppressionDocument { address, suppressed: reason.is_some(), reason, since }))
}

/// Mail goes to an address again.
#[derive(Serialize, ToSchema)]
pub(in crate::internal) struct AllowedAgain {
    /// Always true.
    success: bool,
    /// Whether it did not before.
    removed: bool,
}

/// Has mail go to an address again.
#[utoipa::path(delete, path = "/internal/email/suppressions/{address}", tag = "email",
    operation_id = "remove_email_suppression",
    params(("address" = String, Path, description = "The address")),
    responses((status = 200, body = AllowedAgain), (status = 400, body = ErrorBody)))]
pub(in crate::internal) async fn remove(
    State(mails): State<MailState>,
    Segment(address): Segment,
) -> Result<Json<AllowedAgain>, Refusal> {
    let mails = configured(mails)?;
    let removed = mails.allow_again(&address_in_path(&address)?).await?;
    Ok(Json(AllowedAgain { success: true, removed }))
}
