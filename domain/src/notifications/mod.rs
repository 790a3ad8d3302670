//! Notifications to users.

mod notification;
mod preferences;
mod service;

pub use notification::{
    NEW_MESSAGE, Notification, NotificationFilter, NotificationsDeleted, NotificationsRead,
    Notified,
};
pub use preferences::{MOST_PREFERENCE_BYTES, Preferences};
pub use service::{MOST_NOTIFICATIONS, NewNotification, Notifications, PreferencesError};
