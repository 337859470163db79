//! What operators follow. The fleet has no events: who works tells that something was done, and the page asks for all
//! that it shows again. As time alone changes what is shown, too, it is told so from time to time whatever happens.

use std::convert::Infallible;
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use actix_web::web::{Bytes, Data};
use futures_util::stream;
use tokio::time::{Instant, sleep_until};

use super::hub::Seat;
use crate::state::State;

/// Two words are at least so far apart: each has a page made anew.
const PAUSE: Duration = Duration::from_secs(1);
/// And at most so far.
const BEAT: Duration = Duration::from_secs(10);
/// Who does not take a message for so long is let go, and may come back.
const PATIENCE: Duration = Duration::from_secs(30);

struct Watcher {
    state: Data<State>,
    seat: Seat,
    has_begun: bool,
    /// When the last word was handed out.
    handed: Instant,
}

/// The stream of an operator's page.
pub fn answer(state: Data<State>, seat: Seat) -> HttpResponse {
    let watcher = Watcher { state, seat, has_begun: false, handed: Instant::now() };
    let messages = stream::unfold(watcher, async |mut watcher| {
        let message = watcher.next().await?;
        watcher.handed = Instant::now();
        Some((Ok::<_, Infallible>(message), watcher))
    });
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/event-stream"))
        // Compressed, a message would wait for the next.
        .insert_header((CONTENT_ENCODING, "identity"))
        .insert_header(("x-accel-buffering", "no"))
        .streaming(messages)
}

impl Watcher {
    /// The next message; `None`: it is over.
    async fn next(&mut self) -> Option<Bytes> {
        if !self.has_begun {
            self.has_begun = true;
            return Some(Bytes::from_static(b"retry: 2000\n\n"));
        }
        if self.handed.elapsed() > PATIENCE {
            return None;
        }
        let asked = Instant::now();
        tokio::select! {
            woken = self.seat.woken() => {
                if !woken {
                    return None;
                }
                sleep_until(self.handed + PAUSE).await;
            }
            () = sleep_until(asked + BEAT) => {}
        }
        self.seat.mark_read();
        if !self.may_watch().await {
            return None;
        }
        Some(Bytes::from_static(b"event: changes\ndata: {\"names\":[]}\n\n"))
    }

    /// Whether the session lives and its user is still an operator. Nobody knows: the page comes back and is asked.
    async fn may_watch(&self) -> bool {
        let (session, now) = (self.seat.session, self.state.clock.now());
        let identity = self.state.store.identity();
        let found: store::Result<_> =
            identity.statement(async |tx| store::sessions::operator(tx, session, now).await).await;
        found.is_ok_and(|found| found.is_some_and(|(_user, is_operator)| is_operator))
    }
}
