//! The example of the specification, the round trip, and one defect a row.

use alloc::{
    format,
    string::{String, ToString},
    vec,
};

use proptest::prelude::*;

use super::*;
use crate::hash::empty_root;

const EXAMPLE: &str = "example.com/behind-the-sofa\n\
    20852163\n\
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

#[test]
fn reads_the_example_of_the_specification() {
    let checkpoint = Checkpoint::parse(EXAMPLE).unwrap();
    assert_eq!(checkpoint.origin, "example.com/behind-the-sofa");
    assert_eq!(checkpoint.size, 20_852_163);
    assert_eq!(
        checkpoint.root.to_string(),
        "0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62"
    );
    assert_eq!(checkpoint.extensions, Vec::<String>::new());
    assert_eq!(checkpoint.to_text(), EXAMPLE);
}

#[test]
fn the_empty_log_and_the_largest_have_checkpoints() {
    for size in [0, 1, 10, u64::MAX] {
        let checkpoint = Checkpoint {
            origin: "log.example/one two".to_string(),
            size,
            root: empty_root(),
            extensions: vec!["x".to_string(); MAX_EXTENSIONS],
        };
        assert_eq!(Checkpoint::parse(&checkpoint.to_text()), Ok(checkpoint));
    }
}

#[test]
fn the_longest_is_read() {
    let begin = "log\n5\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
    let rest = MAX_NOTE_BYTES.saturating_sub(begin.len()).saturating_sub(1);
    let mut longest = format!("{begin}{}\n", "x".repeat(rest));
    assert_eq!(longest.len(), MAX_NOTE_BYTES);
    assert_eq!(Checkpoint::parse(&longest).map(|it| it.size), Ok(5));
    longest.insert(begin.len(), 'x');
    assert_eq!(Checkpoint::parse(&longest), Err(CheckpointError::TooLong));
}

#[test]
fn each_defect_has_its_error() {
    use CheckpointError::{
        ControlCharacter, EmptyLine, InvalidRoot, InvalidSize, MissingFinalNewline, TooFewLines, TooLong,
        TooManyExtensions,
    };
    let root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";
    let size = |text: &str| format!("log\n{text}\n{root}\n");
    let with_root = |text: &str| format!("log\n5\n{text}\n");
    let cases = [
        ("too long", format!("log\n5\n{root}\n{}\n", "x".repeat(MAX_NOTE_BYTES)), TooLong),
        ("carriage return", format!("log\r\n5\n{root}\n"), ControlCharacter { offset: 3 }),
        ("tab", format!("log\n5\n{root}\nx\ty\n"), ControlCharacter { offset: 52 }),
        ("nothing", String::new(), MissingFinalNewline),
        ("no final line feed", format!("log\n5\n{root}"), MissingFinalNewline),
        ("a line feed alone", "\n".to_string(), EmptyLine { line: 1 }),
        ("no origin", format!("\n5\n{root}\n"), EmptyLine { line: 1 }),
        ("no size", size(""), EmptyLine { line: 2 }),
        ("no root", with_root(""), EmptyLine { line: 3 }),
        ("empty extension", format!("log\n5\n{root}\n\n"), EmptyLine { line: 4 }),
        ("one line", "log\n".to_string(), TooFewLines),
        ("two lines", "log\n5\n".to_string(), TooFewLines),
        (
            "many extensions",
            format!("log\n5\n{root}\n{}", "x\n".repeat(MAX_EXTENSIONS + 1)),
            TooManyExtensions,
        ),
        ("leading zero", size("05"), InvalidSize),
        ("double zero", size("00"), InvalidSize),
        ("plus sign", size("+5"), InvalidSize),
        ("minus sign", size("-5"), InvalidSize),
        ("minus zero", size("-0"), InvalidSize),
        ("leading space", size(" 5"), InvalidSize),
        ("trailing space", size("5 "), InvalidSize),
        ("hexadecimal", size("0x5"), InvalidSize),
        ("separator", size("1_000"), InvalidSize),
        ("fraction", size("5.0"), InvalidSize),
        ("foreign digits", size("\u{665}"), InvalidSize),
        ("two to the 64", size("18446744073709551616"), InvalidSize),
        ("31 bytes", with_root("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxqw=="), InvalidRoot),
        ("33 bytes", with_root("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2IA"), InvalidRoot),
        ("no padding", with_root("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I"), InvalidRoot),
        ("stray bits", with_root("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J="), InvalidRoot),
        ("URL alphabet", with_root("CsUYapGGPo4dkMgIAUqom_Xajj7h2fB2MPA3j2jxq2I="), InvalidRoot),
        ("space after root", with_root(&format!("{root} ")), InvalidRoot),
    ];
    for (defect, text, error) in cases {
        assert_eq!(Checkpoint::parse(&text), Err(error), "{defect}");
    }
}

proptest! {
    #[test]
    fn whatever_parses_is_written_back_to_the_byte(
        origin in "[a-z./ +]{0,3}",
        size in "[0-9]{0,21}",
        root in "[A-Za-z0-9+/]{42}[AEIMQUYc]=",
        rest in "([a-z ]{0,3}\n){0,3}",
    ) {
        let text = format!("{origin}\n{size}\n{root}\n{rest}");
        if let Ok(checkpoint) = Checkpoint::parse(&text) {
            prop_assert_eq!(checkpoint.to_text(), text);
        }
    }

    #[test]
    fn every_head_survives_the_round_trip(
        origin in "[^\u{0}-\u{1f}]{1,40}",
        size in any::<u64>(),
        root in any::<[u8; 32]>(),
        extensions in proptest::collection::vec("[^\u{0}-\u{1f}]{1,40}", 0..5),
    ) {
        let checkpoint = Checkpoint { origin, size, root: Hash::new(root), extensions };
        prop_assert_eq!(Checkpoint::parse(&checkpoint.to_text()), Ok(checkpoint));
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in any::<String>()) {
        let _ = Checkpoint::parse(&text);
    }
}
