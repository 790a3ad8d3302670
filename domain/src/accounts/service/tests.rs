use jsonwebtoken::{EncodingKey, Header};
use serde_json::json;
use tokio::{sync::mpsc, time::Instant};

use super::*;
use crate::{
    identity::{ClaimNames, Verifier},
    ports::testing::{Registry, Wire, Wound},
};

const SECRET: &[u8] = b"a secret of at least thirty-two bytes";

struct World {
    accounts: Arc<Accounts>,
    heard: mpsc::UnboundedReceiver<(Instant, Published)>,
}

impl World {
    async fn new() -> Self {
        let (wire, heard) = Wire::new();
        let bus: Arc<dyn Bus> = wire;
        let store: Arc<dyn Store> = Registry::new(Arc::clone(&bus));
        let clock: Arc<dyn Clock> = Arc::new(Wound(Instant::now()));
        let verifier = Verifier::hs256(SECRET, ClaimNames::default());
        let (s, b, c) = (Arc::clone(&store), Arc::clone(&bus), Arc::clone(&clock));
        let identity = Arc::new(Identity::load(verifier, s, b, c).await.unwrap());
        let (s, b, c) = (Arc::clone(&store), Arc::clone(&bus), Arc::clone(&clock));
        let sessions = Arc::new(Sessions::new(s, b, c, Arc::clone(&identity)));
        let grace = Duration::from_secs(5);
        let accounts = Arc::new(Accounts::new(store, bus, clock, identity, sessions, grace));
        Self { accounts, heard }
    }

    async fn upsert(&self, patch: UserPatch) -> User {
        self.accounts.upsert(&ann(), patch).await.unwrap()
    }

    /// What the user's sockets were told since it was last asked.
    fn heard(&mut self) -> Vec<DomainEvent> {
        let mut heard = Vec::new();
        while let Ok((_, published)) = self.heard.try_recv() {
            assert_eq!(published.audience, Audience::User(ann()));
            heard.push(published.event);
        }
        heard
    }
}

fn ann() -> UserId {
    UserId::new("ann").unwrap()
}

fn with_role(role: Role) -> UserPatch {
    UserPatch { role: Some(role), ..UserPatch::default() }
}

#[tokio::test(start_paused = true)]
async fn sockets_hear_of_another_role_and_only_of_another_one() {
    let mut world = World::new().await;
    world.upsert(UserPatch { name: Some("Ann".into()), ..UserPatch::default() }).await;
    assert!(world.heard().is_empty());
    for role in [Role::User, Role::Admin, Role::Staff] {
        let user = world.upsert(with_role(role)).await;
        assert_eq!(user.told_role, Some(role));
        let [DomainEvent::RoleChanged { role: now }] = world.heard()[..] else {
            panic!("another role is told once")
        };
        assert_eq!(now, role);
        world.upsert(with_role(role)).await;
        world
            .upsert(UserPatch { email: Some("ann@x.example".into()), ..UserPatch::default() })
            .await;
        assert!(world.heard().is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn a_demoted_and_deactivated_user_hears_both() {
    let mut world = World::new().await;
    world.upsert(with_role(Role::Admin)).await;
    world.heard();
    let user = world.upsert(UserPatch { active: Some(false), ..with_role(Role::User) }).await;
    assert!(!user.active);
    let heard = world.heard();
    let [DomainEvent::RoleChanged { role }, DomainEvent::AccountStatus { active, .. }] = &heard[..]
    else {
        panic!("both are told: {heard:?}")
    };
    assert_eq!((*role, *active), (Role::User, false));
    tokio::time::sleep(Duration::from_secs(6)).await;
    assert!(matches!(world.heard()[..], [DomainEvent::ForceLogout { .. }]));
}

#[tokio::test(start_paused = true)]
async fn a_new_token_comes_with_the_role_that_the_app_told_beside_tokens() {
    let mut world = World::new().await;
    let claims = json!({ "id": "ann", "role": "admin", "exp": 2_000_000_000 });
    let key = EncodingKey::from_secret(SECRET);
    let token = jsonwebtoken::encode(&Header::default(), &claims, &key).unwrap();
    for told in [None, Some(Role::Staff)] {
        if let Some(role) = told {
            world.upsert(with_role(role)).await;
        }
        world.heard();
        world.accounts.replace_token(&ann(), &token, None).await.unwrap();
        let heard = world.heard();
        let [DomainEvent::TokenReplaced { role, told_role, .. }] = &heard[..] else {
            panic!("a new token is told once: {heard:?}")
        };
        assert_eq!((*role, *told_role), (Role::Admin, told));
    }
}
