//! Loads a Socket.IO server with many clients from one thread, and checks every delivery.
//!
//! It speaks the wire itself, in prebuilt frames: a client library would cost more than the server that is measured.

mod arguments;
mod checker;
mod door;
mod driver;
mod fault;
mod frame;
mod http;
mod latency;
mod marker;
mod meter;
mod net;
mod pace;
mod packet;
mod play;
mod report;
mod scenario;
mod tokens;
mod window;
mod wire;

use std::{io::Write as _, process::ExitCode};

use clap::Parser as _;

use crate::arguments::Arguments;

/// Something was wrong with what the server did.
const UNCLEAN: u8 = 1;
/// There is no result.
const FAILED: u8 = 2;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match scenario::play(&arguments) {
        Ok(report) => {
            let is_clean = report.is_clean();
            let written = writeln!(std::io::stdout().lock(), "{}", report.line());
            if is_clean && written.is_ok() { ExitCode::SUCCESS } else { UNCLEAN.into() }
        }
        Err(fault) => {
            // Where even that cannot be written, the code of exit says it.
            let _ = writeln!(std::io::stderr().lock(), "outrigger-load: {fault}");
            FAILED.into()
        }
    }
}
