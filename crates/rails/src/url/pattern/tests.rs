use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Pattern, ResourceUrl};

/// Every path of up to `most` segments from `alphabet`, the last of which may be empty.
fn paths(alphabet: &[&str], most: usize) -> Vec<String> {
    let mut whole: Vec<String> = Vec::from([String::new()]);
    let mut out = Vec::new();
    for _ in 0..most {
        out.extend(whole.iter().map(|path| format!("{path}/")));
        whole =
            whole.iter().flat_map(|path| alphabet.iter().map(move |part| format!("{path}/{part}"))).collect();
        out.extend(whole.iter().cloned());
    }
    out
}

#[test]
fn covering_and_overlapping_are_what_they_are_for_every_small_url() {
    let urls: Vec<ResourceUrl> = paths(&["a", "b"], 4)
        .iter()
        .map(|path| format!("https://x.example{path}").parse().unwrap())
        .collect();
    let patterns: Vec<Pattern> = paths(&["a", "*", "**"], 3)
        .iter()
        .filter_map(|path| format!("https://x.example{path}").parse().ok())
        .collect();
    assert!(patterns.len() > 20, "{}", patterns.len());
    for one in &patterns {
        for another in &patterns {
            let both = |url: &&ResourceUrl| another.matches(url) && one.matches(url);
            let within = urls.iter().filter(|url| another.matches(url)).all(|url| one.matches(url));
            assert_eq!(one.covers(another), within, "{one} covers {another}");
            assert_eq!(one.overlaps(another), urls.iter().any(|url| both(&url)), "{one} overlaps {another}");
        }
    }
}

#[test]
fn patterns_of_two_origins_have_nothing_in_common() {
    let pattern = |text: &str| text.parse::<Pattern>().unwrap();
    for other in ["http://x.example/**", "https://y.example/**", "https://x.example:444/**"] {
        let (one, other) = (pattern("https://x.example/**"), pattern(other));
        assert!(!one.covers(&other) && !one.overlaps(&other), "{other}");
    }
}
