//! The state of one connection and since when it holds, which decides whether it may be closed.

use super::limits::Limits;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// Time that a peer without requests in flight has to close, after the graceful shutdown of its connection.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(1);

/// Senders send a request at once. A connection without one for this long is among the first to be closed.
const FIRST_REQUEST_TIME: Duration = Duration::from_secs(1);

/// Minimum age at which an idle connection may be closed, so that a burst of connections does not close those whose
/// request is on its way.
const MIN_AGE: Duration = Duration::from_millis(100);

/// A command to the task of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Closing {
    /// Continue.
    No,
    /// Finish requests in flight and accept no others.
    WhenIdle,
    /// Abort the connection.
    Now,
}

/// One open connection, shared by its task, its socket, its bodies and the registry.
#[derive(Debug)]
pub(super) struct Connection {
    state: Mutex<State>,
    closing: watch::Sender<Closing>,
}

impl Connection {
    pub(super) fn new(now: Instant) -> Arc<Self> {
        Arc::new(Self { state: Mutex::new(State::new(now)), closing: watch::Sender::new(Closing::No) })
    }

    /// Runs `act` on the state, under its lock.
    pub(super) fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Begins a request, which is in flight until the guard is dropped.
    pub(super) fn begin(self: &Arc<Self>, is_http2: bool, now: Instant) -> InFlight {
        self.with(|state| state.begin(is_http2, now));
        InFlight(Arc::clone(self))
    }

    /// Subscribes to commands. The receiver is marked changed, as there may have been one before its task began.
    pub(super) fn closing(&self) -> watch::Receiver<Closing> {
        let mut closing = self.closing.subscribe();
        closing.mark_changed();
        closing
    }

    /// Requests the connection to close; a later request can only be more urgent.
    pub(super) fn close(&self, how: Closing, now: Instant) {
        self.with(|state| {
            state.finishing_since.get_or_insert(now);
        });
        self.closing.send_if_modified(|asked| {
            let is_more = *asked == Closing::No || (*asked == Closing::WhenIdle && how == Closing::Now);
            if is_more {
                *asked = how;
            }
            is_more
        });
    }

    /// Returns whether it is being aborted.
    pub(super) fn is_dropped(&self) -> bool {
        *self.closing.borrow() == Closing::Now
    }
}

/// A request in flight.
#[derive(Debug)]
pub(super) struct InFlight(Arc<Connection>);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.with(|state| state.end(Instant::now()));
    }
}

/// Which side a connection waits for, and since when.
#[derive(Debug)]
pub(super) struct State {
    requests: u32,
    /// Number of requests that wait for more of their body.
    bodies: u32,
    body_since: Instant,
    has_served: bool,
    is_http2: bool,
    /// When the connection was accepted, or the last request ended.
    quiet_since: Instant,
    /// When the first byte of an incomplete head arrived. HTTP/1 only: on HTTP/2 other frames arrive too.
    head_since: Option<Instant>,
    /// Since when the peer has not read pending output.
    stalled_since: Option<Instant>,
    finishing_since: Option<Instant>,
}

impl State {
    fn new(now: Instant) -> Self {
        Self {
            requests: 0,
            bodies: 0,
            body_since: now,
            has_served: false,
            is_http2: false,
            quiet_since: now,
            head_since: None,
            stalled_since: None,
            finishing_since: None,
        }
    }

    fn begin(&mut self, is_http2: bool, now: Instant) {
        self.requests += 1;
        self.has_served = true;
        self.is_http2 = is_http2;
        self.head_since = None;
        self.body_since = now;
    }

    fn end(&mut self, now: Instant) {
        self.requests = self.requests.saturating_sub(1);
        if self.requests == 0 {
            self.quiet_since = now;
            self.head_since = None;
        }
    }

    /// Records that bytes arrived.
    pub(super) fn received(&mut self, now: Instant) {
        if self.requests == 0 && !self.is_http2 {
            self.head_since.get_or_insert(now);
        }
    }

    /// Records that a request waits for more of its body.
    pub(super) fn wait_for_body(&mut self, now: Instant) {
        if self.bodies == 0 {
            self.body_since = now;
        }
        self.bodies += 1;
    }

    /// Records that it no longer waits.
    pub(super) fn got_body(&mut self) {
        self.bodies = self.bodies.saturating_sub(1);
    }

    /// Records that the socket's send buffer is full.
    pub(super) fn stall(&mut self, now: Instant) {
        self.stalled_since.get_or_insert(now);
    }

    /// Records that a write succeeded.
    pub(super) fn flow(&mut self) {
        self.stalled_since = None;
    }

    /// Returns how to close the connection, if it exceeds one of its time limits.
    pub(super) fn overdue(&self, limits: &Limits, now: Instant) -> Option<Closing> {
        let is_over = |since: Instant, limit: Duration| now.saturating_duration_since(since) >= limit;
        // The end of a response may still be buffered when its request counts as done.
        if let Some(since) = self.stalled_since {
            return is_over(since, limits.stall).then_some(Closing::Now);
        }
        if self.requests > 0 {
            return None;
        }
        let is_first_late = !self.has_served && is_over(self.quiet_since, limits.head);
        let is_head_late = self.head_since.is_some_and(|since| is_over(since, limits.head));
        let is_farewell_late =
            self.finishing_since.is_some_and(|since| is_over(since.max(self.quiet_since), SHUTDOWN_GRACE));
        if is_first_late || is_head_late || is_farewell_late {
            return Some(Closing::Now);
        }
        is_over(self.quiet_since, limits.idle).then_some(Closing::WhenIdle)
    }

    /// Returns the priority for closing the connection when a place is needed, lowest first. `None` while the server is
    /// to act, and for a moment after that.
    ///
    /// Never a connection with a request being processed. Idle ones come before those with stalled bodies or responses.
    pub(super) fn dispensable(&self, now: Instant) -> Option<(u8, Instant)> {
        if let Some(since) = self.stalled_since {
            return Some((3, since));
        }
        let is_young = |since: Instant| now.saturating_duration_since(since) < MIN_AGE;
        if self.requests == 0 {
            let is_strange = !self.has_served && now.saturating_duration_since(self.quiet_since) >= FIRST_REQUEST_TIME;
            return (self.has_served || !is_young(self.quiet_since))
                .then_some((u8::from(!is_strange), self.quiet_since));
        }
        (self.bodies >= self.requests && !is_young(self.body_since)).then_some((2, self.body_since))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> Limits {
        Limits::new(10)
    }

    fn seconds(start: Instant, seconds: u64) -> Instant {
        start + Duration::from_secs(seconds)
    }

    #[test]
    fn a_first_head_has_its_time_from_the_accept_on_however_it_dribbles() {
        let start = Instant::now();
        let mut state = State::new(start);
        for second in 0..9 {
            state.received(seconds(start, second));
            assert_eq!(state.overdue(&limits(), seconds(start, second)), None);
        }
        assert_eq!(state.overdue(&limits(), seconds(start, 10)), Some(Closing::Now));
    }

    #[test]
    fn a_later_head_has_its_time_from_its_first_byte_and_quiet_a_longer_one() {
        let start = Instant::now();
        let mut state = State::new(start);
        state.begin(false, start);
        assert_eq!(state.overdue(&limits(), seconds(start, 1_000)), None, "an answer takes as long as it takes");
        state.end(seconds(start, 1_000));
        assert_eq!(state.overdue(&limits(), seconds(start, 1_074)), None);
        assert_eq!(state.overdue(&limits(), seconds(start, 1_075)), Some(Closing::WhenIdle));
        state.received(seconds(start, 1_020));
        assert_eq!(state.overdue(&limits(), seconds(start, 1_029)), None);
        assert_eq!(state.overdue(&limits(), seconds(start, 1_030)), Some(Closing::Now));
    }

    #[test]
    fn frames_of_http2_that_are_no_request_neither_begin_a_head_nor_keep_a_connection() {
        let start = Instant::now();
        let mut state = State::new(start);
        state.begin(true, start);
        state.end(start);
        for second in (0..75).step_by(5) {
            state.received(seconds(start, second));
            assert_eq!(state.overdue(&limits(), seconds(start, second)), None);
        }
        assert_eq!(state.overdue(&limits(), seconds(start, 75)), Some(Closing::WhenIdle));
    }

    #[test]
    fn an_answer_nobody_takes_ends_and_a_slow_one_does_not() {
        let start = Instant::now();
        let mut state = State::new(start);
        state.begin(false, start);
        for second in 0..100 {
            state.stall(seconds(start, second));
            assert_eq!(state.overdue(&limits(), seconds(start, second + 29)), None);
            state.flow();
        }
        state.stall(seconds(start, 100));
        assert_eq!(state.overdue(&limits(), seconds(start, 130)), Some(Closing::Now));
    }

    #[test]
    fn idle_strangers_make_way_first_and_what_is_being_answered_never() {
        let start = Instant::now();
        let now = seconds(start, 60);
        let young = State::new(now);
        let mut fresh = State::new(now.checked_sub(MIN_AGE).unwrap());
        let strange = State::new(seconds(start, 50));
        let mut used = State::new(start);
        used.begin(false, start);
        used.end(seconds(start, 1));
        let mut slow_body = State::new(start);
        slow_body.begin(false, start);
        slow_body.wait_for_body(start);
        let mut stalled = State::new(start);
        stalled.begin(false, start);
        stalled.stall(start);
        let mut busy = State::new(start);
        busy.begin(false, start);
        let order = [&strange, &used, &fresh, &slow_body, &stalled].map(|state| state.dispensable(now).unwrap());
        assert!(order.is_sorted(), "{order:?}");
        assert_eq!(busy.dispensable(now), None);
        assert_eq!(young.dispensable(now), None, "its request may be on its way");
        slow_body.got_body();
        assert_eq!(slow_body.dispensable(now), None);
        fresh.begin(false, now);
        assert_eq!(fresh.dispensable(now), None);
    }

    #[tokio::test]
    async fn what_was_asked_before_the_task_began_is_not_missed() {
        let connection = Connection::new(Instant::now());
        connection.close(Closing::Now, Instant::now());
        let mut closing = connection.closing();
        tokio::time::timeout(Duration::from_secs(30), closing.changed()).await.unwrap().unwrap();
        assert_eq!(*closing.borrow_and_update(), Closing::Now);
    }

    #[test]
    fn who_was_told_to_finish_is_dropped_once_nothing_is_in_flight() {
        let start = Instant::now();
        let connection = Connection::new(start);
        let in_flight = connection.begin(false, start);
        connection.close(Closing::WhenIdle, start);
        let overdue = |at: Instant| connection.with(|state| state.overdue(&limits(), at));
        assert_eq!(overdue(seconds(start, 9)), None);
        drop(in_flight);
        assert_eq!(overdue(Instant::now()), None);
        assert_eq!(overdue(seconds(Instant::now(), 1)), Some(Closing::Now));
        connection.close(Closing::Now, start);
        connection.close(Closing::WhenIdle, start);
        assert!(connection.is_dropped());
    }
}
