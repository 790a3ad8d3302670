//! The commands that people type.

use std::{error::Error, io::Write, path::PathBuf};

use clap::{Args, Parser, Subcommand};
use outrigger_namespaces::registry;
use outrigger_push::KeyPair;

use crate::{
    config::{Config, Source},
    dev, logging, mint, serve,
};

/// A realtime sidecar for Next.js apps.
#[derive(Parser)]
#[command(name = "outrigger", version, about)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// A configuration file; `outrigger.toml` is read if it is there.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Command {
    /// Runs on this machine only, with secrets of its own, and prints tokens to try it with.
    Dev(dev::DevArguments),
    /// Runs with the secrets and limits of the environment.
    Serve,
    /// Makes a token for a user, signed with JWT_SECRET.
    Token(mint::TokenArguments),
    /// Lists every event of every contract.
    Contracts(ContractsArguments),
    /// Prints the OpenAPI description of the internal API.
    Openapi,
    /// Makes a key pair for web push.
    Vapid,
}

#[derive(Args)]
struct ContractsArguments {
    /// As JSON: an array of objects with `contract`, `namespace`, `from` and `event`.
    #[arg(long)]
    json: bool,
    /// The contract `monitor` too, which is the sidecar's own and no app's.
    #[arg(long)]
    all: bool,
    /// As a TypeScript module with names and payload types.
    #[arg(long, conflicts_with = "json")]
    typescript: bool,
}

/// Carries out a command.
pub(crate) fn run(arguments: Arguments) -> Result<(), Box<dyn Error>> {
    match arguments.command {
        Command::Serve => {
            let config = Config::for_serve(&Source::read(arguments.config.as_deref())?)?;
            logging::start(&config.logging)?;
            serve::run(config, serve::Announcement::Machine)
        }
        Command::Dev(options) => dev::run(&options, &Source::read(arguments.config.as_deref())?),
        Command::Token(options) => {
            let token = mint::run(&options, &Source::read(arguments.config.as_deref())?)?;
            print(&token)
        }
        Command::Contracts(options) => contracts(&options),
        Command::Openapi => print(&outrigger_api_compat::openapi_json()),
        Command::Vapid => {
            let keys = KeyPair::generate();
            print(&format!(
                "# The public key, for the app's page: {}\nVAPID_PRIVATE_KEY={}",
                keys.public,
                keys.private.expose()
            ))
        }
    }
}

fn contracts(options: &ContractsArguments) -> Result<(), Box<dyn Error>> {
    let events = if options.all { registry::all_events() } else { registry::events() };
    registry::check(&events)?;
    if options.typescript {
        return print(outrigger_namespaces::typescript::module().trim_end());
    }
    if options.json {
        return print(&serde_json::to_string_pretty(&events)?);
    }
    let mut table = format!("{:<10} {:<16} {:<7} EVENT", "CONTRACT", "NAMESPACE", "FROM");
    for event in events {
        let from = match event.from {
            registry::From::Client => "client",
            registry::From::Server => "server",
        };
        table +=
            &format!("\n{:<10} {:<16} {from:<7} {}", event.contract, event.namespace, event.event);
    }
    print(&table)
}

/// Prints what was asked for. A reader that has gone away (`| head`) is no error.
pub(crate) fn print(text: &str) -> Result<(), Box<dyn Error>> {
    match writeln!(std::io::stdout(), "{text}") {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        done => Ok(done?),
    }
}

/// Says on standard error what went wrong.
pub(crate) fn complain(error: &dyn Error) {
    let mut text = format!("outrigger: {error}");
    let mut cause = error.source();
    while let Some(source) = cause {
        let source_text = source.to_string();
        if !text.contains(&source_text) {
            text += &format!("\n  because: {source_text}");
        }
        cause = source.source();
    }
    // Nobody is left to tell if standard error is closed.
    let _ = writeln!(std::io::stderr(), "{text}");
}
