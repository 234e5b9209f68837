//! The example of the Go implementation, and one defect a row.

use alloc::{
    format,
    string::{String, ToString},
    vec,
    vec::Vec,
};
use core::convert::Infallible;

use base64::{Engine, prelude::BASE64_STANDARD};
use ed25519_dalek::{Signature, SigningKey, VerifyingKey};
use proptest::prelude::*;

use super::*;

const VKEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const TEXT: &str = "This is an example message.\n";
const ENCODED: &str = "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1\
    Yu72IneyaQM=";
const ED25519: u8 = 0x01;

/// An Ed25519 public key under a name.
struct Known {
    name: String,
    key: VerifyingKey,
}

impl Verifier for Known {
    fn name(&self) -> &str {
        &self.name
    }

    fn key_id(&self) -> [u8; 4] {
        key_id(&self.name, ED25519, self.key.as_bytes())
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature)
            .is_ok_and(|signature| self.key.verify_strict(message, &signature).is_ok())
    }
}

/// An Ed25519 private key under a name.
struct Own {
    name: String,
    key: SigningKey,
}

impl Own {
    fn new(name: &str, seed: u8) -> Self {
        Self { name: name.to_string(), key: SigningKey::from_bytes(&[seed; 32]) }
    }

    fn known(&self) -> Known {
        Known { name: self.name.clone(), key: self.key.verifying_key() }
    }

    /// The signature line alone.
    fn line(&self, text: &str) -> String {
        let note = sign(text, self).unwrap();
        note.strip_prefix(&format!("{text}\n")).unwrap().to_string()
    }
}

impl Signer for Own {
    type Error = Infallible;

    fn name(&self) -> &str {
        &self.name
    }

    fn key_id(&self) -> [u8; 4] {
        key_id(&self.name, ED25519, self.key.verifying_key().as_bytes())
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Infallible> {
        use ed25519_dalek::Signer as _;
        Ok(self.key.sign(message).to_bytes().to_vec())
    }
}

/// The verifier of the example, read from its `vkey` text.
fn example_verifier() -> Known {
    let mut parts = VKEY.splitn(3, '+');
    let name = parts.next().unwrap().to_string();
    let id = hex::decode(parts.next().unwrap()).unwrap();
    let typed_key = BASE64_STANDARD.decode(parts.next().unwrap()).unwrap();
    let (algorithm, key) = typed_key.split_first().unwrap();
    assert_eq!(*algorithm, ED25519);
    assert_eq!(key_id(&name, ED25519, key).as_slice(), id);
    let key = VerifyingKey::from_bytes(key.try_into().unwrap()).unwrap();
    Known { name, key }
}

fn parse(note: &str) -> Note {
    Note::parse(note.as_bytes()).unwrap()
}

#[test]
fn opens_the_published_example() {
    let verifier = example_verifier();
    let note = parse(&format!("{TEXT}\n\u{2014} example.com/foo {ENCODED}\n"));
    assert_eq!(note.text(), TEXT);
    let [line] = note.signatures() else { panic!("one signature line") };
    assert_eq!(line.name(), "example.com/foo");
    assert_eq!(line.key_id(), [0x53, 0x0d, 0x90, 0x3a]);
    assert_eq!(line.signature().len(), 64);
    assert_eq!(note.open(&[&verifier]), Ok(vec![0]));
}

#[test]
fn a_signed_note_opens_with_its_text() {
    let own = Own::new("log.example/a", 1);
    for text in ["\n", "a\n", "a\n\n\nb\n", "a\n\n", "\u{2014} not a signature\n"] {
        let note = parse(&sign(text, &own).unwrap());
        assert_eq!(note.text(), text);
        assert_eq!(note.open(&[&own.known()]), Ok(vec![0]));
    }
}

#[test]
fn unknown_signers_are_ignored_even_with_a_known_name_or_a_known_id() {
    let (own, other) = (Own::new("a", 1), Own::new("b", 2));
    let same_name = Own::new("a", 3).line(TEXT);
    // The id of the known key, under a name that is not its own.
    let same_id = own.line(TEXT).replace("\u{2014} a ", "\u{2014} c ");
    let lines = format!("{}{same_name}{same_id}{}", other.line(TEXT), own.line(TEXT));
    let note = parse(&format!("{TEXT}\n{lines}"));
    assert_eq!(note.open(&[&own.known()]), Ok(vec![0]));
    let lines = format!("{same_name}{same_id}");
    let note = parse(&format!("{TEXT}\n{lines}"));
    assert_eq!(note.open(&[&own.known()]), Err(OpenError::NoKnownSigner));
}

#[test]
fn indices_of_signers_ascend_and_count_a_key_once() {
    let [a, b, c] = [("a", 1), ("b", 2), ("c", 3)].map(|(name, seed)| Own::new(name, seed));
    let lines = format!("{}{}{}", c.line(TEXT), a.line(TEXT), c.line(TEXT));
    let note = parse(&format!("{TEXT}\n{lines}"));
    let known = [a.known(), b.known(), c.known()];
    let known: Vec<&dyn Verifier> = known.iter().map(|key| -> &dyn Verifier { key }).collect();
    assert_eq!(note.open(&known), Ok(vec![0, 2]));
}

#[test]
fn no_known_signer_is_an_error() {
    let note = parse(&sign(TEXT, &Own::new("a", 1)).unwrap());
    assert_eq!(note.open(&[]), Err(OpenError::NoKnownSigner));
    let other = Own::new("b", 1).known();
    assert_eq!(note.open(&[&other]), Err(OpenError::NoKnownSigner));
}

#[test]
fn one_bad_line_of_a_known_key_spoils_the_note() {
    let (a, b) = (Own::new("a", 1), Own::new("b", 2));
    let (known_a, known_b) = (a.known(), b.known());
    let (good, wrong) = (a.line(TEXT), b.line("another text\n"));
    for lines in [format!("{good}{wrong}"), format!("{wrong}{good}")] {
        let note = parse(&format!("{TEXT}\n{lines}"));
        let spoiled = Err(OpenError::InvalidSignature { known: 1 });
        assert_eq!(note.open(&[&known_a, &known_b]), spoiled);
        assert_eq!(note.open(&[&known_a]), Ok(vec![0]));
    }
    // The second line of a key counts as well as its first.
    let note = parse(&format!("{TEXT}\n{good}{}", a.line("another text\n")));
    let spoiled = Err(OpenError::InvalidSignature { known: 0 });
    assert_eq!(note.open(&[&known_a]), spoiled);
}

#[test]
fn a_key_that_is_known_twice_is_ambiguous() {
    let own = Own::new("a", 1);
    let (one, two) = (own.known(), own.known());
    let note = parse(&sign(TEXT, &own).unwrap());
    let ambiguous = OpenError::AmbiguousVerifier { first: 0, second: 1 };
    assert_eq!(note.open(&[&one, &two]), Err(ambiguous));
}

#[test]
fn any_other_text_or_signature_is_refused() {
    let verifier = example_verifier();
    let note = format!("{TEXT}\n\u{2014} example.com/foo {ENCODED}\n");
    let changed = parse(&note.replace("example message", "Example message"));
    let spoiled = Err(OpenError::InvalidSignature { known: 0 });
    assert_eq!(changed.open(&[&verifier]), spoiled);
    let changed = parse(&note.replace("Nnag", "Mnag").replace("Tnag", "Unag"));
    assert_eq!(changed.open(&[&verifier]), spoiled);
    let changed = parse(&note.replace("message.\n", "message.\n\n"));
    assert_eq!(changed.open(&[&verifier]), spoiled);
}

#[test]
fn each_defect_of_a_note_has_its_error() {
    use NoteError::{
        ControlCharacter, InvalidBase64, InvalidName, MalformedLine, MissingBlankLine, MissingFinalNewline,
        NoSignatures, NotUtf8, SignatureTooShort, TooLong, TooManySignatures,
    };
    let good = "\u{2014} a AAAAAAA=\n";
    let line = |text: &str| format!("t\n\n{good}{text}\n");
    let cases = [
        ("too long", format!("{}\n\n{good}", "x".repeat(MAX_NOTE_BYTES)), TooLong),
        ("carriage return", format!("t\r\n\n{good}"), ControlCharacter { offset: 1 }),
        ("tab in a line", line("\u{2014} a\tb AAAAAAA="), ControlCharacter { offset: 23 }),
        ("nothing", String::new(), MissingFinalNewline),
        ("no final line feed", format!("t\n\n{good}").trim_end().to_string(), MissingFinalNewline),
        ("text alone", "t\n".to_string(), MissingBlankLine),
        ("no text", format!("\n{good}"), MissingBlankLine),
        ("no blank line", format!("t\n{good}"), MissingBlankLine),
        ("a line feed alone", "\n".to_string(), MissingBlankLine),
        ("no signatures", "t\n\n".to_string(), NoSignatures),
        ("blank line at the end", format!("t\n\n{good}\n"), NoSignatures),
        ("many lines", format!("t\n\n{}", good.repeat(MAX_SIGNATURES + 1)), TooManySignatures),
        ("hyphen", line("- a AAAAAAA="), MalformedLine { line: 2 }),
        ("no space after the dash", line("\u{2014}a AAAAAAA="), MalformedLine { line: 2 }),
        ("name alone", line("\u{2014} a"), MalformedLine { line: 2 }),
        ("dash alone", line("\u{2014}"), MalformedLine { line: 2 }),
        ("text after the blank line", line("text"), MalformedLine { line: 2 }),
        ("empty name", line("\u{2014}  AAAAAAA="), InvalidName { line: 2 }),
        ("plus in name", line("\u{2014} a+b AAAAAAA="), InvalidName { line: 2 }),
        ("no-break space", line("\u{2014} a\u{a0}b AAAAAAA="), InvalidName { line: 2 }),
        ("line separator", line("\u{2014} a\u{2028}b AAAAAAA="), InvalidName { line: 2 }),
        ("no padding", line("\u{2014} a AAAAAAA"), InvalidBase64 { line: 2 }),
        ("stray bits", line("\u{2014} a AAAAAAB="), InvalidBase64 { line: 2 }),
        ("URL alphabet", line("\u{2014} a AAAA_AA="), InvalidBase64 { line: 2 }),
        ("trailing space", line("\u{2014} a AAAAAAA= "), InvalidBase64 { line: 2 }),
        ("two spaces", line("\u{2014} a  AAAAAAA="), InvalidBase64 { line: 2 }),
        ("empty signature", line("\u{2014} a "), SignatureTooShort { line: 2 }),
        ("id alone", line("\u{2014} a AAAAAA=="), SignatureTooShort { line: 2 }),
    ];
    for (defect, note, error) in cases {
        assert_eq!(Note::parse(note.as_bytes()), Err(error), "{defect}");
    }
    let broken = Note::parse(b"t\xff\n\n");
    assert_eq!(broken, Err(NotUtf8 { offset: 1 }));
}

#[test]
fn notes_at_the_limits_are_read() {
    let good = "\u{2014} a AAAAAAA=\n";
    let note = parse(&format!("t\n\n{}", good.repeat(MAX_SIGNATURES)));
    assert_eq!(note.signatures().len(), MAX_SIGNATURES);
    let text = "x".repeat(MAX_NOTE_BYTES - good.len() - 2);
    assert_eq!(parse(&format!("{text}\n\n{good}")).text().len(), text.len() + 1);
}

/// A signer with a name and a result of one's choice.
struct Odd(&'static str, Result<Vec<u8>, u8>);

impl Signer for Odd {
    type Error = u8;

    fn name(&self) -> &str {
        self.0
    }

    fn key_id(&self) -> [u8; 4] {
        [0; 4]
    }

    fn sign(&self, _: &[u8]) -> Result<Vec<u8>, u8> {
        self.1.clone()
    }
}

#[test]
fn what_cannot_be_parsed_is_not_signed() {
    let good = Odd("a", Ok(vec![0]));
    let cases = [
        ("", SignError::MissingFinalNewline),
        ("a", SignError::MissingFinalNewline),
        ("a\r\n", SignError::ControlCharacter { offset: 1 }),
    ];
    for (text, error) in cases {
        assert_eq!(sign(text, &good), Err(error));
    }
    for length in [MAX_NOTE_BYTES - 5, MAX_NOTE_BYTES] {
        let text = format!("{}\n", "x".repeat(length));
        assert_eq!(sign(&text, &good), Err(SignError::TooLong));
    }
    for name in ["", " ", "a b", "a+b", "a\n", "a\u{1}", "a\u{3000}"] {
        let refused = sign("a\n", &Odd(name, Ok(vec![0])));
        assert_eq!(refused, Err(SignError::InvalidName), "{name:?}");
    }
    let empty = sign("a\n", &Odd("a", Ok(vec![])));
    assert_eq!(empty, Err(SignError::EmptySignature));
    assert_eq!(sign("a\n", &Odd("a", Err(7))), Err(SignError::Signer(7)));
}

proptest! {
    #[test]
    fn no_bytes_make_the_parser_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Note::parse(&bytes);
    }

    #[test]
    fn a_changed_byte_never_opens(at in 0_usize..150, bit in 0_u8..8) {
        let verifier = example_verifier();
        let mut note = format!("{TEXT}\n\u{2014} example.com/foo {ENCODED}\n").into_bytes();
        prop_assume!(at < note.len());
        note[at] ^= 1 << bit;
        let opened = Note::parse(&note).map(|note| note.open(&[&verifier]));
        prop_assert!(!matches!(opened, Ok(Ok(_))), "opened {:?}", note);
    }
}
