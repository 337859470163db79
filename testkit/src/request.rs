//! One request and its answer.

use std::future::IntoFuture;
use std::pin::Pin;

use reqwest::RequestBuilder;
use reqwest::header::HeaderMap;
use serde_json::Value;

use crate::stream::Stream;

/// A request on its way: say what it carries, then `.await` its answer.
#[must_use = "nothing is sent until it is awaited"]
pub struct Request(pub(crate) RequestBuilder);

impl Request {
    pub fn bearer(self, token: &str) -> Self {
        Self(self.0.bearer_auth(token))
    }

    pub fn header(self, name: &str, value: &str) -> Self {
        Self(self.0.header(name, value))
    }

    pub fn json(self, body: &Value) -> Self {
        Self(self.0.json(body))
    }

    /// Bytes as they are, said to be JSON.
    pub fn bytes(self, body: impl Into<Vec<u8>>) -> Self {
        Self(self.0.header("content-type", "application/json").body(body.into()))
    }

    /// A text as it is; say of what type by a header.
    pub fn text(self, body: &str) -> Self {
        Self(self.0.body(body.to_owned()))
    }

    /// A file alone, of a type.
    pub fn file(self, content_type: &str, bytes: impl Into<Vec<u8>>) -> Self {
        Self(self.0.header("content-type", content_type).body(bytes.into()))
    }

    /// A form with fields, then a file named `file`, as browsers send it.
    pub fn form_with_file(
        self,
        fields: &[(&str, &str)],
        file_name: &str,
        content_type: &str,
        bytes: &[u8],
    ) -> Self {
        let mut body = Vec::new();
        for (name, value) in fields {
            body.extend(
                format!("--frontier\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                    .into_bytes(),
            );
        }
        let head = format!(
            "--frontier\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{file_name}\"\r\n\
             Content-Type: {content_type}\r\n\r\n"
        );
        body.extend(head.into_bytes());
        body.extend(bytes);
        body.extend(b"\r\n--frontier--\r\n");
        self.file("multipart/form-data; boundary=frontier", body)
    }

    pub fn form(self, fields: &[(&str, &str)]) -> Self {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        Self(self.0.header("content-type", "application/x-www-form-urlencoded").body(body))
    }

    pub fn query(self, fields: &[(&str, &str)]) -> Self {
        let (client, request) = self.0.build_split();
        let mut request = request.unwrap();
        request.url_mut().query_pairs_mut().extend_pairs(fields);
        Self(RequestBuilder::from_parts(client, request))
    }

    /// Opens a stream of events, which must answer 200.
    pub async fn listen(self) -> Stream {
        Stream::new(self.0.send().await.unwrap())
    }

    async fn send(self) -> Answer {
        let response = self.0.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Answer { status, headers, text, body }
    }
}

impl IntoFuture for Request {
    type Output = Answer;
    type IntoFuture = Pin<Box<dyn Future<Output = Answer>>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
    /// Null when the text is no JSON.
    pub body: Value,
}

impl Answer {
    /// The body of an answer that must have this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        self.body
    }

    /// Must be a problem of this status and code, whole in form; its body.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Value {
        assert_eq!((self.status, self.code()), (status, code), "{}", self.text);
        self.check_problem();
        self.body
    }

    /// The code of a problem; empty when it is none.
    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    /// A header's text; empty without it.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// That a refusal has the form of RFC 9457 and everything that clients rely on.
    #[track_caller]
    pub fn check_problem(&self) {
        assert_eq!(self.header("content-type"), "application/problem+json", "{} {}", self.status, self.text);
        assert_eq!(self.body["status"], self.status, "{}", self.text);
        for name in ["type", "title", "code", "detail", "request_id"] {
            let text = self.body[name].as_str().unwrap_or_default();
            assert!(!text.is_empty(), "{name} is missing: {}", self.text);
        }
        assert!(self.body["errors"].is_array(), "{}", self.text);
        assert_eq!(self.body["request_id"], self.header("x-request-id"));
    }
}
