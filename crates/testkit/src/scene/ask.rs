//! A payment to ask for, with everything in order unless something is changed.

use counterfoil_enforce::command::{Command, Compensation, Pay};
use counterfoil_record::Index;
use serde_json::Value;

use crate::policy::{GOLD, YEN};
use crate::rail::Offer;

/// A payment to ask for.
#[derive(Clone, Debug)]
pub struct Ask {
    pay: Pay,
    offer: Offer,
}

impl Ask {
    /// Asks, under idempotency key `key`, for `amount` smallest units of USDC to the seller, for
    /// `https://data.example/v1/{key}`, category `data`, from the wallet `hot`.
    pub fn new(run: Index, key: &str, amount: u128) -> Self {
        let url = format!("https://data.example/v1/{key}");
        let offer = Offer::new(&url, amount);
        let pay = Pay::new(run, key.parse().unwrap(), "", &url, "hot".parse().unwrap());
        Self { pay: pay.category("data".parse().unwrap()), offer }
    }

    /// By Permit2.
    pub fn permit2(run: Index, key: &str, amount: u128) -> Self {
        let mut ask = Self::new(run, key, amount);
        ask.offer = Offer::permit2(&ask.offer.url, amount);
        ask
    }

    /// Of at most `amount`, by Permit2.
    pub fn upto(run: Index, key: &str, amount: u128) -> Self {
        let mut ask = Self::new(run, key, amount);
        ask.offer = Offer::upto(&ask.offer.url, amount);
        ask
    }

    /// In x402 version 1.
    pub fn v1(run: Index, key: &str, amount: u128) -> Self {
        let mut ask = Self::new(run, key, amount);
        ask.offer = Offer::v1(&ask.offer.url, amount);
        ask
    }

    /// In an asset without decimals.
    pub fn yen(run: Index, key: &str, amount: u128) -> Self {
        let ask = Self::new(run, key, amount).offer("/asset", YEN);
        ask.offer("/extra/name", "Yen").offer("/extra/version", "1")
    }

    /// In an asset with 18 decimals.
    pub fn gold(run: Index, key: &str, amount: u128) -> Self {
        let ask = Self::new(run, key, amount).offer("/asset", GOLD);
        ask.offer("/extra/name", "Gold").offer("/extra/version", "1")
    }

    /// With one field of the offer set.
    pub fn offer(mut self, pointer: &str, value: impl Into<Value>) -> Self {
        self.offer = self.offer.with(pointer, value);
        self
    }

    /// With a field of the offer added to one of its objects.
    pub fn offer_new(mut self, object: &str, field: &str, value: impl Into<Value>) -> Self {
        let object = self.offer.requirements.pointer_mut(object).and_then(Value::as_object_mut);
        object.expect("an object of the offer").insert(field.into(), value.into());
        self
    }

    /// With a field of one of the offer's objects left out.
    pub fn offer_inner_without(mut self, object: &str, field: &str) -> Self {
        let object = self.offer.requirements.pointer_mut(object).and_then(Value::as_object_mut);
        object.and_then(|object| object.remove(field)).expect("a field of the offer");
        self
    }

    /// With an offer of exactly `length` bytes.
    pub fn offer_of_length(self, length: usize) -> Self {
        let padded = self.offer_new("", "description", "");
        let missing = length - padded.offer.requirements.to_string().len();
        padded.offer("/description", "d".repeat(missing))
    }

    /// With a field of the offer left out.
    pub fn offer_without(mut self, field: &str) -> Self {
        let offer = self.offer.requirements.as_object_mut();
        offer.and_then(|offer| offer.remove(field)).expect("a field of the offer");
        self
    }

    /// Asked for another URL, which the seller names too.
    pub fn url(mut self, url: &str) -> Self {
        self.pay.url = url.into();
        self.offer.url = url.into();
        self
    }

    /// The seller names another URL.
    pub fn seller_names(mut self, url: &str) -> Self {
        self.offer.url = url.into();
        self
    }

    /// Under another idempotency key.
    pub fn key(mut self, key: &str) -> Self {
        self.pay.key = key.parse().unwrap();
        self
    }

    /// From another wallet.
    pub fn wallet(mut self, wallet: &str) -> Self {
        self.pay.wallet = wallet.parse().unwrap();
        self
    }

    /// Of another category.
    pub fn category(mut self, category: &str) -> Self {
        self.pay.category = Some(category.parse().unwrap());
        self
    }

    /// Of no category.
    pub fn no_category(mut self) -> Self {
        self.pay.category = None;
        self
    }

    /// For a plan item.
    pub fn item(mut self, item: &str) -> Self {
        self.pay.item = Some(item.parse().unwrap());
        self
    }

    /// For the plan item `quotes`.
    pub fn quotes(self) -> Self {
        self.item("quotes")
    }

    /// For a purpose, which stays out of the log.
    pub fn purpose(mut self, purpose: &str) -> Self {
        self.pay.purpose = Some(purpose.into());
        self
    }

    /// As a step that can be undone by a refund.
    pub fn reversible(mut self, transaction: Index, step: &str) -> Self {
        let way = Compensation::By("seller-refund".parse().unwrap());
        self.pay = self.pay.part(transaction, step.parse().unwrap(), way);
        self
    }

    /// As a step that cannot be undone.
    pub fn irreversible(mut self, transaction: Index, step: &str) -> Self {
        self.pay = self.pay.part(transaction, step.parse().unwrap(), Compensation::Impossible);
        self
    }

    /// Without a word on how it would be undone.
    pub fn undeclared(mut self) -> Self {
        self.pay.compensation = None;
        self
    }

    /// The command.
    pub fn command(&self) -> Command {
        let mut pay = self.pay.clone();
        pay.payment_required = self.offer.header();
        Command::Pay(Box::new(pay))
    }
}
