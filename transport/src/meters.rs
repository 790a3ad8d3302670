//! What is counted for every frame: looked up once.

use std::sync::LazyLock;

use metrics::{Counter, counter};

static FRAMES_SENT: LazyLock<Counter> = LazyLock::new(|| counter!("outrigger_frames_sent_total"));
static BYTES_SENT: LazyLock<Counter> = LazyLock::new(|| counter!("outrigger_bytes_sent_total"));

/// What was sent, told to the counters when this is dropped: once for however many heard it.
#[derive(Debug, Default)]
pub struct Tally {
    frames: u64,
    bytes: u64,
}

impl Tally {
    pub(crate) fn add(&mut self, bytes: usize) {
        self.frames += 1;
        self.bytes += bytes as u64;
    }
}

impl Drop for Tally {
    fn drop(&mut self) {
        if self.frames > 0 {
            FRAMES_SENT.increment(self.frames);
            BYTES_SENT.increment(self.bytes);
        }
    }
}
