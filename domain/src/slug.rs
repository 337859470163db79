//! The name of a tenant's public address: `/{slug}`.

/// First parts of addresses that are ours: no tenant can take them.
pub const RESERVED: &[&str] = &[
    "about",
    "account",
    "admin",
    "api",
    "app",
    "assets",
    "auth",
    "billing",
    "blog",
    "book",
    "contact",
    "dashboard",
    "dev",
    "docs",
    "embed",
    "events",
    "explore",
    "favicon",
    "files",
    "forgot",
    "harmony",
    "health",
    "help",
    "hooks",
    "ical",
    "invitation",
    "legal",
    "login",
    "logout",
    "manage",
    "manifest",
    "me",
    "media",
    "metrics",
    "ops",
    "preferences",
    "pricing",
    "privacy",
    "public",
    "register",
    "reset",
    "robots",
    "settings",
    "signin",
    "signup",
    "sitemap",
    "sso",
    "static",
    "status",
    "stream",
    "support",
    "terms",
    "unlock",
    "verify",
    "waitlist",
    "webhooks",
    "well-known",
    "widget",
    "ws",
    "www",
];

/// Why a slug is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SlugError {
    #[error("must have 2 to 63 lower-case letters, digits and single dashes between them")]
    Shape,
    #[error("is reserved")]
    Reserved,
}

/// A slug as typed: 2..=63 of `a-z`, `0-9` and single inner dashes, as in a DNS label (RFC 1035), and not one of ours.
pub fn parse(text: &str) -> Result<&str, SlugError> {
    let shape = (2..=63).contains(&text.len())
        && text.split('-').all(|part| {
            !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        });
    if !shape {
        Err(SlugError::Shape)
    } else if RESERVED.contains(&text) {
        Err(SlugError::Reserved)
    } else {
        Ok(text)
    }
}

/// A slug made from a name: what it has of letters and digits, without accents, at most 40 of them. A name that leaves
/// fewer than two, or a reserved word, is given a word before it.
pub fn suggest(name: &str) -> String {
    let mut slug = String::with_capacity(40);
    for letter in name.chars().flat_map(char::to_lowercase) {
        match plain(letter) {
            Some(plain) => slug.push_str(plain),
            None if letter.is_ascii_alphanumeric() => slug.push(letter),
            None if letter == '\'' || letter == '’' => {}
            None if !slug.is_empty() && !slug.ends_with('-') => slug.push('-'),
            None => {}
        }
        if slug.len() >= 40 {
            break;
        }
    }
    let slug = slug.trim_end_matches('-');
    match parse(slug) {
        Ok(slug) => slug.to_owned(),
        Err(_) if slug.is_empty() => "studio".to_owned(),
        Err(_) => format!("studio-{slug}"),
    }
}

/// The plain letters for one that French and its neighbours write with a mark.
fn plain(letter: char) -> Option<&'static str> {
    Some(match letter {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => "a",
        'ç' => "c",
        'è' | 'é' | 'ê' | 'ë' => "e",
        'ì' | 'í' | 'î' | 'ï' => "i",
        'ñ' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' => "o",
        'ù' | 'ú' | 'û' | 'ü' => "u",
        'ý' | 'ÿ' => "y",
        'œ' => "oe",
        'æ' => "ae",
        'ß' => "ss",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_becomes_a_slug_that_parses() {
        assert_eq!(suggest("Salon Élégance & Cœur"), "salon-elegance-coeur");
        assert_eq!(suggest("L’Atelier d'Anaïs"), "latelier-danais");
        assert_eq!(suggest("!!!"), "studio");
        assert_eq!(suggest("Admin"), "studio-admin");
        assert_eq!(suggest("北京"), "studio");
        for name in ["X", "Salon", "a".repeat(300).as_str(), "-a--b-"] {
            let slug = suggest(name);
            assert_eq!(parse(&slug), Ok(slug.as_str()), "{name}");
        }
    }

    #[test]
    fn shapes_and_reserved_words_are_refused() {
        for text in ["", "a", "A-b", "-ab", "ab-", "a--b", "a_b", "é1", &"a".repeat(64)] {
            assert_eq!(parse(text), Err(SlugError::Shape), "{text}");
        }
        for text in RESERVED {
            assert_eq!(parse(text), Err(SlugError::Reserved));
        }
    }
}
