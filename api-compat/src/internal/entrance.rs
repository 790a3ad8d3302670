//! The way in to the internal API: who calls must show the secret, and what carries an `Idempotency-Key` is carried out once.
//!
//! One service around all routes, and no layers: axum puts each layer into a box of its own around every route, and clones
//! all of these boxes for each request.

use std::{
    collections::HashSet,
    convert::Infallible,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{
    Router,
    extract::Request,
    http::{HeaderName, header},
    response::{IntoResponse, Response},
};
use futures_util::{FutureExt, future::BoxFuture};
use tower::Service;

use super::{
    auth::{Gate, Principal, SECRET_HEADER},
    idempotency::{KEY_HEADER, Keeper, answer_once, scoped_key},
    straight::{Shortly, Straight},
};
use crate::{auth::bearer_in, error::Refusal};

/// What is asked of whoever calls.
pub(super) struct Rules {
    /// Knows the secret.
    pub(super) gate: Arc<Gate>,
    /// Keeps answers.
    pub(super) keeper: Arc<Keeper>,
    /// Paths that an admin's token opens too.
    pub(super) admins: HashSet<String>,
    /// The path that is open to everyone.
    pub(super) open: &'static str,
}

/// The internal API's routes behind its rules.
#[derive(Clone)]
pub struct Entrance(Arc<Inner>);

struct Inner {
    rules: Rules,
    routes: Router,
    straight: Straight,
}

impl Entrance {
    pub(super) fn new(rules: Rules, routes: Router, straight: Straight) -> Self {
        Self(Arc::new(Inner { rules, routes, straight }))
    }

    /// Answers a call of the app to one of the routes that are called most, as a request for it would be answered: with JSON, or
    /// a response that says why not. `None` of all others, for which there are requests.
    pub fn shortcut<'a>(
        &self,
        method: &str,
        target: &str,
        header: impl Fn(&str) -> Option<&'a [u8]>,
        body: &[u8],
    ) -> Option<Shortly> {
        let Inner { rules, straight, .. } = &*self.0;
        let call = straight.of(method, target)?;
        let text = |name: &HeaderName| header(name.as_str()).and_then(|it| str::from_utf8(it).ok());
        let shown = [text(&header::AUTHORIZATION).and_then(bearer_in), text(&SECRET_HEADER)];
        if header(KEY_HEADER.as_str()).is_some() || !rules.gate.admits_one_of(shown) {
            return None;
        }
        Some(call(body))
    }
}

impl Service<Request> for Entrance {
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let inner = Arc::clone(&self.0);
        Box::pin(async move { Ok(inner.answer(request).await) })
    }
}

impl Inner {
    async fn answer(&self, mut request: Request) -> Response {
        let Rules { gate, keeper, admins, open } = &self.rules;
        if request.uri().path() == *open {
            return carry_out(&self.routes, request).await;
        }
        // Who is not let in has no say about keys.
        let caller = if gate.admits(request.headers()) {
            Principal::App
        } else if admins.contains(request.uri().path()) {
            // In a box, as what follows a key is: every call would have to hold room for it.
            let (same, admin) = Box::pin(gate.admin(request)).await;
            request = same;
            match admin {
                Ok(user) => Principal::Admin(user),
                Err(refusal) => return refusal.into_response(),
            }
        } else {
            return Refusal::unauthorized().into_response();
        };
        match scoped_key(&request, &caller) {
            Ok(None) => carry_out(&self.routes, request).await,
            Ok(Some(key)) => {
                let keeper = Arc::clone(keeper);
                Box::pin(answer_once(keeper, key, request, self.routes.clone())).await
            }
            Err(refusal) => refusal.into_response(),
        }
    }
}

/// Hands a call to its route. A router is always ready.
pub(super) fn carry_out(
    routes: &Router,
    request: Request,
) -> impl Future<Output = Response> + use<> {
    routes.clone().call(request).map(|Ok(response)| response)
}
