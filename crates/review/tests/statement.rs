//! The screen is a function of the bytes that are signed, and of the log: nothing that is signed can be altered without
//! the screen saying so, or the statement being refused.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs,
    reason = "a panic is how a test fails"
)]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use counterfoil_decide::{State, Step};
use counterfoil_enforce::command::Scope;
use counterfoil_enforce::{Command, Signer as _, rehearse};
use counterfoil_record::cose::Algorithm;
use counterfoil_record::input::Statement as Handed;
use counterfoil_record::statement::{Answer, FORMAT, Said, SignedStatement, Statement, SubjectKind};
use counterfoil_record::verdict::{Code, Outcome};
use counterfoil_record::{Hash32, Index, Input, Time};
use counterfoil_review::lines::text;
use counterfoil_review::statement::{NotAsked, question, read};
use counterfoil_testkit::policy::{self, plain};
use counterfoil_testkit::scene::{Ask, Scene, hold};
use counterfoil_testkit::script::{About, with_statements};
use counterfoil_testkit::{keys, rail};

/// A payment that waits for alice or bob, and what is asked.
fn held() -> (Scene, About) {
    let (mut scene, run) = Scene::plain("held", "a payment that waits");
    let ask = Ask::new(run, "a", 300_000).purpose("a report");
    let asked = scene.pay(&ask, hold(&["gate:new-payee"]));
    let about = About::of(&asked);
    (scene, about)
}

fn now(scene: &Scene) -> Time {
    Time::from_millis(scene.script.now + 1)
}

/// A change to what is signed.
type Change<'c> = &'c dyn Fn(&mut Statement);

/// The bytes that alice would sign.
fn to_be_signed(statement: &Statement, at: Time) -> Vec<u8> {
    statement.to_unsigned(&keys::person("alice"), at).to_be_signed()
}

/// What stands on the screen for these bytes.
fn screen(bytes: &[u8], state: &State, time: Time) -> Result<String, String> {
    let said = Said::from_to_be_signed(bytes).map_err(|error| error.to_string())?;
    read(&said, None, state, time).map(|reading| text(&reading.lines)).map_err(|error| error.to_string())
}

fn outcome(state: &State, input: &Input, time: Time) -> (Outcome, Vec<Code>) {
    match state.step(input, time) {
        Step::Record(decision) => (decision.verdict.outcome, decision.verdict.codes),
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_field_of_what_is_signed_changes_the_screen_or_is_refused() {
    let (scene, about) = held();
    let (state, time) = (scene.script.core.state(), now(&scene));
    let statement = scene.script.statement(Answer::Approve, &about);
    let before = screen(&to_be_signed(&statement, time), state, time).unwrap();
    let with = |change: &dyn Fn(&mut Statement)| {
        let mut changed = statement.clone();
        change(&mut changed);
        screen(&to_be_signed(&changed, time), state, time)
    };
    // These say something else, and show it.
    let refuse = with(&|it| it.answer = Answer::Refuse).unwrap();
    assert!(refuse.contains("REFUSE") && !refuse.contains("APPROVE") && before.contains("APPROVE"));
    let later = with(&|it| it.expires = Time::from_millis(it.expires.millis() + 1)).unwrap();
    assert_ne!(later, before);
    let signed_later =
        screen(&to_be_signed(&statement, Time::from_millis(time.millis() + 1_000)), state, time);
    assert_ne!(signed_later.unwrap(), before);
    // These answer nothing that is asked.
    let refused: [(&str, Change<'_>); 8] = [
        ("it is about the log", &|it| it.origin = "another.example".parse().unwrap()),
        ("in the role operations", &|it| it.role = "operations".parse().unwrap()),
        ("its digest is another", &|it| it.digest = Hash32::of(&[b"another"])),
        ("unknown-payment", &|it| it.against = Index::new(it.against.value() + 1)),
        ("run or phase is another", &|it| it.run = Some(Index::new(2))),
        ("run or phase is another", &|it| it.phase = Some("execute".parse().unwrap())),
        ("statement-expired", &|it| it.expires = Time::from_millis(0)),
        ("out-of-range", &|it| it.format = 2),
    ];
    for (because, change) in refused {
        let error = with(change).unwrap_err();
        assert!(error.contains(because), "{because}: {error}");
    }
    for kind in SubjectKind::ALL.iter().filter(|kind| **kind != SubjectKind::Payment) {
        with(&|it| it.kind = *kind).unwrap_err();
    }
    // And so does the header.
    let said = Said::from_to_be_signed(&to_be_signed(&statement, time)).unwrap();
    let mut older = said.clone();
    older.header.algorithm = Algorithm::EdDsa;
    assert_ne!(text(&read(&older, None, state, time).unwrap().lines), before);
    let (mut another_key, mut another_name) = (said.clone(), said);
    another_key.header.kid = keys::person("bob").key().thumbprint();
    another_name.header.claims.issuer = "bob".parse().unwrap();
    for other in [another_key, another_name] {
        assert!(matches!(read(&other, None, state, time), Err(NotAsked::Signer { .. })));
    }
}

#[test]
fn each_byte_of_what_is_signed_changes_the_screen_or_is_refused() {
    let (scene, about) = held();
    let (state, time) = (scene.script.core.state(), now(&scene));
    let bytes = to_be_signed(&scene.script.statement(Answer::Approve, &about), time);
    let before = screen(&bytes, state, time).unwrap();
    let mut shown = 0;
    for at in 0..bytes.len() {
        for flip in [0x01, 0x02, 0x20, 0x80, 0xff] {
            let mut altered = bytes.clone();
            altered[at] ^= flip;
            if let Ok(after) = screen(&altered, state, time) {
                assert_ne!(after, before, "byte {at}, {flip:#x}");
                shown += 1;
            }
        }
        assert!(screen(&bytes[..at], state, time).is_err(), "cut at {at}");
    }
    assert!(shown > 10, "{shown}");
}

#[test]
fn each_byte_of_a_signed_statement_altered_is_refused_by_the_log() {
    let (scene, about) = held();
    let (state, time) = (scene.script.core.state(), now(&scene));
    let signed = STANDARD.decode(scene.script.say("alice", Answer::Approve, &about)).unwrap();
    let hand_in = |bytes: &[u8]| {
        outcome(state, &Input::Statement(Handed { statement: bytes.to_vec().try_into().unwrap() }), time)
    };
    assert_eq!(hand_in(&signed), (Outcome::Accepted, vec![]));
    for at in 0..signed.len() {
        for flip in [0x01, 0x80, 0xff] {
            let mut altered = signed.clone();
            altered[at] ^= flip;
            let (outcome, codes) = hand_in(&altered);
            assert_eq!(outcome, Outcome::Refused, "byte {at}");
            let expected = [
                Code::StatementMalformed,
                Code::StatementForAnotherLog,
                Code::SignerNotInRole,
                Code::StatementSignature,
            ];
            assert!(codes.len() == 1 && expected.contains(&codes[0]), "byte {at}: {codes:?}");
        }
    }
}

#[test]
fn each_byte_of_a_statement_that_a_command_carries_altered_is_refused_by_the_log() {
    let (mut scene, _) = Scene::plain("resume", "what is suspended");
    let scope = Scope::default();
    let suspend = Command::Suspend { scope: scope.clone(), reason: None, statements: Vec::new() };
    scene.record(suspend, counterfoil_testkit::scene::accepted());
    let resume = Command::Resume { scope, reason: None, statements: Vec::new() };
    let about = scene.question(&resume);
    let both = scene.signed("finance", &["alice", "bob"], &about);
    let (state, time) = (scene.script.core.state(), now(&scene));
    let decided = |statements: &[String]| {
        let rehearsed = rehearse(with_statements(resume.clone(), statements), state, time).unwrap();
        rehearsed.verdict().unwrap().outcome
    };
    assert_eq!(decided(&both), Outcome::Accepted);
    let bob = STANDARD.decode(&both[1]).unwrap();
    for at in 0..bob.len() {
        let mut altered = bob.clone();
        altered[at] ^= 0x01;
        assert_eq!(decided(&[both[0].clone(), STANDARD.encode(altered)]), Outcome::Refused, "byte {at}");
    }
}

#[test]
fn what_a_command_carries_is_read_beside_that_command_and_no_other() {
    let (mut scene, _) = Scene::plain("resume", "what is suspended");
    for agent in ["researcher", "scout"] {
        let scope = Scope { agent: Some(agent.parse().unwrap()), ..Scope::default() };
        let suspend = Command::Suspend { scope, reason: None, statements: Vec::new() };
        scene.record(suspend, counterfoil_testkit::scene::accepted());
    }
    let resume = |agent: &str| Command::Resume {
        scope: Scope { agent: Some(agent.parse().unwrap()), ..Scope::default() },
        reason: None,
        statements: Vec::new(),
    };
    let about = scene.question(&resume("scout"));
    let (state, time) = (scene.script.core.state(), now(&scene));
    let mut statement = scene.script.statement(Answer::Approve, &about);
    let said = Said::from_to_be_signed(&to_be_signed(&statement, time)).unwrap();
    let within = |agent| rehearse(resume(agent), state, time).unwrap().input;
    let reading = read(&said, Some(&within("scout")), state, time).unwrap();
    assert!(text(&reading.lines).contains("all of this holds: agent scout"));
    assert!(matches!(
        read(&said, Some(&within("researcher")), state, time),
        Err(NotAsked::Subject("digest"))
    ));
    assert!(matches!(read(&said, None, state, time), Err(NotAsked::Alone(SubjectKind::Resume))));
    statement.kind = SubjectKind::Suspend;
    let said = Said::from_to_be_signed(&to_be_signed(&statement, time)).unwrap();
    assert!(matches!(read(&said, Some(&within("scout")), state, time), Err(NotAsked::Subject("kind"))));
}

#[test]
fn what_is_signed_is_what_was_read() {
    let (scene, about) = held();
    let statement = scene.script.statement(Answer::Approve, &about);
    let unsigned = statement.to_unsigned(&keys::person("alice"), now(&scene));
    let bytes = unsigned.to_be_signed();
    let message = unsigned.finish(&keys::ed25519("alice").sign(&bytes).unwrap());
    let signed = SignedStatement::decode(&message).unwrap();
    assert_eq!(signed.said(), Said::from_to_be_signed(&bytes).unwrap());
    assert!(signed.is_signed_by(keys::person("alice").key()));
}

#[test]
fn a_query_that_is_not_shown_is_said_to_be_there() {
    let (mut scene, run) = Scene::plain("query", "a payment whose URL has a query");
    let shown = |scene: &Scene, about: &About| {
        let statement = scene.script.statement(Answer::Approve, about);
        screen(&to_be_signed(&statement, now(scene)), scene.script.core.state(), now(scene)).unwrap()
    };
    let ask = |key: &str| Ask::new(run, key, 300_000);
    let without = scene.pay(&ask("a"), hold(&["gate:new-payee"]));
    assert!(!shown(&scene, &About::of(&without)).contains("query"));
    let with = ask("b").url("https://data.example/v1/buy?sku=yacht");
    let with = scene.pay(&with, hold(&["gate:new-payee"]));
    let screen = shown(&scene, &About::of(&with));
    let query = scene.script.core.state().payments[&with.index].hold.as_ref().unwrap().request.query.unwrap();
    let says = format!(
        "query      THERE IS ONE, private, not shown and not signed for: what is bought may depend on it; committed to as {}",
        query.0
    );
    assert!(screen.contains("resource   https://data.example/v1/buy\n"), "{screen}");
    assert!(screen.contains(&says), "{screen}");
}

#[test]
fn an_asset_that_is_named_like_the_id_of_another_changes_no_amount() {
    let usdc = format!("{}/erc20:{}", rail::CHAIN, rail::TOKEN);
    let named = ("[assets.gold]", &*format!("[assets.\"{usdc}\"]"));
    let gold = format!("5 {usdc}\"");
    let all = [named, ("5 gold\"", &*gold)];
    let policy = plain().replace(all[0].0, all[0].1).replace(all[1].0, all[1].1);
    let mut scene = Scene::new("named", "an asset with another's id for a name", &policy);
    let run = scene.open_run();
    let asked = scene.pay(&Ask::new(run, "a", 300_000), hold(&["gate:new-payee"]));
    let statement = scene.script.statement(Answer::Approve, &About::of(&asked));
    let screen =
        screen(&to_be_signed(&statement, now(&scene)), scene.script.core.state(), now(&scene)).unwrap();
    assert!(screen.contains(&format!("amount     0.30 usdc (300000 of {usdc})")), "{screen}");
    assert!(screen.contains("run-total: limit 20.00 usdc; 20.00 usdc left now"), "{screen}");
}

#[test]
fn a_scope_that_names_nothing_that_there_is_is_remarked_upon() {
    let (scene, run) = Scene::plain("scope", "a scope that is misspelt");
    let (state, time) = (scene.script.core.state(), now(&scene));
    let account = |address: &str| format!("{}:{address}", rail::CHAIN);
    let asset = |address: &str| format!("{}/erc20:{address}", rail::CHAIN);
    let shown = |scope: Scope| {
        let suspend = Command::Suspend { scope, reason: None, statements: Vec::new() };
        let within = rehearse(suspend, state, time).unwrap().input;
        let (asked, _) = question(state, &within, time).unwrap();
        let statement = Statement {
            format: FORMAT,
            answer: Answer::Approve,
            origin: keys::ORIGIN.parse().unwrap(),
            role: "finance".parse().unwrap(),
            kind: asked.kind,
            digest: asked.digest,
            against: asked.against,
            expires: Time::from_millis(time.millis() + 1_000),
            run: None,
            phase: None,
        };
        let said = Said::from_to_be_signed(&to_be_signed(&statement, time)).unwrap();
        text(&read(&said, Some(&within), state, time).unwrap().lines)
    };
    let there = Scope {
        agent: Some("researcher".parse().unwrap()),
        run: Some(run),
        payee: Some(account(rail::SELLER).parse().unwrap()),
        asset: Some(asset(rail::TOKEN).parse().unwrap()),
    };
    let screen = shown(there);
    assert!(!screen.contains("UNKNOWN"), "{screen}");
    let stranger = policy::STRANGER;
    let nowhere = Scope {
        agent: Some("reseacher".parse().unwrap()),
        run: Some(Index::new(77)),
        payee: Some(account(stranger).parse().unwrap()),
        asset: Some(asset(stranger).parse().unwrap()),
    };
    let screen = shown(nowhere);
    for says in [
        "the policy has no agent reseacher".into(),
        "no open run is 77".into(),
        format!("the policy allows no payee {}", account(stranger)),
        format!("the policy has no asset {}", asset(stranger)),
    ] {
        assert!(screen.contains(&format!("UNKNOWN    {says}")), "{says}: {screen}");
    }
}
