use std::sync::{
    Mutex,
    atomic::{AtomicBool, Ordering},
};

use async_trait::async_trait;
use jsonwebtoken::{EncodingKey, Header};
use serde_json::{Value, json};
use tokio::{sync::mpsc, time::Instant};

use super::*;
use crate::{
    accounts::UserPatch,
    identity::ClaimNames,
    naming::Uuids,
    ports::{
        LookupError,
        testing::{Registry, Wire, Wound},
    },
};

const SECRET: &[u8] = b"a secret of at least thirty-two bytes";

/// Knows `ann`, unless it does not answer.
#[derive(Default)]
struct App {
    ann: UserPatch,
    silent: AtomicBool,
    asked: Mutex<Vec<UserId>>,
}

#[async_trait]
impl UserLookup for App {
    async fn look_up(&self, id: &UserId) -> Result<Option<UserPatch>, LookupError> {
        self.asked.lock().unwrap().push(id.clone());
        if self.silent.load(Ordering::Relaxed) {
            return Err(LookupError(Arc::new(std::io::Error::other("no answer"))));
        }
        Ok((id.as_str() == "ann").then(|| self.ann.clone()))
    }
}

struct World {
    identity: Identity,
    registry: Arc<Registry>,
    app: Arc<App>,
    _heard: mpsc::UnboundedReceiver<(Instant, Published)>,
}

impl World {
    async fn new(asks: bool, ann: UserPatch) -> Self {
        let (wire, heard) = Wire::new();
        let bus: Arc<dyn Bus> = wire;
        let registry = Registry::new(Arc::clone(&bus));
        let store: Arc<dyn Store> = Arc::clone(&registry) as Arc<dyn Store>;
        let verifier = Verifier::hs256(SECRET, ClaimNames::default());
        let clock = Arc::new(Wound(Instant::now()));
        let identity = Identity::load(verifier, store, bus, clock).await.unwrap();
        let app = Arc::new(App { ann, ..App::default() });
        let asked: Arc<dyn UserLookup> = Arc::clone(&app) as Arc<dyn UserLookup>;
        let identity = if asks { identity.asking(asked) } else { identity };
        Self { identity, registry, app, _heard: heard }
    }

    async fn by_record(&self, token: Option<&str>) -> Result<Actor, AuthError> {
        self.identity.authenticate_by_record(token, &device(), Use::Socket).await
    }

    async fn role(&self, token: &str) -> Role {
        self.by_record(Some(token)).await.unwrap().role
    }

    /// The role in a contract where the token is believed.
    async fn elsewhere(&self, token: &str) -> Role {
        self.identity.authenticate(Some(token), &device(), Use::Socket).await.unwrap().role
    }

    async fn fault(&self, token: &str) -> TokenFault {
        match self.by_record(Some(token)).await {
            Err(AuthError::Token(fault)) => fault,
            other => panic!("no fault of the token: {other:?}"),
        }
    }

    fn times_asked(&self) -> usize {
        self.app.asked.lock().unwrap().len()
    }
}

fn device() -> DeviceId {
    DeviceId::new("d").unwrap()
}

fn ann() -> UserId {
    UserId::new("ann").unwrap()
}

fn token(claims: &Value) -> String {
    let key = EncodingKey::from_secret(SECRET);
    jsonwebtoken::encode(&Header::default(), claims, &key).unwrap()
}

fn saying(role: &str) -> String {
    token(&json!({ "id": "ann", "name": "Anna", "role": role, "exp": 2_000_000_000 }))
}

fn silent() -> String {
    token(&json!({ "id": "ann", "exp": 2_000_000_000 }))
}

fn told(role: Role) -> UserPatch {
    UserPatch { role: Some(role), ..UserPatch::default() }
}

#[tokio::test]
async fn the_app_s_word_for_a_role_counts_more_than_the_token_s() {
    let world = World::new(false, UserPatch::default()).await;
    assert_eq!(world.role(&saying("seller")).await, Role::Staff, "while the app said nothing");
    assert_eq!(world.role(&silent()).await, Role::User);
    world.registry.told(&ann(), &told(Role::User));
    assert_eq!(world.role(&saying("admin")).await, Role::User);
    world.registry.told(&ann(), &told(Role::Admin));
    assert_eq!(world.role(&saying("user")).await, Role::Admin);
    assert_eq!(world.role(&silent()).await, Role::Admin);
    assert_eq!(world.elsewhere(&saying("user")).await, Role::User, "others believe the token");
    assert_eq!(world.identity.told_role(&ann()).await.unwrap(), Some(Role::Admin));
}

#[tokio::test]
async fn an_inactive_account_does_not_come_in() {
    let world = World::new(false, UserPatch::default()).await;
    let inactive = UserPatch { active: Some(false), ..told(Role::Admin) };
    world.registry.told(&ann(), &inactive);
    assert_eq!(world.fault(&saying("admin")).await, TokenFault::Inactive);
    let elsewhere = world.identity.authenticate(Some(&silent()), &device(), Use::Socket).await;
    assert!(matches!(elsewhere, Err(AuthError::Token(TokenFault::Inactive))));
    // The same where only the app can know.
    let world = World::new(true, inactive).await;
    assert_eq!(world.fault(&saying("admin")).await, TokenFault::Inactive);
}

#[tokio::test]
async fn the_app_is_asked_for_whomever_it_never_told_of_and_once() {
    let (name, email) = (Some("Ann".to_owned()), Some("ann@example.com".to_owned()));
    let world = World::new(true, UserPatch { name, email, ..told(Role::Staff) }).await;
    for _ in 0..3 {
        let actor = world.by_record(Some(&saying("admin"))).await.unwrap();
        assert_eq!(actor.role, Role::Staff);
        assert_eq!(actor.profile.name.as_deref(), Some("Ann"));
        assert_eq!(actor.profile.email.as_deref(), Some("ann@example.com"));
    }
    assert_eq!(*world.app.asked.lock().unwrap(), [ann()]);
}

#[tokio::test]
async fn what_another_contract_learned_from_a_token_is_no_word_of_the_app() {
    let world = World::new(true, told(Role::User)).await;
    assert_eq!(world.elsewhere(&saying("admin")).await, Role::Admin);
    assert_eq!(world.times_asked(), 0);
    assert_eq!(world.role(&saying("admin")).await, Role::User);
    assert_eq!(world.times_asked(), 1);
}

#[tokio::test]
async fn whom_the_app_does_not_know_nobody_knows() {
    let world = World::new(true, UserPatch::default()).await;
    let bob = token(&json!({ "id": "bob", "role": "admin", "exp": 2_000_000_000 }));
    assert_eq!(world.fault(&bob).await, TokenFault::Unknown);
    let store: &dyn Store = &*world.registry;
    assert!(
        store.user(&UserId::new("bob").unwrap()).await.unwrap().is_none(),
        "nothing is learned"
    );
    // If nobody can be asked the token is believed.
    let world = World::new(false, UserPatch::default()).await;
    assert_eq!(world.role(&bob).await, Role::Admin);
}

#[tokio::test]
async fn while_the_app_does_not_answer_only_those_come_in_who_are_known() {
    let world = World::new(true, told(Role::Staff)).await;
    world.app.silent.store(true, Ordering::Relaxed);
    assert_eq!(world.fault(&saying("admin")).await, TokenFault::Undecided);
    world.app.silent.store(false, Ordering::Relaxed);
    assert_eq!(world.role(&saying("admin")).await, Role::Staff);
    world.app.silent.store(true, Ordering::Relaxed);
    assert_eq!(world.role(&saying("admin")).await, Role::Staff);
    // One who came through another contract.
    let world = World::new(true, told(Role::Staff)).await;
    world.elsewhere(&silent()).await;
    world.app.silent.store(true, Ordering::Relaxed);
    assert_eq!(world.role(&silent()).await, Role::User);
}

#[tokio::test]
async fn a_user_whose_role_the_app_never_tells_is_as_the_token_says() {
    let world = World::new(true, UserPatch::default()).await;
    for _ in 0..2 {
        assert_eq!(world.role(&saying("seller")).await, Role::Staff);
    }
    assert_eq!(world.times_asked(), 2, "it may tell some day");
    let store: &dyn Store = &*world.registry;
    assert_eq!(store.user(&ann()).await.unwrap().unwrap().told_role, None);
}

#[tokio::test]
async fn nobody_is_asked_for_the_bearer_of_a_bad_token() {
    let world = World::new(true, UserPatch::default()).await;
    assert!(matches!(world.by_record(None).await, Err(AuthError::Token(TokenFault::Missing))));
    assert_eq!(world.fault("").await, TokenFault::Missing);
    assert_eq!(world.fault("x").await, TokenFault::Malformed);
    let forged = json!({ "id": "ann", "exp": 2_000_000_000 });
    let key = EncodingKey::from_secret(b"another secret of thirty-two bytes!");
    let forged = jsonwebtoken::encode(&Header::default(), &forged, &key).unwrap();
    assert_eq!(world.fault(&forged).await, TokenFault::BadSignature);
    let own = json!({ "id": "outrigger:guest-1", "exp": 2_000_000_000 });
    assert_eq!(world.fault(&token(&own)).await, TokenFault::Refused, "no token makes a guest");
    assert_eq!(world.times_asked(), 0);
}

#[tokio::test]
async fn a_failing_store_is_no_fault_of_the_token() {
    for asks in [false, true] {
        let world = World::new(asks, UserPatch::default()).await;
        world.registry.failing.store(true, Ordering::Relaxed);
        let failed = world.by_record(Some(&silent())).await;
        assert!(matches!(failed, Err(AuthError::Store(_))), "{failed:?}");
    }
}

#[tokio::test]
async fn a_guest_is_nobody_known_and_stays_as_long_as_it_likes() {
    let world = World::new(true, UserPatch::default()).await;
    let (one, other) = (Actor::guest(&Uuids, device()), Actor::guest(&Uuids, device()));
    assert!(one.is_guest() && one.role == Role::Guest && !one.is_admin());
    assert!(one.user != other.user && one.token != other.token);
    assert!(one.user.as_str().starts_with(RESERVED_PREFIX));
    assert_eq!((one.email.as_str(), &one.profile), ("", &Profile::default()));
    assert_eq!(world.identity.standing(&one), Ok(()));
    assert!(!world.by_record(Some(&silent())).await.unwrap().is_guest());
    assert!(!one.may_act_for(&ann()));
}
