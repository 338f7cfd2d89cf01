//! Ids in the forms YunoJuno and Svix write them: see `docs/yunojuno.md`, Ids and Message ids.

use super::calendar::SimTime;
use super::rng::Rng;
use serde::{Serialize, Serializer};
use std::fmt;
use svix_ksuid::KsuidMs;

/// An id: a prefix, `c`, and 24 of `[a-z0-9]`, computed from a number on demand so that nothing is stored.
#[derive(Clone, Copy, Debug)]
pub(super) struct Id {
    prefix: &'static str,
    halves: [u64; 2],
}

impl Id {
    pub(super) fn of(seed: u64, prefix: &'static str, number: u64) -> Self {
        let mut rng = Rng::of(seed, prefix, number);
        Self { prefix, halves: [rng.next(), rng.next()] }
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [b'c'; 25];
        for (half, digits) in self.halves.iter().zip(text[1..].chunks_exact_mut(12)) {
            let mut rest = *half;
            for digit in digits {
                let place = usize::try_from(rest % 36).unwrap_or(0);
                *digit = b"0123456789abcdefghijklmnopqrstuvwxyz"[place];
                rest /= 36;
            }
        }
        f.write_str(self.prefix)?;
        f.write_str(std::str::from_utf8(&text).unwrap_or("c"))
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Returns `msg_` and a KSUID of the time, in the millisecond variant that Svix uses.
pub(super) fn message_id(at: SimTime, mut rng: Rng) -> String {
    let mut payload = [0_u8; 15];
    for chunk in payload.chunks_mut(8) {
        let bytes = rng.next().to_be_bytes();
        chunk.copy_from_slice(&bytes[..chunk.len()]);
    }
    format!("msg_{}", KsuidMs::from_millis(Some(at.timestamp().as_millisecond()), Some(&payload)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_the_documented_form() {
        for number in 0..200 {
            let id = Id::of(1, "ct_", number).to_string();
            assert_eq!(id.len(), 28);
            assert!(id.starts_with("ct_c") && id[4..].bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase()));
        }
        assert_ne!(Id::of(1, "ct_", 1).to_string(), Id::of(1, "ct_", 2).to_string());
        assert_ne!(Id::of(1, "ct_", 1).to_string()[3..], Id::of(1, "cl_", 1).to_string()[3..]);
    }

    #[test]
    fn a_message_id_tells_its_moment() {
        for text in ["2024-05-01T09:30:00.996Z", "2026-11-23T16:00:00Z"] {
            let id = message_id(SimTime::of(text.parse().unwrap()), Rng::of(1, "message", 0));
            assert_eq!(id.len(), 31);
            let ksuid: KsuidMs = id.strip_prefix("msg_").unwrap().parse().unwrap();
            let at: jiff::Timestamp = text.parse().unwrap();
            assert_eq!(ksuid.timestamp_millis(), at.as_millisecond());
        }
    }
}
