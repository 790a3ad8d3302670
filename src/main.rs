//! The process: commands, configuration, composition, listeners, shutdown.

mod background;
mod command;
mod compose;
mod config;
mod dev;
mod live;
mod logging;
mod mails;
mod market;
mod mint;
mod pushing;
mod serve;
mod stop;
mod telling;
mod tracked;

use std::process::ExitCode;

use clap::Parser;
use tikv_jemallocator::Jemalloc;

/// Has threads of its own that give memory back to the system once slow readers are gone, also when nothing else happens.
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

fn main() -> ExitCode {
    let arguments = command::Arguments::parse();
    match command::run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            command::complain(&*error);
            ExitCode::FAILURE
        }
    }
}
