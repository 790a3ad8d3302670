//! Sockets that connected without a token and owe one.

use std::{sync::Arc, time::Duration};

use outrigger_transport::Conn;

use crate::{rooms::Desk, standing::Standing};

/// Closes a socket that has shown no token when its time is up (`contracts/legacy.md` section 1).
pub(crate) fn drop_if_still_pending(desk: &Arc<Desk>, conn: &Arc<Conn>, time: Duration) {
    let is_pending =
        |conn: &Conn| Standing::of(conn).is_some_and(|standing| standing.actor().is_none());
    if !is_pending(conn) {
        return;
    }
    let (desk, conn) = (Arc::clone(desk), Arc::downgrade(conn));
    tokio::spawn(async move {
        tokio::time::sleep(time).await;
        if let Some(conn) = conn.upgrade()
            && conn.connected()
            && is_pending(&conn)
        {
            desk.auth_error(&conn, "Authentication timeout", "AUTH_TIMEOUT");
            conn.disconnect();
        }
    });
}
