//! Something to read, for one or for many, and for those whose socket is down (`contracts/commerce.md` sections 3 to 5).

use std::cmp::Reverse;

use serde_json::{Map, Value, json};

use super::Marketplace;
use crate::{
    actor::Role,
    commerce::{Notice, Priority, Readers},
    ids::{NotificationId, UserId},
    notifications::NewNotification,
    ports::StoreError,
    time::Timestamp,
};

/// Updates of one answer at most (`contracts/commerce.md` section 6: clients keep as many).
pub const MOST_UPDATES: u32 = 50;

/// Whom a notice is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotifyWhom {
    /// One user.
    User(UserId),
    /// Everyone with exactly this role.
    Role(Role),
    /// Everyone.
    Everyone,
}

/// Something to read, not yet kept.
#[derive(Debug, Clone, PartialEq)]
pub struct NewNotice {
    /// The app's word for its kind.
    pub kind: String,
    /// One line.
    pub title: String,
    /// The text.
    pub message: String,
    /// Whatever the app adds.
    pub data: Option<Value>,
    /// How much it wants to be seen.
    pub priority: Priority,
}

/// A notification or notice, for a client that asks for what it missed (`GET /api/notifications/updates`).
#[derive(Debug, Clone, PartialEq)]
pub struct Update {
    /// The word for its kind.
    pub kind: String,
    /// One line.
    pub title: String,
    /// The text.
    pub message: String,
    /// Whatever the app added.
    pub data: Option<Value>,
    /// When it was made.
    pub at: Timestamp,
    /// How much it wants to be seen.
    pub priority: Priority,
}

impl Marketplace {
    /// Keeps something to read and tells those it is for. For a user it is a notification like any other, with its
    /// priority in its data; `None` if the user wants none of its kind.
    ///
    /// # Errors
    /// If the store failed; nobody was told.
    pub async fn notify(
        &self,
        to: NotifyWhom,
        new: NewNotice,
    ) -> Result<Option<NotificationId>, StoreError> {
        let readers = match to {
            NotifyWhom::User(user) => return self.notify_user(user, new).await,
            NotifyWhom::Role(role) => Readers::Role(role),
            NotifyWhom::Everyone => Readers::Everyone,
        };
        self.publish(readers, new, false).await.map(Some)
    }

    /// Tells everyone something as an announcement, and keeps it for those who are away for a moment
    /// (`broadcastSystemNotification`).
    ///
    /// # Errors
    /// If the store failed; nobody was told.
    pub async fn announce(
        &self,
        title: String,
        message: String,
        priority: Priority,
    ) -> Result<NotificationId, StoreError> {
        let new = NewNotice { kind: "system".to_owned(), title, message, data: None, priority };
        self.publish(Readers::Everyone, new, true).await
    }

    /// Warns a seller that little is left of a product: a notification of high priority. `None` if the seller wants none.
    ///
    /// # Errors
    /// If the store failed; nobody was told.
    pub async fn low_stock(
        &self,
        seller: UserId,
        product_id: &str,
        product_name: &str,
        stock: i64,
    ) -> Result<Option<NotificationId>, StoreError> {
        let new = NewNotice {
            kind: "low_stock".to_owned(),
            title: "Low Stock Alert".to_owned(),
            message: format!("{product_name} is running low ({stock} left)"),
            data: Some(
                json!({ "productId": product_id, "productName": product_name, "stock": stock }),
            ),
            priority: Priority::High,
        };
        self.notify_user(seller, new).await
    }

    /// What a user with that role may have missed since then, newest first, at most [`MOST_UPDATES`].
    ///
    /// # Errors
    /// If the store failed.
    pub async fn updates(
        &self,
        user: &UserId,
        role: Role,
        since: Timestamp,
    ) -> Result<Vec<Update>, StoreError> {
        let own = self.parts.notifications.list(user, Some(MOST_UPDATES), None, false).await?;
        let readers = [Readers::Everyone, Readers::Role(role)];
        let notices = self.parts.store.notices_since(&readers, since, MOST_UPDATES).await?;
        let own = own.into_iter().filter(|one| one.created_at > since).map(|one| Update {
            priority: Priority::of(one.data.as_ref()),
            kind: one.kind,
            title: one.title,
            message: one.message,
            data: one.data,
            at: one.created_at,
        });
        let notices = notices.into_iter().map(|one| Update {
            kind: one.kind,
            title: one.title,
            message: one.message,
            data: one.data,
            at: one.created_at,
            priority: one.priority,
        });
        let mut updates: Vec<_> = own.chain(notices).collect();
        // Stable: what is of the same millisecond stays in its order.
        updates.sort_by_key(|update| Reverse(update.at));
        updates.truncate(MOST_UPDATES as usize);
        Ok(updates)
    }

    async fn notify_user(
        &self,
        user: UserId,
        new: NewNotice,
    ) -> Result<Option<NotificationId>, StoreError> {
        let NewNotice { kind, title, message, data, priority } = new;
        let data = with_priority(data, priority);
        let new =
            NewNotification { user, kind, title, message, data, from: None, post: None, id: None };
        let notified = self.parts.notifications.notify(new).await?;
        Ok(notified.map(|notified| notified.notification.id.clone()))
    }

    async fn publish(
        &self,
        readers: Readers,
        new: NewNotice,
        announced: bool,
    ) -> Result<NotificationId, StoreError> {
        let now = self.parts.clock.now();
        let NewNotice { kind, title, message, data, priority } = new;
        let id = self.parts.ids.notification(now);
        let notice = Notice {
            id: id.clone(),
            readers,
            kind,
            title,
            message,
            data,
            priority,
            announced,
            created_at: now,
        };
        self.parts.store.add_notice(notice).await?;
        Ok(id)
    }
}

/// A high priority stands in the data; data that is no object is kept as its `value`.
fn with_priority(data: Option<Value>, priority: Priority) -> Option<Value> {
    if priority == Priority::Normal {
        return data;
    }
    let mut fields = match data {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(fields)) => fields,
        Some(other) => Map::from_iter([("value".to_owned(), other)]),
    };
    fields.insert("priority".to_owned(), json!(priority));
    Some(Value::Object(fields))
}
