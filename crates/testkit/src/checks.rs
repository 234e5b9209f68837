//! The checks of the auditor, as patches: each takes one out, and some vector must then come out differently.
//!
//! They stand in `checks/*.toml`, from `[[check]]` to `[[check]]`: a `name`, the `file`, the text to `find` in it, exactly
//! once, and what to `replace` it by. Where no vector can show a check, `test` names the test that does, and `why` says
//! what a vector lacks. `remove-checks` applies them, one after the other.
//!
//! Not in the list is what only names an error that something else gives anyway: the class of a map key that is out of
//! order or unknown, which no field could take; a note without lines of signatures; the length of a root in base64. And
//! what cannot be taken out, since there is nothing to go on with: bytes that do not decode, a proof that lacks a hash.

use std::fs;
use std::path::Path;

use serde::Deserialize;

/// One check, and how it is taken out.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// A name, once in the whole list.
    pub name: String,
    /// The file, from the root of the workspace.
    pub file: String,
    /// Text that stands in the file exactly once.
    pub find: String,
    /// What stands there without the check.
    pub replace: String,
    /// Why no vector shows the check; there exactly where `test` is.
    pub why: Option<String>,
    /// The test that shows it instead.
    pub test: Option<Test>,
}

/// A test target.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Test {
    /// Its package.
    pub package: String,
    /// A file of `tests/` without its end, or `lib` for the tests inside of the library.
    pub target: String,
}

impl Test {
    /// The vectors of evidence.
    pub fn vectors() -> Self {
        Self { package: "counterfoil-vectors".into(), target: "evidence".into() }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    check: Vec<Check>,
}

/// The root of the workspace.
pub fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// Every check, by the order of the files' names. Those that are built together stand together.
pub fn all() -> Vec<Check> {
    let folder = root().join("crates/testkit/checks");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let read = |file: &std::path::PathBuf| {
        let text = fs::read_to_string(file).unwrap();
        let file: File = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        file.check
    };
    files.iter().flat_map(read).collect()
}

impl Check {
    /// `text`, that of the file, without the check; `None` unless what is to be replaced stands there once, and changes.
    pub fn taken_out(&self, text: &str) -> Option<String> {
        let once = text.matches(&self.find).count() == 1;
        (once && self.find != self.replace).then(|| text.replacen(&self.find, &self.replace, 1))
    }

    /// What must fail without the check.
    pub fn shown_by(&self) -> Test {
        self.test.clone().unwrap_or_else(Test::vectors)
    }
}
