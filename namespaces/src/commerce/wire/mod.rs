//! Names of this contract's events and what the server sends with them (`contracts/commerce.md` sections 1 to 3). Instants
//! are numbers of milliseconds where the contract says `ms`, and text where it says `iso`.

mod app;
mod connection;
mod jobs;
mod market;

pub use app::*;
pub use connection::*;
pub use jobs::*;
pub use market::*;

/// Names of the events that clients send.
pub(crate) mod name {
    /// Asks for a sign of life.
    pub const PING: &str = "ping";
    /// Asks to be disconnected.
    pub const DISCONNECT_REQUEST: &str = "disconnect_request";
    /// Clients that know no better ask for their own room.
    pub const JOIN_ROOM: &str = "join_room";

    /// Says anything to everyone or to a room.
    pub const ADMIN_BROADCAST: &str = "admin:broadcast";
    /// Asks how many are there.
    pub const ADMIN_STATS: &str = "admin:stats";
    /// Closes a user's sockets.
    pub const ADMIN_FORCE_DISCONNECT: &str = "admin:force_disconnect";
    /// The same.
    pub const ADMIN_DISCONNECT_USER: &str = "admin:disconnect_user";
    /// Asks who is there.
    pub const ADMIN_USER_LIST: &str = "admin:user_list";
    /// Announces something to everyone.
    pub const ADMIN_SYSTEM_NOTIFICATION: &str = "admin:system_notification";
    /// Decides about a product.
    pub const ADMIN_MODERATE_PRODUCT: &str = "admin:moderate_product";
    /// Decides about a seller.
    pub const ADMIN_MODERATE_SELLER: &str = "admin:moderate_seller";

    /// Offers a product.
    pub const SELLER_PRODUCT_CREATE: &str = "seller:product_create";
    /// Changes a product.
    pub const SELLER_PRODUCT_UPDATE: &str = "seller:product_update";
    /// Takes a product back.
    pub const SELLER_PRODUCT_DELETE: &str = "seller:product_delete";
    /// Says how many there are.
    pub const SELLER_INVENTORY_UPDATE: &str = "seller:inventory_update";
    /// Says how an order is.
    pub const SELLER_ORDER_STATUS_UPDATE: &str = "seller:order_status_update";
    /// Asks the app for figures.
    pub const SELLER_DASHBOARD: &str = "seller:dashboard";

    /// The cart is different.
    pub const USER_CART_UPDATE: &str = "user:cart_update";
    /// The wishlist is different.
    pub const USER_WISHLIST_UPDATE: &str = "user:wishlist_update";
    /// The user is shown differently.
    pub const USER_PROFILE_UPDATE: &str = "user:profile_update";
    /// Orders something.
    pub const USER_ORDER_CREATE: &str = "user:order_create";

    /// Says something to a user or in a room.
    pub const CHAT_MESSAGE: &str = "chat:message";
    /// Typing, or no longer.
    pub const CHAT_TYPING: &str = "chat:typing";
    /// Enters a room.
    pub const CHAT_JOIN_ROOM: &str = "chat:join_room";
    /// Leaves a room.
    pub const CHAT_LEAVE_ROOM: &str = "chat:leave_room";
    /// A message was read.
    pub const CHAT_READ: &str = "chat:read";

    /// A notification was read.
    pub const NOTIFICATION_READ: &str = "notification:read";
    /// A notification is wanted no longer.
    pub const NOTIFICATION_DISMISS: &str = "notification:dismiss";
}
