//! What sockets are called where others than their owner read it.

use outrigger_domain::events::SocketKey;

/// `conn_<key>`: the same socket has the same name everywhere, and the name opens nothing, unlike the socket's id
/// (`contracts/commerce.md` section 4, `socketIds`).
pub(crate) fn socket_name(key: SocketKey) -> String {
    format!("conn_{key}")
}
