//! Who may join which chat.

use std::sync::Arc;

use crate::{
    events::{Audience, DomainEvent, Published},
    ids::{ChatId, UserId},
    ports::{Bus, Store, StoreError},
    time::Clock,
};

/// Members of chats: the two users a chat is named for, and those the app named.
pub struct Chats {
    store: Arc<dyn Store>,
    bus: Arc<dyn Bus>,
    clock: Arc<dyn Clock>,
}

impl Chats {
    /// Chats over this store.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, bus: Arc<dyn Bus>, clock: Arc<dyn Clock>) -> Self {
        Self { store, bus, clock }
    }

    /// Whether a user may be in a chat (`contracts/rooms.md` section 9, item 7): it is the conversation of two
    /// users, `a_b` in order, and this is one of them; or the app made the user a member.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn may_join(&self, user: &UserId, chat: &ChatId) -> Result<bool, StoreError> {
        let pairs = pairs(chat.as_str());
        let mine = |pair: &(&str, &str)| pair.0 == user.as_str() || pair.1 == user.as_str();
        let by_name = match pairs.as_slice() {
            [] => false,
            [pair] => mine(pair),
            // Ids with `_` in them make a name ambiguous: it must be that of exactly one pair of known users.
            many => match self.known(many).await?.as_slice() {
                [pair] => mine(pair),
                _ => false,
            },
        };
        Ok(by_name || self.store.is_chat_member(chat, user).await?)
    }

    async fn known<'a>(
        &self,
        pairs: &[(&'a str, &'a str)],
    ) -> Result<Vec<(&'a str, &'a str)>, StoreError> {
        let ids: Vec<UserId> = pairs
            .iter()
            .flat_map(|(a, b)| [*a, *b])
            .filter_map(|id| UserId::new(id).ok())
            .collect();
        let known = self.store.users(&ids).await?;
        let is_known = |id: &str| known.iter().any(|user| user.id.as_str() == id);
        Ok(pairs.iter().copied().filter(|(a, b)| is_known(a) && is_known(b)).collect())
    }

    /// Makes users members.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn grant(&self, chat: &ChatId, users: &[UserId]) -> Result<(), StoreError> {
        self.store.grant_chat(chat, users, self.clock.now()).await
    }

    /// Ends memberships that the app gave; open sockets leave the chat at once.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn revoke(&self, chat: &ChatId, users: &[UserId]) -> Result<u64, StoreError> {
        let ended = self.store.revoke_chat(chat, users).await?;
        let event = DomainEvent::ChatLeft(chat.clone());
        let audience = Audience::Users(users.to_vec());
        self.bus.publish(Published::new(self.clock.now(), audience, event)).await;
        Ok(ended)
    }

    /// Those whom the app made members.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn members(&self, chat: &ChatId) -> Result<Vec<UserId>, StoreError> {
        self.store.chat_members(chat).await
    }
}

/// Every way to read a name as two ids in order.
fn pairs(name: &str) -> Vec<(&str, &str)> {
    name.match_indices('_')
        .map(|(at, _)| (&name[..at], &name[at + 1..]))
        .filter(|(a, b)| !a.is_empty() && !b.is_empty() && a < b)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chat_of_two_is_named_by_both_in_order() {
        assert_eq!(pairs("ann_bob"), vec![("ann", "bob")]);
        assert!(pairs("bob_ann").is_empty());
        assert!(pairs("ann_ann").is_empty());
        assert!(pairs("ann").is_empty());
        assert!(pairs("_bob").is_empty());
        assert_eq!(pairs("a_x_b"), vec![("a", "x_b"), ("a_x", "b")]);
    }
}
