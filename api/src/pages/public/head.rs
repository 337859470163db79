//! What machines read of a tenant's site: its head, its manifest and icon, the map of all sites.

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use serde::Serialize;
use serde_json::{Value, json};
use store::images::Image;
use store::tenants::{self, Tenant};

use crate::extract::{Anybody, Visitor};
use crate::limit::READ;
use crate::pages::Reader;
use crate::problem::Result;

/// The addresses of a page for search engines, and what they are told of it.
#[derive(Serialize)]
pub struct Head {
    /// Without a language: whoever asks gets their own.
    pub url: String,
    pub fr: String,
    pub en: String,
    /// A block of JSON-LD, safe to print into a page.
    pub data: Option<String>,
    pub cover: Option<Cover>,
}

/// The picture that stands for a page where its link is shared.
#[derive(Serialize)]
pub struct Cover {
    pub url: String,
    pub width: i32,
    pub height: i32,
}

impl Cover {
    /// The widest variant of a picture, wherever it is read.
    pub fn of(origin: &str, image: &Image) -> Option<Self> {
        let (_, address) = image.variants().pop()?;
        Some(Self { url: format!("{origin}{address}"), width: image.width, height: image.height })
    }
}

impl Head {
    pub fn of(origin: &str, path: &str) -> Self {
        let url = format!("{origin}{path}");
        Self { fr: format!("{url}?lang=fr"), en: format!("{url}?lang=en"), url, data: None, cover: None }
    }

    #[must_use]
    pub fn with_data(self, data: String) -> Self {
        Self { data: Some(data), ..self }
    }

    #[must_use]
    pub fn with_cover(self, cover: Option<Cover>) -> Self {
        Self { cover, ..self }
    }
}

/// JSON inside of a `<script>`: nothing in it ends the element (HTML, 4.12.1.3).
pub fn json_ld(value: &Value) -> String {
    value.to_string().replace('<', "\\u003c")
}

async fn tenant(visitor: &Visitor) -> Result<Tenant> {
    visitor.state.take(READ, &visitor.ip).await?;
    Ok(visitor.tenant.read(async |tx| tenants::find(tx).await).await?)
}

/// For a phone's home screen (W3C, Web Application Manifest).
pub async fn manifest(reader: Reader, visitor: Result<Visitor>) -> HttpResponse {
    reader
        .answer(async {
            let visitor = visitor?;
            let tenant = tenant(&visitor).await?;
            let home = format!("/{}", tenant.slug);
            let accent = templates::accent(tenant.accent_color.as_deref());
            let manifest = json!({
                "id": home,
                "name": tenant.name,
                "short_name": tenant.name.chars().take(24).collect::<String>(),
                "lang": tenant.locale.name(),
                "start_url": home,
                "scope": home,
                "display": "standalone",
                "background_color": "#faf9f7",
                "theme_color": accent.color,
                "icons": [{
                    "src": format!("{home}/icon.svg"),
                    "sizes": "any",
                    "type": "image/svg+xml",
                    "purpose": "any maskable",
                }],
            });
            Ok(HttpResponse::Ok()
                .content_type("application/manifest+json")
                .insert_header((CACHE_CONTROL, "public, max-age=3600"))
                .body(manifest.to_string()))
        })
        .await
}

/// The first letter of the tenant in its colour.
pub async fn icon(reader: Reader, visitor: Result<Visitor>) -> HttpResponse {
    reader
        .answer(async {
            let visitor = visitor?;
            let tenant = tenant(&visitor).await?;
            Ok(HttpResponse::Ok()
                .content_type("image/svg+xml")
                .insert_header((CACHE_CONTROL, "public, max-age=3600"))
                .insert_header((CONTENT_SECURITY_POLICY, "default-src 'none'"))
                .body(drawing(&tenant)))
        })
        .await
}

fn drawing(tenant: &Tenant) -> String {
    let accent = templates::accent(tenant.accent_color.as_deref());
    let letter = templates::monogram(&tenant.name);
    // A letter or a digit: nothing to escape.
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" rx="16" fill="{}"/><text x="32" y="33" fill="{}" font-family="system-ui,sans-serif" font-size="34" font-weight="600" text-anchor="middle" dominant-baseline="central">{letter}</text></svg>"#,
        accent.color, accent.on_color
    )
}

/// Most tenants of one map: sitemaps.org allows 50,000 addresses, of which each has two and Harmony itself one.
const MOST: u16 = 24_999;

/// The sites of all tenants, and their booking pages.
pub async fn sitemap(reader: Reader, anybody: Result<Anybody>) -> HttpResponse {
    reader
        .answer(async {
            let anybody = anybody?;
            anybody.state.take(READ, &anybody.ip).await?;
            let mut slugs = anybody
                .state
                .store
                .identity()
                .statement(async |tx| tenants::slugs(tx, i64::from(MOST) + 1).await)
                .await?;
            if slugs.len() > usize::from(MOST) {
                tracing::warn!(
                    most = MOST,
                    "the map of all sites is full: the youngest tenants are not on it"
                );
                slugs.truncate(usize::from(MOST));
            }
            Ok(HttpResponse::Ok()
                .content_type("application/xml")
                .insert_header((CACHE_CONTROL, "public, max-age=3600"))
                .body(map(anybody.state.links.public_url(), &slugs)))
        })
        .await
}

/// A site map (<https://www.sitemaps.org/protocol.html>) of Harmony and of tenants.
fn map(origin: &str, slugs: &[String]) -> String {
    let mut map = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
    );
    let mut add = |path: &str| map.extend(["<url><loc>", origin, path, "</loc></url>\n"]);
    add("/");
    // A slug has nothing to escape.
    for slug in slugs {
        add(&format!("/{slug}"));
        add(&format!("/{slug}/book"));
    }
    map.push_str("</urlset>\n");
    map
}

/// What programs that walk the web leave alone (RFC 9309).
pub async fn robots(reader: Reader) -> HttpResponse {
    let origin = reader.state.links.public_url();
    let rules = format!(
        "User-agent: *\nDisallow: /api/\nDisallow: /app\nDisallow: /dev/\nDisallow: /embed/\nDisallow: /files/\nDisallow: /manage/\n\
         Disallow: /*/book/\nDisallow: /*/manage\n\nSitemap: {origin}/sitemap.xml\n"
    );
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(rules)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_map_of_all_sites_has_no_more_addresses_than_it_may() {
        let slugs = vec!["salon".to_owned(); usize::from(MOST)];
        let map = map("https://harmony.example", &slugs);
        assert_eq!(map.matches("<url>").count(), 49_999);
        assert!(map.contains("<loc>https://harmony.example/salon/book</loc>"));
    }

    #[test]
    fn no_name_ends_a_block_of_data() {
        let block = json_ld(&json!({"name": "</script><script>alert(1)</script>"}));
        assert!(!block.contains('<'), "{block}");
        assert_eq!(
            serde_json::from_str::<Value>(&block).unwrap()["name"],
            "</script><script>alert(1)</script>"
        );
    }
}
