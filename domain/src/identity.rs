//! Signing in by the word of somebody else (OpenID Connect): who may give it, and of whom.

use chrono::TimeDelta;

use crate::rejection::{Fields, Rejection};

/// How long a browser that was sent elsewhere may take to come back, and what came back to be confirmed.
pub const PATIENCE: TimeDelta = TimeDelta::minutes(10);

/// Those whose word counts on the whole platform, where it is set up with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "diesel", derive(diesel::AsExpression, diesel::FromSqlRow))]
#[cfg_attr(feature = "diesel", diesel(sql_type = diesel::sql_types::Text))]
pub enum Provider {
    Google,
    Microsoft,
}
crate::sql::text!(Provider);

impl Provider {
    pub const ALL: [Self; 2] = [Self::Google, Self::Microsoft];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Google => "google",
            Self::Microsoft => "microsoft",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|provider| provider.name() == name)
    }
}

/// Most domains whose people a tenant's provider may speak of.
const MOST_DOMAINS: usize = 20;

/// A tenant's own provider, as it was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionDraft {
    /// Its address, as its documents name it.
    pub issuer: String,
    pub client_id: String,
    /// Of the addresses it may speak of. None: of every address.
    pub domains: Vec<String>,
}

impl ConnectionDraft {
    /// Trimmed, its domains in lower case, each once.
    pub fn checked(self) -> Result<Self, Rejection> {
        let mut fields = Fields::default();
        let issuer = self.issuer.trim().to_owned();
        if !is_issuer(&issuer) {
            fields.add("/issuer", "INVALID", "must be an address such as https://login.example.org");
        }
        let client_id = self.client_id.trim().to_owned();
        if client_id.is_empty() {
            fields.add("/client_id", "REQUIRED", "must not be empty");
        } else if client_id.len() > 255 || !client_id.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            fields.add("/client_id", "INVALID", "must have at most 255 characters of ASCII");
        }
        let mut domains: Vec<String> = Vec::new();
        for domain in self.domains.iter().map(|domain| domain.trim().trim_start_matches('@').to_lowercase()) {
            if !domain.is_empty() && !domains.contains(&domain) {
                domains.push(domain);
            }
        }
        let is_domain = |domain: &String| crate::contact::Email::parse(&format!("a@{domain}")).is_ok();
        if domains.len() > MOST_DOMAINS || !domains.iter().all(is_domain) {
            fields.add("/domains", "INVALID", "must be at most 20 domains such as example.org");
        }
        fields.finish()?;
        Ok(Self { issuer, client_id, domains })
    }
}

/// An address without query and fragment (OpenID Connect Discovery 1.0, 3). Whether it may be asked, its client says.
fn is_issuer(text: &str) -> bool {
    let fits = text.len() <= 500 && text.bytes().all(|byte| byte.is_ascii_graphic());
    let url = url::Url::parse(text).ok().filter(|_| fits);
    url.is_some_and(|url| {
        matches!(url.scheme(), "https" | "http")
            && url.has_host()
            && url.query().is_none()
            && url.fragment().is_none()
    })
}

/// Whether an address is of one of these domains; none: any address will do.
pub fn is_of(email: &str, domains: &[String]) -> bool {
    let domain = email.rsplit_once('@').map(|(_, domain)| domain.to_lowercase());
    domains.is_empty() || domain.is_some_and(|domain| domains.contains(&domain))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(issuer: &str, client_id: &str, domains: &[&str]) -> Result<ConnectionDraft, Rejection> {
        let domains = domains.iter().map(|domain| (*domain).to_owned()).collect();
        ConnectionDraft { issuer: issuer.to_owned(), client_id: client_id.to_owned(), domains }.checked()
    }

    #[test]
    fn a_draft_is_trimmed_and_its_domains_are_named_once() {
        let domains = [" Example.org", "@example.org", "", "sub.example.net "];
        let checked = draft(" https://login.example.org/ ", " harmony ", &domains).unwrap();
        assert_eq!(
            (checked.issuer.as_str(), checked.client_id.as_str()),
            ("https://login.example.org/", "harmony")
        );
        assert_eq!(checked.domains, ["example.org", "sub.example.net"]);
    }

    #[test]
    fn a_draft_that_makes_no_sense_is_told_which_field_it_is() {
        let pointers = |refused: Result<ConnectionDraft, Rejection>| {
            refused.unwrap_err().errors.into_iter().map(|error| error.pointer).collect::<Vec<_>>()
        };
        for issuer in [
            "",
            "login.example.org",
            "javascript:alert(1)",
            "ftp://example.org",
            "https://example.org/?x=1",
            "https://example.org/#x",
            "https://exa mple.org",
        ] {
            assert_eq!(pointers(draft(issuer, "harmony", &[])), ["/issuer"], "{issuer}");
        }
        for client_id in ["", "é", &"x".repeat(256)] {
            assert_eq!(pointers(draft("https://example.org", client_id, &[])), ["/client_id"]);
        }
        for domain in ["localhost", "a@b@example.org", "exa mple.org", ".org"] {
            assert_eq!(
                pointers(draft("https://example.org", "harmony", &[domain])),
                ["/domains"],
                "{domain}"
            );
        }
    }

    #[test]
    fn an_address_is_of_a_domain_and_not_of_one_below_or_beside_it() {
        let domains = ["example.org".to_owned()];
        assert!(is_of("ana@example.org", &domains) && is_of("Ana@EXAMPLE.org", &domains));
        for email in
            ["ana@sub.example.org", "ana@notexample.org", "ana@example.org.evil.net", "example.org", ""]
        {
            assert!(!is_of(email, &domains), "{email}");
        }
        assert!(is_of("ana@anywhere.net", &[]));
    }
}
