//! Asking people on the terminal: for a passphrase, and for a yes. Neither is taken from an argument, from the
//! environment or from a pipe, where others can read it or say it.

use std::io::{self, IsTerminal as _, Write as _};
use std::path::Path;

use counterfoil_enforce::FileKey;
use counterfoil_review::words::safe;
use zeroize::Zeroizing;

use crate::exit::Failure;
use crate::screen::lines;

/// The longest answer that is read, in bytes.
const ANSWER_MOST: u64 = 64;

/// Reads a key; if it is encrypted, its passphrase is asked for on the terminal.
pub(crate) fn read_key(path: &Path) -> Result<FileKey, Failure> {
    let shown = safe(path.display());
    FileKey::read_with(path, || passphrase(&format!("passphrase of {shown}: ")))
        .map_err(|error| Failure::at(path.display(), error))
}

/// Asks for the passphrase of a new key, twice.
pub(crate) fn new_passphrase() -> Result<Zeroizing<String>, Failure> {
    let ask =
        |prompt| passphrase(prompt).map_err(|error| Failure::at("the passphrase cannot be asked for", error));
    let first = ask("passphrase of the new key: ")?;
    if first.is_empty() {
        return Err(Failure::new("an empty passphrase encrypts nothing; leave out --encrypt"));
    }
    if *first == *ask("the same again: ")? {
        Ok(first)
    } else {
        Err(Failure::new("the two passphrases differ; no key was made"))
    }
}

fn passphrase(prompt: &str) -> io::Result<Zeroizing<String>> {
    rpassword::prompt_password(prompt).map(Zeroizing::new).map_err(|error| {
        let why = format!("there is no terminal to ask on ({error})");
        if error.kind() == io::ErrorKind::Interrupted { error } else { io::Error::new(error.kind(), why) }
    })
}

/// Writes `text` to stderr, where a person is to read it before they are asked.
pub(crate) fn show(text: &str) -> Result<(), Failure> {
    let mut err = io::stderr().lock();
    writeln!(err, "{}", lines(text)).and_then(|()| err.flush()).map_err(Failure::new)
}

/// True if whoever sits at the terminal answers `question` with `yes`, and with nothing else.
pub(crate) fn says_yes(question: &str) -> Result<bool, Failure> {
    if !io::stdin().is_terminal() {
        return Err(Failure::new("there is no terminal to ask on; --yes signs without being asked"));
    }
    let mut err = io::stderr().lock();
    write!(err, "{question} ").and_then(|()| err.flush()).map_err(Failure::new)?;
    let mut answer = String::new();
    io::BufRead::read_line(&mut io::Read::take(io::stdin().lock(), ANSWER_MOST), &mut answer)?;
    Ok(answer.trim_end_matches(['\r', '\n']) == "yes")
}
