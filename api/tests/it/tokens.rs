//! Access tokens that are not ours, by every way known to make one (RFC 8725), and refresh tokens that come too often.
//! Vectors are those of RFC 7515 (appendix A), RFC 7520 (section 4) and RFC 8037 (appendix A).

use actix_web::http::header::HeaderValue;
use api::tokens::{Claims, Tokens};
use aws_lc_rs::hmac;
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use futures_util::future::join_all;
use providers::secrets::new_token_key;
use serde_json::{Value, json};
use testkit::{Answer, Salon, TestApp};

use crate::identity::{login, refresh};

/// The key of RFC 8037, appendix A.1.
const RFC_PRIVATE: &str = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
const RFC_PUBLIC: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
/// What it signs in appendix A.4.
const RFC_SIGNED: &str = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.\
    hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";

/// Signed or not by algorithms of others.
const PUBLISHED: [(&str, &str); 5] = [
    (
        "RFC 7515 A.2, RS256",
        "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290\
         Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5juj\
         Gbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_\
         eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLI\
         hWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
    ),
    (
        "RFC 7515 A.3, ES256",
        "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290\
         Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
    ),
    (
        "RFC 7515 A.5, unsecured",
        "eyJhbGciOiJub25lIn0.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290I\
         jp0cnVlfQ.",
    ),
    (
        "RFC 7520 4.3, ES512",
        "eyJhbGciOiJFUzUxMiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9.SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2lu\
         ZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9hZCwgYW5kIGlmIHlvdSBkb24ndCBrZWVwI\
         HlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN3ZXB0IG9mZiB0by4.AE_R_YZCChjn4791jS\
         QCrdPZCNYqHXCTZH0-JZGYNlaAjP2kqaluUIIUnC9qvbu9Plon7KRTzoNEuT4Va2cmL1eJAQy3mtPBu_u_sDDyYjnAMDxXPn7XrT0lw-k\
         vAD890jl8e2puQens_IEKBpHABlsbEPX6sFY8OcGDqoRuBomu9xQ2",
    ),
    (
        "RFC 7520 4.4, HS256",
        "eyJhbGciOiJIUzI1NiIsImtpZCI6IjAxOGMwYWU1LTRkOWItNDcxYi1iZmQ2LWVlZjMxNGJjNzAzNyJ9.SXTigJlzIGEgZGFuZ2Vyb3Vz\
         IGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9hZCwgYW5kIGlmIHlvdSBkb24nd\
         CBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN3ZXB0IG9mZiB0by4.s0h6KThzkf\
         BBBkLspW1h84VsJZFTsPPqMDA7g1Md7p0",
    ),
];

fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn decode(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}

/// The private key of the RFC as PKCS#8 (RFC 8410, section 7).
fn rfc_key() -> Vec<u8> {
    let prefix = b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20";
    [prefix.as_slice(), &decode(RFC_PRIVATE)].concat()
}

/// A platform whose tokens are signed with the RFC's key, and somebody signed in to it.
struct Forge<'a> {
    app: &'a TestApp,
    key: Ed25519KeyPair,
    claims: Claims,
}

async fn start() -> TestApp {
    let keys = vec![("jwt-1".to_owned(), new_token_key().unwrap()), ("jwt-2".to_owned(), rfc_key())];
    TestApp::start_with(|state| state.tokens = Tokens::new(keys).unwrap()).await.ignore_jobs()
}

impl<'a> Forge<'a> {
    fn new(salon: &Salon<'a>) -> Self {
        let app = salon.app;
        let claims = app.state.tokens.verify(&salon.token, app.now()).unwrap();
        Self { app, key: Ed25519KeyPair::from_pkcs8(&rfc_key()).unwrap(), claims }
    }

    /// The claims of a good token, with what differs.
    fn claims(&self, but: Value) -> String {
        with(serde_json::to_value(&self.claims).unwrap(), but).to_string()
    }

    /// Header and claims, signed by the key of the platform as its own tokens are.
    fn signed(&self, header: &str, claims: impl AsRef<[u8]>) -> String {
        let input = format!("{}.{}", encode(header), encode(claims));
        format!("{input}.{}", encode(self.key.sign(input.as_bytes())))
    }

    fn with_claims(&self, but: Value) -> String {
        self.signed(&ours(json!({})), self.claims(but))
    }

    fn with_header(&self, but: Value) -> String {
        self.signed(&ours(but), self.claims(json!({})))
    }

    async fn accepted(&self, token: &str) {
        self.app.get("/me").bearer(token).await.expect(200);
    }

    async fn refused(&self, what: &str, token: &str) {
        let claims = self.app.state.tokens.verify(token, self.app.now());
        assert!(claims.is_none(), "{what} is taken for a token of ours: {token}");
        // What no header can hold, or what ends with whitespace that is none of its value, comes to us in no request.
        let is_whole = token.trim_ascii_end() == token && token.len() < 8_000;
        if is_whole && HeaderValue::from_str(&format!("Bearer {token}")).is_ok() {
            let answer: Answer = self.app.get("/me").bearer(token).await;
            assert_eq!((answer.status, answer.code()), (401, "UNAUTHENTICATED"), "{what}: {}", answer.text);
        }
    }
}

/// The header of a good token, with what differs.
fn ours(but: Value) -> String {
    with(json!({"typ": "JWT", "alg": "EdDSA", "kid": "jwt-2"}), but).to_string()
}

/// Null takes a member away.
fn with(mut whole: Value, but: Value) -> Value {
    let (Value::Object(members), Value::Object(but)) = (&mut whole, but) else { panic!("no objects") };
    for (name, value) in but {
        if value.is_null() {
            members.remove(&name);
        } else {
            members.insert(name, value);
        }
    }
    whole
}

#[tokio::test]
async fn tokens_are_signed_as_rfc_8037_says() {
    let app = start().await;
    let salon = app.tenant("salon").await;
    let public = UnparsedPublicKey::new(&ED25519, decode(RFC_PUBLIC));
    for token in [RFC_SIGNED, &salon.token] {
        let (input, signature) = token.rsplit_once('.').unwrap();
        public.verify(input.as_bytes(), &decode(signature)).unwrap();
    }
    let forge = Forge::new(&salon);
    assert_eq!(forge.key.public_key().as_ref(), decode(RFC_PUBLIC));
    let (input, signature) = RFC_SIGNED.rsplit_once('.').unwrap();
    assert_eq!(encode(forge.key.sign(input.as_bytes())), signature);
    // What the forge makes is refused for what is wrong with it alone.
    forge.accepted(&forge.with_claims(json!({}))).await;
    forge.accepted(&forge.with_claims(json!({"name": "of a later release"}))).await;
    // Signed by our own key, and no access token.
    forge.refused("RFC 8037 A.4", RFC_SIGNED).await;
    for (what, token) in PUBLISHED {
        forge.refused(what, token).await;
    }
}

#[tokio::test]
async fn a_token_without_a_signature_of_ours_is_nobodys() {
    let app = start().await;
    let salon = app.tenant("salon").await;
    let forge = Forge::new(&salon);
    let claims = encode(forge.claims(json!({})));
    let [head, _, signature] = salon.token.split('.').collect::<Vec<_>>()[..] else { panic!() };
    for alg in ["none", "None", "NONE", "nOnE", "none ", " none", "", "null", "none\0", "ｎｏｎｅ"] {
        for signature in ["", signature, "AA"] {
            let head = encode(ours(json!({"alg": alg})));
            forge.refused(&format!("alg {alg:?}"), &format!("{head}.{claims}.{signature}")).await;
        }
    }
    for header in [
        json!({"typ": "JWT", "kid": "jwt-2"}),
        json!({"typ": "JWT", "kid": "jwt-2", "alg": null}),
        json!({"typ": "JWT", "kid": "jwt-2", "alg": ["EdDSA"]}),
        json!({"typ": "JWT", "kid": "jwt-2", "alg": 0}),
        json!([]),
        json!("EdDSA"),
        json!(null),
    ] {
        forge.refused(&header.to_string(), &forge.signed(&header.to_string(), forge.claims(json!({})))).await;
    }
    for algorithm in ["eddsa", "EDDSA", "Ed25519", "Ed448", "HS256", "RS256", "PS256", "ES256", "ES256K"] {
        forge.refused(algorithm, &forge.with_header(json!({"alg": algorithm}))).await;
    }
    for token in [format!("{head}.{claims}."), format!("{head}.{claims}"), format!("{head}..{signature}")] {
        forge.refused("a part is missing", &token).await;
    }
    let longer = format!("{}.{signature}", salon.token);
    for token in ["", ".", "..", "...", "....", salon.token.trim_end_matches(signature), &longer] {
        forge.refused("another number of parts", token).await;
    }
}

#[tokio::test]
async fn the_public_key_is_no_secret_to_sign_with() {
    let app = start().await;
    let salon = app.tenant("salon").await;
    let forge = Forge::new(&salon);
    let public = decode(RFC_PUBLIC);
    let spki = [b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00".as_slice(), &public].concat();
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----", STANDARD.encode(&spki));
    let (with_line, text) = (format!("{pem}\n").into_bytes(), RFC_PUBLIC.as_bytes().to_vec());
    for secret in [public, spki, pem.into_bytes(), with_line, text, Vec::new(), b"jwt-2".to_vec()] {
        for (name, algorithm) in
            [("HS256", hmac::HMAC_SHA256), ("HS384", hmac::HMAC_SHA384), ("HS512", hmac::HMAC_SHA512)]
        {
            for alg in [name, "EdDSA"] {
                let input =
                    format!("{}.{}", encode(ours(json!({"alg": alg}))), encode(forge.claims(json!({}))));
                let tag = hmac::sign(&hmac::Key::new(algorithm, &secret), input.as_bytes());
                forge.refused(name, &format!("{input}.{}", encode(tag))).await;
            }
        }
    }
}

#[tokio::test]
async fn a_token_names_no_key_but_one_of_ours() {
    let app = start().await;
    let salon = app.tenant("salon").await;
    let forge = Forge::new(&salon);
    for kid in [
        "",
        "jwt-0",
        "jwt-1",
        "jwt-3",
        "JWT-2",
        "jwt-2 ",
        "jwt-2\0",
        "jwt-2\n",
        "../secrets/jwt-2",
        "/dev/null",
        "' OR 1=1 --",
        "jwt-2' UNION SELECT 'x",
        "| id",
        "https://attacker.example/key",
    ] {
        forge.refused(&format!("kid {kid:?}"), &forge.with_header(json!({"kid": kid}))).await;
    }
    forge.refused("no kid", &forge.with_header(json!({"kid": null}))).await;
    for kid in [json!(2), json!(["jwt-2"]), json!({"jwt-2": true}), json!(true)] {
        forge.refused("a kid that is no text", &forge.with_header(json!({"kid": kid}))).await;
    }
    // A key that the token brings itself, and what else asks us to look elsewhere: by a stranger, and signed by us.
    let theirs = Ed25519KeyPair::from_pkcs8(&new_token_key().unwrap()).unwrap();
    let jwk = json!({"kty": "OKP", "crv": "Ed25519", "kid": "jwt-2", "x": encode(theirs.public_key())});
    for more in [
        json!({"jwk": jwk}),
        json!({"jku": "https://attacker.example/keys.json"}),
        json!({"jku": "http://169.254.169.254/latest/meta-data"}),
        json!({"x5u": "https://attacker.example/chain.pem"}),
        json!({"x5c": ["MIIB"]}),
        json!({"x5t": "AAAA"}),
        json!({"x5t#S256": "AAAA"}),
    ] {
        let (header, claims) = (ours(more.clone()), forge.claims(json!({})));
        let input = format!("{}.{}", encode(&header), encode(&claims));
        let forged = format!("{input}.{}", encode(theirs.sign(input.as_bytes())));
        forge.refused(&format!("{more} of a stranger"), &forged).await;
        forge.refused(&more.to_string(), &forge.signed(&header, &claims)).await;
    }
}

#[tokio::test]
async fn what_a_header_calls_critical_is_not_passed_over() {
    let app = start().await;
    let salon = app.tenant("salon").await;
    let forge = Forge::new(&salon);
    for more in [
        json!({"crit": ["exp"], "exp": 0}),
        json!({"crit": ["b64"], "b64": false}),
        json!({"crit": ["https://example.org/UNDEFINED"], "https://example.org/UNDEFINED": true}),
        json!({"crit": []}),
        json!({"crit": "exp"}),
        json!({"b64": false}),
        json!({"zip": "DEF"}),
        json!({"enc": "A256GCM"}),
        json!({"cty": "JWT"}),
        json!({"typ": "at+jwt"}),
        json!({"typ": "logout+jwt"}),
        json!({"typ": null}),
        json!({"anything": "else"}),
    ] {
        forge.refused(&more.to_string(), &forge.with_header(more)).await;
    }
}

#[tokio::test]
async fn a_member_that_comes_twice_is_not_chosen_from() {
    let app = start().await;
    let salon = app.tenant("salon").await;
    let forge = Forge::new(&salon);
    let claims = forge.claims(json!({}));
    for more in
        [r#""alg":"none""#, r#""alg":"EdDSA""#, r#""kid":"jwt-1""#, r#""kid":"jwt-2""#, r#""typ":"JWT""#]
    {
        let (own, header) = (ours(json!({})), ours(json!({})));
        let first = header.replacen('{', &format!("{{{more},"), 1);
        let last = format!("{},{more}}}", own.trim_end_matches('}'));
        for header in [first, last] {
            forge.refused(&header, &forge.signed(&header, &claims)).await;
        }
    }
    for name in ["sub", "sid", "tid", "aud", "iat", "nbf", "exp"] {
        let value = &serde_json::to_value(&forge.claims).unwrap()[name];
        let twice = claims.replacen('{', &format!("{{{name:?}:{value},"), 1);
        forge.refused(&format!("{name} twice"), &forge.signed(&ours(json!({})), &twice)).await;
    }
}

#[tokio::test]
async fn a_token_for_another_time_or_audience_is_nobodys() {
    let app = start().await;
    let salon = app.tenant("salon").await;
    let forge = Forge::new(&salon);
    let now = app.now().timestamp();
    forge.accepted(&forge.with_claims(json!({"nbf": now + 5, "exp": now + 1}))).await;
    for claims in [
        json!({"exp": now}),
        json!({"exp": now - 1}),
        json!({"exp": 0}),
        json!({"exp": -1}),
        json!({"exp": i64::MIN}),
        json!({"exp": null}),
        json!({"exp": (now + 900).to_string()}),
        json!({"exp": 1e300}),
        json!({"exp": u64::MAX}),
        json!({"nbf": now + 6}),
        json!({"nbf": i64::MAX}),
        json!({"nbf": u64::MAX}),
        json!({"nbf": null}),
        json!({"nbf": "0"}),
        json!({"aud": "another"}),
        json!({"aud": "harmony.example"}),
        json!({"aud": "HARMONY"}),
        json!({"aud": ""}),
        json!({"aud": []}),
        json!({"aud": ["another"]}),
        json!({"aud": ["harmony", "another"]}),
        json!({"aud": {"harmony": true}}),
        json!({"aud": null}),
        json!({"sub": null}),
        json!({"sid": null}),
        json!({"tid": null}),
        json!({"sid": "x"}),
        json!({"sid": [forge.claims.sid]}),
    ] {
        forge.refused(&claims.to_string(), &forge.with_claims(claims)).await;
    }
    for claims in ["", "null", "[]", "{}", "\"x\"", "{", "\u{feff}{}"] {
        forge.refused(claims, &forge.signed(&ours(json!({})), claims)).await;
    }
    forge.refused("no UTF-8", &forge.signed(&ours(json!({})), [0x80, 0x81])).await;
}

#[tokio::test]
async fn a_token_is_good_as_it_was_written_and_in_no_other_form() {
    let app = start().await;
    let salon = app.tenant("salon").await;
    let forge = Forge::new(&salon);
    let token = salon.token.as_str();
    let [head, claims, signature] = token.split('.').collect::<Vec<_>>()[..] else { panic!() };
    forge.accepted(token).await;
    // Each character matters, those of the signature's unused bits too.
    for at in (0..token.len()).filter(|at| token.as_bytes()[*at] != b'.') {
        let mut bytes = token.as_bytes().to_vec();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let tampered = String::from_utf8(bytes).unwrap();
        assert!(app.state.tokens.verify(&tampered, app.now()).is_none(), "{at}: {tampered}");
    }
    let (start, last) = signature.split_at(signature.len() - 1);
    for other in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/".chars() {
        if last != other.to_string() {
            forge.refused("another last character", &format!("{head}.{claims}.{start}{other}")).await;
        }
    }
    let padded = |part: &str| URL_SAFE.encode(decode(part));
    for (what, token) in [
        ("padding", format!("{head}.{claims}.{}", padded(signature))),
        ("padding", format!("{}.{claims}.{signature}", padded(head))),
        ("more padding", format!("{token}==")),
        ("whitespace", format!(" {token}")),
        ("whitespace", format!("{token} ")),
        ("whitespace", format!("{token}\t")),
        ("a line", format!("{token}\n")),
        ("a line", format!("{head}.\r\n{claims}.{signature}")),
        ("a zero", format!("{token}\0")),
        ("more behind it", format!("{token},{token}")),
        ("a scheme of its own", format!("Bearer {token}")),
        ("quotes", format!("\"{token}\"")),
        ("a shorter signature", format!("{head}.{claims}.{}", encode(&decode(signature)[..63]))),
        ("a longer signature", format!("{head}.{claims}.{}", encode([decode(signature), vec![0]].concat()))),
        ("an empty signature", format!("{head}.{claims}.{}", encode([0; 64]))),
        ("JSON", json!({"protected": head, "payload": claims, "signature": signature}).to_string()),
    ] {
        forge.refused(what, &token).await;
    }
    // RFC 8032, 5.1.7: with the order of the group added to S it is the same point, and must not be the same token.
    let mut bytes = decode(signature);
    add_order(bytes.last_chunk_mut().unwrap());
    let public = UnparsedPublicKey::new(&ED25519, decode(RFC_PUBLIC));
    assert!(public.verify(format!("{head}.{claims}").as_bytes(), &bytes).is_err());
    forge.refused("S and the order", &format!("{head}.{claims}.{}", encode(bytes))).await;
    // Signed by us, and longer than any of ours.
    for size in [2_000, 6_000, 1 << 20] {
        let token = forge.with_claims(json!({"name": "x".repeat(size)}));
        forge.refused("oversized", &token).await;
    }
    for token in ["A".repeat(1 << 20), ".".repeat(1 << 20), format!("{}..", "A".repeat(1 << 20))] {
        forge.refused("oversized", &token).await;
    }
}

/// Adds the order of the group, 2²⁵² + 27742317777372353535851937790883648493, to a number of 256 bits, lowest first.
fn add_order(number: &mut [u8; 32]) {
    let order = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10_u8,
    ];
    let mut carry = 0;
    for (digit, more) in number.iter_mut().zip(order) {
        let sum = u16::from(*digit) + u16::from(more) + carry;
        [*digit, _] = sum.to_le_bytes();
        carry = sum >> 8;
    }
    assert_eq!(carry, 0);
}

#[tokio::test]
async fn two_keys_are_live_and_the_newer_signs() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let (old, new) = (("jwt-1".to_owned(), new_token_key().unwrap()), ("jwt-2".to_owned(), rfc_key()));
    let claims = app.state.tokens.verify(&salon.token, app.now()).unwrap();
    let sign = |tokens: &Tokens| tokens.sign(claims.sub, claims.sid, claims.tid, app.now());
    let before = Tokens::new(vec![old.clone()]).unwrap();
    let both = Tokens::new(vec![old, new.clone()]).unwrap();
    let after = Tokens::new(vec![new]).unwrap();
    let good = |tokens: &Tokens, token: &str| tokens.verify(token, app.now()).is_some();
    let (first, second) = (sign(&before), sign(&both));
    assert!(good(&both, &first) && good(&both, &second), "while a key is replaced");
    assert!(!good(&before, &second), "by a key it does not know yet");
    assert!(!good(&after, &first) && good(&after, &second), "once the old one is gone");
    assert!(Tokens::new(Vec::new()).is_err());
    assert!(Tokens::new(vec![("jwt-1".to_owned(), b"no key".to_vec())]).is_err());
}

fn text(answer: &Answer, name: &str) -> String {
    answer.body[name].as_str().unwrap().to_owned()
}

/// Nothing that was ever handed out for this session opens anything.
async fn is_dead(app: &TestApp, refresh_tokens: &[impl AsRef<str>], access_tokens: &[impl AsRef<str>]) {
    for token in access_tokens {
        app.get("/me").bearer(token.as_ref()).await.refused(401, "SESSION_ENDED");
    }
    for token in refresh_tokens {
        refresh(app, token.as_ref()).await.refused(401, "SESSION_ENDED");
    }
}

#[tokio::test]
async fn of_twenty_who_refresh_at_once_one_does_and_the_family_ends() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    for _ in 0..5 {
        let bystander = login(&app, &salon.email, &salon.password).await;
        let signed_in = login(&app, &salon.email, &salon.password).await;
        let (first, access) = (text(&signed_in, "refresh_token"), text(&signed_in, "access_token"));
        let answers = join_all((0..20).map(|_| refresh(&app, &first))).await;
        let (renewed, others): (Vec<_>, Vec<_>) =
            answers.into_iter().partition(|answer| answer.status == 200);
        assert_eq!(renewed.len(), 1);
        for answer in others {
            answer.refused(401, "SESSION_ENDED");
        }
        let (next, newer) = (text(&renewed[0], "refresh_token"), text(&renewed[0], "access_token"));
        is_dead(&app, &[&first, &next], &[&access, &newer]).await;
        // The same user elsewhere is not concerned.
        app.get("/me").bearer(&text(&bystander, "access_token")).await.expect(200);
        refresh(&app, &text(&bystander, "refresh_token")).await.expect(200);
    }
}

#[tokio::test]
async fn a_copy_that_races_the_owner_ends_the_family_whoever_is_first() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    for _ in 0..5 {
        let signed_in = login(&app, &salon.email, &salon.password).await;
        let stolen = text(&signed_in, "refresh_token");
        let renewed = refresh(&app, &stolen).await;
        let own = text(&renewed, "refresh_token");
        // Ten with the copy, which was used before, and ten with the token that is good.
        let answers =
            join_all((0..20).map(|at| refresh(&app, if at % 2 == 0 { &stolen } else { &own }))).await;
        let mut refresh_tokens = vec![stolen.clone(), own.clone()];
        let mut access_tokens = vec![text(&signed_in, "access_token"), text(&renewed, "access_token")];
        for (at, answer) in answers.iter().enumerate() {
            assert!(answer.status == 401 || at % 2 == 1 && answer.status == 200, "{at}: {}", answer.text);
            if answer.status == 200 {
                refresh_tokens.push(text(answer, "refresh_token"));
                access_tokens.push(text(answer, "access_token"));
            }
        }
        assert!(refresh_tokens.len() <= 3, "two were renewed with one token");
        is_dead(&app, &refresh_tokens, &access_tokens).await;
    }
}

#[tokio::test]
async fn a_family_that_goes_on_for_long_ends_by_its_oldest_token() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let (mut refresh_token, mut access) = (salon.refresh_token.clone(), salon.token.clone());
    for _ in 0..10 {
        app.clock.advance(TimeDelta::days(10));
        let renewed = refresh(&app, &refresh_token).await;
        (refresh_token, access) = (text(&renewed, "refresh_token"), text(&renewed, "access_token"));
    }
    app.get("/me").bearer(&access).await.expect(200);
    // Long over by itself, and still told as a copy.
    refresh(&app, &salon.refresh_token).await.refused(401, "SESSION_ENDED");
    is_dead(&app, &[&refresh_token], &[&access]).await;
}
