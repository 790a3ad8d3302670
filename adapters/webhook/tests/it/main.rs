//! Posts to a real server, as an app's would be.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

mod app;
mod asking;
mod posting;
mod refusing;
mod story;
