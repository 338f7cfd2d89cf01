//! Tests of drawn contracts.

use super::super::axis::WIDTH;
use super::super::spend::Breach;
use super::*;
use domain::money::Money;

const SIGNED: [(&str, &str); 3] = [("approved", "2025-08-16"), ("offered", "2025-08-21"), ("accepted", "2025-08-28")];

#[test]
fn a_completed_contract_was_approved_offered_signed_and_worked() {
    let mut steps = SIGNED.to_vec();
    steps.push(("end_known", "2025-11-29"));
    let drawing = drawn(vec![contract("ct_1", &steps, "2025-09-01", "2025-11-28")]);
    let lane = &drawing.lanes[0];
    assert_eq!(kinds(lane), [Kind::Approval, Kind::Offer, Kind::Signed, Kind::Active]);
    let active = lane.segments.last().unwrap();
    assert_eq!(active.says.as_deref(), Some("1 Sep – 28 Nov 2025 · ended"));
    assert_eq!(lane.end, Some(active.x + active.width));
    assert!(lane.beside.is_none());
}

#[test]
fn notice_shortens_the_work_and_leaves_what_was_planned_as_an_outline() {
    let mut steps = SIGNED.to_vec();
    steps.push(("notice_served", "2026-01-30"));
    let mut one = contract("ct_1", &steps, "2025-12-01", "2026-02-13");
    one.planned_end_on = "2026-03-31".parse().ok();
    let drawing = drawn(vec![one]);
    let lane = &drawing.lanes[0];
    assert_eq!(kinds(lane)[3..], [Kind::Active, Kind::Notice, Kind::Unworked]);
    assert!(lane.segments[3].says.as_ref().unwrap().starts_with("1 Dec 2025 – 13 Feb"));
    assert_eq!(lane.segments[5].says.as_deref(), Some("planned end 31 Mar"));
}

#[test]
fn an_open_offer_is_an_outline_that_says_for_how_long() {
    let drawing = drawn(vec![contract("ct_1", &[("offered", "2026-02-03")], "2026-03-01", "2026-05-29")]);
    let lane = &drawing.lanes[0];
    assert_eq!(kinds(lane), [Kind::Offer, Kind::Proposal]);
    let words = lane.segments[1].says.clone().or_else(|| lane.beside.clone().map(|words| words.says));
    assert_eq!(words.as_deref(), Some("offered 6 days ago · starts 1 Mar"));
    assert_eq!(Some(lane.segments[0].x + lane.segments[0].width), drawing.now, "it is open until now");
}

#[test]
fn what_was_cancelled_or_revoked_was_not_worked_and_says_so() {
    let mut cancelled = SIGNED.to_vec();
    cancelled.push(("cancelled", "2025-08-30"));
    let revoked = [("offered", "2026-01-12"), ("revoked", "2026-01-20")];
    let drawing = drawn(vec![
        contract("ct_1", &cancelled, "2025-09-01", "2025-11-28"),
        contract("ct_2", &revoked, "2026-03-01", "2026-05-29"),
    ]);
    assert_eq!(kinds(&drawing.lanes[0]), [Kind::Approval, Kind::Offer, Kind::Signed, Kind::Unworked]);
    assert_eq!(drawing.lanes[0].segments[3].says.as_deref(), Some("cancelled 30 Aug 2025"));
    assert_eq!(kinds(&drawing.lanes[1]), [Kind::Offer, Kind::Unworked]);
    assert_eq!(drawing.lanes[1].segments[1].says.as_deref(), Some("revoked 20 Jan"));
}

#[test]
fn a_contract_cancelled_though_it_had_begun_stood_until_then() {
    let mut steps = SIGNED.to_vec();
    steps.push(("cancelled", "2025-10-01"));
    let drawing = drawn(vec![contract("ct_1", &steps, "2025-09-01", "2025-11-28")]);
    assert_eq!(kinds(&drawing.lanes[0])[3..], [Kind::Active, Kind::Unworked]);
}

#[test]
fn a_deleted_contract_is_grey_up_to_its_deletion() {
    let mut steps = SIGNED.to_vec();
    steps.push(("deleted", "2026-01-10"));
    let drawing = drawn(vec![contract("ct_1", &steps, "2025-09-01", "2026-05-28")]);
    assert!(kinds(&drawing.lanes[0]).iter().all(|kind| *kind == Kind::Deleted));
    assert_eq!(drawing.lanes[0].segments[3].says.as_deref(), Some("deleted 10 Jan"));
    let only = drawn(vec![contract("ct_2", &[("deleted", "2026-01-10")], "", "")]);
    assert_eq!(only.lanes[0].beside.as_ref().unwrap().says, "deleted 10 Jan");
}

#[test]
fn without_an_end_the_work_goes_on_beyond_the_edge() {
    let drawing = drawn(vec![contract("ct_1", &SIGNED, "2025-09-01", "")]);
    let active = drawing.lanes[0].segments.last().unwrap();
    assert_eq!((active.kind, active.goes_on, active.x + active.width), (Kind::Active, true, WIDTH));
    assert_eq!(active.says.as_deref(), Some("from 1 Sep 2025 · no end given"));
}

#[test]
fn an_end_settled_before_it_comes_is_told() {
    let mut steps = SIGNED.to_vec();
    steps.push(("end_known", "2026-01-15"));
    let drawing = drawn(vec![contract("ct_1", &steps, "2025-09-01", "2026-03-28")]);
    assert_eq!(kinds(&drawing.lanes[0])[3..], [Kind::Active, Kind::Ending]);
}

#[test]
fn many_ended_contracts_share_a_lane_until_the_reader_opens_it() {
    let mut steps = SIGNED.to_vec();
    steps.push(("end_known", "2025-11-29"));
    let mut contracts: Vec<ChartContract> =
        (0..12).map(|n| contract(&format!("ct_{n:02}"), &steps, "2025-09-01", "2025-11-28")).collect();
    contracts.push(contract("ct_now", &SIGNED, "2026-01-01", "2026-06-01"));
    let data = ChartData { contracts, ..ChartData::default() };
    let closed = draw(&data, Choice::default(), at(NOW));
    assert_eq!((closed.ended, closed.lanes.len()), ((12, true), 2));
    assert_eq!(closed.lanes[0].id, None);
    assert_eq!(kinds(&closed.lanes[0]), [Kind::Ended]);
    let open = draw(&data, Choice { ended: Some(true), ..Choice::default() }, at(NOW));
    assert_eq!((open.ended, open.lanes.len()), ((12, false), 13));
}

#[test]
fn a_renewal_leads_from_the_end_of_the_old_work_to_the_start_of_the_new() {
    let mut steps = SIGNED.to_vec();
    steps.push(("end_known", "2025-11-29"));
    let mut next =
        contract("ct_2", &[("offered", "2025-11-20"), ("accepted", "2025-11-24")], "2025-12-01", "2026-03-31");
    next.renews = Some(("ct_1".into(), true));
    let drawing = drawn(vec![next, contract("ct_1", &steps, "2025-09-01", "2025-11-28")]);
    let [renewal] = drawing.renewals.as_slice() else { panic!("{:?}", drawing.renewals) };
    let end = drawing.lanes[0].segments.last().map(|segment| segment.x + segment.width);
    assert_eq!(Some(renewal.from.0), end);
    assert!(renewal.to.0 >= renewal.from.0 && renewal.to.1 > renewal.from.1 && renewal.is_stated);
}

#[test]
fn a_contract_outside_the_stretch_shown_says_where_it_is() {
    let mut steps = SIGNED.to_vec();
    steps.push(("end_known", "2025-11-29"));
    let data =
        ChartData { contracts: vec![contract("ct_1", &steps, "2025-09-01", "2025-11-28")], ..ChartData::default() };
    let drawing = draw(&data, Choice::parse(Some("month"), None, None), at(NOW));
    assert!(drawing.lanes[0].segments.is_empty());
    assert_eq!(drawing.lanes[0].beside.as_ref().unwrap().says, "← ended 28 Nov 2025");
    assert!(drawing.window.earlier.is_some() && drawing.window.later.is_none());
}

#[test]
fn money_is_two_stepped_lines_and_the_breach_stands_at_its_event() {
    let mut spend = pounds(&[("2025-08-28", 30_000), ("2026-01-30", 61_560)], &[("2025-08-16", 60_000)]);
    spend.breaches = vec![Breach {
        at: at("2026-01-30T12:00:00Z"),
        seq: 9,
        over: Money { amount: 1_560.into(), currency: spend.currency.clone() },
        requisition: "Design budget".to_owned(),
    }];
    let contracts = vec![contract("ct_1", &SIGNED, "2025-09-01", "2026-03-31")];
    let drawing =
        draw(&ChartData { contracts, spend: vec![spend], ..ChartData::default() }, Choice::default(), at(NOW));
    let lane = &drawing.spend[0];
    // A step line: each corner shares a coordinate with the one before.
    assert!(lane.committed.windows(2).all(|pair| pair[0].0 == pair[1].0 || pair[0].1 == pair[1].1));
    assert_eq!(lane.committed.len(), 4);
    assert_eq!(lane.committed.last().map(|corner| Some(corner.0)), Some(drawing.now));
    assert_eq!(lane.approved.last().map(|corner| corner.0), Some(WIDTH));
    let breach = &lane.breaches[0];
    assert_eq!(breach.says, "over by £1,560.00 on 30 Jan");
    assert_eq!((breach.x, breach.y), lane.committed[2]);
    assert_eq!(lane.approved_says.as_ref().unwrap().2, "approved £60,000.00");
}

#[test]
fn a_contract_that_ends_before_it_starts_has_no_bar_and_says_so() {
    let drawing = drawn(vec![contract("ct_1", &SIGNED, "2026-06-01", "2026-05-10")]);
    let lane = &drawing.lanes[0];
    assert!(lane.segments.is_empty() && lane.end.is_none());
    assert_eq!(lane.beside.as_ref().unwrap().says, "ends 10 May, before it starts 1 Jun");
}

#[test]
fn a_contract_that_goes_on_beyond_the_stretch_says_until_when_and_leads_there() {
    let contracts = || vec![contract("ct_1", &SIGNED, "2025-09-01", "2031-05-29")];
    let drawing = drawn(contracts());
    let lane = &drawing.lanes[0];
    let segment = lane.segments.last().unwrap();
    assert_eq!(segment.says.as_deref(), Some("1 Sep 2025 – 29 May 2031"));
    let continuation = lane.continuation.as_ref().unwrap();
    assert_eq!(
        (continuation.title.as_str(), continuation.says.as_deref()),
        ("until 29 May 2031", Some("until 29 May 2031 →"))
    );
    let there = draw(&ChartData { contracts: contracts(), ..ChartData::default() }, continuation.to, at(NOW));
    let axis = there.window.axis;
    assert!(axis.from < "2031-05-29".parse().unwrap() && axis.to > "2031-05-29".parse().unwrap());
    assert!(there.lanes[0].continuation.is_none(), "its end is in sight");
    assert!(drawing.window.later.is_some());
    // There is none without an end, nor with a visible end.
    assert!(drawn(vec![contract("ct_1", &SIGNED, "2025-09-01", "")]).lanes[0].continuation.is_none());
    assert!(drawn(vec![contract("ct_1", &SIGNED, "2025-09-01", "2026-05-29")]).lanes[0].continuation.is_none());
}

#[test]
fn a_year_is_said_where_it_is_not_todays() {
    let says = |start: &str, end: &str| {
        let drawing = drawn(vec![contract("ct_1", &SIGNED, start, end)]);
        drawing.lanes[0].segments.last().unwrap().says.clone().unwrap()
    };
    assert_eq!(says("2025-09-01", "2025-11-28"), "1 Sep – 28 Nov 2025 · ended");
    assert_eq!(says("2025-12-01", "2026-06-30"), "1 Dec 2025 – 30 Jun");
    assert_eq!(says("2026-01-05", "2027-06-30"), "5 Jan – 30 Jun 2027");
}
