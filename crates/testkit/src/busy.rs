//! A log of any length, as busy as a payment service: a hundred agents, runs of six payments, a heartbeat every 500
//! records. The same length gives the same log.

use core::fmt::Write as _;

use counterfoil_enforce::command::OpenRun;
use counterfoil_enforce::{Command, Core, FileKey, Recorded, Scripted};
use counterfoil_record::{Amount, Hash32, Index, Time};
use counterfoil_store::Store;

use crate::rail::Signing;
use crate::scene::Ask;
use crate::script::START;
use crate::{keys, policy, rail};

/// How many agents there are.
const AGENTS: u64 = 100;

/// Payments of one run.
const PAYMENTS: u64 = 6;

/// The time from one record to the next, in milliseconds.
const STEP: u64 = 500;

/// A log with its policy in force.
pub fn open<S: Store>(store: S) -> Core<S, FileKey, Scripted> {
    let surroundings = Scripted { time: Some(Time::from_millis(START)), salts: [].into() };
    let origin = keys::ORIGIN.parse().unwrap();
    let mut core = Core::create(store, keys::log(), surroundings, origin).unwrap();
    submit(&mut core, Command::adopt_policy(&source()));
    core
}

/// Adds runs until the log has `records` records, less what a run takes, and says that the core is alive.
pub fn fill<S: Store>(core: &mut Core<S, FileKey, Scripted>, records: u64, mut each: impl FnMut(u64)) {
    let (mut runs, mut heard) = (0, 0);
    while core.state().size.value() + 3 * PAYMENTS + 3 <= records {
        run(core, runs);
        runs += 1;
        if core.state().size.value() - heard >= 500 {
            submit(core, Command::Heartbeat {});
            heard = core.state().size.value();
            each(heard);
        }
    }
    submit(core, Command::Heartbeat {});
}

/// One run of one agent: six payments, each signed by the wallet and settled.
fn run<S: Store>(core: &mut Core<S, FileKey, Scripted>, number: u64) {
    let run = submit(
        core,
        Command::OpenRun(OpenRun {
            id: format!("run-{number}").parse().unwrap(),
            agent: format!("agent-{}", number % AGENTS).parse().unwrap(),
            principal: format!("principal-{}", number % 7).parse().unwrap(),
            purpose: None,
            parent: None,
            mandate: None,
        }),
    )
    .index;
    for payment in 0..PAYMENTS {
        let amount = 1_000 + u128::from((number * PAYMENTS + payment) % 9_000);
        let asked = submit(core, Ask::new(run, &format!("{number}-{payment}"), amount).command());
        let Some(permit) = &asked.permit else { continue };
        let signing = Signing::new(amount, permit.until, permit.slot);
        pay(core, asked.index, amount, signing.header());
    }
    submit(core, Command::CloseRun { run });
}

fn pay<S: Store>(core: &mut Core<S, FileKey, Scripted>, payment: Index, amount: u128, header: String) {
    submit(core, Command::Bind { payment, payment_signature: header });
    let payment_response = Some(rail::response_for(amount));
    submit(core, Command::Settle { payment, amount: Amount::new(amount), payment_response });
}

/// Submits, one step after the last.
fn submit<S: Store>(core: &mut Core<S, FileKey, Scripted>, command: Command) -> Recorded {
    let size = core.state().size.value();
    let surroundings = core.surroundings_mut();
    surroundings.time = Some(Time::from_millis(START + STEP * size));
    let salt = |number: u64| {
        let digest = Hash32::of(&[&size.to_be_bytes(), &number.to_be_bytes()]);
        digest.bytes()[..16].try_into().unwrap()
    };
    surroundings.salts = (0..4).map(salt).collect();
    match core.submit(command).unwrap() {
        counterfoil_enforce::Answer::Recorded(recorded) => *recorded,
        other => panic!("{other:?}"),
    }
}

/// The plain policy of the vectors, for that many agents, with limits that they do not reach, and a horizon of an hour.
fn source() -> String {
    let mut agents = String::from("[agents.researcher]\nowner = \"erin\"\n");
    let mut names = String::from("\"researcher\"");
    for number in 0..AGENTS {
        writeln!(agents, "[agents.agent-{number}]").unwrap();
        write!(names, ", \"agent-{number}\"").unwrap();
    }
    let busy = [
        ("[agents.researcher]\nowner = \"erin\"\n", agents.as_str()),
        ("agents = [\"researcher\", \"scout\", \"signer\"]", &format!("agents = [{names}]")),
        ("match_horizon = \"90d\"", "match_horizon = \"1h\""),
        ("[[budgets]]\nid = \"principal-all\"\nper = [\"principal\"]\nlimit = \"40.00 usdc\"\n", ""),
        (
            "window = { rolling = \"24h\" }\nlimit = \"25.00 usdc\"",
            "window = { rolling = \"1h\" }\nlimit = \"25.00 usdc\"",
        ),
        (
            "[[budgets]]\nid = \"month\"\nper = [\"principal\"]\nwindow = { every = \"month\", utc_offset = \"+01:00\" }\nlimit = \"400.00 usdc\"\n",
            "",
        ),
        ("count = 5", "count = 60"),
        (" first_payment_to_payee = true, exposure", " exposure"),
    ];
    policy::plain_with(&busy)
}
