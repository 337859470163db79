//! Mail: what a message is, how it is sent, and what can go wrong.

mod config;
mod mime;
pub mod sandbox;
mod smtp;

use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::id::MessageId;

pub use config::{BadMailConfig, MailConfig, MailTransport};
pub use sandbox::Sandbox;
pub use smtp::Smtp;

/// One message to one person.
///
/// It is a function of its fields alone: built twice it has the same bytes, so that a repeated send is recognised as the
/// same message by the reader's mail server.
#[derive(Clone, Debug)]
pub struct Email {
    /// The row of the message. It becomes `Message-ID: <id@domain of the sender>`.
    pub id: MessageId,
    /// When the message was written: the `Date` header.
    pub date: DateTime<Utc>,
    pub from: Mailbox,
    pub reply_to: Option<Mailbox>,
    pub to: Mailbox,
    pub subject: String,
    pub text: String,
    pub html: String,
    pub calendar: Option<Calendar>,
    pub attachments: Vec<Attachment>,
}

/// A person and their address. The name may be empty and may hold anything; the address is checked when the message
/// is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox {
    pub name: String,
    pub address: String,
}

#[derive(Clone, Debug)]
pub struct Attachment {
    pub filename: String,
    /// A media type such as `application/pdf`.
    pub content_type: String,
    pub bytes: Vec<u8>,
}

/// An invitation that mail programs offer to put into the reader's calendar (RFC 6047).
#[derive(Clone, Debug)]
pub struct Calendar {
    /// The same as the `METHOD` inside `ics`.
    pub method: CalendarMethod,
    pub ics: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CalendarMethod {
    Request,
    Cancel,
}

/// Why a message was not sent. Neither text ever holds an address: both are kept and logged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// This message will never be taken: the address is wrong or the server refuses it for good.
    #[error("The message was refused: {0}.")]
    Refused(String),
    /// Nothing is wrong with the message: try again, not before the time given, if one is.
    ///
    /// After a time-out the server may have taken the message all the same.
    #[error("The message could not be sent yet: {1}.")]
    Later(Option<Duration>, String),
}

/// Sends messages, by the transport that was configured.
#[derive(Clone)]
pub struct Mailer {
    /// The address all messages come from: the one this installation may send for.
    address: String,
    transport: Transport,
}

#[derive(Clone)]
enum Transport {
    Smtp(Smtp),
    Sandbox(Sandbox),
}

impl Mailer {
    /// `address` is what [`Mailer::sender`] gives: a bare address such as `no-reply@example.com`.
    pub fn smtp(address: String, smtp: Smtp) -> Self {
        Self { address, transport: Transport::Smtp(smtp) }
    }

    /// As [`Mailer::smtp`], but messages stay on this machine.
    pub fn sandbox(address: String, sandbox: Sandbox) -> Self {
        Self { address, transport: Transport::Sandbox(sandbox) }
    }

    /// A sender who shows as `name`, with the one address that this installation may send for.
    pub fn sender(&self, name: &str) -> Mailbox {
        Mailbox { name: name.to_owned(), address: self.address.clone() }
    }

    /// How a message's row names the way it went.
    pub const fn provider(&self) -> &'static str {
        match &self.transport {
            Transport::Smtp(_) => "smtp",
            Transport::Sandbox(_) => "sandbox",
        }
    }

    /// Returns once the next server has taken the message, or in the sandbox, once it is on disk.
    pub async fn send(&self, email: &Email) -> Result<(), SendError> {
        match &self.transport {
            Transport::Smtp(smtp) => smtp.send(email).await,
            Transport::Sandbox(sandbox) => sandbox.send(email).await,
        }
    }
}
