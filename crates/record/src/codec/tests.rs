//! Bytes and values in both directions, then one defect a row with its class and offset.
#![allow(unreachable_pub, reason = "the macros make public types and functions")]

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::fmt::Debug;

use super::*;
use crate::text::{Fixed, Id, Octets, Text};
use crate::{Amount, Hash32, Index, Span, Time, wire_choice, wire_code, wire_map};

wire_map! {
    /// Two required fields around optional ones.
    pub struct Example {
        /// Required.
        1 => number: u64,
        /// Optional.
        2 => name: Option<Text>,
        /// A list.
        3 => list: Vec<u64>,
        /// Required.
        24 => flag: bool,
    }
}

wire_choice! {
    /// Two variants of different types.
    pub enum Choice {
        /// A number.
        0 => Number(u64),
        /// A map.
        1 => Example(Example),
    }
}

wire_code! {
    /// Two names.
    pub enum Colour {
        /// Red.
        0 => Red = "red",
        /// Dark blue.
        1 => DarkBlue = "dark-blue",
    }
}

/// Bytes of annotated hexadecimal: blanks separate, and `|` ends the bytes of a line.
fn unhex(annotated: &str) -> Vec<u8> {
    let digits = annotated.lines().filter_map(|line| line.split('|').next());
    hex::decode(digits.flat_map(str::chars).filter(|c| !c.is_whitespace()).collect::<alloc::string::String>())
        .unwrap()
}

fn both_ways<T: Wire + Debug + PartialEq>(value: &T, annotated: &str) {
    let bytes = unhex(annotated);
    assert_eq!(hex::encode(value.to_bytes()), hex::encode(&bytes), "{value:?}");
    assert_eq!(T::from_bytes(&bytes).as_ref(), Ok(value), "{annotated}");
}

fn refuses<T: Wire + Debug + PartialEq>(annotated: &str, class: Class, offset: usize) {
    assert_eq!(T::from_bytes(&unhex(annotated)), Err(class.at(offset)), "{annotated}");
}

fn example() -> Example {
    Example { number: 100, name: Some("é".parse().unwrap()), list: Vec::from([1, 2]), flag: true }
}

#[test]
fn integers_take_the_fewest_bytes() {
    for (value, bytes) in [
        (0, "00"),
        (23, "17"),
        (24, "18 18"),
        (255, "18 ff"),
        (256, "19 0100"),
        (65_535, "19 ffff"),
        (65_536, "1a 00010000"),
        (0xffff_ffff, "1a ffffffff"),
        (0x1_0000_0000, "1b 0000000100000000"),
        (u64::MAX, "1b ffffffffffffffff"),
    ] {
        both_ways(&value, bytes);
        both_ways(&Index::new(value), bytes);
        both_ways(&Time::from_millis(value), bytes);
        both_ways(&Span::from_millis(value), bytes);
        both_ways(&Amount::new(u128::from(value)), bytes);
    }
}

#[test]
fn amounts_above_64_bits_are_bignums() {
    both_ways(&Amount::new(1 << 64), "c2 49 010000000000000000");
    both_ways(&Amount::new((1 << 72) - 1), "c2 49 ffffffffffffffffff");
    both_ways(&Amount::new(1 << 72), "c2 4a 01000000000000000000");
    both_ways(&Amount::MAX, "c2 50 ffffffffffffffffffffffffffffffff");
}

#[test]
fn scalars_have_one_encoding() {
    both_ways(&false, "f4");
    both_ways(&true, "f5");
    both_ways(&Text::default(), "60");
    both_ways(&"a\"ü水".parse::<Text>().unwrap(), "67 61 22 c3bc e6b0b4");
    both_ways(&"a:b/c@d+e".parse::<Id>().unwrap(), "69 613a622f6340642b65");
    both_ways(&Octets::default(), "40");
    both_ways(&Fixed([1, 2, 3]), "43 010203");
    let hash = "58 20 0101010101010101 0101010101010101 0101010101010101 0101010101010101";
    both_ways(&Hash32([1; 32]), hash);
}

#[test]
fn a_map_leaves_out_what_is_absent_or_empty() {
    let full = "
        a4          | map of 4
           01 1864  | number: 100
           02 62c3a9| name
           03 820102| list
           1818 f5  | key 24, flag
    ";
    both_ways(&example(), full);
    let least = Example { name: None, list: Vec::new(), ..example() };
    both_ways(&least, "a2 01 1864 1818 f5");
}

#[test]
fn a_choice_is_its_number_and_its_value() {
    both_ways(&Choice::Number(7), "82 00 07");
    both_ways(&Choice::Example(example()), "82 01 a4 01 1864 02 62c3a9 03 820102 1818 f5");
}

#[test]
fn a_code_is_its_number() {
    both_ways(&Colour::Red, "00");
    both_ways(&Colour::DarkBlue, "01");
    assert_eq!(Colour::from_code("dark-blue"), Some(Colour::DarkBlue));
    assert_eq!(Colour::ALL, [Colour::Red, Colour::DarkBlue]);
    assert_eq!(Colour::DarkBlue.meaning(), "Dark blue.");
}

#[test]
fn sets_and_tables_rise() {
    both_ways(&BTreeSet::from([1_u64, 2, 300]), "83 01 02 19012c");
    both_ways(&BTreeMap::from([(1_u64, true), (2, false)]), "82 82 01 f5 82 02 f4");
    refuses::<BTreeSet<u64>>("82 02 01", Class::UnsortedKeys, 2);
    refuses::<BTreeSet<u64>>("83 01 02 02", Class::DuplicateKey, 3);
    refuses::<BTreeMap<u64, bool>>("82 82 01 f5 82 01 f4", Class::DuplicateKey, 4);
    refuses::<BTreeMap<u64, bool>>("82 82 02 f5 82 01 f4", Class::UnsortedKeys, 4);
    refuses::<BTreeMap<u64, bool>>("81 83 01 f5 00", Class::OutOfRange, 1);
    refuses::<BTreeSet<u64>>("80", Class::EmptyList, 0);
}

#[test]
fn refuses_what_is_cut_short() {
    for (bytes, offset) in [
        ("", 0),
        ("18", 0),
        ("1a 000100", 0),
        ("a2 01 1864", 3 + 1),
        ("a2 01 1864 1818", 6),
        ("a2", 1),
        ("a2 01", 2),
    ] {
        refuses::<Example>(bytes, Class::Truncated, offset);
    }
    refuses::<Text>("62 61", Class::Truncated, 0);
    refuses::<Octets>("59 1000 00", Class::Truncated, 0);
    refuses::<Amount>("c2", Class::Truncated, 1);
    refuses::<Amount>("c2 49 01", Class::Truncated, 1);
}

#[test]
fn refuses_a_length_that_is_more_than_any_input_without_allocating() {
    refuses::<Vec<u64>>("9b ffffffffffffffff 00", Class::Truncated, 10);
    refuses::<Example>("bb ffffffffffffffff 01 00 1818 f5", Class::Truncated, 14);
    refuses::<Fixed<3>>("5b ffffffffffffffff 00", Class::OutOfRange, 0);
    assert_eq!(Reader::new(&unhex("5b ffffffffffffffff 00")).bytes(usize::MAX), Err(Class::Truncated.at(0)));
}

#[test]
fn refuses_reserved_heads() {
    for major in 0..=7_u8 {
        for info in 28..=30 {
            assert_eq!(u64::from_bytes(&[major << 5 | info]), Err(Class::Reserved.at(0)));
        }
    }
}

#[test]
fn refuses_integers_and_lengths_that_fit_fewer_bytes() {
    for bytes in ["18 17", "19 00ff", "1a 0000ffff", "1b 00000000ffffffff", "18 00"] {
        refuses::<u64>(bytes, Class::LongInteger, 0);
        refuses::<Amount>(bytes, Class::LongInteger, 0);
    }
    refuses::<Text>("78 01 61", Class::LongInteger, 0);
    refuses::<Octets>("58 00", Class::LongInteger, 0);
    refuses::<Vec<u64>>("98 01 00", Class::LongInteger, 0);
    refuses::<Example>("b8 02 01 1864 1818 f5", Class::LongInteger, 0);
    refuses::<Example>("a2 1801 1864 1818 f5", Class::LongInteger, 1);
    refuses::<Amount>("d8 02 49 010000000000000000", Class::LongInteger, 0);
    refuses::<Amount>("c2 48 ffffffffffffffff", Class::LongInteger, 0);
    refuses::<Amount>("c2 40", Class::LongInteger, 0);
    refuses::<Amount>("c2 4a 00010000000000000000", Class::LongInteger, 0);
    refuses::<Amount>("c2 58 09 010000000000000000", Class::LongInteger, 1);
}

#[test]
fn refuses_indefinite_lengths() {
    refuses::<Octets>("5f 41 61 ff", Class::IndefiniteLength, 0);
    refuses::<Text>("7f 61 61 ff", Class::IndefiniteLength, 0);
    refuses::<Vec<u64>>("9f 01 ff", Class::IndefiniteLength, 0);
    refuses::<Example>("bf 01 1864 1818 f5 ff", Class::IndefiniteLength, 0);
    refuses::<Example>("a2 01 1864 ff", Class::IndefiniteLength, 4);
    refuses::<Amount>("c2 5f 49 010000000000000000 ff", Class::IndefiniteLength, 1);
}

#[test]
fn refuses_keys_that_do_not_rise_are_not_known_or_are_missing() {
    refuses::<Example>("a3 01 1864 03 8101 02 6161", Class::UnsortedKeys, 7);
    refuses::<Example>("a3 01 1864 01 1864 1818 f5", Class::DuplicateKey, 4);
    refuses::<Example>("a3 00 00 01 1864 1818 f5", Class::UnknownKey, 1);
    refuses::<Example>("a3 01 1864 04 00 1818 f5", Class::UnknownKey, 4);
    refuses::<Example>("a3 01 1864 1818 f5 1819 00", Class::UnknownKey, 7);
    refuses::<Example>("a1 01 1864", Class::MissingKey, 0);
    refuses::<Example>("a1 1818 f5", Class::MissingKey, 0);
    refuses::<Example>("a0", Class::MissingKey, 0);
    refuses::<Choice>("82 01 a0", Class::MissingKey, 2);
    refuses::<Example>("a1 6131 1864", Class::WrongType, 1);
    refuses::<Example>("a1 20 1864", Class::WrongType, 1);
}

#[test]
fn refuses_floats() {
    for bytes in ["f9 3c00", "fa 3f800000", "fb 3ff0000000000000", "f9"] {
        refuses::<u64>(bytes, Class::Float, 0);
        refuses::<bool>(bytes, Class::Float, 0);
    }
    refuses::<Example>("a2 01 f93c00 1818 f5", Class::Float, 2);
}

#[test]
fn refuses_items_of_another_type() {
    for bytes in ["20", "40", "60", "80", "a0", "c0 00", "f4", "f6", "f7", "f8 ff", "e0"] {
        refuses::<u64>(bytes, Class::WrongType, 0);
    }
    for bytes in ["00", "f6", "f7", "f8 14"] {
        refuses::<bool>(bytes, Class::WrongType, 0);
    }
    refuses::<Amount>("c3 49 010000000000000000", Class::WrongType, 0);
    refuses::<Amount>("c2 00", Class::WrongType, 1);
    refuses::<Amount>("20", Class::WrongType, 0);
    refuses::<Example>("a3 01 1864 02 f6 1818 f5", Class::WrongType, 5);
    refuses::<Choice>("a1 00 00", Class::WrongType, 0);
}

#[test]
fn refuses_what_is_out_of_range() {
    refuses::<Colour>("02", Class::OutOfRange, 0);
    refuses::<Choice>("82 02 00", Class::OutOfRange, 1);
    refuses::<Choice>("81 00", Class::OutOfRange, 0);
    refuses::<Choice>("83 00 00 00", Class::OutOfRange, 0);
    refuses::<Fixed<3>>("42 0102", Class::OutOfRange, 0);
    refuses::<Fixed<3>>("44 01020304", Class::OutOfRange, 0);
    refuses::<Id>("60", Class::OutOfRange, 0);
    refuses::<Amount>("c2 51 01 00000000000000000000000000000000", Class::OutOfRange, 0);
}

#[test]
fn refuses_empty_lists_and_bad_text() {
    refuses::<Vec<u64>>("80", Class::EmptyList, 0);
    refuses::<Example>("a3 01 1864 03 80 1818 f5", Class::EmptyList, 5);
    refuses::<Text>("61 ff", Class::NotUtf8, 0);
    refuses::<Text>("62 c080", Class::NotUtf8, 0);
    refuses::<Id>("62 c3a9", Class::ForbiddenCharacter, 0);
    refuses::<Text>("61 0a", Class::ForbiddenCharacter, 0);
    refuses::<Example>("a3 01 1864 02 63e2808b 1818 f5", Class::ForbiddenCharacter, 5);
}

#[test]
fn refuses_trailing_bytes() {
    refuses::<u64>("00 00", Class::TrailingBytes, 1);
    refuses::<Example>("a2 01 1864 1818 f5 00", Class::TrailingBytes, 7);
    assert_eq!(Reader::new(&[0]).finish(), Err(Class::TrailingBytes.at(0)));
    assert_eq!(Reader::new(&[]).finish(), Ok(()));
}

#[test]
fn null_is_read_only_where_it_comes_next() {
    let mut r = Reader::new(&[0xf6, 0xf5]);
    assert!(r.null());
    assert!(!r.null());
    assert_eq!((r.offset(), r.bool()), (1, Ok(true)));
    assert!(!r.null());
}

#[test]
fn an_error_says_its_class_and_its_place() {
    assert_eq!(alloc::format!("{}", Class::LongInteger.at(3)), "long-integer at byte 3");
    assert_eq!(Class::NotUtf8.code(), "not-utf8");
}
