//! From a command to the input that stands in the record, and the private values that stand beside it.

mod forms;

use counterfoil_decide::policy::{PolicyError, compile};
use counterfoil_decide::{SEMANTICS, State};
use counterfoil_rails::url::UrlError;
use counterfoil_rails::x402::{ParseError, PaymentPayload, PaymentRequired};
use counterfoil_record::codec::Wire as _;
use counterfoil_record::input::{Enclosed, RAIL_MOST};
use counterfoil_record::private::{Commitment, Private, PrivateKind};
use counterfoil_record::text::TooManyOctets;
use counterfoil_record::{FORMAT, Fixed, Hash32, Id, Index, Input, Text, input};
use counterfoil_store::Aside;

use self::forms::{as_signed, attached, decode, mandated, octets, scoped, shown, signed, url};
use crate::command::{Command, Compensation, Governance, OpenRun, Pay};
use crate::surroundings::{Surroundings, SurroundingsError};

/// Name and version of this program, as `start` records state it.
pub const TOOL: &str = concat!("counterfoil-enforce ", env!("CARGO_PKG_VERSION"));

/// Why a command cannot be put as an input. The log is as it was.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// A field is not base64.
    #[error("`{field}` is not base64")]
    NotBase64 {
        /// The field.
        field: &'static str,
    },
    /// A field is too long.
    #[error("`{field}`: {error}")]
    TooLong {
        /// The field.
        field: &'static str,
        /// How long it may be.
        error: TooManyOctets,
    },
    /// A header does not parse.
    #[error("`{field}`: {error}")]
    Header {
        /// The field.
        field: &'static str,
        /// What is wrong with it.
        error: ParseError,
    },
    /// `accept` is not the index of an element.
    #[error("`accept` is {index}, but the header accepts {count} alternatives")]
    NoSuchAccept {
        /// The index.
        index: usize,
        /// How many there are.
        count: usize,
    },
    /// Somebody is to govern, and has no key.
    #[error("`{person}` is to govern, and has no key")]
    NoKey {
        /// Who.
        person: Id,
    },
    /// The chosen element names no resource that it is for.
    #[error("element {index} of `accepts` names no resource")]
    NoResource {
        /// The index.
        index: usize,
    },
    /// A URL is not of the form that can be governed.
    #[error("{field} `{url}`: {error}")]
    Url {
        /// Where it stands.
        field: &'static str,
        /// The URL without its query, at most 200 characters of it.
        url: Text,
        /// What is wrong with it.
        error: UrlError,
    },
    /// `transaction` without `step`, or the other way round.
    #[error("`transaction` and `step` go together")]
    HalfAPart,
    /// The record that something is to be erased of does not carry that commitment.
    #[error("record {record} has no commitment {commitment}")]
    NotCommitted {
        /// The record.
        record: Index,
        /// The commitment.
        commitment: Hash32,
    },
    /// The policy does not compile.
    #[error("{0}")]
    Policy(#[from] PolicyError),
    /// No salt could be had.
    #[error(transparent)]
    Surroundings(#[from] SurroundingsError),
}

/// An input with what stands beside it.
pub(crate) struct Prepared {
    pub(crate) input: Input,
    pub(crate) asides: Vec<Aside>,
}

/// Turns private text into commitments, and keeps the values for the sidecar.
struct Preparer<'s, E> {
    surroundings: &'s mut E,
    asides: Vec<Aside>,
}

/// Prepares `command`. `log_key` is the log's public key.
pub(crate) fn prepare<E: Surroundings>(
    command: Command,
    state: &State,
    log_key: [u8; 32],
    surroundings: &mut E,
) -> Result<Prepared, CommandError> {
    let mut p = Preparer { surroundings, asides: Vec::new() };
    let input = match command {
        Command::Genesis { origin, governance } => {
            let members = governance.iter().flat_map(|governance| &governance.members);
            if let Some((person, _)) = members.into_iter().find(|(_, keys)| keys.is_empty()) {
                return Err(CommandError::NoKey { person: person.clone() });
            }
            Input::Genesis(opening(origin, log_key, governance))
        }
        Command::AdoptPolicy { source, statements } => {
            let policy = octets("source", compile(&source)?.to_bytes())?;
            let source = octets("source", source.into_bytes())?;
            Input::AdoptPolicy(input::AdoptPolicy { policy, source, statements: signed(&statements)? })
        }
        Command::RotateKey { old, new, statements } => Input::RotateKey(input::RotateKey {
            old: old.key().thumbprint(),
            new,
            statements: signed(&statements)?,
        }),
        Command::RevokeKey { key, since, statements } => Input::RevokeKey(input::RevokeKey {
            key: key.key().thumbprint(),
            since,
            statements: signed(&statements)?,
        }),
        Command::Suspend { scope, reason, statements } => {
            let reason = p.maybe(PrivateKind::Reason, "reason", reason)?;
            Input::Suspend(input::Suspend { scope: scoped(scope), reason, statements: signed(&statements)? })
        }
        Command::Resume { scope, reason, statements } => {
            let reason = p.maybe(PrivateKind::Reason, "reason", reason)?;
            Input::Resume(input::Resume { scope: scoped(scope), reason, statements: signed(&statements)? })
        }
        Command::Heartbeat {} => Input::Heartbeat(input::Heartbeat { state: state.digest() }),
        Command::Clock { to, statements } => {
            Input::Clock(input::Clock { to, statements: signed(&statements)? })
        }
        Command::Erase { record, commitment, statements, reason } => {
            let reason = p.maybe(PrivateKind::Reason, "reason", reason)?;
            let (commitment, statements) = (Commitment(commitment), signed(&statements)?);
            Input::Erase(input::Erase { record, commitment, statements, reason })
        }
        Command::Unreadable { class, offset, bytes } => {
            let bytes = decode("bytes", &bytes)?;
            let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
            let digest = Hash32::of(&[&bytes]);
            Input::Unreadable(input::Unreadable { class, offset, length, digest })
        }
        Command::Start {} => Input::Start(input::Start { tool: Text::shown(TOOL), state: state.digest() }),
        Command::Stop {} => Input::Stop(input::Stop { state: state.digest() }),
        Command::OpenRun(OpenRun { id, agent, principal, purpose, parent, mandate }) => {
            let purpose = p.maybe(PrivateKind::Purpose, "purpose", purpose)?;
            let mandate = mandate.map(mandated).transpose()?;
            Input::OpenRun(input::OpenRun { id, agent, principal, purpose, parent, mandate })
        }
        Command::CloseRun { run } => Input::CloseRun(input::CloseRun { run }),
        Command::Attach(attach) => Input::Attach(attached(attach)),
        Command::EnterPhase { run, phase } => Input::EnterPhase(input::EnterPhase { run, phase }),
        Command::Begin { run, id, steps, deadline } => {
            let steps =
                steps.into_iter().map(|step| input::Step { id: step.id, reversible: step.reversible });
            Input::Begin(input::Begin { run, id, steps: steps.collect(), deadline })
        }
        Command::CompleteStep { transaction, step, evidence } => {
            Input::CompleteStep(input::CompleteStep { transaction, step, evidence })
        }
        Command::Commit { transaction } => Input::Commit(input::Commit { transaction }),
        Command::Abort { transaction, reason } => {
            let reason = p.maybe(PrivateKind::Reason, "reason", reason)?;
            Input::Abort(input::Abort { transaction, reason })
        }
        Command::Pay(pay) => Input::Pay(p.pay(*pay)?),
        Command::Claim { payment } => Input::Claim(input::Claim { payment }),
        Command::Statement { statement } => {
            let statement = octets("statement", decode("statement", &statement)?)?;
            Input::Statement(input::Statement { statement })
        }
        Command::Bind { payment, payment_signature } => {
            let bytes = decode("payment_signature", &payment_signature)?;
            let payload = PaymentPayload::parse(&bytes)
                .map_err(|error| CommandError::Header { field: "payment_signature", error })?;
            Input::Bind(input::Bind {
                payment,
                signed: as_signed(payload.signed()),
                signature: Fixed(*payload.signature().bytes()),
                payload: p.private(PrivateKind::PaymentPayload, "payment_signature", bytes)?,
            })
        }
        Command::Settle { payment, amount, payment_response } => {
            let evidence = shown("payment_response", payment_response.as_deref())?;
            Input::Settle(input::Settle { payment, amount, evidence })
        }
        Command::Fail { payment, payment_response, reason } => {
            let evidence = shown("payment_response", payment_response.as_deref())?;
            let reason = p.maybe(PrivateKind::Reason, "reason", reason)?;
            Input::Fail(input::Fail { payment, evidence, reason })
        }
        Command::Unknown { payment, reason } => {
            let reason = p.maybe(PrivateKind::Reason, "reason", reason)?;
            Input::Unknown(input::Unknown { payment, reason })
        }
        Command::Expire { payment } => Input::Expire(input::Expire { payment }),
        Command::Compensate { payment, amount, evidence } => {
            let evidence = shown("evidence", evidence.as_deref())?;
            Input::Compensate(input::Compensate { payment, amount, evidence })
        }
        Command::Refund { payment, amount, evidence, reason } => {
            let evidence = shown("evidence", evidence.as_deref())?;
            let reason = p.maybe(PrivateKind::Reason, "reason", reason)?;
            Input::Refund(input::Refund { payment, amount, evidence, reason })
        }
        Command::WriteOff { payment, amount, statements, reason } => {
            let reason = p.maybe(PrivateKind::Reason, "reason", reason)?;
            Input::WriteOff(input::WriteOff { payment, amount, statements: signed(&statements)?, reason })
        }
    };
    Ok(Prepared { input, asides: p.asides })
}

/// The input that opens a log.
pub(crate) fn opening(origin: Id, log_key: [u8; 32], governance: Option<Governance>) -> input::Genesis {
    input::Genesis {
        origin,
        log_key: Fixed(log_key),
        format: FORMAT,
        semantics: SEMANTICS,
        governance: governance.map(|it| input::Governance { members: it.members, quorum: it.quorum }),
    }
}

impl<E: Surroundings> Preparer<'_, E> {
    fn private(
        &mut self,
        kind: PrivateKind,
        field: &'static str,
        value: Vec<u8>,
    ) -> Result<Commitment, CommandError> {
        let private = Private { kind, salt: Fixed(self.surroundings.salt()?), value: octets(field, value)? };
        let commitment = private.commitment();
        self.asides.push(Aside { commitment: commitment.0.0, bytes: private.to_bytes() });
        Ok(commitment)
    }

    fn maybe(
        &mut self,
        kind: PrivateKind,
        field: &'static str,
        text: Option<String>,
    ) -> Result<Option<Commitment>, CommandError> {
        text.map(|text| self.private(kind, field, text.into_bytes())).transpose()
    }

    fn pay(&mut self, pay: Pay) -> Result<input::Pay, CommandError> {
        let field = "payment_required";
        let bytes = decode(field, &pay.payment_required)?;
        let required =
            PaymentRequired::parse(&bytes).map_err(|error| CommandError::Header { field, error })?;
        let accepts = required.accepts();
        let element = accepts
            .get(pay.accept)
            .ok_or(CommandError::NoSuchAccept { index: pay.accept, count: accepts.len() })?;
        let requirements = Enclosed::within(RAIL_MOST, element);
        let offered = required.offered(pay.accept).ok_or(CommandError::NoResource { index: pay.accept })?;
        let (offered, _) = url("the seller's `url`", offered)?;
        let (resource, query) = url("`url`", &pay.url)?;
        let query = self.maybe(PrivateKind::Query, "url", query)?;
        let purpose = self.maybe(PrivateKind::Purpose, "purpose", pay.purpose)?;
        let part = match (pay.transaction, pay.step) {
            (Some(transaction), Some(step)) => Some(input::Part { transaction, step }),
            (None, None) => None,
            _ => return Err(CommandError::HalfAPart),
        };
        let compensation = pay.compensation.map(|declared| match declared {
            Compensation::By(way) => input::Compensation { way: Some(way) },
            Compensation::Impossible => input::Compensation { way: None },
        });
        Ok(input::Pay {
            run: pay.run,
            part,
            item: pay.item,
            key: pay.key,
            requirements,
            required: self.private(PrivateKind::PaymentRequired, field, bytes)?,
            offered: Some(offered).filter(|offered| *offered != resource),
            resource,
            query,
            wallet: pay.wallet,
            category: pay.category,
            purpose,
            compensation,
            request: pay
                .request
                .map(|request| octets("request", decode("request", &request)?))
                .transpose()?,
            overrides: signed(&pay.overrides)?,
        })
    }
}
