//! Websockets that the library never sees: opened as such, and ours from the first packet to the last.
//!
//! The library keeps three tasks, a channel and several buffers for each connection. A lane is one task that waits for
//! bytes; frames are read by tungstenite and packets by the library's own parser, and what is sent goes into the queue
//! of the connection like everywhere else ([`crate::outbound`]). Sessions that begin with polling stay in the library,
//! also when they become websockets.

mod pulse;
mod reader;
mod session;
mod stream;

pub(crate) use pulse::Pulse;
pub(crate) use reader::serve;
