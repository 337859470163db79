//! Mail that stays on this machine: each message one `.eml` file, and a reader for the page that shows them.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, Utc};
use domain::id::MessageId;
use mail_parser::{Address, Message, MessageParser, MimeHeaders, PartType};
use serde::Serialize;
use tokio::fs;

use super::{Email, SendError, mime};

/// Writes messages into a folder, which it makes when it is missing.
#[derive(Clone, Debug)]
pub struct Sandbox {
    dir: PathBuf,
}

/// A message in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// What [`read`] takes.
    pub id: String,
    pub to: String,
    pub subject: String,
    pub date: Option<DateTime<Utc>>,
}

/// A message as its reader sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Received {
    pub from: String,
    pub reply_to: Option<String>,
    pub to: String,
    pub subject: String,
    pub date: Option<DateTime<Utc>>,
    pub text: String,
    pub html: String,
    pub attachments: Vec<ReceivedAttachment>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReceivedAttachment {
    pub name: String,
    pub content_type: String,
    #[serde(skip)]
    pub bytes: Vec<u8>,
}

impl Sandbox {
    pub fn new(dir: PathBuf) -> Self {
        Self { dir }
    }

    /// A message sent twice is one file: it is named by the message's id.
    pub(super) async fn send(&self, email: &Email) -> Result<(), SendError> {
        let wire = mime::write(email)?;
        self.write(email.id, &wire.bytes)
            .await
            .map_err(|error| SendError::Later(None, format!("the sandbox cannot write, {}", error.kind())))
    }

    /// By a name of its own and a rename, so that no reader finds half a message.
    async fn write(&self, id: MessageId, bytes: &[u8]) -> std::io::Result<()> {
        static WRITES: AtomicU64 = AtomicU64::new(0);
        fs::create_dir_all(&self.dir).await?;
        let write = WRITES.fetch_add(1, Ordering::Relaxed);
        let unfinished = self.dir.join(format!(".{id}-{}-{write}", std::process::id()));
        fs::write(&unfinished, bytes).await?;
        fs::rename(&unfinished, self.dir.join(format!("{id}.eml"))).await
    }
}

/// The newest messages first, as ids are minted in the order of time. Files that are none of ours are passed over.
pub async fn list(dir: &Path, limit: usize) -> std::io::Result<Vec<Summary>> {
    let mut entries = match fs::read_dir(dir).await {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(vec![]),
        Err(error) => return Err(error),
    };
    let mut ids: Vec<MessageId> = Vec::new();
    while let Some(entry) = entries.next_entry().await? {
        let name = entry.file_name();
        ids.extend(name.to_str().and_then(|name| name.strip_suffix(".eml")).and_then(parse_id));
    }
    ids.sort_unstable_by(|a, b| b.cmp(a));
    ids.truncate(limit);
    let mut summaries = Vec::with_capacity(ids.len());
    for id in ids {
        if let Some(bytes) = bytes_of(dir, id).await?
            && let Some(message) = MessageParser::default().parse_headers(&bytes)
        {
            summaries.push(Summary {
                id: id.to_string(),
                to: people(message.to()),
                subject: message.subject().unwrap_or_default().to_owned(),
                date: date(&message),
            });
        }
    }
    Ok(summaries)
}

/// `None` when there is no such message, or `id` is not an id: it never names another file.
pub async fn read(dir: &Path, id: &str) -> std::io::Result<Option<Received>> {
    let Some(id) = parse_id(id) else {
        return Ok(None);
    };
    Ok(bytes_of(dir, id)
        .await?
        .and_then(|bytes| MessageParser::default().parse(&bytes).map(|m| received(&m))))
}

/// Only the one way of writing an id that is also the file's name.
fn parse_id(text: &str) -> Option<MessageId> {
    let id: MessageId = text.parse().ok()?;
    (id.to_string() == text).then_some(id)
}

async fn bytes_of(dir: &Path, id: MessageId) -> std::io::Result<Option<Vec<u8>>> {
    match fs::read(dir.join(format!("{id}.eml"))).await {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn received(message: &Message<'_>) -> Received {
    Received {
        from: people(message.from()),
        reply_to: message.reply_to().map(|people_| people(Some(people_))),
        to: people(message.to()),
        subject: message.subject().unwrap_or_default().to_owned(),
        date: date(message),
        text: message.body_text(0).map(String::from).unwrap_or_default(),
        html: message.body_html(0).map(String::from).unwrap_or_default(),
        attachments: message
            .attachments()
            .filter_map(|part| {
                let kind = part.content_type()?;
                Some(ReceivedAttachment {
                    name: part.attachment_name()?.to_owned(),
                    content_type: format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or("octet-stream")),
                    bytes: match &part.body {
                        PartType::Text(text) | PartType::Html(text) => text.as_bytes().to_vec(),
                        _ => part.contents().to_vec(),
                    },
                })
            })
            .collect(),
    }
}

fn people(address: Option<&Address<'_>>) -> String {
    let one = |person: &mail_parser::Addr<'_>| match (person.name(), person.address()) {
        (Some(name), Some(address)) => format!("{name} <{address}>"),
        (_, address) => address.unwrap_or_default().to_owned(),
    };
    address.map(|address| address.iter().map(one).collect::<Vec<_>>().join(", ")).unwrap_or_default()
}

fn date(message: &Message<'_>) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(message.date()?.to_timestamp(), 0)
}

#[cfg(test)]
mod tests {
    use super::super::{Attachment, Calendar, CalendarMethod, Mailbox};
    use super::*;

    fn email(id: u8, subject: &str) -> Email {
        Email {
            id: format!("019ab4c2-0000-7000-8000-0000000000{id:02}").parse().unwrap(),
            date: DateTime::from_timestamp(1_795_511_700, 0).unwrap(),
            from: Mailbox { name: "Studio Mirabelle".to_owned(), address: "no-reply@example.com".to_owned() },
            reply_to: Some(Mailbox { name: String::new(), address: "hello@mirabelle.example".to_owned() }),
            to: Mailbox { name: "Zoë Łódzka".to_owned(), address: "zoe@example.org".to_owned() },
            subject: subject.to_owned(),
            text: "Bonjour Zoë".to_owned(),
            html: "<p>Bonjour Zoë</p>".to_owned(),
            calendar: Some(Calendar { method: CalendarMethod::Cancel, ics: "BEGIN:VCALENDAR".to_owned() }),
            attachments: vec![Attachment {
                filename: "résumé.pdf".to_owned(),
                content_type: "application/pdf".to_owned(),
                bytes: b"%PDF\xff".to_vec(),
            }],
        }
    }

    #[tokio::test]
    async fn a_message_is_read_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let email = email(1, "Réservation annulée");
        Sandbox::new(folder.path().join("outbox")).send(&email).await.unwrap();
        let read = read(&folder.path().join("outbox"), &email.id.to_string()).await.unwrap().unwrap();
        assert_eq!(
            read,
            Received {
                from: "Studio Mirabelle <no-reply@example.com>".to_owned(),
                reply_to: Some("hello@mirabelle.example".to_owned()),
                to: "Zoë Łódzka <zoe@example.org>".to_owned(),
                subject: "Réservation annulée".to_owned(),
                date: Some(email.date),
                text: "Bonjour Zoë".to_owned(),
                html: "<p>Bonjour Zoë</p>".to_owned(),
                attachments: vec![
                    ReceivedAttachment {
                        name: "invite.ics".to_owned(),
                        content_type: "application/ics".to_owned(),
                        bytes: b"BEGIN:VCALENDAR".to_vec(),
                    },
                    ReceivedAttachment {
                        name: "résumé.pdf".to_owned(),
                        content_type: "application/pdf".to_owned(),
                        bytes: b"%PDF\xff".to_vec(),
                    },
                ],
            }
        );
    }

    #[tokio::test]
    async fn the_same_message_twice_is_one_file() {
        let folder = tempfile::tempdir().unwrap();
        let sandbox = Sandbox::new(folder.path().to_owned());
        let (email, again) = (email(1, "First"), email(1, "Second"));
        let (a, b) = tokio::join!(sandbox.send(&email), sandbox.send(&again));
        a.unwrap();
        b.unwrap();
        assert_eq!(list(folder.path(), 10).await.unwrap().len(), 1);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[tokio::test]
    async fn the_list_has_the_newest_first_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(list(&folder.path().join("missing"), 10).await.unwrap(), []);
        let sandbox = Sandbox::new(folder.path().to_owned());
        for (id, subject) in [(2, "two"), (3, "three"), (1, "one")] {
            sandbox.send(&email(id, subject)).await.unwrap();
        }
        std::fs::write(folder.path().join("notes.eml"), "Subject: none of ours").unwrap();
        let subjects = |summaries: Vec<Summary>| summaries.into_iter().map(|s| s.subject).collect::<Vec<_>>();
        assert_eq!(subjects(list(folder.path(), 10).await.unwrap()), ["three", "two", "one"]);
        assert_eq!(subjects(list(folder.path(), 2).await.unwrap()), ["three", "two"]);
    }

    #[tokio::test]
    async fn no_id_reads_a_file_that_is_no_message() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("outbox")).unwrap();
        std::fs::write(folder.path().join("secret.eml"), "Subject: secret").unwrap();
        std::fs::write(folder.path().join("outbox/secret.eml"), "Subject: secret").unwrap();
        for id in [
            "",
            ".",
            "..",
            "../secret",
            "secret",
            "/etc/passwd",
            "..%2fsecret",
            "../secret.eml\0",
            "019AB4C2-0000-7000-8000-000000000001",
            "019ab4c2000070008000000000000001",
            "{019ab4c2-0000-7000-8000-000000000001}",
        ] {
            assert_eq!(read(&folder.path().join("outbox"), id).await.unwrap(), None, "{id:?}");
        }
    }

    #[tokio::test]
    async fn a_folder_that_cannot_be_written_is_tried_later() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let error = Sandbox::new(file.path().to_owned()).send(&email(1, "x")).await.unwrap_err();
        assert!(matches!(error, SendError::Later(None, _)), "{error}");
    }
}
