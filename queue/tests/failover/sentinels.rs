//! A master, its replica, and three sentinels that say which is which.

use crate::fleet::{self, Traffic, config};
use crate::servers::{ADMIN, Server, until};
use jobs::Queue;

/// May not even ask which role a server has.
const USER: &str = "user harmony on >p@ss/w,rd ~fleet:* &fleet:* +@all -@dangerous";
const LOGIN: &str = "harmony:p%40ss%2Fw%2Crd@";

/// How long the sentinels wait for a master: so long that a busy machine is no failure, until a test makes a real one.
const PATIENT_MS: u32 = 60_000;
const IMPATIENT_MS: u32 = 1_500;

struct Watched {
    master: Server,
    replica: Server,
    sentinels: Vec<Server>,
}

impl Watched {
    /// `locked`: sentinels ask for a password, and servers let their users do little.
    async fn start(locked: bool) -> Self {
        let user = if locked { USER } else { "" };
        let settings = |_| format!("masterauth {ADMIN}\n{user}");
        let master = Server::start(false, true, settings).await;
        let settings = |bus| format!("{}\nreplicaof 127.0.0.1 {}", settings(bus), master.port);
        let replica = Server::start(false, true, settings).await;
        until("the replica follows", async || {
            replica.says("INFO replication", "master_link_status:up").await
                && master.says("INFO replication", "connected_slaves:1").await
        })
        .await;
        let mut sentinels = Vec::new();
        for _ in 0..3 {
            let user = if locked {
                format!("sentinel sentinel-pass {ADMIN}\n{}", USER.replace("-@dangerous", ""))
            } else {
                String::new()
            };
            let settings = |_| {
                format!(
                    "sentinel monitor mine 127.0.0.1 {} 2\nsentinel auth-pass mine {ADMIN}
                    sentinel down-after-milliseconds mine {PATIENT_MS}\nsentinel failover-timeout mine 6000
                    {user}",
                    master.port
                )
            };
            sentinels.push(Server::start(true, locked, settings).await);
        }
        for sentinel in &sentinels {
            until("the sentinels know each other and the replica", async || {
                let state: Vec<String> = sentinel.tell("SENTINEL MASTER mine").await;
                let has = |name: &str, value: &str| state.windows(2).any(|pair| pair == [name, value]);
                has("num-other-sentinels", "2") && has("num-slaves", "1") && has("flags", "master")
            })
            .await;
        }
        Self { master, replica, sentinels }
    }

    fn url(&self, login: &str) -> String {
        let hosts: Vec<_> = self.sentinels.iter().map(|one| format!("127.0.0.1:{}", one.port)).collect();
        format!("redis+sentinel://{login}{}/mine", hosts.join(","))
    }
}

#[tokio::test]
async fn when_the_master_dies_its_replica_carries_on() {
    let mut watched = Watched::start(true).await;
    let config = config(&watched.url(LOGIN));
    fleet::roads_work(&config).await;
    let limiters = fleet::limiters(&config);
    fleet::limits_work(&limiters, 0..2).await;
    let traffic = Traffic::default();
    let dying_and_after = async {
        traffic.flows().await;
        watched.master.kill();
        // One of the sentinels falls silent, too: whoever asks finds another.
        let [sentinel, others @ ..] = &mut watched.sentinels[..] else { unreachable!() };
        sentinel.silence();
        for other in others {
            other.tell::<()>(&format!("SENTINEL SET mine down-after-milliseconds {IMPATIENT_MS}")).await;
        }
        traffic.is_refused().await;
        traffic.flows().await;
    };
    let everything = fleet::wake_ups_work(&config, &config, dying_and_after);
    Box::pin(traffic.run(Queue::Email, (&config, &config), everything)).await;
    assert!(watched.replica.says("INFO replication", "role:master").await);
    fleet::limits_work(&limiters, 2..4).await;
    fleet::roads_work(&config).await;
}

#[tokio::test]
async fn when_the_master_hands_over_nobody_stays_behind() {
    let watched = Watched::start(false).await;
    let config = config(&watched.url(&format!(":{ADMIN}@")));
    let traffic = Traffic::default();
    let handing_over = async {
        traffic.flows().await;
        until("the sentinel begins", async || {
            watched.sentinels[1].ask::<()>("SENTINEL FAILOVER mine").await.is_ok()
        })
        .await;
        until("the old master is a replica", async || {
            watched.master.says("INFO replication", "role:slave").await
        })
        .await;
        traffic.flows().await;
    };
    traffic.run(Queue::Pdf, (&config, &config), handing_over).await;
    assert!(watched.replica.says("INFO replication", "role:master").await);
}

#[tokio::test]
async fn what_a_replica_turns_away_was_certainly_not_sent() {
    let watched = Watched::start(false).await;
    let replica = config(&format!("redis://:{ADMIN}@127.0.0.1:{}", watched.replica.port));
    let master = config(&format!("redis://:{ADMIN}@127.0.0.1:{}", watched.master.port));
    let traffic = Traffic::default();
    traffic.run(Queue::Pdf, (&replica, &master), traffic.is_refused()).await;
    traffic.nothing_came_twice();
}
