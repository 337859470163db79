//! Who looks after the platform.

use domain::contact::Email;
use domain::locale::Locale;
use domain::password;
use domain::second_factor::{SECRET_LEN, SharedSecret, place};
use serde_json::{Value, json};
use store::second_factors;
use store::users::{self, User};

use crate::app::TestApp;
use crate::browser::Browser;

/// What their app was given.
const SECRET: &[u8; SECRET_LEN] = b"known to her app too";

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
        let sealed = self.state.vault.seal(&place(id), SECRET).unwrap();
        let made: store::Result<()> = self
            .store
            .identity()
            .transaction(async |tx| {
                users::add(tx, &user, &hash).await?;
                second_factors::set_up(tx, id, &sealed, &[], now).await?;
                users::make_operator(tx, id, now).await
            })
            .await;
        made.unwrap();
        let (email, password) = (email.to_owned(), secret.to_owned());
        let operator = Operator { id, email, password, token: String::new() };
        let signed_in = operator.sign_in(self).await;
        Operator { token: signed_in["access_token"].as_str().unwrap().to_owned(), ..operator }
    }
}

impl Operator {
    /// Signs them in once more, as a client of the API: the answer.
    pub async fn sign_in(&self, app: &TestApp) -> Value {
        let code = self.code(app).await;
        let body = json!({"email": self.email, "password": self.password, "totp_code": code});
        app.post("/auth/login").json(&body).await.expect(200)
    }

    /// What their app shows now, good once more: tests sign in more often than that changes.
    pub async fn code(&self, app: &TestApp) -> String {
        let sql = "UPDATE totp_secrets SET last_step = 0 WHERE user_id = $1";
        app.database.admin().await.execute(sql, &[&self.id.0]).await.unwrap();
        SharedSecret::new(SECRET, &self.email).unwrap().code(app.now()).unwrap()
    }

    /// Their browser, on the console.
    pub async fn browser<'a>(&self, app: &'a TestApp) -> Browser<'a> {
        let mut browser = Browser::new(app);
        browser.sign_in(&self.email, &self.password).await;
        browser.submit("/login/code", &[("code", &self.code(app).await)]).await;
        assert_eq!(
            (browser.page.status, browser.address.as_str()),
            (200, "/ops/queues"),
            "{}",
            browser.page.text
        );
        browser
    }
}
