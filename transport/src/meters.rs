//! What is counted for every frame: looked up once.

use std::sync::LazyLock;

use metrics::{Counter, counter};

pub(crate) static FRAMES_SENT: LazyLock<Counter> =
    LazyLock::new(|| counter!("outrigger_frames_sent_total"));
pub(crate) static BYTES_SENT: LazyLock<Counter> =
    LazyLock::new(|| counter!("outrigger_bytes_sent_total"));
