//! Passkeys as the database keeps them: one credential is one user's, and of two uses of one state one counts.

use chrono::{DateTime, Utc};
use domain::id::{PasskeyId, UserId};
use domain::passkey::MOST;
use domain::rejection::Code;
use futures_util::future::join_all;
use serde_json::json;
use store::accounts::{self, Origin};
use store::passkeys::{self, Passkey};
use store::{Error, Store};
use testkit::{Salon, TestApp};

fn passkey(user_id: UserId, credential_id: u8, now: DateTime<Utc>) -> Passkey {
    Passkey {
        user_id,
        id: PasskeyId::mint(now),
        name: "Phone".to_owned(),
        credential_id: vec![credential_id; 16],
        credential: json!({"counter": 1}),
        alone: true,
        created_at: now,
        last_used_at: None,
    }
}

/// Whether the recovery codes are new.
async fn add(store: &Store, salon: &Salon<'_>, passkey: &Passkey) -> Result<bool, Error> {
    let door = store.accounts();
    door.transaction(salon.id, async |tx| {
        passkeys::add(tx, passkey, &[[7; 32]], &Origin::default(), passkey.created_at).await
    })
    .await
}

async fn list(store: &Store, user_id: UserId) -> Vec<Passkey> {
    store.identity().statement(async |tx| passkeys::list(tx, user_id).await).await.unwrap()
}

async fn remove(store: &Store, salon: &Salon<'_>, user_id: UserId, id: PasskeyId) -> Result<(), Error> {
    let (door, now) = (store.accounts(), salon.app.now());
    door.transaction(salon.id, async |tx| passkeys::remove(tx, user_id, id, &Origin::default(), now).await)
        .await
}

#[tokio::test]
async fn a_credential_is_one_users() {
    let app = TestApp::start().await.ignore_jobs();
    let (salon, other) = (app.tenant("salon").await, app.tenant("other").await);
    let store = app.doors(2);
    add(&store, &salon, &passkey(salon.owner, 1, app.now())).await.unwrap();
    for taken in [passkey(salon.owner, 1, app.now()), passkey(other.owner, 1, app.now())] {
        let refused = add(&store, &salon, &taken).await.unwrap_err();
        assert_eq!(refused.code(), Some(Code::PasskeyExists));
    }
    let found = async |id: u8| {
        let door = store.identity();
        door.statement(async |tx| passkeys::find_by_credential(tx, &[id; 16]).await).await.unwrap()
    };
    assert_eq!(found(1).await.unwrap().user_id, salon.owner);
    assert!(found(2).await.is_none());
    assert!(list(&store, other.owner).await.is_empty());
}

#[tokio::test]
async fn nobody_changes_or_removes_anothers() {
    let app = TestApp::start().await;
    let (salon, other) = (app.tenant("salon").await, app.tenant("other").await);
    app.run_jobs().await;
    let store = app.doors(2);
    let own = passkey(salon.owner, 1, app.now());
    add(&store, &salon, &own).await.unwrap();
    let rename = async |user_id: UserId| {
        let door = store.identity();
        door.transaction(async |tx| passkeys::rename(tx, user_id, own.id, "Laptop").await).await
    };
    assert_eq!(rename(other.owner).await.unwrap_err().code(), Some(Code::NotFound));
    let refused = remove(&store, &other, other.owner, own.id).await.unwrap_err();
    assert_eq!(refused.code(), Some(Code::NotFound));
    assert_eq!(list(&store, salon.owner).await[0].name, "Phone");
    rename(salon.owner).await.unwrap();
    assert_eq!(list(&store, salon.owner).await[0].name, "Laptop");
    app.run_jobs().await;
    assert_eq!(app.mails().await.last().unwrap().subject, "A passkey was added");
    remove(&store, &salon, salon.owner, own.id).await.unwrap();
    assert!(list(&store, salon.owner).await.is_empty());
    app.run_jobs().await;
    assert_eq!(app.mails().await.last().unwrap().subject, "A passkey was removed");
}

#[tokio::test]
async fn of_many_uses_of_one_state_one_counts() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let store = app.doors(6);
    add(&store, &salon, &passkey(salon.owner, 1, app.now())).await.unwrap();
    let read = list(&store, salon.owner).await.remove(0);
    let (next, now) = (json!({"counter": 2}), app.now());
    let note = async || {
        let door = store.identity();
        door.transaction(async |tx| passkeys::note_use(tx, &read, &next, now).await).await.unwrap()
    };
    let used = join_all((0..6).map(|_| note())).await;
    assert_eq!(used.into_iter().filter(|used| *used).count(), 1);
    let after = list(&store, salon.owner).await.remove(0);
    assert_eq!((after.credential, after.last_used_at), (json!({"counter": 2}), Some(now)));
    remove(&store, &salon, salon.owner, read.id).await.unwrap();
    assert!(!note().await);
}

#[tokio::test]
async fn there_are_no_more_than_the_most_whoever_adds_at_the_same_moment() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    let store = app.doors(6);
    for at in 1..MOST {
        let at = u8::try_from(at).unwrap();
        add(&store, &salon, &passkey(salon.owner, at, app.now())).await.unwrap();
    }
    let last: Vec<_> = (100..106).map(|at| passkey(salon.owner, at, app.now())).collect();
    let added = join_all(last.iter().map(|passkey| add(&store, &salon, passkey))).await;
    assert_eq!(added.iter().filter(|added| added.is_ok()).count(), 1);
    let refused = added.into_iter().filter_map(Result::err);
    assert!(refused.into_iter().all(|error| error.code() == Some(Code::TooManyOfThese)));
    assert_eq!(list(&store, salon.owner).await.len(), MOST);
}

#[tokio::test]
async fn they_go_with_their_user() {
    let app = TestApp::start().await.ignore_jobs();
    let salon = app.tenant("salon").await;
    // Whom no tenant has among its staff.
    let (user, store) = (app.operator().await.id, app.doors(2));
    add(&store, &salon, &passkey(user, 1, app.now())).await.unwrap();
    store.identity().statement(async |tx| accounts::remove(tx, user).await).await.unwrap();
    assert!(list(&store, user).await.is_empty());
}
