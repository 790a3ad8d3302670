//! Recipients of messages sent to many: what becomes of them, and how they are counted.

use outrigger_domain::{
    ids::RecipientId,
    paging::{Slice, Sliced},
    tracking::{
        Counts, Recipient, RecipientFilter, RecipientStatus, RecipientUpdate, RecipientsUpdated,
        Tracked, TrackedStatus,
    },
};

use crate::{
    at,
    tracked_words::{registration, said, tracked_id},
    user,
    world::{AnyStore, World},
};

/// Tells of ann's recipients, and gives the message and those that changed.
async fn tell(
    store: &dyn AnyStore,
    id: &str,
    updates: Vec<RecipientUpdate>,
    ms: i64,
) -> (Tracked, Vec<Recipient>) {
    let taken = store.update_recipients(&tracked_id(id), &user("ann"), updates, at(ms)).await;
    match taken.unwrap() {
        RecipientsUpdated::Now(tracked, changed) => (Tracked::clone(&tracked), changed),
        RecipientsUpdated::OtherOwner => panic!("it is ann's"),
    }
}

fn brief(list: &[Recipient]) -> Vec<String> {
    list.iter().map(|r| format!("{} {} {}", r.revision, r.id, r.status.as_str())).collect()
}

async fn since(store: &dyn AnyStore, id: &str, revision: u64, limit: u32) -> Vec<String> {
    brief(&store.recipients_since(&tracked_id(id), revision, limit).await.unwrap())
}

pub(crate) async fn recipients_become_known_and_are_counted(world: &World) {
    let World { store, heard, .. } = world;
    let first = vec![said("b", "SENT", "1"), said("a", "PENDING", "2"), said("c", "FAILED", "3")];
    let (tracked, changed) = tell(store.as_ref(), "m1", first, 1).await;
    assert_eq!(brief(&changed), ["1 b SENT", "2 a PENDING", "3 c FAILED"], "in the order given");
    assert_eq!((tracked.status, tracked.created_at), (TrackedStatus::Sending, at(1)));
    let counts = Counts { pending: 1, sent: 1, failed: 1, ..Counts::default() };
    assert_eq!((tracked.counts, tracked.revision), (counts, 3));
    assert_eq!((tracked.success_count(), tracked.failed_count()), (Some(1), Some(1)));
    assert_eq!(store.tracked(&tracked.id).await.unwrap(), Some(tracked));

    let then = vec![said("a", "SENDING", ""), said("b", "DELIVERED", ""), said("d", "BOUNCED", "")];
    let (tracked, changed) = tell(store.as_ref(), "m1", then, 2).await;
    assert_eq!(brief(&changed), ["4 a SENDING", "5 b DELIVERED", "6 d BOUNCED"]);
    let [a, b, d] = changed.as_slice() else { panic!() };
    assert_eq!((a.phone.as_str(), a.sent_at, a.updated_at), ("2", None, at(2)));
    assert_eq!((b.sent_at, b.delivered_at), (Some(at(1)), Some(at(2))));
    assert_eq!(d.phone, "", "never told");
    assert_eq!(tracked.counts.all(), 4);
    assert_eq!((tracked.success_count(), tracked.failed_count()), (Some(1), Some(2)));
    assert_eq!(store.tracked(&tracked.id).await.unwrap(), Some(tracked));
    assert_eq!(heard.lines(), [""; 0], "nobody is told here");

    let (tracked, changed) = tell(store.as_ref(), "m2", vec![], 3).await;
    assert_eq!((tracked.status, changed), (TrackedStatus::Sending, vec![]));
    assert_eq!(store.tracked(&tracked_id("m2")).await.unwrap(), Some(tracked));
}

pub(crate) async fn what_leads_backwards_is_passed_over(world: &World) {
    let store = world.store.as_ref();
    let all = ["a", "b", "c", "d"].map(|id| said(id, "SENT", id)).to_vec();
    let (before, _) = tell(store, "m1", all.clone(), 1).await;
    let (same, changed) = tell(store, "m1", all, 2).await;
    assert_eq!((&same, changed), (&before, vec![]), "repeated updates change nothing");

    let mixed = vec![
        said("a", "PENDING", "9"),
        said("b", "FAILED", ""),
        said("c", "DELIVERED", ""),
        said("c", "SENDING", ""),
        said("b", "DELIVERED", ""),
        said("a", "SENDING", ""),
    ];
    let (tracked, changed) = tell(store, "m1", mixed, 3).await;
    assert_eq!(
        brief(&changed),
        ["5 b DELIVERED", "6 c DELIVERED"],
        "each once, as it is in the end"
    );
    assert_eq!(tracked.counts, Counts { sent: 2, delivered: 2, ..Counts::default() });
    let (_, changed) =
        tell(store, "m1", vec![said("b", "FAILED", ""), said("a", "BOUNCED", "")], 4).await;
    assert_eq!(brief(&changed), ["7 a BOUNCED"], "a report of delivery is believed");
    let (_, changed) = tell(store, "m1", vec![said("a", "FAILED", "")], 5).await;
    assert_eq!(changed, []);
    assert_eq!(
        since(store, "m1", 0, 9).await,
        ["4 d SENT", "5 b DELIVERED", "6 c DELIVERED", "7 a BOUNCED"],
    );
    let seen = &store.recipients_since(&tracked_id("m1"), 6, 9).await.unwrap()[0];
    assert_eq!((seen.phone.as_str(), seen.updated_at), ("a", at(4)));
}

pub(crate) async fn what_is_said_of_a_recipient_is_kept(world: &World) {
    let store = world.store.as_ref();
    let full = RecipientUpdate {
        email: Some("a@example.com".into()),
        name: Some("Żaneta \"Ż\"".into()),
        error: Some("no route".into()),
        cost: Some(0.1),
        ..said("a", "FAILED", "+48 1")
    };
    let (tracked, changed) = tell(store, "m1", vec![full.clone()], 1).await;
    let first = changed[0].clone();
    assert_eq!(
        (first.email.as_deref(), first.name.as_deref()),
        (Some("a@example.com"), full.name.as_deref())
    );
    assert_eq!((first.error.as_deref(), first.cost), (Some("no route"), Some(0.1)));
    assert_eq!(tracked.total_cost(), Some(0.1));
    assert_eq!(
        store.recipients_since(&tracked.id, 0, 9).await.unwrap(),
        std::slice::from_ref(&first)
    );
    assert_eq!(tell(store, "m1", vec![full], 2).await.1, [], "it is the same");

    let named = RecipientUpdate { name: Some("Zoe".into()), ..said("a", "FAILED", "") };
    let (_, changed) = tell(store, "m1", vec![named], 3).await;
    let expected =
        Recipient { name: Some("Zoe".into()), updated_at: at(3), revision: 2, ..first.clone() };
    assert_eq!(changed, [expected], "the rest stays");
    let more = ["b", "c"].map(|id| RecipientUpdate { cost: Some(0.2), ..said(id, "SENT", id) });
    let (tracked, _) = tell(store, "m1", more.to_vec(), 4).await;
    assert_eq!(tracked.recipients_cost, Some(0.5), "without the noise of adding up");
    let arrived = RecipientUpdate { cost: Some(0.05), ..said("a", "DELIVERED", "") };
    let (tracked, changed) = tell(store, "m1", vec![arrived], 5).await;
    assert_eq!((changed[0].error.as_deref(), changed[0].delivered_at), (None, Some(at(5))));
    assert_eq!(tracked.recipients_cost, Some(0.45));
    assert_eq!(store.tracked(&tracked.id).await.unwrap(), Some(tracked));
}

pub(crate) async fn recipients_are_read_by_change_and_by_id(world: &World) {
    let store = world.store.as_ref();
    let all = ["e", "b", "d", "a", "c"].map(|id| said(id, "SENT", id)).to_vec();
    tell(store, "m1", all, 1).await;
    tell(store, "m1", vec![said("b", "DELIVERED", ""), said("a", "DELIVERED", "")], 2).await;
    tell(store, "m2", vec![said("b", "PENDING", "")], 2).await;
    assert_eq!(since(store, "m1", 0, 2).await, ["1 e SENT", "3 d SENT"]);
    assert_eq!(since(store, "m1", 3, 2).await, ["5 c SENT", "6 b DELIVERED"], "as it is now");
    assert_eq!(since(store, "m1", 6, 2).await, ["7 a DELIVERED"]);
    assert_eq!(since(store, "m1", 7, 2).await, [""; 0]);
    assert_eq!(since(store, "m1", u64::MAX, 2).await, [""; 0]);
    assert_eq!(since(store, "unknown", 0, 2).await, [""; 0]);
    assert_eq!(since(store, "m2", 0, 2).await, ["1 b PENDING"], "the same id is another one there");

    let read = async |id: &str, status: Option<RecipientStatus>, offset, limit| {
        let (filter, slice) = (RecipientFilter { status }, Slice { offset, limit });
        let Sliced { items, total } =
            store.recipients(&tracked_id(id), filter, slice).await.unwrap();
        let ids: Vec<&RecipientId> = items.iter().map(|recipient| &recipient.id).collect();
        (ids.iter().map(|id| id.as_str()).collect::<String>(), total)
    };
    assert_eq!(read("m1", None, 0, 9).await, ("abcde".into(), 5));
    assert_eq!(read("m1", None, 1, 2).await, ("bc".into(), 5));
    assert_eq!(read("m1", Some(RecipientStatus::Sent), 0, 2).await, ("cd".into(), 3));
    assert_eq!(read("m1", Some(RecipientStatus::Sent), 2, 2).await, ("e".into(), 3));
    assert_eq!(read("m1", Some(RecipientStatus::Delivered), 0, 9).await, ("ab".into(), 2));
    assert_eq!(read("m1", Some(RecipientStatus::Failed), 0, 9).await, (String::new(), 0));
    assert_eq!(read("unknown", None, 0, 9).await, (String::new(), 0));
}

pub(crate) async fn a_registered_message_keeps_its_status_while_its_recipients_move(world: &World) {
    let store = world.store.as_ref();
    let new =
        outrigger_domain::tracking::Registration { total: Some(10), ..registration("m1", "ann") };
    store.register(&new, at(1)).await.unwrap();
    let (tracked, _) = tell(store, "m1", vec![said("a", "SENT", "1")], 2).await;
    assert_eq!((tracked.status, tracked.total_recipients()), (TrackedStatus::Draft, 10));
    assert_eq!((tracked.created_at, tracked.updated_at), (at(1), at(2)));
}
