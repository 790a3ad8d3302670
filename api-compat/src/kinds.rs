//! The kinds of notifications that `contracts/social.md` sections 3 and 5 know. Other kinds are the app's own.

/// Each with the title it has where the app gives none.
const TITLES: [(&str, &str); 8] = [
    ("new_reaction", "New Reaction"),
    ("new_follow", "New Follower"),
    ("follow_accepted", "Follow Accepted"),
    ("new_message", "New Message"),
    ("new_comment", "New Comment"),
    ("post_liked", "Post Liked"),
    ("mention", "You were mentioned"),
    ("system", "System Notification"),
];

/// The kinds, in the order of the contract.
pub(crate) const KINDS: [&str; 8] = {
    let mut kinds = [""; 8];
    let mut index = 0;
    while index < kinds.len() {
        kinds[index] = TITLES[index].0;
        index += 1;
    }
    kinds
};

/// The title of a notification of this kind, if it is one of the contract's.
pub(crate) fn title_of(kind: &str) -> Option<&'static str> {
    TITLES.iter().find(|(known, _)| *known == kind).map(|(_, title)| *title)
}
