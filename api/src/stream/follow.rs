//! One stream: what it reads, when it looks, when it ends.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use actix_web::web::{Bytes, Data};
use futures_util::stream;
use store::events::{self, Cursor, Event};
use tokio::time::{Instant, sleep_until};

use super::hub::Seat;
use crate::state::State;

/// Events of one message, and of one read.
const MOST: i64 = 100;
/// Two reads are at least so far apart: what happens in a burst is told together.
const PAUSE: Duration = Duration::from_millis(50);
/// As often as it says that it is there, it looks whether it still may be, and whether a wake-up was lost.
const BEAT: Duration = Duration::from_secs(15);
/// Instead, while nothing is heard of other processes.
const DEAF_BEAT: Duration = Duration::from_secs(2);
/// Who does not take a message for so long is let go, and may come back.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a message says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Each event by itself, whole.
    Events,
    /// What has changed, once for all that was read together: for pages, which ask for what they show.
    Changes,
}

/// A stream that is asked for one message after another, by a server that has sent the one before: nothing is kept for
/// who reads slowly.
pub struct Follower {
    state: Data<State>,
    seat: Seat,
    format: Format,
    stand: Stand,
    /// Whether anything was said yet.
    has_begun: bool,
    /// When the last message was handed out.
    handed: Instant,
    read: Instant,
}

/// Where a stream goes on.
enum Stand {
    /// Nobody asked for anything that was.
    FromNow,
    /// What was asked for is nowhere: its reader is told to read anew.
    Lost,
    After(Cursor),
}

impl Follower {
    pub fn new(state: Data<State>, seat: Seat, last_event_id: Option<&str>, format: Format) -> Self {
        let stand = match last_event_id.map(Cursor::parse) {
            None => Stand::FromNow,
            Some(None) => Stand::Lost,
            Some(Some(cursor)) => Stand::After(cursor),
        };
        let now = Instant::now();
        Self { state, seat, format, stand, has_begun: false, handed: now, read: now }
    }

    pub fn answer(self) -> HttpResponse {
        let messages = stream::unfold(self, async |mut follower| {
            let message = follower.next().await?;
            follower.handed = Instant::now();
            Some((Ok::<_, Infallible>(message), follower))
        });
        HttpResponse::Ok()
            .insert_header((CONTENT_TYPE, "text/event-stream"))
            // Compressed, a message would wait for the next.
            .insert_header((CONTENT_ENCODING, "identity"))
            .insert_header(("x-accel-buffering", "no"))
            .streaming(messages)
    }

    /// The next message; `None`: it is over.
    async fn next(&mut self) -> Option<Bytes> {
        if self.handed.elapsed() > PATIENCE {
            return None;
        }
        loop {
            let is_first = !self.has_begun;
            let is_due = is_first || matches!(&self.stand, Stand::After(cursor) if cursor.is_within());
            let is_beat = if is_due { false } else { self.wait().await? };
            if !self.may_follow().await? {
                return None;
            }
            self.seat.mark_read();
            self.read = Instant::now();
            match self.look().await {
                Some((message, cursor)) => {
                    self.stand = Stand::After(cursor);
                    self.has_begun = true;
                    if is_first {
                        return Some(format!("retry: 2000\n{message}\n").into());
                    }
                    if !message.is_empty() {
                        return Some(message.into());
                    }
                }
                // It answers again at some time: until then nothing is lost.
                None if is_first => return None,
                None => {}
            }
            if is_beat {
                return Some(Bytes::from_static(b":\n\n"));
            }
        }
    }

    /// Waits for news or for the time to look all the same; whether that came first.
    async fn wait(&mut self) -> Option<bool> {
        let beat = if self.state.hub.hears() { BEAT } else { DEAF_BEAT };
        let is_beat = tokio::select! {
            woken = self.seat.woken() => {
                if !woken {
                    return None;
                }
                sleep_until(self.read + PAUSE).await;
                false
            }
            () = sleep_until(self.read + beat) => true,
        };
        Some(is_beat && self.handed.elapsed() + DEAF_BEAT >= BEAT)
    }

    /// Whether the session lives and its user is still a member. Not known for the moment: nothing is told, and asked
    /// again.
    async fn may_follow(&self) -> Option<bool> {
        let (session, tenant, now) = (self.seat.session, self.seat.tenant, self.state.clock.now());
        let identity = self.state.store.identity();
        loop {
            let member: store::Result<_> =
                identity.statement(async |tx| store::sessions::member(tx, session, tenant, now).await).await;
            match member {
                Ok(member) => return Some(member.is_some_and(|(_, standing)| standing.refusal().is_none())),
                Err(error) => tracing::warn!(%error, "nobody can say who may follow"),
            }
            if self.handed.elapsed() > PATIENCE + BEAT {
                return None;
            }
            tokio::time::sleep(DEAF_BEAT).await;
        }
    }

    /// What to say, and where it leads; `None`: PostgreSQL is away.
    async fn look(&self) -> Option<(String, Cursor)> {
        let tenant = self.state.store.tenant(self.seat.tenant);
        let read: store::Result<_> = tenant
            .read(async |tx| {
                if let Stand::After(cursor) = &self.stand
                    && let Some((events, next)) = events::after(tx, cursor, MOST).await?
                {
                    return Ok((self.tell(&events, &next), next));
                }
                let now = events::cursor(tx).await?;
                let what = match self.format {
                    _ if matches!(self.stand, Stand::FromNow) => "",
                    Format::Events => "event: reset\ndata: {}\n",
                    Format::Changes => "event: changes\ndata: {\"names\":[]}\n",
                };
                Ok((format!("{what}id: {now}\n\n"), now))
            })
            .await;
        read.inspect_err(|error| tracing::warn!(%error, "the events can't be read")).ok()
    }

    /// Nothing happened: nothing. The last message tells where to go on: who loses the connection before it gets all of
    /// them again.
    fn tell(&self, events: &[Event], next: &Cursor) -> String {
        let Some((last, others)) = events.split_last() else { return String::new() };
        let json = |event| serde_json::to_string(event).unwrap_or_default();
        match self.format {
            Format::Events => {
                let others: Vec<String> =
                    others.iter().map(|event| format!("data: {}\n\n", json(event))).collect();
                format!("{}id: {next}\ndata: {}\n\n", others.concat(), json(last))
            }
            Format::Changes => {
                let names: BTreeSet<&str> = events.iter().map(|event| event.name.as_str()).collect();
                // Whoever made a change knows it by this.
                let made: Vec<String> =
                    events.iter().map(|event| format!("{}.{}", event.subject, event.version)).collect();
                let told = serde_json::json!({"names": names, "events": made});
                format!("id: {next}\nevent: changes\ndata: {told}\n\n")
            }
        }
    }
}
