//! The cases of the reference test suites of Svix and Standard Webhooks, and properties.

use super::*;
use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;

const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const ID: &str = "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk";
const TIMESTAMP: i64 = 1_649_367_553;
const BODY: &[u8] = br#"{"email":"test@example.com","username":"test_user"}"#;
const SIGNATURE: &str = "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=";

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

fn headers(id: &str, timestamp: &str, signature: &str) -> BTreeMap<String, Vec<u8>> {
    [("svix-id", id), ("svix-timestamp", timestamp), ("svix-signature", signature)]
        .map(|(name, value)| (name.to_owned(), value.as_bytes().to_vec()))
        .into()
}

fn genuine() -> BTreeMap<String, Vec<u8>> {
    headers(ID, &TIMESTAMP.to_string(), SIGNATURE)
}

fn check(headers: &BTreeMap<String, Vec<u8>>, body: &[u8], secrets: &[&str], now: i64) -> Result<Verified, Refusal> {
    let keys: Vec<SigningKey> = secrets.iter().map(|secret| SigningKey::parse(secret).unwrap()).collect();
    verify(|name| headers.get(name).map(Vec::as_slice), body, &keys, at(now))
}

fn with_signature(signature: &str) -> Result<Verified, Refusal> {
    check(&headers(ID, &TIMESTAMP.to_string(), signature), BODY, &[SECRET], TIMESTAMP)
}

#[test]
fn the_published_vectors_pass_and_so_do_our_own() {
    let vectors: Value =
        serde_json::from_str(include_str!("../../../app/domain/fixtures/signature-vectors.json")).unwrap();
    let bodies: BTreeMap<&str, &[u8]> = [
        ("contract.offered.json", include_bytes!("../../../app/domain/fixtures/contract.offered.json").as_slice()),
        ("client_contact.created.json", include_bytes!("../../../app/domain/fixtures/client_contact.created.json")),
        ("spend_request.created.json", include_bytes!("../../../app/domain/fixtures/spend_request.created.json")),
        (
            "extra.contract.custom_fields_updated.json",
            include_bytes!("../../../app/domain/fixtures/extra.contract.custom_fields_updated.json"),
        ),
    ]
    .into();
    let mut checked = 0;
    for vector in ["published", "ours"].iter().flat_map(|list| vectors[list].as_array().unwrap()) {
        let text = |key: &str| vector[key].as_str().unwrap();
        let timestamp = vector["timestamp"].as_i64().unwrap();
        let body = vector["body"].as_str().map_or_else(|| bodies[text("file")], str::as_bytes);
        let headers = headers(text("id"), &timestamp.to_string(), text("signature"));
        let verified = check(&headers, body, &[text("secret")], timestamp).unwrap();
        assert_eq!((verified.id.as_str(), verified.sent_at), (text("id"), at(timestamp)));
        checked += 1;
    }
    assert_eq!(checked, 6);
}

#[test]
fn each_header_is_needed_under_either_of_its_names() {
    for name in ["svix-id", "svix-timestamp", "svix-signature"] {
        let mut headers = genuine();
        let value = headers.remove(name).unwrap();
        assert_eq!(check(&headers, BODY, &[SECRET], TIMESTAMP), Err(Refusal::MissingHeader(name)));
        headers.insert(name.replace("svix", "webhook"), value);
        assert!(check(&headers, BODY, &[SECRET], TIMESTAMP).is_ok(), "{name} under its other name");
    }
    let other_names: BTreeMap<_, _> =
        genuine().into_iter().map(|(name, value)| (name.replace("svix", "webhook"), value)).collect();
    assert!(check(&other_names, BODY, &[SECRET], TIMESTAMP).is_ok());
}

#[test]
fn svix_names_win_where_both_are_there() {
    let mut headers = genuine();
    headers.insert("webhook-signature".to_owned(), b"v1,nonsense".to_vec());
    assert!(check(&headers, BODY, &[SECRET], TIMESTAMP).is_ok());
    headers.insert("svix-signature".to_owned(), b"v1,nonsense".to_vec());
    headers.insert("webhook-signature".to_owned(), SIGNATURE.as_bytes().to_vec());
    assert_eq!(check(&headers, BODY, &[SECRET], TIMESTAMP), Err(Refusal::NoSignature("svix-signature")));
}

#[test]
fn a_header_that_is_empty_or_no_text_is_told_apart_from_a_missing_one() {
    for value in [b"".to_vec(), vec![0xff, 0xfe]] {
        let mut headers = genuine();
        headers.insert("svix-id".to_owned(), value);
        assert_eq!(check(&headers, BODY, &[SECRET], TIMESTAMP), Err(Refusal::BadHeader("svix-id")));
    }
    let mut headers = genuine();
    headers.insert("svix-id".to_owned(), b"m".repeat(257));
    assert_eq!(check(&headers, BODY, &[SECRET], TIMESTAMP), Err(Refusal::BadHeader("svix-id")));
}

#[test]
fn a_timestamp_is_whole_seconds_since_1970() {
    for timestamp in ["now", "-1", "+1649367553", "1649367553.5", "0x10", "99999999999999999999", "999999999999999"] {
        let headers = headers(ID, timestamp, SIGNATURE);
        assert_eq!(check(&headers, BODY, &[SECRET], TIMESTAMP), Err(Refusal::BadTimestamp), "{timestamp}");
    }
}

#[test]
fn five_minutes_either_way_still_pass_and_a_second_more_does_not() {
    for now in [TIMESTAMP - 300, TIMESTAMP + 300] {
        assert!(check(&genuine(), BODY, &[SECRET], now).is_ok());
    }
    assert_eq!(check(&genuine(), BODY, &[SECRET], TIMESTAMP + 301), Err(Refusal::Stale(301)));
    assert_eq!(check(&genuine(), BODY, &[SECRET], TIMESTAMP - 301), Err(Refusal::Future(301)));
}

#[test]
fn a_timestamp_changed_after_signing_is_refused() {
    let headers = headers(ID, &(TIMESTAMP + 1).to_string(), SIGNATURE);
    assert_eq!(check(&headers, BODY, &[SECRET], TIMESTAMP), Err(Refusal::BadSignature));
}

#[test]
fn only_a_whole_v1_signature_counts() {
    let bare = SIGNATURE.strip_prefix("v1,").unwrap();
    for wrong in [
        "v1,dGhpcyBpcyBub3QgaXQ=".to_owned(),
        "v1,".to_owned(),
        "v1".to_owned(),
        " ".to_owned(),
        bare.to_owned(),
        format!("v1,{}", &bare[..8]),
        format!("v1,{}", bare.trim_end_matches('=')),
        format!("v2,{bare}"),
        format!("v1a,{bare}"),
        format!("V1,{bare}"),
        format!("v1, {bare}"),
        format!("v1,{bare}{bare}"),
        "v1,AAAA v2,BBBB nothing v1,CCCC".to_owned(),
    ] {
        // Refused by the header alone.
        assert_eq!(with_signature(&wrong), Err(Refusal::NoSignature("svix-signature")), "{wrong:?}");
    }
    assert_eq!(with_signature(""), Err(Refusal::BadHeader("svix-signature")));
}

#[test]
fn the_right_signature_may_stand_among_others() {
    for header in [
        format!("v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= v2,Ceo5 {SIGNATURE}"),
        format!("{SIGNATURE} v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc="),
        format!("comma-less  {SIGNATURE}"),
    ] {
        assert!(with_signature(&header).is_ok(), "{header}");
    }
}

#[test]
fn any_of_several_secrets_may_match_and_the_verdict_says_which() {
    let other = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let verified = check(&genuine(), BODY, &[other, SECRET], TIMESTAMP).unwrap();
    assert_eq!(verified.fingerprint, SigningKey::parse(SECRET).unwrap().fingerprint());
    assert_eq!(check(&genuine(), BODY, &[other], TIMESTAMP), Err(Refusal::BadSignature));
    assert_eq!(check(&genuine(), BODY, &[], TIMESTAMP), Err(Refusal::BadSignature));
}

#[test]
fn a_secret_is_taken_with_and_without_its_prefix_and_never_empty() {
    let bare = SECRET.strip_prefix("whsec_").unwrap();
    assert!(check(&genuine(), BODY, &[bare], TIMESTAMP).is_ok());
    assert_eq!(SigningKey::parse("").unwrap_err(), BadSecret::Empty);
    assert_eq!(SigningKey::parse("whsec_").unwrap_err(), BadSecret::Empty);
    assert_eq!(SigningKey::parse("whsec_not base64").unwrap_err(), BadSecret::NotBase64);
    assert!(!format!("{:?}", SigningKey::parse(SECRET).unwrap()).contains("C2FV"));
}

#[test]
fn bytes_that_are_no_text_are_signed_like_any_others() {
    let key = SigningKey::parse(SECRET).unwrap();
    let body = [0xff, 0x00, 0xfe];
    let headers = headers(ID, &TIMESTAMP.to_string(), &key.header(ID, TIMESTAMP, &body));
    assert!(check(&headers, &body, &[SECRET], TIMESTAMP).is_ok());
}

proptest! {
    #[test]
    fn what_is_signed_passes(body in proptest::collection::vec(any::<u8>(), 0..400), id in "[!-~]{1,64}", second in 0_i64..4_000_000_000) {
        let signature = SigningKey::parse(SECRET).unwrap().header(&id, second, &body);
        prop_assert!(check(&headers(&id, &second.to_string(), &signature), &body, &[SECRET], second).is_ok());
    }

    #[test]
    fn no_altered_byte_of_a_body_passes(
        body in proptest::collection::vec(any::<u8>(), 1..200), place in any::<prop::sample::Index>(), flip in 1_u8..=255,
    ) {
        let signature = SigningKey::parse(SECRET).unwrap().header(ID, TIMESTAMP, &body);
        let mut altered = body.clone();
        altered[place.index(body.len())] ^= flip;
        let headers = headers(ID, &TIMESTAMP.to_string(), &signature);
        prop_assert_eq!(check(&headers, &altered, &[SECRET], TIMESTAMP), Err(Refusal::BadSignature));
    }

    #[test]
    fn no_altered_character_of_a_signature_passes(place in 3_usize..47, letter in "[A-Za-z0-9+/=]") {
        let mut altered = SIGNATURE.to_owned();
        altered.replace_range(place..=place, &letter);
        prop_assume!(altered != SIGNATURE);
        let refused = with_signature(&altered).unwrap_err();
        prop_assert!(matches!(refused, Refusal::BadSignature | Refusal::NoSignature(_)), "{refused:?}");
    }

    #[test]
    fn nothing_added_or_cut_passes(extra in proptest::collection::vec(any::<u8>(), 1..20), cut in 1_usize..50) {
        let longer = [BODY, &extra].concat();
        prop_assert_eq!(check(&genuine(), &longer, &[SECRET], TIMESTAMP), Err(Refusal::BadSignature));
        prop_assert_eq!(check(&genuine(), &BODY[..BODY.len() - cut], &[SECRET], TIMESTAMP), Err(Refusal::BadSignature));
    }

    #[test]
    fn arbitrary_headers_never_panic(id in any::<Vec<u8>>(), timestamp in any::<Vec<u8>>(), signature in any::<Vec<u8>>()) {
        let headers = BTreeMap::from([("svix-id".to_owned(), id), ("svix-timestamp".to_owned(), timestamp), ("svix-signature".to_owned(), signature)]);
        prop_assert!(check(&headers, BODY, &[SECRET], TIMESTAMP).is_err());
    }
}
