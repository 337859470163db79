//! The websites that may show a tenant's booking pages in a frame, each by its origin (RFC 6454): scheme, host and port.

use url::{Host, Url};

use crate::rejection::{Fields, Rejection};
use crate::web::is_host;

/// Most websites of a tenant.
pub const MOST_ORIGINS: usize = 10;

/// The longest name of a host is 253 bytes; what is longer than a scheme, such a name and a port is no origin.
const MOST_BYTES: usize = 300;

/// Why an origin is refused; the sentence follows the field's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OriginError {
    #[error("must be the address of a website, such as https://www.example.org")]
    Shape,
    #[error("must begin with https://; http:// is for localhost alone")]
    Insecure,
    #[error("must name the website alone, such as https://www.example.org, without a page of it")]
    Page,
    #[error("must name one website; there are no wildcards")]
    Wildcard,
}

impl OriginError {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Shape => "INVALID",
            Self::Insecure => "INSECURE",
            Self::Page => "HAS_PATH",
            Self::Wildcard => "WILDCARD",
        }
    }
}

/// An origin as browsers write it, by https where no scheme was typed: in lower case, names of other scripts as ASCII
/// (RFC 5891), without the port that its scheme means anyway. Nothing in it means anything to a policy (CSP 3, 2.3.1):
/// no space, no semicolon, no comma, no quote.
pub fn origin(text: &str) -> Result<String, OriginError> {
    let text = text.trim();
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest),
        None => ("https".to_owned(), text),
    };
    if !matches!(scheme.as_str(), "https" | "http") || text.len() > MOST_BYTES {
        return Err(OriginError::Shape);
    }
    // A slash at the end is what an address bar shows.
    let authority = rest.strip_suffix('/').unwrap_or(rest);
    if authority.contains(['/', '?', '#']) {
        return Err(OriginError::Page);
    }
    if authority.contains('*') {
        return Err(OriginError::Wildcard);
    }
    // Else the parser would read them kindly: tabs and lines are skipped, a backslash is a slash, `%2e` is a dot.
    if authority.contains(|c: char| c.is_control() || c.is_whitespace() || matches!(c, '@' | '\\' | '%')) {
        return Err(OriginError::Shape);
    }
    let url = Url::parse(&format!("{scheme}://{authority}")).map_err(|_no_url| OriginError::Shape)?;
    let is_local = match url.host() {
        Some(Host::Domain("localhost")) => true,
        Some(Host::Domain(name)) if name.is_ascii() && is_host(name) => false,
        // Of addresses it is the only one that policies know.
        Some(Host::Ipv4(address)) if address.octets() == [127, 0, 0, 1] => true,
        _ => return Err(OriginError::Shape),
    };
    if scheme == "http" && !is_local {
        return Err(OriginError::Insecure);
    }
    if url.port() == Some(0) {
        return Err(OriginError::Shape);
    }
    Ok(url.origin().ascii_serialization())
}

/// The origins as they are kept, each once; all that is wrong is told, each by its place.
pub fn origins(typed: &[String]) -> Result<Vec<String>, Rejection> {
    let mut fields = Fields::default();
    let mut origins: Vec<String> = Vec::new();
    for (place, text) in typed.iter().enumerate() {
        match origin(text) {
            Ok(origin) if origins.contains(&origin) => {}
            Ok(origin) => origins.push(origin),
            Err(error) => fields.add(format!("/origins/{place}"), error.code(), error.to_string()),
        }
    }
    if origins.len() > MOST_ORIGINS {
        fields.add("/origins", "TOO_MANY", format!("must be at most {MOST_ORIGINS}"));
    }
    fields.finish()?;
    Ok(origins)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_origin_is_kept_as_browsers_write_it() {
        for (typed, kept) in [
            ("https://example.org", "https://example.org"),
            ("  HTTPS://Www.Example.ORG/ ", "https://www.example.org"),
            ("maison-camille.fr", "https://maison-camille.fr"),
            ("https://example.org:443", "https://example.org"),
            ("https://example.org:8443", "https://example.org:8443"),
            ("https://élégance.fr", "https://xn--lgance-9uab.fr"),
            ("https://ÉLÉGANCE.fr", "https://xn--lgance-9uab.fr"),
            ("https://xn--lgance-9uab.fr", "https://xn--lgance-9uab.fr"),
            ("https://例え.テスト", "https://xn--r8jz45g.xn--zckzah"),
            ("https://ｅｘａｍｐｌｅ。org", "https://example.org"),
            ("http://localhost:3000", "http://localhost:3000"),
            ("http://localhost:80/", "http://localhost"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://2130706433", "http://127.0.0.1"),
            ("https://localhost", "https://localhost"),
        ] {
            assert_eq!(origin(typed).as_deref(), Ok(kept), "{typed}");
        }
    }

    #[test]
    fn what_is_no_origin_is_refused_for_what_it_is() {
        use OriginError::{Insecure, Page, Shape, Wildcard};
        for (typed, error) in [
            ("", Shape),
            ("https://", Shape),
            ("camille", Shape),
            ("javascript:alert(1)", Shape),
            ("javascript://example.org", Shape),
            ("data:text/html,x", Page),
            ("data:x", Shape),
            ("null", Shape),
            ("file://example.org", Shape),
            ("https://ana:secret@example.org", Shape),
            ("https://@example.org", Shape),
            ("https://example.org; script-src *", Wildcard),
            ("https://example.org; script-src 'unsafe-inline'", Shape),
            ("https://example.org;script-src", Shape),
            ("https://example.org,https://evil.example", Page),
            ("https://example.org,evil.example", Shape),
            ("https://example.org 'self'", Shape),
            ("'self'", Shape),
            ("https://exam\nple.org", Shape),
            ("https://example.org\r\nX-Frame-Options: ALLOWALL", Shape),
            ("https://exam\tple.org", Shape),
            ("https://example.org\0", Shape),
            ("https://example.org\\@evil.example", Shape),
            ("https://example%2eorg", Shape),
            ("https://example.org:0", Shape),
            ("https://example.org:65536", Shape),
            ("https://example.org:x", Shape),
            ("https://-a.example", Shape),
            ("https://a..example", Shape),
            ("https://under_score.example", Shape),
            ("https://192.168.0.1", Shape),
            ("https://3232235521", Shape),
            ("https://[::1]", Shape),
            ("https://xn--a.example", Shape),
            ("http://example.org", Insecure),
            ("http://localhost.example.org", Insecure),
            ("https://example.org/reserver", Page),
            ("https://example.org//", Page),
            ("https://example.org?x=1", Page),
            ("https://example.org#x", Page),
            ("https://*.example.org", Wildcard),
            ("*", Wildcard),
        ] {
            assert_eq!(origin(typed), Err(error), "{typed:?}");
        }
        assert_eq!(origin(&format!("https://{}.org", "a.".repeat(200))), Err(Shape));
    }

    #[test]
    fn a_list_says_what_is_wrong_with_each_and_keeps_each_once() {
        let list = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
        let kept = origins(&list(&["https://b.example", "a.example", "https://A.example/"])).unwrap();
        assert_eq!(kept, ["https://b.example", "https://a.example"]);
        let refused = origins(&list(&["a.example", "http://b.example", "https://*.c.example"])).unwrap_err();
        let told: Vec<_> = refused.errors.iter().map(|error| (error.pointer.as_str(), error.code)).collect();
        assert_eq!(told, [("/origins/1", "INSECURE"), ("/origins/2", "WILDCARD")]);
        let many: Vec<String> = (0..=MOST_ORIGINS).map(|n| format!("https://{n}.example")).collect();
        assert_eq!(origins(&many).unwrap_err().errors[0].code, "TOO_MANY");
        let (_, fit) = many.split_first().unwrap();
        assert_eq!(origins(fit).unwrap().len(), MOST_ORIGINS);
    }

    proptest! {
        #[test]
        fn whatever_is_kept_is_one_source_of_a_policy(text in "(https?://)?[\\PC\\s;,'*@]{0,30}") {
            if let Ok(origin) = origin(&text) {
                let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.:/".contains(c);
                prop_assert!(origin.chars().all(plain), "{text:?} is kept as {origin:?}");
                prop_assert_eq!(super::origin(&origin), Ok(origin.clone()));
            }
        }
    }
}
