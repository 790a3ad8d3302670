//! What users say of themselves, and who hears of their coming and going (`contracts/social.md` sections 1, 2, 7).

mod announcer;
mod service;
mod status;

pub use service::{SetStatusError, Shown, StatusParts, Statuses};
pub use status::{INVISIBLE_WORDS, KnownStatus, MOST_STATUS_CHARS, StatusAudience, StatusPatch};
