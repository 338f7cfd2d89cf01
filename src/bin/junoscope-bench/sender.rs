//! Synthetic requests of the shape `YunoJuno` sends: a unique body, a current message id and a valid signature.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use junoscope::clock::Clock;
use rand::rngs::SmallRng;
use rand::{RngExt as _, SeedableRng as _};
use sha2::Sha256;
use std::fmt::Write as _;
use svix_ksuid::KsuidMs;

/// An initialised HMAC.
pub type Key = Hmac<Sha256>;

/// Parses a secret, `whsec_…`.
pub fn key(secret: &str) -> Result<Key, Box<dyn std::error::Error>> {
    let bytes = STANDARD.decode(secret.strip_prefix("whsec_").unwrap_or(secret))?;
    Ok(Key::new_from_slice(&bytes)?)
}

/// Returns the signature of one request, before encoding.
pub fn sign(key: &Key, id: &str, timestamp: &str, body: &[u8]) -> Key {
    let mut mac = key.clone();
    for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
        mac.update(part);
    }
    mac
}

/// Generates the requests of one connection.
pub struct Sender {
    key: Key,
    clock: Clock,
    random: SmallRng,
    head: String,
    id: String,
    id_made_at: Timestamp,
    contract: String,
    sent: u64,
    body: String,
}

/// The events of each contract, so that the receiver has stories to fold.
const STORY: [&str; 4] = ["approved", "offered", "accepted", "completed"];

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE36: &[u8] = BASE62.split_at(10).0;
const PEOPLE: [(&str, &str); 4] = [("Amara", "Okoye"), ("Jonas", "Lindqvist"), ("Mei", "Tanaka"), ("Luca", "Ferrari")];

impl Sender {
    /// Creates a sender to `http://{host}{path}`; each `number` gives different requests.
    pub fn new(key: Key, host: &str, path: &str, number: u64) -> Self {
        let clock = Clock::system();
        let started = u64::try_from(clock.now().as_millisecond()).unwrap_or_default();
        Self {
            key,
            random: SmallRng::seed_from_u64(started << 16 | number),
            head: format!(
                "POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nUser-Agent: Svix-Webhooks/1.62\r\nAccept: */*\r\n"
            ),
            id: String::new(),
            id_made_at: Timestamp::UNIX_EPOCH,
            contract: String::new(),
            sent: 0,
            body: String::with_capacity(2048),
            clock,
        }
    }

    /// Replaces the buffer's content by the next request.
    pub fn write_next(&mut self, request: &mut Vec<u8>) {
        self.next_body();
        self.next_id();
        let timestamp = self.clock.now().as_second().to_string();
        let signature = sign(&self.key, &self.id, &timestamp, self.body.as_bytes()).finalize().into_bytes();
        request.clear();
        request.extend_from_slice(self.head.as_bytes());
        let (id, signature, length) = (&self.id, STANDARD.encode(signature), self.body.len());
        let rest = format!(
            "svix-id: {id}\r\nsvix-timestamp: {timestamp}\r\nsvix-signature: v1,{signature}\r\nContent-Length: {length}\r\n\r\n"
        );
        request.extend_from_slice(rest.as_bytes());
        request.extend_from_slice(self.body.as_bytes());
        self.sent += 1;
    }

    /// Encoding a KSUID costs more than a signature: the 11 characters with the time are cached for a second, and the
    /// other 16 are random for each message.
    fn next_id(&mut self) {
        let now = self.clock.now();
        if now.as_second() != self.id_made_at.as_second() || self.id.is_empty() {
            self.id_made_at = now;
            self.id = format!("msg_{}", KsuidMs::from_millis(Some(now.as_millisecond()), Some(&[0; 15])));
        }
        self.id.truncate(4 + 11);
        letters(&mut self.random, BASE62, 16, &mut self.id);
    }

    fn next_body(&mut self) {
        let chapter = usize::try_from(self.sent % 4).unwrap_or_default();
        if chapter == 0 {
            self.contract.clear();
            letters(&mut self.random, BASE36, 24, &mut self.contract);
        }
        let person: usize = self.random.random_range(0..1000);
        let (first, last) = PEOPLE[person % PEOPLE.len()];
        let (event, contract, rate) = (STORY[chapter], &self.contract, 300 + person % 400);
        self.body.clear();
        // Writing to a string cannot fail.
        let _ = write!(
            self.body,
            concat!(
                r#"{{"api_version":"2024-04-10","event_type":"client.contract.{event}","data":{{"object":{{"#,
                r#""contract_id":"ct_c{contract}","freelancer":{{"freelancer_id":"fp_c{person:024}","first_name":"{first}","last_name":"{last}","#,
                r#""full_name":"{first} {last}","email":"person{person}@example.com","legal_name":"{first} {last}"}},"#,
                r#""freelancer_operating_jurisdiction":{{"name":"United Kingdom","country_code":"GB"}},"#,
                r#""freelancer_personal_tax_jurisdiction":null,"client":{{"client_id":"cl_c04aae1dyepi3copzreg7vl13","name":"Northwind Studios"}},"#,
                r#""client_contact":{{"client_contact_id":"clct_c{person:024}","freelancer_id":"fp_c{person:024}","custom_fields":[],"#,
                r#""url":"https://app.yunojuno.com/directory/fp_c{person:024}/"}},"#,
                r#""hirers":[{{"hirer_id":"hp_c6gjupumsda8tkjyczi25kwy1","first_name":"Priya","last_name":"Raman","full_name":"Priya Raman","#,
                r#""email":"priya.raman@example.com"}}],"title":"Campaign {person} - senior designer","job_title":"Senior designer","#,
                r#""description":"Design support for the campaign","start_date":"2026-09-01","end_date":"2026-11-28","actual_end_date":null,"#,
                r#""rate":{{"currency":"GBP","unit":"DAY","value":"{rate}.00"}},"work_time_type":"FULL_TIME","notice_period_days":7,"#,
                r#""fee_schedule":{{"periods":[{{"effective_from":"2026-09-01","total_cost":{{"currency":"GBP","value":"{rate}.00"}}}}]}},"#,
                r#""work_location":"REMOTE","minutes_in_working_day":480,"custom_fields":[{{"name":"cost_centre","value":"CC-410"}}],"#,
                r#""spend_request":null,"renewal_meta":{{}},"historical_meta":{{"has_previously_accepted_contract":false}},"#,
                r#""url":"https://app.yunojuno.com/contracts/ct_c{contract}/"}}}},"mode":"live"}}"#
            ),
            event = event,
            contract = contract,
            person = person,
            first = first,
            last = last,
            rate = rate
        );
    }
}

fn letters(random: &mut SmallRng, alphabet: &[u8], count: usize, text: &mut String) {
    text.extend((0..count).map(|_| char::from(alphabet[random.random_range(0..alphabet.len())])));
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    #[test]
    fn a_published_vector_is_signed_as_published() {
        let mac = sign(&key(SECRET).unwrap(), "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", br#"{"test": 2432232314}"#);
        assert_eq!(STANDARD.encode(mac.finalize().into_bytes()), "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn bodies_are_unique_json_of_the_size_that_is_promised() {
        let mut sender = Sender::new(key(SECRET).unwrap(), "h", "/", 1);
        let (mut seen, mut request) = (HashSet::new(), Vec::new());
        for _ in 0..1000 {
            sender.write_next(&mut request);
            serde_json::from_str::<serde_json::Value>(&sender.body).unwrap();
            assert!((1_500..1_800).contains(&sender.body.len()), "{} bytes", sender.body.len());
            assert!(seen.insert((sender.id.clone(), sender.body.clone())));
        }
    }

    #[test]
    fn a_message_id_says_when_it_was_made() {
        // Ids count in steps of four milliseconds, and the random letters at the end may take one step away.
        const STEP: i64 = 4;
        let mut sender = Sender::new(key(SECRET).unwrap(), "h", "/", 1);
        let before = Clock::system().now().as_millisecond();
        sender.next_id();
        let after = Clock::system().now().as_millisecond();
        let id: KsuidMs = sender.id.strip_prefix("msg_").unwrap().parse().unwrap();
        assert!((before - 2 * STEP..=after + STEP).contains(&id.timestamp_millis()), "{}", id.timestamp_millis());
    }
}
