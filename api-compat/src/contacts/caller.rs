//! Who calls, with which standing, and how often they may (`contracts/contacts.md` sections 1, 4 and 6).

use std::{marker::PhantomData, sync::Arc};

use axum::{
    extract::{FromRef, FromRequestParts},
    http::{HeaderMap, StatusCode, request::Parts},
};
use outrigger_domain::{
    accounts::Accounts,
    actor::Actor,
    identity::{AuthError, Identity, RESERVED_PREFIX, device_id},
    ids::{ContactId, UserId},
    limits::RateLimits,
    naming::Ids,
    support::{Contact, Entrant, Speaker, SupportDesk},
};

use super::answer::{failure, no_contact, not_allowed, too_often, unavailable};
use crate::{
    auth::{LimitedAddress, RequestOrigin, header_token, recognise},
    error::Refusal,
};

/// Where whoever asked shows the access token that came with the receipt; never in the URL, which ends in logs.
const ACCESS_HEADER: &str = "x-contact-token";

/// With which standing a call may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Needs {
    /// None: anybody may.
    Nothing,
    /// A token, or what shows that one asked.
    Token,
    /// An admin's token.
    Admin,
}

/// A kind of call: who may make it, and what it is counted as.
pub(super) trait Kind {
    /// Who may.
    const NEEDS: Needs;
    /// The name of its allowance, the same as for what sockets do; none if it is counted later.
    const ALLOWANCE: Option<&'static str>;
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident $needs:ident $allowance:expr;)*) => { $(
        $(#[$doc])*
        pub(super) struct $name;

        impl Kind for $name {
            const NEEDS: Needs = Needs::$needs;
            const ALLOWANCE: Option<&'static str> = $allowance;
        }
    )* };
}

kinds! {
    /// Somebody asks for help. What people forget to fill in costs them nothing.
    Submit Nothing None;
    /// Somebody looks at a request.
    Look Token Some("contacts:read");
    /// Somebody says something about one.
    Speak Token Some("contacts:message");
    /// An admin looks at all of them, or does away with one.
    Manage Admin Some("contacts:read");
}

/// Whoever may make a call of this kind. The token comes in a header alone: no page of another site can make a browser send
/// it along. Whoever shows none is a guest; a token that does not hold makes nobody one.
pub(super) struct Allowed<K> {
    /// Who.
    pub(super) actor: Actor,
    access_token: Option<String>,
    counted_as: UserId,
    kind: PhantomData<K>,
}

fn access_token(headers: &HeaderMap) -> Option<String> {
    let shown = headers.get(ACCESS_HEADER)?.to_str().ok()?.trim();
    (!shown.is_empty()).then(|| shown.to_owned())
}

/// Whose allowance a call takes: a user's, or for guests that of all who come from where they do. The same as sockets take.
fn counted_as(actor: &Actor, address: &str) -> UserId {
    let guests = || UserId::new(format!("{RESERVED_PREFIX}address-{address}")).ok();
    let of = if actor.is_guest() { guests() } else { None };
    of.unwrap_or_else(|| actor.user.clone())
}

fn refuse(error: AuthError) -> Refusal {
    match error {
        AuthError::Token(_) => failure(StatusCode::BAD_REQUEST, "Session Expired, login again!"),
        AuthError::Store(error) => unavailable(error),
    }
}

impl<K, S> FromRequestParts<S> for Allowed<K>
where
    K: Kind,
    S: Send + Sync,
    Arc<Identity>: FromRef<S>,
    Arc<RateLimits>: FromRef<S>,
    Arc<dyn Ids>: FromRef<S>,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let origin = RequestOrigin::of(parts).0;
        let access_token = access_token(&parts.headers);
        let token = header_token(&parts.headers);
        let may_be_guest = match K::NEEDS {
            Needs::Nothing => true,
            Needs::Token => access_token.is_some(),
            Needs::Admin => false,
        };
        let actor = if token.is_none() && may_be_guest {
            let device = device_id(&origin.user_agent, &origin.address);
            Actor::guest(&*Arc::<dyn Ids>::from_ref(state), device)
        } else if token.is_none() {
            return Err(failure(StatusCode::UNAUTHORIZED, "No token, authorization Denied"));
        } else {
            recognise(&Arc::<Identity>::from_ref(state), token, parts).await.map_err(refuse)?
        };
        if K::NEEDS == Needs::Admin && !actor.is_admin() {
            return Err(not_allowed());
        }
        let limited = parts.extensions.get::<LimitedAddress>();
        let address = limited.map_or(&origin.address, |LimitedAddress(address)| address);
        let counted_as = counted_as(&actor, address);
        let caller = Self { actor, access_token, counted_as, kind: PhantomData };
        if let Some(kind) = K::ALLOWANCE {
            caller.count(&Arc::<RateLimits>::from_ref(state), kind)?;
        }
        Ok(caller)
    }
}

impl<K> Allowed<K> {
    /// Counts one more call of this kind.
    pub(super) fn count(&self, limits: &RateLimits, kind: &str) -> Result<(), Refusal> {
        limits.check(&self.counted_as, kind).map_err(too_often)
    }

    /// The request of that id, if this one may read and speak in its chat, and in which capacity. Nobody learns which
    /// requests of others there are.
    pub(super) async fn enter(
        &self,
        support: &SupportDesk,
        accounts: &Accounts,
        id: &str,
    ) -> Result<(Contact, Speaker), Refusal> {
        let id = ContactId::new(id).map_err(|_| no_contact())?;
        let known = accounts.find(&self.actor.user).await.map_err(unavailable)?;
        let who = Entrant {
            actor: &self.actor,
            recorded_email: known.as_ref().map(|user| user.email.as_str()),
            access_token: self.access_token.as_deref(),
            bound: false,
        };
        let entered = support.may_enter(&id, who).await.map_err(unavailable)?;
        entered.ok_or_else(no_contact)
    }

    /// The name that others see.
    pub(super) fn shown(&self, contact: &Contact, speaker: Speaker) -> String {
        let known = self.actor.profile.name.clone().filter(|_| !self.actor.is_guest());
        known.unwrap_or_else(|| match speaker {
            Speaker::Admin => self.actor.user.to_string(),
            // Whoever asked has the name in the form.
            Speaker::Submitter => contact.name.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use outrigger_domain::{identity::UNKNOWN_ADDRESS, naming::Uuids};

    use super::*;

    #[test]
    fn guests_from_one_place_share_what_they_may() {
        let guest = || Actor::guest(&Uuids, device_id("browser", "192.0.2.1"));
        let here = counted_as(&guest(), "192.0.2.1");
        assert_eq!(here, counted_as(&guest(), "192.0.2.1"));
        assert_ne!(here, counted_as(&guest(), "192.0.2.2"));
        assert_ne!(here, counted_as(&guest(), UNKNOWN_ADDRESS));
        assert!(here.as_str().starts_with(RESERVED_PREFIX), "no token can name it");
        let mut ann = guest();
        ann.user = UserId::new("ann").unwrap();
        assert_eq!(counted_as(&ann, "192.0.2.1"), ann.user);
    }
}
