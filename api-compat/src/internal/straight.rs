//! The shortest way to the routes that are called most: to their handlers, past the router.
//!
//! A router looks for parameters in paths, keeps what it found with the request, and puts each handler and its answer into
//! boxes: a tenth of such a call. All of these routes are the router's too, which answers any other method, calls with an
//! `Idempotency-Key`, and batches.

use std::collections::HashMap;

use axum::{extract::Request, handler::Handler, http::Method, response::Response};
use futures_util::future::BoxFuture;

use crate::state::{InternalState, Shared};

type Call = Box<dyn Fn(Request) -> BoxFuture<'static, Response> + Send + Sync>;

/// Handlers of paths without parameters, called with `POST`.
#[derive(Default)]
pub(super) struct Straight(HashMap<String, Call>);

impl Straight {
    /// With this one, at the path of its annotation.
    pub(super) fn post<P, H, T>(mut self, handler: H, state: &Shared<InternalState>) -> Self
    where
        P: utoipa::Path,
        T: 'static,
        H: Handler<T, Shared<InternalState>, Future = BoxFuture<'static, Response>> + Sync,
    {
        let state = state.clone();
        let call = move |request| handler.clone().call(request, state.clone());
        self.0.insert(P::path(), Box::new(call));
        self
    }

    /// What carries this request out, if it is one of these.
    pub(super) fn of(&self, request: &Request) -> Option<&Call> {
        if *request.method() == Method::POST { self.0.get(request.uri().path()) } else { None }
    }
}
