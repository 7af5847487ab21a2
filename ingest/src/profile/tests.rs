use super::*;

#[test]
fn every_profile_of_the_product_is_read_and_known_by_its_id() {
    for text in TEXTS {
        let profile = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(super::profile(&profile.id), Some(&profile));
        assert_ne!(profile.title, profile.id);
    }
    assert_eq!(profiles().len(), TEXTS.len());
    assert_eq!(super::profile("unknown"), None);
}

#[test]
fn what_is_written_is_read_back() {
    for profile in profiles() {
        let text = write(profile).expect("is written");
        assert_eq!(parse(&text).as_ref(), Ok(profile), "{text}");
        let json = serde_json::to_string(profile).expect("is written");
        assert_eq!(serde_json::from_str::<Profile>(&json).ok().as_ref(), Some(profile), "{json}");
    }
}

#[test]
fn a_profile_that_is_wrong_says_where() {
    let check = |text: &str, words: &str| {
        let error = parse(text).expect_err(words).to_string();
        assert!(error.contains(words), "{error}");
    };
    let file = "id = \"a\"\n[[files]]\nkind = \"loans\"\n";
    check("", "missing field `id`");
    check("id = ", "line 1:");
    check("id = \"a\"", "the profile has no files");
    check("id = \"A b\"\n", "use small letters");
    check(
        &format!("{file}columns = [\n{{ column = \"x\", field = \"loan_idd\" }}]"),
        "line 5: unknown variant `loan_idd`",
    );
    check(
        &format!("{file}columns = [\n{{ column = \"x\", field = \"age\", dat = \"iso\" }}]"),
        "line 5: unknown field `dat`",
    );
    check(&format!("{file}columns = []"), "line 2: in the file that begins here, nothing is mapped");
    check(
        &format!("{file}columns = [{{ column = \"s\", field = \"recovery_status\", words = {{ a = \"b\" }} }}]"),
        "is mapped to \"b\", which Recovery status does not know",
    );
    check(&"#".repeat(BYTES_MAX_AND_ONE), "at most 1 MiB");
}

const BYTES_MAX_AND_ONE: usize = (1 << 20) + 1;

#[test]
fn headers_and_names_find_their_files() {
    let header = |text: &str| text.split(',').map(str::to_owned).collect::<Vec<_>>();
    let matching = |text: &str| -> Vec<&str> {
        let header = header(text);
        let matches = |profile: &&Profile| profile.files.iter().any(|file| file_matches(file, &header));
        profiles().iter().filter(matches).map(|profile| profile.id.as_str()).collect()
    };
    assert_eq!(matching("disp_id,client_id,account_id,type,,,"), ["berka"]);
    assert_eq!(matching("loan id,Age"), [""; 0]);
    let check = |id: &str, stem: &str, expected: &[&str]| {
        let profile = profile(id).expect(id);
        let kinds: Vec<&str> = profile.files_for(stem).iter().map(|file| file.mapping.kind.code()).collect();
        assert_eq!(kinds, expected, "{id} {stem}");
    };
    check("berka", "Loan", &["links", "loans"]);
    check("berka", "trnx_16", &["payments"]);
    check("berka", "account", &[]);
    check("sba", "anything", &["loans"]);
    let freddie = profile("freddie-mac").expect("is there");
    let perf = freddie.files_for("historical_data_time_2016Q1");
    assert_eq!(perf.len(), 1);
    assert!(perf[0].mapping.columns.iter().any(|column| column.column == "9"));
    assert!(freddie.files_for("sample_orig_2016")[0].mapping.columns.iter().any(|column| column.column == "22"));
}
