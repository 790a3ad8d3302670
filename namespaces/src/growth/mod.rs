//! What it costs as there are more: users online, sockets of one user, rooms of one socket, sockets that hear an event.
//!
//! These are measurements and no tests: they print figures and hold nobody to them, because machines differ. Run them with
//! `cargo test --release -p outrigger-namespaces growth -- --ignored --nocapture --test-threads=1`.

mod fan_out;
mod one;
mod sockets;
mod storm;

use outrigger_domain::{
    accounts::Profile,
    actor::{Actor, Role},
    ids::{DeviceId, TokenId, UserId},
    sessions::Origin,
    time::{Clock, Timestamp},
};

use crate::standing::Standing;

/// Always the same instant: what is measured is not the clock.
struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp::from_ms(1_700_000_000_000)
    }
}

/// One of many, with an id as long as those of the usual stores.
fn user(number: usize) -> UserId {
    UserId::new(format!("65f0c0ffee{number:014}")).unwrap()
}

fn actor(number: usize, device: usize) -> Actor {
    Actor {
        user: user(number),
        profile: Profile { name: Some(format!("User {number:05}")), ..Profile::default() },
        email: format!("u{number}@x.example"),
        role: Role::User,
        device: DeviceId::new(format!("device{device}")).unwrap(),
        token: TokenId::new(format!("token{number}")).unwrap(),
        issued_at: None,
        expires_at: Timestamp::from_ms(i64::MAX),
    }
}

fn standing(number: usize, device: usize) -> Standing {
    let origin = Origin { user_agent: "Mozilla/5.0".to_owned(), address: "192.0.2.1".to_owned() };
    Standing::new(Some(actor(number, device)), origin)
}
