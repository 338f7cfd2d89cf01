//! The costs committed on a requisition at one time, combined step by step: a step costs the same however many contracts
//! there are.

use crate::budget::Measure;
use crate::commitment::{Commitment, CommitmentState};
use crate::id::{ContractId, RequisitionId};
use crate::money::{Currency, Money};
use crate::timeline::Amount;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// The commitments after an event, under the amount in force.
pub(super) struct Bound<'a> {
    on: &'a RequisitionId,
    limit: Option<Limit<'a>>,
    all: BTreeMap<&'a ContractId, &'a Commitment>,
    /// The costs that count under the limit.
    counted: BTreeMap<&'a ContractId, &'a Money>,
    /// The number of counted contracts of each cost, for the highest one.
    by_cost: BTreeMap<Decimal, usize>,
    /// The exact sum of the counted costs; `None` before there is a limit, and once it overflowed.
    sum: Option<Money>,
}

#[derive(Clone, Copy)]
struct Limit<'a> {
    measure: Measure,
    money: &'a Money,
}

impl<'a> Bound<'a> {
    /// Creates it without a limit and without commitments on this requisition.
    pub(super) fn new(on: &'a RequisitionId) -> Self {
        let (all, counted, by_cost) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Self { on, limit: None, all, counted, by_cost, sum: None }
    }

    /// Sets the amount in force.
    pub(super) fn limit_to(&mut self, amount: Option<&'a Amount>) {
        let limit = amount.and_then(|amount| {
            Some(Limit { measure: Measure::of(amount.kind.as_ref())?, money: amount.money.as_ref()? })
        });
        let counts_as = |limit: Option<Limit<'a>>| -> Option<(Measure, &'a Currency)> {
            limit.map(|limit| (limit.measure, &limit.money.currency))
        };
        let is_counted_alike = counts_as(limit) == counts_as(self.limit);
        self.limit = limit;
        if is_counted_alike {
            return;
        }
        (self.counted, self.by_cost) = (BTreeMap::new(), BTreeMap::new());
        self.sum = limit.map(|limit| Money::zero(limit.money.currency.clone()));
        for (contract, commitment) in self.all.clone() {
            self.count(contract, commitment);
        }
    }

    /// Replaces the commitment of a contract.
    pub(super) fn commit(&mut self, contract: &'a ContractId, commitment: &'a Commitment) {
        if let Some(cost) = self.counted.remove(contract) {
            self.sum = self.sum.take().and_then(|sum| sum.minus(cost));
            if let Some(count) = self.by_cost.get_mut(&cost.amount) {
                *count = count.saturating_sub(1);
                if *count == 0 {
                    self.by_cost.remove(&cost.amount);
                }
            }
        }
        self.all.insert(contract, commitment);
        self.count(contract, commitment);
    }

    fn count(&mut self, contract: &'a ContractId, commitment: &'a Commitment) {
        let Some(limit) = self.limit else { return };
        if commitment.standing != CommitmentState::Committed || commitment.draws_on.as_ref() != Some(self.on) {
            return;
        }
        let cost = limit.measure.pick(commitment.amount.as_ref(), commitment.cost_per_day.as_ref());
        let Some(cost) = cost.filter(|cost| cost.currency == limit.money.currency) else { return };
        self.counted.insert(contract, cost);
        *self.by_cost.entry(cost.amount).or_default() += 1;
        self.sum = self.sum.take().and_then(|sum| sum.plus(cost));
    }

    /// Returns whether the commitments exceed the limit.
    pub(super) fn is_over(&self) -> bool {
        let Some(Limit { measure, money }) = self.limit else { return false };
        let joined = match measure {
            Measure::Total => self.sum.clone(),
            Measure::DayRate => {
                let highest = self.by_cost.last_key_value().map_or(Decimal::ZERO, |(highest, _)| *highest);
                Some(Money { amount: highest.max(Decimal::ZERO), currency: money.currency.clone() })
            }
        };
        // A sum that overflowed once is added up anew.
        let joined = joined.or_else(|| measure.join(&money.currency, self.counted.values().copied()));
        joined.and_then(|joined| money.minus(&joined)).is_some_and(|left| left.is_below_zero())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::EventType;
    use crate::event::spend::AmountType;
    use jiff::Timestamp;
    use proptest::prelude::*;

    fn money(amount: i64, is_pounds: bool) -> Money {
        Money {
            amount: Decimal::new(amount, 2),
            currency: Currency::parse(if is_pounds { "GBP" } else { "EUR" }).unwrap(),
        }
    }

    fn any_commitment() -> impl Strategy<Value = Commitment> {
        let standing = prop::sample::select(vec![
            CommitmentState::Committed,
            CommitmentState::Committed,
            CommitmentState::Nothing,
        ]);
        (standing, 0_i64..500, any::<bool>(), prop::sample::select(vec!["spreq_1", "spreq_1", "spreq_2"])).prop_map(
            |(standing, amount, is_pounds, on)| Commitment {
                at: Timestamp::UNIX_EPOCH,
                seq: 1,
                event_type: EventType::ContractAccepted,
                standing,
                amount: Some(money(amount, is_pounds)),
                cost_per_day: (amount % 3 > 0).then(|| money(amount / 10, is_pounds)),
                draws_on: Some(on.into()),
            },
        )
    }

    fn any_amount() -> impl Strategy<Value = Amount> {
        let kind = prop::sample::select(vec![Some(AmountType::Total), Some(AmountType::DayRate), None]);
        (kind, -20_i64..800, any::<bool>()).prop_map(|(kind, amount, is_pounds)| Amount {
            at: Timestamp::UNIX_EPOCH,
            seq: 1,
            event_type: EventType::SpendUpdated,
            money: Some(money(amount, is_pounds)),
            kind,
        })
    }

    proptest! {
        #[test]
        fn step_by_step_the_limit_is_exceeded_where_the_costs_added_up_anew_exceed_it(
            steps in prop::collection::vec((0_usize..4, any_commitment(), prop::option::weighted(0.3, any_amount())), 0..30)
        ) {
            let (on, ids): (RequisitionId, Vec<ContractId>) =
                ("spreq_1".into(), ["a", "b", "c", "d"].into_iter().map(Into::into).collect());
            let mut bound = Bound::new(&on);
            let mut all = BTreeMap::new();
            let mut limit: Option<&Amount> = None;
            for (whose, commitment, amount) in &steps {
                if let Some(amount) = amount {
                    limit = Some(amount);
                    bound.limit_to(limit);
                } else {
                    all.insert(&ids[*whose], commitment);
                    bound.commit(&ids[*whose], commitment);
                }
                let anew = || {
                    let (measure, money) = (Measure::of(limit?.kind.as_ref())?, limit?.money.as_ref()?);
                    let counts = |one: &&&Commitment| one.standing == CommitmentState::Committed && one.draws_on.as_ref() == Some(&on);
                    let costs = all.values().filter(counts).filter_map(|one| measure.pick(one.amount.as_ref(), one.cost_per_day.as_ref()));
                    let committed = measure.join(&money.currency, costs.filter(|cost| cost.currency == money.currency))?;
                    Some(money.minus(&committed)?.is_below_zero())
                };
                prop_assert_eq!(bound.is_over(), anew().unwrap_or(false));
            }
        }
    }
}
