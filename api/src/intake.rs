//! What services ask whoever books them, and the files that are sent as answers.

use actix_web::HttpResponse;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::web::Bytes;
use domain::id::{IntakeFileId, QuestionId, ServiceId};
use domain::intake::{self, Decimal, FileKind, Kind, Question, QuestionDraft, Wording};
use domain::locale::Locale;
use domain::rejection::{Code, Rejection};
use domain::translation::{QuestionWords, Translations};
use providers::files::FilePath;
use serde::{Deserialize, Serialize};
use store::intake::files::{self, IntakeFile};
use utoipa::ToSchema;

use crate::extract::{AnswerUpload, Caller, IfMatch, Json, ManageCatalogue, Path, Read, Visitor};
use crate::limit::UPLOAD;
use crate::problem::{Problem, Result, failed};
use crate::reply::versioned;
use crate::state::State;

/// A question as members see it.
#[derive(Serialize, ToSchema)]
pub struct QuestionView {
    #[serde(flatten)]
    question: PublicQuestion,
    /// By language.
    translations: Translations<QuestionWords>,
    /// False: it is kept and not asked.
    active: bool,
}

/// A question as it is asked.
#[derive(Serialize, ToSchema)]
pub struct PublicQuestion {
    pub id: QuestionId,
    pub kind: Kind,
    pub label: String,
    pub help: Option<String>,
    /// Of customers. Who books for one may leave it out.
    pub required: bool,
    /// Of a choice: what an answer names.
    pub options: Vec<String>,
    /// What each of them is called in the language that is asked for.
    pub option_labels: Vec<String>,
    /// Of a number, included.
    #[schema(value_type = Option<f64>)]
    pub min: Option<Decimal>,
    #[schema(value_type = Option<f64>)]
    pub max: Option<Decimal>,
}

impl PublicQuestion {
    /// In a language; none: as the tenant wrote it.
    pub fn new(question: Question, locale: Option<Locale>) -> Self {
        let Wording { label, help, options } = question.wording(locale);
        Self {
            id: question.id,
            kind: question.kind,
            label,
            help,
            required: question.is_required,
            option_labels: options,
            options: question.options,
            min: question.min,
            max: question.max,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct QuestionsView {
    /// In their order.
    questions: Vec<QuestionView>,
    /// Of the service.
    version: i64,
}

impl QuestionsView {
    fn new(questions: Vec<Question>, version: i64) -> Self {
        let view = |question: Question| QuestionView {
            active: question.is_active,
            translations: question.translations.clone(),
            question: PublicQuestion::new(question, None),
        };
        Self { questions: questions.into_iter().map(view).collect(), version }
    }
}

/// All questions of a service, in their order.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplaceQuestions {
    /// At most 20.
    questions: Vec<QuestionBody>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuestionBody {
    /// Of one that is there; without it a new one.
    id: Option<QuestionId>,
    kind: Kind,
    /// 1..=200 characters.
    label: String,
    /// At most 500 characters.
    help: Option<String>,
    /// False.
    required: Option<bool>,
    /// True.
    active: Option<bool>,
    /// Of a choice, 2..=30.
    options: Option<Vec<String>>,
    /// By language, what visitors who speak it read instead; none.
    translations: Option<Translations<QuestionWords>>,
    /// Of a number.
    #[schema(value_type = Option<f64>)]
    min: Option<Decimal>,
    #[schema(value_type = Option<f64>)]
    max: Option<Decimal>,
}

impl From<QuestionBody> for QuestionDraft {
    fn from(body: QuestionBody) -> Self {
        Self {
            id: body.id,
            kind: body.kind,
            label: body.label,
            help: body.help,
            is_required: body.required.unwrap_or(false),
            is_active: body.active.unwrap_or(true),
            options: body.options.unwrap_or_default(),
            translations: body.translations.unwrap_or_default(),
            min: body.min,
            max: body.max,
        }
    }
}

pub async fn show(caller: Caller<Read>, id: Path<ServiceId>) -> Result<HttpResponse> {
    let (version, questions) = caller
        .tenant
        .read(async |tx| {
            let version = store::intake::version(tx, *id).await?;
            Ok::<_, store::Error>((version, store::intake::of_service(tx, *id).await?))
        })
        .await?;
    Ok(versioned(&QuestionsView::new(questions, version), version))
}

pub async fn replace(
    caller: Caller<ManageCatalogue>,
    id: Path<ServiceId>,
    IfMatch(version): IfMatch,
    Json(body): Json<ReplaceQuestions>,
) -> Result<HttpResponse> {
    let (by, now) = (caller.by(), caller.now);
    let drafts = body.questions.into_iter().map(QuestionDraft::from).collect();
    let (version, questions) = caller
        .tenant
        .transaction(async |tx| {
            let version = store::intake::replace(tx, *id, drafts, version, &by, now).await?;
            Ok::<_, store::Error>((version, store::intake::of_service(tx, *id).await?))
        })
        .await?;
    Ok(versioned(&QuestionsView::new(questions, version), version))
}

/// A file that was sent: its id is the answer.
#[derive(Serialize, ToSchema)]
pub struct FileView {
    id: IntakeFileId,
    name: String,
    size_bytes: i64,
}

/// Most bytes of a file.
pub(crate) const MOST_BYTES: usize = 10 * 1024 * 1024;

pub async fn send_public(
    visitor: Visitor,
    id: Path<QuestionId>,
    upload: AnswerUpload,
) -> Result<HttpResponse> {
    let AnswerUpload(upload) = upload;
    let missing = || Rejection::invalid("/file", "REQUIRED", "must be a picture or a PDF");
    let bytes = upload.file.ok_or_else(missing)?;
    let IntakeFile { id, name, size_bytes, .. } = keep(&visitor, *id, &upload.name, bytes, "/file").await?;
    Ok(HttpResponse::Created().json(FileView { id, name, size_bytes }))
}

/// Keeps a file for a day, in which a booking may take it. `pointer` is the field that a refusal names.
pub(crate) async fn keep(
    visitor: &Visitor,
    question_id: QuestionId,
    name: &str,
    bytes: Bytes,
    pointer: &str,
) -> Result<IntakeFile> {
    visitor.state.take(UPLOAD, &visitor.ip).await?;
    let invalid = |code, why: &str| Problem::from(Rejection::invalid(pointer, code, why));
    if bytes.len() > MOST_BYTES {
        return Err(invalid("TOO_LARGE", "must have at most 10 MB"));
    }
    let kind = FileKind::of(&bytes)
        .ok_or_else(|| invalid("UNSUPPORTED", "must be a JPEG, PNG or GIF picture, or a PDF"))?;
    let now = visitor.now;
    let file = IntakeFile {
        tenant_id: visitor.tenant.id(),
        id: IntakeFileId::mint(now),
        question_id,
        booking_id: None,
        name: intake::file_name(name, kind),
        kind,
        size_bytes: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
        created_at: now,
    };
    visitor
        .tenant
        .transaction(async |tx| {
            let question = store::intake::find_asked(tx, question_id).await?;
            if question.kind != Kind::File {
                return Err(Code::NotFound.into());
            }
            files::announce(tx, &file, now).await
        })
        .await?;
    let path = FilePath::new(file.tenant_id, &intake::file(file.id)).map_err(|error| failed(&error))?;
    visitor.state.files.put(&path, bytes).await.map_err(|error| failed(&error))?;
    Ok(file)
}

pub async fn show_file(caller: Caller<Read>, id: Path<IntakeFileId>) -> Result<HttpResponse> {
    read_file(&caller.state, &caller.tenant, *id).await
}

/// A file of a booking, to be saved and never run: strangers sent it.
pub(crate) async fn read_file(
    state: &State,
    tenant: &store::Tenant,
    id: IntakeFileId,
) -> Result<HttpResponse> {
    let file = tenant.read(async |tx| files::find_claimed(tx, id).await).await?;
    let path = FilePath::new(file.tenant_id, &intake::file(file.id)).map_err(|error| failed(&error))?;
    let bytes = state.files.get(&path).await.map_err(|error| failed(&error))?;
    let encoded: String = url::form_urlencoded::byte_serialize(file.name.as_bytes()).collect();
    let disposition = format!(
        "attachment; filename=\"answer.{}\"; filename*=UTF-8''{}",
        file.kind.name(),
        encoded.replace('+', "%20")
    );
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "private, no-store"))
        .insert_header((CONTENT_TYPE, file.kind.content_type()))
        .insert_header((CONTENT_DISPOSITION, disposition))
        .insert_header((CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .body(bytes))
}
