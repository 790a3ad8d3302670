//! The process: commands, configuration, composition, listeners, shutdown.

mod background;
mod command;
mod compose;
mod config;
mod dev;
mod logging;
mod mint;
mod serve;
mod stop;
mod telling;

use std::process::ExitCode;

use clap::Parser;
use mimalloc::MiMalloc;

/// Gives memory back to the system once slow readers are gone; the C library's keeps it in the arenas of its threads.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

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
