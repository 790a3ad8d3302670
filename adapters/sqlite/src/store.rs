//! The port, method by method: lookups go to the readers, writes to the writer.

use async_trait::async_trait;
use outrigger_domain::{
    accounts::{User, UserPatch},
    actor::Role,
    events::Published,
    identity::Revocation,
    ids::{ChatId, DeviceId, ImageId, MessageId, NotificationId, UserId},
    messaging::{Delivered, Message, NewMessage, Page, Partner, Read, Stored, StoredImage},
    notifications::{Notification, NotificationsRead, Notified},
    ports::{AuditEntry, Horizon, KeptAnswer, Store, StoreError, StoreResult},
    sessions::{Session, SessionFilter},
    time::Timestamp,
};

use crate::{
    answers, audit, chats, conversations, failure::lookup, messages, notifications,
    open::SqliteStore, receipts, revocations, sessions, upkeep, users,
};

/// A reader does not see what the writer committed before.
#[derive(Debug, thiserror::Error)]
#[error("readers lag behind the writer")]
struct Lagging;

#[async_trait]
impl Store for SqliteStore {
    async fn user(&self, id: &UserId) -> StoreResult<Option<User>> {
        lookup(users::find(&self.readers.pool(), id).await)
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
        Ok(self.writer.write(users::Upsert { id, patch, at, news }).await?.user)
    }

    async fn learn_user(
        &self,
        id: &UserId,
        email: &str,
        role: Role,
        at: Timestamp,
    ) -> StoreResult<()> {
        // Every connection says who it is; hardly any says something new.
        if lookup(users::is_known(&self.readers.pool(), id, email, role).await)? {
            return Ok(());
        }
        self.writer.write(users::Learn { id: id.clone(), email: email.to_owned(), role, at }).await
    }

    async fn insert_message(&self, new: NewMessage) -> StoreResult<Stored> {
        self.writer.write(messages::Insert(new)).await
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

    async fn mark_read(&self, id: &MessageId, reader: &UserId, at: Timestamp) -> StoreResult<Read> {
        self.writer.write(receipts::MarkRead { id: id.clone(), reader: reader.clone(), at }).await
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

    async fn read_notifications(
        &self,
        user: &UserId,
        device: &DeviceId,
        id: Option<&NotificationId>,
        at: Timestamp,
    ) -> StoreResult<NotificationsRead> {
        let (user, device, id) = (user.clone(), device.clone(), id.cloned());
        self.writer.write(notifications::MarkRead { user, device, id, at }).await
    }

    async fn save_session(&self, session: &Session) -> StoreResult<()> {
        self.writer.write(sessions::Save(session.clone())).await
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
        self.writer.write(chats::Grant { chat: chat.clone(), users: users.to_vec(), at }).await
    }

    async fn revoke_chat(&self, chat: &ChatId, users: &[UserId]) -> StoreResult<u64> {
        self.writer.write(chats::Revoke { chat: chat.clone(), users: users.to_vec() }).await
    }

    async fn is_chat_member(&self, chat: &ChatId, user: &UserId) -> StoreResult<bool> {
        lookup(chats::is_member(&self.readers.pool(), chat, user).await)
    }

    async fn chat_members(&self, chat: &ChatId) -> StoreResult<Vec<UserId>> {
        lookup(chats::members(&self.readers.pool(), chat).await)
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
