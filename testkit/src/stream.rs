//! Server-sent events, read one by one.

use std::time::Duration;

use reqwest::Response;
use serde_json::Value;

/// Longest that a test waits for a message.
const PATIENCE: Duration = Duration::from_secs(10);

/// A stream that is open; dropped, its connection ends.
pub struct Stream {
    response: Response,
    unread: String,
    /// The last id that was told.
    pub last_id: String,
}

/// One message.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// Empty when it has none.
    pub event: String,
    /// Null when it is no JSON.
    pub data: Value,
}

impl Stream {
    pub(crate) fn new(response: Response) -> Self {
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { response, unread: String::new(), last_id: String::new() }
    }

    /// The next message; `None`: the stream has ended. What has no data is read over.
    pub async fn next(&mut self) -> Option<Message> {
        loop {
            while let Some((block, rest)) = self.unread.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.unread = rest;
                if let Some(message) = self.read(&block) {
                    return Some(message);
                }
            }
            let chunk = tokio::time::timeout(PATIENCE, self.response.chunk()).await;
            let chunk = chunk.expect("a message comes before the test's patience ends").ok().flatten()?;
            self.unread.push_str(str::from_utf8(&chunk).unwrap());
        }
    }

    /// Waits for the first word of the stream, whatever it is: from then on it follows.
    pub async fn begun(&mut self) {
        let chunk = tokio::time::timeout(PATIENCE, self.response.chunk()).await.unwrap().unwrap().unwrap();
        self.unread.push_str(str::from_utf8(&chunk).unwrap());
        while let Some((block, rest)) = self.unread.split_once("\n\n") {
            if block.contains("data: ") {
                break;
            }
            let (block, rest) = (block.to_owned(), rest.to_owned());
            self.unread = rest;
            self.read(&block);
        }
    }

    /// Whether nothing comes for this long.
    pub async fn is_silent(&mut self, long: Duration) -> bool {
        tokio::time::timeout(long, self.next()).await.is_err()
    }

    fn read(&mut self, block: &str) -> Option<Message> {
        let (mut event, mut data) = (String::new(), None);
        for line in block.lines() {
            match line.split_once(": ") {
                Some(("id", id)) => id.clone_into(&mut self.last_id),
                Some(("event", name)) => name.clone_into(&mut event),
                Some(("data", text)) => data = Some(serde_json::from_str(text).unwrap_or(Value::Null)),
                _ => {}
            }
        }
        Some(Message { event, data: data? })
    }
}
