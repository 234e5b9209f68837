//! Paying through the core: one method for each thing that a payment service does.

use counterfoil_record::verdict::Outcome;
use counterfoil_record::{Amount, Index};
use counterfoil_store::Store;

use crate::answer::Answer;
use crate::command::{Command, OpenRun, Pay};
use crate::core::Core;
use crate::error::Error;
use crate::permit::{NotAllowed, Permit};
use crate::signer::Signer;
use crate::surroundings::Surroundings;

impl<S: Store, K: Signer, E: Surroundings> Core<S, K, E> {
    /// Submits a command that must be accepted.
    fn accepted(&mut self, command: Command) -> Result<Index, Error> {
        match self.submit(command)? {
            Answer::Recorded(recorded) if recorded.outcome == Outcome::Accepted => Ok(recorded.index),
            Answer::Recorded(recorded) => Err(Error::Refused(recorded)),
            Answer::Counted(counted) => Err(Error::Counted(counted)),
            Answer::Repeated(repeated) => Ok(repeated.repeat_of),
        }
    }

    /// Puts a policy in force.
    ///
    /// # Errors
    /// [`Error::Refused`], and as [`Core::submit`].
    pub fn adopt_policy(&mut self, source: &str) -> Result<Index, Error> {
        self.accepted(Command::adopt_policy(source))
    }

    /// Opens a run; gives its lasting name.
    ///
    /// # Errors
    /// [`Error::Refused`], and as [`Core::submit`].
    pub fn open_run(&mut self, run: OpenRun) -> Result<Index, Error> {
        self.accepted(Command::OpenRun(run))
    }

    /// Asks to pay. Only a payment that is allowed, and whose record is durable, gives a permit.
    ///
    /// # Errors
    /// As [`NotAllowed`] says.
    pub fn pay(&mut self, pay: Pay) -> Result<Permit, NotAllowed> {
        let answer = self.submit(Command::Pay(Box::new(pay)))?;
        self.permit(answer)
    }

    /// Asks again for a held payment.
    ///
    /// # Errors
    /// As [`NotAllowed`] says.
    pub fn claim(&mut self, payment: Index) -> Result<Permit, NotAllowed> {
        let answer = self.submit(Command::Claim { payment })?;
        self.permit(answer)
    }

    fn permit(&self, answer: Answer) -> Result<Permit, NotAllowed> {
        let mut recorded = match answer {
            Answer::Repeated(mut repeated) => {
                return match repeated.permit.take() {
                    Some(granted) => Ok(Permit::new(*granted, self.dropped.clone())),
                    None => Err(NotAllowed::Repeated(repeated)),
                };
            }
            Answer::Counted(counted) => return Err(NotAllowed::Counted(counted)),
            Answer::Recorded(recorded) => recorded,
        };
        match (recorded.outcome, recorded.permit.take()) {
            (Outcome::Allow, Some(granted)) => Ok(Permit::new(granted, self.dropped.clone())),
            (Outcome::Hold, _) => Err(NotAllowed::Held(recorded)),
            (Outcome::Deny | Outcome::Refused, _) => Err(NotAllowed::Denied(recorded)),
            _ => Err(NotAllowed::Undecided(recorded)),
        }
    }

    /// Shows what the wallet signed: the `PAYMENT-SIGNATURE` header. Send it only if this is `Ok`.
    ///
    /// # Errors
    /// [`Error::Refused`] if it is not what was allowed, and as [`Core::submit`].
    pub fn bind(&mut self, permit: &Permit, payment_signature: &str) -> Result<Index, Error> {
        let payment_signature = payment_signature.into();
        self.accepted(Command::Bind { payment: permit.payment(), payment_signature })
    }

    /// The payment settled, for its exposure or for `amount`, as the `PAYMENT-RESPONSE` header says.
    ///
    /// # Errors
    /// As [`Core::submit`]. The permit is then dropped: the payment's outcome is unknown until
    /// [`Command::Settle`] or [`Command::Fail`] is recorded for it.
    pub fn settle(
        &mut self,
        permit: Permit,
        amount: Option<Amount>,
        response: Option<&str>,
    ) -> Result<Index, Error> {
        let amount = amount.unwrap_or(permit.granted().exposure);
        let (payment, payment_response) = (permit.payment(), response.map(String::from));
        let index = self.accepted(Command::Settle { payment, amount, payment_response })?;
        permit.spend();
        Ok(index)
    }

    /// The payment failed, as the `PAYMENT-RESPONSE` header says.
    ///
    /// # Errors
    /// As [`Core::submit`].
    pub fn fail(&mut self, permit: Permit, reason: &str, response: Option<&str>) -> Result<Index, Error> {
        let (payment, payment_response) = (permit.payment(), response.map(String::from));
        let index =
            self.accepted(Command::Fail { payment, payment_response, reason: Some(reason.into()) })?;
        permit.spend();
        Ok(index)
    }

    /// The outcome of the payment is not known.
    ///
    /// # Errors
    /// As [`Core::submit`].
    pub fn unknown(&mut self, permit: Permit, reason: &str) -> Result<Index, Error> {
        let payment = permit.payment();
        let index = self.accepted(Command::Unknown { payment, reason: Some(reason.into()) })?;
        permit.spend();
        Ok(index)
    }
}
