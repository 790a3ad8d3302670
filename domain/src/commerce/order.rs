//! Whose an order is: what the sidecar must know to tell the right people (`contracts/commerce.md` section 2,
//! `seller:order_status_update`). Orders themselves are the app's.

use crate::{
    ids::{OrderId, UserId},
    time::Timestamp,
};

/// An order, as far as the sidecar knows it. Only the app tells of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The app's id.
    pub id: OrderId,
    /// What people call it.
    pub number: Option<String>,
    /// Who bought.
    pub buyer: UserId,
    /// Who sold; empty if the app did not say: then any seller may speak of it.
    pub sellers: Vec<UserId>,
    /// How it is, if that was told.
    pub status: Option<String>,
    /// Last told of.
    pub updated_at: Timestamp,
}

/// What the app tells of an order; what is absent stays as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderPatch {
    /// The app's id.
    pub id: OrderId,
    /// What people call it.
    pub number: Option<String>,
    /// Who bought; needed the first time.
    pub buyer: Option<UserId>,
    /// Who sold.
    pub sellers: Option<Vec<UserId>>,
    /// How it is.
    pub status: Option<String>,
}
