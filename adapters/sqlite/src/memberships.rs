//! Who was made a member of which chat, kept in memory: it is asked at every message of a room, and changes seldom.

use std::sync::Arc;

use outrigger_domain::{
    ids::{ChatId, UserId},
    ports::StoreResult,
};
use sqlx::SqliteConnection;

use crate::{
    chats,
    failure::lookup,
    kept::{Change, Kept},
    readers::Readers,
};

/// Chats with more members are asked for in the file.
const FEW: usize = 500;

/// Members that are kept, of all chats; a chat counts as one more.
const KEPT: u64 = 200_000;

#[derive(Clone)]
pub(crate) enum Known {
    /// In order of their ids.
    Few(Arc<[UserId]>),
    Many,
}

impl Known {
    fn of(users: Vec<UserId>) -> Self {
        if users.len() > FEW { Self::Many } else { Self::Few(users.into()) }
    }

    fn weight(&self) -> u32 {
        match self {
            Self::Few(users) => u32::try_from(users.len()).unwrap_or(u32::MAX).saturating_add(1),
            Self::Many => 1,
        }
    }
}

/// What is kept.
pub(crate) struct Memberships(Arc<Kept<ChatId, Known>>);

impl Memberships {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self(Kept::new(KEPT, |_, known| known.weight())))
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

    /// The same as the writer's transaction has it: what is kept is true there as well, since a change that is in it is
    /// still under way.
    pub(crate) async fn within(
        &self,
        db: &mut SqliteConnection,
        chat: &ChatId,
    ) -> sqlx::Result<Vec<UserId>> {
        let missing = match self.0.get(chat) {
            Ok(Known::Few(users)) => return Ok(users.to_vec()),
            Ok(Known::Many) => return chats::members(db, chat).await,
            Err(missing) => missing,
        };
        let users = chats::members(db, chat).await?;
        self.0.keep(chat, missing, Known::of(users.clone()));
        Ok(users)
    }

    async fn of(&self, readers: &Readers, chat: &ChatId) -> StoreResult<Known> {
        let missing = match self.0.get(chat) {
            Ok(known) => return Ok(known),
            Err(missing) => missing,
        };
        let users = lookup(chats::some_members(&readers.pool(), chat, FEW + 1).await)?;
        let known = Known::of(users);
        self.0.keep(chat, missing, known.clone());
        Ok(known)
    }

    /// Nothing of this chat is kept until the change is dropped, which must be behind its commit.
    pub(crate) fn change(&self, chat: &ChatId) -> Change<ChatId, Known> {
        self.0.change(chat)
    }
}
