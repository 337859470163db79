//! Who looks after the platform.

use domain::contact::Email;
use domain::locale::Locale;
use domain::password;
use serde_json::json;
use store::users::{self, User};

use crate::app::TestApp;
use crate::browser::Browser;

/// An operator, who is a member of nothing, signed in as a client of the API.
pub struct Operator {
    pub id: domain::id::UserId,
    pub email: String,
    pub password: String,
    pub token: String,
}

impl TestApp {
    /// Makes an operator as `harmony operator create` does.
    pub async fn operator(&self) -> Operator {
        let (email, secret) = ("olivia@harmony.example", "the secret of Olivia");
        let hash = password::hash(secret, [7; 16]);
        let user =
            User::new(&Email::parse(email).unwrap(), "Olivia Operator".to_owned(), Locale::En, self.now());
        let (id, now) = (user.id, self.now());
        let made: store::Result<()> = self
            .store
            .identity()
            .transaction(async |tx| {
                users::add(tx, &user, &hash).await?;
                users::make_operator(tx, id, now).await
            })
            .await;
        made.unwrap();
        let body = json!({"email": email, "password": secret});
        let signed_in = self.post("/auth/login").json(&body).await.expect(200);
        Operator {
            id,
            email: email.to_owned(),
            password: secret.to_owned(),
            token: signed_in["access_token"].as_str().unwrap().to_owned(),
        }
    }
}

impl Operator {
    /// Their browser, on the console.
    pub async fn browser<'a>(&self, app: &'a TestApp) -> Browser<'a> {
        let mut browser = Browser::new(app);
        browser.sign_in(&self.email, &self.password).await;
        assert_eq!(
            (browser.page.status, browser.address.as_str()),
            (200, "/ops/queues"),
            "{}",
            browser.page.text
        );
        browser
    }
}
