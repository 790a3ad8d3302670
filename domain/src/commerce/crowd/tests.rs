use proptest::prelude::*;

use super::*;
use crate::{
    commerce::testing::{actor, user},
    ids::DeviceId,
    naming::Uuids,
};

fn now() -> Timestamp {
    Timestamp::from_ms(7)
}

fn guest() -> Actor {
    Actor::guest(&Uuids, DeviceId::new("d").unwrap())
}

#[test]
fn a_user_is_there_from_the_first_socket_to_the_last() {
    let crowd = Crowd::new();
    let ann = actor("ann", Role::User);
    let first = crowd.enter(&ann, 1);
    assert_eq!((first.email.as_str(), first.name.as_deref()), ("ann@example.com", Some("ANN")));
    crowd.enter(&ann, 9);
    crowd.enter(&ann, 5);
    assert_eq!(crowd.of(&user("ann")), [1, 5, 9]);
    assert_eq!(crowd.connections(), 3);
    let left = crowd.leave(&user("ann"), 1).unwrap();
    assert_eq!((left.visitor, left.last), (first, false));
    assert!(!crowd.leave(&user("ann"), 9).unwrap().last);
    assert!(crowd.leave(&user("ann"), 5).unwrap().last);
    assert_eq!(crowd.leave(&user("ann"), 5), None, "it went before");
    assert_eq!(crowd.leave(&user("bob"), 5), None, "it never came");
    assert_eq!((crowd.connections(), crowd.role_of(&user("ann"))), (0, None));
    assert_eq!(crowd.of(&user("ann")), Vec::<SocketKey>::new());
    assert_eq!(crowd.stats(now()).users, 0);
}

#[test]
fn a_socket_that_comes_twice_counts_once() {
    let crowd = Crowd::new();
    crowd.enter(&actor("root", Role::Admin), 1);
    crowd.enter(&actor("root", Role::User), 1);
    assert!(!crowd.has_admin());
    crowd.enter(&actor("root", Role::Admin), 1);
    assert_eq!(crowd.connections(), 1);
    crowd.leave(&user("root"), 1);
    assert!(!crowd.has_admin());
    assert_eq!(crowd.connections(), 0);
}

#[test]
fn the_app_s_address_counts_more_than_the_token_s() {
    let mut ann = actor("ann", Role::User);
    ann.profile.email = Some("ann@shop.example".to_owned());
    assert_eq!(Crowd::new().enter(&ann, 1).email, "ann@shop.example");
}

#[test]
fn guests_are_connections_but_nobody() {
    let crowd = Crowd::new();
    let (one, other) = (guest(), guest());
    crowd.enter(&one, 1);
    crowd.enter(&one, 2);
    crowd.enter(&other, 3);
    crowd.enter(&actor("ann", Role::User), 4);
    let stats = crowd.stats(now());
    assert_eq!((stats.users, stats.connections, stats.several), (1, 4, Vec::new()));
    assert_eq!(crowd.list(10).len(), 1);
    assert!(!crowd.leave(&one.user, 1).unwrap().last);
    assert!(crowd.leave(&one.user, 2).unwrap().last);
    assert_eq!(crowd.connections(), 2);
}

#[test]
fn those_with_most_sockets_are_shown_and_not_all_of_them() {
    let crowd = Crowd::new();
    let mut socket = 0;
    for number in 0..150 {
        let one = actor(&format!("u{number:03}"), Role::User);
        for _ in 0..1 + number % 4 {
            socket += 1;
            crowd.enter(&one, socket);
        }
    }
    let stats = crowd.stats(now());
    assert_eq!((stats.users, stats.connections), (150, crowd.connections()));
    assert_eq!(stats.at, now());
    assert_eq!(stats.several.len(), MOST_SEVERAL_SHOWN);
    let counts: Vec<_> = stats.several.iter().map(|one| one.connection_count).collect();
    assert!(counts.is_sorted_by(|a, b| a >= b) && counts[0] == 4 && counts[99] == 2, "{counts:?}");
    assert_eq!(stats.several[0].user_id, user("u003"));
    // With one socket left a user is not among them.
    for socket in crowd.of(&user("u003")).into_iter().skip(1) {
        crowd.leave(&user("u003"), socket);
    }
    assert!(crowd.stats(now()).several.iter().all(|one| one.user_id != user("u003")));
}

#[test]
fn a_role_changes_on_all_sockets() {
    let crowd = Crowd::new();
    crowd.enter(&actor("ann", Role::User), 1);
    let shown = crowd.enter(&actor("ann", Role::User), 2);
    assert!(!crowd.has_admin());
    crowd.became(&user("ann"), Role::Admin);
    assert!(crowd.has_admin());
    assert_eq!(crowd.role_of(&user("ann")), Some(Role::Admin));
    assert_eq!(shown.role, Role::User, "what was told before stays as it was");
    assert_eq!(crowd.leave(&user("ann"), 1).unwrap().visitor.role, Role::Admin);
    assert!(crowd.has_admin());
    crowd.became(&user("ann"), Role::Staff);
    assert!(!crowd.has_admin());
    crowd.became(&user("nobody"), Role::Admin);
    assert!(!crowd.has_admin());
    crowd.leave(&user("ann"), 2);
    assert!(!crowd.has_admin());
}

#[test]
fn users_are_listed_in_order_up_to_the_limit() {
    let crowd = Crowd::new();
    for (number, name) in ["cid", "ann", "bob"].into_iter().enumerate() {
        crowd.enter(&actor(name, Role::Staff), number as u64);
    }
    crowd.enter(&actor("ann", Role::Staff), 7);
    let listed = crowd.list(2);
    let shown: Vec<_> = listed.iter().map(|one| (one.user.as_str(), one.connections)).collect();
    assert_eq!(shown, [("ann", 2), ("bob", 1)]);
    assert_eq!((listed[0].role, listed[0].email.as_str()), (Role::Staff, "ann@example.com"));
}

proptest! {
    #[test]
    fn what_is_counted_is_what_is_there(
        steps in prop::collection::vec((0..4_u8, 0..3_u8, 0..6_u64, any::<bool>()), 0..200)
    ) {
        let crowd = Crowd::new();
        let mut there: BTreeMap<(UserId, SocketKey), Role> = BTreeMap::new();
        for (what, who, socket, admin) in steps {
            let one = user(&format!("u{who}"));
            let role = if admin { Role::Admin } else { Role::User };
            match what {
                0 | 1 => {
                    crowd.enter(&actor(one.as_str(), role), socket);
                    there.insert((one, socket), role);
                }
                2 => {
                    let known = there.remove(&(one.clone(), socket));
                    let left = crowd.leave(&one, socket);
                    prop_assert_eq!(left.as_ref().map(|left| left.visitor.role), known);
                    let others = there.keys().any(|(user, _)| *user == one);
                    prop_assert!(left.is_none_or(|left| left.last != others));
                }
                _ => {
                    crowd.became(&one, role);
                    there.iter_mut().filter(|((user, _), _)| *user == one).for_each(|(_, is)| *is = role);
                }
            }
            let mut counts: BTreeMap<&UserId, usize> = BTreeMap::new();
            there.keys().for_each(|(user, _)| *counts.entry(user).or_default() += 1);
            let stats = crowd.stats(now());
            prop_assert_eq!((stats.users, stats.connections), (counts.len(), there.len()));
            let mut several: Vec<_> = counts.into_iter().filter(|(_, count)| *count > 1).collect();
            several.sort_by_key(|(user, count)| (Reverse(*count), (*user).clone()));
            let shown = stats.several.iter().map(|one| (&one.user_id, one.connection_count));
            prop_assert_eq!(shown.collect::<Vec<_>>(), several);
            prop_assert_eq!(crowd.has_admin(), there.values().any(|role| *role == Role::Admin));
        }
    }
}
