//! Chats, carts, products, orders, notifications.

use std::sync::Arc;

use outrigger_domain::time::Timestamp;
use serde::Serialize;
use serde_json::{Value, value::RawValue};
use ts_rs::TS;

use crate::{contract::WireEvent, rooms::wire::wire};

wire! {
    /// A message for this user, or in a room.
    "chat:message:new" => CommerceChatMessage {
        /// Our id.
        message_id: String,
        /// The sender's address, or their id where it is not known or not to be shown (`contracts/commerce.md` section 7).
        from: String,
        /// The sender's id.
        from_id: String,
        /// The sender's name.
        from_name: String,
        /// The text.
        message: String,
        /// In which room; absent in a message to one user.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        room_id: Option<String>,
        /// When it was stored.
        timestamp: Timestamp,
    }
}
wire! {
    /// A message of this user was read.
    "chat:message:read" => CommerceMessageRead {
        /// Which.
        message_id: String,
        /// By whom.
        read_by: String,
        /// When, in ms.
        timestamp: i64,
    }
}
wire! {
    /// Someone is typing to this user, or no longer.
    "chat:typing:status" state => CommerceTypingStatus {
        /// Who.
        from: String,
        /// What they are called.
        from_name: String,
        /// Typing, or no longer.
        is_typing: bool,
    }
}
wire! {
    /// Someone came into a room.
    "chat:user:joined" => CommerceUserJoined {
        /// Who.
        user_id: String,
        /// What they are called.
        user_name: String,
        /// Which room.
        room_id: String,
    }
}
wire! {
    /// Someone went out of a room.
    "chat:user:left" => CommerceUserLeft {
        /// Who.
        user_id: String,
        /// What they are called.
        user_name: String,
        /// Which room.
        room_id: String,
    }
}
wire! {
    /// The cart was changed on another socket of this user.
    "cart:synced" => CommerceCartSynced {
        /// As it is now.
        #[ts(type = "unknown")]
        cart: Arc<RawValue>,
        /// When, in ms.
        timestamp: i64,
    }
}
wire! {
    /// The wishlist was changed on another socket of this user.
    "wishlist:synced" => CommerceWishlistSynced {
        /// As it is now.
        #[ts(type = "unknown")]
        wishlist: Arc<RawValue>,
        /// When, in ms.
        timestamp: i64,
    }
}
wire! {
    /// How the user is shown was changed on another socket of this user.
    "profile:synced" => CommerceProfileSynced {
        /// As it is now.
        #[ts(type = "unknown")]
        profile: Arc<RawValue>,
        /// When, in ms.
        timestamp: i64,
    }
}
wire! {
    /// A seller offers something new; for admins.
    "seller:product:new" => CommerceProductOffered {
        /// Who.
        seller_id: String,
        /// What the seller is called.
        seller_name: String,
        /// The product in the client's words.
        #[ts(type = "Record<string, unknown>")]
        product: Arc<RawValue>,
        /// When, in ms.
        timestamp: i64,
    }
}
wire! {
    /// A product is different; for those who watch it.
    "product:updated" => CommerceProductUpdated {
        /// Which.
        product_id: String,
        /// What is different: a list of names, a map, or whatever else clients agree on.
        #[ts(type = "unknown")]
        changes: Arc<RawValue>,
        /// When, in ms.
        timestamp: i64,
    }
}
wire! {
    /// An order is further; for its buyer and whoever said so.
    "order:status:changed" => CommerceOrderStatus {
        /// Which.
        order_id: String,
        /// How it is now.
        new_status: String,
        /// When, in ms.
        timestamp: i64,
    }
}
wire! {
    /// Someone ordered; for admins.
    "order:new" => CommerceOrderNew {
        /// Who.
        user_id: String,
        /// What the buyer is called.
        user_name: String,
        /// The order in the client's words.
        #[ts(type = "Record<string, unknown>")]
        order: Arc<RawValue>,
        /// When, in ms.
        timestamp: i64,
    }
}
wire! {
    /// Something for everyone to read.
    "system:announcement" => CommerceAnnouncement {
        /// One line.
        title: String,
        /// The text.
        message: String,
        /// How much it wants to be seen.
        #[ts(type = "'normal' | 'high'")]
        priority: &'static str,
    }
}
wire! {
    /// A notification of this user was stored.
    "notification:new" => CommerceNotificationNew {
        /// Our id: it can be read and dismissed under it.
        id: String,
        /// The app's word for its kind.
        #[serde(rename = "type")]
        kind: String,
        /// One line.
        title: String,
        /// The text.
        message: String,
        /// Whatever the app adds.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        data: Option<Value>,
        /// How much it wants to be seen.
        #[ts(type = "'normal' | 'high'")]
        priority: &'static str,
        /// When it was made.
        timestamp: Timestamp,
    }
}
wire! {
    /// Something to read, for this user, a role or everyone.
    "notification" => CommerceNotification {
        /// The app's word for its kind.
        #[serde(rename = "type")]
        kind: String,
        /// One line.
        title: String,
        /// The text.
        message: String,
        /// Whatever the app adds.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        data: Option<Value>,
        /// How much it wants to be seen.
        #[ts(type = "'normal' | 'high'")]
        priority: &'static str,
        /// When it was made.
        timestamp: Timestamp,
    }
}

/// The app's own figures; for admins.
#[derive(Serialize, TS)]
pub struct CommerceDashboardStats(#[ts(type = "Record<string, unknown>")] pub Arc<RawValue>);

impl WireEvent for CommerceDashboardStats {
    const NAME: &'static str = "dashboard:stats:update";
    const STATE: bool = true;
}
