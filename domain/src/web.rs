//! Addresses on the web that tenants show to everybody.

/// Why an address is refused; the sentence follows the field's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WebError {
    #[error("must be a web address such as https://example.org")]
    Website,
    #[error("must be an Instagram name such as @maison.camille, or its address")]
    Instagram,
}

const MOST: usize = 300;

/// An address of a website, by https where no scheme was typed. Nothing that a browser would run, nobody's password, no
/// machine without a name.
pub fn website(text: &str) -> Result<String, WebError> {
    let text = text.trim();
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest),
        None => ("https".to_owned(), text),
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(end).ok_or(WebError::Website)?;
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    };
    let port_fits = port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0));
    let path_fits =
        path.chars().all(|c| !c.is_control() && !c.is_whitespace() && !matches!(c, '<' | '>' | '"' | '\\'));
    let fits = matches!(scheme.as_str(), "http" | "https")
        && text.len() <= MOST - "https://".len()
        && is_host(host)
        && port_fits
        && path_fits;
    if fits { Ok(format!("{scheme}://{}{path}", authority.to_lowercase())) } else { Err(WebError::Website) }
}

/// A name of the domain name system with a top-level domain that is no number.
pub(crate) fn is_host(host: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    host.contains('.')
        && host.len() <= 253
        && host.split('.').all(label)
        && host.rsplit('.').next().is_some_and(|top| top.chars().any(char::is_alphabetic))
}

/// The address of somebody's page at Instagram, from that address or from their name.
pub fn instagram(text: &str) -> Result<String, WebError> {
    let text = text.trim();
    let lower = text.to_lowercase();
    let at_home = ["https://", "http://", ""]
        .iter()
        .flat_map(|scheme| ["www.", "m.", ""].map(|host| format!("{scheme}{host}instagram.com/")))
        .find_map(|home| lower.strip_prefix(&home).map(str::to_owned));
    let name = at_home.unwrap_or(lower);
    let name = name.split(['?', '#']).next().unwrap_or_default();
    let name = name.strip_prefix('@').unwrap_or(name).trim_end_matches('/');
    let fits = (1..=30).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._".contains(&byte))
        && !name.starts_with('.');
    if fits { Ok(format!("https://www.instagram.com/{name}/")) } else { Err(WebError::Instagram) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_website_is_where_a_browser_may_go() {
        assert_eq!(website(" Maison-Camille.FR ").unwrap(), "https://maison-camille.fr");
        assert_eq!(
            website("http://example.org:8080/Prix?x=1#y").unwrap(),
            "http://example.org:8080/Prix?x=1#y"
        );
        assert_eq!(website("https://élégance.fr/").unwrap(), "https://élégance.fr/");
        for text in [
            "",
            "camille",
            "javascript:alert(1)",
            "javascript://example.org/%0aalert(1)",
            "data:text/html,x",
            "https://ana:secret@example.org",
            "https://localhost",
            "https://127.0.0.1",
            "https://[::1]/",
            "https://example.org:0",
            "https://example.org/a b",
            "https://example.org/\"onload=",
            "//example.org",
            "https://-a.example",
        ] {
            assert_eq!(website(text), Err(WebError::Website), "{text}");
        }
        assert!(website(&format!("example.org/{}", "a".repeat(300))).is_err());
    }

    #[test]
    fn an_instagram_page_is_known_by_name_or_address() {
        for text in [
            "@Maison.Camille",
            "maison.camille",
            "instagram.com/maison.camille",
            "https://www.instagram.com/maison.camille/?hl=fr",
        ] {
            assert_eq!(instagram(text).unwrap(), "https://www.instagram.com/maison.camille/", "{text}");
        }
        for text in ["", "@", "https://example.org/maison", "a b", "a/b", "../x", &"a".repeat(31)] {
            assert_eq!(instagram(text), Err(WebError::Instagram), "{text}");
        }
    }
}
