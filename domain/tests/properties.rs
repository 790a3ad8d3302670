//! What must hold for every input, not only for those that someone thought of.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use outrigger_domain::{
    actor::Role,
    identity::{ClaimNames, Minter, NewToken, TokenFault, Verifier, device_id},
    ids::UserId,
    limits::{Allowance, RateLimits, TooOften},
    messaging::Picture,
    time::Timestamp,
};
use proptest::prelude::*;

const SECRET: &[u8] = b"a secret of at least thirty-two bytes";

fn verifier() -> Verifier {
    Verifier::hs256(SECRET, ClaimNames::default())
}

fn minted(user: &UserId, email: &str, issued: i64, expires: i64) -> String {
    let minter = Minter::hs256(SECRET, ClaimNames::default());
    let new = NewToken {
        user,
        email,
        role: Role::User,
        id: "id",
        issued_at: Timestamp::from_secs(issued),
        expires_at: Timestamp::from_secs(expires),
        purpose: None,
        device: None,
    };
    minter.mint(&new).unwrap()
}

const KINDS: [(&str, Allowance); 3] = [
    ("typing", Allowance::per_secs(3, 30)),
    ("message", Allowance::per_secs(5, 60)),
    ("status", Allowance::per_secs(1, 300)),
];

/// A question to the limiter: so many milliseconds after the one before, by whom, of which kind.
fn questions() -> impl Strategy<Value = Vec<(u64, usize, usize)>> {
    let pause = prop_oneof![Just(0), 0..2_000u64, 0..40_000u64, 0..400_000u64];
    prop::collection::vec((pause, 0..3usize, 0..=KINDS.len()), 0..200)
}

proptest! {
    #[test]
    fn limits_are_fixed_windows_that_the_first_one_opens(questions in questions()) {
        let limits = RateLimits::new(KINDS);
        let users = ["ann", "bob", "cid"].map(|name| UserId::new(name).unwrap());
        let mut windows = HashMap::<(usize, usize), (Instant, u32)>::new();
        let mut now = Instant::now();
        for (pause, who, kind) in questions {
            now += Duration::from_millis(pause);
            let Some((name, Allowance { times, window })) = KINDS.get(kind) else {
                prop_assert_eq!(limits.check_at(&users[who], "unlimited", now), Ok(()));
                continue;
            };
            let (opened, passed) = windows.entry((who, kind)).or_insert((now, 0));
            if now >= *opened + *window {
                (*opened, *passed) = (now, 0);
            }
            let expected = if *passed < *times {
                *passed += 1;
                Ok(())
            } else {
                Err(TooOften { retry_after: *opened + *window - now })
            };
            prop_assert_eq!(limits.check_at(&users[who], name, now), expected);
        }
    }

    #[test]
    fn whoever_waits_as_told_is_let_through_and_not_a_moment_sooner(
        hits in prop::collection::vec(0..10_000u64, 0..20), later in 0..60_000u64, moment in 1..1_000u64,
    ) {
        let allowance = Allowance::per_secs(4, 30);
        let ann = UserId::new("ann").unwrap();
        let limits = RateLimits::new([("typing", allowance)]);
        let mut now = Instant::now();
        for pause in hits {
            now += Duration::from_millis(pause);
            let _ = limits.check_at(&ann, "typing", now);
        }
        now += Duration::from_millis(later);
        if let Err(TooOften { retry_after }) = (0..=allowance.times)
            .try_for_each(|_| limits.check_at(&ann, "typing", now))
        {
            prop_assert!(retry_after > Duration::ZERO && retry_after <= allowance.window);
            let moment = Duration::from_nanos(moment).min(retry_after);
            let sooner = limits.check_at(&ann, "typing", now + retry_after - moment);
            prop_assert_eq!(sooner, Err(TooOften { retry_after: moment }));
            prop_assert_eq!(limits.check_at(&ann, "typing", now + retry_after), Ok(()));
        } else {
            prop_assert!(false, "more than allowed were let through at once");
        }
    }

    #[test]
    fn a_time_is_read_back_as_it_was_written(ms in 0i64..253_402_300_799_999) {
        let at = Timestamp::from_ms(ms);
        prop_assert_eq!(Timestamp::parse(&at.to_string()), Some(at));
    }

    #[test]
    fn written_times_sort_as_the_times_do(a in 0i64..253_402_300_799_999, b in 0i64..253_402_300_799_999) {
        let (a, b) = (Timestamp::from_ms(a), Timestamp::from_ms(b));
        prop_assert_eq!(a.cmp(&b), a.to_string().cmp(&b.to_string()));
    }

    #[test]
    fn no_text_is_taken_for_a_token(text in any::<String>()) {
        prop_assert!(verifier().read(&text, Timestamp::from_secs(1_000)).is_err());
    }

    #[test]
    fn no_image_is_larger_than_allowed_or_of_an_unknown_kind(text in "(data:[a-z/+]{0,12};base64,)?[A-Za-z0-9+/=]{0,400}", most in 0usize..200) {
        if let Ok(Picture::Here { media_type, bytes }) = Picture::read(&text, most) {
            prop_assert!(bytes.len() <= most);
            prop_assert!(media_type.starts_with("image/") && media_type != "image/svg+xml");
        }
    }

    #[test]
    fn any_change_to_a_token_is_noticed(at in 0usize..1_000, with in "[A-Za-z0-9_-]") {
        let token = minted(&UserId::new("ann").unwrap(), "ann@example.com", 0, 2_000);
        let at = at % token.len();
        let mut changed = token.clone();
        changed.replace_range(at..=at, &with);
        let read = verifier().read(&changed, Timestamp::from_secs(1_000));
        // The last character of a part carries bits that mean nothing: a token may have several spellings.
        let same = read.as_ref().is_ok_and(|claims| claims.user.as_str() == "ann");
        prop_assert!(changed == token || read.is_err() || same);
    }

    #[test]
    fn a_token_holds_until_its_end_and_not_a_moment_longer(now in 1i64..4_000_000) {
        let token = minted(&UserId::new("ann").unwrap(), "ann@example.com", 0, 2_000);
        let read = verifier().read(&token, Timestamp::from_ms(now));
        if now < 2_000_000 {
            prop_assert!(read.is_ok());
        } else {
            prop_assert_eq!(read, Err(TokenFault::Expired));
        }
    }

    #[test]
    fn a_device_has_sixteen_hexadecimal_digits(agent in any::<String>(), address in any::<String>()) {
        let id = device_id(&agent, &address);
        prop_assert_eq!(id.as_str().len(), 16);
        prop_assert!(id.as_str().bytes().all(|byte| byte.is_ascii_hexdigit()));
    }

    #[test]
    fn an_id_is_what_it_was_made_of(text in any::<String>()) {
        if let Ok(id) = UserId::new(&text) {
            prop_assert_eq!(id.as_str(), text.as_str());
            prop_assert!(!text.is_empty() && text.len() <= 128 && !text.contains(char::is_whitespace));
        }
    }
}
