//! A database of its own for each test.

use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, FromQueryResult, JsonValue, Statement};
use std::io::Write;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Once};
use store::Store;
use tempfile::TempDir;

/// An empty database. Clones are the same one.
#[derive(Clone)]
pub(crate) struct TestDatabase {
    pub(crate) url: String,
    pub(crate) store: Store,
    /// To look at, and to tamper with, what the store keeps to itself.
    pub(crate) raw: DatabaseConnection,
    schema: Option<String>,
    _folder: Option<Arc<TempDir>>,
}

static SCHEMAS: AtomicU32 = AtomicU32::new(0);
static SAY_SKIPPED: Once = Once::new();

impl TestDatabase {
    pub(crate) async fn sqlite() -> Self {
        let folder = TempDir::new().unwrap();
        // The store makes the folder.
        let url = format!("sqlite://{}/new/folder/test.db?mode=rwc", folder.path().display());
        let store = Store::connect(&url).await.unwrap();
        let raw = Database::connect(&url).await.unwrap();
        Self { url, store, raw, schema: None, _folder: Some(Arc::new(folder)) }
    }

    /// A schema of its own in the PostgreSQL database that the environment names, if it names one.
    #[expect(clippy::disallowed_methods, reason = "a test has no command line of its own")]
    pub(crate) async fn postgres() -> Option<Self> {
        let Ok(server) = std::env::var("TEST_POSTGRES_URL") else {
            // Past the test runner's capture, which would hide it, and once.
            SAY_SKIPPED.call_once(|| {
                let line = b"The PostgreSQL half of the store's tests is skipped: TEST_POSTGRES_URL is not set.\n";
                std::io::stderr().write_all(line).unwrap();
            });
            return None;
        };
        let schema = format!("test_{}_{}", std::process::id(), SCHEMAS.fetch_add(1, Ordering::Relaxed));
        let admin = Database::connect(&server).await.unwrap();
        admin.execute_unprepared(&format!("CREATE SCHEMA {schema}")).await.unwrap();
        admin.close().await.unwrap();
        let url = format!("{server}?options[search_path]={schema}");
        let store = Store::connect(&url).await.unwrap();
        let raw = Database::connect(&url).await.unwrap();
        Some(Self { url, store, raw, schema: Some(schema), _folder: None })
    }

    /// Runs a test to its end, and removes what it left, whatever the end was.
    pub(crate) async fn run<T: Future<Output = ()> + Send + 'static>(self, test: impl FnOnce(Self) -> T) {
        let outcome = tokio::spawn(test(self.clone())).await;
        if let Some(schema) = &self.schema {
            self.raw.execute_unprepared(&format!("DROP SCHEMA {schema} CASCADE")).await.unwrap();
        }
        if let Err(error) = outcome {
            std::panic::resume_unwind(error.into_panic());
        }
    }

    pub(crate) fn backend(&self) -> DbBackend {
        self.raw.get_database_backend()
    }

    /// A second handle with connections of its own, as another process would have.
    pub(crate) async fn another_process(&self) -> Store {
        Store::connect(&self.url).await.unwrap()
    }

    pub(crate) async fn execute(&self, sql: &str) -> u64 {
        self.raw.execute_raw(Statement::from_string(self.backend(), sql)).await.unwrap().rows_affected()
    }

    /// The one number that a query gives.
    pub(crate) async fn number(&self, sql: &str) -> i64 {
        let row = self.raw.query_one_raw(Statement::from_string(self.backend(), sql)).await.unwrap().unwrap();
        row.try_get_by_index(0).unwrap()
    }

    /// The rows that a query gives.
    pub(crate) async fn rows(&self, sql: &str) -> Vec<JsonValue> {
        JsonValue::find_by_statement(Statement::from_string(self.backend(), sql)).all(&self.raw).await.unwrap()
    }

    /// All that imports have stored, to the last column.
    pub(crate) async fn dump(&self) -> Vec<(&'static str, Vec<JsonValue>)> {
        let mut tables = Vec::new();
        for table in STORED {
            tables.push((table, self.rows(&format!("SELECT * FROM {table} ORDER BY 1")).await));
        }
        tables
    }
}

/// The tables that imports write to, besides those about the files themselves.
const STORED: [&str; 13] = [
    "loan",
    "loan_history",
    "loan_arrears",
    "loan_paying",
    "upload_known_row",
    "borrower",
    "borrower_history",
    "borrower_protected",
    "borrower_protected_history",
    "borrower_contact",
    "borrower_contact_history",
    "payment",
    "upload_chunk",
];

/// Makes a test for each database of each body `async fn name(db: TestDatabase)`.
macro_rules! on_both_databases {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                crate::harness::TestDatabase::sqlite().await.run(super::$name).await;
            })+
        }

        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                if let Some(database) = crate::harness::TestDatabase::postgres().await {
                    database.run(super::$name).await;
                }
            })+
        }
    };
}
pub(crate) use on_both_databases;
