//! Rejected payments without ids, mended and sent again: none is lost, none is doubled.

use crate::app::TestApp;
use domain::access::{Role, Scope};
use domain::upload::{Upload, UploadState};

struct Desk {
    app: TestApp,
    scope: Scope,
    cookie: String,
}

impl Desk {
    async fn load(&self, files: &[(&str, &str)]) -> Upload {
        self.app.load_bundle(self.scope, &self.cookie, files).await
    }

    /// The rejected rows of the first file, as they are handed out.
    async fn rejected(&self, upload: &Upload) -> String {
        let address = format!("/uploads/{}/files/{}/rejected", upload.id, upload.files[0].id);
        self.app.page(&address, Some(&self.cookie)).await.text
    }
}

fn tally(upload: &Upload) -> (i64, i64, i64) {
    assert_eq!(upload.state, UploadState::Imported, "{:?}", upload.message);
    let counts = upload.counts();
    (counts.added, counts.unchanged, counts.rejected)
}

const LOANS: &str = "loan id,loan amount\nC0,100\nC1,200\nC2,300\nC3,50\n";
const HEADER: &str = "loan id,payment id,payment date,payment amount\n";

async fn desk() -> Desk {
    let (app, portfolio) = TestApp::with_people().await;
    let cookie = app.sign_in(Role::Admin).await;
    let desk = Desk { app, scope: Scope::whole(portfolio.id), cookie };
    desk.load(&[("loans.csv", LOANS)]).await;
    desk
}

#[tokio::test]
async fn mended_payments_are_added_to_their_equals_once() {
    let desk = desk().await;
    let first = format!("{HEADER}C0,,2026-01-02,10\nC0,X,2026-01-02,10\nN1,,2026-01-02,10\nN2,,2026-01-02,10\n");
    let first = desk.load(&[("p1.csv", &first)]).await;
    assert_eq!(tally(&first), (2, 0, 2));
    // One of two is mended, the other one still wrong.
    let handed = desk.rejected(&first).await;
    assert_eq!(
        handed.lines().next(),
        Some("loan id,payment id,payment date,payment amount,Rejected because,Rejected row")
    );
    let mended = handed.replace("N1,", "C0,");
    let second = desk.load(&[("p2.csv", &mended)]).await;
    assert_eq!(tally(&second), (1, 0, 1));
    // Its own rejects are the same row, whose mended copies are one.
    let third = desk.rejected(&second).await.replace("N2,", "C0,");
    assert_eq!(third.lines().count(), 2);
    assert_eq!(tally(&desk.load(&[("p3.csv", &third)]).await), (1, 0, 0));
    let both = mended.replace("N2,", "C0,").replace('\n', "\r\n");
    assert_eq!(tally(&desk.load(&[("p4.csv", &both)]).await), (0, 2, 0));
    // The statement as it should have been holds nothing new.
    let whole = format!("{HEADER}C0,,2026-01-02,10\nC0,X,2026-01-02,10\nC0,,2026-01-02,10\nC0,,2026-01-02,10\n");
    assert_eq!(tally(&desk.load(&[("p5.csv", &whole)]).await), (0, 4, 0));
}

#[tokio::test]
async fn mended_rows_are_known_wherever_their_column_stands() {
    let desk = desk().await;
    let first = format!("{HEADER}C0,,2026-01-02,10\nN1,,2026-01-02,10\n");
    let first = desk.load(&[("p1.csv", &first)]).await;
    let handed = desk.rejected(&first).await;
    let mark = handed.lines().nth(1).unwrap().rsplit(',').next().unwrap().to_owned();
    let moved = format!("rejected row,loan id,payment date,payment amount,note\n{mark},C0,2026-01-02,10,\n");
    // A new file beside it has its own payment, and so has a row that somebody adds.
    let new = "loan id,payment date,payment amount\nC1,2026-01-02,10\n";
    let with_more = format!("{moved},C2,2026-01-02,10,\n");
    let upload = desk.load(&[("mended.csv", &with_more), ("new.csv", new)]).await;
    assert_eq!(tally(&upload), (3, 0, 0));
    assert_eq!(tally(&desk.load(&[("moved.csv", &moved)]).await), (0, 1, 0));
    for (name, mark) in [("Rejected_row", mark.clone()), ("rejected  row", mark.to_uppercase()), ("note", mark.clone())]
    {
        let renamed = format!("loan id,payment date,payment amount,{name}\nC0,2026-01-02,10,{mark}\n");
        assert_eq!(tally(&desk.load(&[("renamed.csv", &renamed)]).await), (0, 1, 0), "{name}");
    }
    // Whoever mends it another time as a payment of another loan is told.
    let moved_on = moved.replace("C0,", "C3,");
    assert_eq!(tally(&desk.load(&[("other.csv", &format!("{moved_on},C3,2026-01-09,1,\n"))]).await), (1, 0, 1));
}

/// The corrected statement and its mended rows are the same payments, in whichever order and form they come.
#[tokio::test]
async fn mended_rows_are_those_of_the_corrected_statement() {
    let statement = format!("{HEADER}C0,,2026-01-02,10\nN1,,2026-01-02,10\nC0,,2026-01-02,10\nN1,,2026-01-02,10\n");
    let corrected = statement.replace("N1,", "C0,");
    for order in ["corrected first", "mended first", "mended in parts", "together", "in another order"] {
        let desk = desk().await;
        let first = desk.load(&[("p1.csv", &statement)]).await;
        assert_eq!(tally(&first), (2, 0, 2), "{order}");
        // The same statement as another program writes it.
        let copy = desk.load(&[("p1-windows.csv", &statement.replace('\n', "\r\n"))]).await;
        assert_eq!(tally(&copy), (0, 2, 2), "{order}");
        let mended = desk.rejected(&first).await.replace("N1,", "C0,");
        let mended_copy = desk.rejected(&copy).await.replace("N1,", "C0,");
        let part = |text: &str, row: usize| {
            let lines: Vec<&str> = text.lines().collect();
            format!("{}\n{}\n", lines[0], lines[row])
        };
        let loads: Vec<Vec<(&str, String)>> = match order {
            "corrected first" => vec![vec![("c.csv", corrected.clone())], vec![("m.csv", mended.clone())]],
            "mended first" => vec![vec![("m.csv", mended.clone())], vec![("c.csv", corrected.clone())]],
            // The same rows with other columns first, handed out once more.
            "in another order" => {
                let turn = |line: &str| line.split(',').rev().collect::<Vec<_>>().join(",");
                let turned: Vec<String> = statement.lines().map(turn).collect();
                let turned = desk.load(&[("turned.csv", &format!("{}\n", turned.join("\n")))]).await;
                let turned = desk.rejected(&turned).await.replace(",N1,", ",C0,");
                vec![vec![("m1.csv", part(&mended, 1))], vec![("m2.csv", part(&turned, 2))]]
            }
            "mended in parts" => vec![vec![("m1.csv", part(&mended, 1))], vec![("m2.csv", part(&mended_copy, 2))]],
            _ => vec![vec![("m.csv", mended.clone()), ("c.csv", corrected.clone())]],
        };
        let mut added = 0;
        for files in loads.iter().chain([&vec![("again.csv", mended_copy.clone())]]) {
            let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
            added += tally(&desk.load(&files).await).0;
        }
        assert_eq!(added, 2, "{order}");
        assert_eq!(
            tally(&desk.load(&[("whole.csv", &format!("{corrected}C1,,2026-02-02,1\n"))]).await),
            (1, 4, 0),
            "{order}"
        );
    }
}

#[tokio::test]
async fn payments_of_loans_that_come_later_are_those_of_their_statement() {
    let desk = desk().await;
    let statement = format!("{HEADER}C0,,2026-01-02,10\nN1,,2026-01-02,10\nN1,,2026-01-02,10\n");
    let first = desk.load(&[("p1.csv", &statement)]).await;
    assert_eq!(tally(&first), (1, 0, 2));
    desk.load(&[("loans.csv", "loan id,loan amount\nN1,100\n")]).await;
    assert_eq!(tally(&desk.load(&[("again.csv", &desk.rejected(&first).await)]).await), (2, 0, 0));
    assert_eq!(tally(&desk.load(&[("whole.csv", &statement.replace('\n', "\r\n"))]).await), (0, 3, 0));
}

/// Two statements may have broken rows that look alike: each is a row of its own.
#[tokio::test]
async fn equal_broken_rows_of_two_statements_are_two() {
    let desk = desk().await;
    let statement = |day: &str, more: &str| format!("{HEADER}C0,,{day},10\n{more}C1,,,250\n");
    let first = desk.load(&[("jan.csv", &statement("2026-01-05", ""))]).await;
    let overlapping = statement("2026-01-05", "C1,,2026-01-31,250\nC2,,2026-02-01,5\n");
    let second = desk.load(&[("to-feb.csv", &overlapping)]).await;
    let third = desk.load(&[("mar.csv", &statement("2026-03-05", ""))]).await;
    assert_eq!([&first, &second, &third].map(tally), [(1, 0, 1), (2, 1, 1), (1, 0, 1)]);
    // That of January stood sound in the next statement, which has another one of the same day.
    for (upload, day, added) in [(&first, "2026-01-31", 0), (&second, "2026-01-31", 1), (&third, "2026-03-31", 1)] {
        let mended = desk.rejected(upload).await.replace("C1,,,250", &format!("C1,,{day},250"));
        assert_eq!(tally(&desk.load(&[("mended.csv", &mended)]).await), (added, 1 - added, 0), "{day}");
    }
    let whole = overlapping.replace("C1,,,250", "C1,,2026-01-31,250");
    assert_eq!(tally(&desk.load(&[("whole.csv", &whole)]).await), (0, 4, 0));
}

/// Enough sound rows for the dates to be known as such, and a broken one that equals one of them.
fn with_a_blank_date() -> String {
    let sound = (2..=10).map(|day| format!("C0,,2026-01-{day:02},10\n")).collect::<Vec<_>>().concat();
    format!("{HEADER}{sound}C0,,,10\n")
}

#[tokio::test]
async fn mended_rows_are_found_behind_many_others_and_under_any_name() {
    let desk = desk().await;
    let first = desk.load(&[("p1.csv", &with_a_blank_date())]).await;
    let handed = desk.rejected(&first).await;
    let mark = handed.lines().nth(1).unwrap().rsplit(',').next().unwrap();
    let others = (1..=28).map(|day| format!("C1,2026-02-{day:02},1,\n")).collect::<Vec<_>>().concat();
    let mixed = format!("loan id,payment date,payment amount,note\n{others}C0,2026-01-02,10,{mark}\n");
    assert_eq!(tally(&desk.load(&[("mixed.csv", &mixed)]).await), (29, 0, 0));
}

#[tokio::test]
async fn marks_of_an_upload_that_was_undone_are_told() {
    let desk = desk().await;
    let statement = with_a_blank_date();
    let first = desk.load(&[("p1.csv", &statement)]).await;
    let mended = desk.rejected(&first).await.replace("C0,,,10", "C0,,2026-01-02,10");
    desk.app.post_form("/fn/undo_import", Some(&desk.cookie), &[("id", &first.id.to_string())]).await;
    desk.app.work().await;
    let again = desk.load(&[("p1.csv", &statement)]).await;
    assert_eq!(tally(&again), (9, 0, 1));
    let with_another = format!("{mended}C1,,2026-01-03,1,,\n");
    let refused = desk.load(&[("mended.csv", &with_another)]).await;
    assert_eq!(tally(&refused), (1, 0, 1));
    assert!(desk.rejected(&refused).await.contains("is not on file, as when its upload was undone"));
    let mended = desk.rejected(&again).await.replace("C0,,,10", "C0,,2026-01-02,10");
    assert_eq!(tally(&desk.load(&[("mended-again.csv", &mended)]).await), (1, 0, 0));
}
