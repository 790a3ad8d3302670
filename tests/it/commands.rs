use std::process::Output;

use crate::sidecar::{JWT_SECRET, command};

async fn run(arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    command(folder.path(), arguments).envs(environment.iter().copied()).output().await.unwrap()
}

#[tokio::test]
async fn a_minted_token_says_who_it_is_for_and_when_it_ends() {
    let minted =
        run(&["token", "--user", "ann", "--admin", "--ttl", "1h"], &[("JWT_SECRET", JWT_SECRET)])
            .await;
    assert!(minted.status.success());
    let token = String::from_utf8(minted.stdout).unwrap();
    let key = jsonwebtoken::DecodingKey::from_secret(JWT_SECRET.as_bytes());
    let validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::HS256);
    let claims =
        jsonwebtoken::decode::<serde_json::Value>(token.trim(), &key, &validation).unwrap().claims;
    assert_eq!(claims["userId"], "ann");
    assert_eq!(claims["email"], "ann@example.com");
    assert_eq!(claims["isAdmin"], true);
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 3600);
}

#[tokio::test]
async fn a_token_needs_the_secret_and_says_so() {
    let refused = run(&["token", "--user", "ann"], &[]).await;
    assert!(!refused.status.success());
    assert!(String::from_utf8(refused.stderr).unwrap().contains("JWT_SECRET is missing"));
}

#[tokio::test]
async fn the_internal_api_describes_itself() {
    let described = run(&["openapi"], &[]).await;
    let document: serde_json::Value = serde_json::from_slice(&described.stdout).unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3."));
    assert!(document["paths"]["/internal/emit-token-update"]["post"].is_object());
}
