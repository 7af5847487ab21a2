//! Letters as they come out.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use chrono::NaiveDate;
use letters::{Item, Letter, pdf};

fn letter() -> Letter {
    let text = |text: &str| text.to_owned();
    let item = |label: &str, amount: &str, is_total| Item { label: text(label), amount: text(amount), is_total };
    Letter {
        sender: text("North Bank #strong[x] $1 & Sons"),
        recipient: vec![text("Ana-Šárka O'Néill <b>"), text("1 *High* Street"), text("@home")],
        date: NaiveDate::from_ymd_opt(2026, 11, 23).unwrap(),
        reference: text("Loan LN_1"),
        subject: text("Notice before legal action: loan LN_1"),
        before: vec![text("Dear Ana-Šárka,"), text("your loan is 122 days past due. \\ \" ` = _ [ ] { }")],
        currency: text("USD"),
        items: vec![item("Amount lent", "20,000.00", false), item("Outstanding", "1,234.50", true)],
        reasons: vec![text("4 instalments were missed.")],
        after: vec![text("You may dispute the debt.")],
        is_draft: false,
    }
}

#[test]
fn a_letter_is_a_pdf_and_the_same_one_gives_the_same_bytes() {
    let first = pdf(&letter()).unwrap();
    assert!(first.starts_with(b"%PDF-"), "what begins otherwise is none");
    assert_eq!(first, pdf(&letter()).unwrap());
    assert_ne!(first, pdf(&Letter { is_draft: true, ..letter() }).unwrap());
}

#[test]
fn a_letter_of_many_lines_takes_more_pages_and_one_of_few_none_of_its_parts() {
    let long = Letter { after: vec!["A sentence that fills a line of the letter. ".repeat(200); 4], ..letter() };
    let short =
        Letter { items: Vec::new(), reasons: Vec::new(), before: Vec::new(), recipient: Vec::new(), ..letter() };
    let pages = |letter: &Letter| {
        let pdf = pdf(letter).unwrap();
        String::from_utf8_lossy(&pdf).matches("/Type/Page").count()
    };
    assert!(pages(&long) > pages(&short), "{} and {}", pages(&long), pages(&short));
}
