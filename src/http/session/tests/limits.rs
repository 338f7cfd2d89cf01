//! Tests of the rate limits: how guessing is delayed, and who is not affected.

use super::super::attempts::{FREE_ATTEMPTS, MAX_PER_ADDRESS, MAX_PER_PAIR};
use super::*;

const HOME: &str = "203.0.113.5";

impl Site {
    /// Attempts to sign in from an address, with these cookies.
    async fn try_from(&self, address: &str, cookie: &str, email: &str, password: &str) -> Answer {
        let form = format!("email={email}&password={password}&next=/contracts");
        self.send_with("POST", "/sign-in", &form, &[("cookie", cookie)], address).await
    }
}

fn says(answer: &Answer, error: &str) {
    answer.leads_to(&format!("/sign-in?error={error}&next=%2Fcontracts"));
}

#[tokio::test]
async fn a_stranger_who_guesses_locks_nobody_else_out() {
    each_database(async |store| {
        let site = Site::new(store, "http://hooks.example");
        site.signed_in("amara@example.com", Role::Admin).await;
        for _ in 0..MAX_PER_PAIR {
            says(&site.try_from("198.51.100.7", "", "amara@example.com", "wrong").await, "wrong");
        }
        for _ in 0..50 {
            says(&site.try_from("198.51.100.7", "", "amara@example.com", PASSWORD).await, "limited");
        }
        // From another address, the person waits one second.
        let before = site.clock.now();
        site.try_from(HOME, "", "amara@example.com", PASSWORD).await.leads_to("/contracts");
        assert_eq!(site.clock.now().duration_since(before), SignedDuration::from_secs(1));
        // From the stranger's address, after the window.
        site.clock.set(start() + SignedDuration::from_mins(16));
        site.try_from("198.51.100.7", "", "amara@example.com", PASSWORD).await.leads_to("/contracts");
    })
    .await;
}

#[tokio::test]
async fn many_strangers_slow_a_name_down_and_a_known_browser_passes() {
    each_database(async |store| {
        let site = Site::new(store, "http://hooks.example");
        site.signed_in("amara@example.com", Role::Admin).await;
        let signed_in = site.try_from(HOME, "", "amara@example.com", PASSWORD).await;
        let device = signed_in.kept("junoscope_device");
        assert!(!device.contains(&signed_in.cookie()[18..]));
        site.send("POST", "/sign-out", &signed_in.cookie(), "").await;
        for n in 0..60 {
            site.try_from(&format!("192.0.2.{n}"), "", "amara@example.com", "wrong").await;
        }
        let waited = async |address: &str, cookie: &str, email: &str| {
            let before = site.clock.now();
            site.try_from(address, cookie, email, PASSWORD).await.leads_to("/contracts");
            site.clock.now().duration_since(before).as_secs()
        };
        assert_eq!(waited(HOME, "", "amara@example.com").await, 10, "slowed, not locked");
        assert_eq!(waited(HOME, "junoscope_device=guess", "amara@example.com").await, 10);
        site.signed_in("ben@example.com", Role::Hirer).await;
        assert_eq!(waited(HOME, &device, "ben@example.com").await, 0, "another name is not slowed");
        assert_eq!(waited(HOME, &device, "amara@example.com").await, 0, "known from before");
        // The token was replaced at that sign-in, so its copy is invalid.
        assert_eq!(waited(HOME, &device, "amara@example.com").await, 10);
    })
    .await;
}

#[tokio::test]
async fn a_known_browser_passes_where_its_address_has_no_attempts_left() {
    each_database(async |store| {
        let site = Site::new(store, "http://hooks.example");
        let welcome = site.invited("amara@example.com", Role::Admin).await;
        let welcome = site.post(&welcome, &format!("password={PASSWORD}&again={PASSWORD}")).await;
        let mut device = welcome.kept("junoscope_device");
        for n in 0..MAX_PER_ADDRESS {
            says(&site.try_from(HOME, "", &format!("person{n}@example.com"), "x").await, "wrong");
        }
        says(&site.try_from(HOME, "", "amara@example.com", PASSWORD).await, "limited");
        let known = site.try_from(HOME, &device, "amara@example.com", PASSWORD).await;
        known.leads_to("/contracts");
        device = known.kept("junoscope_device");

        // A known browser has a limit of its own.
        for _ in 0..MAX_PER_PAIR {
            says(&site.try_from(HOME, &device, "amara@example.com", "x").await, "wrong");
        }
        says(&site.try_from(HOME, &device, "amara@example.com", PASSWORD).await, "limited");
        site.clock.set(start() + SignedDuration::from_mins(16));
        // Device tokens end with the password.
        site.store.disable_person(&Email::parse("amara@example.com").unwrap(), start()).await.unwrap();
        site.signed_in("amara@example.com", Role::Admin).await;
        for n in 0..FREE_ATTEMPTS {
            says(&site.try_from(&format!("192.0.2.{n}"), "", "amara@example.com", "x").await, "wrong");
        }
        let before = site.clock.now();
        site.try_from("192.0.2.99", &device, "amara@example.com", PASSWORD).await.leads_to("/contracts");
        assert_eq!(site.clock.now().duration_since(before), SignedDuration::from_secs(1));
    })
    .await;
}

#[tokio::test]
async fn the_client_is_whom_a_trusted_proxy_names_and_nobody_else() {
    each_database(async |store| {
        let site = Site::new(store, "http://hooks.example");
        site.signed_in("amara@example.com", Role::Admin).await;
        let form = "email=amara@example.com&password=x&next=/contracts";
        let from = async |peer: &str, forwarded: &str| {
            site.send_with("POST", "/sign-in", form, &[("x-forwarded-for", forwarded)], peer).await.location
        };
        // A proxy may pass on forged entries: it is one client all the same.
        for n in 0..MAX_PER_PAIR {
            assert!(from("127.0.0.1", &format!("10.0.0.{n}, 203.0.113.9")).await.contains("wrong"));
        }
        assert!(from("127.0.0.1", "10.0.0.99, 203.0.113.9").await.contains("limited"));
        assert!(from("127.0.0.1", "203.0.113.10").await.contains("wrong"), "another client of the proxy");
        // The header of an untrusted peer is ignored, even in a private network.
        for n in 0..MAX_PER_PAIR {
            assert!(from("10.1.2.3", &format!("203.0.113.{n}")).await.contains("wrong"));
        }
        assert!(from("10.1.2.3", "203.0.113.99").await.contains("limited"));
        // One customer's IPv6 network is one client.
        for n in 0..MAX_PER_PAIR {
            assert!(from(&format!("2001:db8::{n}"), "").await.contains("wrong"));
        }
        assert!(from("2001:db8::ffff", "").await.contains("limited"));
    })
    .await;
}
