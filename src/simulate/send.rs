//! The HTTP sender: keep-alive connections, a fresh signature for every attempt, retries as Svix makes them.

use super::retry::{self, Failure};
use super::rng::Rng;
use super::send_queue::{Attempt, NextAction, SendQueue};
use super::sign::{SenderKey, sign};
use super::summary::{Summary, Tally};
use super::traffic::{Outgoing, Reason};
use crate::clock::Clock;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;
use url::Url;

#[cfg(test)]
mod tests;

/// How long the sender waits for an answer: see `docs/yunojuno.md`, Answers.
const TIMEOUT: Duration = Duration::from_secs(15);
/// Number of refusals without a success after which the configuration is assumed to be wrong.
const HOPELESS: u64 = 20;

/// The parameters of sending.
#[derive(Clone, Debug)]
pub struct Sending {
    /// The endpoint's full URL.
    pub target: Url,
    /// The endpoint's signing secret.
    pub key: SenderKey,
    /// Maximum number of requests in flight. With one, the order of messages is kept even through failures.
    pub connections: usize,
    /// Maximum number of new messages per second; 0 for no limit.
    pub rate: f64,
    /// Factor on the retry delays; 1 for Svix's own.
    pub retry_scale: f64,
    /// Headers of every request, such as an endpoint's additional one.
    pub headers: HeaderMap,
    /// The seed of the randomised delays.
    pub seed: u64,
}

/// The sender; its counts add up over several calls of [`Sender::send`].
#[derive(Debug)]
pub struct Sender {
    client: reqwest::Client,
    sending: Sending,
    clock: Clock,
    wrong_key: SenderKey,
    tally: Mutex<Tally>,
    rng: Mutex<Rng>,
    begun: Instant,
    stop: CancellationToken,
}

/// The receiver's response.
struct Answer {
    status: u16,
    /// Whether it asks for no further attempts.
    aborted: bool,
    /// Its `Retry-After`.
    retry_after: Option<Duration>,
}

impl Sender {
    /// Creates a sender. Fails only when no TLS client can be created (an https target and no root certificates).
    pub fn new(sending: Sending, clock: Clock) -> Result<Self, reqwest::Error> {
        // A provider that is already installed is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut headers = sending.headers.clone();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let mut client = reqwest::Client::builder()
            .user_agent("Svix-Webhooks/1.100.0")
            .default_headers(headers)
            .http1_only()
            .redirect(reqwest::redirect::Policy::none())
            .pool_max_idle_per_host(sending.connections)
            .tcp_nodelay(true)
            .timeout(TIMEOUT);
        if sending.target.scheme() == "http" {
            // Without root certificates, plain http still works.
            client = client.tls_certs_only([]);
        }
        if is_here(&sending.target) {
            client = client.no_proxy();
        }
        Ok(Self {
            client: client.build()?,
            wrong_key: SenderKey::wrong(),
            tally: Mutex::new(Tally::new()),
            rng: Mutex::new(Rng::of(sending.seed, "retry", 0)),
            begun: Instant::now(),
            stop: CancellationToken::new(),
            sending,
            clock,
        })
    }

    /// Sends everything, and returns the source when the last message is delivered or given up.
    pub async fn send<I>(self: &Arc<Self>, outgoing_messages: I) -> Option<I>
    where
        I: Iterator<Item = Outgoing> + Send + 'static,
    {
        let rate = self.sending.rate;
        let interval = if rate > 0.0 { Duration::from_secs_f64(1.0 / rate) } else { Duration::ZERO };
        let queue = Arc::new(SendQueue::new(outgoing_messages, self.sending.connections, interval));
        let mut connections = JoinSet::new();
        for _ in 0..self.sending.connections.max(1) {
            connections.spawn(Arc::clone(self).connection(Arc::clone(&queue)));
        }
        connections.join_all().await;
        self.tally().summary.failed += u64::try_from(queue.left_waiting()).unwrap_or(u64::MAX);
        Arc::into_inner(queue).map(SendQueue::into_fresh)
    }

    /// Stops new attempts; those in flight are finished.
    pub fn stop(&self) {
        self.stop.cancel();
    }

    /// Waits until [`Sender::stop`] is called, by the sender itself or others.
    pub async fn stopped(&self) {
        self.stop.cancelled().await;
    }

    /// Returns the status of all responses, if the sender stopped because every message was refused.
    pub fn hopeless(&self) -> Option<u16> {
        let tally = self.tally();
        let refused = |status: &&u16| matches!(status, 401 | 403 | 404 | 405);
        if tally.hopeless < HOPELESS { None } else { tally.summary.answers.keys().find(refused).copied() }
    }

    /// Returns the counts so far.
    pub fn summary(&self) -> Summary {
        self.tally().summary(self.begun.elapsed())
    }

    async fn connection<I: Iterator<Item = Outgoing>>(self: Arc<Self>, queue: Arc<SendQueue<I>>) {
        loop {
            // Registered before the queue is checked, so that no notification is missed.
            let changed = queue.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            if self.stop.is_cancelled() {
                return;
            }
            match queue.next_action() {
                NextAction::Done => return,
                NextAction::Wait => tokio::select! {
                    () = changed => {}
                    () = self.stop.cancelled() => {}
                },
                NextAction::WaitUntil(due) => tokio::select! {
                    () = sleep_until(due) => {}
                    () = changed => {}
                    () = self.stop.cancelled() => {}
                },
                NextAction::Send(next, slot) => {
                    if slot > Instant::now() {
                        tokio::select! {
                            () = sleep_until(slot) => {}
                            () = self.stop.cancelled() => return queue.done(None),
                        }
                    }
                    let again = self.deliver(next).await;
                    queue.done(again);
                }
            }
        }
    }

    /// Makes one attempt. Returns what is to be retried, and after which delay.
    async fn deliver(&self, next: Attempt) -> Option<(Attempt, Duration)> {
        let Attempt { outgoing, attempt } = next;
        if attempt == 1 {
            self.tally().begun(&outgoing);
        } else {
            self.tally().summary.retries += 1;
        }
        let begun = Instant::now();
        let answer = self.attempt(&outgoing).await;
        let status = answer.as_ref().ok().map(|answer| answer.status);
        {
            let mut tally = self.tally();
            tally.attempted(&outgoing, status, begun.elapsed());
            if tally.delivered == 0 && tally.hopeless >= HOPELESS {
                self.stop.cancel();
            }
        }
        let (failure, aborted) = match answer {
            Ok(Answer { status: 200..=299, .. }) => return None,
            Ok(answer) => (Failure::Answered(answer.retry_after), answer.aborted),
            Err(failure) => (failure, false),
        };
        // Repeats and forgeries are not retried.
        if matches!(outgoing.reason, Reason::Duplicate | Reason::BadSignature) {
            return None;
        }
        let wait = retry::wait(attempt, failure, self.sending.retry_scale, &mut self.rng());
        match wait {
            Some(wait) if !aborted => Some((Attempt { outgoing, attempt: attempt + 1 }, wait)),
            _ => {
                self.tally().summary.failed += 1;
                None
            }
        }
    }

    async fn attempt(&self, outgoing: &Outgoing) -> Result<Answer, Failure> {
        let failure = |error: reqwest::Error| if error.is_timeout() { Failure::TimedOut } else { Failure::Unreachable };
        let timestamp = self.clock.now().as_second();
        let key = if outgoing.reason == Reason::BadSignature { &self.wrong_key } else { &self.sending.key };
        let answer = self
            .client
            .post(self.sending.target.clone())
            .header("svix-id", outgoing.id.as_str())
            .header("svix-timestamp", timestamp)
            .header("svix-signature", sign(key, &outgoing.id, timestamp, &outgoing.body))
            .body(outgoing.body.clone())
            .send()
            .await
            .map_err(failure)?;
        let asked = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        let made = Answer {
            status: answer.status().as_u16(),
            aborted: answer.headers().get("webhook-delivery").is_some_and(|value| value == "abort-message"),
            retry_after: asked.and_then(|value| retry::retry_after(value, self.clock.now())),
        };
        // The connection can be reused only after the whole response was read.
        answer.bytes().await.map_err(failure)?;
        Ok(made)
    }

    fn tally(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn rng(&self) -> MutexGuard<'_, Rng> {
        self.rng.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_here(target: &Url) -> bool {
    match target.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
