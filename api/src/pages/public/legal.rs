//! What a tenant's site must say of itself: who runs it, on which terms, and what becomes of personal data.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde::Serialize;

use super::site::shop;
use crate::extract::Visitor;
use crate::limit::READ;
use crate::pages::{Reader, render};
use crate::problem::Result;

#[derive(Serialize)]
struct Notice {
    email: Option<String>,
    legal_name: Option<String>,
    legal_form: Option<String>,
    publisher: Option<String>,
    siret: Option<String>,
    vat_id: Option<String>,
}

pub async fn privacy(reader: Reader, visitor: Result<Visitor>) -> HttpResponse {
    show(reader, visitor, "public/privacy").await
}

pub async fn terms(reader: Reader, visitor: Result<Visitor>) -> HttpResponse {
    show(reader, visitor, "public/terms").await
}

pub async fn notice(reader: Reader, visitor: Result<Visitor>) -> HttpResponse {
    show(reader, visitor, "public/legal").await
}

async fn show(reader: Reader, visitor: Result<Visitor>, page: &'static str) -> HttpResponse {
    reader
        .answer(async {
            let visitor = visitor?;
            visitor.state.take(READ, &visitor.ip).await?;
            let (tenant, logo) = visitor.tenant.read(async |tx| shop(tx).await).await?;
            let frame = reader.tenant_frame(&tenant, logo.as_ref());
            let content = Notice {
                email: tenant.contact_email,
                legal_name: tenant.legal_name,
                legal_form: tenant.legal_form,
                publisher: tenant.publisher,
                siret: tenant.siret,
                vat_id: tenant.vat_id,
            };
            render(&visitor.state, &frame, StatusCode::OK, page, &content)
        })
        .await
}
