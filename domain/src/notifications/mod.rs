//! Notifications to users.

mod notification;
mod service;

pub use notification::{Notification, NotificationsRead, Notified};
pub use service::{MOST_NOTIFICATIONS, NewNotification, Notifications};
