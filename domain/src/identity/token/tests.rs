use serde_json::json;

use super::*;

const SECRET: &[u8] = b"a secret of at least thirty-two bytes";

fn signed(algorithm: Algorithm, secret: &[u8], claims: &Value) -> String {
    let key = EncodingKey::from_secret(secret);
    jsonwebtoken::encode(&Header::new(algorithm), claims, &key).unwrap()
}

fn token(claims: &Value) -> String {
    signed(Algorithm::HS256, SECRET, claims)
}

fn read(token: &str) -> Result<Claims, TokenFault> {
    Verifier::hs256(SECRET, ClaimNames::default()).read(token, Timestamp::from_secs(1_000))
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

#[test]
fn id_and_role_are_enough() {
    let claims = read(&token(&json!({ "id": "ann", "role": "moderator", "exp": 2_000 }))).unwrap();
    assert_eq!(claims.user.as_str(), "ann");
    assert_eq!(claims.role, Some(Role::Staff));
    assert_eq!(claims.email, "");
    assert_eq!(claims.profile, Profile::default());
}

#[test]
fn the_id_may_have_several_names_and_be_a_number() {
    for claims in [
        json!({ "_id": "7", "exp": 2_000 }),
        json!({ "sub": "7", "exp": 2_000 }),
        json!({ "id": 7, "exp": 2_000 }),
        json!({ "userId": null, "id": "7", "email": null, "exp": 2_000 }),
    ] {
        assert_eq!(read(&token(&claims)).unwrap().user.as_str(), "7", "{claims}");
    }
    for claims in [
        json!({ "exp": 2_000 }),
        json!({ "id": null, "exp": 2_000 }),
        json!({ "id": ["ann"], "exp": 2_000 }),
        json!({ "id": "", "exp": 2_000 }),
        json!({ "id": "ann", "email": 7, "exp": 2_000 }),
        json!({ "id": "ann" }),
    ] {
        assert_eq!(read(&token(&claims)), Err(TokenFault::IncompleteClaims), "{claims}");
    }
}

#[test]
fn a_profile_is_taken_from_whichever_claim_says_something() {
    let long = "x".repeat(MAX_PROFILE_BYTES + 1);
    let claims = json!({
        "id": "ann", "exp": 2_000, "username": " ", "name": " Ann ", "profileImage": long, "picture": "/a.png"
    });
    let profile = read(&token(&claims)).unwrap().profile;
    assert_eq!(
        profile,
        Profile { name: Some("Ann".into()), image: Some("/a.png".into()), email: None }
    );
    let strange = json!({ "id": "ann", "exp": 2_000, "username": 7, "profileImage": {} });
    assert_eq!(read(&token(&strange)).unwrap().profile, Profile::default());
}

#[test]
fn what_has_not_the_form_of_a_token_is_none() {
    let good = token(&json!({ "id": "ann", "exp": 2_000 }));
    let parts: Vec<_> = good.split('.').collect();
    for bad in [
        "",
        "x",
        "..",
        "...",
        "a.b.c",
        "null",
        "undefined",
        "[object Object]",
        "{\"id\":\"ann\"}",
        "ä.ö.ü",
        &format!("{}.{}", parts[0], parts[1]),
        &format!("{good}.x"),
        &format!("x{good}"),
        &format!("Bearer {good}"),
        &format!("{}.{}.{}", part(&json!([1])), parts[1], parts[2]),
        &format!("{}.{}.{}", part(&json!({ "typ": "JWT" })), parts[1], parts[2]),
        &format!("{}.{}.{}", "////", parts[1], parts[2]),
        &"x".repeat(MAX_TOKEN_BYTES + 1),
    ] {
        assert_eq!(read(bad), Err(TokenFault::Malformed), "{bad:.80}");
    }
}

#[test]
fn what_this_app_did_not_sign_is_not_its_token() {
    let claims = json!({ "id": "ann", "exp": 2_000 });
    let good = token(&claims);
    let parts: Vec<_> = good.split('.').collect();
    let none = part(&json!({ "alg": "none", "typ": "JWT" }));
    let admin = part(&json!({ "id": "root", "role": "admin", "exp": 2_000 }));
    for bad in [
        signed(Algorithm::HS256, b"another secret of thirty-two bytes!", &claims),
        signed(Algorithm::HS384, SECRET, &claims),
        signed(Algorithm::HS512, SECRET, &claims),
        format!("{none}.{}.", parts[1]),
        format!("{none}.{}.{}", parts[1], parts[2]),
        format!("{}.{admin}.{}", parts[0], parts[2]),
        format!("{}.{}.", parts[0], parts[1]),
        format!("{}.{}.!!", parts[0], parts[1]),
        format!("{}.????.{}", parts[0], parts[2]),
    ] {
        assert_eq!(read(&bad), Err(TokenFault::BadSignature), "{bad}");
    }
}

#[test]
fn the_signature_is_looked_at_before_the_time() {
    let over = json!({ "id": "ann", "exp": 999 });
    assert_eq!(read(&token(&over)), Err(TokenFault::Expired));
    let forged = signed(Algorithm::HS256, b"another secret of thirty-two bytes!", &over);
    assert_eq!(read(&forged), Err(TokenFault::BadSignature));
    let early = json!({ "id": "ann", "exp": 2_000, "nbf": 1_031 });
    assert_eq!(read(&token(&early)), Err(TokenFault::Undecided));
    let forged = signed(Algorithm::HS256, b"another secret of thirty-two bytes!", &early);
    assert_eq!(read(&forged), Err(TokenFault::BadSignature));
}

#[test]
fn the_header_names_the_algorithm_however_it_is_written() {
    let claims = part(&json!({ "id": "ann", "exp": 2_000 }));
    let key = EncodingKey::from_secret(SECRET);
    for header in [
        r#"{"alg":"HS256"}"#,
        r#"{"alg":"HS256","typ":"JWT"}"#,
        r#"{"typ":"JWT","alg":"HS256"}"#,
        r#"{"alg":"HS256","typ":"at+jwt","kid":"2025"}"#,
        "{ \"alg\" : \"HS256\" }",
    ] {
        let message = format!("{}.{claims}", URL_SAFE_NO_PAD.encode(header));
        let signed = |algorithm| {
            let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, algorithm);
            format!("{message}.{}", signature.unwrap())
        };
        assert_eq!(read(&signed(Algorithm::HS256)).unwrap().user.as_str(), "ann", "{header}");
        assert_eq!(read(&signed(Algorithm::HS512)), Err(TokenFault::BadSignature), "{header}");
    }
}

#[test]
fn usual_headers_say_what_is_said_of_them() {
    for header in USUAL_HEADERS {
        let header = decode_header(format!("{header}.x.x")).unwrap();
        assert_eq!(header.alg, ALGORITHM);
    }
}
