//! What the app tells of orders, products and sellers (`contracts/commerce.md` section 5).

use serde_json::{Value, json};

use crate::world::World;

async fn tell(world: &World, route: &str, body: Value) -> (u16, Value) {
    world.app("POST", &format!("/internal/commerce/{route}"), body).await.both()
}

fn refused(field: &str, text: &str) -> (u16, Value) {
    (400, json!({ "error": text, "field": field }))
}

/// Whether some event of `events` is for that audience and has all these parts.
fn has(events: &[String], audience: &str, parts: &[&str]) -> bool {
    events.iter().any(|event| {
        event.starts_with(&format!("{audience}: ")) && parts.iter().all(|part| event.contains(part))
    })
}

#[tokio::test]
async fn an_order_is_told_to_its_buyer_and_sellers_once() {
    let world = World::with_people().await;
    let order = json!({ "orderId": "o1", "orderNumber": "A-1", "buyerId": "ann", "total": 12.5, "status": "pending",
        "message": "Thank you", "sellers": [
            { "sellerId": "bob", "productName": "Bowl" }, { "sellerId": "cid" }, { "sellerId": "bob", "productName": "Cup" } ] });
    let known = json!({ "orderId": "o1", "orderNumber": "A-1", "buyerId": "ann", "sellerIds": ["bob", "cid"], "status": "pending" });
    let answer = (200, json!({ "success": true, "order": known }));
    assert_eq!(tell(&world, "orders", order.clone()).await, answer);
    let told = world.events();
    assert_eq!(told.len(), 4, "{told:?}");
    let created = r#"{"message":"Thank you","orderId":"o1","orderNumber":"A-1","total":12.5}"#;
    assert!(has(&told, r#"User("ann")"#, &["order:created", created]), "{told:?}");
    for (seller, product) in [("bob", "Bowl"), ("bob", "Cup"), ("cid", "")] {
        let received = json!({ "orderId": "o1", "productName": product }).to_string();
        let to = format!(r#"User("{seller}")"#);
        assert!(has(&told, &to, &["order:received", &received]), "{seller} {told:?}");
    }
    assert_eq!(tell(&world, "orders", order).await, answer);
    assert!(world.events().is_empty(), "the same order is not told twice");

    let more =
        json!({ "orderId": "o1", "buyerId": "bob", "status": "", "sellers": [], "tell": false });
    let known = json!({ "orderId": "o1", "orderNumber": "A-1", "buyerId": "ann", "sellerIds": [], "status": "pending" });
    assert_eq!(
        tell(&world, "orders", more).await,
        (200, json!({ "success": true, "order": known }))
    );
    let quiet = json!({ "orderId": "o2", "buyerId": "ann", "tell": false });
    let known = json!({ "orderId": "o2", "buyerId": "ann", "sellerIds": [] });
    assert_eq!(
        tell(&world, "orders", quiet).await,
        (200, json!({ "success": true, "order": known }))
    );
    assert!(world.events().is_empty());

    let nobodys = "buyerId is required for an order that is not known";
    for (body, field, text) in [
        (json!({}), "orderId", "orderId is required"),
        (json!({ "orderId": "o3" }), "buyerId", nobodys),
        (json!({ "orderId": "o3", "tell": false }), "buyerId", nobodys),
        (
            json!({ "orderId": "o3", "buyerId": "ann", "sellers": ["bob"] }),
            "sellers[0]",
            "sellers[0] must be an object",
        ),
        (
            json!({ "orderId": "o3", "buyerId": "ann", "sellers": [{}] }),
            "sellers[0].sellerId",
            "sellers[0].sellerId is required",
        ),
        (
            json!({ "orderId": "o3", "buyerId": "ann", "sellers": vec![json!({ "sellerId": "x" }); 1001] }),
            "sellers",
            "sellers must have at most 1000 entries",
        ),
        (
            json!({ "orderId": "o3", "buyerId": "ann", "status": "x".repeat(65) }),
            "status",
            "status must have at most 64 bytes",
        ),
        (
            json!({ "orderId": "o3", "buyerId": "ann", "total": "9".repeat(1100) }),
            "total",
            "total must have at most 1024 bytes",
        ),
        (
            json!({ "orderId": "o3", "buyerId": "ann", "tell": "no" }),
            "tell",
            "tell must be true or false",
        ),
    ] {
        assert_eq!(tell(&world, "orders", body).await, refused(field, text));
    }
    assert!(world.events().is_empty());
}

#[tokio::test]
async fn the_buyer_hears_how_far_an_order_has_come() {
    let world = World::with_people().await;
    let shipped = json!({ "orderId": "o1", "status": "shipped" });
    let unknown = (404, json!({ "error": "Order not found" }));
    assert_eq!(tell(&world, "order-status", shipped.clone()).await, unknown);
    assert!(world.told().is_empty());
    let first = json!({ "orderId": "o1", "status": "paid", "userId": "ann" });
    let known = |status: &str| {
        let order = json!({ "orderId": "o1", "buyerId": "ann", "sellerIds": [], "status": status });
        (200, json!({ "success": true, "order": order }))
    };
    assert_eq!(tell(&world, "order-status", first).await, known("paid"));
    world.events();
    assert_eq!(tell(&world, "order-status", shipped).await, known("shipped"));
    let told = world.events();
    assert!(has(&told, r#"User("ann")"#, &["OrderStatus", "o1", "shipped"]), "{told:?}");
    assert!(has(&told, r#"User("ann")"#, &["Notification", "Order o1 is now shipped"]), "{told:?}");
    let empty = json!({ "orderId": "o1", "status": "" });
    assert_eq!(
        tell(&world, "order-status", empty).await,
        refused("status", "status must have 1 to 64 bytes")
    );
}

#[tokio::test]
async fn a_decision_is_told_to_whom_it_concerns_and_to_admins() {
    let world = World::with_people().await;
    let done = (200, json!({ "success": true }));
    let product = json!({ "userId": "bob", "product": { "id": "7", "name": "Bowl" }, "status": "approved",
        "note": "", "moderator": "root" });
    assert_eq!(tell(&world, "product-moderation", product).await, done);
    let told = world.events();
    let to_seller = r#"User("bob")"#;
    assert!(has(&told, to_seller, &["moderation:product_approved", r#""note":null"#]), "{told:?}");
    assert!(
        has(&told, to_seller, &["product:approved", "Your product has been approved"]),
        "{told:?}"
    );
    assert!(has(&told, to_seller, &["Notification", "product_moderation"]), "{told:?}");
    let admins = ["moderation:product_status_changed", r#""moderator":"root""#];
    assert!(has(&told, "Role(Admin)", &admins), "{told:?}");

    let seller = json!({ "userId": "ann", "applicationId": "a1", "status": "rejected", "note": "Too short",
        "userName": "Ann", "businessName": "Pots", "moderator": "root" });
    assert_eq!(tell(&world, "seller-application", seller).await, done);
    let told = world.events();
    let to_applicant = r#"User("ann")"#;
    let parts = ["moderation:seller_rejected", r#""applicationId":"a1""#, r#""note":"Too short""#];
    assert!(has(&told, to_applicant, &parts), "{told:?}");
    assert!(!told.iter().any(|event| event.contains("seller:application:approved")), "{told:?}");
    let admins = ["moderation:seller_status_changed", r#""userName":"Ann""#];
    assert!(has(&told, "Role(Admin)", &admins), "{told:?}");

    let product = |id: Value, name: Value| json!({ "userId": "bob", "product": { "id": id, "name": name }, "status": "approved" });
    let words = "status must be approved or rejected";
    for (route, body, field, text) in [
        (
            "product-moderation",
            json!({ "userId": "bob", "status": "approved" }),
            "product",
            "product is required",
        ),
        (
            "product-moderation",
            json!({ "userId": "bob", "product": "7", "status": "approved" }),
            "product",
            "product must be an object",
        ),
        (
            "product-moderation",
            json!({ "userId": "bob", "product": { "id": "7" }, "status": "approved" }),
            "product.name",
            "product.name is required",
        ),
        (
            "product-moderation",
            product(json!(7), json!("Bowl")),
            "product.id",
            "product.id must be a string",
        ),
        (
            "product-moderation",
            product(json!("7"), json!("")),
            "product.name",
            "product.name must have 1 to 1024 bytes",
        ),
        (
            "product-moderation",
            json!({ "userId": "bob", "product": { "id": "7", "name": "B" }, "status": "Approved" }),
            "status",
            words,
        ),
        ("seller-application", json!({ "userId": "ann", "status": "pending" }), "status", words),
        (
            "seller-application",
            json!({ "userId": "ann", "status": "approved", "note": "x".repeat(16_385) }),
            "note",
            "note must have at most 16384 bytes",
        ),
    ] {
        assert_eq!(tell(&world, route, body).await, refused(field, text));
    }
    assert!(world.events().is_empty());
}

#[tokio::test]
async fn a_seller_is_warned_of_a_product_that_runs_out() {
    let world = World::with_people().await;
    let low = json!({ "sellerId": "bob", "product": { "id": "7", "name": "Bowl", "stock": 2 } });
    let (status, answer) = tell(&world, "low-stock", low).await;
    assert_eq!((status, &answer["success"], &answer["stored"]), (200, &json!(true), &json!(true)));
    assert!(answer["notificationId"].is_string());
    let told = world.events();
    let words = ["low_stock", "Low Stock Alert", "Bowl is running low (2 left)"];
    assert!(has(&told, r#"User("bob")"#, &words), "{told:?}");
    for (product, field, text) in [
        (json!({ "id": "7", "name": "Bowl" }), "product.stock", "product.stock is required"),
        (
            json!({ "id": "7", "name": "Bowl", "stock": "2" }),
            "product.stock",
            "product.stock must be a whole number",
        ),
        (
            json!({ "id": "", "name": "Bowl", "stock": 2 }),
            "product.id",
            "product.id must have 1 to 1024 bytes",
        ),
    ] {
        let body = json!({ "sellerId": "bob", "product": product });
        assert_eq!(tell(&world, "low-stock", body).await, refused(field, text));
    }
}
