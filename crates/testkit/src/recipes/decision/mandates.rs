//! Mandates: what a principal is said to have limited, compared payment by payment.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use counterfoil_enforce::command::Mandate;
use counterfoil_record::{Amount, Time};

use crate::policy::{OTHER_SELLER, YEN};
use crate::rail;
use crate::scene::{Ask, Scene, accepted, allow, deny, mandate};
use crate::script::START;
use crate::vectors::Decision;

pub(super) fn all() -> Vec<Decision> {
    vec![
        limit(),
        counts_sub_runs(),
        asset(),
        payee(),
        expiry(),
        given_back(),
        oversized(),
        malformed(),
        too_many(),
    ]
}

fn limit() -> Decision {
    let (mut scene, _) = Scene::plain(
        "mandate-limit",
        "A mandate's limit is used to exactly what it states, and not to one unit more.",
    );
    let run = scene.open_within("mandated", None, Some(mandate(250_000)), accepted());
    scene.pay(&Ask::new(run, "a", 100_000), allow());
    scene.pay(&Ask::new(run, "b", 150_001), deny(&["mandate"]).because("over-mandate"));
    scene.pay(&Ask::new(run, "b", 150_000), allow());
    scene.pay(&Ask::new(run, "c", 1), deny(&["mandate"]).because("over-mandate"));
    scene.finish()
}

fn counts_sub_runs() -> Decision {
    let (mut scene, _) = Scene::plain(
        "mandate-counts-sub-runs",
        "A sub-run spends the mandates of every run that it is a part of, and its own.",
    );
    let run = scene.open_within("mandated", None, Some(mandate(300_000)), accepted());
    let sub = scene.open_within("part", Some(run), Some(mandate(200_000)), accepted());
    scene.pay(&Ask::new(sub, "a", 150_000), allow());
    scene.pay(&Ask::new(sub, "b", 50_001), deny(&["mandate"]).because("over-mandate"));
    scene.pay(&Ask::new(run, "b", 150_000), allow());
    scene.pay(&Ask::new(sub, "c", 1), deny(&["mandate"]).because("over-mandate"));
    scene.finish()
}

fn asset() -> Decision {
    let (mut scene, _) =
        Scene::plain("mandate-asset", "Nothing is paid in an asset that the mandate does not name.");
    let run = scene.open_within("mandated", None, Some(mandate(250_000)), accepted());
    scene.pay(&Ask::yen(run, "a", 1), deny(&["mandate"]).because("asset-not-in-mandate"));
    scene.finish()
}

fn payee() -> Decision {
    let (mut scene, _) =
        Scene::plain("mandate-payee", "Where a mandate names payees, nobody else is paid under it.");
    let seller = format!("{}:{}", rail::CHAIN, rail::SELLER).parse().unwrap();
    let named = Mandate { payees: [seller].into(), ..mandate(250_000) };
    let run = scene.open_within("mandated", None, Some(named), accepted());
    let other = Ask::new(run, "a", 100_000).offer("/payTo", OTHER_SELLER);
    scene.pay(&other, deny(&["mandate"]).because("payee-not-in-mandate"));
    scene.pay(&Ask::new(run, "a", 100_000), allow());
    scene.finish()
}

fn expiry() -> Decision {
    let (mut scene, _) = Scene::plain(
        "mandate-expired",
        "What could still be claimed after the mandate's end is not covered by it.",
    );
    // A permit lasts ten minutes, from the whole second in which it is given.
    let until = Mandate { expires: Time::from_millis(START + 700_000), ..mandate(250_000) };
    let run = scene.open_within("mandated", None, Some(until), accepted());
    scene.at(100_999).pay(&Ask::new(run, "a", 100_000), allow());
    scene.at(101_000).pay(&Ask::new(run, "b", 100_000), deny(&["mandate"]).because("expired"));
    scene.finish()
}

fn given_back() -> Decision {
    let (mut scene, _) = Scene::plain(
        "mandate-gives-back-what-expired",
        "What a payment reserved of a mandate comes back when it can no longer be claimed.",
    );
    let run = scene.open_within("mandated", None, Some(mandate(250_000)), accepted());
    let allowed = scene.pay(&Ask::new(run, "a", 250_000), crate::scene::hold(&["gate:new-payee"]));
    scene.approve("alice", &allowed);
    scene.claim(allowed.index, allow());
    scene.pay(&Ask::new(run, "b", 1), deny(&["mandate"]).because("over-mandate"));
    scene.at(800_000).expire(allowed.index, accepted());
    scene.pay(&Ask::new(run, "b", 200_000), allow());
    scene.finish()
}

fn oversized() -> Decision {
    let (mut scene, _) = Scene::plain(
        "mandate-oversized",
        "A mandate that is more than its share of a record cannot be decided on; one byte less can.",
    );
    let sized = |bytes: usize| Mandate { evidence: STANDARD.encode(vec![7; bytes]), ..mandate(1) };
    let cannot = || crate::scene::cannot(&[]).codes(&["too-large"]);
    scene.open_within("mandated", None, Some(sized(12 * 1024 + 1)), cannot());
    scene.open_within("mandated", None, Some(sized(12 * 1024)), accepted());
    scene.finish()
}

fn malformed() -> Decision {
    let (mut scene, _) = Scene::plain(
        "mandate-names-no-asset-or-account",
        "A mandate names assets and payees by their CAIP names.",
    );
    let refused = || crate::scene::refused(&["bad-account"]);
    let asset = Mandate { limits: [("usdc".parse().unwrap(), Amount::new(1))].into(), ..mandate(1) };
    scene.open_within("mandated", None, Some(asset), refused());
    let payee = Mandate { payees: [YEN.parse().unwrap()].into(), ..mandate(1) };
    scene.open_within("mandated", None, Some(payee), refused());
    scene.finish()
}

fn too_many() -> Decision {
    let (mut scene, _) =
        Scene::plain("mandate-too-many-limits", "A mandate limits sixteen assets at the most.");
    let of = |count: u128| {
        let name = |at: u128| format!("{}/erc20:0x{at:040x}", rail::CHAIN).parse().unwrap();
        Mandate { limits: (0..count).map(|at| (name(at), Amount::new(1))).collect(), ..mandate(1) }
    };
    scene.open_within("mandated", None, Some(of(17)), crate::scene::refused(&["too-many"]));
    scene.open_within("mandated", None, Some(of(16)), accepted());
    scene.finish()
}
