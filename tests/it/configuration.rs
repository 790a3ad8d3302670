use std::time::Duration;

use tokio::time::timeout;

use crate::sidecar::{PATIENCE, command, settings};

#[tokio::test]
async fn serve_lists_every_fault_at_once_and_repeats_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let refused = command(folder.path(), &["serve"])
        .env("JWT_SECRET", "short-and-secret")
        .env("PORT", "99999")
        .env("ROOT_CONTRACT", "chess")
        .env("ALLOWED_ORIGINS", "*")
        .output();
    let refused = timeout(PATIENCE, refused).await.expect("an end in time").unwrap();
    assert!(!refused.status.success());
    let said = String::from_utf8(refused.stderr).unwrap();
    for named in ["JWT_SECRET", "INTERNAL_SECRET", "PORT", "ROOT_CONTRACT", "ALLOWED_ORIGINS"] {
        assert!(said.contains(named), "{named} is not in:\n{said}");
    }
    assert!(!said.contains("short-and-secret"), "{said}");
}

#[tokio::test]
async fn a_port_in_use_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let refused = command(folder.path(), &["serve"])
        .envs(settings(folder.path()))
        .env("PORT", &port)
        .output();
    let refused = timeout(PATIENCE, refused).await.expect("an end in time").unwrap();
    assert!(!refused.status.success());
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(said.contains(&format!("PORT 127.0.0.1:{port} is in use")), "{said}");
}

#[tokio::test]
async fn the_environment_wins_over_dotenv_and_dotenv_over_the_file() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("outrigger.toml"),
        "port = 1\nroot_contract = \"file\"\nlog_format = \"xml\"\n",
    )
    .unwrap();
    std::fs::write(folder.path().join(".env"), "ROOT_CONTRACT=dotenv\nPORT=2\n").unwrap();
    let refused = command(folder.path(), &["serve"]).env("PORT", "environment").output();
    let refused = timeout(PATIENCE, refused).await.expect("an end in time").unwrap();
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(said.contains("\"environment\""), "{said}");
    assert!(said.contains("\"dotenv\""), "{said}");
    assert!(said.contains("LOG_FORMAT must be text or json"), "{said}");
}

#[tokio::test]
async fn a_mistyped_setting_in_the_file_is_told_of() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("outrigger.toml"), "jwt_secert = \"x\"\n").unwrap();
    let refused = command(folder.path(), &["serve"]).output();
    let refused = timeout(Duration::from_secs(20), refused).await.expect("an end in time").unwrap();
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(said.contains("jwt_secert in outrigger.toml is not a setting"), "{said}");
}
