//! The rooms of a tenant: one page to add, rename and archive them.

use actix_web::HttpResponse;
use domain::access::Permission;
use domain::id::RoomId;
use domain::rejection::Code;
use domain::room::RoomDraft;
use serde::{Deserialize, Serialize};
use store::rooms::{self, Room};

use super::told::Told;
use crate::extract::{Allows, ManageCatalogue, PageMember, Path, Read};
use crate::pages::form::{Flaw, Form, refuses_a_person};
use crate::pages::frame::{Flash, Frame};
use crate::pages::{Reader, render, see_with};
use crate::problem::{Problem, Result};

const FIELDS: &[(&str, &str)] = &[("/name", "name")];

#[derive(Serialize)]
struct Content<'a> {
    current: &'static str,
    rooms: Vec<Line>,
    archived: Vec<Line>,
    form: &'a RoomForm,
    errors: Vec<Flaw>,
    may_manage: bool,
}

#[derive(Serialize)]
struct Line {
    id: RoomId,
    name: String,
}

#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
pub struct RoomForm {
    name: String,
}

pub async fn show(reader: Reader, member: PageMember<Read>) -> HttpResponse {
    reader
        .answer(async {
            let (frame, _) = member.frame(&reader).await?;
            page(&member, &frame, &RoomForm::default(), Told::nothing()).await
        })
        .await
}

pub async fn create(
    reader: Reader,
    member: PageMember<ManageCatalogue>,
    form: Result<Form<RoomForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (Form(form), by, now) = (form?, member.by(), member.now);
            let draft = RoomDraft { name: form.name.clone() };
            let add = async |tx: &mut store::TenantTx| rooms::add(tx, draft, &by, now).await;
            match member.tenant.transaction(add).await.map_err(Problem::from) {
                Ok(_) => Ok(see_with("/app/rooms", &Flash::ok("app-room-added"))),
                Err(problem) if refuses_a_person(&problem) => {
                    let (frame, _) = member.frame(&reader).await?;
                    let told = Told::by(Some(&problem), FIELDS, &reader, &frame)?;
                    page(&member, &frame, &form, told).await
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}

/// Renames. A name that can't be is told in the way of a passing note: the page has one form for each room.
pub async fn update(
    reader: Reader,
    member: PageMember<ManageCatalogue>,
    id: Result<Path<RoomId>>,
    form: Result<Form<RoomForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (id, Form(form), by, now) = (*id?, form?, member.by(), member.now);
            let change = |_room: &Room| RoomDraft { name: form.name };
            let renamed: Result<Room, store::Error> = member
                .tenant
                .transaction(async |tx| rooms::update(tx, id, change, None, &by, now).await)
                .await;
            let flash = match renamed {
                Err(error) if error.code() == Some(Code::Invalid) => Flash::bad("app-room-name-invalid"),
                renamed => {
                    renamed?;
                    Flash::ok("app-saved")
                }
            };
            Ok(see_with("/app/rooms", &flash))
        })
        .await
}

pub async fn archive(
    reader: Reader,
    member: PageMember<ManageCatalogue>,
    id: Result<Path<RoomId>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (id, by, now) = (*id?, member.by(), member.now);
            member.tenant.transaction(async |tx| rooms::remove(tx, id, &by, now).await).await?;
            Ok(see_with("/app/rooms", &Flash::ok("app-room-archived")))
        })
        .await
}

pub async fn restore(
    reader: Reader,
    member: PageMember<ManageCatalogue>,
    id: Result<Path<RoomId>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (id, by, now) = (*id?, member.by(), member.now);
            member.tenant.transaction(async |tx| rooms::restore(tx, id, &by, now).await).await?;
            Ok(see_with("/app/rooms", &Flash::ok("app-room-restored")))
        })
        .await
}

async fn page<P: Allows>(
    member: &PageMember<P>,
    frame: &Frame,
    form: &RoomForm,
    told: Told,
) -> Result<HttpResponse> {
    let all = member.tenant.read(async |tx| rooms::list(tx).await).await?;
    let (rooms, archived): (Vec<Room>, Vec<Room>) =
        all.into_iter().partition(|room| room.archived_at.is_none());
    let lines =
        |rooms: Vec<Room>| rooms.into_iter().map(|room| Line { id: room.id, name: room.name }).collect();
    let content = Content {
        current: "staff",
        rooms: lines(rooms),
        archived: lines(archived),
        form,
        errors: told.errors,
        may_manage: member.role.may(Permission::ManageCatalogue),
    };
    render(&member.state, frame, told.status, "app/rooms", &content)
}
