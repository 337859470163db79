//! Servers of a test's own, on free ports of the loopback, in folders that go with them.

use redis::{FromRedisValue, RedisResult};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// What a test waits for comes long before this, also on a machine that is busy.
const DEADLINE: Duration = Duration::from_mins(1);
/// Of whoever looks after the servers. What is tested has its own.
pub(crate) const ADMIN: &str = "keeper";

pub(crate) struct Server {
    pub(crate) port: u16,
    pub(crate) bus: u16,
    admin: bool,
    child: Child,
    folder: PathBuf,
}

impl Server {
    /// Starts one with these lines in its configuration; told the port of its bus, if it is to have one.
    pub(crate) async fn start(sentinel: bool, admin: bool, settings: impl Fn(u16) -> String) -> Self {
        // Somebody else may take a port before the server does.
        for _ in 0..20 {
            let mut server = Self::spawn(sentinel, admin, &settings);
            if server.is_up().await {
                return server;
            }
        }
        panic!("redis-server does not start");
    }

    fn spawn(sentinel: bool, admin: bool, settings: &impl Fn(u16) -> String) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("redis-{}-{number}", std::process::id());
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&folder).unwrap();
        let taken = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
        let [port, bus] = taken.map(|listener| listener.local_addr().unwrap().port());
        let lines = [
            format!("bind 127.0.0.1\nport {port}\ndir {}\nlogfile log", folder.display()),
            if admin { format!("requirepass {ADMIN}") } else { String::new() },
            (if sentinel { "" } else { "save \"\"\nappendonly no\nrepl-diskless-sync-delay 0" }).to_owned(),
            settings(bus),
            String::new(),
        ];
        let lines = lines.join("\n");
        std::fs::write(folder.join("redis.conf"), lines).unwrap();
        let child = Command::new("redis-server")
            .arg(folder.join("redis.conf"))
            .args(sentinel.then_some("--sentinel"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let child = child.expect("redis-server is not installed: `make test` installs it");
        Self { port, bus, admin, child, folder }
    }

    /// Waits until it answers. False: it has ended.
    async fn is_up(&mut self) -> bool {
        let deadline = Instant::now() + DEADLINE;
        while self.child.try_wait().unwrap().is_none() {
            // Whoever else has the port may answer too.
            let pid = format!("process_id:{}\r\n", self.child.id());
            if self.ask::<String>("INFO server").await.is_ok_and(|info| info.contains(&pid)) {
                return true;
            }
            assert!(Instant::now() < deadline, "redis-server does not answer: {}", self.log());
            pause().await;
        }
        false
    }

    /// Asks with the words of a line.
    pub(crate) async fn ask<T: FromRedisValue>(&self, line: &str) -> RedisResult<T> {
        let login = if self.admin { format!(":{ADMIN}@") } else { String::new() };
        let client = redis::Client::open(format!("redis://{login}127.0.0.1:{}", self.port))?;
        let config = redis::AsyncConnectionConfig::new()
            .set_connection_timeout(Some(Duration::from_secs(5)))
            .set_response_timeout(Some(Duration::from_secs(10)));
        let mut connection = client.get_multiplexed_async_connection_with_config(&config).await?;
        let mut command = redis::Cmd::new();
        command.arg(line.split(' ').collect::<Vec<_>>());
        command.query_async(&mut connection).await
    }

    /// Tells it what it must do.
    pub(crate) async fn tell<T: FromRedisValue>(&self, line: &str) -> T {
        match self.ask(line).await {
            Ok(answer) => answer,
            Err(error) => panic!("{line}: {error}\n{}", self.log()),
        }
    }

    /// Whether the section of INFO has the line.
    pub(crate) async fn says(&self, section: &str, line: &str) -> bool {
        let info = self.ask::<String>(section).await.unwrap_or_default();
        info.lines().any(|said| said == line)
    }

    /// As a power cut would.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Still there, and says nothing any more.
    pub(crate) fn silence(&self) {
        self.signal("-STOP");
    }

    /// Speaks again, and does what it was told meanwhile.
    pub(crate) fn wake(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.child.id().to_string()]).status();
        assert!(sent.unwrap().success());
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if std::thread::panicking() {
            // Shown if the test fails.
            #[expect(clippy::print_stdout, reason = "for whoever reads why a test failed")]
            {
                println!("redis-server on {}:\n{}", self.port, self.log());
            }
        }
        drop(self.child.kill());
        drop(self.child.wait());
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

/// Waits until it is so.
pub(crate) async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + DEADLINE;
    while !is_so().await {
        assert!(Instant::now() < deadline, "waited in vain: {what}");
        pause().await;
    }
}

async fn pause() {
    tokio::time::sleep(Duration::from_millis(20)).await;
}
