//! What the sandbox sent, to be read in a browser. Development only: the routes are not there otherwise.

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use actix_web::{HttpRequest, HttpResponse};
use domain::locale::Locale;
use domain::rejection::Code;
use providers::mail::sandbox::{self, Received};
use serde::Serialize;

use crate::pages::{Reader, render};
use crate::problem::{Result, failed};
use crate::state::State;

/// Most mails on the page.
const MOST: usize = 100;

#[derive(Serialize)]
struct Outbox {
    mails: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    id: String,
    to: String,
    subject: String,
    sent_at: Option<String>,
}

#[derive(Serialize)]
struct Opened {
    id: String,
    from: String,
    to: String,
    subject: String,
    sent_at: Option<String>,
    pieces: Vec<Piece>,
    has_html: bool,
    attachments: Vec<Attached>,
}

/// A part of a text: an address that can be followed, or what stands between two.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Piece {
    text: String,
    is_link: bool,
}

#[derive(Serialize)]
struct Attached {
    index: usize,
    name: String,
    content_type: String,
    size: usize,
    /// Of an invitation, to be read on the page.
    text: Option<String>,
}

pub async fn list(reader: Reader) -> HttpResponse {
    reader
        .answer(async {
            let dir = reader.state.outbox.as_deref().ok_or(Code::NotFound)?;
            let mails = sandbox::list(dir, MOST)
                .await
                .map_err(|error| failed(&error))?
                .into_iter()
                .map(|mail| Line {
                    id: mail.id,
                    to: mail.to,
                    subject: mail.subject,
                    sent_at: mail.date.map(|date| date.format("%Y-%m-%d %H:%M:%S UTC").to_string()),
                })
                .collect();
            render(&reader.state, &reader.frame(Locale::En), StatusCode::OK, "dev/outbox", &Outbox { mails })
        })
        .await
}

pub async fn show(reader: Reader, request: HttpRequest) -> HttpResponse {
    reader
        .answer(async {
            let (id, mail) = open(&reader.state, &request).await?;
            let attachments = mail
                .attachments
                .iter()
                .enumerate()
                .map(|(index, attachment)| Attached {
                    index,
                    name: attachment.name.clone(),
                    content_type: attachment.content_type.clone(),
                    size: attachment.bytes.len(),
                    text: ["text/", "application/ics"]
                        .iter()
                        .any(|readable| attachment.content_type.starts_with(readable))
                        .then(|| String::from_utf8_lossy(&attachment.bytes).into_owned()),
                })
                .collect();
            let context = Opened {
                id,
                from: mail.from,
                to: mail.to,
                subject: mail.subject,
                sent_at: mail.date.map(|date| date.format("%Y-%m-%d %H:%M:%S UTC").to_string()),
                pieces: pieces(&mail.text),
                has_html: !mail.html.is_empty(),
                attachments,
            };
            render(&reader.state, &reader.frame(Locale::En), StatusCode::OK, "dev/outbox_mail", &context)
        })
        .await
}

/// A text with its addresses of the web set apart.
fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut push = |text: &str, is_link| {
        if !text.is_empty() {
            pieces.push(Piece { text: text.to_owned(), is_link });
        }
    };
    let mut rest = text;
    while let Some(start) = ["https://", "http://"].iter().filter_map(|scheme| rest.find(scheme)).min() {
        let (before, from) = rest.split_at(start);
        let end = from.find(|c: char| c.is_whitespace() || "<>\"".contains(c)).unwrap_or(from.len());
        // What ends a sentence is not part of the address.
        let link = from.split_at(end).0.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '\'']);
        push(before, false);
        push(link, true);
        rest = from.split_at(link.len()).1;
    }
    push(rest, false);
    pieces
}

/// The mail as a mail program would show it: its own styles, nothing else.
pub async fn html(reader: Reader, request: HttpRequest) -> HttpResponse {
    reader.answer(async {
        let (_, mail) = open(&reader.state, &request).await?;
        let policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox allow-popups";
        Ok(HttpResponse::Ok()
            .content_type("text/html; charset=utf-8")
            .insert_header((CONTENT_SECURITY_POLICY, policy))
            .body(mail.html))
    })
    .await
}

pub async fn attachment(reader: Reader, request: HttpRequest) -> HttpResponse {
    reader
        .answer(async {
            let (_, mail) = open(&reader.state, &request).await?;
            let index: usize = request
                .match_info()
                .get("index")
                .and_then(|index| index.parse().ok())
                .ok_or(Code::NotFound)?;
            let attachment = mail.attachments.into_iter().nth(index).ok_or(Code::NotFound)?;
            Ok(HttpResponse::Ok()
                .insert_header((CONTENT_TYPE, attachment.content_type))
                .insert_header((CONTENT_DISPOSITION, "attachment"))
                .body(attachment.bytes))
        })
        .await
}

async fn open(state: &State, request: &HttpRequest) -> Result<(String, Received)> {
    let id = request.match_info().get("id").ok_or(Code::NotFound)?;
    let dir = state.outbox.as_deref().ok_or(Code::NotFound)?;
    let mail = sandbox::read(dir, id).await.map_err(|error| failed(&error))?;
    Ok((id.to_owned(), mail.ok_or(Code::NotFound)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_in_a_text_can_be_followed_and_nothing_is_lost() {
        let text = "See https://a.example/x?y=1&z=(2).\n(http://b.example/) javascript:alert(1) https://";
        let pieces = pieces(text);
        let links: Vec<_> =
            pieces.iter().filter(|piece| piece.is_link).map(|piece| piece.text.as_str()).collect();
        assert_eq!(links, ["https://a.example/x?y=1&z=(2", "http://b.example/", "https://"]);
        assert_eq!(pieces.iter().map(|piece| piece.text.as_str()).collect::<String>(), text);
        assert!(super::pieces("").is_empty());
    }
}
