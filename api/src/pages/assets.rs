//! Style sheets, scripts and fonts: carried by the program, under addresses that hold a hash of what is there.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::Write;
use std::sync::OnceLock;

use actix_web::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, ETAG, HeaderMap, HeaderName, HeaderValue,
    IF_NONE_MATCH, VARY,
};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, web};
use domain::rejection::Code;
use domain::text::hex;
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};
use templates::tera::{Error, Kwargs, State as TeraState, Tera};

use crate::problem::Result;
use crate::state::State;

#[derive(RustEmbed)]
#[folder = "../assets"]
#[include = "css/*.css"]
#[include = "js/*.js"]
#[include = "vendor/*.js"]
#[include = "vendor/*.woff2"]
struct Files;

/// Brotli's best is worth its milliseconds once per process; without optimisation it takes seconds.
const QUALITY: u32 = if cfg!(debug_assertions) { 6 } else { 11 };

const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// What does not change while the process runs.
struct Asset {
    body: Bytes,
    /// Made when first asked for; none for what is compressed already.
    brotli: Option<OnceLock<Bytes>>,
    media_type: &'static str,
    hash: String,
}

/// All of them.
#[derive(Default)]
pub struct Assets {
    /// Under their addresses: `css/core-7b1dd3def1.css`.
    by_address: HashMap<String, Asset>,
    /// The addresses of the files: `css/core.css`.
    addresses: HashMap<String, String>,
}

impl Assets {
    /// Reads them all. An address `/assets/…` inside of a style sheet becomes the hashed one.
    pub fn load() -> Self {
        let mut assets = Self::default();
        let mut names: Vec<_> = Files::iter().collect();
        // Style sheets name fonts, so they come last.
        names.sort_by_key(|name| (name.ends_with(".css"), name.clone()));
        for name in names {
            if let Some(file) = Files::get(&name) {
                assets.add(&name, file.data);
            }
        }
        assets
    }

    fn add(&mut self, name: &str, data: Cow<'static, [u8]>) {
        let Some((stem, extension)) = name.rsplit_once('.') else { return };
        let data = if extension == "css" {
            let mut css = String::from_utf8_lossy(&data).into_owned();
            for (name, address) in &self.addresses {
                css = css.replace(&format!("\"/assets/{name}\""), &format!("\"{address}\""));
            }
            css.into_bytes()
        } else {
            data.into_owned()
        };
        let hash: String = hex(&Sha256::digest(&data)).chars().take(10).collect();
        let media_type = match extension {
            "css" => "text/css; charset=utf-8",
            "js" => "text/javascript; charset=utf-8",
            "woff2" => "font/woff2",
            _ => "application/octet-stream",
        };
        let address = format!("{stem}-{hash}.{extension}");
        self.addresses.insert(name.to_owned(), format!("/assets/{address}"));
        let asset =
            Asset { body: data.into(), brotli: (extension != "woff2").then(OnceLock::new), media_type, hash };
        self.by_address.insert(address, asset);
    }

    /// Gives templates `asset(p="css/core.css")`: the address of a file. One that is not there is an error.
    pub fn register(&self, tera: &mut Tera) {
        let addresses = self.addresses.clone();
        tera.register_function("asset", move |kwargs: Kwargs, _: &TeraState<'_>| {
            let path = kwargs.must_get::<&str>("p")?;
            addresses
                .get(path)
                .cloned()
                .ok_or_else(|| Error::message(format!("there is no file assets/{path}")))
        });
    }
}

impl Asset {
    fn brotli(&self) -> Option<Bytes> {
        let compressed = self.brotli.as_ref()?.get_or_init(|| {
            let mut writer = brotli::CompressorWriter::new(Vec::new(), 4096, QUALITY, 22);
            // A Vec takes everything.
            let written = writer.write_all(&self.body);
            drop(written);
            writer.into_inner().into()
        });
        Some(compressed.clone())
    }

    fn answer(&self, request: &HttpRequest, kept: &'static str) -> HttpResponse {
        let etag = format!("\"{}\"", self.hash);
        let mut response = HttpResponse::Ok();
        if request.headers().get(IF_NONE_MATCH).is_some_and(|known| known == etag.as_str()) {
            response = HttpResponse::NotModified();
        }
        response
            .content_type(self.media_type)
            .insert_header((CACHE_CONTROL, kept))
            .insert_header((VARY, "accept-encoding"))
            .insert_header((ETAG, etag));
        let brotli = if accepts_brotli(request.headers()) { self.brotli() } else { None };
        match brotli {
            Some(brotli) => response.insert_header((CONTENT_ENCODING, "br")).body(brotli),
            None => response.body(self.body.clone()),
        }
    }
}

/// `GET /assets/{path}`: for a year, because another content has another address.
pub async fn show(
    request: HttpRequest,
    path: crate::extract::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse> {
    let asset = state.pages.assets.by_address.get(path.as_str()).ok_or(Code::NotFound)?;
    Ok(asset.answer(&request, "public, max-age=31536000, immutable"))
}

/// `GET /embed.js`: the script that other sites name, always by this address. An hour later they have what is new.
pub async fn embed(request: HttpRequest, state: web::Data<State>) -> Result<HttpResponse> {
    let assets = &state.pages.assets;
    let address = assets.addresses.get("js/embed.js").and_then(|address| address.strip_prefix("/assets/"));
    let asset = address.and_then(|address| assets.by_address.get(address)).ok_or(Code::NotFound)?;
    let mut response = asset.answer(&request, "public, max-age=3600, stale-while-revalidate=86400");
    // Sites that admit only what asks to be admitted (Fetch, 3.7) may have it.
    response.headers_mut().insert(RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
    Ok(response)
}

fn accepts_brotli(headers: &HeaderMap) -> bool {
    let accepted = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted.split(',').any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        name.trim().eq_ignore_ascii_case("br")
            && !matches!(weight.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_style_sheet_names_the_font_by_its_hash() {
        let assets = Assets::load();
        let core = assets.by_address.get(assets.addresses["css/core.css"].strip_prefix("/assets/").unwrap());
        let css = String::from_utf8(core.unwrap().body.to_vec()).unwrap();
        let font = assets.addresses.iter().find(|(name, _)| *name == "vendor/inter.woff2").unwrap().1;
        assert!(css.contains(font), "{font}");
        assert!(!css.contains("\"/assets/vendor/inter.woff2\""));
    }

    #[test]
    fn what_is_compressed_is_smaller_and_the_same() {
        for asset in Assets::load().by_address.values() {
            let Some(compressed) = asset.brotli() else { continue };
            let mut body = Vec::new();
            brotli::BrotliDecompress(&mut compressed.as_ref(), &mut body).unwrap();
            assert_eq!(body, asset.body);
            assert!(compressed.len() < body.len());
        }
    }

    #[test]
    fn only_who_accepts_brotli_gets_it() {
        for (accepted, is_taken) in [
            ("gzip, deflate, br", true),
            ("br;q=0.5", true),
            ("BR", true),
            ("br;q=0", false),
            ("gzip", false),
            ("brx", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_ENCODING, accepted.parse().unwrap());
            assert_eq!(accepts_brotli(&headers), is_taken, "{accepted}");
        }
    }
}
