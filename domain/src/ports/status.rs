use async_trait::async_trait;

use super::StoreResult;
use crate::{
    ids::UserId,
    statuses::{KnownStatus, StatusPatch},
    time::Timestamp,
};

/// What users say of themselves, when they were last there, and who follows whom.
#[async_trait]
pub trait StatusStore: Send + Sync + 'static {
    /// What is known of these users; of one nothing is known of there is a row without anything in it.
    async fn statuses(&self, users: &[UserId]) -> StoreResult<Vec<KnownStatus>>;
    /// Changes what a user says; what is absent in the patch stays as it is.
    async fn save_status(&self, user: &UserId, patch: &StatusPatch) -> StoreResult<KnownStatus>;
    /// These users were there at that time. An earlier time than the one known changes nothing.
    async fn note_seen(&self, users: &[UserId], at: Timestamp) -> StoreResult<()>;
    /// Users whose status is one of these words, in no order.
    async fn users_with_status(&self, words: &[&str]) -> StoreResult<Vec<UserId>>;
    /// Replaces a user's followers. The app that gave them once, even an empty list, decides from then on.
    async fn set_followers(&self, user: &UserId, followers: &[UserId]) -> StoreResult<()>;
    /// Those followers, in order of their ids; `None` if the app never gave any.
    async fn followers(&self, user: &UserId) -> StoreResult<Option<Vec<UserId>>>;
    /// The same with everyone the user has exchanged messages with, each once and without the user.
    async fn followers_and_partners(&self, user: &UserId) -> StoreResult<Option<Vec<UserId>>>;
}
