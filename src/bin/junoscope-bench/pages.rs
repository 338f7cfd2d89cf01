//! Page latency measurement: one reader on one keep-alive connection requests each page many times, in turn.

use clap::Args;
use domain::account::Role;
use domain::account::SessionLimits;
use hdrhistogram::Histogram;
use jiff::ToSpan as _;
use junoscope::clock::Clock;
use junoscope::store::people::Email;
use junoscope::store::people::sessions::ClientInfo;
use junoscope::store::{Pool, Store};
use serde_json::{Value, json};
use std::error::Error;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// Which server to read, and what to look into for ids.
#[derive(Args)]
pub struct Plan {
    #[arg(long)]
    target: SocketAddr,
    /// The server's database: the reader signs in through it, and finds there what has many contracts
    #[arg(long)]
    database_url: String,
    /// How often each page is asked for
    #[arg(long, default_value_t = 200)]
    requests: u32,
    /// Search deliveries instead of reading every page, once the index has caught up
    #[arg(long)]
    searches: bool,
}

/// Runs the measurement; returns one object per page, with times in microseconds.
pub fn run(plan: &Plan) -> Result<Value, Box<dyn Error>> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(measure(plan))
}

async fn measure(plan: &Plan) -> Result<Value, Box<dyn Error>> {
    let store = Store::connect(&plan.database_url).await?;
    let cookie = sign_in(&store).await?;
    let (pages, index) = if plan.searches {
        let waited = Instant::now();
        while store.count_unindexed().await? > SEGMENT {
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        let [index, payloads] = store.index_size().await?;
        (
            searches(&store).await?,
            json!({ "seconds": waited.elapsed().as_secs(), "index": index, "payloads": payloads }),
        )
    } else {
        (pages(&store).await?, Value::Null)
    };
    let counts = counts(&store).await?;
    store.close().await;

    // A second installation fails, which can be ignored.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().build()?;
    let mut measured = Vec::new();
    for (name, path) in pages {
        let url = format!("http://{}{path}", plan.target);
        let mut times = Histogram::<u64>::new(3)?;
        let mut size = 0;
        // The first few warm the caches, and are not counted.
        for place in 0..plan.requests + 5 {
            let started = Instant::now();
            let answer = client.get(&url).header("cookie", &cookie).send().await?;
            let status = answer.status();
            let body = answer.bytes().await?;
            if !status.is_success() {
                return Err(format!("{path} answered {status}").into());
            }
            size = body.len();
            if place >= 5 {
                times.record(u64::try_from(started.elapsed().as_micros())?)?;
            }
        }
        measured.push(json!({
            "name": name,
            "path": path,
            "p50_us": times.value_at_quantile(0.5),
            "p95_us": times.value_at_quantile(0.95),
            "p99_us": times.value_at_quantile(0.99),
            "bytes": size,
        }));
    }
    Ok(json!({
        "pages": measured, "contractors": counts[0], "contracts": counts[1], "messages": counts[2], "index": index,
    }))
}

/// Number of the newest requests that need not be in the index.
const SEGMENT: i64 = 256;

/// Returns the searches to measure: of each kind of condition, from one in every row to one in none, and pairs of them.
async fn searches(store: &Store) -> Result<Vec<(&'static str, String)>, Box<dyn Error>> {
    let name = text(store, "select name from contractors order by id limit 1").await?;
    let email = text(store, "select email from contractors where email is not null order by id limit 1").await?;
    let contract = text(store, "select id from contracts order by id limit 1").await?;
    let word = name.split(' ').next_back().unwrap_or_default();
    let beginning: String = word.chars().take(3).collect();
    let queries = [
        ("a word in every row", "client".to_owned()),
        ("a word in few rows", word.to_owned()),
        ("a word in none", "qqqqqq".to_owned()),
        ("a phrase", format!("\"{name}\"")),
        ("a phrase of common words in none", "\"contract client\"".to_owned()),
        ("the beginning of a word", format!("{beginning}*")),
        ("an id", contract.clone()),
        ("an e-mail address", email),
        ("a value", "rate.currency = GBP".to_owned()),
        ("a value in none", "rate.currency = XTS".to_owned()),
        ("a field that exists", "spend_request.spend_request_id exists".to_owned()),
        ("a number", "rate.value > 700".to_owned()),
        ("a number in none", "rate.value > 1000000".to_owned()),
        ("a day", "start_date >= 2026-06-01".to_owned()),
        ("some values", "rate.unit in (HOUR, DAY)".to_owned()),
        ("a rare type", "type:contract.deleted".to_owned()),
        ("a family, an outcome and a time", "family:spend outcome:stored before:60d".to_owned()),
        ("the name of a contractor", format!("contractor:\"{name}\"")),
        ("two of them", format!("{word} type:contract.accepted rate.currency = GBP")),
        ("one of two", format!("{word} or rate.value > 1000000")),
        ("one without another", "type:contract.deleted -client".to_owned()),
        ("further attempts", "attempts:>1".to_owned()),
        ("late ones", "late:>5m".to_owned()),
    ];
    Ok(queries
        .into_iter()
        .map(|(name, query)| (name, format!("/deliveries?q={}", domain::id::in_path(&query))))
        .collect())
}

/// Creates an account and a session for the benchmark; returns the value of the cookie header.
pub(crate) async fn sign_in(store: &Store) -> Result<String, Box<dyn Error>> {
    let now = Clock::system().now();
    let email = Email::parse("bench@example.com").ok_or("an address")?;
    // The session is created directly, so no password is checked.
    let hash = "none";
    if let Some(id) = store.add_person(&email, "Bench", Role::Admin, now).await? {
        let link = store.make_link(&id, now).await?;
        store.follow_link(&link, hash, now).await?;
    }
    let person = store.find_person(&email).await?.ok_or("the bench's reader is not there")?;
    let token = store.start_session(&person.id, hash, SessionLimits::default(), ClientInfo::default(), now).await?;
    let token = token.ok_or("the bench's reader cannot sign in")?;
    Ok(format!("junoscope_session={}", token.as_str()))
}

/// Returns the pages to measure: every list, plain, searched, filtered and in the past, and the largest pages.
async fn pages(store: &Store) -> Result<Vec<(&'static str, String)>, Box<dyn Error>> {
    // The contractor nearest to fifty contracts, and their contract with the longest story.
    let contractor = text(
        store,
        "select contractor_id from contracts where contractor_id is not null group by contractor_id \
         order by abs(count(*) - 50), contractor_id limit 1",
    )
    .await?;
    let name = text(store, "select name from contractors order by id limit 1").await?;
    let word = name.split(' ').next_back().unwrap_or_default().to_owned();
    let contract = text(store, "select id from contracts order by last_at desc, id limit 1").await?;
    let requisition = text(
        store,
        "select requisition_id from contracts where requisition_id is not null group by requisition_id \
         order by count(*) desc, requisition_id limit 1",
    )
    .await?;
    let then = Clock::system().now().saturating_sub(24.hours() * 90)?;
    let then = then.strftime("%Y-%m-%dT%H:%MZ").to_string();
    Ok(vec![
        ("overview", "/".to_owned()),
        ("contractors", "/contractors".to_owned()),
        ("contractors, searched", format!("/contractors?q={word}")),
        ("contractors, nothing found", "/contractors?q=qqqqqq".to_owned()),
        ("contractors, by active contracts", "/contractors?sort=-active".to_owned()),
        ("contractors, by next end", "/contractors?sort=next_end".to_owned()),
        ("contractors, with active contracts", "/contractors?has=active".to_owned()),
        ("contracts", "/contracts".to_owned()),
        ("contracts, offered", "/contracts?state=offered".to_owned()),
        ("contracts, searched", format!("/contracts?q={word}")),
        ("contracts, nothing found", "/contracts?q=qqqqqq".to_owned()),
        ("contracts, by last day", "/contracts?sort=end".to_owned()),
        ("contracts, ending within 14 days", "/contracts?ending=14".to_owned()),
        ("spend", "/spend".to_owned()),
        ("spend, by amount", "/spend?sort=-amount".to_owned()),
        ("findings", "/findings".to_owned()),
        ("calendar", "/calendar".to_owned()),
        ("deliveries", "/deliveries".to_owned()),
        ("deliveries, of a rare type", "/deliveries?type=client.contract.deleted".to_owned()),
        ("a contractor with 50 contracts", format!("/contractors/{contractor}")),
        ("a contract", format!("/contracts/{contract}")),
        ("a requisition", format!("/spend/{requisition}")),
        ("contractors, as of 90 days ago", format!("/contractors?as_of={then}")),
        ("contractors, searched as of then", format!("/contractors?q={word}&as_of={then}")),
        ("contracts, as of 90 days ago", format!("/contracts?as_of={then}")),
        ("contracts, searched as of then", format!("/contracts?q={word}&as_of={then}")),
        ("spend, as of 90 days ago", format!("/spend?as_of={then}")),
        ("that contractor, as of 90 days ago", format!("/contractors/{contractor}?as_of={then}")),
    ])
}

async fn text(store: &Store, sql: &'static str) -> Result<String, sqlx::Error> {
    match store.pool() {
        Pool::Sqlite { read, .. } => sqlx::query_scalar(sql).fetch_one(read).await,
        Pool::Postgres(pool) => sqlx::query_scalar(sql).fetch_one(pool).await,
    }
}

async fn counts(store: &Store) -> Result<[i64; 3], Box<dyn Error>> {
    let [contractors, contracts, _] = store.count_rows().await?;
    let messages = match store.pool() {
        Pool::Sqlite { read, .. } => sqlx::query_scalar("select count(*) from messages").fetch_one(read).await?,
        Pool::Postgres(pool) => sqlx::query_scalar("select count(*) from messages").fetch_one(pool).await?,
    };
    Ok([contractors, contracts, messages])
}
