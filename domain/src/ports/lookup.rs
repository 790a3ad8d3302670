use std::sync::Arc;

use async_trait::async_trait;

use crate::{accounts::UserPatch, ids::UserId};

/// Why the app could not be asked.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the app could not be asked for a user: {0}")]
pub struct LookupError(pub Arc<dyn std::error::Error + Send + Sync>);

/// Asks the app for a user that nobody has told of yet (`contracts/social.md` section 7, "receiver existence check").
#[async_trait]
pub trait UserLookup: Send + Sync + 'static {
    /// What the app knows of the user; `None` if there is none of that id.
    async fn look_up(&self, id: &UserId) -> Result<Option<UserPatch>, LookupError>;
}

/// Nobody can be asked.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoLookup;

#[async_trait]
impl UserLookup for NoLookup {
    async fn look_up(&self, _id: &UserId) -> Result<Option<UserPatch>, LookupError> {
        Ok(None)
    }
}
