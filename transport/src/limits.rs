//! How much of anything there may be.

use std::time::Duration;

/// Every limit of this layer; [`Default`] gives the figures for production.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Between two heartbeats of Engine.IO.
    pub ping_interval: Duration,
    /// Time to answer one.
    pub ping_timeout: Duration,
    /// Time to join a namespace after connecting, and to leave after the last one is gone.
    pub connect_timeout: Duration,
    /// Bytes of one packet, whatever the transport.
    pub max_payload_bytes: usize,
    /// Engine.IO connections.
    pub max_connections: usize,
    /// Engine.IO connections from one address.
    pub max_connections_per_address: usize,
    /// Rooms that a client chose to join, for each socket.
    pub max_rooms_per_socket: usize,
    /// Bytes of a room's name.
    pub max_room_name_bytes: usize,
    /// Events of one socket that wait to be handled.
    pub inbox_packets: usize,
    /// Bytes of them.
    pub inbox_bytes: usize,
    /// Packets that wait to be written to one connection.
    pub outbound_packets: usize,
    /// Bytes that wait for a connection whose reader has stalled: for a websocket those that the kernel has not
    /// taken, for a polling client those since it last asked.
    pub outbound_bytes_stalled: usize,
    /// A write without progress for so long ends the connection.
    pub write_stall: Duration,
    /// Time for a client to send a request's headers.
    pub header_read_timeout: Duration,
    /// Refused tokens from one address in a minute, before nothing more is looked at from there.
    pub failed_handshakes_per_minute: u32,
    /// Between two looks for connections and sockets that nobody reported gone.
    pub sweep_interval: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            ping_interval: Duration::from_secs(25),
            ping_timeout: Duration::from_secs(20),
            connect_timeout: Duration::from_secs(10),
            max_payload_bytes: 1_000_000,
            max_connections: 20_000,
            max_connections_per_address: 20_000,
            max_rooms_per_socket: 100,
            max_room_name_bytes: 256,
            inbox_packets: 256,
            inbox_bytes: 4 << 20,
            outbound_packets: 256,
            outbound_bytes_stalled: 2 << 20,
            write_stall: Duration::from_secs(10),
            header_read_timeout: Duration::from_secs(10),
            failed_handshakes_per_minute: 60,
            sweep_interval: Duration::from_secs(5),
        }
    }
}

/// The longest is still short enough to be added to another.
pub(crate) fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX / 4)
}
