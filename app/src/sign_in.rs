//! Signing in and out: passwords by argon2id, sessions by tower-sessions through axum-login.

use crate::error::AppError;
use crate::guard::{answer, explain, store};
use argon2::Argon2;
use argon2::password_hash::rand_core::OsRng;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use axum_login::{AuthSession, AuthUser, AuthnBackend, UserId};
use chrono::{DateTime, Utc};
use domain::access::{Actor, PASSWORD_LENGTH_MIN, SignedIn};
use domain::money::Currency;
use leptos::prelude::{expect_context, use_context};
use std::sync::{Arc, Mutex, PoisonError};
use store::users::{FAILED_ATTEMPTS_MAX, LOCK_MINUTES};
use store::{Store, StoreError};

/// Longer ones would only serve to keep the server busy.
pub const PASSWORD_LENGTH_MAX: usize = 256;

/// A person with what ties sessions to the current password: changing it ends them all.
#[derive(Clone, Debug)]
pub struct Account {
    pub person: SignedIn,
    password_hash: String,
}

impl AuthUser for Account {
    type Id = i64;

    fn id(&self) -> i64 {
        self.person.id.0
    }

    fn session_auth_hash(&self) -> &[u8] {
        self.password_hash.as_bytes()
    }
}

/// What a person types to sign in, and when.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub email: String,
    pub password: String,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Debug)]
pub struct Accounts {
    store: Store,
}

impl Accounts {
    pub fn new(store: Store) -> Self {
        Self { store }
    }
}

impl AuthnBackend for Accounts {
    type User = Account;
    type Credentials = Attempt;
    type Error = StoreError;

    /// Nobody, whether there is no such account, the password is wrong, or the account is locked: the answer must not
    /// tell who has an account.
    async fn authenticate(&self, attempt: Attempt) -> Result<Option<Account>, StoreError> {
        let found = store::users::find_for_sign_in(&self.store, &attempt.email).await?;
        let is_locked = found.as_ref().and_then(|found| found.locked_until).is_some_and(|until| until > attempt.at);
        let hash = found.as_ref().map(|found| found.password_hash.clone());
        let matches = verify(attempt.password, hash).await;
        match found {
            Some(_) if is_locked => Ok(None),
            Some(found) if matches => {
                store::users::record_sign_in(&self.store, found.user.id, attempt.at).await?;
                Ok(Some(Account { person: found.user, password_hash: found.password_hash }))
            }
            Some(found) => {
                let locked_until = store::users::record_failed_sign_in(&self.store, found.user.id, attempt.at).await?;
                if let Some(until) = locked_until {
                    tracing::warn!(user = %found.user.id, %until, "an account is locked after too many wrong passwords");
                }
                Ok(None)
            }
            None => Ok(None),
        }
    }

    async fn get_user(&self, id: &UserId<Self>) -> Result<Option<Account>, StoreError> {
        let found = store::users::find_account(&self.store, domain::id::UserId(*id)).await?;
        Ok(found.map(|found| Account { person: found.user, password_hash: found.password_hash }))
    }
}

/// Checks a password against its hash. Where there is no such person, the same work is done, so
/// that the time taken does not tell who has an account.
async fn verify(password: String, hash: Option<String>) -> bool {
    let work = tokio::task::spawn_blocking(move || {
        if let Some(hash) = hash {
            let matches =
                |hash: PasswordHash<'_>| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok();
            PasswordHash::new(&hash).is_ok_and(matches)
        } else {
            let _ = hash_password(&password);
            false
        }
    });
    work.await.unwrap_or(false)
}

/// The argon2id hash of a password, in PHC string format. Takes tens of milliseconds of CPU.
///
/// # Errors
/// Where the parameters or the salt are refused, which they are not.
pub fn hash_password(password: &str) -> Result<String, argon2::password_hash::Error> {
    let salt = SaltString::generate(&mut OsRng);
    Ok(Argon2::default().hash_password(password.as_bytes(), &salt)?.to_string())
}

/// When the request came in; the server's clock is read in one place only.
#[derive(Clone, Copy, Debug)]
pub struct RequestTime(pub DateTime<Utc>);

/// The moment of the request that is being answered.
pub fn now() -> DateTime<Utc> {
    expect_context::<RequestTime>().0
}

/// The secret of the one-time link by which the first administrator is created. Empty once there is one.
#[derive(Clone, Debug, Default)]
pub struct SetupToken(Arc<Mutex<Option<String>>>);

impl SetupToken {
    pub fn new(token: Option<String>) -> Self {
        Self(Arc::new(Mutex::new(token)))
    }

    /// Whether the first administrator is still to come, as far as this process knows.
    pub fn is_unspent(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    fn opens_with(&self, token: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).as_deref() == Some(token)
    }

    fn spend(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// What the form of the first start holds.
#[derive(Clone, Debug)]
pub struct FirstStart {
    pub token: String,
    pub portfolio: String,
    pub currency: String,
    pub name: String,
    pub email: String,
    pub password: String,
}

/// Checks who signs in, and starts their session.
///
/// # Errors
/// `Invalid` where email and password do not match, and while the account is locked.
pub async fn start_session(email: String, password: String) -> Result<SignedIn, AppError> {
    if password.chars().count() > PASSWORD_LENGTH_MAX || email.len() > 256 {
        return Err(mismatch());
    }
    let mut session = session()?;
    let account =
        session.authenticate(Attempt { email, password, at: now() }).await.map_err(refused)?.ok_or_else(mismatch)?;
    session.login(&account).await.map_err(refused)?;
    Ok(account.person)
}

/// Ends the session, if there is one.
pub async fn end_session() -> Result<(), AppError> {
    session()?.logout().await.map_err(refused)?;
    Ok(())
}

/// Creates the portfolio and its first administrator, and starts their session.
///
/// # Errors
/// `Forbidden` without the right token, `Invalid` where a field is, `Conflict` where somebody was faster.
pub async fn set_up(form: FirstStart) -> Result<SignedIn, AppError> {
    let token = expect_context::<SetupToken>();
    if !token.opens_with(&form.token) {
        return Err(answer(AppError::Invalid(
            "This link is not valid any more. Restart the server to get a new one, or sign in.".to_owned(),
        )));
    }
    let invalid = |message: &str| answer(AppError::Invalid(message.to_owned()));
    let currency = Currency::find(&form.currency).ok_or_else(|| invalid("Currency: choose one of the list."))?;
    for (label, value) in [("Portfolio name", &form.portfolio), ("Your name", &form.name), ("Email", &form.email)] {
        if value.trim().is_empty() || value.len() > 256 || value.contains(char::is_control) {
            return Err(invalid(&format!("{label}: enter 1 to 256 characters.")));
        }
    }
    if !form.email.contains('@') {
        return Err(invalid("Email: enter an address with an @."));
    }
    if !(PASSWORD_LENGTH_MIN..=PASSWORD_LENGTH_MAX).contains(&form.password.chars().count()) {
        return Err(invalid(&format!("Password: enter {PASSWORD_LENGTH_MIN} to {PASSWORD_LENGTH_MAX} characters.")));
    }
    let password = form.password.clone();
    let password_hash =
        tokio::task::spawn_blocking(move || hash_password(&password)).await.map_err(failed)?.map_err(failed)?;
    let first = store::users::FirstAdmin {
        portfolio_name: form.portfolio.trim().to_owned(),
        currency,
        email: form.email.clone(),
        name: form.name.trim().to_owned(),
        password_hash,
    };
    store::users::create_first_admin(&store(), Actor::Visitor, first, now()).await.map_err(explain)?;
    token.spend();
    start_session(form.email, form.password).await
}

fn session() -> Result<AuthSession<Accounts>, AppError> {
    let parts = use_context::<http::request::Parts>();
    parts
        .and_then(|parts| parts.extensions.get::<AuthSession<Accounts>>().cloned())
        .ok_or_else(|| failed("no session layer"))
}

fn mismatch() -> AppError {
    answer(AppError::Invalid(format!(
        "Email and password do not match. After {FAILED_ATTEMPTS_MAX} wrong passwords in a row an account is locked for \
         {LOCK_MINUTES} minutes."
    )))
}

fn refused(error: axum_login::Error<Accounts>) -> AppError {
    match error {
        axum_login::Error::Backend(error) => explain(error),
        axum_login::Error::Session(error) => failed(error),
    }
}

fn failed(error: impl std::fmt::Display) -> AppError {
    crate::guard::internal(&error)
}
