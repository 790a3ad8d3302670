//! Saying how one is, and seeing how others are.

use std::{
    collections::HashSet,
    hash::{BuildHasher, BuildHasherDefault, DefaultHasher},
    sync::Arc,
};

use async_trait::async_trait;
use tokio::sync::{Mutex, MutexGuard};
use tracing::warn;

use super::status::{
    INVISIBLE_WORDS, KnownStatus, MOST_STATUS_CHARS, StatusAudience, StatusPatch, is_invisible,
};
use crate::{
    accounts::{Profile, User},
    events::{Audience, DomainEvent, Published, UserStatus},
    ids::UserId,
    ports::{Bus, StatusStore, Store, StoreError, StoreResult},
    presence::{Follower, Presence, hidden},
    time::{Clock, Timestamp},
};

/// Users whose statuses are set at the same time at most.
const STRIPES: usize = 64;

/// What others are told of someone who is there.
const ONLINE: &str = "online";
/// What others are told of someone who is away, or wants to seem so.
const OFFLINE: &str = "offline";

/// What [`Statuses`] work with.
pub struct StatusParts {
    /// Where they are kept.
    pub store: Arc<dyn StatusStore>,
    /// Who there is.
    pub users: Arc<dyn Store>,
    /// Who is connected.
    pub presence: Arc<Presence>,
    /// Where news goes.
    pub bus: Arc<dyn Bus>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Who hears of whom.
    pub audience: StatusAudience,
}

/// How someone is, for others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Who.
    pub user: UserId,
    /// How the user is shown.
    pub profile: Profile,
    /// Whether the user is there, as far as others may know.
    pub online: bool,
    /// The user's own word; none if it is one that hides.
    pub status: Option<String>,
    /// The user's own text beside it.
    pub custom: Option<String>,
    /// When the user was last seen, as far as others may know.
    pub last_seen: Option<Timestamp>,
}

/// Why a status was not set.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SetStatusError {
    /// Nothing to set, an empty or too long word or text, or control characters.
    #[error("not a status")]
    Invalid,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Who there is: all that is asked of the large store.
#[async_trait]
trait People: Send + Sync {
    async fn user(&self, id: &UserId) -> StoreResult<Option<User>>;
}

#[async_trait]
impl People for Arc<dyn Store> {
    async fn user(&self, id: &UserId) -> StoreResult<Option<User>> {
        self.as_ref().user(id).await
    }
}

/// What all of it works with.
pub(super) struct Desk {
    pub(super) store: Arc<dyn StatusStore>,
    people: Box<dyn People>,
    pub(super) presence: Arc<Presence>,
    bus: Arc<dyn Bus>,
    pub(super) clock: Arc<dyn Clock>,
    audience: StatusAudience,
}

/// How users are (`contracts/social.md` sections 1, 2 and 7).
pub struct Statuses {
    pub(super) parts: Desk,
    pub(super) follower: Follower,
    /// Whom others were last told to be there. Held while something is told, so that what is told last is so: whoever
    /// empties the bus must not wait for it.
    told: Mutex<HashSet<UserId>>,
    /// One user's statuses are set one after the other, so that the last one stored is the last one told.
    stripes: [Mutex<()>; STRIPES],
}

impl Statuses {
    /// Hides whoever wants to seem away. Nobody is told of anything before it [runs](Self::run).
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn load(parts: StatusParts) -> Result<Self, StoreError> {
        let StatusParts { store, users, presence, bus, clock, audience } = parts;
        let people = Box::new(users);
        Self::over(Desk { store, people, presence, bus, clock, audience }).await
    }

    async fn over(parts: Desk) -> StoreResult<Self> {
        for user in parts.store.users_with_status(&INVISIBLE_WORDS).await? {
            parts.presence.hide(&user, true);
        }
        let follower = parts.presence.follow();
        let stripes = std::array::from_fn(|_| Mutex::default());
        Ok(Self { parts, follower, told: Mutex::default(), stripes })
    }

    /// Keeps what a user says and tells others. Who hides goes for them, and who says another word is back; the text
    /// beside the word is not told.
    ///
    /// # Errors
    /// [`SetStatusError`]; nothing was changed.
    pub async fn set(
        &self,
        user: &UserId,
        patch: &StatusPatch,
    ) -> Result<KnownStatus, SetStatusError> {
        let patch = checked(user, patch).ok_or(SetStatusError::Invalid)?;
        let _turn = self.turn(user).await;
        let audience = self.audience(user).await?;
        let mut known = self.parts.store.save_status(user, &patch).await?;
        match &patch.status {
            None => {}
            Some(word) if is_invisible(word) => {
                if let Some(at) = self.disappear(user, audience).await {
                    known.last_seen = Some(at);
                    let seen = self.parts.store.note_seen(std::slice::from_ref(user), at).await;
                    // The status is stored and told all the same.
                    if let Err(error) = seen {
                        warn!(%error, "when a user was last seen was not kept");
                    }
                }
            }
            Some(word) => self.say(user, word, known.last_seen, audience).await,
        }
        Ok(known)
    }

    async fn turn(&self, user: &UserId) -> MutexGuard<'_, ()> {
        let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(user);
        self.stripes[hash as usize % STRIPES].lock().await
    }

    /// Others see the user go, if they saw the user, be it only by asking; gives when.
    async fn disappear(&self, user: &UserId, audience: Option<Audience>) -> Option<Timestamp> {
        let mut told = self.told.lock().await;
        let was_visible = self.parts.presence.is_visible(user);
        self.parts.presence.hide(user, true);
        let now = self.parts.clock.now();
        if told.remove(user) || was_visible {
            self.publish(user, OFFLINE, Some(now), audience).await;
        }
        was_visible.then_some(now)
    }

    /// Others hear the user's word, and see the user again.
    async fn say(
        &self,
        user: &UserId,
        word: &str,
        last_seen: Option<Timestamp>,
        audience: Option<Audience>,
    ) {
        let mut told = self.told.lock().await;
        self.parts.presence.hide(user, false);
        let online = self.parts.presence.is_visible(user);
        if online {
            told.insert(user.clone());
        }
        self.publish(user, word, last_seen.filter(|_| !online), audience).await;
    }

    /// Tells others that a user came or went, unless that is what they were last told.
    pub(super) async fn tell_change(
        &self,
        user: &UserId,
        since: Timestamp,
        audience: Option<Audience>,
    ) {
        let mut told = self.told.lock().await;
        if self.parts.presence.is_visible(user) {
            if told.insert(user.clone()) {
                self.publish(user, ONLINE, None, audience).await;
            }
        } else if told.remove(user) {
            self.publish(user, OFFLINE, Some(since), audience).await;
        }
    }

    /// Whether others know it otherwise than it is.
    pub(super) async fn has_changed(&self, user: &UserId) -> bool {
        let told = self.told.lock().await;
        told.contains(user) != self.parts.presence.is_visible(user)
    }

    /// Those whom others were told to be there.
    pub(super) async fn told_online(&self) -> Vec<UserId> {
        self.told.lock().await.iter().cloned().collect()
    }

    async fn publish(
        &self,
        user: &UserId,
        status: &str,
        last_seen: Option<Timestamp>,
        audience: Option<Audience>,
    ) {
        let Some(audience) = audience else { return };
        let event = UserStatus { user: user.clone(), status: status.into(), last_seen };
        let now = self.parts.clock.now();
        self.parts.bus.publish(Published::new(now, audience, DomainEvent::UserStatus(event))).await;
    }

    /// Who hears of a user (`contracts/social.md` section 7, "Status audience"); `None` if nobody does.
    pub(super) async fn audience(&self, user: &UserId) -> StoreResult<Option<Audience>> {
        let chosen = match self.parts.audience {
            StatusAudience::Everyone => None,
            StatusAudience::Followers => self.parts.store.followers_and_partners(user).await?,
        };
        Ok(match chosen {
            None => {
                Some(Audience::Except { of: Box::new(Audience::All), users: vec![user.clone()] })
            }
            Some(users) if users.is_empty() => None,
            Some(users) => Some(Audience::Users(users)),
        })
    }

    /// How a user is; `None` if nobody of that id is known.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn of(&self, user: &UserId) -> Result<Option<Shown>, StoreError> {
        if hidden(user) {
            return Ok(None);
        }
        let Some(found) = self.parts.people.user(user).await? else { return Ok(None) };
        let mut known = self.parts.store.statuses(std::slice::from_ref(user)).await?;
        let known = known.pop();
        let invisible = known.as_ref().is_some_and(KnownStatus::is_invisible);
        let (status, custom, last_seen) =
            known.map_or((None, None, None), |known| (known.status, known.custom, known.last_seen));
        Ok(Some(Shown {
            user: user.clone(),
            profile: Profile::from(&found),
            online: self.parts.presence.is_visible(user) && !invisible,
            status: status.filter(|_| !invisible),
            custom,
            last_seen,
        }))
    }

    /// Replaces a user's followers: from now on these and the user's partners hear how the user is, and nobody else.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn set_followers(
        &self,
        user: &UserId,
        followers: Vec<UserId>,
    ) -> Result<(), StoreError> {
        let mut followers = followers;
        followers.retain(|follower| follower != user && !hidden(follower));
        followers.sort_unstable();
        followers.dedup();
        self.parts.store.set_followers(user, &followers).await
    }

    /// A user's followers, in order of their ids; `None` if the app never gave any.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn followers(&self, user: &UserId) -> Result<Option<Vec<UserId>>, StoreError> {
        self.parts.store.followers(user).await
    }
}

/// The patch as it is stored: trimmed, each part on one line, and a word that hides in small letters.
fn checked(user: &UserId, patch: &StatusPatch) -> Option<StatusPatch> {
    let fits = |text: &String| {
        text.chars().count() <= MOST_STATUS_CHARS && !text.chars().any(char::is_control)
    };
    let trimmed = |text: &Option<String>| text.as_ref().map(|text| text.trim().to_owned());
    let mut patch = StatusPatch { status: trimmed(&patch.status), custom: trimmed(&patch.custom) };
    // In one spelling, by which the store finds them.
    if let Some(word) = patch.status.as_mut().filter(|word| is_invisible(word)) {
        word.make_ascii_lowercase();
    }
    let says = patch.status.is_some() || patch.custom.is_some();
    let sound = patch.status.iter().all(|word| !word.is_empty() && fits(word))
        && patch.custom.iter().all(fits);
    (says && sound && !hidden(user)).then_some(patch)
}

#[cfg(test)]
mod tests;
