//! The audit log of sockets.

use outrigger_domain::{
    commerce::{AuditFilter, AuditKind, Severity, SocketAudit},
    ports::Horizon,
    time::Timestamp,
};
use serde_json::json;

use crate::{
    at,
    commerce_words::entry,
    feed_pages::horizon,
    user,
    world::{AnyStore, World},
};

async fn all(store: &dyn AnyStore) -> Vec<SocketAudit> {
    store.socket_audit(&AuditFilter::default(), u32::MAX).await.unwrap()
}

/// An entry that differs from the others of its kind.
fn numbered(kind: AuditKind, whose: &str, ms: i64, n: usize) -> SocketAudit {
    SocketAudit { detail: json!({ "n": n }), ..entry(kind, whose, ms) }
}

pub(crate) async fn entries_are_found_by_every_filter(world: &World) {
    let store = world.store.as_ref();
    let users = ["ann", "ben", ""];
    // Two of every kind about everyone, not in order of time, many of one millisecond.
    let written: Vec<_> = (0..54)
        .map(|n| {
            let kind = AuditKind::ALL[n % 9];
            let ms = i64::try_from(n * 7 % 20).unwrap();
            numbered(kind, users[n / 9 % 3], ms, n)
        })
        .collect();
    for batch in written.chunks(11) {
        store.audit_sockets(batch.to_vec()).await.unwrap();
    }
    store.audit_sockets(Vec::new()).await.unwrap();

    let mut newest_first: Vec<_> = written.iter().enumerate().collect();
    newest_first.sort_by_key(|(n, entry)| std::cmp::Reverse((entry.at, *n)));
    let kinds = AuditKind::ALL.map(Some).into_iter().chain([None]);
    for kind in kinds {
        for about in [None, Some(user("ann")), Some(user("zoe"))] {
            for least in Severity::ALL.map(Some).into_iter().chain([None]) {
                for before in [None, Some(at(11)), Some(at(0))] {
                    let filter = AuditFilter { kind, user: about.clone(), least, before };
                    let passes = |entry: &SocketAudit| {
                        kind.is_none_or(|kind| entry.kind == kind)
                            && (about.is_none() || entry.user == about)
                            && least.is_none_or(|least| entry.kind.severity() >= least)
                            && before.is_none_or(|before| entry.at < before)
                    };
                    let expected = newest_first.iter().map(|(_, entry)| (*entry).clone());
                    let expected: Vec<_> = expected.filter(passes).collect();
                    let found = store.socket_audit(&filter, 100).await.unwrap();
                    assert_eq!(found, expected, "{filter:?}");
                    let first = store.socket_audit(&filter, 3).await.unwrap();
                    assert_eq!(first, expected[..expected.len().min(3)], "{filter:?}");
                }
            }
        }
    }
    assert_eq!(world.heard.lines(), [""; 0]);
}

pub(crate) async fn an_entry_is_as_it_was_written(world: &World) {
    let store = world.store.as_ref();
    let details = [
        json!({ "event": "a\u{0}\"\\ ż", "requiredRoles": ["admin"], "n": 1.5, "none": null }),
        json!({}),
        json!("no object"),
    ];
    let written = details
        .map(|detail| SocketAudit { detail, ..entry(AuditKind::UnauthorizedEvent, "an\"n", 1) });
    store.audit_sockets(written.to_vec()).await.unwrap();
    let mut found = all(store).await;
    found.reverse();
    assert_eq!(found, written);
}

pub(crate) async fn old_entries_are_forgotten(world: &World) {
    let store = world.store.as_ref();
    // More than a store may delete at one go.
    let old = (0..2_500).map(|n| numbered(AuditKind::Connected, "ann", 1, n)).collect();
    store.audit_sockets(old).await.unwrap();
    let young = vec![
        entry(AuditKind::Error, "ann", 10),
        entry(AuditKind::Error, "ann", 9),
        entry(AuditKind::Error, "ann", 11),
    ];
    store.audit_sockets(young).await.unwrap();
    let prune = Horizon { audit: at(10), ..horizon(Timestamp::default()) };
    store.prune(&prune).await.unwrap();
    let expected = [entry(AuditKind::Error, "ann", 11), entry(AuditKind::Error, "ann", 10)];
    assert_eq!(all(store).await, expected);
}

pub(crate) async fn the_latest_hundred_thousand_are_kept(world: &World) {
    const KEPT: usize = 100_000;
    let store = world.store.as_ref();
    for from in (0..105_000).step_by(5_000) {
        let batch = (from..from + 5_000).map(|n| numbered(AuditKind::Connected, "ann", 1, n));
        store.audit_sockets(batch.collect()).await.unwrap();
        let kept = (from + 5_000).min(KEPT);
        if from >= 95_000 {
            let found = all(store).await;
            let ends = [found[0].detail["n"].as_u64(), found[kept - 1].detail["n"].as_u64()];
            let last = from + 4_999;
            assert_eq!(found.len(), kept);
            assert_eq!(ends, [last, last + 1 - kept].map(|n| u64::try_from(n).ok()));
        }
    }
    // Room is made for what comes with a change of the map, too.
    let note = entry(AuditKind::MappingChanged, "boss", 2);
    assert!(store.map_event("extra", Some(&[]), note.clone()).await.unwrap());
    let found = all(store).await;
    assert_eq!((found.len(), &found[0]), (KEPT, &note));
}
