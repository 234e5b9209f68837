//! Money: whole units of assets without and with many decimals, up to 2^128-1.

use crate::policy::GOLD_MOST;
use crate::scene::{Ask, Scene, allow, cannot, deny, hold};
use crate::vectors::Decision;

pub(super) fn all() -> Vec<Decision> {
    vec![zero_decimals(), eighteen_decimals(), largest(), percent_of_the_largest(), same_moment()]
}

fn zero_decimals() -> Decision {
    let (mut scene, run) =
        Scene::plain("money-zero-decimals", "An asset without decimals is counted in whole units.");
    scene.pay(&Ask::yen(run, "a", 999), allow());
    scene.pay(&Ask::yen(run, "b", 2), deny(&["budget:yen-run"]));
    scene.pay(&Ask::yen(run, "b", 1), allow());
    scene.pay(&Ask::yen(run, "c", 1), deny(&["budget:yen-run"]));
    scene.finish()
}

fn eighteen_decimals() -> Decision {
    let (mut scene, run) = Scene::plain(
        "money-eighteen-decimals",
        "An asset with 18 decimals is counted exactly, to the last unit.",
    );
    scene.pay(&Ask::gold(run, "a", 4_999_999_999_999_999_999), allow());
    scene.pay(&Ask::gold(run, "b", 2), deny(&["budget:gold-run"]));
    scene.pay(&Ask::gold(run, "b", 1), allow());
    scene.pay(&Ask::gold(run, "c", 1), deny(&["budget:gold-run"]));
    scene.finish()
}

fn gold(amount: &str) -> [(String, String); 3] {
    let to = format!("{amount} gold");
    [
        (
            "required_above = [\"0.50 usdc\", \"1000 yen\", \"5 gold\"]",
            "required_above = [\"0.50 usdc\", \"GOLD\"]",
        ),
        (
            "max_exposure = [\"10.00 usdc\", \"1000 yen\", \"5 gold\"]",
            "max_exposure = [\"10.00 usdc\", \"GOLD\"]",
        ),
        ("limit = \"5 gold\"", "limit = \"GOLD\""),
    ]
    .map(|(from, with)| (from.into(), with.replace("GOLD", &to)))
}

fn largest() -> Decision {
    let changes = gold(GOLD_MOST);
    let changes = changes.each_ref().map(|(from, to)| (from.as_str(), to.as_str()));
    let (mut scene, run) = Scene::plain_with(
        "money-largest-amount",
        "2^128-1 is allowed where the limit is 2^128-1; what overflows cannot be decided, and is not allowed.",
        &changes,
    );
    scene.pay(&Ask::gold(run, "a", u128::MAX), allow());
    scene.pay(&Ask::gold(run, "b", 1), cannot(&["budget:gold-run"]));
    scene.pay(&Ask::gold(run, "c", u128::MAX), cannot(&["budget:gold-run"]));
    scene.finish()
}

fn percent_of_the_largest() -> Decision {
    let changes = gold(GOLD_MOST);
    let mut changes = changes.each_ref().map(|(from, to)| (from.as_str(), to.as_str())).to_vec();
    changes.push(("budget = \"agent-day\"", "budget = \"gold-run\""));
    let (mut scene, run) = Scene::plain_with(
        "money-percent-of-the-largest-limit",
        "A percentage of the largest limit is exact: 80 % of 2^128-1, rounded up to a whole unit, is reached or not.",
        &changes,
    );
    // 2^128-1 is 0 modulo 5, so that its 80 % are a whole number.
    let eighty = u128::MAX / 5 * 4;
    scene.pay(&Ask::gold(run, "a", eighty), hold(&["gate:running-low"]));
    scene.pay(&Ask::gold(run, "b", eighty - 1), allow());
    scene.pay(&Ask::gold(run, "c", 1), hold(&["gate:running-low"]));
    scene.finish()
}

fn same_moment() -> Decision {
    let (mut scene, run) = Scene::plain(
        "time-stands-still",
        "Records of the same millisecond follow each other; only going back is refused.",
    );
    scene.at(1_000).pay(&Ask::new(run, "a", 1), allow());
    scene.at(1_000).pay(&Ask::new(run, "b", 1), allow());
    scene.at(1_000).pay(&Ask::new(run, "a", 1).key("c"), deny(&["purchase"]));
    scene.finish()
}
