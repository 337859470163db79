//! The same races again and again: whoever wins, it is as many as there is room for. `make races` runs them at length
//! (`RACE_POSTS`, `RACE_ROUNDS`; by default 12 and 3) and prints what came of it.

use std::collections::{BTreeMap, BTreeSet};
use std::future::IntoFuture;
use std::time::Instant;

use futures_util::future::join_all;
use serde_json::{Value, json};
use testkit::{Answer, Request, Salon, TestApp};

fn number_or(name: &str, otherwise: usize) -> usize {
    #[expect(clippy::disallowed_methods, reason = "tests have no main to read the environment")]
    let number = std::env::var(name);
    number.map_or(otherwise, |number| number.parse().unwrap())
}

fn posts() -> usize {
    number_or("RACE_POSTS", 12)
}

/// As many starts as there are rounds, an hour each, from tomorrow on.
async fn starts(salon: &Salon<'_>) -> Vec<String> {
    let rounds = number_or("RACE_ROUNDS", 3);
    let mut starts = Vec::new();
    for date in "2030-03-05".parse::<chrono::NaiveDate>().unwrap().iter_days().take(80) {
        if starts.len() < rounds {
            starts.extend(salon.starts(&date.to_string()).await);
        }
    }
    starts.truncate(rounds);
    assert_eq!(starts.len(), rounds);
    starts
}

/// Counts the answers of all rounds.
struct Tally {
    race: &'static str,
    began: Instant,
    rounds: usize,
    statuses: BTreeMap<u16, usize>,
}

impl Tally {
    fn new(race: &'static str) -> Self {
        Self { race, began: Instant::now(), rounds: 0, statuses: BTreeMap::new() }
    }

    /// Sends all at once. The bodies of those who won; the others must have been refused for that.
    async fn race(&mut self, requests: Vec<Request>, won: u16) -> Vec<Value> {
        let answers: Vec<Answer> = join_all(requests.into_iter().map(IntoFuture::into_future)).await;
        self.rounds += 1;
        for answer in &answers {
            *self.statuses.entry(answer.status).or_default() += 1;
            assert!(answer.status == won || answer.status == 409, "{}: {}", self.race, answer.text);
        }
        answers.into_iter().filter(|answer| answer.status == won).map(|answer| answer.body).collect()
    }

    /// A line of the table.
    #[expect(clippy::print_stdout, reason = "`make races` reads it")]
    fn tell(&self) {
        let count = |is_meant: fn(u16) -> bool| -> usize {
            self.statuses.iter().filter(|(status, _)| is_meant(**status)).map(|(_, count)| count).sum()
        };
        let (won, lost) = (count(|status| status < 300), count(|status| status >= 300));
        let (race, rounds, posts) = (self.race, self.rounds, (won + lost) / self.rounds);
        println!(
            "| {race} | {rounds} × {posts} | {won} | {lost} | {:.1} s |",
            self.began.elapsed().as_secs_f64()
        );
    }
}

async fn count(app: &TestApp, sql: &str) -> usize {
    let count: i64 = app.database.admin().await.query_one(sql, &[]).await.unwrap().get(0);
    usize::try_from(count).unwrap()
}

fn book(salon: &Salon<'_>, number: usize, start: &str) -> Request {
    salon.public("POST", "/bookings").json(&salon.booking(&format!("Guest{number}"), start))
}

#[tokio::test]
async fn one_slot_has_one_winner_in_every_round() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.set_plan("pro").await;
    salon.service(json!({"duration_minutes": 60, "slot_step_minutes": 60})).await;
    let starts = starts(&salon).await;
    let mut tally = Tally::new("posts for one slot: one books");
    for start in &starts {
        let won = tally.race((0..posts()).map(|number| book(&salon, number, start)).collect(), 201).await;
        assert_eq!(won.len(), 1, "{start}");
    }
    for table in ["bookings", "allocations"] {
        assert_eq!(count(&app, &format!("SELECT count(*) FROM {table}")).await, starts.len());
    }
    tally.tell();
}

#[tokio::test]
async fn as_many_book_as_there_are_providers_each_another() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.set_plan("pro").await;
    for name in ["Bea", "Cleo", "Dora", "Eva"] {
        salon.staff(name).await;
    }
    salon.service(json!({"duration_minutes": 60, "slot_step_minutes": 60})).await;
    let mut tally = Tally::new("ten posts for five providers: five book, each another's time");
    for start in &starts(&salon).await {
        let won = tally.race((0..10).map(|number| book(&salon, number, start)).collect(), 201).await;
        let staff: BTreeSet<&str> = won.iter().map(|one| one["staff"]["id"].as_str().unwrap()).collect();
        assert_eq!((won.len(), staff.len()), (5, 5), "{start}");
    }
    tally.tell();
}

#[tokio::test]
async fn two_first_seats_make_one_session_in_every_round() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.set_plan("pro").await;
    salon.staff("Bea").await;
    salon.service(json!({"duration_minutes": 60, "slot_step_minutes": 60, "capacity": 8})).await;
    let starts = starts(&salon).await;
    let mut tally = Tally::new("two posts for the first seat: both book, one session");
    for start in &starts {
        let won = tally.race((0..2).map(|number| book(&salon, number, start)).collect(), 201).await;
        assert_eq!(won.len(), 2, "{start}");
    }
    let of_two = "SELECT count(*) FROM group_sessions WHERE seats_taken = 2";
    assert_eq!(count(&app, of_two).await, starts.len());
    assert_eq!(count(&app, "SELECT count(*) FROM group_sessions").await, starts.len());
    tally.tell();
}

#[tokio::test]
async fn of_two_approvals_one_counts_in_every_round() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    salon.set_plan("pro").await;
    salon.service(json!({"duration_minutes": 60, "slot_step_minutes": 60, "auto_confirm": false})).await;
    let starts = starts(&salon).await;
    let mut tally = Tally::new("two approvals: one counts");
    for start in &starts {
        book(&salon, 1, start).await.expect(201);
        let waiting = salon.get("/bookings").query(&[("status", "pending")]).await.expect(200);
        let path = format!("/bookings/{}/confirmation", waiting["data"][0]["id"].as_str().unwrap());
        let approvals = (0..2).map(|_| salon.post(&path).json(&json!({})));
        assert_eq!(tally.race(approvals.collect(), 200).await.len(), 1, "{start}");
    }
    let told = "SELECT count(*) FROM jobs WHERE kind = 'send_booking_confirmation'";
    assert_eq!(count(&app, told).await, starts.len());
    tally.tell();
}
