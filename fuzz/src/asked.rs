//! What requests carry: bodies, queries, cursors, tokens; and what a job carries from one process to another.

use actix_web::FromRequest;
use actix_web::test::TestRequest;
use api::extract::{Json, Query};
use api::problem::Problem;
use api::proxies::Proxies;
use api::tokens::Tokens;
use chrono::{DateTime, Utc};
use domain::id::{BookingId, ClosureId, CustomerId, OpeningId, StaffId};

use crate::words;

fn now() -> DateTime<Utc> {
    "2030-03-04T09:00:00Z".parse().expect("it is a time")
}

/// A refusal is of the client's doing, and repeats at most a little of what was sent.
fn is_refusal(problem: &Problem) {
    use actix_web::ResponseError;
    let status = problem.status_code().as_u16();
    assert!((400..500).contains(&status), "{status}: {problem}");
    for error in &problem.0.errors {
        assert!(error.detail.len() <= 310, "{}", error.detail.len());
    }
}

fn read<T: FromRequest<Error = Problem>>(bytes: &[u8]) {
    thread_local! {
        static RUNTIME: tokio::runtime::Runtime =
            tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    }
    let request =
        TestRequest::post().insert_header(("content-type", "application/json")).set_payload(bytes.to_vec());
    let (request, mut payload) = request.to_http_parts();
    let read = RUNTIME.with(|runtime| runtime.block_on(T::from_request(&request, &mut payload)));
    if let Err(problem) = read {
        is_refusal(&problem);
    }
}

/// Bodies of JSON.
pub fn body(bytes: &[u8]) {
    let Some((which, bytes)) = bytes.split_first() else { return };
    match which % 8 {
        0 => read::<Json<api::auth::Register>>(bytes),
        1 => read::<Json<api::auth::Login>>(bytes),
        2 => read::<Json<api::bookings::CreateBooking>>(bytes),
        3 => read::<Json<api::services::CreateService>>(bytes),
        4 => read::<Json<api::services::UpdateService>>(bytes),
        5 => read::<Json<api::tenant::UpdateTenant>>(bytes),
        6 => read::<Json<api::intake::ReplaceQuestions>>(bytes),
        _ => read::<Json<api::policy::PolicyBody>>(bytes),
    }
}

/// Queries of addresses.
pub fn query(bytes: &[u8]) {
    let Some(text) = words(bytes) else { return };
    let Ok(uri) = format!("/x?{text}").parse::<actix_web::http::Uri>() else { return };
    let request = TestRequest::default().uri(&uri.to_string()).to_http_request();
    let mut nothing = actix_web::dev::Payload::None;
    for refusal in [
        Query::<api::bookings::ListQuestion>::from_request(&request, &mut nothing).into_inner().err(),
        Query::<api::auth::SlugQuestion>::from_request(&request, &mut nothing).into_inner().err(),
        Query::<api::list::PageQuestion>::from_request(&request, &mut nothing).into_inner().err(),
    ]
    .into_iter()
    .flatten()
    {
        is_refusal(&refusal);
    }
}

/// Cursors of lists and of streams.
pub fn cursor(bytes: &[u8]) {
    let Some(text) = words(bytes) else { return };
    let question = api::list::PageQuestion { limit: None, cursor: Some(text.to_owned()) };
    for refusal in [
        question.read::<(DateTime<Utc>, BookingId)>().err(),
        question.read::<(chrono::NaiveDate, ClosureId)>().err(),
        question.read::<(chrono::NaiveDate, i16, OpeningId)>().err(),
        question.read::<(i32, StaffId)>().err(),
        question.read::<CustomerId>().err(),
    ]
    .into_iter()
    .flatten()
    {
        is_refusal(&refusal);
    }
    if let Some(cursor) = store::events::Cursor::parse(text) {
        let written = cursor.to_string();
        assert_eq!(store::events::Cursor::parse(&written).map(|cursor| cursor.to_string()), Some(written));
    }
}

/// Where a request says that it comes from: whoever is not trusted is the client, whatever they say.
pub fn address(bytes: &[u8]) {
    let Some((trusted, told)) = words(bytes).and_then(|text| text.split_once('\n')) else { return };
    let peer = std::net::IpAddr::from([203, 0, 113, 9]);
    let request = TestRequest::default().peer_addr((peer, 1).into());
    let Ok(value) = actix_web::http::header::HeaderValue::from_str(told) else { return };
    let request = request.insert_header(("x-forwarded-for", value)).to_http_request();
    assert_eq!(Proxies::default().client(&request), Some(peer));
    if let Ok(proxies) = trusted.parse::<Proxies>() {
        assert!(proxies.client(&request).is_some());
    }
}

/// Access tokens, keys and the tokens of forms: none is ours.
pub fn token(bytes: &[u8]) {
    thread_local! {
        static TOKENS: Tokens = {
            let key = providers::secrets::new_token_key().expect("a key");
            Tokens::new(vec![("jwt-1".to_owned(), key)]).expect("a key of ours")
        };
    }
    let Some(text) = words(bytes) else { return };
    TOKENS.with(|tokens| {
        assert!(tokens.verify(text, now()).is_none(), "{text}");
        let good = tokens.sign(
            domain::id::UserId(uuid::Uuid::nil()),
            domain::id::SessionId(uuid::Uuid::nil()),
            domain::id::TenantId(uuid::Uuid::nil()),
            now(),
        );
        assert!(tokens.verify(&good, now()).is_some());
        // The signature of a good one on other claims, and the other way round.
        if let Some((input, signature)) = good.rsplit_once('.') {
            assert!(tokens.verify(&format!("{text}.{signature}"), now()).is_none() || input == text);
            assert!(tokens.verify(&format!("{input}.{text}"), now()).is_none() || signature == text);
        }
    });
    if let Some(tenant) = domain::api_key::tenant_of(text) {
        let secret = [7; domain::api_key::SECRET_LEN];
        assert_eq!(domain::api_key::tenant_of(&domain::api_key::mint(tenant, secret)), Some(tenant));
    }
    assert!(text.starts_with(domain::api_key::prefix(text)));
    assert!(!api::csrf::fits(text, "a cookie"), "{text}");
    assert!(api::csrf::fits(&api::csrf::token(text), text));
}

/// What the road carries.
pub fn job(bytes: &[u8]) {
    let Some((kind, payload)) = words(bytes).and_then(|text| text.split_once(' ')) else { return };
    if let Ok(job) = jobs::Job::parse(kind, payload.as_bytes()) {
        let written = serde_json::to_vec(&job.payload()).expect("ids and numbers are JSON");
        assert_eq!(jobs::Job::parse(kind, &written).ok(), Some(job));
    }
}
