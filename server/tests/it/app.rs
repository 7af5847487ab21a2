//! The site of one test: its router, its database, its people.

use ::app::shell::Assets;
use ::app::sign_in::{SetupToken, hash_password};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, Response, StatusCode, header};
use domain::access::{Actor, Role, Scope};
use domain::loan::LoanRecord;
use domain::mapping::ProfileFile;
use domain::money::Currency;
use domain::preview::FilePreview;
use domain::team::Portfolio;
use domain::track::Track;
use domain::upload::{Upload, UploadState};
use server::channels::WebhookSecret;
use server::clock;
use server::http::{Site, router};
use server::jobs::run_until_idle;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Once, OnceLock};
use store::Store;
use store::uploads::Next;
use store::users::NewUser;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, OwnedMutexGuard};
use tower::ServiceExt;

pub(crate) const PASSWORD: &str = "correct horse battery";
pub(crate) const SETUP_TOKEN: &str = "token-of-this-test";
/// What the SMS gateway signs with.
pub(crate) const WEBHOOK_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
/// A test that waits longer than this fails instead of waiting for ever.
const PATIENCE: std::time::Duration = std::time::Duration::from_mins(1);
const HOST: &str = "site.test";
/// The type of a form with a file.
pub(crate) const FILE_TYPE: &str = "multipart/form-data; boundary=limit";

/// How many panics there were on threads that the site started; those of tests are told by the tests.
static PANICS: AtomicUsize = AtomicUsize::new(0);

fn count_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let is_test = std::thread::current().name().is_some_and(|name| name.contains("::"));
            PANICS.fetch_add(usize::from(!is_test), Ordering::Relaxed);
            before(panic);
        }));
    });
}

/// The site of one test. Dropping it fails the test where a job was left undone or anything panicked.
pub(crate) struct TestApp {
    pub(crate) store: Store,
    router: Router,
    folder: TempDir,
    _turn: OwnedMutexGuard<()>,
}

/// Tests take turns. Pages render on threads that the process has once, whatever runtime asks; with several
/// runtimes at once, as no server has, a page was seen to wait for ever.
static TURN: LazyLock<Arc<Mutex<()>>> = LazyLock::new(Arc::default);

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) location: Option<String>,
    pub(crate) cookie: Option<String>,
    /// The content security policy.
    pub(crate) policy: Option<String>,
    pub(crate) text: String,
}

impl TestApp {
    /// A site on which nobody has been yet.
    pub(crate) async fn new() -> Self {
        Self::start(SetupToken::new(Some(SETUP_TOKEN.to_owned()))).await
    }

    async fn start(setup_token: SetupToken) -> Self {
        count_panics();
        let turn = TURN.clone().lock_owned().await;
        let folder = TempDir::new().unwrap();
        let store = Store::connect(&format!("sqlite://{}/test.db?mode=rwc", folder.path().display())).await.unwrap();
        store.migrate().await.unwrap();
        let router = router(Site {
            store: store.clone(),
            assets: Assets::default(),
            folder: folder.path().to_owned(),
            setup_token,
            uploads: folder.path().join("uploads"),
            upload_bytes_max: 2_000_000,
            secure_cookies: false,
            webhook_secret: Some(WebhookSecret::read(WEBHOOK_SECRET).unwrap()),
        });
        Self { store, router, folder, _turn: turn }
    }

    /// A site with a portfolio and a person of each role; agents work the legal track.
    pub(crate) async fn with_people() -> (Self, Portfolio) {
        let app = Self::start(SetupToken::default()).await;
        let portfolio =
            store::portfolios::create(&app.store, Actor::CommandLine, "Test", Currency::USD, false, clock::now())
                .await
                .unwrap();
        let teams = store::teams::list(&app.store, Scope::whole(portfolio.id)).await.unwrap();
        for role in Role::ALL {
            let team = (role == Role::Agent).then(|| teams.iter().find(|team| team.track == Track::Legal).unwrap().id);
            let new = NewUser {
                email: email(role),
                name: role.label().to_owned(),
                role,
                password_hash: password_hash().to_owned(),
                portfolio: portfolio.id,
                team,
            };
            store::users::create(&app.store, Actor::CommandLine, new, clock::now()).await.unwrap();
        }
        (app, portfolio)
    }

    /// Signs a person in; gives the cookie.
    pub(crate) async fn sign_in(&self, role: Role) -> String {
        let answer = self.sign_in_with(&email(role), PASSWORD).await;
        answer.cookie.unwrap_or_else(|| panic!("{role:?} is not let in: {}", answer.text))
    }

    pub(crate) async fn sign_in_with(&self, email: &str, password: &str) -> Answer {
        let form = [("email", email), ("password", password), ("next", "")];
        self.post_form("/fn/sign_in", None, &form).await
    }

    /// Opens a page as a browser does.
    pub(crate) async fn page(&self, path: &str, cookie: Option<&str>) -> Answer {
        self.send(Self::request("GET", path, cookie).header(header::ACCEPT, "text/html").body(Body::empty()).unwrap())
            .await
    }

    /// Asks as a program does.
    pub(crate) async fn get(&self, path: &str, cookie: Option<&str>) -> Answer {
        self.send(Self::request("GET", path, cookie).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn post_form(&self, path: &str, cookie: Option<&str>, form: &[(&str, &str)]) -> Answer {
        let body: Vec<String> = form
            .iter()
            .map(|(name, value)| format!("{name}={}", value.replace(' ', "+").replace('@', "%40")))
            .collect();
        let request =
            Self::request("POST", path, cookie).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(body.join("&"))).unwrap()).await
    }

    pub(crate) async fn post_json(&self, path: &str, cookie: Option<&str>, body: &str) -> Answer {
        let request = Self::request("POST", path, cookie).header(header::CONTENT_TYPE, "application/json");
        self.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    /// Sends a file as the script of the page does.
    pub(crate) async fn send_file(&self, cookie: Option<&str>, name: &str, content: &[u8]) -> Answer {
        self.send_form("*/*", cookie, file_body(name, content)).await
    }

    /// Sends several files as one upload, and loads them as their columns suggest.
    pub(crate) async fn load_bundle(&self, scope: Scope, cookie: &str, files: &[(&str, &str)]) -> Upload {
        let part = |(name, content): &(&str, &str)| {
            String::from_utf8(file_body(name, content.as_bytes())).unwrap().replace("--limit--\r\n", "")
        };
        let body = format!("{}--limit--\r\n", files.iter().map(part).collect::<String>());
        assert_eq!(self.send_form("*/*", Some(cookie), body.into_bytes()).await.status, StatusCode::CREATED);
        let upload = store::uploads::list(&self.store, scope, 1).await.unwrap().remove(0);
        if upload.state == UploadState::Received {
            let previews = store::uploads::previews(&self.store, scope, upload.id).await.unwrap();
            let read = |file: &FilePreview| {
                vec![ProfileFile { name: String::new(), mapping: file.preview.as_ref().unwrap().mapping() }]
            };
            let readings: Vec<_> = previews.iter().map(read).collect();
            let (actor, now) = (Actor::CommandLine, ::server::clock::now());
            store::uploads::confirm(&self.store, actor, scope, upload.id, &readings, None, Next::Import, now)
                .await
                .unwrap();
        }
        self.work().await;
        store::uploads::get(&self.store, scope, upload.id).await.unwrap()
    }

    /// Sends a form with a file; browsers without scripts accept "text/html".
    pub(crate) async fn send_form(&self, accept: &str, cookie: Option<&str>, body: Vec<u8>) -> Answer {
        let request = Self::request("POST", "/uploads/receive", cookie)
            .header(header::ACCEPT, accept)
            .header(header::CONTENT_TYPE, FILE_TYPE);
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// Listens for real connections as long as the test runs.
    pub(crate) async fn listen(&self) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(axum::serve(listener, self.router.clone()).into_future());
        address
    }

    pub(crate) fn request(method: &str, path: &str, cookie: Option<&str>) -> axum::http::request::Builder {
        let request = Request::builder().method(method).uri(path).header(header::HOST, HOST);
        match cookie {
            Some(cookie) => request.header(header::COOKIE, cookie),
            None => request,
        }
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let asked = self.router.clone().oneshot(request);
        let answer: Response<Body> = tokio::time::timeout(PATIENCE, asked).await.expect("an answer in time").unwrap();
        let text = |name| answer.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let (location, cookie) = (text(header::LOCATION), text(header::SET_COOKIE));
        let policy = text(header::CONTENT_SECURITY_POLICY);
        let status = answer.status();
        let bytes = to_bytes(answer.into_body(), 16_000_000).await.unwrap();
        let cookie = cookie.and_then(|cookie| cookie.split(';').next().map(str::to_owned));
        Answer { status, location, cookie, policy, text: String::from_utf8_lossy(&bytes).into_owned() }
    }

    /// Where another program finds the database.
    pub(crate) fn database_url(&self) -> String {
        format!("sqlite://{}/test.db", self.folder.path().display())
    }

    /// Runs all jobs that wait.
    pub(crate) async fn work(&self) {
        run_until_idle(&self.store).await;
    }

    /// The files that lie in the folder for uploads.
    pub(crate) fn files(&self) -> usize {
        std::fs::read_dir(self.folder.path().join("uploads")).map_or(0, Iterator::count)
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        assert_eq!(PANICS.load(Ordering::Relaxed), 0, "something panicked; where, stands above");
        let store = self.store.clone();
        let left = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move { store::jobs::claim(&store, "after-the-test").await.unwrap() })
        });
        let left = left.join().unwrap();
        assert!(left.is_none(), "a job was left undone: {left:?}");
    }
}

pub(crate) fn email(role: Role) -> String {
    format!("{}@site.test", role.code())
}

/// Hashing takes its time, so the tests share one.
fn password_hash() -> &'static str {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| hash_password(PASSWORD).unwrap())
}

/// A form with a file.
pub(crate) fn file_body(name: &str, content: &[u8]) -> Vec<u8> {
    let start = format!(
        "--limit\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/csv\r\n\r\n"
    );
    [start.as_bytes(), content, b"\r\n--limit--\r\n"].concat()
}

/// Made-up loans as a file.
pub(crate) fn loan_file(loans: &[LoanRecord]) -> Vec<u8> {
    ingest::write::loans(loans, Currency::USD).unwrap()
}
