//! What facilitators answered, by the request or the signature that it is about.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::vec::Vec;

use counterfoil_rails::caip::Account;
use counterfoil_rails::eip3009::recover;
use counterfoil_rails::obligation::ObligationKey;
use counterfoil_record::Index;

use super::count;
use super::owners::Owners;
use crate::book::{Book, Population};
use crate::codes::GapCode;
use crate::evidence::{Exchange, Exchanges, Said};
use crate::report::Gap;

/// One answer about one signature.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) exchange: Exchange,
    pub(super) said: Said,
    /// The file, from 1.
    pub(super) file: u64,
}

/// A refusal of what is not, or no longer, a signature for a request.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    pub(super) answer: Answer,
    /// The request whose signature was presented again.
    pub(super) again: Option<Index>,
    /// Whether the signature is not by the account that it names.
    pub(super) altered: bool,
}

/// What facilitators answered about the wallets of the population.
#[derive(Clone, Debug, Default)]
pub(super) struct Answers {
    by_request: BTreeMap<Index, Vec<Answer>>,
    /// Signatures that no request explains.
    pub(super) strays: BTreeMap<ObligationKey, Vec<Answer>>,
    pub(super) refusals: Vec<Refusal>,
    pub(super) ours: u64,
    pub(super) others: u64,
}

impl Answers {
    pub(super) fn of(book: &Book, owners: &Owners, files: &[Exchanges], gaps: &mut Vec<Gap>) -> Self {
        let mut answers = Self::default();
        let mut settled: BTreeSet<ObligationKey> = BTreeSet::new();
        for (number, file) in files.iter().enumerate() {
            let file_number = count(number).saturating_add(1);
            answers.others = answers.others.saturating_add(file.other);
            if let Some(first) = file.unread.first() {
                let all = file.unread.len();
                let detail = format!("file {file_number}, {first}, and {all} in all were not understood");
                gaps.push(Gap { code: GapCode::ExchangeNotRead, chain: None, detail });
            }
            for exchange in &file.read {
                answers.take(book, owners, exchange, file_number, &mut settled);
            }
        }
        answers
    }

    fn take(
        &mut self,
        book: &Book,
        owners: &Owners,
        exchange: &Exchange,
        file: u64,
        settled: &mut BTreeSet<ObligationKey>,
    ) {
        let wallet = Account { chain: exchange.asset.chain, address: exchange.key.from() };
        if !book.population.wallets.contains(&wallet) {
            self.others = self.others.saturating_add(1);
            return;
        }
        self.ours = self.ours.saturating_add(1);
        let said = exchange.said.clone();
        let answer = Answer { exchange: exchange.clone(), said, file };
        let owner = owners.owner(&exchange.key);
        let altered = !is_signed(&book.population, exchange);
        let again = settled.contains(&exchange.key);
        match (&answer.said, owner) {
            (Said::Refused(_), _) if altered || again => {
                self.refusals.push(Refusal { answer, again: owner.filter(|_| !altered), altered });
            }
            (Said::Refused(_), None) => self.refusals.push(Refusal { answer, again: None, altered }),
            (_, Some(owner)) if !altered => {
                if matches!(answer.said, Said::Settled { .. }) {
                    settled.insert(exchange.key);
                }
                self.by_request.entry(owner).or_default().push(answer);
            }
            _ => {
                if matches!(answer.said, Said::Settled { .. }) {
                    settled.insert(exchange.key);
                }
                self.strays.entry(exchange.key).or_default().push(answer);
            }
        }
    }

    /// The answers about the signatures for a request, in their order.
    pub(super) fn of_request(&self, request: Index) -> &[Answer] {
        self.by_request.get(&request).map(Vec::as_slice).unwrap_or_default()
    }
}

/// Whether the account that is to pay signed it, under the domain that the policy pins for the asset; the seller's word
/// for it serves only where there is none.
fn is_signed(population: &Population, exchange: &Exchange) -> bool {
    let domain = population.assets.get(&exchange.asset).or(exchange.domain.as_ref());
    let signer = domain.and_then(|domain| recover(&exchange.signed.digest(domain), &exchange.signature).ok());
    signer == Some(exchange.signed.from())
}
