//! SHA-256 and its text.

use alloc::{format, string::ToString as _};

use super::*;

const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

#[test]
fn hashes_parts_as_their_concatenation() {
    assert_eq!(Hash32::of(&[b"abc"]).to_string(), ABC);
    assert_eq!(Hash32::of(&[b"", b"a", b"bc"]), Hash32::of(&[b"abc"]));
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(Hash32::of(&[]).to_string(), empty);
}

#[test]
fn reads_64_lower_case_digits_only() {
    let hash: Hash32 = ABC.parse().unwrap();
    assert_eq!(hash, Hash32::of(&[b"abc"]));
    assert_eq!(format!("{hash:?}"), format!("Hash32({ABC})"));
    assert_eq!(serde_json::from_str::<Hash32>(&serde_json::to_string(&hash).unwrap()).unwrap(), hash);
    for bad in [
        "",
        &ABC[2..],
        &ABC[1..],
        &ABC.to_uppercase(),
        &format!("{ABC}00"),
        &ABC.replace('b', "g"),
        &ABC.replacen("ba", "0x", 1),
        &ABC.replacen("ba", " b", 1),
    ] {
        assert_eq!(bad.parse::<Hash32>(), Err(NotAHash), "{bad:?}");
    }
}
