use super::*;
use crate::support::{
    ContactPriority as P,
    testing::{admin, pass, question, still_world, user},
};

#[tokio::test(start_paused = true)]
async fn what_waits_is_listed_urgent_first_then_the_newest() {
    let world = still_world();
    for (name, priority) in
        [("n1", P::Normal), ("u1", P::Urgent), ("l", P::Low), ("u2", P::Urgent), ("n2", P::Normal)]
    {
        world.ask_urgently(name, priority).await;
        pass(1).await;
    }
    let taken = world.ask("h").await;
    world.desk.claim(&admin("ann"), &taken).await.unwrap();
    let names = async |limit| -> Vec<String> {
        let pending = world.desk.pending(limit).await.unwrap();
        pending.into_iter().map(|contact| contact.name).collect()
    };
    assert_eq!(names(10).await, ["u2", "u1", "n2", "n1", "l"]);
    assert_eq!(names(2).await, ["u2", "u1"]);
}

#[tokio::test(start_paused = true)]
async fn lists_are_bounded() {
    let world = still_world();
    let eve = user("eve");
    for _ in 0..=MOST_CONTACTS_LISTED {
        world.desk.submit(question("Eve"), Some(&eve)).await.unwrap();
    }
    let most = MOST_CONTACTS_LISTED as usize;
    assert_eq!(world.desk.pending(u32::MAX).await.unwrap().len(), most);
    let slice = Slice::page(1, u32::MAX);
    let all = world.desk.contacts(None, slice).await.unwrap();
    assert_eq!((all.items.len(), all.total), (most, most as u64 + 1));
    assert_eq!(world.desk.contacts_of(&eve, slice).await.unwrap().items.len(), most);
    assert_eq!(world.desk.contacts_of(&user("dan"), slice).await.unwrap().total, 0);
}

#[tokio::test(start_paused = true)]
async fn what_is_deleted_is_gone() {
    let world = still_world();
    let id = world.ask("Eve").await;
    assert!(world.desk.contact(&id).await.unwrap().is_some());
    assert!(world.desk.delete(&id).await.unwrap());
    assert!(!world.desk.delete(&id).await.unwrap());
    assert_eq!(world.desk.contact(&id).await.unwrap(), None);
}

#[tokio::test(start_paused = true)]
async fn admins_are_there_while_they_have_sockets_and_called_as_they_said_last() {
    let world = still_world();
    let [ann, bob] = [admin("ann"), admin("bob")];
    for admin in [&bob, &ann, &ann] {
        world.desk.admin_entered(admin);
    }
    assert_eq!(world.desk.online_admins(), [ann.clone(), bob.clone()]);
    world.desk.admin_left(&ann.id);
    let renamed = Admin { name: "Ann Lee".into(), ..ann.clone() };
    world.desk.admin_entered(&renamed);
    assert_eq!(world.desk.online_admins(), [renamed, bob.clone()]);
    world.desk.admin_left(&ann.id);
    world.desk.admin_left(&ann.id);
    world.desk.admin_left(&ann.id);
    assert_eq!(world.desk.online_admins(), [bob]);
}
