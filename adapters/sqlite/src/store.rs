//! The port, method by method: lookups go to the readers, writes to the writer.

use std::sync::Arc;

use async_trait::async_trait;
use outrigger_domain::{
    accounts::{TokenUser, User, UserPatch},
    events::Published,
    identity::Revocation,
    ids::{ChatId, DeviceId, ImageId, MessageId, NotificationId, UserId},
    messaging::{
        Conversation, Deleted, Delivered, Message, NewMessage, Page, Partner, Read, ReadMany,
        Reading, Stored, StoredImage, Unread,
    },
    notifications::{
        Notification, NotificationFilter, NotificationsDeleted, NotificationsRead, Notified,
        Preferences,
    },
    paging::{Slice, Sliced},
    ports::{AuditEntry, Beside, Horizon, KeptAnswer, Store, StoreError, StoreResult},
    sessions::{Session, SessionFilter},
    time::Timestamp,
};

use crate::{
    answers, audit, chats, conversations, deleting, failure::lookup, learning, messages,
    notification_marks, notification_slices, notifications, open::SqliteStore, preferences,
    receipts, revocations, sessions, slices, storing, upkeep, users, writer::Write,
};

/// A reader does not see what the writer committed before.
#[derive(Debug, thiserror::Error)]
#[error("readers lag behind the writer")]
struct Lagging;

impl SqliteStore {
    async fn change_members<W: Write>(&self, chat: &ChatId, write: W) -> StoreResult<W::Outcome> {
        let writer = Arc::clone(&self.writer);
        under(self.memberships.change(chat), async move { writer.write(write).await }).await
    }
}

/// Writes in a task of its own: whatever becomes of the caller, what is changed is not kept until it is committed.
async fn under<C: Send + 'static, T: Send + 'static>(
    change: C,
    write: impl Future<Output = StoreResult<T>> + Send + 'static,
) -> StoreResult<T> {
    apart(async move {
        let outcome = write.await;
        drop(change);
        outcome
    })
    .await
}

/// Runs to its end, whatever becomes of the caller.
async fn apart<T: Send + 'static>(
    write: impl Future<Output = StoreResult<T>> + Send + 'static,
) -> StoreResult<T> {
    tokio::spawn(write).await.map_err(StoreError::failed)?
}

#[async_trait]
impl Store for SqliteStore {
    async fn user(&self, id: &UserId) -> StoreResult<Option<User>> {
        self.lookups.user(&self.readers, id).await
    }

    async fn user_beside(&self, said: TokenUser<'_>) -> StoreResult<Beside> {
        self.lookups.user_beside(&self.readers, said).await
    }

    async fn users(&self, ids: &[UserId]) -> StoreResult<Vec<User>> {
        lookup(users::find_all(&self.readers.pool(), ids).await)
    }

    async fn active_users(&self, after: Option<&UserId>, limit: u32) -> StoreResult<Vec<User>> {
        lookup(users::active(&self.readers.pool(), after, limit).await)
    }

    async fn upsert_user(
        &self,
        id: &UserId,
        patch: &UserPatch,
        at: Timestamp,
        news: Option<Published>,
    ) -> StoreResult<User> {
        let (id, patch) = (id.clone(), patch.clone());
        let (change, writer) = (self.lookups.change(&id), Arc::clone(&self.writer));
        let upsert = users::Upsert { id, patch, at, news };
        Ok(under(change, async move { writer.write(upsert).await }).await?.user)
    }

    async fn learn_user(&self, said: TokenUser<'_>, at: Timestamp) -> StoreResult<()> {
        // The write would find nothing new either.
        if self.lookups.kept(said.id).is_some_and(|known| !known.can_learn(said)) {
            return Ok(());
        }
        let learn = learning::Learn::new(said, at);
        let change = self.lookups.learn(said);
        let learnt = Arc::clone(&self.learnt);
        apart(async move {
            learnt.write(learn).await?;
            change.learnt();
            Ok(())
        })
        .await
    }

    async fn insert_message(&self, new: NewMessage) -> StoreResult<Stored> {
        self.writer.write(storing::Insert(new)).await
    }

    async fn message(&self, id: &MessageId) -> StoreResult<Option<Message>> {
        lookup(messages::find(&self.readers.pool(), id).await)
    }

    async fn conversation(&self, a: &UserId, b: &UserId, page: &Page) -> StoreResult<Vec<Message>> {
        lookup(conversations::between(&self.readers.pool(), a, b, page).await)
    }

    async fn chat_history(&self, chat: &ChatId, page: &Page) -> StoreResult<Vec<Message>> {
        lookup(conversations::in_chat(&self.readers.pool(), chat, page).await)
    }

    async fn mark_read(
        &self,
        id: &MessageId,
        reader: &UserId,
        reading: Reading,
        at: Timestamp,
    ) -> StoreResult<Read> {
        let (id, reader) = (id.clone(), reader.clone());
        self.writer.write(receipts::MarkRead { id, reader, reading, at }).await
    }

    async fn mark_many_read(
        &self,
        reader: &UserId,
        which: &Unread,
        reading: Reading,
        at: Timestamp,
    ) -> StoreResult<ReadMany> {
        let ids = match which {
            Unread::These(ids) => ids.clone(),
            // Looked for by a reader: however long that takes, writes go on.
            Unread::From(sender, limit) => {
                let pool = self.readers.pool();
                lookup(receipts::unread_from(&pool, sender, reader, *limit).await)?
            }
        };
        if ids.is_empty() {
            return Ok(ReadMany(Vec::new(), reading));
        }
        let reader = reader.clone();
        self.writer.write(receipts::MarkManyRead { ids, reader, reading, at }).await
    }

    async fn delete_message(
        &self,
        id: &MessageId,
        sender: &UserId,
        at: Timestamp,
    ) -> StoreResult<Deleted> {
        self.writer.write(deleting::Delete { id: id.clone(), sender: sender.clone(), at }).await
    }

    async fn conversation_slice(
        &self,
        a: &UserId,
        b: &UserId,
        slice: Slice,
    ) -> StoreResult<Sliced<Message>> {
        lookup(slices::between(&self.readers.pool(), a, b, slice).await)
    }

    async fn conversations(
        &self,
        user: &UserId,
        slice: Slice,
    ) -> StoreResult<Sliced<Conversation>> {
        lookup(slices::conversations(&self.readers.pool(), user, slice).await)
    }

    async fn mark_delivered(&self, ids: &[MessageId], at: Timestamp) -> StoreResult<Delivered> {
        self.writer.write(receipts::MarkDelivered { ids: ids.to_vec(), at }).await
    }

    async fn partners(&self, user: &UserId, limit: u32) -> StoreResult<Vec<Partner>> {
        lookup(conversations::partners(&self.readers.pool(), user, limit).await)
    }

    async fn image(&self, id: &ImageId) -> StoreResult<Option<StoredImage>> {
        lookup(messages::image(&self.readers.pool(), id).await)
    }

    async fn insert_notification(&self, new: Notification) -> StoreResult<Notified> {
        Ok(self.writer.write(notifications::Insert(new)).await?.notified)
    }

    async fn notifications(
        &self,
        user: &UserId,
        limit: u32,
        before: Option<&NotificationId>,
        unread_only: bool,
    ) -> StoreResult<Vec<Notification>> {
        lookup(notifications::list(&self.readers.pool(), user, limit, before, unread_only).await)
    }

    async fn unread_notifications(&self, user: &UserId) -> StoreResult<u64> {
        lookup(notifications::unread(&self.readers.pool(), user).await)
    }

    async fn notification(
        &self,
        user: &UserId,
        id: &NotificationId,
    ) -> StoreResult<Option<Notification>> {
        lookup(notifications::find(&self.readers.pool(), user, id).await)
    }

    async fn notification_slice(
        &self,
        user: &UserId,
        filter: &NotificationFilter,
        slice: Slice,
    ) -> StoreResult<Sliced<Notification>> {
        lookup(notification_slices::slice(&self.readers.pool(), user, filter, slice).await)
    }

    async fn read_notifications(
        &self,
        user: &UserId,
        device: Option<&DeviceId>,
        id: Option<&NotificationId>,
        at: Timestamp,
    ) -> StoreResult<NotificationsRead> {
        let (user, device, id) = (user.clone(), device.cloned(), id.cloned());
        self.writer.write(notification_marks::MarkRead { user, device, id, at }).await
    }

    async fn delete_notifications(
        &self,
        user: &UserId,
        device: Option<&DeviceId>,
        id: Option<&NotificationId>,
        at: Timestamp,
    ) -> StoreResult<NotificationsDeleted> {
        let (user, device, id) = (user.clone(), device.cloned(), id.cloned());
        self.writer.write(notification_marks::Delete { user, device, id, at }).await
    }

    async fn preferences(&self, user: &UserId) -> StoreResult<Preferences> {
        lookup(preferences::find(&self.readers.pool(), user).await)
    }

    async fn save_preferences(
        &self,
        user: &UserId,
        changed: &Preferences,
    ) -> StoreResult<Preferences> {
        let (user, changed) = (user.clone(), changed.clone());
        self.writer.write(preferences::Save { user, changed }).await
    }

    async fn save_session(&self, session: &Session) -> StoreResult<()> {
        self.seen.write(session.clone()).await
    }

    async fn sessions(&self, user: &UserId, filter: &SessionFilter) -> StoreResult<Vec<Session>> {
        lookup(sessions::list(&self.readers.pool(), user, filter).await)
    }

    async fn end_sessions(
        &self,
        user: &UserId,
        device: Option<&DeviceId>,
        reason: &str,
        at: Timestamp,
    ) -> StoreResult<Vec<Session>> {
        let (user, device, reason) = (user.clone(), device.cloned(), reason.to_owned());
        self.writer.write(sessions::End { user, device, reason, at }).await
    }

    async fn grant_chat(&self, chat: &ChatId, users: &[UserId], at: Timestamp) -> StoreResult<()> {
        let grant = chats::Grant { chat: chat.clone(), users: users.to_vec(), at };
        self.change_members(chat, grant).await
    }

    async fn revoke_chat(&self, chat: &ChatId, users: &[UserId]) -> StoreResult<u64> {
        let revoke = chats::Revoke { chat: chat.clone(), users: users.to_vec() };
        self.change_members(chat, revoke).await
    }

    async fn is_chat_member(&self, chat: &ChatId, user: &UserId) -> StoreResult<bool> {
        self.memberships.is_member(&self.readers, chat, user).await
    }

    async fn chat_members(&self, chat: &ChatId) -> StoreResult<Vec<UserId>> {
        self.memberships.members(&self.readers, chat).await
    }

    async fn add_revocations(&self, revocations: &[Revocation]) -> StoreResult<()> {
        self.writer.write(revocations::Add(revocations.to_vec())).await
    }

    async fn revocations(&self, now: Timestamp) -> StoreResult<Vec<Revocation>> {
        lookup(revocations::in_force(&self.readers.pool(), now).await)
    }

    async fn kept_answer(&self, key: &str) -> StoreResult<Option<KeptAnswer>> {
        lookup(answers::find(&self.readers.pool(), key).await)
    }

    async fn keep_answer(&self, key: &str, answer: &KeptAnswer) -> StoreResult<()> {
        self.writer.write(answers::Keep { key: key.to_owned(), answer: answer.clone() }).await
    }

    async fn audit(&self, entry: AuditEntry) -> StoreResult<()> {
        self.writer.write(audit::Add(entry)).await
    }

    async fn audit_trail(&self, user: &UserId, limit: u32) -> StoreResult<Vec<AuditEntry>> {
        lookup(audit::trail(&self.readers.pool(), user, limit).await)
    }

    async fn prune(&self, horizon: &Horizon) -> StoreResult<()> {
        while self.writer.write(upkeep::Prune(*horizon)).await? {}
        let before = horizon.feed;
        let mut after = None;
        loop {
            let found = upkeep::stale_feeds(&self.readers.pool(), before, after.as_ref()).await;
            let (mut users, more) = lookup(found)?;
            after = users.last().cloned();
            while !users.is_empty() {
                users = self.writer.write(upkeep::PruneFeeds { users, before }).await?;
            }
            if !more {
                return Ok(());
            }
        }
    }

    async fn check(&self) -> StoreResult<()> {
        let written = self.writer.write(upkeep::Beat).await?;
        let read = lookup(upkeep::last_beat(&self.readers.pool()).await)?;
        if read < written { Err(StoreError::failed(Lagging)) } else { Ok(()) }
    }

    async fn close(&self) {
        self.writer.close().await;
        self.readers.close().await;
    }
}
