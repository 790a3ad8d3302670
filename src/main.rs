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
