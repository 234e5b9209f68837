//! Governance: what it takes to put a policy in force.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use counterfoil_enforce::Command;
use counterfoil_enforce::command::{Governance, Scope};
use counterfoil_record::statement::{Answer as Say, Statement, SubjectKind};
use counterfoil_record::{Hash32, Index};

use crate::scene::{Ask, Scene, accepted, allow, deny, refused};
use crate::script::About;
use crate::vectors::Decision;
use crate::{keys, policy};

const ROLE: &str = "governance";
const TOO_FEW: &[&str] = &["quorum-not-reached"];

pub(super) fn all() -> Vec<Decision> {
    let mut vectors = vec![
        adopted(),
        one_too_few(),
        twice(),
        budget_raised(),
        replayed(),
        superseded(),
        stranger(),
        last_moment(),
        signature(),
        malformed(),
        one_bad(),
        no_governance(),
        too_many(),
        all_of_them(),
        largest(),
    ];
    vectors.extend(other_statements());
    vectors.extend(cannot_govern());
    vectors
}

/// A governed log without a policy, a policy for it, and what is to be signed.
fn asked(name: &'static str, shows: &'static str) -> (Scene, Command, About) {
    let mut scene = Scene::governed(name, shows, Some(keys::three_governors()));
    let adopt = Command::adopt_policy(&policy::plain());
    let about = scene.question(&adopt);
    (scene, adopt, about)
}

/// Gina's approval, with something changed in what it says.
fn changed(scene: &Scene, about: &About, change: impl FnOnce(&mut Statement)) -> String {
    scene.script.approval_with(ROLE, &keys::person("gina"), "gina", about, change)
}

fn adopted() -> Decision {
    let (mut scene, adopt, about) =
        asked("governance-adopts", "Where people govern, a policy comes into force with their quorum alone.");
    let signed = scene.signed(ROLE, &["gina", "ines"], &about);
    scene.with(&adopt, &signed, accepted());
    let run = scene.open_run();
    scene.pay(&Ask::new(run, "a", 100_000), allow());
    scene.finish()
}

fn one_too_few() -> Decision {
    let (mut scene, adopt, about) =
        asked("governance-one-too-few", "One person fewer than the quorum puts nothing in force.");
    let signed = scene.signed(ROLE, &["gina"], &about);
    scene.with(&adopt, &signed, refused(TOO_FEW));
    let signed = scene.signed(ROLE, &["gina", "hugo"], &about);
    scene.with(&adopt, &signed, accepted());
    scene.finish()
}

fn twice() -> Decision {
    let governance = keys::governance(2, &[("gina", &["gina", "gina-2"]), ("hugo", &["hugo"])]);
    let shows = "One person counts once, with as many statements and keys as may be.";
    let mut scene = Scene::governed("governance-one-person-twice", shows, Some(governance));
    let adopt = Command::adopt_policy(&policy::plain());
    let about = scene.question(&adopt);
    let first = scene.script.approval(ROLE, "gina", &about);
    let second = scene.script.approval_with(ROLE, &keys::named("gina", "gina-2"), "gina-2", &about, |_| {});
    scene.with(&adopt, &[first.clone(), first.clone()], refused(TOO_FEW));
    scene.with(&adopt, &[first.clone(), second.clone()], refused(TOO_FEW));
    let hugo = scene.script.approval(ROLE, "hugo", &about);
    scene.with(&adopt, &[first, second, hugo], accepted());
    scene.finish()
}

fn budget_raised() -> Decision {
    let small = policy::plain_with(&[("limit = \"20.00 usdc\"", "limit = \"0.30 usdc\"")]);
    let raised = policy::plain_with(&[("limit = \"20.00 usdc\"", "limit = \"0.40 usdc\"")]);
    let mut scene = Scene::governed_with(
        "governance-budget-raised",
        "Who runs the log cannot raise a budget alone: without the quorum the old limit holds.",
        &small,
    );
    let run = scene.open_run();
    scene.pay(&Ask::new(run, "a", 200_000), allow());
    let adopt = Command::adopt_policy(&policy::version(&raised, 2));
    let about = scene.question(&adopt);
    let signed = scene.signed(ROLE, &["hugo"], &about);
    scene.with(&adopt, &signed, refused(TOO_FEW));
    scene.pay(&Ask::new(run, "b", 200_000), deny(&["budget:run-total"]));
    let signed = scene.signed(ROLE, &["hugo", "ines"], &about);
    scene.with(&adopt, &signed, accepted());
    scene.pay(&Ask::new(run, "b", 200_000), allow());
    scene.finish()
}

fn replayed() -> Decision {
    let mut scene = Scene::governed_with(
        "governance-statement-replayed",
        "What was signed before another policy came into force was signed for what was then.",
        &policy::plain(),
    );
    let third = Command::adopt_policy(&policy::version(&policy::plain(), 3));
    let about = scene.question(&third);
    let signed = scene.signed(ROLE, &["gina", "hugo"], &about);
    let second = Command::adopt_policy(&policy::version(&policy::plain(), 2));
    scene.by(second, ROLE, &["gina", "hugo"], accepted());
    scene.with(&third, &signed, refused(&["statement-subject"]));
    scene.by(third, ROLE, &["gina", "hugo"], accepted());
    scene.finish()
}

fn superseded() -> Decision {
    let (mut scene, adopt, about) = asked(
        "governance-statement-superseded",
        "A suspension comes in between too: what was signed before it is signed again or not.",
    );
    let signed = scene.signed(ROLE, &["gina", "hugo"], &about);
    let suspend = Command::Suspend { scope: Scope::default(), reason: None, statements: Vec::new() };
    scene.record(suspend, accepted());
    scene.with(&adopt, &signed, refused(&["statement-subject"]));
    scene.by(adopt, ROLE, &["gina", "hugo"], accepted());
    scene.finish()
}

fn stranger() -> Decision {
    let (mut scene, adopt, about) =
        asked("governance-stranger", "Only the keys of the members count; a name proves nothing.");
    let signed = scene.signed(ROLE, &["gina", "mallory"], &about);
    scene.with(&adopt, &signed, refused(&["signer-not-in-role"]));
    let gina = scene.script.approval(ROLE, "gina", &about);
    let posing = scene.script.approval_with(ROLE, &keys::named("hugo", "mallory"), "mallory", &about, |_| {});
    scene.with(&adopt, &[gina.clone(), posing], refused(&["signer-not-in-role"]));
    let renamed = scene.script.approval_with(ROLE, &keys::named("hugh", "hugo"), "hugo", &about, |_| {});
    scene.with(&adopt, &[gina, renamed], refused(&["signer-not-in-role"]));
    scene.finish()
}

fn last_moment() -> Decision {
    let (mut scene, adopt, about) =
        asked("governance-statement-expired", "A statement counts until exactly the moment that it states.");
    let hugo = scene.script.approval(ROLE, "hugo", &about);
    let (this, next) = (scene.later(0), scene.later(2));
    let expired = changed(&scene, &about, |it| it.expires = this);
    scene.with(&adopt, &[expired, hugo.clone()], refused(&["statement-expired"]));
    let just = changed(&scene, &about, |it| it.expires = next);
    scene.with(&adopt, &[just, hugo], accepted());
    scene.finish()
}

fn signature() -> Decision {
    let (mut scene, adopt, about) = asked(
        "governance-statement-altered",
        "A signature with one byte changed, or by another key under her name, is not hers.",
    );
    let hugo = scene.script.approval(ROLE, "hugo", &about);
    let mut bytes = STANDARD.decode(scene.script.approval(ROLE, "gina", &about)).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    scene.with(&adopt, &[STANDARD.encode(bytes), hugo.clone()], refused(&["statement-signature"]));
    let forged = scene.script.approval_with(ROLE, &keys::person("gina"), "mallory", &about, |_| {});
    scene.with(&adopt, &[forged, hugo], refused(&["statement-signature"]));
    scene.finish()
}

fn malformed() -> Decision {
    let (mut scene, adopt, about) =
        asked("governance-statement-malformed", "Bytes that are no statement are refused, and recorded.");
    let mut signed = scene.signed(ROLE, &["gina", "hugo"], &about);
    signed.push(String::new());
    scene.with(&adopt, &signed, refused(&["statement-malformed"]));
    scene.finish()
}

fn one_bad() -> Decision {
    let (mut scene, adopt, about) = asked(
        "governance-one-bad-statement",
        "Each statement must be good, also one beyond the quorum; the first that is not is the reason.",
    );
    let mut signed = scene.signed(ROLE, &["gina", "hugo", "mallory"], &about);
    scene.with(&adopt, &signed, refused(&["signer-not-in-role"]));
    let elsewhere = |it: &mut Statement| it.origin = "log.test.example/others".parse().unwrap();
    signed.insert(2, changed(&scene, &about, elsewhere));
    scene.with(&adopt, &signed, refused(&["statement-for-another-log"]));
    scene.finish()
}

/// A statement beside hugo's good one, with one thing in it that is not so.
fn other_statements() -> Vec<Decision> {
    const SUBJECT: &[&str] = &["statement-subject"];
    let statement = |name, codes: &[&str], change: fn(&mut Statement)| {
        let shows =
            "A statement says yes, to exactly this, at exactly this point, in this role, to this log.";
        let (mut scene, adopt, about) = asked(name, shows);
        let hugo = scene.script.approval(ROLE, "hugo", &about);
        let other = changed(&scene, &about, change);
        scene.with(&adopt, &[other, hugo], refused(codes));
        let signed = scene.signed(ROLE, &["gina", "hugo"], &about);
        scene.with(&adopt, &signed, accepted());
        scene.finish()
    };
    vec![
        statement("governance-statement-for-another-policy", SUBJECT, |it| {
            it.digest = Hash32::of(&[b"other"]);
        }),
        statement("governance-statement-of-another-kind", SUBJECT, |it| {
            it.kind = SubjectKind::Key;
        }),
        statement("governance-statement-that-refuses", SUBJECT, |it| it.answer = Say::Refuse),
        statement("governance-statement-against-another-record", SUBJECT, |it| it.against = Index::new(1)),
        statement("governance-statement-with-a-run", SUBJECT, |it| it.run = Some(Index::new(1))),
        statement("governance-statement-in-another-role", &["signer-not-in-role"], |it| {
            it.role = "finance".parse().unwrap();
        }),
        statement("governance-statement-for-another-log", &["statement-for-another-log"], |it| {
            it.origin = "log.test.example/others".parse().unwrap();
        }),
    ]
}

fn no_governance() -> Decision {
    let mut scene = Scene::bare(
        "governance-absent",
        "Where nobody governs nobody can sign: the operator alone decides, and says so.",
    );
    let adopt = Command::adopt_policy(&policy::plain());
    let about = About {
        kind: SubjectKind::Policy,
        digest: Hash32::of(&[b"anything"]),
        against: Index::GENESIS,
        run: None,
        phase: None,
    };
    let signed = scene.signed(ROLE, &["gina"], &about);
    scene.with(&adopt, &signed, refused(&["no-power"]));
    scene.record(adopt, accepted());
    scene.finish()
}

fn too_many() -> Decision {
    let (mut scene, adopt, about) =
        asked("governance-too-many-statements", "An input carries sixteen statements, and not one more.");
    let mut signed = scene.signed(ROLE, &["gina"; 15], &about);
    signed.extend(scene.signed(ROLE, &["hugo"; 2], &about));
    scene.with(&adopt, &signed, refused(&["too-many"]));
    scene.with(&adopt, &signed[..16], accepted());
    scene.finish()
}

fn all_of_them() -> Decision {
    let governance = keys::governance(2, &[("gina", &["gina"]), ("hugo", &["hugo"])]);
    let shows = "The quorum may be all of the members.";
    let mut scene = Scene::governed("governance-of-all", shows, Some(governance));
    let adopt = Command::adopt_policy(&policy::plain());
    let about = scene.question(&adopt);
    let signed = scene.signed(ROLE, &["hugo"], &about);
    scene.with(&adopt, &signed, refused(TOO_FEW));
    let signed = scene.signed(ROLE, &["hugo", "gina"], &about);
    scene.with(&adopt, &signed, accepted());
    scene.finish()
}

/// So many people, each with so many keys.
fn many(members: usize, keys_each: usize, quorum: u64) -> Governance {
    let person = |n: usize| {
        let name = format!("governor-{n:02}");
        let key = |k: usize| keys::named(&name, &format!("{name}-{k}"));
        (name.parse().unwrap(), (0..keys_each).map(key).collect())
    };
    Governance { members: (0..members).map(person).collect(), quorum }
}

fn largest() -> Decision {
    let shows = "A governance has at most 32 members with at most 8 keys each, and each of the keys counts.";
    let mut scene = Scene::governed("governance-largest", shows, Some(many(32, 8, 1)));
    let adopt = Command::adopt_policy(&policy::plain());
    let about = scene.question(&adopt);
    let last = ("governor-31", "governor-31-7");
    let signed = scene.script.approval_with(ROLE, &keys::named(last.0, last.1), last.1, &about, |_| {});
    scene.with(&adopt, &[signed], accepted());
    scene.finish()
}

fn cannot_govern() -> Vec<Decision> {
    const UNREACHABLE: &str = "quorum-unreachable";
    const SHARED: &str = "key-shared";
    let unopened = |name, code, governance| {
        let shows = "A log that nobody could govern as it says is not opened.";
        Scene::unopened(name, shows, governance, &[code])
    };
    let two =
        |quorum, gina: &[&str], hugo: &[&str]| keys::governance(quorum, &[("gina", gina), ("hugo", hugo)]);
    vec![
        unopened("genesis-quorum-of-none", UNREACHABLE, two(0, &["gina"], &["hugo"])),
        unopened("genesis-quorum-above-the-members", UNREACHABLE, two(3, &["gina"], &["hugo"])),
        unopened("genesis-governed-by-nobody", UNREACHABLE, keys::governance(0, &[])),
        unopened("genesis-member-with-nine-keys", UNREACHABLE, many(1, 9, 1)),
        unopened("genesis-33-members", UNREACHABLE, many(33, 1, 1)),
        unopened("genesis-key-of-two-members", SHARED, two(1, &["gina"], &["gina"])),
        unopened("genesis-key-twice", SHARED, two(1, &["gina", "gina"], &["hugo"])),
        unopened("genesis-key-of-the-log", SHARED, two(1, &["gina"], &["log"])),
        unopened("genesis-quorum-before-keys", UNREACHABLE, two(3, &["gina"], &["log"])),
    ]
}
