//! The store on real files: against its contract, beside models, and with what goes wrong with disks and processes.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

mod cases;
mod commit;
mod conversations;
#[cfg(target_os = "linux")]
mod disk;
mod event_map;
mod file;
mod kill;
mod migrate;
mod quiz;
mod random;
mod story;
mod support;
mod tracking;
