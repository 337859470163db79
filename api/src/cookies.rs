//! Cookies of browsers: reading one, and the words of one that is set.

use actix_web::http::header::{COOKIE, SET_COOKIE};
use actix_web::{HttpRequest, HttpResponse};

/// Of whoever is signed in to the dashboard: 32 random bytes. `__Host-` (RFC 6265bis, 4.1.3.2): no other host, not even
/// a subdomain, can have set it.
pub const SESSION: &str = "__Host-session";

/// Of whoever has given the right password and not yet the code: a link of ours, good for ten minutes.
pub const SECOND_STEP: &str = "__Host-second-step";

/// Of a browser in which somebody was signed in: a link of ours. It opens nothing; guesses from elsewhere do not count there.
pub const DEVICE: &str = "__Host-device";

/// Of a customer who is signed in on the site of a tenant: 32 random bytes. It is of that site alone, and no member's.
pub const CUSTOMER: &str = "__Host-customer";

/// Of a browser that was sent to a provider, and of what it came back with: 32 random bytes.
pub const AWAY: &str = "__Host-away";

/// What came of a form, for the next page to say.
pub const FLASH: &str = "__Host-flash";

/// The value of the cookie `name`. Of several the first.
pub fn read<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    let headers = request.headers().get_all(COOKIE);
    headers.filter_map(|header| header.to_str().ok()).flat_map(|header| header.split(';')).find_map(|pair| {
        let (own, value) = pair.trim().split_once('=')?;
        (own == name).then_some(value)
    })
}

/// The cookie of a session, as `Set-Cookie` has it: as old as a session can grow, whether it does is known to PostgreSQL.
pub fn session(value: &str) -> String {
    let seconds = store::sessions::MOST.num_seconds();
    format!("{SESSION}={value}; Path=/; Max-Age={seconds}; HttpOnly; Secure; SameSite=Lax")
}

/// Takes the session's cookie away.
pub fn no_session() -> String {
    format!("{SESSION}=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax")
}

/// The cookie of the second step.
pub fn second_step(token: &str) -> String {
    let seconds = domain::link::TO_PASS.num_seconds();
    format!("{SECOND_STEP}={token}; Path=/; Max-Age={seconds}; HttpOnly; Secure; SameSite=Lax")
}

/// Takes it away.
pub fn no_second_step() -> String {
    format!("{SECOND_STEP}=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax")
}

/// The cookie of a browser that is sent to a provider. `Lax`: it comes along when the provider sends the browser back.
pub fn away(value: &str) -> String {
    let seconds = domain::identity::PATIENCE.num_seconds();
    format!("{AWAY}={value}; Path=/; Max-Age={seconds}; HttpOnly; Secure; SameSite=Lax")
}

/// Takes it away.
pub fn not_away() -> String {
    format!("{AWAY}=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax")
}

/// The cookie of a browser that is known from now on.
pub fn device(token: &str) -> String {
    let seconds = domain::link::KNOWN.num_seconds();
    format!("{DEVICE}={token}; Path=/; Max-Age={seconds}; HttpOnly; Secure; SameSite=Lax")
}

/// The cookie of a customer: as old as their session can grow, whether it does is known to PostgreSQL.
pub fn customer(value: &str) -> String {
    let seconds = store::customers::accounts::MOST.num_seconds();
    format!("{CUSTOMER}={value}; Path=/; Max-Age={seconds}; HttpOnly; Secure; SameSite=Lax")
}

/// Takes it away.
pub fn no_customer() -> String {
    format!("{CUSTOMER}=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax")
}

/// The cookie of what a page is to say once, soon.
pub fn flash(value: &str) -> String {
    format!("{FLASH}={value}; Path=/; Max-Age=60; HttpOnly; Secure; SameSite=Lax")
}

/// Takes it away: it was said.
pub fn no_flash() -> String {
    format!("{FLASH}=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax")
}

/// Adds a cookie to an answer.
pub fn set(response: &mut HttpResponse, cookie: &str) {
    // A cookie of ours is ASCII without control characters.
    if let Ok(value) = cookie.parse() {
        response.headers_mut().append(SET_COOKIE, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn a_cookie_is_found_among_others() {
        let request = TestRequest::default()
            .append_header((COOKIE, "theme=dark; __Host-session=abc-_; lang=fr"))
            .append_header((COOKIE, "__Host-session=later"))
            .to_http_request();
        assert_eq!(read(&request, SESSION), Some("abc-_"));
        assert_eq!(read(&request, "lang"), Some("fr"));
        assert_eq!(read(&request, "session"), None);
    }
}
