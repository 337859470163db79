//! The doors to PostgreSQL: each logs in as a role of its own and hands out transactions that reach what the role
//! reaches. Rows of tenants are reached only through a [`TenantTx`], which can't be had without a tenant.

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use chrono::{DateTime, Utc};
use diesel_async::pooled_connection::deadpool::{Object, Pool};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use domain::id::TenantId;
use futures_util::{FutureExt, future};
use jobs::Queue;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::availability::Shelf;
use crate::error::{Error, Result};
use crate::pools::Pools;

/// How PostgreSQL is reached.
#[derive(Clone, Debug, clap::Args)]
pub struct DatabaseConfig {
    /// postgres://HOST:PORT/DATABASE. Each door logs in as a role of its own: a user in the address is replaced, its
    /// password is used for all roles that have no address of their own.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    pub database_url: SecretString,
    /// An address of its own for the role `harmony_app`.
    #[arg(long, env = "APP_DATABASE_URL", hide_env_values = true)]
    pub app_database_url: Option<SecretString>,
    /// An address of its own for the role `harmony_identity`.
    #[arg(long, env = "IDENTITY_DATABASE_URL", hide_env_values = true)]
    pub identity_database_url: Option<SecretString>,
    /// An address of its own for the role `harmony_signup`.
    #[arg(long, env = "SIGNUP_DATABASE_URL", hide_env_values = true)]
    pub signup_database_url: Option<SecretString>,
    /// An address of its own for the role `harmony_system`.
    #[arg(long, env = "SYSTEM_DATABASE_URL", hide_env_values = true)]
    pub system_database_url: Option<SecretString>,
    /// Connections of each door, shared out among the process's threads. More than four a core of PostgreSQL's are
    /// slower, not faster.
    #[arg(long, env = "DATABASE_CONNECTIONS", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub database_connections: u16,
}

impl DatabaseConfig {
    /// The defaults for one address.
    pub fn at(database_url: &str) -> Self {
        Self {
            database_url: database_url.into(),
            app_database_url: None,
            identity_database_url: None,
            signup_database_url: None,
            system_database_url: None,
            database_connections: 8,
        }
    }

    fn url_of(&self, role: &str) -> Result<String> {
        let own = match role {
            "harmony_app" => &self.app_database_url,
            "harmony_identity" => &self.identity_database_url,
            "harmony_signup" => &self.signup_database_url,
            _ => &self.system_database_url,
        };
        if let Some(url) = own {
            return Ok(url.expose_secret().to_owned());
        }
        let malformed =
            || Error::Unavailable("DATABASE_URL is not of the form postgres://HOST:PORT/DATABASE".to_owned());
        let mut url = Url::parse(self.database_url.expose_secret()).map_err(|_says_too_much| malformed())?;
        url.set_username(role).map_err(|()| malformed())?;
        Ok(url.into())
    }

    /// The connections of a role, shared out among `threads`.
    fn pools(&self, role: &str, connections: u16, threads: usize) -> Result<Pools> {
        let of_each = usize::from(connections).div_ceil(threads.max(1));
        Ok(Pools::new(self.url_of(role)?.into(), of_each))
    }
}

/// Called after a commit, once for each of what there is to tell. A hint: it must not wait nor fail.
pub type Waker = Arc<dyn Fn(Wake) + Send + Sync>;

/// What there is to tell after a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wake {
    /// Jobs were enqueued.
    Queue(Queue),
    /// Something happened to this tenant.
    Tenant(TenantId),
}

/// One of the doors, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    App,
    Identity,
    Accounts,
    System,
}

/// Every door a process may need. Pools connect when first used; a process that lacks a role's password never finds out
/// unless it uses that door.
#[derive(Clone)]
pub struct Store {
    app: Pools,
    identity: Identity,
    accounts: Accounts,
    system: System,
    waker: Waker,
    shelf: Option<Arc<dyn Shelf>>,
}

impl Store {
    /// `threads` of the process use it.
    pub fn new(config: &DatabaseConfig, threads: usize, waker: Waker) -> Result<Self> {
        let pools = |role, connections| config.pools(role, connections, threads);
        Ok(Self {
            app: pools("harmony_app", config.database_connections)?,
            identity: Identity { pool: pools("harmony_identity", config.database_connections)? },
            accounts: Accounts { pool: pools("harmony_signup", 2)?, waker: waker.clone() },
            system: System {
                pool: pools("harmony_system", config.database_connections)?,
                waker: waker.clone(),
            },
            waker,
            shelf: None,
        })
    }

    /// Keeps there when services can be booked.
    #[must_use]
    pub fn with_shelf(self, shelf: Arc<dyn Shelf>) -> Self {
        Self { shelf: Some(shelf), ..self }
    }

    /// The rows of one tenant.
    pub fn tenant(&self, id: TenantId) -> Tenant {
        Tenant { id, pool: self.app.clone(), waker: self.waker.clone(), shelf: self.shelf.clone() }
    }

    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    pub fn accounts(&self) -> &Accounts {
        &self.accounts
    }

    /// Every tenant's rows of the few tables that the platform itself works on.
    pub fn system(&self) -> &System {
        &self.system
    }

    /// Asks PostgreSQL who we are and what time it is. Refuses to go on as a role that row-level security does not hold,
    /// and with a clock more than 2 s off. `now` is the caller's clock; `doors` are those that the process uses.
    pub async fn check(&self, now: impl Fn() -> DateTime<Utc>, doors: &[Door]) -> Result<()> {
        for door in doors {
            let pool = match door {
                Door::App => &self.app,
                Door::Identity => &self.identity.pool,
                Door::Accounts => &self.accounts.pool,
                Door::System => &self.system.pool,
            };
            Self::check_door(pool, *door, &now).await?;
        }
        Ok(())
    }

    async fn check_door(pool: &Pools, door: Door, now: impl Fn() -> DateTime<Utc>) -> Result<()> {
        use diesel_async::RunQueryDsl;

        #[derive(diesel::QueryableByName)]
        struct Role {
            #[diesel(sql_type = diesel::sql_types::Bool)]
            unbound: bool,
            #[diesel(sql_type = diesel::sql_types::Timestamptz)]
            clock: DateTime<Utc>,
        }
        // Of its own: this thread may be one that serves nobody.
        let mut connection = pool.connect().await?;
        let before = now();
        let role: Role = diesel::sql_query(
            "SELECT rolsuper OR rolbypassrls OR EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                 WHERE n.nspname = 'public' AND c.relkind = 'r' AND pg_has_role(c.relowner, 'USAGE')) AS unbound,
               clock_timestamp() AS clock
             FROM pg_roles WHERE rolname = session_user",
        )
        .get_result(&mut connection)
        .await?;
        if role.unbound {
            return Err(Error::Unavailable(format!(
                "row-level security does not hold the role of the door {door:?}: it owns tables, is superuser or has BYPASSRLS"
            )));
        }
        // What the answer took is nobody's fault.
        let off = (before - role.clock).max(role.clock - now());
        if off > chrono::TimeDelta::seconds(2) {
            return Err(Error::Unavailable(format!(
                "this machine's clock is {} ms off PostgreSQL's; at most 2000 are allowed",
                off.num_milliseconds()
            )));
        }
        Ok(())
    }

    /// Whether PostgreSQL answers.
    pub async fn ping(&self) -> Result<()> {
        self.app.get().await?.batch_execute("SELECT 1").await.map_err(Error::from)
    }

    /// Connections of the app's door: open, idle, waited for.
    pub fn pool_status(&self) -> (usize, usize, usize) {
        self.app.status()
    }
}

/// The door to one tenant's rows.
#[derive(Clone)]
pub struct Tenant {
    id: TenantId,
    pool: Pools,
    waker: Waker,
    shelf: Option<Arc<dyn Shelf>>,
}

impl Tenant {
    pub const fn id(&self) -> TenantId {
        self.id
    }

    /// Runs `work` in one transaction that sees the rows of this tenant alone: commits on `Ok`, rolls back on `Err`.
    /// Dropped before its end, it takes its connection with it: the next checkout never meets an open transaction.
    pub async fn transaction<T, E: From<Error>>(
        &self,
        work: impl AsyncFnOnce(&mut TenantTx) -> Result<T, E>,
    ) -> Result<T, E> {
        let connection = Arc::new(Connection::get(&self.pool).await?);
        let mut tx = TenantTx::new(self.id, connection.clone());
        let result = run(&connection, &begin_as(self.id), work(&mut tx)).await?;
        tx.wake(&self.waker);
        Ok(result)
    }

    /// Like [`Tenant::transaction`] for `work` that only reads: PostgreSQL refuses it everything else, and nobody waits
    /// for the end of a transaction that has nothing to keep.
    pub async fn read<T, E: From<Error>>(
        &self,
        work: impl AsyncFnOnce(&mut TenantTx) -> Result<T, E>,
    ) -> Result<T, E> {
        let connection = Arc::new(Connection::get(&self.pool).await?);
        let mut tx = TenantTx { shelf: self.shelf.clone(), ..TenantTx::new(self.id, connection.clone()) };
        let begin = format!("BEGIN READ ONLY; {}", name(self.id));
        let (begun, result) = future::join(execute(&connection, &begin), work(&mut tx)).await;
        begun?;
        // On its way once it is polled, and whoever takes the connection next sends what comes after it. After an error it
        // means ROLLBACK. What can't be sent leaves the connection unfinished: it is closed.
        if !matches!(execute(&connection, "COMMIT").now_or_never(), Some(Err(_))) {
            connection.finish();
        }
        result
    }
}

/// The door to the global tables: who can sign in, which tenant a name stands for.
#[derive(Clone)]
pub struct Identity {
    pool: Pools,
}

impl Identity {
    pub async fn transaction<T, E: From<Error>>(
        &self,
        work: impl AsyncFnOnce(&mut IdentityTx) -> Result<T, E>,
    ) -> Result<T, E> {
        let connection = Arc::new(Connection::get(&self.pool).await?);
        let mut tx = IdentityTx { connection: connection.clone() };
        run(&connection, "BEGIN", work(&mut tx)).await
    }

    /// For one statement alone, which is its own transaction.
    pub async fn statement<T, E: From<Error>>(
        &self,
        work: impl AsyncFnOnce(&mut IdentityTx) -> Result<T, E>,
    ) -> Result<T, E> {
        let connection = Arc::new(Connection::get(&self.pool).await?);
        let mut tx = IdentityTx { connection: connection.clone() };
        let result = work(&mut tx).await;
        connection.finish();
        result
    }
}

/// The door of what concerns an account and a tenant at once: global rows and those of the tenant in one transaction.
#[derive(Clone)]
pub struct Accounts {
    pool: Pools,
    waker: Waker,
}

impl Accounts {
    pub async fn transaction<T, E: From<Error>>(
        &self,
        tenant_id: TenantId,
        work: impl AsyncFnOnce(&mut AccountTx) -> Result<T, E>,
    ) -> Result<T, E> {
        let connection = Arc::new(Connection::get(&self.pool).await?);
        let mut tx = AccountTx {
            tenant: TenantTx::new(tenant_id, connection.clone()),
            identity: IdentityTx { connection: connection.clone() },
        };
        let result = run(&connection, &begin_as(tenant_id), work(&mut tx)).await?;
        tx.tenant.wake(&self.waker);
        Ok(result)
    }
}

/// The door of the platform itself: `grep 'system()'` lists every place that crosses tenants.
#[derive(Clone)]
pub struct System {
    pool: Pools,
    waker: Waker,
}

impl System {
    pub async fn transaction<T, E: From<Error>>(
        &self,
        work: impl AsyncFnOnce(&mut SystemTx) -> Result<T, E>,
    ) -> Result<T, E> {
        let connection = Arc::new(Connection::get(&self.pool).await?);
        let mut tx = SystemTx {
            connection: connection.clone(),
            enqueued: AtomicU32::new(0),
            is_news: AtomicBool::new(false),
        };
        let result = run(&connection, "BEGIN", work(&mut tx)).await?;
        wake(&self.waker, &tx.enqueued);
        if tx.is_news.load(Ordering::Relaxed) {
            (self.waker)(Wake::Tenant(TenantId::PLATFORM));
        }
        Ok(result)
    }

    /// This thread's pool itself, for the ledger: its statements are each a transaction of their own.
    pub fn pool(&self) -> Result<&Pool<AsyncPgConnection>> {
        self.pool.here()
    }
}

/// A transaction that sees one tenant's rows.
pub struct TenantTx {
    tenant_id: TenantId,
    connection: Arc<Connection>,
    enqueued: AtomicU32,
    /// Whether something happened that others follow.
    is_news: AtomicBool,
    /// Only where nothing is written: what a transaction has raised, and may yet take back, is nobody else's version.
    shelf: Option<Arc<dyn Shelf>>,
}

impl TenantTx {
    fn new(tenant_id: TenantId, connection: Arc<Connection>) -> Self {
        Self {
            tenant_id,
            connection,
            enqueued: AtomicU32::new(0),
            is_news: AtomicBool::new(false),
            shelf: None,
        }
    }

    pub(crate) fn shelf(&self) -> Option<Arc<dyn Shelf>> {
        self.shelf.clone()
    }

    fn wake(&self, waker: &Waker) {
        wake(waker, &self.enqueued);
        if self.is_news.load(Ordering::Relaxed) {
            waker(Wake::Tenant(self.tenant_id));
        }
    }

    /// Every query names it too: the policy is the safety net, the column is what indexes use.
    pub const fn tenant(&self) -> TenantId {
        self.tenant_id
    }

    /// Shared, so that statements that do not need one another's answers travel together (`join!`).
    pub(crate) fn conn(&self) -> &AsyncPgConnection {
        &self.connection
    }

    pub(crate) fn will_wake(&self, queue: Queue) {
        note(&self.enqueued, queue);
    }

    /// After the commit, those who follow the tenant's events look for new ones.
    pub(crate) fn will_tell(&self) {
        self.is_news.store(true, Ordering::Relaxed);
    }
}

/// A transaction on the global tables.
pub struct IdentityTx {
    connection: Arc<Connection>,
}

impl IdentityTx {
    pub(crate) fn conn(&self) -> &AsyncPgConnection {
        &self.connection
    }
}

/// One transaction through both doors.
pub struct AccountTx {
    pub tenant: TenantTx,
    pub identity: IdentityTx,
}

/// A transaction of the platform itself.
pub struct SystemTx {
    connection: Arc<Connection>,
    enqueued: AtomicU32,
    /// Whether something happened that operators follow.
    is_news: AtomicBool,
}

impl SystemTx {
    pub(crate) fn conn(&self) -> &AsyncPgConnection {
        &self.connection
    }

    pub(crate) fn will_wake(&self, queue: Queue) {
        note(&self.enqueued, queue);
    }

    /// After the commit, those who follow the platform's console look again.
    pub(crate) fn will_tell(&self) {
        self.is_news.store(true, Ordering::Relaxed);
    }
}

/// A connection on loan. It goes back to the pool only when its transaction has ended; else it is closed, and
/// PostgreSQL rolls back.
struct Connection {
    object: Option<Object<AsyncPgConnection>>,
    finished: AtomicBool,
}

impl Connection {
    async fn get(pools: &Pools) -> Result<Self> {
        Ok(Self { object: Some(pools.get().await?), finished: AtomicBool::new(false) })
    }

    fn finish(&self) {
        self.finished.store(true, Ordering::Relaxed);
    }
}

impl Deref for Connection {
    type Target = AsyncPgConnection;

    fn deref(&self) -> &AsyncPgConnection {
        self.object.as_ref().expect("the connection is there until it is dropped")
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if !self.finished.load(Ordering::Relaxed)
            && let Some(object) = self.object.take()
        {
            drop(Object::take(object));
        }
    }
}

/// Begins and names the tenant in one message.
fn begin_as(tenant_id: TenantId) -> String {
    format!("BEGIN; {}", name(tenant_id))
}

/// The id is a UUID, so there is nothing to escape.
fn name(tenant_id: TenantId) -> String {
    format!("SET LOCAL app.tenant_id = '{tenant_id}'")
}

/// `begin` travels with the first statement of `work`: `join` polls it first, so it is sent first. Were that ever
/// untrue, the statement would meet no tenant, hence no rows.
async fn run<T, E: From<Error>>(
    connection: &Connection,
    begin: &str,
    work: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    let (begun, result) = future::join(execute(connection, begin), work).await;
    match (begun, result) {
        (Ok(()), Ok(value)) => {
            execute(connection, "COMMIT").await?;
            connection.finish();
            Ok(value)
        }
        (Ok(()), Err(error)) => {
            if execute(connection, "ROLLBACK").await.is_ok() {
                connection.finish();
            }
            Err(error)
        }
        (Err(error), _) => Err(error.into()),
    }
}

async fn execute(mut connection: &AsyncPgConnection, sql: &str) -> Result<()> {
    connection.batch_execute(sql).await.map_err(Error::from)
}

fn note(enqueued: &AtomicU32, queue: Queue) {
    enqueued.fetch_or(1 << queue.index(), Ordering::Relaxed);
}

fn wake(waker: &Waker, enqueued: &AtomicU32) {
    let enqueued = enqueued.load(Ordering::Relaxed);
    for queue in Queue::ALL {
        if enqueued & (1 << queue.index()) != 0 {
            waker(Wake::Queue(queue));
        }
    }
}
