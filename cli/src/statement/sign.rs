//! `statement sign`: from a question of the log to an answer that somebody has read.
//!
//! The bytes to be signed are made first. What stands on the screen is read from those bytes and from the log alone, and
//! those bytes are what is signed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use counterfoil_decide::State;
use counterfoil_enforce::command::Scope as CommandScope;
use counterfoil_enforce::{Command, FileKey, Signer as _};
use counterfoil_record::input::{Claim, EnterPhase};
use counterfoil_record::key::NamedKey;
use counterfoil_record::statement::{Answer, FORMAT, Said, SignedStatement, Statement, SubjectKind};
use counterfoil_record::{Hash32, Id, Index, Input, Span, Time};
use counterfoil_review::lines::text;
use counterfoil_review::needs::{Need, needs};
use counterfoil_review::statement::{question, read, reasons, roles};

use super::erasure::{erasure, verified_with};
use super::file::{Destination, read as read_command};
use super::{decode, rehearsed, statements};
use crate::args::{AboutHeld, Scope, Sign, What, With};
use crate::exit::{Exit, Failure, note};
use crate::policy;
use crate::terminal::{read_key, says_yes, show};

/// How long a statement counts that no rule of the policy limits: a day.
const STANDING: Span = Span::from_millis(86_400_000);

/// What is signed for.
enum Matter {
    /// A statement that is handed in by itself, about a claim or the entry of a phase.
    Collected(Answer, Input),
    /// One that stands in the command that it is for.
    Carried(Command),
    /// One in the command that erases a text of that record, behind that commitment.
    Erasure(Index, Option<Hash32>),
}

pub(super) fn run(args: &Sign) -> Result<Exit, Failure> {
    let (with, matter) = matter(&args.what)?;
    let named = match &matter {
        Matter::Erasure(index, _) => Some(*index),
        _ => None,
    };
    let ((state, time), audited) = verified_with(&with.log, with.trust.as_deref(), named)?;
    let key = read_key(&with.key)?;
    let signer =
        NamedKey::new(with.name.clone(), *key.public_key()).map_err(|error| Failure::at("--name", error))?;
    let log = Log { state: &state, time };
    match matter {
        Matter::Collected(answer, input) => collected(&log, with, &key, &signer, answer, &input)?,
        Matter::Carried(command) => carried(&log, with, &key, &signer, command)?,
        Matter::Erasure(record, commitment) => {
            carried(&log, with, &key, &signer, erasure(record, audited.as_ref(), commitment)?)?;
        }
    }
    Ok(Exit::Done)
}

/// What the arguments ask to be signed.
fn matter(what: &What) -> Result<(&With, Matter), Failure> {
    let held = |answer, it: &AboutHeld| Matter::Collected(answer, about(it));
    let carried = Matter::Carried;
    let none = Vec::new;
    Ok(match what {
        What::Approve(it) => (&it.with, held(Answer::Approve, it)),
        What::Refuse(it) => (&it.with, held(Answer::Refuse, it)),
        What::Adopt { policy, with } => (with, carried(Command::adopt_policy(&policy::read(policy)?.0))),
        What::Rotate { old, new, with } => {
            let (old, new) = (old.clone(), new.clone());
            (with, carried(Command::RotateKey { old, new, statements: none() }))
        }
        What::Revoke { key_of, since, with } => {
            let (key, since) = (key_of.clone(), *since);
            (with, carried(Command::RevokeKey { key, since, statements: none() }))
        }
        What::Suspend { scope, with } => {
            let scope = scoped(scope);
            (with, carried(Command::Suspend { scope, reason: None, statements: none() }))
        }
        What::Resume { scope, with } => {
            let scope = scoped(scope);
            (with, carried(Command::Resume { scope, reason: None, statements: none() }))
        }
        What::Clock { to, with } => (with, carried(Command::Clock { to: *to, statements: none() })),
        What::Override { pay, with } => {
            let command = read_command(pay)?;
            if !matches!(command, Command::Pay(_)) {
                return Err(Failure::at(pay.display(), "is no `pay` command"));
            }
            (with, carried(command))
        }
        What::Erase { record, commitment, with } => (with, Matter::Erasure(*record, *commitment)),
        What::WriteOff { payment, amount, with } => {
            let (payment, amount) = (*payment, *amount);
            (with, carried(Command::WriteOff { payment, amount, statements: none(), reason: None }))
        }
    })
}

fn about(it: &AboutHeld) -> Input {
    match (it.run, &it.phase) {
        (Some(run), Some(phase)) => Input::EnterPhase(EnterPhase { run, phase: phase.clone() }),
        _ => Input::Claim(Claim { payment: it.payment.unwrap_or(Index::GENESIS) }),
    }
}

fn scoped(scope: &Scope) -> CommandScope {
    let Scope { agent, run, payee, asset } = scope;
    CommandScope { agent: agent.clone(), run: *run, payee: payee.clone(), asset: asset.clone() }
}

/// A log that verifies, at a moment.
struct Log<'s> {
    state: &'s State,
    time: Time,
}

fn collected(
    log: &Log<'_>,
    with: &With,
    key: &FileKey,
    signer: &NamedKey,
    answer: Answer,
    input: &Input,
) -> Result<(), Failure> {
    let placeholder = Command::Statement { statement: String::new() };
    let (destination, _) = Destination::of(with.out.as_deref(), placeholder)?;
    let statement = log.sign(with, key, signer, answer, input)?;
    let command = Command::Statement { statement };
    let verdict = rehearsed(&command, log.state, log.time)?;
    match verdict.verdict() {
        Some(verdict) if verdict.codes.is_empty() => {}
        Some(verdict) => {
            return Err(Failure::check(format_args!("the log would not take it: {}", reasons(verdict))));
        }
        None => return Err(Failure::check("the log would not take it")),
    }
    destination.write(&command)?;
    note("signed; hand the line to `govern`");
    Ok(())
}

fn carried(
    log: &Log<'_>,
    with: &With,
    key: &FileKey,
    signer: &NamedKey,
    command: Command,
) -> Result<(), Failure> {
    let (destination, mut command) = Destination::of(with.out.as_deref(), command)?;
    for earlier in statements(&command) {
        let earlier = decode(&earlier).map_err(Failure::new)?;
        if earlier.names(signer) {
            return Err(Failure::check(format_args!("{} has signed this command already", signer.name())));
        }
    }
    let input = rehearsed(&command, log.state, log.time)?.input;
    let statement = log.sign(with, key, signer, Answer::Approve, &input)?;
    if let Some(statements) = command.statements_mut() {
        statements.push(statement);
    }
    let rehearsed = rehearsed(&command, log.state, log.time)?;
    let signed = statements(&command).len();
    destination.write(&command)?;
    note(match rehearsed.verdict().map(|verdict| (verdict.codes.is_empty(), reasons(verdict))) {
        Some((true, outcome)) => format!("signed, by {signed} now; `govern` would answer: {outcome}"),
        Some((false, outcome)) => {
            format!(
                "signed, by {signed} now; it is not enough yet ({outcome}): the next signer adds to it with -o"
            )
        }
        None => "signed".into(),
    });
    Ok(())
}

impl Log<'_> {
    /// Makes the bytes, shows what they say, asks, and signs them. Gives the statement, base64.
    fn sign(
        &self,
        with: &With,
        key: &FileKey,
        signer: &NamedKey,
        answer: Answer,
        input: &Input,
    ) -> Result<String, Failure> {
        let (asked, verdict) = question(self.state, input, self.time).map_err(Failure::check)?;
        let needs = needs(self.state, input, &verdict, self.time);
        let role = self.role(with, signer, asked.kind, &needs)?;
        let origin = self.state.genesis.as_ref().map(|genesis| genesis.origin.clone());
        let (run, phase) = match input {
            Input::EnterPhase(enter) => (Some(enter.run), Some(enter.phase.clone())),
            _ => (None, None),
        };
        let statement = Statement {
            format: FORMAT,
            answer,
            origin: origin.ok_or_else(|| Failure::new("the log has no genesis"))?,
            expires: self.expiry(with, input, &role, &needs),
            role,
            kind: asked.kind,
            digest: asked.digest,
            against: asked.against,
            run,
            phase,
        };
        let unsigned = statement.to_unsigned(signer, self.time);
        let bytes = unsigned.to_be_signed();
        let said = Said::from_to_be_signed(&bytes).map_err(Failure::new)?;
        let reading = read(&said, Some(input), self.state, self.time).map_err(Failure::check)?;
        show(&text(&reading.lines))?;
        if !with.yes && !says_yes("sign this? (yes, or anything else for no)")? {
            return Err(Failure::check("nothing was signed"));
        }
        let message = unsigned.finish(&key.sign(&bytes).map_err(Failure::new)?);
        match SignedStatement::decode(&message) {
            Ok(signed) if signed.said() == said && signed.is_signed_by(signer.key()) => {
                Ok(STANDARD.encode(message))
            }
            _ => Err(Failure::new("the signer gave no signature over what was shown")),
        }
    }

    /// The role that was stated, or the one in which the key can sign this.
    fn role(&self, with: &With, signer: &NamedKey, kind: SubjectKind, needs: &[Need]) -> Result<Id, Failure> {
        if let Some(role) = &with.role {
            return Ok(role.clone());
        }
        let found = roles(self.state, kind, needs, signer);
        match found.as_slice() {
            [role] => role.parse().map_err(Failure::new),
            [] => Err(Failure::check(format_args!("{signer} is in none of the roles that are asked"))),
            _ => Err(Failure::new(format_args!("state with --role one of {}", found.join(", ")))),
        }
    }

    /// When it ends: as stated, or as late as the policy lets it count.
    fn expiry(&self, with: &With, input: &Input, role: &Id, needs: &[Need]) -> Time {
        let of_role = needs.iter().filter(|need| need.role == role.as_str()).map(|need| need.until);
        match (with.expires, of_role.max(), input) {
            (Some(span), ..) => self.time.plus(span),
            (None, Some(until), _) => until,
            (None, None, Input::Clock(clock)) => clock.to,
            (None, None, _) => self.time.plus(STANDING),
        }
    }
}
