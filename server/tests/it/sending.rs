//! Sending files: who may, how large, and what is left behind.

use crate::app::{FILE_TYPE, TestApp, file_body, loan_file};
use axum::http::StatusCode;
use domain::access::{Actor, Role, Scope};
use domain::id::UploadId;
use domain::mapping::ProfileFile;
use domain::preview::FilePreview;
use domain::upload::{FindingKind, UploadState};
use engine::simulation::simulate;
use store::uploads::Next;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[tokio::test]
async fn only_admins_send_files_and_nothing_of_others_is_kept() {
    let (app, portfolio) = TestApp::with_people().await;
    let file = loan_file(&simulate(1, 30));
    assert_eq!(app.send_file(None, "loans.csv", &file).await.status, StatusCode::UNAUTHORIZED);
    for role in [Role::Executive, Role::Lead, Role::Agent] {
        let cookie = app.sign_in(role).await;
        assert_eq!(app.send_file(Some(&cookie), "loans.csv", &file).await.status, StatusCode::FORBIDDEN, "{role:?}");
    }
    assert_eq!(app.files(), 0);
    assert!(store::uploads::list(&app.store, Scope::whole(portfolio.id), 9).await.unwrap().is_empty());
}

#[tokio::test]
async fn too_large_or_empty_sendings_leave_nothing_behind() {
    let (app, portfolio) = TestApp::with_people().await;
    let cookie = app.sign_in(Role::Admin).await;
    let large = app.send_file(Some(&cookie), "large.csv", &vec![b'x'; 2_000_001]).await;
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(large.text.contains("2000000 bytes"), "{}", large.text);
    let none = app.send_file(Some(&cookie), "", b"").await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(none.text.contains("choose a file"), "{}", none.text);
    assert_eq!(app.files(), 0);
    assert!(store::uploads::list(&app.store, Scope::whole(portfolio.id), 9).await.unwrap().is_empty());
}

#[tokio::test]
async fn plain_forms_are_led_to_the_reason() {
    let (app, _) = TestApp::with_people().await;
    let cookie = app.sign_in(Role::Admin).await;
    let check = async |body: Vec<u8>, page: &str| {
        let answer = app.send_form("text/html", Some(&cookie), body).await;
        assert_eq!((answer.status, answer.location.as_deref()), (StatusCode::SEE_OTHER, Some(page)));
    };
    check(file_body("", b""), "/uploads/new?refused=no-file").await;
    check(file_body("large.csv", &vec![b'x'; 2_000_001]), "/uploads/new?refused=too-large&limit=2000000").await;
    let mut cut = file_body("loans.csv", b"Loan_ID");
    cut.truncate(cut.len() - 5);
    check(cut, "/uploads/new?refused=broken-off").await;
    assert_eq!(app.files(), 0);
    let lead = app.sign_in(Role::Lead).await;
    let answer = app.send_form("text/html", Some(&lead), file_body("loans.csv", b"x")).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

/// Over a real connection: a browser shows an error of its own where it is closed before the form is sent.
#[tokio::test]
async fn who_sends_too_much_hears_the_answer() {
    let (app, _) = TestApp::with_people().await;
    let cookie = app.sign_in(Role::Admin).await;
    let body = file_body("large.csv", &vec![b'x'; 30_000_000]);
    let head = format!(
        "POST /uploads/receive HTTP/1.1\r\nHost: site.test\r\nCookie: {cookie}\r\nAccept: text/html\r\n\
         Content-Type: {FILE_TYPE}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let mut connection = TcpStream::connect(app.listen().await).await.unwrap();
    connection.write_all(head.as_bytes()).await.unwrap();
    connection.write_all(&body).await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    assert_eq!(app.files(), 0);
}

#[tokio::test]
async fn a_refused_file_names_itself_and_stores_no_loan() {
    let (app, portfolio) = TestApp::with_people().await;
    let scope = Scope::whole(portfolio.id);
    let cookie = app.sign_in(Role::Admin).await;
    let sent = app.send_file(Some(&cookie), "../half.csv", b"%PDF-1.7 and no table").await;
    assert_eq!(sent.status, StatusCode::CREATED);
    app.work().await;
    let upload = store::uploads::list(&app.store, scope, 1).await.unwrap().remove(0);
    assert_eq!(upload.state, UploadState::Refused);
    let message = upload.message.clone().unwrap();
    assert!(message.starts_with("half.csv: ") && message.contains("PDF"), "{message}");
    assert!(store::loans::all_for_training(&app.store, portfolio.id).await.unwrap().is_empty());
    assert_eq!(app.files(), 0);
    let page = app.page(&sent.text, Some(&cookie)).await;
    assert!(page.text.contains("was refused"), "{}", page.text);
}

/// What stands behind a quotation mark that is never closed is lost, however little it is: so nothing is taken.
#[tokio::test]
async fn a_file_with_an_unclosed_quotation_mark_is_refused() {
    let (app, portfolio) = TestApp::with_people().await;
    let cookie = app.sign_in(Role::Admin).await;
    let text = String::from_utf8(loan_file(&simulate(1, 30))).unwrap();
    let lines: Vec<String> =
        text.lines().zip(1..).map(|(row, n)| if n == 20 { format!("\"{row}") } else { row.into() }).collect();
    app.send_file(Some(&cookie), "open.csv", lines.join("\n").as_bytes()).await;
    app.work().await;
    let upload = store::uploads::list(&app.store, Scope::whole(portfolio.id), 1).await.unwrap().remove(0);
    let message = upload.message.clone().unwrap_or_default();
    assert_eq!(upload.state, UploadState::Refused, "{message}");
    assert!(message.starts_with("open.csv: ") && message.contains("line 20"), "{message}");
    assert_eq!(store::loans::count(&app.store, portfolio.id).await.unwrap(), 0);
}

#[tokio::test]
async fn the_same_file_for_another_day_is_loaded_for_that_day() {
    let (app, portfolio) = TestApp::with_people().await;
    let cookie = app.sign_in(Role::Admin).await;
    let file = loan_file(&simulate(1, 30));
    let send = async |day: &str| {
        let as_of = format!("--limit\r\nContent-Disposition: form-data; name=\"as_of\"\r\n\r\n{day}\r\n");
        let sent = app.send_form("*/*", Some(&cookie), [as_of.into_bytes(), file_body("a.csv", &file)].concat()).await;
        app.work().await;
        (sent.status, sent.text)
    };
    let (_, first) = send("2026-01-31").await;
    assert_eq!(send("2026-01-31").await, (StatusCode::CREATED, format!("{first}?same")));
    assert_eq!(send("").await, (StatusCode::CREATED, format!("{first}?same")));
    let (status, second) = send("2026-02-28").await;
    assert!(status == StatusCode::CREATED && second != first && !second.ends_with("?same"), "{second}");
    for day in ["2999-01-01", "0001-01-01", "tomorrow"] {
        let (status, text) = send(day).await;
        assert!(status == StatusCode::UNPROCESSABLE_ENTITY && text.contains("not in the future"), "{day}: {text}");
    }
    assert_eq!(store::uploads::list(&app.store, Scope::whole(portfolio.id), 9).await.unwrap().len(), 2);
    assert_eq!(store::loans::count(&app.store, portfolio.id).await.unwrap(), 30);
}

/// What is found is kept row by row; a file that nobody meant must not fill the database.
#[tokio::test]
async fn a_file_of_which_nearly_nothing_can_be_used_is_refused_before_its_end() {
    let (app, portfolio) = TestApp::with_people().await;
    let cookie = app.sign_in(Role::Admin).await;
    let mut file = loan_file(&simulate(1, 30));
    let commas = ",".repeat(file.iter().take_while(|byte| **byte != b'\n').filter(|byte| **byte == b',').count());
    file.extend(format!("{commas}\n").repeat(130_000 / 2).bytes());
    file.extend(b"x\n".repeat(130_000 / 2));
    app.send_file(Some(&cookie), "commas.csv", &file).await;
    app.work().await;
    let upload = store::uploads::list(&app.store, Scope::whole(portfolio.id), 1).await.unwrap().remove(0);
    let message = upload.message.unwrap_or_default();
    assert_eq!(upload.state, UploadState::Refused);
    assert!(
        message
            .starts_with("commas.csv: of the first 110,000 rows, 109,970 cannot be used; the first of them: line 32"),
        "{message}"
    );
    assert_eq!(store::loans::count(&app.store, portfolio.id).await.unwrap(), 0);
}

/// Whichever of two comes first, one of them is loaded; the other one is led to it, or told of it.
#[tokio::test]
async fn the_same_file_twice_at_the_same_moment_is_loaded_once() {
    let (app, portfolio) = TestApp::with_people().await;
    let cookie = app.sign_in(Role::Admin).await;
    let file = loan_file(&simulate(1, 30));
    let send = || app.send_file(Some(&cookie), "a.csv", &file);
    let (one, other) = tokio::join!(send(), send());
    let third = send().await;
    assert!(third.text.ends_with("?same"), "it is being loaded: {}", third.text);
    app.work().await;
    for sent in [one, other] {
        assert_eq!(sent.status, StatusCode::CREATED, "{}", sent.text);
    }
    let uploads = store::uploads::list(&app.store, Scope::whole(portfolio.id), 9).await.unwrap();
    let (loaded, others): (Vec<_>, Vec<_>) =
        uploads.into_iter().partition(|upload| upload.state == UploadState::Imported);
    assert_eq!(loaded.len(), 1);
    let message = format!("a.csv: the same was loaded before, see /uploads/{}; nothing was changed", loaded[0].id);
    for other in others {
        assert_eq!((other.state, other.message), (UploadState::Refused, Some(message.clone())));
    }
    assert_eq!(store::loans::count(&app.store, portfolio.id).await.unwrap(), 30);
}

/// Orphans and repeated loans are found when rows are stored; a check must find them too.
#[tokio::test]
async fn a_check_promises_what_the_import_keeps() {
    let (app, portfolio) = TestApp::with_people().await;
    let scope = Scope::whole(portfolio.id);
    let cookie = app.sign_in(Role::Admin).await;
    app.send_file(Some(&cookie), "first.csv", &loan_file(&simulate(1, 30))).await;
    app.work().await;
    let part = |name: &str, content: &str| {
        let body = file_body(name, content.as_bytes());
        String::from_utf8(body).unwrap().replace("--limit--\r\n", "")
    };
    let loans = "loan id,loan amount\nA,100\nB,200\nA,100\nC,50\n";
    let payments =
        "loan id,payment id,paid on,payment amount\nA,1,2026-01-31,5\nNONE,2,2026-01-31,7\nLN-000001,3,2026-01-31,9\n";
    let body = format!("{}{}--limit--\r\n", part("loans.csv", loans), part("payments.csv", payments));
    assert_eq!(app.send_form("*/*", Some(&cookie), body.into_bytes()).await.status, StatusCode::CREATED);
    let upload = store::uploads::list(&app.store, scope, 1).await.unwrap().remove(0);
    let previews = store::uploads::previews(&app.store, scope, upload.id).await.unwrap();
    let read = |file: &FilePreview| {
        vec![ProfileFile { name: String::new(), mapping: file.preview.as_ref().unwrap().mapping() }]
    };
    let readings: Vec<_> = previews.iter().map(read).collect();
    let (actor, now) = (Actor::CommandLine, ::server::clock::now());
    store::uploads::confirm(&app.store, actor, scope, upload.id, &readings, None, Next::Check, now).await.unwrap();
    app.work().await;
    let seen = async || {
        let upload = store::uploads::get(&app.store, scope, upload.id).await.unwrap();
        let findings = store::uploads::findings(&app.store, scope, upload.id, FindingKind::Rejected).await.unwrap();
        let counts = upload.counts();
        (upload.state, counts.accepted, counts.rejected, counts.totals, findings)
    };
    let (state, accepted, rejected, totals, findings) = seen().await;
    assert_eq!((state, accepted, rejected), (UploadState::Checked, 5, 2));
    assert_eq!(findings.iter().map(|finding| finding.value.as_str()).collect::<Vec<_>>(), ["A", "NONE"]);
    store::uploads::start(&app.store, actor, scope, upload.id, now).await.unwrap();
    app.work().await;
    assert_eq!(seen().await, (UploadState::Imported, accepted, rejected, totals, findings));
}

/// Files that are sent together add to each other: what stands in two of them was paid twice.
#[tokio::test]
async fn equal_payments_in_two_files_of_one_upload_are_both_stored() {
    let (app, portfolio) = TestApp::with_people().await;
    let scope = Scope::whole(portfolio.id);
    let cookie = app.sign_in(Role::Admin).await;
    let payments = "loan id,payment date,payment amount\nC0,2026-01-02,10\n";
    let more = format!("{payments}C1,2026-01-02,10\n");
    let loans = "loan id,loan amount\nC0,100\nC1,200\nC2,300\nC3,50\n";
    let files = [("loans.csv", loans), ("p1.csv", payments), ("p2.csv", more.as_str())];
    let upload = app.load_bundle(scope, &cookie, &files).await;
    let counts: Vec<_> = upload.files.iter().map(|file| (file.counts.accepted, file.counts.added)).collect();
    assert_eq!((upload.state, counts), (UploadState::Imported, vec![(4, 4), (1, 1), (2, 2)]));
    // The same file twice is a slip, whatever its names.
    let other = "loan id,payment date,payment amount\nC2,2026-01-02,10\n";
    let twins = app.load_bundle(scope, &cookie, &[("p3.csv", other), ("p4.csv", other)]).await;
    assert_eq!(twins.state, UploadState::Refused);
    let message = "p4.csv: it has the same content as p3.csv, and its rows would count twice; send it once";
    assert_eq!(twins.message.as_deref(), Some(message));
}

#[tokio::test]
async fn foreign_columns_wait_for_a_person() {
    let (app, portfolio) = TestApp::with_people().await;
    let scope = Scope::whole(portfolio.id);
    let cookie = app.sign_in(Role::Admin).await;
    let sent =
        app.send_file(Some(&cookie), "book.csv", b"acct_no;sanctioned_amt;dpd\nA1;1.200,50;31\nA2;900,00;0\n").await;
    assert_eq!(sent.status, StatusCode::CREATED);
    app.work().await;
    let upload = store::uploads::list(&app.store, scope, 1).await.unwrap().remove(0);
    assert_eq!(upload.state, UploadState::Received);
    assert!(store::loans::all_for_training(&app.store, portfolio.id).await.unwrap().is_empty());
    let page = app.page(&sent.text, Some(&cookie)).await;
    for words in ["acct_no", "sanctioned_amt", "1.200,50", "Loan amount"] {
        assert!(page.text.contains(words), "{words}");
    }
}

#[tokio::test]
async fn rejected_rows_are_handed_out_as_they_stood() {
    let (app, _) = TestApp::with_people().await;
    let cookie = app.sign_in(Role::Admin).await;
    let text = String::from_utf8(loan_file(&simulate(3, 12))).unwrap();
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let broken = lines[5].replacen(',', ",old", 1);
    let sent = app
        .send_file(
            Some(&cookie),
            "some.csv",
            [&lines[..5], std::slice::from_ref(&broken), &lines[6..]].concat().join("\n").as_bytes(),
        )
        .await;
    app.work().await;
    let upload: i64 = sent.text.trim_start_matches("/uploads/").parse().unwrap();
    let file = store::uploads::plan(&app.store, UploadId(upload)).await.unwrap().files[0].id;
    let address = format!("/uploads/{upload}/files/{file}/rejected");
    let answer = app.page(&address, Some(&cookie)).await;
    let handed: Vec<&str> = answer.text.lines().collect();
    assert_eq!(handed.len(), 2, "{}", answer.text);
    assert_eq!(handed[0], format!("{},Rejected because", lines[0]));
    assert!(handed[1].starts_with(&broken) && handed[1].contains("Age"), "{}", handed[1]);
    let lead = app.sign_in(Role::Lead).await;
    assert_eq!(app.page(&address, Some(&lead)).await.status, StatusCode::FORBIDDEN);
    assert_eq!(
        app.page(&format!("/uploads/{upload}/files/99/rejected"), Some(&cookie)).await.status,
        StatusCode::NOT_FOUND
    );
}

/// What is rejected again comes back with its new reason alone, in the form in which the file came.
#[tokio::test]
async fn rejected_rows_can_go_around_more_than_once() {
    let (app, _) = TestApp::with_people().await;
    let cookie = app.sign_in(Role::Admin).await;
    let text = String::from_utf8(loan_file(&simulate(3, 12))).unwrap().replace(',', ";");
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines[5] = lines[5].replacen(';', ";old", 1);
    let mut sent = lines.join("\n");
    for round in ["first.csv", "second.csv", "third.csv"] {
        let answer = app.send_file(Some(&cookie), round, sent.as_bytes()).await;
        app.work().await;
        let upload: i64 = answer.text.trim_start_matches("/uploads/").parse().unwrap();
        let file = store::uploads::plan(&app.store, UploadId(upload)).await.unwrap().files[0].id;
        let handed = app.page(&format!("/uploads/{upload}/files/{file}/rejected"), Some(&cookie)).await.text;
        let rows: Vec<&str> = handed.lines().collect();
        assert_eq!((rows.len(), rows[0]), (2, format!("{};Rejected because", lines[0]).as_str()), "{round}");
        assert!(rows[1].starts_with(&format!("{};", lines[5])), "{round}: {}", rows[1]);
        assert_eq!(rows[1].matches(';').count(), rows[0].matches(';').count(), "{round}: {}", rows[1]);
        // A row that is taken goes along, since a file without any is refused.
        sent = format!("{handed}{};\n", lines[if round == "first.csv" { 1 } else { 2 }]);
    }
}

#[tokio::test]
async fn bad_rows_are_listed_and_the_others_taken() {
    let (app, portfolio) = TestApp::with_people().await;
    let cookie = app.sign_in(Role::Admin).await;
    let text = String::from_utf8(loan_file(&simulate(2, 40))).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines[3] = lines[3]
        .split(',')
        .enumerate()
        .map(|(place, cell)| if place == 4 { "lots" } else { cell })
        .collect::<Vec<_>>()
        .join(",");
    let sent = app.send_file(Some(&cookie), "some.csv", lines.join("\n").as_bytes()).await;
    app.work().await;
    let upload = store::uploads::list(&app.store, Scope::whole(portfolio.id), 1).await.unwrap().remove(0);
    let counts = upload.counts();
    assert_eq!((counts.rows, counts.accepted, counts.rejected), (40, 39, 1));
    let page = app.page(&sent.text, Some(&cookie)).await;
    for words in ["Rejected rows", "Monthly_Income", "lots"] {
        assert!(page.text.contains(words), "{words}");
    }
}
