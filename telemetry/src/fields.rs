//! The fields of spans as JSON, written as they come: a span is made for every request and every job, a line of log for
//! few of them.

use std::fmt::{self, Debug, Write};

use tracing::field::{Field, Visit};
use tracing::span::Record;
use tracing_subscriber::field::RecordFields;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FormatFields, FormattedFields};

/// One object. A field that is recorded again stands in it twice: the last one counts.
pub(crate) struct Fields;

impl<'w> FormatFields<'w> for Fields {
    fn format_fields<R: RecordFields>(&self, mut writer: Writer<'w>, fields: R) -> fmt::Result {
        writer.write_char('{')?;
        let mut object = Object { writer: &mut writer, is_first: true, result: Ok(()) };
        fields.record(&mut object);
        object.result?;
        writer.write_char('}')
    }

    fn add_fields(&self, current: &'w mut FormattedFields<Self>, fields: &Record<'_>) -> fmt::Result {
        let is_empty = current.fields.len() <= 2;
        current.fields.pop();
        if current.fields.is_empty() {
            current.fields.push('{');
        }
        let mut object = Object { writer: &mut current.fields, is_first: is_empty, result: Ok(()) };
        fields.record(&mut object);
        object.result?;
        current.fields.push('}');
        Ok(())
    }
}

struct Object<'w, W> {
    writer: &'w mut W,
    is_first: bool,
    result: fmt::Result,
}

impl<W: Write> Object<'_, W> {
    fn add(&mut self, field: &Field, value: impl FnOnce(&mut W) -> fmt::Result) {
        let separator = if std::mem::take(&mut self.is_first) { "\"" } else { ",\"" };
        let added = self.result.and_then(|()| {
            self.writer.write_str(separator)?;
            // Names are written in code: nothing in them has to be escaped.
            self.writer.write_str(field.name())?;
            self.writer.write_str("\":")?;
            value(self.writer)
        });
        self.result = added;
    }
}

impl<W: Write> Visit for Object<'_, W> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.add(field, |writer| {
            writer.write_char('"')?;
            write!(Escaped(writer), "{value:?}")?;
            writer.write_char('"')
        });
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, |writer| {
            writer.write_char('"')?;
            Escaped(writer).write_str(value)?;
            writer.write_char('"')
        });
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field, |writer| write!(writer, "{value}"));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field, |writer| write!(writer, "{value}"));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add(field, |writer| write!(writer, "{value}"));
    }
}

/// Text within quotes (RFC 8259, section 7).
struct Escaped<'w, W>(&'w mut W);

impl<W: Write> Write for Escaped<'_, W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if text.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') {
            return self.0.write_str(text);
        }
        text.chars().try_for_each(|letter| match letter {
            '"' | '\\' => {
                self.0.write_char('\\')?;
                self.0.write_char(letter)
            }
            '\0'..='\u{1f}' => write!(self.0, "\\u{:04x}", u32::from(letter)),
            _ => self.0.write_char(letter),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::layer::SubscriberExt;

    use crate::logs;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_line_has_the_fields_of_its_span_whatever_is_in_them() {
        let lines = Lines::default();
        let writer = lines.clone();
        let logs = tracing_subscriber::registry().with(logs::json(move || writer.clone()));
        tracing::subscriber::with_default(logs, || {
            let span = tracing::info_span!(
                "job",
                queue = "e\"\\\n\u{1}é",
                job = %"a \"b\"",
                attempt = -3_i16,
                size = 7_u64,
                is_late = true,
                nothing = tracing::field::Empty,
                tenant = tracing::field::Empty,
            );
            span.record("tenant", "first");
            span.record("tenant", 9);
            let bare = tracing::info_span!("bare", later = tracing::field::Empty);
            bare.record("later", "now");
            span.in_scope(|| tracing::info!(ms = 5, "ended"));
            bare.in_scope(|| tracing::info!("too"));
        });
        let lines = lines.0.lock().unwrap();
        let lines: Vec<serde_json::Value> = lines
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
            .map(|line| serde_json::from_slice(line).unwrap())
            .collect();
        assert_eq!((lines[0]["message"].as_str(), lines[0]["ms"].as_i64()), (Some("ended"), Some(5)));
        let span = serde_json::json!({
            "name": "job", "queue": "e\"\\\n\u{1}é", "job": "a \"b\"", "attempt": -3, "size": 7, "is_late": true, "tenant": 9,
        });
        assert_eq!(lines[0]["span"], span);
        assert_eq!(lines[1]["span"], serde_json::json!({"name": "bare", "later": "now"}));
    }
}
