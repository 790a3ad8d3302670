use super::*;
use crate::commerce::{
    ConnectionStats,
    testing::{Heard, World, actor, pass, user, world},
};

/// All that runs, and what is told by it.
fn bulletins(world: &World) -> Arc<Bulletins> {
    let (crowd, bus) = (Arc::clone(&world.crowd), Arc::clone(&world.bus));
    let bulletins = Arc::new(Bulletins::new(crowd, bus, Arc::clone(&world.clock)));
    let running = Arc::clone(&bulletins);
    tokio::spawn(async move { running.run().await });
    bulletins
}

fn json(text: &str) -> Arc<RawValue> {
    RawValue::from_string(text.to_owned()).unwrap().into()
}

/// When admins were told which: figures of the app, or how many are there.
fn told(world: &mut World) -> Vec<(u128, Result<String, Arc<ConnectionStats>>)> {
    let what = |Heard { ms, audience, event }| {
        assert_eq!(audience, Audience::Role(Role::Admin));
        match event {
            DomainEvent::Commerce(CommerceEvent::Dashboard(data)) => {
                (ms, Ok(data.get().to_owned()))
            }
            DomainEvent::Commerce(CommerceEvent::Stats(stats)) => (ms, Err(stats)),
            other => panic!("no bulletin: {other:?}"),
        }
    };
    world.heard().into_iter().map(what).collect()
}

#[tokio::test(start_paused = true)]
async fn admins_are_told_every_thirty_seconds_and_only_if_one_is_there() {
    let mut world = world();
    bulletins(&world);
    world.crowd.enter(&actor("ann", Role::User), 1);
    pass(100_000).await;
    assert!(told(&mut world).is_empty());
    world.crowd.enter(&actor("root", Role::Admin), 2);
    world.crowd.enter(&actor("ann", Role::User), 3);
    pass(60_000).await;
    let told_now = told(&mut world);
    let times: Vec<_> = told_now.iter().map(|(ms, _)| *ms).collect();
    assert_eq!(times, [120_000, 150_000]);
    let Err(stats) = &told_now[0].1 else { panic!("the app gave no figures") };
    assert_eq!((stats.users, stats.connections, stats.at.ms()), (2, 3, 120_000));
    assert_eq!((&stats.several[0].user_id, stats.several[0].connection_count), (&user("ann"), 2));
    world.crowd.leave(&user("root"), 2);
    pass(100_000).await;
    assert!(told(&mut world).is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_the_app_gives_is_told_at_once_and_the_last_of_it_again() {
    let mut world = world();
    let bulletins = bulletins(&world);
    world.crowd.enter(&actor("root", Role::Admin), 1);
    pass(5).await;
    assert_eq!(bulletins.give(json(r#"{"sales":1}"#)).await, Reach { sockets: 2, devices: 1 });
    bulletins.give(json(r#"{"sales":2}"#)).await;
    pass(60_000).await;
    let figures = |(ms, told): (u128, Result<String, _>)| Some((ms, told.ok()?));
    let figures: Vec<_> = told(&mut world).into_iter().filter_map(figures).collect();
    let expected = [(5, 1), (5, 2), (30_000, 2), (60_000, 2)];
    assert_eq!(figures, expected.map(|(ms, sales)| (ms, format!("{{\"sales\":{sales}}}"))));
}
