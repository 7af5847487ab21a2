//! The filter, sort and page of the list, as they stand in the address.

use domain::listing::{LoanFilter, LoanSort};
use domain::loan::RecoveryStatus;
use domain::track::Track;
use leptos_router::params::ParamsMap;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What stands in a query as it is: RFC 3986's unreserved characters.
const UNRESERVED_ONLY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Stands for loans whose payments tell other arrears than their file.
pub const DISAGREE: &str = "disagree";

/// Reads a filter from a query; whatever it does not know counts as not asked for.
pub fn read(query: &ParamsMap) -> LoanFilter {
    let get = |name: &str| query.get(name).filter(|value| !value.trim().is_empty());
    let default = LoanFilter::default();
    let sort = get("sort").and_then(|code| LoanSort::find(&code));
    LoanFilter {
        track: get("track").and_then(|code| Track::find(&code)),
        segment: get("segment").and_then(|number| number.parse().ok()),
        status: get("status").and_then(|code| RecoveryStatus::find(&code)),
        text: get("text"),
        disagrees: get("payments").as_deref() == Some(DISAGREE),
        sort: sort.unwrap_or(default.sort),
        descending: match get("order").as_deref() {
            Some("up") => false,
            Some("down") => true,
            _ => default.descending,
        },
        page: get("page").and_then(|page| page.parse().ok()).unwrap_or(default.page).max(1),
        page_size: default.page_size,
    }
    .bounded()
}

/// The address of a filter; what is not asked for is left out.
pub fn write(filter: &LoanFilter) -> String {
    let default = LoanFilter::default();
    let mut parts = Vec::new();
    let mut add = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            parts.push(format!("{name}={}", utf8_percent_encode(&value, UNRESERVED_ONLY)));
        }
    };
    add("track", filter.track.map(|track| track.code().to_owned()));
    add("segment", filter.segment.map(|number| number.to_string()));
    add("status", filter.status.map(|status| status.code().to_owned()));
    add("text", filter.text.clone());
    add("payments", filter.disagrees.then(|| DISAGREE.to_owned()));
    add("sort", (filter.sort != default.sort).then(|| filter.sort.code().to_owned()));
    add("order", (filter.descending != default.descending).then(|| "up".to_owned()));
    add("page", (filter.page != 1).then(|| filter.page.to_string()));
    if parts.is_empty() { "/loans".to_owned() } else { format!("/loans?{}", parts.join("&")) }
}

/// The filter that a click on a column's head asks for: by that column, or the other way round.
pub fn sorted_by(filter: &LoanFilter, sort: LoanSort) -> LoanFilter {
    let descending = if filter.sort == sort { !filter.descending } else { sort.starts_descending() };
    LoanFilter { sort, descending, page: 1, ..filter.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(pairs: &[(&str, &str)]) -> ParamsMap {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn what_was_written_is_read_back() {
        let filter = LoanFilter {
            track: Some(Track::Legal),
            segment: Some(2),
            status: Some(RecoveryStatus::WrittenOff),
            text: Some("a b&c".to_owned()),
            disagrees: true,
            sort: LoanSort::Outstanding,
            descending: false,
            page: 3,
            ..LoanFilter::default()
        };
        assert_eq!(
            write(&filter),
            "/loans?track=legal&segment=2&status=written_off&text=a%20b%26c&payments=disagree&sort=outstanding&order=up&page=3"
        );
        let read_back = read(&query(&[
            ("track", "legal"),
            ("segment", "2"),
            ("status", "written_off"),
            ("text", "a b&c"),
            ("payments", "disagree"),
            ("sort", "outstanding"),
            ("order", "up"),
            ("page", "3"),
        ]));
        assert_eq!(read_back, filter);
        assert_eq!(write(&LoanFilter::default()), "/loans");
    }

    #[test]
    fn nonsense_counts_as_not_asked_for() {
        let nonsense = query(&[
            ("track", "x'--"),
            ("segment", "two"),
            ("page", "0"),
            ("sort", "drop"),
            ("text", "  "),
            ("payments", "yes"),
            ("order", ""),
        ]);
        assert_eq!(read(&nonsense), LoanFilter::default());
    }

    #[test]
    fn a_second_click_turns_the_order_round() {
        let first = sorted_by(&LoanFilter { page: 4, ..LoanFilter::default() }, LoanSort::LoanRef);
        assert_eq!((first.sort, first.descending, first.page), (LoanSort::LoanRef, false, 1));
        assert!(sorted_by(&first, LoanSort::LoanRef).descending);
    }
}
