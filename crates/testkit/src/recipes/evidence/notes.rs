//! Checkpoints that are no checkpoint by one line, signed by the log's own key; and what may stand beside a good one.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use counterfoil_audit::Verdict;
use counterfoil_tlog::note;

use super::{Case, short};
use crate::vectors::Evidence;
use crate::{forge, keys};

pub(super) fn all() -> Vec<Evidence> {
    let invalid = |name, shows, note: String| {
        let case = Case::new(name, shows, short()).checkpoint(note);
        case.expect(Verdict::Failed, &[("checkpoint-invalid", None)])
    };
    let text = |name, shows, change: &dyn Fn(&str) -> String| invalid(name, shows, signed(&change(&head())));
    let line = |name, shows, lines: &str| invalid(name, shows, format!("{}{lines}", honest()));
    let size = |size: &'static str| move |text: &str| text.replacen("\n10\n", size, 1);
    vec![
        text(
            "own-checkpoint-that-names-another-log",
            "The log's key signed, under the log's name, a checkpoint that names another log.",
            &|text| text.replacen("/agents", "/others", 1),
        ),
        text("own-checkpoint-with-an-empty-line", "An empty line stands in a checkpoint.", &|text| {
            format!("{text}\nmore\n")
        }),
        text("own-checkpoint-of-too-many-lines", "A checkpoint has 101 lines that nobody knows.", &|text| {
            format!("{text}{}", "more\n".repeat(101))
        }),
        text("own-checkpoint-size-with-a-sign", "A size is written with a sign.", &size("\n+10\n")),
        text("own-checkpoint-size-with-a-zero", "A size is written with a zero in front.", &size("\n010\n")),
        invalid(
            "own-checkpoint-altered",
            "A checkpoint was changed after the log's key had signed it.",
            honest().replacen("\n10\n", "\n11\n", 1),
        ),
        invalid(
            "own-checkpoint-of-another-key-and-root",
            "What another key signed of another tree is no checkpoint, and says nothing about the root.",
            forge::checkpoint(&short()[..9], &keys::ed25519("mallory")).replacen("\n9\n", "\n10\n", 1),
        ),
        line(
            "own-checkpoint-of-too-many-signatures",
            "A checkpoint has 101 lines of signatures.",
            &stranger("stranger", &[7; 68]).repeat(100),
        ),
        line(
            "own-checkpoint-line-of-no-key",
            "A line of signature bears a name that no key can have.",
            &stranger("a+b", &[7; 68]),
        ),
        line(
            "own-checkpoint-line-without-a-signature",
            "A line of signature has a key id and nothing after it.",
            &stranger("stranger", &[7; 4]),
        ),
        invalid(
            "own-checkpoint-signature-with-bits-left",
            "The base64 of a signature ends with bits that stand for nothing: a second way to write the same.",
            with_bits_left(&honest()),
        ),
        beside(),
    ]
}

fn honest() -> String {
    forge::checkpoint(&short(), &keys::log())
}

/// The text of the honest checkpoint, without its signature.
fn head() -> String {
    let honest = honest();
    honest.split_once("\n\n").map(|(text, _)| format!("{text}\n")).unwrap()
}

fn signed(text: &str) -> String {
    let key = keys::log();
    note::sign(text, &forge::NoteSigner::new(&keys::log_named(), &key)).unwrap()
}

fn stranger(name: &str, id_and_signature: &[u8]) -> String {
    format!("\u{2014} {name} {}\n", STANDARD.encode(id_and_signature))
}

/// The same note; the last character of its signature, which has four bits of it and two zeros, is the next one.
fn with_bits_left(note: &str) -> String {
    let (rest, last) =
        note.trim_end().strip_suffix('=').and_then(|it| it.split_at_checked(it.len() - 1)).unwrap();
    let last = u8::try_from(last.chars().next().unwrap()).unwrap();
    format!("{rest}{}=\n", char::from(last + 1))
}

/// Lines of keys that are not the log's are not looked at, whatever they share with it.
fn beside() -> Evidence {
    let id = [keys::log_named().key_id().as_slice(), &[7; 64]].concat();
    let lines = [stranger("stranger", &id), stranger(keys::ORIGIN, &[7; 68])].concat();
    let shows = "Lines of other keys stand beside the log's: one shares its name, one its key id.";
    Case::new("own-checkpoint-beside-other-lines", shows, short())
        .checkpoint(format!("{}{lines}", honest()))
        .verifies()
}
