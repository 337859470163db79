//! Who follows which tenant in this process, and how they are woken.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::id::{SessionId, TenantId};
use queue::News;
use store::Wake;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Most streams of one session: windows of one browser. A window that is closed may be found out only when the next word
/// is sent to it, so the oldest makes room for one more.
const MOST_OF_SESSION: usize = 32;
/// Most streams of one tenant in one process.
const MOST_OF_TENANT: usize = 200;

/// The streams of this process. Cheap to clone.
#[derive(Clone, Default)]
pub struct Hub(Arc<Inner>);

#[derive(Default)]
struct Inner {
    tenants: Mutex<HashMap<TenantId, Followed>>,
    streams: AtomicUsize,
    /// Whether news of other processes are heard.
    hears: AtomicBool,
    is_closed: AtomicBool,
}

/// A tenant that somebody follows.
struct Followed {
    news: watch::Sender<()>,
    /// The streams of each session, the oldest first, by what ends them.
    streams: HashMap<SessionId, VecDeque<CancellationToken>>,
}

impl Hub {
    /// Takes a seat; `None`: the tenant has all it may have, or nothing is served any longer.
    pub fn join(&self, tenant: TenantId, session: SessionId) -> Option<Seat> {
        let mut tenants = self.tenants();
        if self.0.is_closed.load(Ordering::Relaxed) {
            return None;
        }
        let followed = tenants
            .entry(tenant)
            .or_insert_with(|| Followed { news: watch::Sender::new(()), streams: HashMap::new() });
        let all: usize = followed.streams.values().map(VecDeque::len).sum();
        let own = followed.streams.get(&session).map_or(0, VecDeque::len);
        if own >= MOST_OF_SESSION {
            followed.streams.entry(session).or_default().pop_front().inspect(CancellationToken::cancel);
        } else if all >= MOST_OF_TENANT {
            return None;
        }
        let end = CancellationToken::new();
        followed.streams.entry(session).or_default().push_back(end.clone());
        self.0.streams.fetch_add(1, Ordering::Relaxed);
        Some(Seat { hub: self.clone(), tenant, session, end, news: followed.news.subscribe() })
    }

    /// What was heard of other processes, this one among them.
    pub fn heard(&self, news: News) {
        match news {
            News::Listening => {
                self.0.hears.store(true, Ordering::Relaxed);
                self.tenants().values().for_each(|followed| followed.news.send_modify(|()| {}));
            }
            News::Deaf => self.0.hears.store(false, Ordering::Relaxed),
            News::Of(tenant) => self.wake(TenantId(tenant)),
        }
    }

    /// What this process itself did. As long as it hears, it hears of that, too.
    pub fn did(&self, wake: Wake) {
        if let Wake::Tenant(tenant) = wake
            && !self.hears()
        {
            self.wake(tenant);
        }
    }

    fn wake(&self, tenant: TenantId) {
        if let Some(followed) = self.tenants().get(&tenant) {
            followed.news.send_modify(|()| {});
        }
    }

    pub fn hears(&self) -> bool {
        self.0.hears.load(Ordering::Relaxed)
    }

    /// How many streams are open.
    pub fn count(&self) -> usize {
        self.0.streams.load(Ordering::Relaxed)
    }

    /// Ends every stream, for good: a server that stops waits for its requests, and these have no end.
    pub fn close(&self) {
        let mut tenants = self.tenants();
        self.0.is_closed.store(true, Ordering::Relaxed);
        // Whoever waits for a sender that is gone is told so.
        tenants.clear();
    }

    fn leave(&self, tenant: TenantId, session: SessionId, end: &CancellationToken) {
        self.0.streams.fetch_sub(1, Ordering::Relaxed);
        // From now on it is the one that has ended.
        end.cancel();
        let mut tenants = self.tenants();
        let Some(followed) = tenants.get_mut(&tenant) else { return };
        if let Some(own) = followed.streams.get_mut(&session) {
            own.retain(|one| !one.is_cancelled());
            if own.is_empty() {
                followed.streams.remove(&session);
            }
        }
        if followed.streams.is_empty() {
            tenants.remove(&tenant);
        }
    }

    fn tenants(&self) -> MutexGuard<'_, HashMap<TenantId, Followed>> {
        self.0.tenants.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One stream's place, given back when it is dropped.
pub struct Seat {
    hub: Hub,
    pub tenant: TenantId,
    pub session: SessionId,
    end: CancellationToken,
    news: watch::Receiver<()>,
}

impl Seat {
    /// Waits until there may be news; `false`: everything ends.
    pub async fn woken(&mut self) -> bool {
        tokio::select! {
            changed = self.news.changed() => changed.is_ok(),
            () = self.end.cancelled() => false,
        }
    }

    /// What was told until now is about to be read.
    pub fn mark_read(&mut self) {
        self.news.mark_unchanged();
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.hub.leave(self.tenant, self.session, &self.end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    fn ids() -> (TenantId, SessionId) {
        let now = DateTime::from_timestamp(1_900_000_000, 0).unwrap();
        (TenantId::mint(now), SessionId::mint(now))
    }

    #[test]
    fn seats_that_are_given_back_can_be_taken_again() {
        let (hub, (tenant, session)) = (Hub::default(), ids());
        let seats: Vec<_> = (0..2 * MOST_OF_SESSION).filter_map(|_| hub.join(tenant, session)).collect();
        let ended = seats.iter().map(|seat| seat.end.is_cancelled());
        assert!(ended.eq((0..2 * MOST_OF_SESSION).map(|place| place < MOST_OF_SESSION)), "the oldest first");
        assert!(hub.join(tenant, ids().1).is_some());
        drop(seats);
        assert_eq!((hub.count(), hub.tenants().len()), (0, 0));
        let seats: Vec<_> = (0..300).filter_map(|_| hub.join(tenant, ids().1)).collect();
        assert_eq!(seats.len(), MOST_OF_TENANT);
        assert!(hub.join(ids().0, session).is_some());
    }

    #[tokio::test]
    async fn a_process_that_hears_itself_is_woken_once() {
        let (hub, (tenant, session)) = (Hub::default(), ids());
        let mut seat = hub.join(tenant, session).unwrap();
        let is_woken = |seat: &mut Seat| std::mem::replace(&mut seat.news.has_changed().unwrap(), false);
        hub.did(Wake::Tenant(tenant));
        assert!(is_woken(&mut seat) && seat.woken().await);
        hub.heard(News::Listening);
        assert!(seat.woken().await);
        hub.did(Wake::Tenant(tenant));
        assert!(!is_woken(&mut seat));
        hub.heard(News::Of(ids().0.0));
        assert!(!is_woken(&mut seat));
        hub.heard(News::Of(tenant.0));
        assert!(seat.woken().await);
        hub.heard(News::Deaf);
        hub.did(Wake::Tenant(tenant));
        assert!(seat.woken().await);
        hub.close();
        assert!(!seat.woken().await);
        assert!(hub.join(tenant, session).is_none());
    }
}
