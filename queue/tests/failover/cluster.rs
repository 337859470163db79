//! Three nodes that share the keys.

use crate::fleet::{self, PREFIX, Traffic, config};
use crate::servers::{ADMIN, Server, until};
use futures_util::future::FutureExt;
use jobs::Queue;
use queue::{Error, Lane, Limits, Road, Waiting};
use std::collections::{BTreeMap, BTreeSet};
use std::net::TcpListener;

const SLOTS: u16 = 16_384;
/// A login like one that a careful operator gives out, and as it stands in a URL.
const USER: &str = "user harmony on >p@ss/w,rd ~fleet:* &fleet:* +@all -@dangerous";
const LOGIN: &str = "harmony:p%40ss%2Fw%2Crd@";

/// How long nodes wait for each other: so long that a busy machine is no failure, until a test makes a real one.
const PATIENT_MS: u32 = 60_000;
const IMPATIENT_MS: u32 = 2_000;

struct Cluster {
    masters: Vec<Server>,
    replicas: Vec<Server>,
}

impl Cluster {
    /// Three masters with a third of the slots each, and a replica of each of these masters.
    async fn start(replicas_of: &[usize]) -> Self {
        let node = async || {
            let settings = |bus: u16| {
                format!(
                    "cluster-enabled yes\ncluster-port {bus}\ncluster-config-file nodes.conf
                    cluster-node-timeout {PATIENT_MS}\ncluster-replica-validity-factor 0
                    masterauth {ADMIN}\n{USER}"
                )
            };
            Server::start(false, true, settings).await
        };
        let mut cluster = Self { masters: Vec::new(), replicas: Vec::new() };
        for _ in 0..3 {
            cluster.masters.push(node().await);
        }
        for _ in replicas_of {
            cluster.replicas.push(node().await);
        }
        for (index, master) in cluster.masters.iter().enumerate() {
            let from = (0..SLOTS).find(|slot| home(*slot) == index).unwrap();
            let to = (0..SLOTS).rfind(|slot| home(*slot) == index).unwrap();
            master.tell::<()>(&format!("CLUSTER ADDSLOTSRANGE {from} {to}")).await;
        }
        for (node, epoch) in cluster.nodes().zip(1..) {
            node.tell::<()>(&format!("CLUSTER SET-CONFIG-EPOCH {epoch}")).await;
        }
        for node in cluster.nodes().skip(1) {
            let meet = format!("CLUSTER MEET 127.0.0.1 {} {}", node.port, node.bus);
            cluster.masters[0].tell::<()>(&meet).await;
        }
        let known = format!("cluster_known_nodes:{}", cluster.nodes().count());
        for node in cluster.nodes() {
            until("the nodes meet", async || node.says("CLUSTER INFO", &known).await).await;
        }
        for (replica, of) in cluster.replicas.iter().zip(replicas_of) {
            let id: String = cluster.masters[*of].tell("CLUSTER MYID").await;
            replica.tell::<()>(&format!("CLUSTER REPLICATE {id}")).await;
            let line = "master_link_status:up";
            until("the replica follows", async || replica.says("INFO replication", line).await).await;
        }
        for node in cluster.nodes() {
            until("the cluster is up", async || {
                let nodes: String = node.tell("CLUSTER NODES").await;
                let replicas = nodes.lines().filter(|node| node.contains("slave")).count();
                node.says("CLUSTER INFO", "cluster_state:ok").await && replicas == replicas_of.len()
            })
            .await;
        }
        cluster
    }

    fn nodes(&self) -> impl Iterator<Item = &Server> {
        self.masters.iter().chain(&self.replicas)
    }

    async fn slot(&self, key: &str) -> u16 {
        self.masters[0].tell(&format!("CLUSTER KEYSLOT {key}")).await
    }
}

/// Which master starts with the slot.
fn home(slot: u16) -> usize {
    usize::from(slot) * 3 / usize::from(SLOTS)
}

fn now(queue: Queue) -> String {
    format!("{PREFIX}:{{{}}}:now", queue.name())
}

fn url(nodes: &[&Server]) -> String {
    let hosts: Vec<_> = nodes.iter().map(|node| format!("127.0.0.1:{}", node.port)).collect();
    format!("redis+cluster://{LOGIN}{}", hosts.join(","))
}

#[tokio::test]
async fn a_cluster_carries_what_one_server_does() {
    let cluster = Cluster::start(&[]).await;
    let [one, two, three] = &cluster.masters[..] else { unreachable!() };
    // Nobody is there: any node that is will do.
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let here = config(&format!("redis+cluster://{LOGIN}{nobody},127.0.0.1:{}", one.port));
    let there = config(&url(&[two, three]));
    fleet::roads_work(&here).await;
    fleet::wake_ups_work(&here, &there, async {}).await;
    fleet::limits_work(&fleet::limiters(&here), 0..12).await;
    assert!(Limits::new(&there, 1).unwrap().ping().await);

    // What is left of all that, by queue: one slot, on the node that it belongs to.
    let mut slots = BTreeMap::<&str, BTreeSet<u16>>::new();
    let mut limits = BTreeSet::new();
    for (index, master) in cluster.masters.iter().enumerate() {
        for key in master.tell::<Vec<String>>("KEYS *").await {
            let slot = cluster.slot(&key).await;
            assert_eq!(home(slot), index, "{key}");
            match Queue::ALL.into_iter().find(|queue| key.contains(&format!("{{{}}}", queue.name()))) {
                Some(queue) => drop(slots.entry(queue.name()).or_default().insert(slot)),
                None if key.contains(":limit:") => drop(limits.insert(index)),
                None => panic!("{key}"),
            }
        }
    }
    assert_eq!(slots.len(), Queue::ALL.len(), "{slots:?}");
    assert!(slots.values().all(|slots| slots.len() == 1), "{slots:?}");
    assert_eq!(limits.len(), 3, "limits are spread over all nodes");
}

#[tokio::test]
async fn a_road_follows_its_slot_to_another_node() {
    let cluster = Cluster::start(&[]).await;
    let slot = cluster.slot(&now(Queue::Email)).await;
    let from = &cluster.masters[home(slot)];
    let to = &cluster.masters[(home(slot) + 1) % 3];
    let [here, there] = [config(&url(&[from])), config(&url(&[to]))];
    let traffic = Traffic::default();
    let moving = async {
        traffic.flows().await;
        let ids: [String; 2] = [from.tell("CLUSTER MYID").await, to.tell("CLUSTER MYID").await];
        to.tell::<()>(&format!("CLUSTER SETSLOT {slot} IMPORTING {}", ids[0])).await;
        from.tell::<()>(&format!("CLUSTER SETSLOT {slot} MIGRATING {}", ids[1])).await;
        traffic.is_refused().await;
        let keys: Vec<String> = from.tell(&format!("CLUSTER GETKEYSINSLOT {slot} 1000")).await;
        for key in keys {
            let migrate = format!("MIGRATE 127.0.0.1 {} {key} 0 30000 REPLACE AUTH {ADMIN}", to.port);
            from.tell::<()>(&migrate).await;
        }
        for node in [to, from].into_iter().chain(&cluster.masters) {
            node.tell::<()>(&format!("CLUSTER SETSLOT {slot} NODE {}", ids[1])).await;
        }
        traffic.flows().await;
    };
    traffic.run(Queue::Email, (&here, &there), moving).await;
    traffic.nothing_came_twice();
    fleet::roads_work(&here).await;
}

#[tokio::test]
async fn what_is_not_answered_may_have_happened_and_what_is_not_sent_has_not() {
    let queue = Queue::Email;
    let cluster = Cluster::start(&[]).await;
    let node = &cluster.masters[home(cluster.slot(&now(queue)).await)];
    let other = cluster.masters.iter().find(|other| other.port != node.port).unwrap();
    let config = config(&url(&[other]));
    let [mut relay, mut worker] = [0; 2].map(|_| Road::new(&config, queue).unwrap());
    let batch = |id| [(Lane::Now, fleet::delivery(id, i64::MAX))];
    fleet::push(&mut relay, "relay", 1, &batch(1)).await;
    node.silence();
    let sent = relay.push("relay", 2, &batch(2)).await;
    assert!(matches!(sent, Err(Error::Unanswered(_))), "{sent:?}");
    // There is no other connection, and no other node that would do.
    let not_sent = relay.push("relay", 3, &batch(3)).await;
    assert!(matches!(not_sent, Err(Error::Unreachable(_))), "{not_sent:?}");
    node.wake();
    let mut arrived = Vec::new();
    until("what was sent arrives", async || {
        let popped = worker.pop(Lane::Now, 10).await.unwrap_or_default();
        arrived.extend(popped.iter().map(|delivery| delivery.id.0.as_u128()));
        arrived.len() == 2
    })
    .await;
    assert_eq!(arrived, [1, 2]);
    // Sent again, as it is: once is enough.
    assert_eq!(fleet::push(&mut relay, "relay", 2, &batch(2)).await, Waiting { now: 0, bulk: 0 });
    assert_eq!(fleet::push(&mut relay, "relay", 4, &batch(4)).await, Waiting { now: 1, bulk: 0 });
    assert_eq!(fleet::pop(&mut worker, Lane::Now).await, [batch(4)[0].1.clone()]);
}

#[tokio::test]
async fn when_a_node_dies_its_replica_carries_on() {
    Box::pin(a_replica_carries_on_after(Fault::Death)).await;
}

#[tokio::test]
async fn when_a_node_falls_silent_its_replica_carries_on() {
    Box::pin(a_replica_carries_on_after(Fault::Silence)).await;
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    Death,
    /// Nobody is told, so what is sent last is waited for, and a subscription takes its minute to notice.
    Silence,
}

async fn a_replica_carries_on_after(fault: Fault) {
    // The master that has the maintenance queue.
    const HOME: usize = 0;
    let mut cluster = Cluster::start(&[HOME]).await;
    assert_eq!(home(cluster.slot(&now(Queue::Maintenance)).await), HOME);
    let mut dying = cluster.masters.remove(HOME);
    // All that these were told of is the node that dies: the others they must have met meanwhile.
    let config = config(&url(&[&dying]));
    let limiters = fleet::limiters(&config);
    fleet::limits_work(&limiters, 0..6).await;
    let traffic = Traffic::default();
    let dying_and_after = async {
        traffic.flows().await;
        match fault {
            Fault::Death => dying.kill(),
            Fault::Silence => dying.silence(),
        }
        for node in cluster.nodes() {
            node.tell::<()>(&format!("CONFIG SET cluster-node-timeout {IMPATIENT_MS}")).await;
        }
        if fault == Fault::Death {
            traffic.is_refused().await;
        }
        traffic.flows().await;
    };
    let everything = match fault {
        Fault::Death => fleet::wake_ups_work(&config, &config, dying_and_after).boxed_local(),
        Fault::Silence => dying_and_after.boxed_local(),
    };
    traffic.run(Queue::Maintenance, (&config, &config), everything).await;
    let [replica] = &cluster.replicas[..] else { unreachable!() };
    assert!(replica.says("INFO replication", "role:master").await);
    fleet::limits_work(&limiters, 6..12).await;

    // And whoever starts now, with a node in its URL that is no more.
    let late = crate::fleet::config(&url(&[&dying, &cluster.masters[0], replica]));
    fleet::roads_work(&late).await;
    fleet::wake_ups_work(&late, &late, async {}).await;
    fleet::limits_work(&fleet::limiters(&late), 12..18).await;
}
