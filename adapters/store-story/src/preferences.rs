//! What users want to be told of.

use outrigger_domain::{notifications::Preferences, ports::Store};
use serde_json::{Value, json};

use crate::{Heard, user};

pub(crate) async fn preferences_are_kept_name_by_name(store: &dyn Store, heard: &Heard) {
    let wanted = |value: Value| -> Preferences { serde_json::from_value(value).unwrap() };
    let ann = user("ann");
    assert_eq!(store.preferences(&ann).await.unwrap(), Preferences::default());
    let first = wanted(json!({ "mention": false, "push": { "a": 1, "b": 2 }, "Ż \"'": null }));
    assert_eq!(store.save_preferences(&ann, &first).await.unwrap(), first);
    let changed = wanted(json!({ "mention": null, "push": { "c": 3 }, "new": [1] }));
    let whole = wanted(json!({ "mention": null, "push": { "c": 3 }, "Ż \"'": null, "new": [1] }));
    assert_eq!(store.save_preferences(&ann, &changed).await.unwrap(), whole);
    let nothing = Preferences::default();
    assert_eq!(store.save_preferences(&ann, &nothing).await.unwrap(), whole);
    assert_eq!(store.preferences(&ann).await.unwrap(), whole);
    assert_eq!(store.preferences(&user("ben")).await.unwrap(), nothing);
    assert_eq!(heard.lines(), [""; 0]);

    // Of two at once none is lost.
    let (a, b) = (wanted(json!({ "a": 1 })), wanted(json!({ "b": 1 })));
    let (eve, both) = (user("eve"), wanted(json!({ "a": 1, "b": 1 })));
    let (one, two) =
        tokio::join!(store.save_preferences(&eve, &a), store.save_preferences(&eve, &b));
    assert!(one.is_ok() && two.is_ok());
    assert_eq!(store.preferences(&eve).await.unwrap(), both);
}
