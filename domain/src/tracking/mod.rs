//! Messages sent to many, and what became of them (`contracts/tracking.md`).

mod figures;
mod notice;
mod outcome;
mod progress;
mod recipient;
mod service;
mod stats;
mod status;
mod tracked;

pub use crate::turns::Turn;
pub use figures::{Figures, FiguresParts};
pub use notice::{MESSAGE_FAILED, MESSAGE_SENT};
pub use outcome::{RecipientsUpdated, Registered, Updated};
pub use progress::{MOST_TOLD_AT_ONCE, Progress, ProgressParts};
pub use recipient::{Recipient, RecipientFilter, RecipientUpdate};
pub use service::{Found, MOST_RECIPIENT_UPDATES, MOST_RECIPIENTS_SHOWN, Tracking, TrackingParts};
pub use stats::{
    Analytics, AnalyticsKind, DailyCount, DailyOutcome, Dashboard, MessageStats, RecentMessage,
    TemplateUse, Usage,
};
pub use status::{RecipientStatus, TrackedStatus};
pub use tracked::{Counts, MessageUpdate, Registration, Tracked};

#[cfg(test)]
mod testing;
