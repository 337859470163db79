//! Where Redis is: one server, a cluster, or whichever server the sentinels call their master.
//!
//! No connection here follows a failover. It fails, whoever has it drops it, and the next one is made by asking anew.

use crate::link::{Error, RedisConfig};
use crate::slots::{Slots, slot};
use redis::aio::{MultiplexedConnection, PubSub};
use redis::{
    AsyncConnectionConfig, Client, Cmd, ConnectionAddr, ConnectionInfo, FromRedisValue, IntoConnectionInfo,
    RedisConnectionInfo, RedisError, RedisResult, ServerErrorKind, Value,
};
use secrecy::ExposeSecret;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

const CLUSTER: &str = "redis+cluster://";
const SENTINEL: &str = "redis+sentinel://";
/// Where a sentinel listens if its URL does not say.
const SENTINEL_PORT: u16 = 26379;

pub(crate) enum Server {
    One(ConnectionInfo),
    Cluster(Ring),
    Sentinel { sentinels: Ring, name: String },
}

/// How long a connection may take: to be made, all questions on the way included, and then to answer.
#[derive(Clone, Copy)]
pub(crate) struct Patience {
    pub(crate) connecting: Duration,
    pub(crate) answer: Duration,
}

/// A connection, and what part of the keys it is good for.
pub(crate) struct Connection {
    pub(crate) to: MultiplexedConnection,
    pub(crate) slots: Slots,
}

/// Servers any of which may be asked where to go.
pub(crate) struct Ring {
    given: Vec<ConnectionInfo>,
    /// What the last who was asked knew: a process outlives the nodes that its URL names.
    met: Mutex<Vec<ConnectionInfo>>,
    turn: AtomicUsize,
}

impl Server {
    /// Connects to nothing yet. Errors repeat nothing of the URL: it may hold a password.
    pub(crate) fn open(config: &RedisConfig) -> Result<Self, Error> {
        let url = config.url.expose_secret();
        if let Some(rest) = url.strip_prefix(CLUSTER) {
            let (nodes, path) = ring(rest, None)?;
            if !matches!(path, "" | "0") {
                return wrong("a cluster has no databases: nothing follows its nodes");
            }
            // All keys of a queue must be in one slot. The first braces decide that, and they must be the queue's.
            if config.prefix.contains(['{', '}']) {
                return wrong("in a cluster, the prefix has no braces");
            }
            return Ok(Self::Cluster(nodes));
        }
        if let Some(rest) = url.strip_prefix(SENTINEL) {
            let (sentinels, name) = ring(rest, Some(SENTINEL_PORT))?;
            if name.is_empty() || name.contains('/') {
                return wrong("the sentinels are followed by /NAME, what they call their master");
            }
            return Ok(Self::Sentinel { sentinels, name: name.to_owned() });
        }
        if redis::parse_redis_url(url).is_none() {
            return wrong("it is redis://HOST, redis+cluster://HOST,HOST or redis+sentinel://HOST,HOST/NAME");
        }
        url.into_connection_info().map(Self::One).or_else(|error| wrong(&error.to_string()))
    }

    /// Where a key is among all keys. Outside of a cluster they are all in one place.
    pub(crate) fn slot(&self, key: &str) -> u16 {
        if matches!(self, Self::Cluster(_)) { slot(key.as_bytes()) } else { 0 }
    }

    /// Connects to who takes writes, and has the slot if one is given. An error: nothing but questions was sent.
    pub(crate) async fn connect(&self, slot: Option<u16>, patience: Patience) -> RedisResult<Connection> {
        within(patience.connecting, async {
            let (info, slots) = self.find(slot, patience.connecting / 2).await?;
            let mut to = dial(info, patience).await?;
            if matches!(self, Self::Sentinel { .. }) {
                // A sentinel may be behind the times. Who may not ask for the role finds out by writing.
                match redis::cmd("ROLE").query_async::<Vec<Value>>(&mut to).await {
                    Ok(role) if word(role.first()).as_deref() == Some("master") => {}
                    Ok(_) => return Err(broken("what the sentinels call their master is none")),
                    Err(error) if error.kind() == ServerErrorKind::NoPerm.into() => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(Connection { to, slots })
        })
        .await
    }

    /// Subscribes where whatever is published arrives: in a cluster at any node.
    pub(crate) async fn subscribe(&self, channel: &str, connecting: Duration) -> RedisResult<PubSub> {
        within(connecting, async {
            let (info, _) = self.find(None, connecting / 2).await?;
            let mut subscription = Client::open(info)?.get_async_pubsub().await?;
            subscription.subscribe(channel).await?;
            Ok(subscription)
        })
        .await
    }

    /// Who has the slot, and what else. `each`: how long one of several may take to tell.
    async fn find(&self, slot: Option<u16>, each: Duration) -> RedisResult<(ConnectionInfo, Slots)> {
        let (ring, name) = match self {
            Self::One(info) => return Ok((info.clone(), Slots::all())),
            Self::Cluster(nodes) => (nodes, None),
            Self::Sentinel { sentinels, name } => (sentinels, Some(name)),
        };
        let mut last = broken("there is nobody to ask");
        for asked in ring.around() {
            let found = within(each, async {
                if let Some(name) = name {
                    return Ok((ask_sentinel(&asked, name, each).await?, Slots::all()));
                }
                let (nodes, owner) = ask_node(&asked, slot, each).await?;
                ring.meet(nodes);
                Ok(owner)
            });
            match found.await {
                Ok(found) => return Ok(found),
                Err(error) => last = error,
            }
        }
        Err(last)
    }
}

impl Ring {
    /// All of them, each time beginning with the next: what is silent or behind the times holds nobody up twice.
    fn around(&self) -> Vec<ConnectionInfo> {
        let mut all = self.given.clone();
        let met = self.met.lock().unwrap_or_else(PoisonError::into_inner);
        all.extend(met.iter().filter(|met| self.given.iter().all(|it| it.addr() != met.addr())).cloned());
        let first = self.turn.fetch_add(1, Ordering::Relaxed).checked_rem(all.len());
        all.rotate_left(first.unwrap_or(0));
        all
    }

    fn meet(&self, nodes: Vec<ConnectionInfo>) {
        *self.met.lock().unwrap_or_else(PoisonError::into_inner) = nodes;
    }
}

/// Reads `user:password@host:port,host:port/path` into the servers and the path.
fn ring(rest: &str, port: Option<u16>) -> Result<(Ring, &str), Error> {
    if rest.contains(['?', '#']) {
        return wrong("it has no ? or #; in a password they are %3F and %23");
    }
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let (login, hosts) = authority.rsplit_once('@').unwrap_or(("", authority));
    let at = if login.is_empty() { "" } else { "@" };
    let read = |host: &str| {
        let url = format!("redis://{login}{at}{host}");
        let has_port = redis::parse_redis_url(&url)?.port().is_some();
        let info = url.into_connection_info().ok()?;
        match (info.addr().clone(), port) {
            (ConnectionAddr::Tcp(host, _), Some(port)) if !has_port => {
                Some(info.set_addr(ConnectionAddr::Tcp(host, port)))
            }
            _ => Some(info),
        }
    };
    let Some(given) = hosts.split(',').map(read).collect() else {
        return wrong(
            "it has HOST:PORT,HOST:PORT; in a password all but letters and digits is percent-encoded",
        );
    };
    Ok((Ring { given, met: Mutex::default(), turn: AtomicUsize::new(0) }, path.trim_end_matches('/')))
}

fn wrong<T>(why: &str) -> Result<T, Error> {
    Err(Error::Address(why.to_owned()))
}

/// All nodes that the one asked knows, and the owner of the slot with all its slots. No slot: the one asked will do.
async fn ask_node(
    asked: &ConnectionInfo,
    slot: Option<u16>,
    patience: Duration,
) -> RedisResult<(Vec<ConnectionInfo>, (ConnectionInfo, Slots))> {
    let mut question = redis::cmd("CLUSTER");
    let parts: Vec<Vec<Value>> = ask(asked.clone(), question.arg("SLOTS"), patience).await?;
    let mut nodes: Vec<ConnectionInfo> = Vec::new();
    let mut owned = Vec::new();
    // From, to, the owner, its replicas. A node is a host, a port and more.
    for part in parts {
        let mut part = part.into_iter();
        let mut number = || part.next().and_then(|value| u16::from_redis_value(value).ok());
        let (Some(from), Some(to)) = (number(), number()) else {
            return Err(broken("slots without numbers"));
        };
        for (place, node) in part.enumerate() {
            let node = Vec::<Value>::from_redis_value(node)?;
            let port = node.get(1).cloned().and_then(|port| u16::from_redis_value(port).ok());
            let Some(info) = port.and_then(|port| elsewhere(asked, word(node.first()), port)) else {
                return Err(broken("a node without a port"));
            };
            if place == 0 {
                owned.push((info.clone(), from..=to));
            }
            if nodes.iter().all(|met| met.addr() != info.addr()) {
                nodes.push(info);
            }
        }
    }
    if owned.is_empty() {
        return Err(broken("a node without a cluster"));
    }
    let Some(slot) = slot else {
        return Ok((nodes, (asked.clone(), Slots::none())));
    };
    let owner = owned.iter().find(|(_, slots)| slots.contains(&slot)).map(|(owner, _)| owner.clone());
    let owner = owner.ok_or_else(|| broken("a slot without a node"))?;
    owned.retain(|(node, _)| node.addr() == owner.addr());
    let slots = owned.into_iter().map(|(_, slots)| slots).collect();
    Ok((nodes, (owner, slots)))
}

/// The same login at another address. A node that does not know its own name is where it was asked.
fn elsewhere(asked: &ConnectionInfo, host: Option<String>, port: u16) -> Option<ConnectionInfo> {
    let ConnectionAddr::Tcp(here, _) = asked.addr() else { return None };
    let host = host.filter(|host| !matches!(host.as_str(), "" | "?")).unwrap_or_else(|| here.clone());
    Some(asked.clone().set_addr(ConnectionAddr::Tcp(host, port)))
}

/// The master. The login is the master's: a sentinel gets to see it only if it lets nobody ask without one.
async fn ask_sentinel(
    sentinel: &ConnectionInfo,
    name: &str,
    patience: Duration,
) -> RedisResult<ConnectionInfo> {
    let mut question = redis::cmd("SENTINEL");
    question.arg("GET-MASTER-ADDR-BY-NAME").arg(name);
    let anonymous = sentinel.clone().set_redis_settings(RedisConnectionInfo::default());
    let answer: RedisResult<Option<(String, u16)>> = match ask(anonymous, &question, patience).await {
        Err(error) if matches!(error.code(), Some("NOAUTH" | "NOPERM")) => {
            ask(sentinel.clone(), &question, patience).await
        }
        answer => answer,
    };
    let (host, port) = answer?.ok_or_else(|| broken("the sentinel knows no master of this name"))?;
    Ok(sentinel.clone().set_addr(ConnectionAddr::Tcp(host, port)))
}

/// One question, on a connection of its own.
async fn ask<T: FromRedisValue>(of: ConnectionInfo, question: &Cmd, patience: Duration) -> RedisResult<T> {
    let mut asked = dial(of, Patience { connecting: patience, answer: patience }).await?;
    question.query_async(&mut asked).await
}

async fn dial(to: ConnectionInfo, patience: Patience) -> RedisResult<MultiplexedConnection> {
    let config = AsyncConnectionConfig::new()
        .set_response_timeout(Some(patience.answer))
        .set_connection_timeout(Some(patience.connecting));
    Client::open(to)?.get_multiplexed_async_connection_with_config(&config).await
}

/// On the heap: connecting is rare, and whoever does it has more to carry than its state.
fn within<'a, T: 'a>(
    patience: Duration,
    work: impl Future<Output = RedisResult<T>> + Send + 'a,
) -> impl Future<Output = RedisResult<T>> + Send + 'a {
    let done = tokio::time::timeout(patience, Box::pin(work));
    let late = |_| RedisError::from(io::Error::new(io::ErrorKind::TimedOut, "no answer while connecting"));
    async move { done.await.map_err(late)? }
}

fn broken(why: &'static str) -> RedisError {
    io::Error::other(why).into()
}

fn word(value: Option<&Value>) -> Option<String> {
    value.cloned().and_then(|value| Option::from_redis_value(value).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(url: &str) -> Result<Server, String> {
        let config = RedisConfig { url: url.into(), prefix: "harmony".to_owned() };
        Server::open(&config).map_err(|error| error.to_string())
    }

    fn addresses(ring: &Ring) -> Vec<String> {
        ring.given.iter().map(|info| info.addr().to_string()).collect()
    }

    #[test]
    fn a_cluster_is_named_by_some_of_its_nodes() {
        let server = open("redis+cluster://me:p%40ss@one:7000,two,[::1]:7002/");
        let Ok(Server::Cluster(nodes)) = server else { panic!("no cluster") };
        assert_eq!(addresses(&nodes), ["one:7000", "two:6379", "::1:7002"]);
        for info in &nodes.given {
            let login = info.redis_settings();
            assert_eq!((login.username(), login.password()), (Some("me"), Some("p@ss")));
        }
        assert!(matches!(open("redis+cluster://:secret@one:7000"), Ok(Server::Cluster(_))));
    }

    #[test]
    fn a_master_is_named_by_its_sentinels() {
        let Ok(Server::Sentinel { sentinels, name }) = open("redis+sentinel://one:7000,two,three:6379/mine")
        else {
            panic!("no sentinels")
        };
        assert_eq!(addresses(&sentinels), ["one:7000", "two:26379", "three:6379"]);
        assert_eq!(name, "mine");
    }

    #[test]
    fn one_server_is_named_as_ever() {
        for url in ["redis://one", "redis://me:secret@one:7000/3", "unix:///run/redis.sock"] {
            assert!(matches!(open(url), Ok(Server::One(_))), "{url}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_url_is_told_without_its_secrets() {
        for (url, why) in [
            ("", "it is redis://"),
            ("http://me:secret@one", "it is redis://"),
            ("redis+else://me:secret@one", "it is redis://"),
            ("redis://me:secret@", "it is redis://"),
            ("redis://me:secret@one:7000,two:7000", "it is redis://"),
            ("redis://me:secret@one/seven", "Invalid database number"),
            ("rediss://me:secret@one", "TLS"),
            ("redis+cluster://", "it has HOST:PORT"),
            ("redis+cluster://me:secret@one:7000,,two:7000", "it has HOST:PORT"),
            ("redis+cluster://me:secret@one:secret", "it has HOST:PORT"),
            ("redis+cluster://me:sec/ret@one:7000", "it has HOST:PORT"),
            ("redis+cluster://me:sec?ret@one:7000", "no ? or #"),
            ("redis+cluster://me:secret@one:7000/1", "no databases"),
            ("redis+sentinel://me:secret@one:7000", "/NAME"),
            ("redis+sentinel://me:secret@one:7000/", "/NAME"),
            ("redis+sentinel://me:secret@one:7000/mine/secret", "/NAME"),
        ] {
            let Err(error) = open(url) else { panic!("{url} is no URL") };
            assert!(error.contains(why), "{url}: {error}");
            assert!(!["secret", "sec", "ret@"].iter().any(|part| error.contains(part)), "{url}: {error}");
        }
    }

    #[test]
    fn who_is_asked_first_changes_each_time() {
        let (ring, _) = ring("one:1,two:2", None).unwrap();
        ring.meet(
            ["redis://two:2", "redis://three:3"].map(|url| url.into_connection_info().unwrap()).to_vec(),
        );
        let first = || ring.around().first().map(|info| info.addr().to_string());
        let firsts: Vec<_> = (0..4).filter_map(|_| first()).collect();
        assert_eq!(firsts, ["one:1", "two:2", "three:3", "one:1"]);
    }
}
