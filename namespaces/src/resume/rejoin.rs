//! Going back into chats.

use std::sync::Arc;

use async_trait::async_trait;
use outrigger_domain::{actor::Actor, ids::ChatId, ports::StoreError};
use outrigger_transport::Conn;

use crate::rooms::Desk;

/// Lets sockets back into the chats they were in. Contracts differ in how they name chats, and in who may be where.
#[async_trait]
pub(crate) trait Rejoin: Send + Sync + 'static {
    /// Lets a socket into the chat that its client names so; which one it is, if the socket is in it now.
    ///
    /// # Errors
    /// If the store failed.
    async fn rejoin(
        &self,
        conn: &Arc<Conn>,
        actor: &Actor,
        named: &ChatId,
    ) -> Result<Option<ChatId>, StoreError>;
}

#[async_trait]
impl Rejoin for Desk {
    async fn rejoin(
        &self,
        conn: &Arc<Conn>,
        actor: &Actor,
        named: &ChatId,
    ) -> Result<Option<ChatId>, StoreError> {
        Ok(self.join_again(conn, actor, named).await?.then(|| named.clone()))
    }
}
