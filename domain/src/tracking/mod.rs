//! Messages sent to many, and what became of them (`contracts/tracking.md`).

mod outcome;
mod recipient;
mod stats;
mod status;
mod tracked;

pub use outcome::{RecipientsUpdated, Registered, Updated};
pub use recipient::{Recipient, RecipientFilter, RecipientUpdate};
pub use stats::{
    Analytics, AnalyticsKind, DailyCount, DailyOutcome, Dashboard, MessageStats, RecentMessage,
    TemplateUse, Usage,
};
pub use status::{RecipientStatus, TrackedStatus};
pub use tracked::{Counts, MessageUpdate, Registration, Tracked};
