//! Who was made a member of which chat, kept in memory: it is asked at every message of a room, and changes seldom.
//!
//! What is kept is never older than what the file says to someone who asks after a change was answered: while a chat is being
//! changed nothing of it is kept, and nothing that was read meanwhile is kept afterwards.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use moka::sync::Cache;
use outrigger_domain::{
    ids::{ChatId, UserId},
    ports::StoreResult,
};

use crate::{chats, failure::lookup, readers::Readers};

/// Chats with more members are asked for in the file.
const FEW: usize = 500;

/// Members that are kept, of all chats; a chat counts as one more.
const KEPT: u64 = 200_000;

#[derive(Clone)]
enum Known {
    /// In order of their ids.
    Few(Arc<[UserId]>),
    Many,
}

#[derive(Default)]
struct Changes {
    /// Chats that are being changed, and how often at once.
    under_way: HashMap<ChatId, usize>,
    /// How many changes were begun or ended.
    count: u64,
}

/// What is kept.
pub(crate) struct Memberships {
    known: Cache<ChatId, Known>,
    changes: Mutex<Changes>,
}

impl Memberships {
    pub(crate) fn new() -> Arc<Self> {
        let weight = |_: &ChatId, known: &Known| match known {
            Known::Few(users) => u32::try_from(users.len()).unwrap_or(u32::MAX).saturating_add(1),
            Known::Many => 1,
        };
        Arc::new(Self {
            known: Cache::builder().max_capacity(KEPT).weigher(weight).build(),
            changes: Mutex::default(),
        })
    }

    fn changes(&self) -> MutexGuard<'_, Changes> {
        self.changes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a user was made a member of a chat.
    pub(crate) async fn is_member(
        &self,
        readers: &Readers,
        chat: &ChatId,
        user: &UserId,
    ) -> StoreResult<bool> {
        match self.of(readers, chat).await? {
            Known::Few(users) => Ok(users.binary_search(user).is_ok()),
            Known::Many => lookup(chats::is_member(&readers.pool(), chat, user).await),
        }
    }

    /// Everyone who was made a member, in order of their ids.
    pub(crate) async fn members(
        &self,
        readers: &Readers,
        chat: &ChatId,
    ) -> StoreResult<Vec<UserId>> {
        match self.of(readers, chat).await? {
            Known::Few(users) => Ok(users.to_vec()),
            Known::Many => lookup(chats::members(&readers.pool(), chat).await),
        }
    }

    async fn of(&self, readers: &Readers, chat: &ChatId) -> StoreResult<Known> {
        let before = {
            let changes = self.changes();
            if !changes.under_way.contains_key(chat)
                && let Some(known) = self.known.get(chat)
            {
                return Ok(known);
            }
            changes.count
        };
        let users = lookup(chats::some_members(&readers.pool(), chat, FEW + 1).await)?;
        let known = if users.len() > FEW { Known::Many } else { Known::Few(users.into()) };
        let changes = self.changes();
        if changes.count == before && !changes.under_way.contains_key(chat) {
            self.known.insert(chat.clone(), known.clone());
        }
        Ok(known)
    }

    /// Nothing of this chat is kept until the change is dropped, which must be behind its commit.
    pub(crate) fn change(self: &Arc<Self>, chat: &ChatId) -> Change {
        let mut changes = self.changes();
        changes.count += 1;
        *changes.under_way.entry(chat.clone()).or_default() += 1;
        self.known.invalidate(chat);
        Change { memberships: Arc::clone(self), chat: chat.clone() }
    }
}

/// A chat that is being changed.
pub(crate) struct Change {
    memberships: Arc<Memberships>,
    chat: ChatId,
}

impl Drop for Change {
    fn drop(&mut self) {
        let mut changes = self.memberships.changes();
        changes.count += 1;
        if let Some(count) = changes.under_way.get_mut(&self.chat) {
            *count -= 1;
            if *count == 0 {
                changes.under_way.remove(&self.chat);
            }
        }
    }
}
