//! Bytes of others: all of them within their share, and beyond it their length and digest.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::std_instead_of_alloc,
    clippy::unwrap_used,
    reason = "a test program may panic, and has std"
)]

mod common;

use common::{octets, unhex};
use counterfoil_record::Hash32;
use counterfoil_record::codec::{Class, Wire as _};
use counterfoil_record::input::{Enclosed, MANDATE_MOST, Oversized, RAIL_MOST, Whole};
use proptest::prelude::*;

fn is_whole(enclosed: &Enclosed) -> bool {
    matches!(enclosed, Enclosed::Whole(_))
}

#[test]
fn bytes_are_whole_up_to_their_share_and_oversized_beyond_it() {
    // The last is more than octets can hold at all.
    for most in [0, 1, MANDATE_MOST, RAIL_MOST, 40_960] {
        let (fits, beyond) = (vec![0x61; most], vec![0x61; most + 1]);
        let whole = Enclosed::within(most, &fits);
        assert_eq!(whole, Enclosed::Whole(Whole { bytes: octets(&fits) }));
        assert_eq!(whole.whole(most), Some(&fits[..]));
        let oversized = Oversized { length: (most + 1).try_into().unwrap(), digest: Hash32::of(&[&beyond]) };
        assert_eq!(Enclosed::within(most, &beyond), Enclosed::Oversized(oversized.clone()));
        assert_eq!(Enclosed::Oversized(oversized).whole(usize::MAX), None);
    }
    assert!(!is_whole(&Enclosed::within(usize::MAX, &vec![0; 40_961])));
    assert!(is_whole(&Enclosed::within(usize::MAX, &vec![0; 40_960])));
}

#[test]
fn whole_bytes_beyond_the_share_of_their_place_are_not_given() {
    let whole = Enclosed::within(RAIL_MOST, &vec![0x61; MANDATE_MOST + 1]);
    assert!(is_whole(&whole));
    assert_eq!(whole.whole(MANDATE_MOST), None);
    assert_eq!(whole.whole(MANDATE_MOST + 1).map(<[u8]>::len), Some(MANDATE_MOST + 1));
    assert_eq!(Enclosed::within(RAIL_MOST, b"").whole(0), Some(&b""[..]));
}

#[test]
fn enclosed_bytes_have_one_encoding() {
    let whole = Enclosed::within(RAIL_MOST, b"{}");
    let oversized = Enclosed::within(2, b"abc");
    // sha256("abc"), of FIPS 180-2.
    let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    for (enclosed, bytes) in
        [(whole, unhex("8200a101427b7d")), (oversized, unhex(&format!("8201a20103025820{digest}")))]
    {
        assert_eq!(hex::encode(enclosed.to_bytes()), hex::encode(&bytes));
        assert_eq!(Enclosed::from_bytes(&bytes), Ok(enclosed));
    }
    for (bytes, class, offset) in [
        ("8202a0", Class::OutOfRange, 1),
        ("8200a0", Class::MissingKey, 2),
        ("8201a10103", Class::MissingKey, 2),
        ("8200427b7d", Class::WrongType, 2),
        ("427b7d", Class::WrongType, 0),
        ("8100", Class::OutOfRange, 0),
        ("f6", Class::WrongType, 0),
    ] {
        assert_eq!(Enclosed::from_bytes(&unhex(bytes)), Err(class.at(offset)), "{bytes}");
    }
}

#[test]
fn enclosed_bytes_are_shown_with_what_they_are() {
    let shown = |enclosed: &Enclosed| serde_json::to_value(enclosed).unwrap();
    let whole = serde_json::json!({ "type": "whole", "bytes": "7b7d" });
    assert_eq!(shown(&Enclosed::within(2, b"{}")), whole);
    let digest = Hash32::of(&[b"{}"]).to_string();
    let oversized = serde_json::json!({ "type": "oversized", "length": 2, "digest": digest });
    assert_eq!(shown(&Enclosed::within(1, b"{}")), oversized);
}

proptest! {
    #[test]
    fn what_bytes_are_like_does_not_depend_on_whether_they_are_whole(
        bytes in prop::collection::vec(any::<u8>(), 0..100),
        most in 0_usize..100,
        asked in 0_usize..100,
    ) {
        let enclosed = Enclosed::within(most, &bytes);
        prop_assert_eq!(is_whole(&enclosed), bytes.len() <= most);
        let given = (bytes.len() <= most.min(asked)).then_some(&bytes[..]);
        prop_assert_eq!(enclosed.whole(asked), given);
        let like = Oversized { length: bytes.len().try_into().unwrap(), digest: Hash32::of(&[&bytes]) };
        prop_assert_eq!(enclosed.oversized(), like.clone());
        prop_assert_eq!(Enclosed::Oversized(like.clone()).oversized(), like);
        prop_assert_eq!(Enclosed::from_bytes(&enclosed.to_bytes()), Ok(enclosed));
    }
}
