//! `docs/policy.md` has every key that the compiler knows, in its words. With `UPDATE_TRANSCRIPTS` set, the table is
//! written anew.
#![allow(clippy::unwrap_used, missing_docs, reason = "a panic is how a test fails")]

use core::fmt::Write as _;
use std::path::Path;

use counterfoil_decide::policy::{Presence, keys};

const BEGIN: &str = "<!-- made from the compiler's own table of keys -->\n";
const END: &str = "<!-- end of the table -->\n";

fn table() -> String {
    let mut out = String::from("\n| key | | takes | says | example |\n|---|---|---|---|---|\n");
    for key in keys() {
        let presence = match key.presence {
            Presence::Required => "required",
            Presence::Optional => "",
            Presence::Depends(words) => words,
        };
        writeln!(out, "| `{}` | {presence} | {} | {} | `{}` |", key.path, key.takes, key.says, key.example)
            .unwrap();
    }
    out.push('\n');
    out
}

#[test]
fn the_page_has_every_key_in_the_compilers_words() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/policy.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once(BEGIN).unwrap();
    let (found, after) = rest.split_once(END).unwrap();
    let table = table();
    if std::env::var_os("UPDATE_TRANSCRIPTS").is_some() {
        std::fs::write(&path, format!("{before}{BEGIN}{table}{END}{after}")).unwrap();
    } else {
        assert_eq!(found, table, "run the test with UPDATE_TRANSCRIPTS=1 and read what changed");
    }
}
