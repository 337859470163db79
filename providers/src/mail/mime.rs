//! A message as RFC 5322 text with MIME parts, in the shape that Gmail, Outlook and Apple Mail all understand.

use std::time::SystemTime;

use lettre::address::Envelope;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Attachment as AttachedPart, Mailbox as LettreMailbox, MultiPart, SinglePart};
use lettre::{Address, Message};

use super::{Calendar, CalendarMethod, Email, Mailbox, SendError};

/// A message ready for the wire.
pub(super) struct Wire {
    pub(super) envelope: Envelope,
    pub(super) bytes: Vec<u8>,
}

/// Writes the message out. Fails with [`SendError::Refused`] when the sender's or the recipient's address or a media
/// type is none; an address for replies that is none is left out.
///
/// The parts are `mixed[alternative[text, html, calendar], invite.ics, attachments…]`: Gmail and Outlook show the answer
/// buttons for the calendar in the alternative, Apple Mail wants the file.
pub(super) fn write(email: &Email) -> Result<Wire, SendError> {
    let from = mailbox(&email.from, "sender")?;
    let domain = from.email.domain().to_owned();
    let mut message = Message::builder()
        .message_id(Some(format!("<{}@{domain}>", email.id)))
        .date(SystemTime::from(email.date))
        .from(from)
        .to(mailbox(&email.to, "recipient")?)
        .subject(one_line(&email.subject))
        .header(AutoSubmitted);
    match email.reply_to.as_ref().map(|reply_to| mailbox(reply_to, "reply")) {
        Some(Ok(reply_to)) => message = message.reply_to(reply_to),
        // It is whatever the tenant typed: no reason to tell the customer nothing.
        Some(Err(error)) => {
            tracing::warn!(message = %email.id, %error, "sent without an address for replies");
        }
        None => {}
    }
    let message = message
        .multipart(body(email)?)
        .map_err(|error| SendError::Refused(format!("it could not be written, {error}")))?;
    Ok(Wire { envelope: message.envelope().clone(), bytes: message.formatted() })
}

fn body(email: &Email) -> Result<MultiPart, SendError> {
    // Boundaries come from the id, not from chance: the same message has the same bytes, and nobody who fills in a form
    // can know them beforehand.
    let mut alternative = MultiPart::alternative()
        .boundary(format!("alternative-{}", email.id))
        .singlepart(SinglePart::plain(email.text.clone()))
        .singlepart(SinglePart::html(email.html.clone()));
    if let Some(calendar) = &email.calendar {
        alternative = alternative.singlepart(
            SinglePart::builder()
                .header(calendar_type(calendar, "text/calendar")?)
                .body(calendar.ics.clone()),
        );
    }
    if email.calendar.is_none() && email.attachments.is_empty() {
        return Ok(alternative);
    }
    let mut mixed = MultiPart::mixed().boundary(format!("mixed-{}", email.id)).multipart(alternative);
    if let Some(calendar) = &email.calendar {
        mixed = mixed.singlepart(
            AttachedPart::new("invite.ics".to_owned())
                .body(calendar.ics.clone(), calendar_type(calendar, "application/ics")?),
        );
    }
    for attachment in &email.attachments {
        mixed = mixed.singlepart(
            AttachedPart::new(one_line(&attachment.filename))
                .body(attachment.bytes.clone(), content_type(&attachment.content_type)?),
        );
    }
    Ok(mixed)
}

fn calendar_type(calendar: &Calendar, media_type: &str) -> Result<ContentType, SendError> {
    let method = match calendar.method {
        CalendarMethod::Request => "REQUEST",
        CalendarMethod::Cancel => "CANCEL",
    };
    content_type(&format!("{media_type}; method={method}; charset=utf-8"))
}

fn content_type(text: &str) -> Result<ContentType, SendError> {
    ContentType::parse(text)
        .map_err(|error| SendError::Refused(format!("an attachment's media type is none, {error}")))
}

/// The error names the `role`, never the address.
fn mailbox(mailbox: &Mailbox, role: &str) -> Result<LettreMailbox, SendError> {
    let name = one_line(&mailbox.name);
    let address = address(&mailbox.address)
        .ok_or_else(|| SendError::Refused(format!("the {role}'s address is not an email address")))?;
    Ok(LettreMailbox::new((!name.is_empty()).then_some(name), address))
}

/// Writes an international domain in ASCII (RFC 5891): most servers take no other form.
fn address(text: &str) -> Option<Address> {
    let (user, domain) = text.trim().rsplit_once('@')?;
    match url::Host::parse(domain).ok()? {
        url::Host::Domain(domain) => Address::new(user, domain).ok(),
        url::Host::Ipv4(_) | url::Host::Ipv6(_) => None,
    }
}

/// Headers are lines: a line break in a name would start another header.
fn one_line(text: &str) -> String {
    let printable: String = text.chars().map(|c| if is_break(c) { ' ' } else { c }).collect();
    printable.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_break(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// Keeps answering machines quiet (RFC 3834).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use domain::id::MessageId;
    use mail_parser::{MessageParser, MimeHeaders};

    use super::super::Attachment;
    use super::*;

    fn mailbox_of(name: &str, address: &str) -> Mailbox {
        Mailbox { name: name.to_owned(), address: address.to_owned() }
    }

    fn email() -> Email {
        Email {
            id: MessageId("019ab4c2-0000-7000-8000-000000000001".parse().unwrap()),
            date: DateTime::from_timestamp(1_795_511_700, 0).unwrap(),
            from: mailbox_of("Studio Mirabelle", "no-reply@example.com"),
            reply_to: Some(mailbox_of("Studio Mirabelle", "hello@mirabelle.example")),
            to: mailbox_of("Zoë Łódzka", "zoe@example.org"),
            subject: "Réservation confirmée : mardi 24 novembre à 10:15".to_owned(),
            text: "Bonjour Zoë,\nà mardi.\n".to_owned(),
            html: "<p>Bonjour Zoë,</p><p>à mardi.</p>".to_owned(),
            calendar: Some(Calendar {
                method: CalendarMethod::Request,
                ics: "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n".to_owned(),
            }),
            attachments: vec![Attachment {
                filename: "Résumé.pdf".to_owned(),
                content_type: "application/pdf".to_owned(),
                bytes: b"%PDF-1.7\n\xff\xfe".to_vec(),
            }],
        }
    }

    #[test]
    fn the_parts_stand_in_the_order_mail_programs_want() {
        let wire = write(&email()).unwrap();
        let message = MessageParser::default().parse(&wire.bytes).unwrap();
        let types: Vec<String> = message
            .parts
            .iter()
            .map(|part| {
                let kind = part.content_type().unwrap();
                format!("{}/{}", kind.ctype(), kind.subtype().unwrap())
            })
            .collect();
        assert_eq!(
            types,
            [
                "multipart/mixed",
                "multipart/alternative",
                "text/plain",
                "text/html",
                "text/calendar",
                "application/ics",
                "application/pdf"
            ]
        );
        assert_eq!(message.parts[4].content_type().unwrap().attribute("method"), Some("REQUEST"));
        assert_eq!(message.parts[5].attachment_name(), Some("invite.ics"));
        assert_eq!(message.parts[6].attachment_name(), Some("Résumé.pdf"));
        assert_eq!(message.parts[6].contents(), b"%PDF-1.7\n\xff\xfe");
        assert_eq!(message.subject(), Some("Réservation confirmée : mardi 24 novembre à 10:15"));
        assert_eq!(message.to().unwrap().first().unwrap().name(), Some("Zoë Łódzka"));
        assert_eq!(message.message_id(), Some("019ab4c2-0000-7000-8000-000000000001@example.com"));
        assert_eq!(message.date().unwrap().to_rfc3339(), "2026-11-24T09:15:00Z");
        assert_eq!(message.header_raw("Auto-Submitted").map(str::trim), Some("auto-generated"));
        assert_eq!(message.body_text(0).unwrap(), "Bonjour Zoë,\r\nà mardi.\r\n");
        assert!(wire.bytes.is_ascii(), "servers without 8BITMIME take it too");
        assert!(wire.bytes.split(|byte| *byte == b'\n').all(|line| line.len() <= 998), "RFC 5322, 2.1.1");
    }

    #[test]
    fn the_same_message_has_the_same_bytes() {
        assert_eq!(write(&email()).unwrap().bytes, write(&email()).unwrap().bytes);
    }

    #[test]
    fn a_message_without_attachments_is_plain_alternatives() {
        let wire = write(&Email { calendar: None, attachments: vec![], ..email() }).unwrap();
        let message = MessageParser::default().parse(&wire.bytes).unwrap();
        assert_eq!(message.parts.len(), 3);
        assert_eq!(message.parts[0].content_type().unwrap().subtype(), Some("alternative"));
    }

    #[test]
    fn no_name_or_subject_adds_a_header_or_a_recipient() {
        for attack in [
            "x\r\nBcc: victim@example.net",
            "x\nBcc: victim@example.net\n\nbody",
            "x\rBcc: victim@example.net",
            "x\u{2028}Bcc: victim@example.net",
            "x\" <victim@example.net>, \"y",
            "x\0y\u{b}z",
            "=?utf-8?Q?=0D=0ABcc:_victim@example.net?=",
            "é\r\nBcc: victim@example.net",
        ] {
            let wire = write(&Email {
                from: mailbox_of(attack, "no-reply@example.com"),
                to: mailbox_of(attack, "zoe@example.org"),
                reply_to: Some(mailbox_of(attack, "hello@mirabelle.example")),
                subject: attack.to_owned(),
                attachments: vec![Attachment {
                    filename: attack.to_owned(),
                    content_type: "application/pdf".to_owned(),
                    bytes: vec![],
                }],
                ..email()
            })
            .unwrap();
            let message = MessageParser::default().parse(&wire.bytes).unwrap();
            assert!(message.bcc().is_none(), "{attack:?}");
            assert_eq!(wire.envelope.to().len(), 1, "{attack:?}");
            assert_eq!(message.to().unwrap().iter().count(), 1, "{attack:?}");
            assert_eq!(
                message.to().unwrap().first().unwrap().address(),
                Some("zoe@example.org"),
                "{attack:?}"
            );
            assert_eq!(message.parts.len(), 7, "{attack:?}");
            assert_eq!(message.body_text(0).unwrap(), "Bonjour Zoë,\r\nà mardi.\r\n", "{attack:?}");
        }
    }

    #[test]
    fn what_is_not_an_address_is_refused_and_not_repeated() {
        for address in [
            "",
            "zoe",
            "zoe@",
            "@example.org",
            "zoe@exa mple.org",
            "zoe@example.org\r\nBcc: victim@example.net",
            "zoe@example.org, victim@example.net",
            "<zoe@example.org>",
            "zoe@[127.0.0.1]",
            "zoe@127.0.0.1",
        ] {
            let Err(error) = write(&Email { to: mailbox_of("Zoë", address), ..email() }) else {
                panic!("{address:?} was taken");
            };
            assert_eq!(
                error.to_string(),
                "The message was refused: the recipient's address is not an email address."
            );
        }
    }

    #[test]
    fn an_address_for_replies_that_is_none_is_left_out() {
        for address in
            ["", "hello", "hello@exa mple.org", "hello@127.0.0.1", "hello@example.org, x@example.net"]
        {
            let reply_to = Some(mailbox_of("Studio Mirabelle", address));
            let wire = write(&Email { reply_to, ..email() }).unwrap();
            let message = MessageParser::default().parse(&wire.bytes).unwrap();
            assert!(message.reply_to().is_none(), "{address:?}");
            assert_eq!(wire.envelope.to().len(), 1, "{address:?}");
        }
        let wire = write(&email()).unwrap();
        let message = MessageParser::default().parse(&wire.bytes).unwrap();
        assert_eq!(message.reply_to().unwrap().first().unwrap().address(), Some("hello@mirabelle.example"));
    }

    #[test]
    fn an_international_domain_is_written_in_ascii() {
        let wire = write(&Email { to: mailbox_of("", "zoe@bücher.example"), ..email() }).unwrap();
        assert_eq!(wire.envelope.to()[0].to_string(), "zoe@xn--bcher-kva.example");
        assert!(wire.bytes.is_ascii());
    }
}
