//! Clients say something that must be answered with yes, before anything is measured.

use std::collections::VecDeque;

use crate::{door, fault::Fault, net::Net, play::Play};

/// So many questions under way at once.
const AT_ONCE: usize = 32;

/// Questions, in order.
pub struct Asking {
    to_ask: VecDeque<(u32, String)>,
    under_way: usize,
    next: u64,
}

impl Asking {
    /// `(client, event)`.
    pub fn new(questions: Vec<(u32, String)>) -> Self {
        Self { to_ask: questions.into(), under_way: 0, next: 1 }
    }
}

impl Play for Asking {
    fn ack(&mut self, net: &mut Net, _client: u32, _id: u64, body: &[u8]) -> Result<(), Fault> {
        if !door::is_yes(body) {
            return Err(Fault::wire(format!("a refusal: {}", String::from_utf8_lossy(body))));
        }
        self.under_way -= 1;
        self.tick(net)
    }

    fn tick(&mut self, net: &mut Net) -> Result<(), Fault> {
        while self.under_way < AT_ONCE {
            let Some((client, event)) = self.to_ask.pop_front() else { break };
            let mut out = Vec::with_capacity(event.len() + 32);
            net.door(client).ask(&mut out, self.next, &[event.as_bytes()]);
            net.send(client, &out);
            self.next += 1;
            self.under_way += 1;
        }
        Ok(())
    }

    fn progress(&self) -> Option<String> {
        Some(format!("{} questions to ask", self.to_ask.len()))
    }

    fn is_done(&self) -> bool {
        self.to_ask.is_empty() && self.under_way == 0
    }
}
