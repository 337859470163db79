//! A browser without a script: it keeps cookies, follows redirects, and fills the forms it finds.

use std::collections::BTreeMap;

use domain::access::Role;
use reqwest::header::HeaderMap;
use reqwest::{Client, redirect};
use serde_json::Value;

use crate::app::TestApp;
use crate::html::{Control, Form, forms};
use crate::request::{Answer, Request};
use crate::salon::Salon;

/// Somebody's browser, and the page it shows.
pub struct Browser<'a> {
    app: &'a TestApp,
    client: Client,
    pub cookies: BTreeMap<String, String>,
    /// Of the page it shows: path and query.
    pub address: String,
    pub page: Answer,
}

impl<'a> Browser<'a> {
    /// One that has been nowhere.
    pub fn new(app: &'a TestApp) -> Self {
        let client = Client::builder().no_proxy().redirect(redirect::Policy::none()).build().unwrap();
        let page = Answer { status: 0, headers: HeaderMap::new(), text: String::new(), body: Value::Null };
        Self { app, client, cookies: BTreeMap::new(), address: "/".to_owned(), page }
    }

    /// One whose user signed in as the owner of the salon.
    pub async fn of(salon: &Salon<'a>) -> Self {
        let mut browser = Self::new(salon.app);
        browser.sign_in(&salon.email, &salon.password).await;
        assert_eq!((browser.page.status, browser.address.as_str()), (200, "/app"), "{}", browser.page.text);
        browser
    }

    /// One in which somebody new is signed in who is a member with this role.
    pub async fn member(salon: &Salon<'a>, role: Role) -> Self {
        let token = salon.member(role).await;
        let session = salon.app.state.tokens.verify(&token, salon.app.now()).unwrap().sid;
        let cookie = api::tokens::random_token();
        let (hash, sql) = (api::tokens::hash(&cookie), "UPDATE sessions SET token_hash = $2 WHERE id = $1");
        salon.app.database.admin().await.execute(sql, &[&session.0, &hash.as_slice()]).await.unwrap();
        let mut browser = Self::new(salon.app);
        browser.cookies.insert(api::cookies::SESSION.to_owned(), cookie);
        browser
    }

    pub async fn sign_in(&mut self, email: &str, password: &str) -> &Answer {
        self.open("/login").await;
        self.submit("/login", &[("email", email), ("password", password)]).await
    }

    /// Opens an address, in English unless it says otherwise.
    pub async fn open(&mut self, address: &str) -> &Answer {
        let request = self.request("GET", address);
        self.follow(address.to_owned(), request).await
    }

    /// Sends the form of the page with this action, filled with `fields` where they differ from what stands there. An
    /// empty value leaves a box unchecked.
    pub async fn submit(&mut self, action: &str, fields: &[(&str, &str)]) -> &Answer {
        self.send(action, None, fields).await
    }

    /// The same by the button of this name and value.
    pub async fn press(&mut self, action: &str, button: (&str, &str), fields: &[(&str, &str)]) -> &Answer {
        self.send(action, Some(button), fields).await
    }

    async fn send(&mut self, action: &str, button: Option<(&str, &str)>, fields: &[(&str, &str)]) -> &Answer {
        let form = self.form(action);
        let mut pairs: Vec<(String, String)> = Vec::new();
        for Control { name, value, is_sent, .. } in &form.controls {
            if *is_sent && !fields.iter().any(|(given, _)| given == name) {
                pairs.push((name.clone(), value.clone()));
            }
        }
        for (name, value) in fields {
            let mut there = form.controls.iter().filter(|control| control.name == *name).peekable();
            assert!(there.peek().is_some(), "the form {action} has no {name}: {}", self.page.text);
            if !value.is_empty() || !there.all(|control| control.is_box) {
                pairs.push(((*name).to_owned(), (*value).to_owned()));
            }
        }
        if let Some((name, value)) = button {
            let is_there = form.buttons.contains(&(name.to_owned(), value.to_owned()));
            assert!(is_there, "the form {action} has no button {name}={value}: {:?}", form.buttons);
            pairs.push((name.to_owned(), value.to_owned()));
        }
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (&**name, &**value)).collect();
        let address = form.action.clone();
        let request = if form.is_post {
            self.request("POST", &address).header("sec-fetch-site", "same-origin").form(&pairs)
        } else {
            self.request("GET", &address).query(&pairs)
        };
        self.follow(address, request).await
    }

    /// The form of the page with this action.
    #[track_caller]
    pub fn form(&self, action: &str) -> Form {
        let found = forms(&self.page.text).into_iter().find(|form| form.action == action);
        found.unwrap_or_else(|| panic!("{} has no form {action}: {}", self.address, self.page.text))
    }

    /// What stands in an input of the page.
    #[track_caller]
    pub fn value(&self, action: &str, name: &str) -> String {
        let form = self.form(action);
        let mut sent = form.controls.into_iter().filter(|control| control.name == name && control.is_sent);
        sent.next().map(|control| control.value).unwrap_or_default()
    }

    /// A request with the browser's cookies and nothing else, not even a token.
    pub fn request(&self, method: &str, address: &str) -> Request {
        let url = format!("{}{address}", self.app.url());
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = Request(self.client.request(method.parse().unwrap(), url))
            .header("accept", "text/html")
            .header("accept-language", "en");
        if cookies.is_empty() { request } else { request.header("cookie", &cookies.join("; ")) }
    }

    async fn follow(&mut self, address: String, request: Request) -> &Answer {
        let mut address = address;
        let mut answer = request.await;
        for _ in 0..5 {
            self.keep(&answer);
            if !matches!(answer.status, 301..=303 | 307 | 308) {
                break;
            }
            address = answer.header("location").to_owned();
            answer = self.request("GET", &address).await;
        }
        self.keep(&answer);
        self.address = address;
        self.page = answer;
        &self.page
    }

    pub(crate) fn keep(&mut self, answer: &Answer) {
        for cookie in answer.headers.get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            let (pair, attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
            let (name, value) = pair.split_once('=').unwrap();
            if value.is_empty() || attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}
