//! Message encryption for web push (RFC 8291), on top of encrypted content coding (RFC 8188).

use hkdf::Hkdf;
use outrigger_domain::push::Subscription;
use p256::{
    PublicKey, SecretKey,
    ecdh::diffie_hellman,
    elliptic_curve::{
        rand_core::{OsRng, RngCore as _},
        sec1::ToEncodedPoint as _,
    },
};
use sha2::Sha256;

use crate::base64url;

/// A point of the curve, uncompressed (RFC 8291 section 3.1).
const POINT_BYTES: usize = 65;

/// One record for the whole message; its size is greater than what is in it (RFC 8291 section 4).
const RECORD_BYTES: u32 = 4096;

/// What a browser's subscription is encrypted for.
pub(crate) struct Receiver {
    key: PublicKey,
    /// RFC 8291 section 3.2.
    secret: [u8; 16],
}

/// What must be fresh for every message.
struct Fresh {
    key: SecretKey,
    salt: [u8; 16],
}

impl Fresh {
    fn new() -> Self {
        let mut salt = [0; 16];
        OsRng.fill_bytes(&mut salt);
        Self { key: SecretKey::random(&mut OsRng), salt }
    }
}

fn point(key: &PublicKey) -> impl AsRef<[u8]> {
    key.to_encoded_point(false)
}

impl Receiver {
    /// `None` if the keys are none.
    pub(crate) fn of(subscription: &Subscription) -> Option<Self> {
        let point = base64url::decode(&subscription.p256dh)?;
        let key = (point.len() == POINT_BYTES).then(|| PublicKey::from_sec1_bytes(&point))?.ok()?;
        let secret = base64url::decode(&subscription.auth)?.try_into().ok()?;
        Some(Self { key, secret })
    }

    /// The body of a push message; `None` if it is too long for one record.
    pub(crate) fn encrypt(&self, payload: &[u8]) -> Option<Vec<u8>> {
        self.encrypt_with(payload, &Fresh::new())
    }

    fn encrypt_with(&self, payload: &[u8], fresh: &Fresh) -> Option<Vec<u8>> {
        let ours = fresh.key.public_key();
        let input = self.keying_material(&fresh.key, &ours)?;
        let record = std::iter::once(payload.to_vec());
        ece_native::encrypt(input, fresh.salt, point(&ours), record, RECORD_BYTES).ok()
    }

    /// RFC 8291 section 3.4, "combining shared and authentication secrets".
    fn keying_material(&self, key: &SecretKey, ours: &PublicKey) -> Option<[u8; 32]> {
        let shared = diffie_hellman(key.to_nonzero_scalar(), self.key.as_affine());
        let (theirs, ours) = (point(&self.key), point(ours));
        let info = [b"WebPush: info\0", theirs.as_ref(), ours.as_ref()];
        let mut material = [0; 32];
        Hkdf::<Sha256>::new(Some(&self.secret), shared.raw_secret_bytes())
            .expand_multi_info(&info, &mut material)
            .ok()?;
        Some(material)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subscription(p256dh: &str, auth: &str) -> Subscription {
        let endpoint = "https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV".to_owned();
        Subscription { endpoint, p256dh: p256dh.to_owned(), auth: auth.to_owned() }
    }

    const P256DH: &str =
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
    const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";

    #[test]
    fn the_example_of_the_standard_is_encrypted_as_there() {
        // RFC 8291 section 5 and appendix A.
        let receiver = Receiver::of(&subscription(P256DH, AUTH)).unwrap();
        let key = base64url::decode("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw").unwrap();
        let salt = base64url::decode("DGv6ra1nlYgDCS1FRnbzlw").unwrap();
        let fresh =
            Fresh { key: SecretKey::from_slice(&key).unwrap(), salt: salt.try_into().unwrap() };
        let body =
            receiver.encrypt_with(b"When I grow up, I want to be a watermelon", &fresh).unwrap();
        assert_eq!(
            base64url::encode(&body),
            "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIg\
             Dll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
        );
    }

    #[test]
    fn no_two_messages_are_alike() {
        let receiver = Receiver::of(&subscription(P256DH, AUTH)).unwrap();
        let bodies = [receiver.encrypt(b"same"), receiver.encrypt(b"same")].map(Option::unwrap);
        assert_ne!(bodies[0][..16], bodies[1][..16], "salt");
        assert_ne!(bodies[0][21..86], bodies[1][21..86], "key");
    }

    #[test]
    fn a_message_fits_one_record_or_is_none() {
        let receiver = Receiver::of(&subscription(P256DH, AUTH)).unwrap();
        let longest = RECORD_BYTES as usize - 16 - 1;
        assert!(receiver.encrypt(&vec![b'x'; longest]).is_some());
        assert!(receiver.encrypt(&vec![b'x'; longest + 1]).is_none());
    }

    #[test]
    fn keys_are_read_as_pages_write_them() {
        let standard = P256DH.replace('-', "+").replace('_', "/") + "=";
        assert!(Receiver::of(&subscription(&standard, "BTBZMqHH6r4Tts7J/aSIgg==")).is_some());
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let off_the_curve = base64url::encode(&[4; 65]);
        let compressed =
            Receiver::of(&subscription(P256DH, AUTH)).unwrap().key.to_encoded_point(true);
        let compressed = base64url::encode(compressed.as_bytes());
        let infinity = base64url::encode(&[0]);
        for p256dh in ["", "!", &P256DH[..80], &off_the_curve, &compressed, &infinity] {
            assert!(Receiver::of(&subscription(p256dh, AUTH)).is_none(), "{p256dh}");
        }
        for auth in ["", "!", "BTBZMqHH6r4Tts7J", &base64url::encode(&[1; 17])] {
            assert!(Receiver::of(&subscription(P256DH, auth)).is_none(), "{auth}");
        }
    }
}
