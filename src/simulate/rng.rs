//! A seeded random generator: the same seed gives the same numbers in every version of the program.
//!
//! `SplitMix64` is written out here because the promise "same seed, same bodies and ids" must outlive the versions of a
//! library: generators and the way they pick from a range do change between releases.

/// A stream of pseudo-random numbers.
#[derive(Clone, Debug)]
pub(crate) struct Rng(u64);

impl Rng {
    /// Creates an independent stream for one thing of one kind, so that more contractors do not change the stories of
    /// the first ones.
    pub(crate) fn of(seed: u64, kind: &str, number: u64) -> Self {
        let kind = kind.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        Self(mix(mix(seed ^ kind).wrapping_add(number)))
    }

    /// Returns the next number.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// Returns a number below `limit`; 0 when `limit` is 0.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        let product = u128::from(self.next()) * u128::from(limit);
        u64::try_from(product >> 64).unwrap_or(0)
    }

    /// Returns a number from `low` to `high`, inclusive.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = u64::try_from(high - low).unwrap_or(0) + 1;
        low + i64::try_from(self.below(width)).unwrap_or(0)
    }

    /// Returns true with this probability in percent.
    pub(crate) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// Returns true with this probability in percent, for fractions such as 0.5.
    pub(crate) fn share(&mut self, percent: f64) -> bool {
        let throw = u32::try_from(self.next() >> 32).unwrap_or(u32::MAX);
        f64::from(throw) / f64::from(u32::MAX) * 100.0 < percent
    }

    /// Returns a number from −1 to 1.
    pub(crate) fn swing(&mut self) -> f64 {
        let throw = u32::try_from(self.next() >> 32).unwrap_or(u32::MAX);
        f64::from(throw) / f64::from(u32::MAX) * 2.0 - 1.0
    }

    /// Returns an item of a list, which must not be empty.
    pub(crate) fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.place(list.len())]
    }

    /// Returns an index into a list of this length.
    pub(crate) fn place(&mut self, length: usize) -> usize {
        let limit = u64::try_from(length).unwrap_or(u64::MAX);
        usize::try_from(self.below(limit)).unwrap_or(0)
    }
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generator_is_the_published_one() {
        // The first outputs of SplitMix64's reference implementation for the seed 1234567.
        let mut rng = Rng(1_234_567);
        let first: Vec<u64> = (0..3).map(|_| rng.next()).collect();
        assert_eq!(first, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn throws_stay_in_their_range_and_reach_its_ends() {
        let mut rng = Rng::of(1, "test", 1);
        let numbers: Vec<i64> = (0..1000).map(|_| rng.between(-2, 3)).collect();
        assert_eq!(numbers.iter().min(), Some(&-2));
        assert_eq!(numbers.iter().max(), Some(&3));
        assert!((0..100).all(|_| !rng.share(0.0) && rng.share(100.1)));
    }
}
