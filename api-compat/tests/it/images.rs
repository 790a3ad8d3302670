//! Images are for those who wrote and received them.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::json;

use crate::world::{World, get, send};

/// The smallest thing that begins as a PNG does, as base64.
const PNG: &str = "iVBORw0KGgoA";
const PNG_BYTES: &[u8] = &[0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0];

async fn upload(world: &World) -> String {
    let body = json!({ "image": format!("data:image/png;base64,{PNG}") });
    let answer = world.post("ann", "/api/messages/send/bob", body).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    answer.json()["image"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn participants_get_the_bytes_and_nothing_that_could_run() {
    let world = World::with_people().await;
    let path = upload(&world).await;
    assert!(path.starts_with("/api/messages/images/"));
    for name in ["ann", "bob"] {
        let image = world.get(name, &path).await;
        assert_eq!((image.status, image.bytes.as_slice()), (StatusCode::OK, PNG_BYTES));
        assert_eq!(image.headers[header::CONTENT_TYPE], "image/png");
        assert_eq!(image.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(image.headers[header::CONTENT_SECURITY_POLICY], "default-src 'none'; sandbox");
        assert_eq!(image.headers[header::CACHE_CONTROL], "private, max-age=31536000, immutable");
    }
}

#[tokio::test]
async fn to_anyone_else_it_does_not_exist() {
    let world = World::with_people().await;
    let path = upload(&world).await;
    let missing = (404, json!({ "message": "Image not found." }));
    assert_eq!(world.get("root", &path).await.both(), missing);
    assert_eq!(world.get("ann", "/api/messages/images/nothing").await.both(), missing);
    assert_eq!(send(&world.public, get(&path)).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_known_image_is_not_sent_again_and_a_stranger_learns_nothing_from_its_tag() {
    let world = World::with_people().await;
    let path = upload(&world).await;
    let tag = world.get("bob", &path).await.headers[header::ETAG].clone();
    let asking = |name: &str| {
        Request::get(&path)
            .header(header::AUTHORIZATION, format!("Bearer {}", world.token(name)))
            .header(header::IF_NONE_MATCH, tag.clone())
            .body(Body::empty())
            .unwrap()
    };
    let known = send(&world.public, asking("bob")).await;
    assert_eq!((known.status, known.bytes.len()), (StatusCode::NOT_MODIFIED, 0));
    assert_eq!(known.headers[header::ETAG], tag);
    assert_eq!(send(&world.public, asking("root")).await.status, StatusCode::NOT_FOUND);
}
