//! Who may join which chat.

use std::sync::Arc;

use crate::{
    commerce,
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
        let readings = pairs(chat);
        let known = match readings.as_slice() {
            [] | [_] => Vec::new(),
            many => self.store.users(&everyone(many)).await?,
        };
        let pair = the_pair(&readings, |id| known.iter().any(|known| known.id == *id));
        let by_name = pair.is_some_and(|(a, b)| a == user || b == user);
        Ok(by_name || self.store.is_chat_member(chat, user).await?)
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

/// Every way to read a chat's name as the ids of two users in order. Rooms of the marketplace have none: whoever is in one
/// was let in, and nobody by name.
#[must_use]
pub fn pairs(chat: &ChatId) -> Vec<(UserId, UserId)> {
    let name = chat.as_str();
    if name.starts_with(commerce::ROOM) {
        return Vec::new();
    }
    name.match_indices('_')
        .map(|(at, _)| (&name[..at], &name[at + 1..]))
        .filter(|(a, b)| a < b)
        .filter_map(|(a, b)| Some((UserId::new(a).ok()?, UserId::new(b).ok()?)))
        .collect()
}

/// Everyone named in some reading.
#[must_use]
pub fn everyone(readings: &[(UserId, UserId)]) -> Vec<UserId> {
    readings.iter().flat_map(|(a, b)| [a.clone(), b.clone()]).collect()
}

/// The two whose conversation it is. Ids with `_` in them make a name ambiguous: then it must be that of
/// exactly one pair of users who are known.
#[must_use]
pub fn the_pair(
    readings: &[(UserId, UserId)],
    is_known: impl Fn(&UserId) -> bool,
) -> Option<&(UserId, UserId)> {
    match readings {
        [] => None,
        [pair] => Some(pair),
        many => {
            let mut sound = many.iter().filter(|(a, b)| is_known(a) && is_known(b));
            sound.next().filter(|_| sound.next().is_none())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chat_of_two_is_named_by_both_in_order() {
        let read = |name: &str| -> Vec<(String, String)> {
            let readings = pairs(&ChatId::new(name).unwrap());
            readings.iter().map(|(a, b)| (a.to_string(), b.to_string())).collect()
        };
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(read("ann_bob"), vec![pair("ann", "bob")]);
        assert!(read("bob_ann").is_empty());
        assert!(read("ann_ann").is_empty());
        assert!(read("ann").is_empty());
        assert!(read("_bob").is_empty());
        assert!(read(":auction:7_bob").is_empty(), "a room that ends like a user's id");
        assert_eq!(read("a_x_b"), vec![pair("a", "x_b"), pair("a_x", "b")]);
    }

    #[test]
    fn an_ambiguous_name_needs_one_pair_of_known_users() {
        let readings = pairs(&ChatId::new("a_x_b").unwrap());
        let known = |names: &'static [&str]| move |id: &UserId| names.contains(&id.as_str());
        assert_eq!(the_pair(&readings, known(&["a", "x_b", "b"])), readings.first());
        assert_eq!(the_pair(&readings, known(&["a", "x_b", "a_x", "b"])), None);
        assert_eq!(the_pair(&readings, known(&["a", "b"])), None);
    }
}
