//! The published examples of RFC 8949: what is deterministic is read and written back to the same bytes,
//! everything else is refused for what it is.
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

use counterfoil_record::codec::{Class, Error, Reader, Wire, Writer};
use counterfoil_record::{Amount, Id};

use common::unhex;

/// An item of the part of CBOR that the format uses.
#[derive(Debug, PartialEq)]
enum Item {
    Amount(Amount),
    Negative(u64),
    Bytes(Vec<u8>),
    Text(String),
    Array(Vec<Item>),
    Map(Vec<(u64, Item)>),
    Bool(bool),
    Null,
}

impl Wire for Item {
    fn encode(&self, w: &mut Writer) {
        match self {
            Self::Amount(amount) => w.amount(*amount),
            Self::Negative(argument) => w.negative(*argument),
            Self::Bytes(bytes) => w.bytes(bytes),
            Self::Text(text) => w.text(text),
            Self::Array(items) => {
                w.array(items.len());
                for item in items {
                    item.encode(w);
                }
            }
            Self::Map(pairs) => {
                w.map(pairs.len());
                for (key, item) in pairs {
                    w.uint(*key);
                    item.encode(w);
                }
            }
            Self::Bool(value) => w.bool(*value),
            Self::Null => w.null(),
        }
    }

    fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
        match r.peek().map_or(0, |initial| initial >> 5) {
            0 | 6 => r.amount().map(Self::Amount),
            1 => r.negative().map(Self::Negative),
            2 => r.bytes(usize::MAX).map(|bytes| Self::Bytes(bytes.into())),
            3 => r.text(usize::MAX).map(|text| Self::Text(text.into())),
            4 => {
                let len = r.array()?;
                (0..len).map(|_| Self::decode(r)).collect::<Result<_, _>>().map(Self::Array)
            }
            5 => {
                let mut fields = r.map()?;
                let mut pairs = Vec::new();
                for key in 0..16 {
                    if let Some(item) = fields.field::<Option<Self>>(key)? {
                        pairs.push((key, item));
                    }
                }
                fields.finish()?;
                Ok(Self::Map(pairs))
            }
            _ if r.null() => Ok(Self::Null),
            _ => r.bool().map(Self::Bool),
        }
    }
}

/// Where it is refused at another byte than the first, or for another reason than its first byte shows.
const INNER: [(&str, Class, usize); 11] = [
    // Negative bignums, dates, and the tags 1, 23, 24 and 32 do not occur; tag 2 holds 2^64 and above.
    ("c349010000000000000000", Class::WrongType, 0),
    ("c1fb41d452d9ec200000", Class::WrongType, 0),
    // A map with text keys.
    ("a26161016162820203", Class::WrongType, 1),
    ("826161a161626163", Class::WrongType, 4),
    ("a56161614161626142616361436164614461656145", Class::WrongType, 1),
    // Something indefinite inside something definite.
    ("83018202039f0405ff", Class::IndefiniteLength, 5),
    ("83019f0203ff820405", Class::IndefiniteLength, 2),
    ("826161bf61626163ff", Class::IndefiniteLength, 3),
    // The one-byte simple values but false, true and null.
    ("f7", Class::WrongType, 0),
    ("f0", Class::WrongType, 0),
    ("f818", Class::WrongType, 0),
];

fn expected_refusal(hex: &str) -> Error {
    if let Some((_, class, offset)) = INNER.iter().find(|(item, _, _)| *item == hex) {
        return class.at(*offset);
    }
    let class = match unhex(hex)[0] {
        0xf9..=0xfb => Class::Float,
        0x5f | 0x7f | 0x9f | 0xbf => Class::IndefiniteLength,
        0xc0..=0xdb | 0xf8 => Class::WrongType,
        _ => panic!("no rule refuses {hex}"),
    };
    class.at(0)
}

#[test]
fn appendix_a_is_read_back_to_the_same_bytes_or_refused_by_class() {
    let Some(vectors) = common::vectors("cbor/appendix_a.json") else {
        return;
    };
    let (mut accepted, mut floats, mut indefinite, mut others) = (0, 0, 0, 0);
    for vector in vectors.as_array().unwrap() {
        let hex = vector["hex"].as_str().unwrap();
        match Item::from_bytes(&unhex(hex)) {
            Ok(item) => {
                assert_eq!(hex::encode(item.to_bytes()), hex);
                accepted += 1;
            }
            Err(error) => {
                assert_eq!(error, expected_refusal(hex), "{hex}");
                match error.class {
                    Class::Float => floats += 1,
                    Class::IndefiniteLength => indefinite += 1,
                    _ => others += 1,
                }
            }
        }
    }
    assert_eq!((accepted, floats, indefinite, others), (35, 22, 11, 14));
}

#[test]
fn appendix_a_values_are_what_the_appendix_says() {
    let amount = |units| Item::Amount(Amount::new(units));
    for (hex, item) in [
        ("1bffffffffffffffff", amount(18_446_744_073_709_551_615)),
        ("c249010000000000000000", amount(18_446_744_073_709_551_616)),
        ("3bffffffffffffffff", Item::Negative(u64::MAX)),
        ("3903e7", Item::Negative(999)),
        ("4401020304", Item::Bytes(vec![1, 2, 3, 4])),
        ("64f0908591", Item::Text("\u{10151}".into())),
        ("a201020304", Item::Map(vec![(1, amount(2)), (3, amount(4))])),
        (
            "8301820203820405",
            Item::Array(vec![
                amount(1),
                Item::Array(vec![amount(2), amount(3)]),
                Item::Array(vec![amount(4), amount(5)]),
            ]),
        ),
        ("f6", Item::Null),
    ] {
        assert_eq!(Item::from_bytes(&unhex(hex)), Ok(item), "{hex}");
    }
}

/// The examples of appendix F.1 that are not well-formed, by the heading that they stand under there.
const NOT_WELL_FORMED: [(&str, &[&str]); 10] = [
    (
        "end of input in a head",
        &[
            "18",
            "19",
            "1a",
            "1b",
            "1901",
            "1a0102",
            "1b01020304050607",
            "38",
            "58",
            "78",
            "98",
            "9a01ff00",
            "b8",
            "d8",
            "f8",
            "f900",
            "fa0000",
            "fb000000",
        ],
    ),
    (
        "definite-length strings with short data",
        &["41", "61", "5affffffff00", "5bffffffffffffffff010203", "7affffffff00", "7b7fffffffffffffff010203"],
    ),
    (
        "definite-length maps and arrays not closed with enough items",
        &["81", "818181818181818181", "8200", "a1", "a20102", "a100", "a2000000"],
    ),
    ("tag number not followed by tag content", &["c0"]),
    ("indefinite-length strings not closed by a break stop code", &["5f4100", "7f6100"]),
    (
        "indefinite-length maps and arrays not closed by a break stop code",
        &["9f", "9f0102", "bf", "bf01020102", "819f", "9f8000", "9f9f9f9f9fffffffff", "9f819f819f9fffffff"],
    ),
    (
        "reserved additional information values",
        &[
            "1c", "1d", "1e", "3c", "3d", "3e", "5c", "5d", "5e", "7c", "7d", "7e", "9c", "9d", "9e", "bc",
            "bd", "be", "dc", "dd", "de", "fc", "fd", "fe",
        ],
    ),
    ("reserved two-byte encodings of simple values", &["f800", "f801", "f818", "f81f"]),
    (
        "indefinite-length string chunks not of the correct type, or not definite",
        &[
            "5f00ff",
            "5f21ff",
            "5f6100ff",
            "5f80ff",
            "5fa0ff",
            "5fc000ff",
            "5fe0ff",
            "7f4100ff",
            "5f5f4100ffff",
            "7f7f6100ffff",
        ],
    ),
    (
        "break occurring on its own, odd maps, and major types 0, 1, 6 with additional information 31",
        &[
            "ff",
            "81ff",
            "8200ff",
            "a1ff",
            "a1ff00",
            "a100ff",
            "a20000ff",
            "9f81ff",
            "9f829f819f9fffffffff",
            "bf00ff",
            "bf000000ff",
            "1f",
            "3f",
            "df",
        ],
    ),
];

#[test]
fn refuses_everything_that_is_not_well_formed() {
    let mut count = 0;
    for (heading, items) in NOT_WELL_FORMED {
        for hex in items {
            let bytes = unhex(hex);
            let error = Item::from_bytes(&bytes).expect_err(hex);
            assert!(is_explained(error.class, heading), "{heading}: {hex} is {error}");
            assert!(error.offset <= bytes.len(), "{hex}: {error}");
            assert!(Id::from_bytes(&bytes).is_err() && u64::from_bytes(&bytes).is_err(), "{hex}");
            count += 1;
        }
    }
    assert_eq!(count, 94);
}

/// Whether a class is the right one under a heading. A float or an unknown simple value is refused by its
/// first byte, however it goes on, and a second key of 0 as the repetition that it is.
fn is_explained(class: Class, heading: &str) -> bool {
    match class {
        Class::Truncated => heading.contains("end of input") || heading.contains("definite-length"),
        Class::Float | Class::LongInteger => heading == "end of input in a head",
        Class::DuplicateKey => heading.contains("maps"),
        Class::WrongType => ["simple", "tag", "head"].iter().any(|word| heading.contains(word)),
        Class::Reserved => heading.starts_with("reserved additional"),
        Class::IndefiniteLength => heading.contains("indefinite") || heading.starts_with("break"),
        _ => false,
    }
}
