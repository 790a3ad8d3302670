//! Whose orders are.

use outrigger_domain::commerce::{Order, OrderPatch};

use crate::{
    at,
    commerce_words::{order, order_id},
    user,
    world::World,
};

pub(crate) async fn an_order_is_known_once_its_buyer_is(world: &World) {
    let World { store, heard, .. } = world;
    let of_nobody = OrderPatch {
        status: Some("paid".into()),
        sellers: Some(vec![user("sam")]),
        ..order("o1", None)
    };
    assert_eq!(store.save_order(&of_nobody, at(1)).await.unwrap(), None);
    assert_eq!(store.order(&order_id("o1")).await.unwrap(), None);

    let saved = store.save_order(&order("o1", Some("ann")), at(2)).await.unwrap();
    let expected = Order {
        id: order_id("o1"),
        number: None,
        buyer: user("ann"),
        sellers: Vec::new(),
        status: None,
        updated_at: at(2),
    };
    assert_eq!(saved, Some(expected), "of what was told before, nothing was kept");
    assert_eq!(store.order(&order_id("o1")).await.unwrap(), saved);
    assert_eq!(store.order(&order_id("O1")).await.unwrap(), None);
    assert_eq!(heard.lines(), [""; 0]);
}

pub(crate) async fn what_is_not_told_of_an_order_stays(world: &World) {
    let store = world.store.as_ref();
    let save = async |patch: OrderPatch, ms| {
        let saved = store.save_order(&patch, at(ms)).await.unwrap();
        assert_eq!(store.order(&patch.id).await.unwrap(), saved);
        saved.unwrap()
    };
    let other = save(order("o2", Some("eve")), 0).await;
    let first = OrderPatch {
        number: Some("2025/7".into()),
        sellers: Some(["tom", "sam", "tom"].map(user).to_vec()),
        ..order("o1", Some("ann"))
    };
    let first = save(first, 1).await;
    assert_eq!((first.number.as_deref(), first.status.as_deref()), (Some("2025/7"), None));
    assert_eq!(first.sellers, ["sam", "tom"].map(user), "in order, each once");

    let sent = save(OrderPatch { status: Some("sent".into()), ..order("o1", None) }, 2).await;
    assert_eq!(sent, Order { status: Some("sent".into()), updated_at: at(2), ..first });
    let stolen = OrderPatch { number: Some("8".into()), ..order("o1", Some("eve")) };
    let renamed = save(stolen, 3).await;
    assert_eq!(renamed, Order { number: Some("8".into()), updated_at: at(3), ..sent.clone() });
    assert_eq!(renamed.buyer, user("ann"), "a buyer never changes");

    for (sellers, ms) in [(vec![user("uma")], 4), (Vec::new(), 5)] {
        let patch = OrderPatch { sellers: Some(sellers.clone()), ..order("o1", None) };
        assert_eq!(save(patch, ms).await.sellers, sellers);
    }
    let again = save(order("o1", None), 6).await;
    assert_eq!(again, Order { sellers: Vec::new(), updated_at: at(6), ..renamed });
    assert_eq!(store.order(&order_id("o2")).await.unwrap(), Some(other));
}
