//! Who calls, and how often they may (`contracts/social.md` sections 1, 2 and 4).

use std::{marker::PhantomData, sync::Arc};

use axum::{
    extract::{FromRef, FromRequestParts},
    http::{HeaderMap, header, request::Parts},
};
use outrigger_domain::{
    actor::Actor,
    identity::{AuthError, Identity, TokenFault},
    limits::RateLimits,
};

use super::answer::Failure;
use crate::{
    auth::{bearer, cookie_value, recognise},
    state::PublicSettings,
};

/// A kind of call that is counted per user; what a socket event does counts as that event.
pub(super) trait Counted {
    /// The name of its allowance.
    const KIND: &'static str;
    /// What is said to a user who does it too often.
    const EXCESS: &'static str;
}

macro_rules! counted {
    ($($(#[$doc:meta])* $name:ident $kind:literal $excess:literal)*) => { $(
        $(#[$doc])*
        pub(super) struct $name;

        impl Counted for $name {
            const KIND: &'static str = $kind;
            const EXCESS: &'static str = $excess;
        }
    )* };
}

counted! {
    /// `send_message`.
    SendMessage "social:send_message" "Rate limit exceeded for messages"
    /// `message_read`.
    MessageRead "social:message_read" "Rate limit exceeded for read confirmations"
    /// Messages and conversations that were shown.
    Seen "social:seen" "Rate limit exceeded for read confirmations"
    /// `delete_message`.
    DeleteMessage "social:delete_message" "Rate limit exceeded for message deletion"
    /// `set_status`.
    SetStatus "social:set_status" "Rate limit exceeded for status updates"
    /// `mark_notification_read`.
    ReadNotification "social:mark_notification_read" "Rate limit exceeded for notification updates"
    /// `mark_all_notifications_read`.
    ReadAllNotifications "social:mark_all_notifications_read" "Rate limit exceeded for bulk notification updates"
    /// `delete_notification`.
    DeleteNotification "social:delete_notification" "Rate limit exceeded for notification deletion"
    /// All notifications at once.
    DeleteAllNotifications "social:delete_all_notifications" "Rate limit exceeded for notification deletion"
    /// `update_notification_preferences`.
    ChangePreferences "social:update_notification_preferences" "Rate limit exceeded for preference updates"
    /// Browsers that come and go.
    PushSubscription "social:push_subscription" "Rate limit exceeded for push subscriptions"
    /// Whatever is only looked at.
    Look "social:read" "Rate limit exceeded for requests"
}

/// A user whose token holds, and who does not do `K` too often. Refused calls cost no more than this.
pub(super) struct Allowed<K> {
    /// Who.
    pub(super) actor: Actor,
    kind: PhantomData<K>,
}

/// The header comes first, with or without its scheme, as this contract's clients send it; then the app's cookie.
fn shown_token(headers: &HeaderMap, cookie: &str) -> Option<String> {
    let bare = || {
        let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?.trim();
        let one_word = !value.is_empty() && !value.contains(char::is_whitespace);
        (one_word && !value.eq_ignore_ascii_case("bearer")).then_some(value)
    };
    let header = bearer(headers).or_else(bare).map(str::to_owned);
    header.or_else(|| cookie_value(headers, cookie))
}

fn refuse(error: AuthError) -> Failure {
    let fault = match error {
        AuthError::Token(fault) => fault,
        AuthError::Store(error) => return error.into(),
    };
    Failure::unauthorized(match fault {
        TokenFault::Missing => "No token provided",
        TokenFault::Expired => "Token expired",
        TokenFault::Revoked => "Token has been revoked",
        TokenFault::BadSignature
        | TokenFault::Malformed
        | TokenFault::IncompleteClaims
        | TokenFault::Inactive
        | TokenFault::Unknown
        | TokenFault::Undecided
        | TokenFault::Refused => "Invalid token",
    })
}

impl<K, S> FromRequestParts<S> for Allowed<K>
where
    K: Counted,
    S: Send + Sync,
    Arc<Identity>: FromRef<S>,
    Arc<PublicSettings>: FromRef<S>,
    Arc<RateLimits>: FromRef<S>,
{
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let settings = Arc::<PublicSettings>::from_ref(state);
        let token = shown_token(&parts.headers, &settings.auth_cookie);
        let identity = Arc::<Identity>::from_ref(state);
        let actor = recognise(&identity, token.as_deref(), parts).await.map_err(refuse)?;
        let counted = Arc::<RateLimits>::from_ref(state).check(&actor.user, K::KIND);
        counted.map_err(|refused| Failure::too_often(K::EXCESS, refused))?;
        Ok(Self { actor, kind: PhantomData })
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn token(authorization: &'static str, cookie: &'static str) -> Option<String> {
        let headers = HeaderMap::from_iter([
            (header::AUTHORIZATION, HeaderValue::from_static(authorization)),
            (header::COOKIE, HeaderValue::from_static(cookie)),
        ]);
        shown_token(&headers, "authToken")
    }

    #[test]
    fn the_header_counts_with_or_without_its_scheme_and_before_the_cookie() {
        assert_eq!(token("Bearer a", "authToken=b").as_deref(), Some("a"));
        assert_eq!(token("bearer a", "").as_deref(), Some("a"));
        assert_eq!(token("a", "authToken=b").as_deref(), Some("a"));
    }

    #[test]
    fn what_is_no_token_leaves_the_cookie() {
        for header in ["", "Bearer ", "bearer", "Basic YTpi"] {
            assert_eq!(token(header, "authToken=b").as_deref(), Some("b"), "{header:?}");
        }
        assert_eq!(token("Basic YTpi", ""), None);
    }
}
