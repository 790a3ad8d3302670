//! A browser: subscribes, and decrypts as RFC 8291 says, with nothing of what encrypted it.

use aes_gcm::{Aes128Gcm, KeyInit, aead::Aead};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use outrigger_domain::push::Subscription;
use p256::{
    PublicKey, SecretKey,
    ecdh::diffie_hellman,
    elliptic_curve::{
        rand_core::{OsRng, RngCore as _},
        sec1::ToEncodedPoint as _,
    },
};
use sha2::{Digest as _, Sha256};

pub(crate) struct Browser {
    key: SecretKey,
    secret: [u8; 16],
}

/// RFC 2104 section 2.
fn hmac(key: &[u8], text: &[u8]) -> [u8; 32] {
    let pad = |with: u8| -> Vec<u8> {
        (0..64).map(|at| key.get(at).copied().unwrap_or_default() ^ with).collect()
    };
    let inner = Sha256::new().chain_update(pad(0x36)).chain_update(text).finalize();
    Sha256::new().chain_update(pad(0x5c)).chain_update(inner).finalize().into()
}

/// RFC 5869, for no more than one block.
fn hkdf(salt: &[u8], input: &[u8], info: &[u8]) -> [u8; 32] {
    hmac(&hmac(salt, input), &[info, &[1]].concat())
}

impl Browser {
    pub(crate) fn new() -> Self {
        let mut secret = [0; 16];
        OsRng.fill_bytes(&mut secret);
        Self { key: SecretKey::random(&mut OsRng), secret }
    }

    fn point(&self) -> Vec<u8> {
        self.key.public_key().to_encoded_point(false).as_bytes().to_vec()
    }

    pub(crate) fn subscription(&self, endpoint: &str) -> Subscription {
        Subscription {
            endpoint: endpoint.to_owned(),
            p256dh: URL_SAFE_NO_PAD.encode(self.point()),
            auth: URL_SAFE_NO_PAD.encode(self.secret),
        }
    }

    /// RFC 8291 section 3.4 and RFC 8188 section 2.
    pub(crate) fn decrypt(&self, body: &[u8]) -> Vec<u8> {
        let (salt, rest) = body.split_at(16);
        let (record_bytes, rest) = rest.split_at(4);
        let (len, rest) = rest.split_at(1);
        let (theirs, record) = rest.split_at(len[0].into());
        let record_bytes = u32::from_be_bytes(record_bytes.try_into().unwrap());
        assert!(record.len() < record_bytes as usize, "one record, and smaller than its size");
        let public = PublicKey::from_sec1_bytes(theirs).unwrap();
        let shared = diffie_hellman(self.key.to_nonzero_scalar(), public.as_affine());
        let info = [b"WebPush: info\0".as_slice(), &self.point(), theirs].concat();
        let input = hkdf(&self.secret, shared.raw_secret_bytes(), &info);
        let key = hkdf(salt, &input, b"Content-Encoding: aes128gcm\0");
        let nonce = hkdf(salt, &input, b"Content-Encoding: nonce\0");
        let cipher = Aes128Gcm::new_from_slice(&key[..16]).unwrap();
        let mut text = cipher.decrypt(nonce[..12].into(), record).unwrap();
        let end = text.iter().rposition(|byte| *byte != 0).unwrap();
        assert_eq!(text[end], 2, "the last record");
        text.truncate(end);
        text
    }
}

#[test]
fn the_example_of_the_standard_is_read() {
    // RFC 8291 appendix A.
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
    let browser = Browser {
        key: SecretKey::from_slice(&bytes("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94")).unwrap(),
        secret: bytes("BTBZMqHH6r4Tts7J_aSIgg").try_into().unwrap(),
    };
    let body = bytes(
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIg\
         Dll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN",
    );
    assert_eq!(browser.decrypt(&body), b"When I grow up, I want to be a watermelon");
}
