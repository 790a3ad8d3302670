//! The sidecar says that it is there.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::json;

use crate::world::{World, get, send};

#[tokio::test]
async fn programs_get_the_line_and_browsers_the_page() {
    let world = World::new().await;
    let line = send(&world.public, get("/")).await;
    assert_eq!(
        (line.status, line.bytes.as_slice()),
        (StatusCode::OK, b"Socket.IO server running".as_slice())
    );
    assert!(line.headers[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/plain"));

    let browser =
        Request::get("/").header(header::ACCEPT, "text/html,application/xhtml+xml,*/*;q=0.8");
    let page = send(&world.public, browser.body(Body::empty()).unwrap()).await;
    assert!(page.headers[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/html"));
    let policy = page.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(
        policy.contains("default-src 'none'") && policy.contains("script-src 'self'"),
        "{policy}"
    );
    assert_eq!(page.headers[header::VARY], "accept");
    assert!(String::from_utf8(page.bytes).unwrap().contains("/api/socket-namespaces"));
}

#[tokio::test]
async fn the_console_brings_its_own_files() {
    let world = World::new().await;
    for (name, kind) in [
        ("console.js", "text/javascript; charset=utf-8"),
        ("console.css", "text/css; charset=utf-8"),
        ("socket.io.esm.min.js", "text/javascript; charset=utf-8"),
        ("icon.svg", "image/svg+xml"),
    ] {
        let path = format!("/_console/{name}");
        let file = send(&world.public, get(&path)).await;
        assert_eq!(file.status, StatusCode::OK, "{name}");
        assert_eq!(file.headers[header::CONTENT_TYPE], kind);
        assert_eq!(file.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(file.headers[header::CACHE_CONTROL], "no-cache");
        let known = Request::get(&path).header(header::IF_NONE_MATCH, &file.headers[header::ETAG]);
        let again = send(&world.public, known.body(Body::empty()).unwrap()).await;
        assert_eq!((again.status, again.bytes.len()), (StatusCode::NOT_MODIFIED, 0), "{name}");
    }
    let contracts = send(&world.public, get("/_console/contracts.json")).await;
    assert_eq!(contracts.both(), (200, json!([])));
    assert_eq!(send(&world.public, get("/_console/secrets.env")).await.status, 404);
}

#[tokio::test]
async fn the_socket_paths_answer_plain_requests() {
    let world = World::new().await;
    for path in ["/api/socket", "/api/socket/", "/rooms/api/socket"] {
        let answer = send(&world.public, get(path)).await;
        assert_eq!(
            answer.both(),
            (200, json!({ "message": "Socket.IO server is initialized and reachable" })),
            "{path}"
        );
    }
    let answer = send(&world.public, get("/api/socket-namespaces")).await.json();
    assert_eq!(answer["namespaces"], json!(["/auth", "/messenger", "/notifications"]));
    assert!(answer["message"].is_string());
}

#[tokio::test]
async fn health_gives_counts_and_no_names() {
    let world = World::with_people().await;
    let answer = send(&world.public, get("/health")).await;
    assert_eq!(
        answer.both(),
        (
            200,
            json!({
                "status": "ok",
                "service": "outrigger",
                "timestamp": world.now(),
                "uptime": 0,
                "uptimeSeconds": 0,
                "version": env!("CARGO_PKG_VERSION"),
                "connections": { "users": 0, "connections": 1, "sockets": 1 },
            })
        )
    );
    assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
    assert_eq!(answer.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
}

#[tokio::test]
async fn ready_ends_when_draining_begins() {
    let world = World::new().await;
    assert_eq!(
        send(&world.public, get("/ready")).await.both(),
        (200, json!({ "status": "ready" }))
    );
    world.lifecycle.drain();
    assert_eq!(
        send(&world.public, get("/ready")).await.both(),
        (503, json!({ "status": "draining" }))
    );
    let status = world.app("GET", "/internal/status", json!(null)).await.json();
    assert_eq!(status["isListening"], false);
    assert_eq!(status["isInitialized"], true);
    assert_eq!(status["lastError"], json!(null));
}

#[tokio::test]
async fn metrics_are_plain_text() {
    let world = World::new().await;
    let answer = world.app("GET", "/metrics", json!(null)).await;
    assert_eq!(answer.bytes, b"outrigger_up 1\n");
    assert_eq!(answer.headers[header::CONTENT_TYPE], "text/plain; version=0.0.4; charset=utf-8");
}
