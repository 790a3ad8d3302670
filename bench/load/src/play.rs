//! What the loop tells a scenario, and asks it.

use crate::{fault::Fault, net::Net};

/// What a scenario does while the loop runs. What it does not care for passes by.
pub trait Play {
    /// A client is in its namespace; `body` is what it was told.
    fn joined(&mut self, _net: &mut Net, _client: u32, _body: &[u8]) -> Result<(), Fault> {
        Ok(())
    }
    /// A client hears an event: the JSON array of its name and arguments.
    fn event(&mut self, _net: &mut Net, _client: u32, _body: &[u8]) -> Result<(), Fault> {
        Ok(())
    }
    /// A client is answered.
    fn ack(&mut self, _net: &mut Net, _client: u32, _id: u64, _body: &[u8]) -> Result<(), Fault> {
        Ok(())
    }
    /// A line is answered.
    fn answered(&mut self, _net: &mut Net, _line: usize, status: u16) -> Result<(), Fault> {
        accept(status)
    }
    /// A client has no connection any more, or never had; `why` is for people.
    fn gone(&mut self, _net: &mut Net, _client: u32, why: &str) -> Result<(), Fault> {
        Err(Fault::wire(format!("an end to a connection: {why}")))
    }
    /// After each round.
    fn tick(&mut self, _net: &mut Net) -> Result<(), Fault> {
        Ok(())
    }
    /// When the next tick is needed though nothing comes, in microseconds since the start.
    fn wake(&self) -> Option<u64> {
        None
    }
    /// How far it is, for people.
    fn progress(&self) -> Option<String> {
        None
    }
    /// Whether there is nothing more to do.
    fn is_done(&self) -> bool;
}

/// Whether a call was answered well.
///
/// # Errors
/// If not.
pub fn accept(status: u16) -> Result<(), Fault> {
    match status {
        200..300 => Ok(()),
        _ => Err(Fault::wire(format!("status {status} to a call of the internal API"))),
    }
}
