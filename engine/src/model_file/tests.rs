use super::*;
use crate::analysis::analyse;
use crate::progress::Unwatched;
use crate::simulation::simulate;
use domain::policy::Policy;
use proptest::prelude::*;
use std::sync::LazyLock;

static MODEL: LazyLock<RiskModel> = LazyLock::new(|| {
    let options = TrainingOptions { trees: 5, ..TrainingOptions::default() };
    let records = simulate(5, 200);
    analyse(&records, Currency::USD, &options, &Policy::default(), &Unwatched).expect("trains").model
});

fn bytes() -> Vec<u8> {
    to_bytes(&MODEL).expect("is written")
}

/// Changes a model file and mends its checksum, as a forger would.
fn forged(change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut bytes = bytes();
    bytes.truncate(bytes.len() - CHECKSUM_BYTES);
    change(&mut bytes);
    let checksum = Sha256::digest(&bytes);
    bytes.extend(checksum);
    bytes
}

#[test]
fn what_was_written_is_read_back_to_the_last_bit() {
    let read = from_bytes(&bytes()).expect("is read");
    assert_eq!(read, *MODEL);
    assert_eq!(to_bytes(&read).expect("is written"), bytes());
}

#[test]
fn foreign_and_damaged_files_are_refused_with_the_reason() {
    let check = |bytes: &[u8], words: &str| {
        let error = from_bytes(bytes).expect_err(words).to_string();
        assert!(error.contains(words), "{error}");
    };
    check(b"", "not a model of this product");
    check(b"PK\x03\x04 something else", "not a model of this product");
    check(b"LRMODEL\n", "cut short");
    check(b"LRMODEL\n\x63\0\0\0", "format version 99");
    check(&bytes()[..100], "checksum");
    let mut flipped = bytes();
    flipped[300] ^= 1;
    check(&flipped, "checksum");
    check(&forged(|bytes| bytes.push(0)), "length that they claim");
    check(&forged(|bytes| bytes[12..16].copy_from_slice(&u32::MAX.to_le_bytes())), "cut short");
    check(&forged(|bytes| bytes[16] = b'['), "description cannot be read");
    // The last ten bytes are the left child, the feature and the rows of the last node, a leaf.
    check(
        &forged(|bytes| {
            let end = bytes.len();
            bytes[end - 6..end - 4].copy_from_slice(&0_u16.to_le_bytes());
        }),
        "children",
    );
    check(
        &forged(|bytes| {
            let end = bytes.len();
            bytes[end - 4..].copy_from_slice(&u32::MAX.to_le_bytes());
        }),
        "more rows than the node above it",
    );
}

#[test]
fn damaged_encodings_and_calibrations_are_refused_with_the_reason() {
    let check = |change: &str, words: &str| {
        let plain = if change.contains("calib") { "\"calibration\":null,\"figures\"" } else { "\"encoding\":[]" };
        let bytes = forged(|bytes| {
            let length = u32::from_le_bytes([bytes[12], bytes[13], bytes[14], bytes[15]]) as usize;
            let header = String::from_utf8(bytes[16..16 + length].to_vec()).expect("is text");
            assert!(header.contains(plain));
            let header = header.replace(plain, change);
            bytes.splice(16..16 + length, header.bytes());
            bytes[12..16].copy_from_slice(&(header.len() as u32).to_le_bytes());
        });
        let error = from_bytes(&bytes).expect_err(words).to_string();
        assert!(error.contains(words), "{error}");
    };
    let numbers = "{\"column\":\"x\",\"holds\":\"numbers\",\"fill\":1.0,\"marks_missing\":false}";
    check(&format!("\"encoding\":[{numbers},{numbers}]"), "extra column x stands twice");
    check(
        "\"encoding\":[{\"column\":\"x\",\"holds\":\"categories\",\"prior\":2.0,\"rates\":{},\"missing\":null}]",
        "extra column x holds a number that is no median or rate",
    );
    check("\"encoding\":[{\"column\":\"x\",\"holds\":\"dates\"}]", "description cannot be read");
    check(
        "\"calibration\":[[0.5,0.9],[0.6,0.1]],\"figures\"",
        "point 1 of the calibration lies below the one before it",
    );
    check("\"calibration\":[],\"figures\"", "the calibration has 0 points");
    check("\"encoded\":[]", "missing field `encoding`");
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(tail in proptest::collection::vec(any::<u8>(), 0..200), cut in 0_usize..2000) {
        let mut start = bytes();
        start.truncate(cut);
        start.extend(tail);
        prop_assert!(from_bytes(&start).is_err());
        let forged = forged(|bytes| { bytes.truncate(cut.max(12)); });
        prop_assert!(from_bytes(&forged).is_err());
    }
}
