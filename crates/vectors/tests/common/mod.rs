//! Evidence vectors by their names.
#![allow(dead_code, reason = "each test program uses a part of it")]

use counterfoil_audit::Trust;
use counterfoil_vectors::{Evidence, Given, files, read};

/// The evidence vector of that name.
pub(crate) fn vector(name: &str) -> Evidence {
    let file = files("evidence").into_iter().find(|file| file.file_stem().is_some_and(|stem| stem == name));
    read(&file.unwrap())
}

pub(crate) fn trust(of: &Evidence) -> Trust {
    Trust::parse(of.trust.as_deref().unwrap()).unwrap()
}

/// The trust and the entries of an honest log of ten records.
pub(crate) fn honest() -> (Trust, Vec<Vec<u8>>) {
    let vector = vector("honest-log-under-its-key");
    let Given::Entries(entries) = vector.given() else { panic!("no log") };
    assert_eq!(entries.len(), 10);
    (trust(&vector), entries)
}
