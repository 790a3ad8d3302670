//! The map of events to roles under whatever order of calls and restarts, beside a model.

use std::collections::{BTreeMap, BTreeSet};

use outrigger_domain::{
    actor::Role,
    commerce::{AuditFilter, AuditKind, SocketAudit},
    ports::{CommerceStore as _, EventRoles, Store as _},
};
use outrigger_store_story::{at, entry};
use proptest::{prelude::*, test_runner::TestCaseError};

use crate::cases::{config, open, run};

const EVENTS: [&str; 5] = ["ping", "a:b", "a:c", "A:c", "ż"];
const ROLES: [Role; 4] = [Role::Guest, Role::User, Role::Staff, Role::Admin];

type Defaults = Vec<(usize, Vec<usize>)>;

#[derive(Debug, Clone)]
enum Step {
    /// Defaults of which each event is one at most.
    Load(Defaults),
    Set(usize, Vec<usize>),
    Remove(usize),
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    let roles = || prop::collection::vec(0..ROLES.len(), 0..5);
    let defaults = prop::collection::btree_map(0..EVENTS.len(), roles(), 0..5);
    prop_oneof![
        2 => defaults.prop_map(|defaults| Step::Load(defaults.into_iter().rev().collect())),
        4 => (0..EVENTS.len(), roles()).prop_map(|(event, roles)| Step::Set(event, roles)),
        4 => (0..EVENTS.len()).prop_map(Step::Remove),
        1 => Just(Step::Restart),
    ]
}

fn named(roles: &[usize]) -> Vec<Role> {
    roles.iter().map(|role| ROLES[*role]).collect()
}

/// Events that ever were in the map; without roles if they were removed.
type Model = BTreeMap<&'static str, Option<BTreeSet<Role>>>;

fn map(model: &Model) -> Vec<EventRoles> {
    let row = |(event, roles): (&&str, &Option<BTreeSet<Role>>)| {
        Some(((*event).to_owned(), roles.as_ref()?.iter().rev().copied().collect()))
    };
    model.iter().filter_map(row).collect()
}

async fn whatever_happens(steps: Vec<Step>) -> Result<(), TestCaseError> {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path()).await;
    let mut model = Model::new();
    let mut noted: Vec<SocketAudit> = Vec::new();
    for (ms, step) in (0..).zip(steps) {
        let (event, roles) = match step {
            Step::Restart => {
                store.close().await;
                store = open(folder.path()).await;
                continue;
            }
            Step::Load(defaults) => {
                let row = |(event, roles): &(usize, Vec<usize>)| {
                    (EVENTS[*event].to_owned(), named(roles))
                };
                let rows: Vec<_> = defaults.iter().map(row).collect();
                for (event, roles) in defaults {
                    model
                        .entry(EVENTS[event])
                        .or_insert_with(|| Some(named(&roles).into_iter().collect()));
                }
                prop_assert_eq!(store.event_roles(&rows, at(ms)).await.unwrap(), map(&model));
                continue;
            }
            Step::Set(event, roles) => (EVENTS[event], Some(named(&roles))),
            Step::Remove(event) => (EVENTS[event], None),
        };
        let note = entry(AuditKind::MappingChanged, "boss", ms);
        let changed = store.map_event(event, roles.as_deref(), note.clone()).await.unwrap();
        let roles = roles.map(BTreeSet::from_iter);
        let before = model.get(event).cloned().flatten();
        prop_assert_eq!(changed, before != roles);
        if changed {
            model.insert(event, roles);
            noted.insert(0, note);
        }
        prop_assert_eq!(store.event_roles(&[], at(ms)).await.unwrap(), map(&model));
    }
    let found = store.socket_audit(&AuditFilter::default(), 100).await.unwrap();
    prop_assert_eq!(found, noted);
    store.close().await;
    Ok(())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_map_is_what_was_said_last(steps in prop::collection::vec(step(), 0..30)) {
        run(whatever_happens(steps))?;
    }
}
