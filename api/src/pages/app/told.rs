//! What a form is told when it was refused.

use actix_web::ResponseError;
use actix_web::http::StatusCode;

use super::typed::Difference;
use crate::pages::Reader;
use crate::pages::form::{Flaw, flaws};
use crate::pages::frame::Frame;
use crate::problem::{Problem, Result};

/// What a form is told: nothing, or why it was refused.
pub struct Told {
    pub status: StatusCode,
    pub errors: Vec<Flaw>,
    pub differences: Vec<Difference>,
}

impl Told {
    pub const fn nothing() -> Self {
        Self { status: StatusCode::OK, errors: Vec::new(), differences: Vec::new() }
    }

    /// `fields` are the pointers of a problem with the inputs of the form that they mean.
    pub fn by(
        refused: Option<&Problem>,
        fields: &[(&str, &str)],
        reader: &Reader,
        frame: &Frame,
    ) -> Result<Self> {
        let Some(problem) = refused else { return Ok(Self::nothing()) };
        let errors = flaws(problem, fields, reader.text(frame.lang))?;
        Ok(Self { status: problem.status_code(), errors, differences: Vec::new() })
    }
}
