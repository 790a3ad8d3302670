//! Sessions of Engine.IO (protocol 4), from the first packet to the last, whatever transport carries them.
//!
//! A websocket is one task that waits for bytes; frames are read by tungstenite and packets by socketioxide's parser. A
//! client that polls has a task that waits for its end. What is sent goes into the queue of the session
//! ([`crate::outbound`]) either way, so that going over from one to the other changes only who empties it.

mod incoming;
mod polling;
mod probe;
mod pulse;
mod reader;
mod session;
mod stream;

pub(crate) use polling::{Pollers, Polling, Told};
pub(crate) use probe::{Attempt, probe};
pub(crate) use pulse::Pulse;
pub(crate) use reader::serve;
pub(crate) use stream::read_more;
