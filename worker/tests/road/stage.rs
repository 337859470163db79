//! The fleet as it is in production: processes of its binaries, a mail server, servers that can be taken away.

use crate::ground::{Ground, OwnRedis, pause, variable};
use std::collections::HashMap;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::sync::watch;
use url::Url;

/// A running program, ended as a crash would when it is dropped.
pub(crate) struct Process {
    pub(crate) child: Child,
}

impl Process {
    pub(crate) fn start(command: &mut Command) -> Self {
        let child = command.stdin(Stdio::null()).spawn();
        Self { child: child.unwrap_or_else(|error| panic!("{command:?}: {error}")) }
    }

    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop; whether it ended well.
    pub(crate) async fn stop(&mut self, within: Duration) -> bool {
        signal("TERM", self.child.id());
        let deadline = Instant::now() + within;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.success();
            }
            assert!(Instant::now() < deadline, "still there {within:?} after SIGTERM");
            pause(20).await;
        }
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may be gone.
        let _gone = self.child.kill();
        let _gone = self.child.wait();
    }
}

pub(crate) fn signal(name: &str, pid: u32) {
    let status = Command::new("kill").args(["-s", name, &pid.to_string()]).status().unwrap();
    assert!(status.success(), "kill -s {name} {pid}");
}

pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

async fn listens(port: u16, what: &str) {
    for _ in 0..1_000 {
        if TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
            return;
        }
        pause(20).await;
    }
    panic!("{what} does not listen");
}

/// A stage for one play: a database with bookings, a Redis, a mail server, and what the processes are told of them.
pub(crate) struct Stage {
    pub(crate) ground: Ground,
    pub(crate) redis: OwnRedis,
    folder: TempDir,
    smtp: u16,
    _inbox: Process,
    /// What processes are told instead, if they go by a wire that can be held.
    pub(crate) database_url: String,
    pub(crate) redis_url: String,
}

/// The owner has proven their address, for the others may mail fifty a day.
const SALON: &str = "
INSERT INTO tenants (tenant_id, slug, name, timezone, locale, currency, country, plan, code_prefix, created_at, updated_at)
VALUES (md5('t')::uuid, 'salon', 'Salon', 'Europe/Paris', 'fr', 'EUR', 'FR', 'enterprise', 'SA', now(), now());
INSERT INTO tenant_directory (slug, tenant_id, created_at) VALUES ('salon', md5('t')::uuid, now());
INSERT INTO users (id, email, email_key, full_name, locale, email_verified_at, created_at, updated_at)
VALUES (md5('o')::uuid, 'o@example.org', 'o@example.org', 'Owner', 'fr', now(), now(), now());
INSERT INTO memberships (tenant_id, user_id, role, created_at) VALUES (md5('t')::uuid, md5('o')::uuid, 'owner', now());
INSERT INTO staff (tenant_id, id, name, position, created_at, updated_at)
SELECT md5('t')::uuid, md5('s' || j)::uuid, 'Staff ' || j, j, now(), now() FROM generate_series(1, 5) j;
INSERT INTO services (tenant_id, id, name, duration_minutes, price_cents, horizon_days, slot_step_minutes, position, created_at, updated_at)
VALUES (md5('t')::uuid, md5('v')::uuid, 'Service', 30, 3000, 730, 30, 1, now(), now());
INSERT INTO weekly_rules (tenant_id, id, kind, staff_id, weekday, start_minute, end_minute, created_at)
SELECT md5('t')::uuid, gen_random_uuid(), 'opening', md5('s' || j)::uuid, d, 0, 1440, now()
FROM generate_series(1, 5) j, generate_series(1, 7) d;
INSERT INTO customers (tenant_id, id, name, name_key, email, email_key, locale, created_at, updated_at)
VALUES (md5('t')::uuid, md5('c')::uuid, 'Client', 'client', 'c@example.org', 'c@example.org', 'fr', now(), now());
INSERT INTO customer_addresses (tenant_id, email_key, customer_id)
VALUES (md5('t')::uuid, 'c@example.org', md5('c')::uuid);";

/// Bookings without allocations: nobody asks for slots. With the job that mails each.
const BOOKINGS: &str = "
WITH made AS (
  INSERT INTO bookings (tenant_id, id, public_code, status, service_id, staff_id, customer_id, starts_at, ends_at, timezone,
    service_name, duration_minutes, buffer_before_minutes, buffer_after_minutes, price_cents, deposit_cents, currency,
    contact_name, contact_email, contact_email_key, locale, notify_email, notify_sms, created_at, updated_at)
  SELECT md5('t')::uuid, md5('b' || i)::uuid, 'SA-' || upper(lpad(to_hex(i), 6, '0')), 'confirmed', md5('v')::uuid,
    md5('s1')::uuid, md5('c')::uuid, now() + i * interval '1 h', now() + i * interval '1 h' + interval '30 min',
    'Europe/Paris', 'Service', 30, 0, 0, 3000, 0, 'EUR', 'Client', 'c@example.org', 'c@example.org', 'fr', true, false,
    now(), now()
  FROM generate_series($1::int, $2::int) i RETURNING id)
INSERT INTO jobs (tenant_id, id, queue, kind, payload, run_at)
SELECT md5('t')::uuid, gen_random_uuid(), 'email', 'send_booking_confirmation',
  json_build_object('booking_id', id, 'sequence', 0), now() FROM made";

impl Stage {
    pub(crate) async fn start() -> Self {
        Self::on(Ground::start().await).await
    }

    pub(crate) async fn on(mut ground: Ground) -> Self {
        let redis = OwnRedis::start().await;
        ground.redis = redis.config();
        let load = format!("SET session_replication_role = replica; {SALON} RESET session_replication_role");
        ground.admin.batch_execute(&load).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let harmony = program("harmony");
        let keys =
            Command::new(harmony).arg("keys").env("SECRETS_DIR", folder.path().join("secrets")).output();
        assert!(keys.unwrap().status.success());
        let (smtp, python) = (free_port(), variable("TEST_PYTHON"));
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/road/inbox.py");
        let mut command = Command::new(python);
        command.arg(script).arg(smtp.to_string()).arg(folder.path().join("inbox"));
        let inbox = Process::start(&mut command);
        listens(smtp, "the mail server").await;
        let (database_url, redis_url) = (ground.url.to_string(), redis.url());
        Self { ground, redis, folder, smtp, _inbox: inbox, database_url, redis_url }
    }

    pub(crate) fn start_process(&self, name: &str) -> Process {
        Process::start(&mut self.command(name))
    }

    /// Where the files of tenants lie.
    pub(crate) fn files(&self) -> PathBuf {
        self.folder.path().join("files")
    }

    /// A program of the workspace, told where everything is.
    pub(crate) fn command(&self, name: &str) -> Command {
        let mut command = Command::new(program(name));
        command
            .env("DATABASE_URL", &self.database_url)
            .env("REDIS_URL", &self.redis_url)
            .env("REDIS_PREFIX", "road")
            .env("SECRETS_DIR", self.folder.path().join("secrets"))
            .env("FILES_URL", format!("file://{}", self.files().display()))
            .env("MAIL_TRANSPORT", "smtp")
            .env("SMTP_URL", format!("smtp://127.0.0.1:{}?tls=none", self.smtp))
            .env("LOG", "off");
        command
    }

    /// Makes the bookings of these numbers, and has each of them mailed.
    pub(crate) async fn book(&self, numbers: std::ops::Range<i32>) {
        self.ground.admin.batch_execute("SET session_replication_role = replica").await.unwrap();
        self.ground.admin.execute(BOOKINGS, &[&numbers.start, &(numbers.end - 1)]).await.unwrap();
    }

    /// What came of it all: how many mails the ledger of messages has as sent, and how often each was accepted.
    pub(crate) async fn effects(&self) -> Effects {
        let sql = "SELECT count(*), count(*) FILTER (WHERE status = 'sent'), count(DISTINCT subject_id) FROM messages";
        let row = self.ground.admin.query_one(sql, &[]).await.unwrap();
        let mut accepted = HashMap::<String, usize>::new();
        for line in std::fs::read_to_string(self.folder.path().join("inbox")).unwrap().lines() {
            *accepted.entry(line.to_owned()).or_default() += 1;
        }
        Effects { rows: row.get(0), sent: row.get(1), bookings: row.get(2), accepted }
    }
}

#[derive(Debug)]
pub(crate) struct Effects {
    pub(crate) rows: i64,
    pub(crate) sent: i64,
    pub(crate) bookings: i64,
    /// By Message-ID.
    pub(crate) accepted: HashMap<String, usize>,
}

impl Effects {
    /// Messages that were accepted again.
    pub(crate) fn repeated(&self) -> usize {
        self.accepted.values().map(|times| times - 1).sum()
    }
}

/// Where a binary of this workspace was built.
pub(crate) fn program(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_BIN_EXE_email")).with_file_name(name);
    assert!(path.exists(), "{} is not built: `cargo build --workspace --bins`", path.display());
    path
}

/// A PostgreSQL of a test's own, to be killed. As root it runs as `postgres`, which it wants.
pub(crate) struct OwnPostgres {
    folder: TempDir,
    port: u16,
    bin: PathBuf,
}

impl OwnPostgres {
    pub(crate) fn start() -> Self {
        let bin = PathBuf::from(variable("TEST_POSTGRES_BIN"));
        let own = Self { folder: tempfile::tempdir_in("/tmp").unwrap(), port: free_port(), bin };
        let data = own.folder.path().join("data");
        if is_root() {
            let chown = Command::new("chown").arg("postgres:").arg(own.folder.path()).status();
            assert!(chown.unwrap().success());
        }
        let words = ["-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale", "C", "-D"];
        own.run("initdb", |command| command.args(words).arg(&data));
        own.up();
        own
    }

    pub(crate) fn url(&self) -> Url {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port).parse().unwrap()
    }

    pub(crate) fn up(&self) {
        let options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=200",
            self.port
        );
        self.run("pg_ctl", |command| {
            let log = self.folder.path().join("log");
            command.arg("-w").arg("-D").arg(self.folder.path().join("data")).arg("-l").arg(log);
            command.arg("-o").arg(options).arg("start")
        });
    }

    /// As a crash: no goodbye, no checkpoint.
    pub(crate) fn down(&self) {
        self.run("pg_ctl", |command| {
            command.arg("-D").arg(self.folder.path().join("data")).args(["-m", "immediate", "stop"])
        });
    }

    fn run(&self, name: &str, arguments: impl FnOnce(&mut Command) -> &mut Command) {
        let program = self.bin.join(name);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        // Not to be held open by the server.
        command.current_dir("/").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let status = arguments(&mut command).status().unwrap();
        assert!(status.success(), "{name}: {status}");
    }
}

impl Drop for OwnPostgres {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.down();
            return;
        }
        let _gone = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.down()));
    }
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout.starts_with(b"0\n")
}

/// A wire to a server that can be held: nothing gets through, nobody is told.
pub(crate) struct Wire {
    pub(crate) port: u16,
    held: watch::Sender<bool>,
}

impl Wire {
    pub(crate) async fn to(target: u16) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (held, is_held) = watch::channel(false);
        #[expect(clippy::disallowed_methods, reason = "it ends with the test's runtime")]
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let is_held = is_held.clone();
                #[expect(clippy::disallowed_methods, reason = "it ends with the test's runtime")]
                tokio::spawn(async move {
                    let Ok(far) = TcpStream::connect(("127.0.0.1", target)).await else { return };
                    let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
                    tokio::join!(pass(near_in, far_out, is_held.clone()), pass(far_in, near_out, is_held));
                });
            }
        });
        Self { port, held }
    }

    pub(crate) fn hold(&self, is_held: bool) {
        self.held.send_replace(is_held);
    }
}

async fn pass(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    mut is_held: watch::Receiver<bool>,
) {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut bytes = vec![0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut bytes).await {
        if is_held.wait_for(|held| !held).await.is_err() || to.write_all(&bytes[..length]).await.is_err() {
            return;
        }
    }
    let _closed = to.shutdown().await;
}
