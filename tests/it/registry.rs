use std::collections::BTreeSet;

use serde::Deserialize;

use crate::sidecar::command;

#[derive(Deserialize, PartialEq, Eq, PartialOrd, Ord, Debug, Clone)]
struct Event {
    contract: String,
    namespace: String,
    from: String,
    event: String,
}

/// A line of the contracts' list.
#[derive(Deserialize)]
struct Listed {
    #[serde(flatten)]
    event: Event,
    /// Whether the contract leaves it to the server.
    #[serde(default)]
    optional: bool,
}

/// Contracts that are not built yet. This list may only shrink.
const NOT_BUILT: &str = include_str!("../not-built.txt");

#[tokio::test]
async fn the_registry_is_what_the_contracts_say() {
    let folder = tempfile::tempdir().unwrap();
    let listed = command(folder.path(), &["contracts", "--json"]).output().await.unwrap();
    assert!(listed.status.success());
    let ours: BTreeSet<Event> = serde_json::from_slice(&listed.stdout).unwrap();
    let not_built: BTreeSet<&str> =
        NOT_BUILT.lines().filter(|line| !line.starts_with('#')).collect();
    let theirs: Vec<Listed> =
        serde_json::from_str(include_str!("../contracts/events.json")).unwrap();
    let theirs: Vec<Listed> =
        theirs.into_iter().filter(|one| !not_built.contains(one.event.contract.as_str())).collect();
    let needed: BTreeSet<Event> =
        theirs.iter().filter(|one| !one.optional).map(|one| one.event.clone()).collect();
    let theirs: BTreeSet<Event> = theirs.into_iter().map(|one| one.event).collect();
    let missing: Vec<_> = needed.difference(&ours).collect();
    let unknown: Vec<_> = ours.difference(&theirs).collect();
    assert!(
        missing.is_empty() && unknown.is_empty(),
        "missing: {missing:#?}\nunknown: {unknown:#?}"
    );
}

#[tokio::test]
async fn the_sidecars_own_contract_is_listed_when_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["contracts", "--json", "--all"];
    let listed = command(folder.path(), &arguments).output().await.unwrap();
    let all: Vec<Event> = serde_json::from_slice(&listed.stdout).unwrap();
    let own: Vec<_> = all.iter().filter(|event| event.contract == "monitor").collect();
    assert!(own.iter().any(|event| event.event == "monitor:state" && event.from == "server"));
    assert!(own.iter().all(|event| event.namespace == "/monitor"));
}
