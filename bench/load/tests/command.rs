//! The built command: how it ends.

use std::{
    io::Result,
    process::{Command, Output},
};

fn run(arguments: &[&str]) -> Result<Output> {
    Command::new(env!("CARGO_BIN_EXE_outrigger-load")).args(arguments).output()
}

#[test]
fn without_a_server_there_is_no_result() {
    // Nothing listens on port 1.
    let nowhere = ["--public", "http://127.0.0.1:1", "--internal", "http://127.0.0.1:1"];
    let secrets = ["--jwt-secret", "s", "--internal-secret", "t"];
    let short = ["--connections", "1", "--patience", "0.5", "--retry-ms", "1"];
    let ended = run(&[&["connect"], &nowhere[..], &secrets, &short].concat()).unwrap();
    assert_eq!(ended.status.code(), Some(2), "{ended:?}");
    assert!(ended.stdout.is_empty() && !ended.stderr.is_empty(), "{ended:?}");
}

#[test]
fn every_option_is_explained() {
    let ended = run(&["--help"]).unwrap();
    assert!(ended.status.success());
    assert!(String::from_utf8_lossy(&ended.stdout).contains("--known"));
}
