//! What every handler may reach.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use domain::id::TenantId;
use domain::link::{Link, Links, Purpose};
use domain::rejection::Code;
use providers::files::Files;
use providers::oidc::Oidc;
use providers::vault::Vault;
use queue::{Limits, Tickets};
use store::tenants::Place;
use store::{Store, Tenant};

use crate::clock::Clock;
use crate::cors::Origins;
use crate::meter::Meter;
use crate::metrics::Metrics;
use crate::pages::Pages;
use crate::password::Passwords;
use crate::problem::Result;
use crate::proxies::Proxies;
use crate::stream::Hub;
use crate::tokens::Tokens;

pub struct State {
    pub store: Store,
    pub clock: Clock,
    pub tokens: Tokens,
    pub passwords: Passwords,
    pub links: Links,
    pub vault: Vault,
    pub oidc: Oidc,
    pub files: Files,
    pub pages: Pages,
    pub metrics: Metrics,
    pub limits: Limits,
    pub tickets: Tickets,
    pub hub: Hub,
    pub meter: Meter,
    pub directory: Directory,
    /// Where the sandbox keeps mail; only in development.
    pub outbox: Option<PathBuf>,
    /// Who is believed when they say where a request comes from.
    pub proxies: Proxies,
    /// The websites whose scripts may speak to the API.
    pub origins: Origins,
}

impl State {
    /// The tenant a slug stands for; unknown: 404; suspended: 403.
    pub async fn tenant(&self, slug: &str) -> Result<Tenant> {
        Ok(self.store.tenant(self.place(slug).await?.tenant_id))
    }

    /// The tenant a slug stands for, and where it has moved to; unknown: 404.
    pub async fn place(&self, slug: &str) -> Result<Place> {
        if let Some(tenant_id) = self.directory.get(slug) {
            return Ok(Place { tenant_id, is_suspended: false, moved_to: None });
        }
        let found =
            self.store.identity().statement(async |tx| store::tenants::resolve(tx, slug).await).await?;
        let place = found.ok_or(Code::NotFound)?;
        if place.is_suspended {
            return Err(Code::TenantSuspended.into());
        }
        if place.moved_to.is_none() {
            self.directory.put(slug, place.tenant_id);
        }
        Ok(place)
    }

    /// Opens a link for one purpose; forged, over, or for something else: refused alike.
    pub fn open(&self, token: &str, purpose: Purpose) -> Result<Link> {
        Ok(self.links.open(token, purpose, self.clock.now()).ok_or(Code::LinkInvalid)?)
    }
}

/// Which tenant a slug stands for, remembered for a minute: it is asked for on every public page and changes next to
/// never. Names that stand for nothing, or for where somebody was, are not remembered. A slug that was given up stays its
/// tenant's, so what is still remembered of it leads nobody astray.
#[derive(Default)]
pub struct Directory(Mutex<HashMap<String, (TenantId, Instant)>>);

impl Directory {
    const TTL: Duration = Duration::from_mins(1);
    const MOST: usize = 10_000;

    fn get(&self, slug: &str) -> Option<TenantId> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(slug).filter(|(_, since)| since.elapsed() < Self::TTL).map(|(id, _)| *id)
    }

    /// Forgets the slugs of a tenant that has another now.
    pub fn forget(&self, id: TenantId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|_, (known, _)| *known != id);
    }

    fn put(&self, slug: &str, id: TenantId) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= Self::MOST {
            known.clear();
        }
        known.insert(slug.to_owned(), (id, Instant::now()));
    }
}
