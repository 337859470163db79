//! Counts the calls that keys make: for what the tenant pays, and for when a key was last used.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use actix_web::web;
use chrono::{DateTime, NaiveDate, Utc};
use domain::id::{ApiKeyId, TenantId};
use domain::plan::Limit;
use store::{Store, api_keys, tenants, usage};

use crate::state::State;

/// How long calls are counted in the process alone. One that is killed forgets as many: nobody pays for those.
const EVERY: Duration = Duration::from_secs(5);

/// Of each tenant, by the month that it is there, how many calls, and when each key was used last.
#[derive(Default)]
pub struct Meter(Mutex<HashMap<(TenantId, NaiveDate), Calls>>);

#[derive(Default)]
struct Calls {
    count: i64,
    keys: HashMap<ApiKeyId, DateTime<Utc>>,
}

impl Calls {
    fn add(&mut self, more: Self) {
        self.count += more.count;
        for (id, at) in more.keys {
            let last = self.keys.entry(id).or_insert(at);
            *last = at.max(*last);
        }
    }
}

impl Meter {
    pub fn count(&self, tenant: TenantId, month: NaiveDate, key: ApiKeyId, now: DateTime<Utc>) {
        self.add(tenant, month, Calls { count: 1, keys: HashMap::from([(key, now)]) });
    }

    fn add(&self, tenant: TenantId, month: NaiveDate, calls: Calls) {
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counted.entry((tenant, month)).or_default().add(calls);
    }

    /// Writes down what was counted. What can't be written now is kept for the next time.
    pub async fn write(&self, store: &Store, now: DateTime<Utc>) {
        let counted = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        for ((tenant_id, month), calls) in counted {
            let written = store
                .tenant(tenant_id)
                .transaction(async |tx| {
                    let plan = tenants::find(tx).await?.plan;
                    api_keys::used(tx, calls.keys.iter().map(|(id, at)| (*id, *at))).await?;
                    usage::meter(tx, plan, Limit::ApiCallsPerMonth, month, calls.count, now).await
                })
                .await;
            if let Err(error) = written {
                tracing::warn!(%error, %tenant_id, "calls are counted and not written yet");
                self.add(tenant_id, month, calls);
            }
        }
    }
}

/// Writes down every few seconds, for as long as the process lives.
pub async fn keep_writing(state: web::Data<State>) {
    loop {
        tokio::time::sleep(EVERY).await;
        state.meter.write(&state.store, state.clock.now()).await;
    }
}
