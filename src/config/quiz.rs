//! What only contracts `quiz` and `contacts` ask for.

use std::time::Duration;

use outrigger_domain::support::SupportSettings;

use super::{DAY, mail, reader::Reader};

/// What people without a token may do (`contracts/quiz.md` section 1, "Guest rights").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum QuizGuests {
    /// They are not let in.
    Refused,
    /// They listen in rooms, and take part in quizzes.
    Allowed,
    /// They speak in rooms as well.
    Speaking,
}

/// Reads it.
pub(super) fn guests(reader: &mut Reader<'_>) -> QuizGuests {
    match reader.text("QUIZ_GUESTS") {
        None | Some("allow") => QuizGuests::Allowed,
        Some("refuse") => QuizGuests::Refused,
        Some("speak") => QuizGuests::Speaking,
        Some(_) => {
            reader.fault("QUIZ_GUESTS must be refuse, allow or speak".to_owned());
            QuizGuests::Allowed
        }
    }
}

/// How requests for help are looked after (`contracts/contacts.md` section 6).
pub(super) fn support(reader: &mut Reader<'_>) -> SupportSettings {
    let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
    SupportSettings {
        assign_after: reader.millis("CONTACTS_ASSIGN_AFTER_MS", minutes(5), DAY),
        retry: reader.millis("CONTACTS_ASSIGN_RETRY_MS", minutes(1), DAY),
        admin_grace: reader.millis("CONTACTS_ADMIN_GRACE_MS", minutes(1), DAY),
        alert_to: mail::addresses(reader, "CONTACTS_ALERT_TO"),
        queue_link: reader.text("CONTACTS_QUEUE_URL").map(str::to_owned),
    }
}
