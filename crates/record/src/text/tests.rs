//! What may stand in a record for people to read, and what may not.

use alloc::string::ToString as _;
use alloc::vec;

use super::*;

#[test]
fn ids_are_short_and_plain() {
    for good in ["a", "A-Z", "example.com/foo", "alice@example.com", "eip155:8453", "a+b_c", &"x".repeat(128)]
    {
        assert_eq!(good.parse::<Id>().map(|id| id.to_string()).as_deref(), Ok(good));
    }
    for bad in [
        "",
        " ",
        "a b",
        "a\n",
        "é",
        "a\u{200b}",
        "a\0",
        "a,b",
        "a\\b",
        "a%20b",
        "#",
        "?",
        "~",
        &"x".repeat(129),
    ] {
        assert_eq!(bad.parse::<Id>(), Err(NotAnId), "{bad:?}");
    }
}

#[test]
fn an_id_has_exactly_the_stated_characters() {
    let allowed = (0..=127_u8).filter(|byte| char::from(*byte).to_string().parse::<Id>().is_ok()).count();
    assert_eq!(allowed, 26 + 26 + 10 + 7);
}

#[test]
fn words_and_numbered_names_of_the_format_are_ids() {
    for made in [Id::word("log"), Id::numbered("transaction", u64::MAX), Id::numbered("run", 0)] {
        assert_eq!(made.as_str().parse(), Ok(made));
    }
}

#[test]
fn ids_and_texts_refuse_their_own_defects_in_json_too() {
    assert!(serde_json::from_str::<Id>("\"a b\"").unwrap_err().to_string().starts_with(&NotAnId.to_string()));
    let refused = serde_json::from_str::<Text>(r#""a\u202eb""#).unwrap_err().to_string();
    assert!(refused.starts_with(&NotText::Deceptive.to_string()), "{refused}");
    assert_eq!(serde_json::from_str::<Text>(r#""a\u00e9""#).unwrap().as_str(), "aé");
    assert_eq!(serde_json::to_string(&"a".parse::<Text>().unwrap()).unwrap(), "\"a\"");
}

#[test]
fn texts_of_any_script_are_allowed() {
    for good in ["", "a b", "naïve café", "東京", "שלום", "مرحبا", "😀", "e\u{301}", "a\u{a0}b", "\u{10ffff}"]
    {
        assert_eq!(good.parse::<Text>().map(|text| text.to_string()).as_deref(), Ok(good));
    }
}

#[test]
fn refuses_texts_that_hide_or_reorder() {
    for (name, bad) in [
        ("null", "a\0"),
        ("line feed", "a\nb"),
        ("tab", "a\tb"),
        ("escape", "\u{1b}[31m"),
        ("delete", "\u{7f}"),
        ("next line", "\u{85}"),
        ("soft hyphen", "pay\u{ad}pal"),
        ("zero-width space", "a\u{200b}b"),
        ("zero-width non-joiner", "a\u{200c}b"),
        ("zero-width joiner", "a\u{200d}b"),
        ("left-to-right mark", "\u{200e}"),
        ("Arabic letter mark", "\u{61c}"),
        ("right-to-left override", "gpj.\u{202e}exe"),
        ("left-to-right isolate", "\u{2066}"),
        ("line separator", "\u{2028}"),
        ("word joiner", "\u{2060}"),
        ("byte order mark", "\u{feff}a"),
        ("variation selector", "a\u{fe0f}"),
        ("Hangul filler", "\u{3164}"),
        ("interlinear annotation", "\u{fff9}"),
        ("tag character", "\u{e0041}"),
    ] {
        assert_eq!(bad.parse::<Text>(), Err(NotText::Deceptive), "{name}");
    }
}

/// The code points of the Unicode property `Default_Ignorable_Code_Point`, and of `Bidi_Control`.
const INVISIBLE: [(u32, u32); 17] = [
    (0xad, 0xad),
    (0x34f, 0x34f),
    (0x61c, 0x61c),
    (0x115f, 0x1160),
    (0x17b4, 0x17b5),
    (0x180b, 0x180f),
    (0x200b, 0x200f),
    (0x202a, 0x202e),
    (0x2060, 0x206f),
    (0x3164, 0x3164),
    (0xfe00, 0xfe0f),
    (0xfeff, 0xfeff),
    (0xffa0, 0xffa0),
    (0xfff0, 0xfff8),
    (0x1bca0, 0x1bca3),
    (0x1d173, 0x1d17a),
    (0xe0000, 0xe0fff),
];

/// Line and paragraph separator, and the annotation characters.
const MORE: [(u32, u32); 2] = [(0x2028, 0x2029), (0xfff9, 0xfffb)];

#[test]
fn every_invisible_and_control_character_is_deceptive_and_no_other() {
    let within = |ranges: &[(u32, u32)], c: char| {
        ranges.iter().any(|(first, last)| (*first..=*last).contains(&u32::from(c)))
    };
    for c in '\0'..=char::MAX {
        let expected = c.is_control() || within(&INVISIBLE, c) || within(&MORE, c);
        assert_eq!(is_deceptive(c), expected, "U+{:04X}", u32::from(c));
    }
}

#[test]
fn texts_and_octets_are_bounded() {
    assert_eq!("x".repeat(2048).parse::<Text>().map(|text| text.as_str().len()), Ok(2048));
    assert_eq!("x".repeat(2049).parse::<Text>(), Err(NotText::TooLong));
    assert_eq!("é".repeat(1025).parse::<Text>(), Err(NotText::TooLong));
    assert_eq!(Octets::try_from(vec![0; 40_960]).map(|octets| octets.as_slice().len()), Ok(40_960));
    assert_eq!(Octets::try_from(vec![0; 40_961]), Err(TooManyOctets));
}

#[test]
fn bounds_hold_on_the_wire() {
    let bytes_of = |len: usize| {
        let mut w = Writer::new();
        w.bytes(&vec![0x61; len]);
        w.into_bytes()
    };
    let text_of = |len: usize| {
        let mut w = Writer::new();
        w.text(&"a".repeat(len));
        w.into_bytes()
    };
    assert_eq!(Octets::from_bytes(&bytes_of(40_960)).map(|it| it.to_bytes()), Ok(bytes_of(40_960)));
    assert_eq!(Octets::from_bytes(&bytes_of(40_961)), Err(Class::OutOfRange.at(0)));
    assert_eq!(Text::from_bytes(&text_of(2048)).map(|it| it.to_bytes()), Ok(text_of(2048)));
    assert_eq!(Text::from_bytes(&text_of(2049)), Err(Class::OutOfRange.at(0)));
    assert_eq!(Id::from_bytes(&text_of(128)).map(|it| it.to_bytes()), Ok(text_of(128)));
    assert_eq!(Id::from_bytes(&text_of(129)), Err(Class::OutOfRange.at(0)));
    assert_eq!(Id::from_bytes(&text_of(0)), Err(Class::OutOfRange.at(0)));
}

#[test]
fn shown_makes_a_text_of_anything() {
    assert_eq!(Text::shown("plain é").as_str(), "plain é");
    assert_eq!(Text::shown("a\u{202e}b\nc\u{200b}").as_str(), "a?b?c?");
    assert_eq!(Text::shown(42).as_str(), "42");
    assert_eq!(Text::shown("x".repeat(5000)).as_str().len(), 2048);
    // Three bytes a character: the cut falls between characters, not inside one.
    let cut = Text::shown("水".repeat(1000));
    assert_eq!((cut.as_str().len(), cut.as_str().chars().count()), (2046, 682));
    for text in [Text::shown("\0".repeat(3000)), cut] {
        assert_eq!(text.as_str().parse(), Ok(text));
    }
}

#[test]
fn bytes_are_shown_in_hexadecimal() {
    assert_eq!(serde_json::to_string(&Fixed([0xab, 0x01])).unwrap(), "\"ab01\"");
    assert_eq!(serde_json::to_string(&Octets::try_from(vec![0xff]).unwrap()).unwrap(), "\"ff\"");
    assert_eq!(format!("[{:>3}]", "a".parse::<Id>().unwrap()), "[  a]");
}
