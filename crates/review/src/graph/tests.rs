use counterfoil_decide::policy::compile;
use counterfoil_testkit::policy;

use super::graph;

#[test]
fn phases_are_drawn_from_the_first_and_each_once() {
    let expected = "\
explore
└─▶ commit
    ├─▶ execute  pays for compute, data, tip, as planned  [plan; 1 person of finance]
    │   ├─▶ commit ↑
    │   └─▶ deliver
    └─▶ explore ↑";
    assert_eq!(graph(&compile(&policy::full()).unwrap()), expected);
}

#[test]
fn a_phase_without_a_way_to_it_is_drawn_as_such() {
    let cut = policy::vary(&policy::plain(), "to = [\"deliver\", \"commit\"]", "to = [\"deliver\"]");
    let expected = "\
execute  pays for compute, data, tip
└─▶ deliver
(no way leads here)
commit
├─▶ execute ↑
└─▶ explore
    └─▶ commit ↑";
    assert_eq!(graph(&compile(&cut).unwrap()), expected);
}
