//! Fields of what the app tells, checked.

use axum::http::StatusCode;
use outrigger_domain::{
    time::Timestamp,
    tracking::{RecipientStatus, TrackedStatus},
};

use crate::error::Refusal;

/// The largest whole number that JavaScript counts without gaps.
const MAX_COUNT: u64 = 9_007_199_254_740_991;

/// A status among all there are.
fn status<S: Copy>(
    field: &str,
    word: &str,
    all: &[S],
    named: fn(&str) -> Option<S>,
    text: fn(S) -> &'static str,
) -> Result<S, Refusal> {
    named(word).ok_or_else(|| {
        let words: Vec<_> = all.iter().map(|status| text(*status)).collect();
        Refusal::field(field, format!("{field} must be one of {}", words.join(", ")))
    })
}

/// How far a message has come.
pub(super) fn message_status(field: &str, word: &str) -> Result<TrackedStatus, Refusal> {
    status(field, word, TrackedStatus::ALL, TrackedStatus::named, TrackedStatus::as_str)
}

/// How far it has come for a recipient.
pub(super) fn recipient_status(field: &str, word: &str) -> Result<RecipientStatus, Refusal> {
    status(field, word, RecipientStatus::ALL, RecipientStatus::named, RecipientStatus::as_str)
}

/// How many of something.
pub(super) fn count(field: &str, number: Option<u64>) -> Result<Option<u64>, Refusal> {
    if number.is_some_and(|number| number > MAX_COUNT) {
        return Err(Refusal::field(field, format!("{field} must be at most {MAX_COUNT}")));
    }
    Ok(number)
}

/// An amount, in the app's currency.
pub(super) fn cost(field: &str, amount: Option<f64>) -> Result<Option<f64>, Refusal> {
    if amount.is_some_and(|amount| !amount.is_finite() || amount < 0.0) {
        return Err(Refusal::field(field, format!("{field} must be a number of at least 0")));
    }
    Ok(amount)
}

/// An instant.
pub(super) fn instant(field: &str, text: Option<&str>) -> Result<Option<Timestamp>, Refusal> {
    let read = |text| {
        Timestamp::parse(text)
            .ok_or_else(|| Refusal::field(field, format!("{field} must be an RFC 3339 time")))
    };
    text.map(read).transpose()
}

/// 409: the message belongs to somebody else.
pub(super) fn other_owner() -> Refusal {
    Refusal::error(StatusCode::CONFLICT, "The message belongs to another user")
}
