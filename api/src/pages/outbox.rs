//! What the sandbox sent, to be read in a browser. Development only: the routes are not there otherwise.

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use actix_web::{HttpRequest, HttpResponse, web};
use domain::locale::Locale;
use domain::rejection::Code;
use providers::mail::sandbox::{self, Received};
use serde::Serialize;

use super::{answer, render};
use crate::problem::{Result, failed};
use crate::state::State;

/// Most mails on the page.
const MOST: usize = 100;

#[derive(Serialize)]
struct Outbox {
    lang: &'static str,
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
    lang: &'static str,
    id: String,
    from: String,
    to: String,
    subject: String,
    sent_at: Option<String>,
    text: String,
    has_html: bool,
    attachments: Vec<Attached>,
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

pub async fn list(state: web::Data<State>) -> HttpResponse {
    answer(&state, Locale::En, async {
        let dir = state.outbox.as_deref().ok_or(Code::NotFound)?;
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
        render(&state, StatusCode::OK, "outbox", &Outbox { lang: "en", mails })
    })
    .await
}

pub async fn show(state: web::Data<State>, request: HttpRequest) -> HttpResponse {
    answer(&state, Locale::En, async {
        let (id, mail) = open(&state, &request).await?;
        let attachments = mail
            .attachments
            .iter()
            .enumerate()
            .map(|(index, attachment)| Attached {
                index,
                name: attachment.name.clone(),
                content_type: attachment.content_type.clone(),
                size: attachment.bytes.len(),
                text: attachment
                    .content_type
                    .starts_with("text/")
                    .then(|| String::from_utf8_lossy(&attachment.bytes).into_owned()),
            })
            .collect();
        let context = Opened {
            lang: "en",
            id,
            from: mail.from,
            to: mail.to,
            subject: mail.subject,
            sent_at: mail.date.map(|date| date.format("%Y-%m-%d %H:%M:%S UTC").to_string()),
            text: mail.text,
            has_html: !mail.html.is_empty(),
            attachments,
        };
        render(&state, StatusCode::OK, "outbox_mail", &context)
    })
    .await
}

/// The mail as a mail program would show it: its own styles, nothing else.
pub async fn html(state: web::Data<State>, request: HttpRequest) -> HttpResponse {
    answer(&state, Locale::En, async {
        let (_, mail) = open(&state, &request).await?;
        let policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox allow-popups";
        Ok(HttpResponse::Ok()
            .content_type("text/html; charset=utf-8")
            .insert_header((CONTENT_SECURITY_POLICY, policy))
            .body(mail.html))
    })
    .await
}

pub async fn attachment(state: web::Data<State>, request: HttpRequest) -> HttpResponse {
    answer(&state, Locale::En, async {
        let (_, mail) = open(&state, &request).await?;
        let index: usize =
            request.match_info().get("index").and_then(|index| index.parse().ok()).ok_or(Code::NotFound)?;
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
