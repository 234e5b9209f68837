//! The list of the auditor's checks fits the code that it takes them out of.
#![allow(clippy::unwrap_used, clippy::std_instead_of_alloc, reason = "a panic is a failed test")]

use std::collections::BTreeSet;
use std::fs;

use counterfoil_testkit::checks::{all, root};

#[test]
fn each_check_can_be_taken_out_at_exactly_one_place() {
    let checks = all();
    assert!(checks.len() >= 200, "{} checks", checks.len());
    let unfit = checks.iter().filter(|check| {
        let text = fs::read_to_string(root().join(&check.file)).unwrap_or_default();
        check.taken_out(&text).is_none()
    });
    let unfit: Vec<&str> = unfit.map(|check| check.name.as_str()).collect();
    assert!(unfit.is_empty(), "found not once in their file, or replaced by the same: {unfit:?}");
}

#[test]
fn no_name_and_no_patch_stands_twice() {
    let checks = all();
    let names: BTreeSet<&str> = checks.iter().map(|check| check.name.as_str()).collect();
    assert_eq!(names.len(), checks.len());
    let patches: BTreeSet<_> =
        checks.iter().map(|check| (&check.file, &check.find, &check.replace)).collect();
    assert_eq!(patches.len(), checks.len());
}

#[test]
fn what_no_vector_shows_says_why_and_names_a_test_that_is_there() {
    for check in all() {
        assert_eq!(check.why.is_some(), check.test.is_some(), "{}", check.name);
        let test = check.shown_by();
        let folder = root().join("crates").join(test.package.trim_start_matches("counterfoil-"));
        let source = match test.target.as_str() {
            "lib" => folder.join("src/lib.rs"),
            target => folder.join(format!("tests/{target}.rs")),
        };
        assert!(source.is_file(), "{}: {}", check.name, source.display());
    }
}
