//! Where the booking pages of a tenant stand: on its own site, or in a frame on another one.

use serde::Serialize;
use url::form_urlencoded::Serializer;

use super::frame::{LangUrls, lang_urls};

/// The first part of the addresses of pages in a frame; the tenant comes after it.
pub const EMBED: &str = "embed";

/// What the addresses of a tenant's booking pages have in common. In a frame on another site browsers keep no cookie of
/// ours, so there each address carries what was chosen.
#[derive(Clone, Debug, Serialize)]
pub struct Base {
    /// `/salon`, or `/embed/salon`.
    path: String,
    /// What each address carries.
    carried: Vec<(&'static str, String)>,
    /// The same as a query, with its question mark; empty when there is none.
    query: String,
    /// The query in each language.
    lang_urls: LangUrls,
}

impl Base {
    /// On the tenant's own site.
    pub fn of_site(slug: &str) -> Self {
        Self::new(format!("/{slug}"), Vec::new())
    }

    /// In a frame on another one.
    pub fn of_frame(slug: &str, carried: Vec<(&'static str, String)>) -> Self {
        Self::new(format!("/{EMBED}/{slug}"), carried)
    }

    fn new(path: String, carried: Vec<(&'static str, String)>) -> Self {
        let pairs: Vec<(&str, &str)> = carried.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let query = with_query("", &pairs);
        Self { path, lang_urls: lang_urls(query.trim_start_matches('?')), query, carried }
    }

    /// The address of a page below, such as `/book`; what is empty is left out of its query.
    pub fn to(&self, page: &str, pairs: &[(&str, &str)]) -> String {
        let carried = self.carried.iter().map(|(name, value)| (*name, value.as_str()));
        let pairs: Vec<(&str, &str)> = pairs.iter().copied().chain(carried).collect();
        with_query(&format!("{}{page}", self.path), &pairs)
    }
}

/// An address with a query; what is empty is left out.
pub fn with_query(path: &str, pairs: &[(&str, &str)]) -> String {
    let mut query = Serializer::new(String::new());
    query.extend_pairs(pairs.iter().filter(|(_, value)| !value.is_empty()));
    let query = query.finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_empty_is_left_out_of_an_address() {
        assert_eq!(with_query("/a", &[]), "/a");
        assert_eq!(with_query("/a", &[("x", ""), ("y", "é &"), ("z", "1")]), "/a?y=%C3%A9+%26&z=1");
    }

    #[test]
    fn only_in_a_frame_an_address_carries_what_was_chosen() {
        let site = Base::of_site("salon");
        assert_eq!(site.to("/book", &[("date", "2030-03-04"), ("seats", "")]), "/salon/book?date=2030-03-04");
        assert_eq!((site.query.as_str(), site.lang_urls.fr.as_str()), ("", "?lang=fr"));
        let carried = vec![("lang", "en".to_owned()), ("timezone", "Asia/Tokyo".to_owned())];
        let frame = Base::of_frame("salon", carried);
        assert_eq!(
            frame.to("/book", &[("seats", "2")]),
            "/embed/salon/book?seats=2&lang=en&timezone=Asia%2FTokyo"
        );
        assert_eq!(frame.query, "?lang=en&timezone=Asia%2FTokyo");
        assert_eq!(frame.lang_urls.fr, "?timezone=Asia%2FTokyo&lang=fr");
    }
}
