//! Fields that several of these calls have, checked.

use outrigger_domain::{
    commerce::{Priority, Verdict},
    ids::NotificationId,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{error::Refusal, internal::shapes::check_text};

/// Longest id or name of a thing of the app's, and longest word for a status, in bytes.
pub(super) const MAX_NAME_BYTES: usize = 1024;
pub(super) const MAX_STATUS_BYTES: usize = 64;

/// Longest note or message, in bytes.
pub(super) const MAX_TEXT_BYTES: usize = 16 * 1024;

/// A product.
#[derive(Deserialize, ToSchema)]
pub(in crate::internal) struct Product {
    /// The app's id.
    pub(super) id: String,
    /// What it is called.
    pub(super) name: String,
}

impl Product {
    pub(super) fn check(&self) -> Result<(), Refusal> {
        check_product(&self.id, &self.name)
    }
}

/// Refuses a product without id or name.
pub(super) fn check_product(id: &str, name: &str) -> Result<(), Refusal> {
    check_text("product.id", id, MAX_NAME_BYTES)?;
    check_text("product.name", name, MAX_NAME_BYTES)
}

/// How much something wants to be seen; `normal` if nothing is said.
pub(super) fn priority(field: &str, word: Option<&str>) -> Result<Priority, Refusal> {
    match word {
        None | Some("normal") => Ok(Priority::Normal),
        Some("high") => Ok(Priority::High),
        Some(_) => Err(Refusal::field(field, format!("{field} must be normal or high"))),
    }
}

/// What was decided.
pub(super) fn verdict(word: &str) -> Result<Verdict, Refusal> {
    Verdict::named(word)
        .ok_or_else(|| Refusal::field("status", "status must be approved or rejected"))
}

/// What became of something to read.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::internal) struct Noticed {
    /// Always true.
    success: bool,
    /// Whether it was stored; not if its user wants none of its kind.
    stored: bool,
    /// Its id, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    notification_id: Option<String>,
}

impl From<Option<NotificationId>> for Noticed {
    fn from(stored: Option<NotificationId>) -> Self {
        let notification_id = stored.map(|id| id.to_string());
        Self { success: true, stored: notification_id.is_some(), notification_id }
    }
}
