//! Exchanges with a facilitator, as a recorder between seller and facilitator writes them.
//!
//! ```text
//! {"request":  {"method": "POST", "url": "/settle",
//!               "body": "{\"x402Version\": 2, \"paymentPayload\": {..}, \"paymentRequirements\": {..}}"},
//!  "response": {"status": 200, "body": "{\"success\": true, \"transaction\": \"0x..\", ..}"}}
//! ```
//!
//! in a JSON list, or one a line. The URL's path ends in `/verify` or `/settle`; other exchanges are not read. A body is
//! text, as on the wire, or the JSON that the text stands for. Without a response, or with one that is no 200 and not
//! readable, nothing was answered. Their order is the order in time.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use counterfoil_rails::caip::Asset;
use counterfoil_rails::eip3009::{Domain, Signature};
use counterfoil_rails::obligation::ObligationKey;
use counterfoil_rails::x402::{PaymentPayload, PaymentRequirements, SettleResponse, Signed};
use counterfoil_record::{Amount, Hash32, Text};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::text::{json, utf8};
use super::{EvidenceError, Reason};

/// The exchanges of one file.
#[derive(Clone, Debug, Default)]
pub struct Exchanges {
    /// Those that are understood, in order.
    pub read: Vec<Exchange>,
    /// The places of those that were answered with yes, and whose payment is of a scheme, network or form that is not
    /// understood.
    pub unread: Vec<String>,
    /// How many others there are: other calls, and refusals of what is not understood.
    pub other: u64,
}

/// One exchange.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// Where it stands in its file: `[3]` or `line 4`.
    pub place: String,
    /// The obligation.
    pub key: ObligationKey,
    /// The token.
    pub asset: Asset,
    /// The token's domain, as the seller states it.
    pub domain: Option<Domain>,
    /// What was signed.
    pub signed: Signed,
    /// The signature, not checked.
    pub signature: Signature,
    /// What the facilitator answered.
    pub said: Said,
}

/// What a facilitator answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// It would settle.
    Valid,
    /// It would not, or could not; with its reason.
    Refused(Text),
    /// It settled.
    Settled {
        /// The transaction.
        transaction: Option<Hash32>,
        /// The amount, where it states one.
        amount: Option<Amount>,
    },
    /// Nothing, or nothing that can be read.
    Nothing,
}

#[derive(Deserialize)]
struct Recorded<'a> {
    #[serde(borrow)]
    request: Request<'a>,
    #[serde(borrow, default)]
    response: Option<Response<'a>>,
}

#[derive(Deserialize)]
struct Request<'a> {
    #[serde(borrow)]
    url: Cow<'a, str>,
    #[serde(borrow, default)]
    body: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Response<'a> {
    status: u16,
    #[serde(borrow, default)]
    body: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked<'a> {
    #[serde(borrow)]
    payment_payload: &'a RawValue,
    #[serde(borrow)]
    payment_requirements: &'a RawValue,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Verified {
    is_valid: bool,
    #[serde(default)]
    invalid_reason: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Call {
    Verify,
    Settle,
}

/// Reads exchanges of at most [`FILE_MOST`](super::FILE_MOST) bytes.
///
/// # Errors
/// [`EvidenceError`] with the place and the [`Reason`].
pub fn read(bytes: &[u8]) -> Result<Exchanges, EvidenceError> {
    let text = utf8(bytes)?;
    let mut exchanges = Exchanges::default();
    if text.trim_start().starts_with('[') {
        for (index, raw) in json::<Vec<&RawValue>>(text, "")?.into_iter().enumerate() {
            exchanges.take(format!("[{index}]"), raw.get())?;
        }
    } else {
        for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            exchanges.take(format!("line {}", index.saturating_add(1)), line)?;
        }
    }
    Ok(exchanges)
}

impl Exchanges {
    fn take(&mut self, place: String, text: &str) -> Result<(), EvidenceError> {
        let recorded: Recorded<'_> = json(text, &place)?;
        let path = recorded.request.url.split(['?', '#']).next().unwrap_or_default();
        let call = match path.rsplit_once('/').map(|(_, last)| last) {
            Some("verify") => Call::Verify,
            Some("settle") => Call::Settle,
            _ => {
                self.other = self.other.saturating_add(1);
                return Ok(());
            }
        };
        let answer = recorded.response.as_ref();
        let said = answer.map_or(Ok(Answer::nothing()), |answer| Answer::read(call, answer, &place))?;
        let body = recorded.request.body.and_then(body);
        let Some((payload, requirements)) = body.as_deref().and_then(asked) else {
            match said.said {
                Said::Valid | Said::Settled { .. } => self.unread.push(place),
                _ => self.other = self.other.saturating_add(1),
            }
            return Ok(());
        };
        let asset = Asset { chain: requirements.network, contract: requirements.asset };
        let signed = *payload.signed();
        said.is_about(asset, &signed).map_err(|reason| reason.at(place.as_str()))?;
        let domain = requirements.domain_name.zip(requirements.domain_version);
        let domain = domain.map(|(name, version)| Domain {
            name,
            version,
            chain: asset.chain,
            contract: asset.contract,
        });
        self.read.push(Exchange {
            place,
            key: signed.key(&asset),
            asset,
            domain,
            signed,
            signature: *payload.signature(),
            said: said.said,
        });
        Ok(())
    }
}

fn asked(body: &str) -> Option<(PaymentPayload, PaymentRequirements)> {
    let asked: Asked<'_> = serde_json::from_str(body).ok()?;
    let payload = PaymentPayload::parse(asked.payment_payload.get().as_bytes()).ok()?;
    let requirements = PaymentRequirements::parse(asked.payment_requirements.get().as_bytes()).ok()?;
    (payload.network() == requirements.network).then_some((payload, requirements))
}

/// The JSON of a body, which on the wire is text.
fn body(raw: &RawValue) -> Option<Cow<'_, str>> {
    #[derive(Deserialize)]
    struct Wire<'a>(#[serde(borrow)] Cow<'a, str>);
    let text = raw.get();
    if text.starts_with('"') {
        serde_json::from_str::<Wire<'_>>(text).ok().map(|it| it.0)
    } else {
        Some(text.into())
    }
}

struct Answer {
    said: Said,
    settle: Option<SettleResponse>,
}

impl Answer {
    const fn nothing() -> Self {
        Self { said: Said::Nothing, settle: None }
    }

    fn read(call: Call, response: &Response<'_>, place: &str) -> Result<Self, EvidenceError> {
        let text = response.body.and_then(body);
        let read = text.as_deref().and_then(|text| match call {
            Call::Verify => serde_json::from_str::<Verified>(text).ok().map(|answer| Self {
                said: if answer.is_valid {
                    Said::Valid
                } else {
                    Said::Refused(Text::shown(answer.invalid_reason.unwrap_or_default()))
                },
                settle: None,
            }),
            Call::Settle => SettleResponse::parse(text.as_bytes()).ok().map(|answer| Self {
                said: if answer.success {
                    Said::Settled { transaction: answer.transaction, amount: answer.amount }
                } else {
                    Said::Refused(Text::shown(answer.error_reason.as_deref().unwrap_or_default()))
                },
                settle: Some(answer),
            }),
        });
        match read {
            Some(answer) => Ok(answer),
            None if response.status == 200 => Err(Reason::Shape.at(format!("{place}.response.body"))),
            None => Ok(Self::nothing()),
        }
    }

    /// An answer that says that something else was settled says nothing about this.
    fn is_about(&self, asset: Asset, signed: &Signed) -> Result<(), Reason> {
        let Some(answer) = &self.settle else { return Ok(()) };
        let same = answer.network == asset.chain && answer.payer.is_none_or(|payer| payer == signed.from());
        if same || !answer.success { Ok(()) } else { Err(Reason::OtherRequest) }
    }
}
