//! What must hold of every text that is given as a policy. The corpus is replayed by a test on stable.

use counterfoil_decide::policy::{Outline, Policy, compile};
use counterfoil_record::codec::Wire as _;
use counterfoil_review::{Diff, Shown, daily, graph, warnings};

/// Compiles `source`: a problem has a place in it; what compiles comes back from its encoding and can be read.
pub fn policy(source: &str) {
    let policy = match compile(source) {
        Ok(policy) => policy,
        Err(error) => {
            assert!(!error.problems.is_empty());
            let lines = source.matches('\n').count() + 1;
            assert!(
                error.problems.iter().all(|it| (1..=lines).contains(&it.place.line) && it.place.column >= 1)
            );
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    assert_eq!(Policy::from_bytes(&policy.to_bytes()).as_ref(), Ok(&policy));
    let outline = Outline::of(source).expect("what compiles is TOML");
    for warning in warnings(&policy, &[]) {
        assert!(outline.place(source, &warning.path).is_some(), "{warning:?}");
    }
    assert_eq!(daily(&policy).len(), policy.assets.len());
    assert!(!graph(&policy).is_empty() && !Shown::new(&policy).text().is_empty());
    assert!(Diff::new(&policy, &policy).differences.is_empty());
}
