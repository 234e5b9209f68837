//! What somebody who misspelt a name will have meant.

use counterfoil_decide::policy::{Kind, Problem};

/// How alike two names must be, of 1.
const ALIKE: f64 = 0.6;

/// The problem in words, with the name that comes nearest to one that is not known.
pub(super) fn with_suggestion(problem: &Problem) -> String {
    match suggestion(&problem.kind) {
        Some(name) => format!("{problem}; did you mean `{name}`?"),
        None => problem.to_string(),
    }
}

/// The known name that comes nearest to the one that is not known, if one comes near.
pub(super) fn suggestion(kind: &Kind) -> Option<&str> {
    match kind {
        Kind::UnknownKey { name, known } => nearest(name, known.iter().copied()),
        Kind::NotAChoice { found, choices } => nearest(found, choices.iter().copied()),
        Kind::NotDeclared { name, declared, .. } => nearest(name, declared.iter().map(String::as_str)),
        _ => None,
    }
}

fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let name = name.to_lowercase();
    let likeness = |known: &str| strsim::normalized_damerau_levenshtein(&name, &known.to_lowercase());
    let nearest =
        known.map(|known| (likeness(known), known)).max_by(|(one, _), (other, _)| one.total_cmp(other));
    nearest.filter(|(likeness, _)| *likeness >= ALIKE).map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_nearest_name_is_suggested_and_none_that_is_far() {
        let known = ["id", "per", "window", "limit", "count", "restore_refunds"];
        for (misspelt, meant) in [
            ("limt", Some("limit")),
            ("Limit", Some("limit")),
            ("restore-refunds", Some("restore_refunds")),
            ("windwo", Some("window")),
            ("maximum", None),
            ("", None),
        ] {
            assert_eq!(nearest(misspelt, known.into_iter()), meant, "{misspelt}");
        }
    }
}
